import Foundation
import Testing

@testable import FloorCLI

/// What a person meets at the edges of the command line.
@Suite("Small things", .timeLimit(.minutes(2)))
struct SmallThingsTests {
    @Test("A word that is no command is refused, with the nearest one")
    func commands() throws {
        func problem(_ words: String...) -> String? {
            CommandLineCheck.unknownCommand(in: words, of: FloorBusCommand.self)
        }
        #expect(
            problem("wach", "agent/") == "'floorbus' has no command 'wach'; did you mean 'watch'?"
        )
        #expect(problem("publish", "agnet")?.contains("did you mean 'agent'?") == true)
        #expect(problem("journal", "zzzzzzzzzz")?.contains("its commands are check") == true)
        #expect(problem("watch", "wach") == nil && problem("--version") == nil)
        #expect(problem("help", "watch") == nil && problem() == nil)
        #expect(problem("help") == nil && problem("help", "publish", "agent") == nil)
        #expect(problem("help", "wach")?.contains("did you mean 'watch'?") == true)
    }

    @Test("A misspelled command or option ends with 64 and the right one")
    func spelling() async throws {
        let command = try await Program.run("wach", "agent/")
        #expect(command.status == 64 && command.errors.contains("did you mean 'watch'"))
        let option = try await Program.run("get", "agent/", "--jsno")
        #expect(option.status == 64 && option.errors.contains("--json"))
    }

    @Test(
        "A misspelled option is named, not what is missing in its place",
        arguments: [
            (["publish", "agent", "agent/bj/sales/4711/", "--sate", "ready"], "'--state'"),
            (["flag", "raise", "--key", "flag/bj/sales/", "--categroy=refund"], "'--category'"),
            (["journal", "check", "--dat", "x"], "'--data'"),
            (["supporter", "availble"], "'available'"),
        ]
    )
    func options(_ words: [String], _ meant: String) async throws {
        let outcome = try await Program.run(words)
        #expect(outcome.status == 64 && outcome.errors.contains("did you mean \(meant)?"))
    }

    @Test("What is behind two dashes, and a value that looks like an option, is none")
    func noOptions() {
        func problem(_ words: String...) -> String? {
            CommandLineCheck.unknownOption(in: words, of: FloorBusCommand.self)
        }
        #expect(problem("get", "--", "--jsno") == nil && problem("--versoin") != nil)
        #expect(problem("get", "agent/", "--json", "--connect=x", "-x", "--zzzzzzzzzz") == nil)
        #expect(problem("hub", "--lisen=tcp://x")?.contains("'floorbus hub' has no opt") == true)
    }

    @Test("A file that cannot be read is told with the system's reason")
    func files() async throws {
        for words in [
            ["roster", "check", "/"], ["hub", "--no-tap", "--roster", "/"],
            ["publish", "custom", "custom/bj/x/y/", "--schema", "1", "--file", "/"],
        ] {
            let outcome = try await withAnyHub { try await Program.run(words, at: $0) }
            #expect(outcome.status != 0 && outcome.errors.contains("Is a directory"), "\(outcome)")
            #expect(!outcome.errors.contains("NSCocoa"), "\(outcome.errors)")
        }
    }

    private func withAnyHub(
        _ body: (String) async throws -> Program.Outcome
    ) async throws -> Program.Outcome {
        var outcome = Program.Outcome(status: 0, lines: [], errors: "")
        try await withHub { endpoint, _ in outcome = try await body(endpoint) }
        return outcome
    }

    /// What a shell command says on stderr, and its status; `$0` is the program, `$1` the endpoint.
    private static func shell(
        _ command: String,
        at endpoint: String = ""
    ) throws -> (status: Int32, errors: String) {
        let shell = Process()
        shell.executableURL = URL(fileURLWithPath: "/bin/sh")
        let program = URL(fileURLWithPath: CommandLine.arguments[0])
            .deletingLastPathComponent().appendingPathComponent("floorbus").path
        shell.arguments = ["-c", command, program, endpoint]
        let errors = Pipe()
        shell.standardError = errors
        try shell.run()
        let text = String(
            decoding: errors.fileHandleForReading.readDataToEndOfFile(),
            as: UTF8.self
        )
        shell.waitUntilExit()
        return (shell.terminationStatus, text)
    }

    @Test("Without a stdout nothing is written into what has its number")
    func closedOutput() async throws {
        try await withHub { endpoint, _ in
            let (status, text) = try Self.shell(
                #"exec "$0" stats --connect "$1" >&- <&-"#,
                at: endpoint
            )
            #expect(status == 1)
            #expect(text.contains("stdout cannot be written to: Bad file descriptor"), "\(text)")
        }
    }

    @Test("A second hub is told both addresses that it needs")
    func secondHub() async throws {
        try await withHub { endpoint, _ in
            for words in [["--listen", endpoint, "--no-tap"], ["--tap", endpoint]] {
                let free = words[0] == "--tap" ? ["--listen", "tcp://127.0.0.1:0"] : []
                let second = try await Program.run(["hub"] + words + free)
                #expect(second.status == 1 && second.errors.contains("the address is in use"))
                #expect(second.errors.contains("--listen of its own, and a --tap of its own"))
            }
        }
    }

    @Test("Commands that stay end well with SIGQUIT", arguments: ["watch agent/", "demo"])
    func quit(_ words: String) async throws {
        try await withHub { endpoint, _ in
            let program = try Program(
                words.split(separator: " ").map(String.init),
                environment: ["FLOORBUS_ENDPOINT": endpoint, "TERM": "dumb"]
            )
            let first = try await program.line()
            // A screen that knows no codes is given none.
            #expect(!first.contains("\u{1B}"), "\(first)")
            program.signal(SIGQUIT)
            #expect(await program.outcome().status == 0)
        }
    }

    @Test(
        "What is no endpoint is told before anything is tried, exit code 64",
        arguments: [
            "7410", "tcp://", "tcp://127.0.0.1", "tcp://127.0.0.1:70000", "tcp://:7410",
            "tcp://127.0.0.1:0", "http://127.0.0.1:7410", "ipc://", "tcp://127.0.0.1:x",
        ]
    )
    func endpoints(_ endpoint: String) async throws {
        let outcome = try await Program.run("stats", "--connect", endpoint)
        #expect(outcome.status == 64 && outcome.errors.contains("is not an endpoint"))
    }

    @Test("localhost is a place to listen")
    func localhost() async throws {
        let hub = try Program(["hub", "--listen", "tcp://localhost:0", "--no-tap"])
        #expect(try await hub.line().hasPrefix("listening tcp://127.0.0.1:"))
        hub.signal(SIGQUIT)
        #expect(await hub.outcome().status == 0)
    }

    @Test("A database without a directory is refused; a hangup without a roster is ignored")
    func hubWithout() async throws {
        let outcome = try await Program.run("hub", "--journal", "sqlite", "--no-tap")
        #expect(outcome.status == 64 && outcome.errors.contains("--data"))
        try await withHub { _, hub in
            hub.signal(SIGHUP)
            while !hub.errorsSoFar.contains("there is no roster to read again") {
                await Task.yield()
            }
            hub.signal(SIGTERM)
            #expect(await hub.outcome().status == 0)
        }
    }

    @Test("A star is no filter, and the sentence says what is")
    func star() async throws {
        let outcome = try await Program.run("get", "queue/*/billing/")
        #expect(outcome.status == 64 && outcome.errors.contains("+ for any one segment"))
    }

    @Test("A full output is one sentence with the system's reason")
    func fullOutput() async throws {
        try await withHub { endpoint, _ in
            let (status, text) = try Self.shell(
                #"exec "$0" stats --connect "$1" >/dev/full"#,
                at: endpoint
            )
            #expect(status == 1)
            #expect(text.contains("stdout cannot be written to: No space left on device"))
            #expect(!text.contains("NSCocoa"))
        }
    }

    @Test("An argument in another character set is refused, not repaired")
    func latinArgument() throws {
        let (status, text) = try Self.shell(#"exec "$0" get "agent/b"$(printf '\351')/"#)
        #expect(status == 64 && text.contains("argument 2 is not UTF-8"))
    }

    @Test("Without colours what is bad is bold, and nothing else has a code")
    func colors() {
        var line = ScreenLine("ab", .bad)
        line.add("cd", .good)
        #expect(line.styled(4, hasColors: false) == "\u{1B}[1mab\u{1B}[0mcd")
        #expect(line.styled(4) == "\u{1B}[1;31mab\u{1B}[0m\u{1B}[32mcd\u{1B}[0m")
    }
}
