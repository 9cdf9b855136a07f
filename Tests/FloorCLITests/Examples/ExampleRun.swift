import Foundation
import Testing

/// Runs examples against a hub with the standard roster, as whoever an example is for.
///
/// What stands in an example for a place or a time of a machine is put in its place by one table;
/// everything else is run as it stands.
final class ExampleRun {
    private let book: CommandBook
    private let endpoint: String
    private let other: String
    private let folder: URL
    /// What `ID` stands for: the flag or note that was made last.
    private var lastID = ""
    /// What `FIRST` stands for: the flag that was raised first.
    private var firstFlag = ""
    /// The commands that were run.
    private(set) var ran: Set<String> = []
    /// How many lines were run.
    private(set) var count = 0

    init(_ book: CommandBook, at endpoint: String, other: String, in folder: URL) throws {
        self.book = book
        self.endpoint = endpoint
        self.other = other
        self.folder = folder
        for (name, text) in Self.files {
            let file = folder.appending(path: name)
            try text.write(to: file, atomically: true, encoding: .utf8)
        }
    }

    /// Two calls of an agent and two seconds; a bank's row of the day that the example names.
    private static let files = [
        "queue_log": """
        1000|c1|sales|NONE|ENTERQUEUE||200|1
        1001|c1|sales|Ana Ruiz|CONNECT|1|c1.1|3
        1002|c1|sales|Ana Ruiz|COMPLETEAGENT|1|1|1

        """,
        "1999-01.tsv.gz": """
        vru+line\tcall_id\tcustomer_id\tpriority\ttype\tdate\tvru_entry\tvru_exit\tvru_time\t\
        q_start\tq_exit\tq_time\toutcome\tser_start\tser_exit\tser_time\tserver
        AA0101\t1\t0\t2\tPS\t990107\t9:00:00\t9:00:05\t5\t0:00:00\t0:00:00\t0\tAGENT\t9:00:04\t\
        9:00:10\t6\tA01

        """,
        "page.json": "{\"page\":4}",
    ]

    /// Who types what an example does not say who types: the first fit holds.
    private static let typists = [
        ("flag raise", "4711"), ("flag list", "4711"), ("flag show", "4711"),
        ("flag rate", "4711"), ("flag close", "4711"), ("flag reopen", "4711"),
        ("flag cancel", "4711"), ("flag escalate", "4711"), ("flag verdict", "2001"),
        ("flag", "3001"), ("supporter", "3001"), ("note send", "2001"), ("note withdraw", "2001"),
        ("note", "4711"), ("", "pbx"),
    ]

    /// The exit codes that are not 0, by an example's beginning, with the reason.
    private static let codes: [(example: String, code: Int32, reason: String)] = [
        (
            "floorbus publish custom custom/bj/screens/lobby/ --file page.json --schema 1", 4,
            "the page's revision is another one than in the example: a conflict, as documented"
        )
    ]

    /// Commands that stay until a signal, and what their first line begins with.
    private static let staying = [
        ("hub", "listening "), ("watch", ""), ("supporter available", "3001 available"),
        ("demo", ""),
    ]

    /// Runs one line; whatever it does that is not as documented is an issue.
    func run(_ line: String) async throws {
        let words = CommandBook.words(of: line)
        let command = try #require(book.command(of: words), "\(line) runs no command")
        try #require(!command.isGroup, "\(line) names no command of '\(command.name)'")
        ran.insert(command.name)
        count += 1
        let arguments = substituted(Array(words.dropFirst()), of: command)
        let spoken = arguments.joined(separator: " ")
        if let first = Self.staying.first(where: { spoken.hasPrefix($0.0) }),
            !arguments.contains("--check"), !arguments.contains("--count")
        {
            return try await stay(arguments, saying: first.1, line)
        }
        if arguments.contains("--follow") { return try await follow(arguments, line) }
        let program = try start(arguments)
        if arguments.contains("--count") { try await feed(program) }
        let outcome = await program.outcome()
        let code = Self.codes.first { line.hasPrefix($0.example) }?.code ?? 0
        #expect(outcome.status == code, "\(line): \(outcome.errors)")
        guard line.hasPrefix("floorbus flag raise") || line.hasPrefix("floorbus note send") else {
            return
        }
        lastID = String(outcome.lines.first?.split(separator: " ").first ?? "")
        if firstFlag.isEmpty { firstFlag = lastID }
    }

    private func start(_ arguments: [String]) throws -> Program {
        try Program(
            arguments,
            environment: ["FLOORBUS_ENDPOINT": endpoint, "TERM": "dumb"]
        )
    }

    private func stay(_ arguments: [String], saying first: String, _ line: String) async throws {
        let program = try start(arguments)
        let said = try await program.line()
        #expect(said.hasPrefix(first), "\(line): \(said)")
        program.signal(SIGINT)
        let outcome = await program.outcome()
        #expect(outcome.status == 0, "\(line): \(outcome.errors)")
    }

    /// A bridge that goes on at its log's end: it has come that far when the one call has ended.
    private func follow(_ arguments: [String], _ line: String) async throws {
        let watch = try start(["watch", "event/hq/", "--as", "pbx", "--count", "3"])
        // So that its events are no others'.
        while !(try await watch.line()).contains("that is everything") {}
        let program = try start(arguments)
        #expect(await watch.outcome().status == 0)
        program.signal(SIGINT)
        let outcome = await program.outcome()
        #expect(outcome.status == 0, "\(line): \(outcome.errors)")
    }

    /// Gives a reader that waits for events some, until it has enough.
    private func feed(_ program: Program) async throws {
        let event = ["publish", "event", "event/bj/x/y/", "--text", "x", "--schema", "1"]
        while !(try await program.line()).contains("that is everything") {}
        #expect(try await Program.run(event + ["--as", "pbx"], at: endpoint).status == 0)
    }

    // MARK: substitutions

    private var data: String { folder.appending(path: "data").path }

    private func substituted(_ words: [String], of command: CommandBook.Command) -> [String] {
        var result: [String] = []
        for (place, word) in words.enumerated() {
            let option = place > 0 ? words[place - 1] : ""
            result.append(substitute(word, behind: option, command.name))
        }
        switch command.name {
        case "hub":
            if !result.contains("--listen") { result += ["--listen", "tcp://127.0.0.1:0"] }
            if !result.contains("--no-tap") { result += ["--tap", "tcp://127.0.0.1:0"] }
        case "demo" where result.contains("--check"):
            // Twenty seconds by itself, for as many events.
            result += ["--seconds", "3", "--speed", "400"]
        default: break
        }
        guard command.options.contains("--as"), !result.contains("--as") else { return result }
        let typist = Self.typists.first { command.name.hasPrefix($0.0) }
        return result + ["--as", typist?.1 ?? "pbx"]
    }

    private func substitute(_ word: String, behind option: String, _ command: String) -> String {
        switch word {
        case "ID": return lastID
        case "FIRST": return firstFlag
        case "sun": return "3001"
        case "ana": return "4711"
        // The hub of the test has its directory: a second one takes another.
        case "/var/lib/floorbus" where command == "hub": return folder.appending(path: "new").path
        case "/var/lib/floorbus", "DIR", "copy": return data
        case "ipc:///run/floorbus.sock": return "ipc://" + folder.appending(path: "f.sock").path
        case "tcp://10.0.0.5:7410": return endpoint
        case "tcp://127.0.0.1:7420": return "tcp://127.0.0.1:0"
        case "tcp://127.0.0.1:7430": return other
        case "roster.yaml", "examples/roster.yaml", "/etc/floorbus/roster.yaml":
            return RoleFloor.rosterFile.path
        default: break
        }
        if Self.files.keys.contains(word) { return folder.appending(path: word).path }
        guard command == "journal replay" else { return word }
        // The journal of a test begins now, and nobody looks at a screen.
        switch option {
        case "--from": return "1h"
        case "--to": return "+2h"
        case "--wait": return "0.1"
        default: return word
        }
    }
}
