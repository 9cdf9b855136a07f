import Foundation
import Testing

/// Whatever is wrong on the command line is named, with the rule, and changes nothing.
@Suite("Bad input", .timeLimit(.minutes(2)))
struct BadInputTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var arguments: [String]
        var says: [String]
        var status: Int32 = 64

        var testDescription: String { arguments.joined(separator: " ") }
    }

    private static let agent = ["publish", "agent", "agent/bj/sales/4711/"]
    private static let queue = ["publish", "queue", "queue/bj/calls/billing/"]
    private static let custom = ["publish", "custom", "custom/bj/x/y/"]

    static let cases = [
        Case(arguments: agent + ["--state", "redy"], says: ["'redy'", "--state", "afterCall"]),
        Case(arguments: agent, says: ["--state"]),
        Case(arguments: agent + ["--state", "ready", "--star", "6"], says: ["--star", "0 to 5"]),
        Case(
            arguments: agent + ["--state", "ready", "--reason-code", "-1"],
            says: ["--reason-code", "0 to 65535"]
        ),
        Case(
            arguments: agent + [
                "--state", "ready", "--reason", String(repeating: "x", count: 129),
            ],
            says: ["--reason", "at most 128"]
        ),
        Case(
            arguments: agent + ["--state", "ready", "--hold", "3"],
            says: ["--leased"]
        ),
        Case(
            arguments: agent + ["--state", "ready", "--expected-revision", "one"],
            says: ["--expected-revision", "EPOCH.COUNTER"]
        ),
        Case(
            arguments: ["publish", "agent", "agent/bj/sales/4711", "--state", "ready"],
            says: ["'agent/bj/sales/4711'", "does not end in '/'"]
        ),
        Case(
            arguments: ["publish", "agent", "agent/bj/4711/", "--state", "ready"],
            says: ["3 segments"]
        ),
        Case(
            arguments: ["publish", "agent", "queue/bj/sales/4711/", "--state", "ready"],
            says: ["is of the class queue", "begins with agent/"]
        ),
        Case(arguments: queue + ["--waiting", "-1"], says: ["'-1'", "--waiting", "whole number"]),
        Case(
            arguments: queue + ["--waiting", "1", "--oldest-enqueued-at", "noon"],
            says: ["--oldest-enqueued-at", "microseconds since 1970"]
        ),
        Case(
            arguments: queue + ["--waiting", "1", "--figure", "asa=4200:hours"],
            says: ["UNIT 'hours'", "permille"]
        ),
        Case(
            arguments: queue + ["--waiting", "1", "--figure", "asa=fast:ms"],
            says: ["VALUE 'fast'"]
        ),
        Case(arguments: custom + ["--schema", "1"], says: ["--text, --file and --hex"]),
        Case(arguments: custom + ["--text", "x", "--schema", "70000"], says: ["0 to 65535"]),
        Case(arguments: custom + ["--hex", "0g", "--schema", "1"], says: ["hexadecimal"]),
        Case(
            arguments: custom + ["--file", "/nonexistent", "--schema", "1"],
            says: ["/nonexistent cannot be read"],
            status: 1
        ),
        Case(arguments: ["remove", "event/bj/x/y/"], says: ["cannot be removed"]),
        Case(arguments: ["watch", "agents/"], says: ["not a class"]),
        Case(arguments: ["watch"], says: ["filter"]),
        Case(arguments: ["watch", "agent/", "--count", "0"], says: ["--count"]),
        Case(arguments: ["get", "agent/bj"], says: ["does not end in '/'"]),
        Case(arguments: ["get", "agent/", "--timeout", "-1"], says: ["--timeout"]),
        Case(arguments: ["get", "agent/", "--as", ""], says: ["1 to 64 bytes"]),
        Case(arguments: ["get", "agent/", "--connect", "7410"], says: ["endpoint"], status: 64),
        Case(
            arguments: ["replay", "/nonexistent", "--format", "anonymous-bank"],
            says: ["/nonexistent", "cannot be opened"],
            status: 1
        ),
        Case(
            arguments: ["replay", "/dev/null", "--format", "asterisk"],
            says: ["--format", "asterisk-queue-log"]
        ),
        Case(
            arguments: ["replay", "/dev/null", "--format", "asterisk-queue-log"],
            says: ["the file is empty"],
            status: 1
        ),
        Case(
            arguments: ["replay", "x", "--format", "anonymous-bank", "--speed", "0"],
            says: ["--speed", "max"]
        ),
        Case(
            arguments: ["replay", "x", "--format", "anonymous-bank", "--day", "991332"],
            says: ["\"day\"", "yymmdd"],
            status: 1
        ),
    ]

    @Test("Each mistake is answered by a sentence that names it", arguments: cases)
    func mistakes(_ mistake: Case) async throws {
        let outcome = try await Program.run(mistake.arguments)
        #expect(outcome.status == mistake.status, "\(outcome.errors)")
        #expect(outcome.lines == [])
        for words in mistake.says {
            #expect(outcome.errors.contains(words), "it said: \(outcome.errors)")
        }
    }

    @Test("Content longer than a record carries is refused before it is sent")
    func tooLong() async throws {
        try await withFolder { folder in
            let file = folder.appendingPathComponent("long")
            try Data(count: 16 * 1024 + 1).write(to: file)
            let outcome = try await Program.run(
                "publish",
                "event",
                "event/bj/x/y/",
                "--file",
                file.path,
                "--schema",
                "1"
            )
            #expect(outcome.status == 1)
            #expect(outcome.errors.contains("more than 16384 bytes"))
        }
    }

    @Test(
        "Without a hub every command ends with 3 and says how to start one",
        arguments: [
            ["get", "agent/"], ["stats"], ["watch", "agent/"], ["remove", "agent/bj/a/1/"],
            ["publish", "agent", "agent/bj/a/1/", "--state", "ready"],
            ["replay", "LOG", "--format", "asterisk-queue-log"],
        ]
    )
    func noHub(_ command: [String]) async throws {
        try await withFolder { folder in
            let log = folder.appendingPathComponent("log")
            try Data("1000|c1|sales|NONE|ENTERQUEUE||1|1\n".utf8).write(to: log)
            let outcome = try await Program.run(
                command.map { $0 == "LOG" ? log.path : $0 } + ["--timeout", "0.3"],
                at: "tcp://127.0.0.1:1"
            )
            #expect(outcome.status == 3)
            #expect(outcome.errors.contains("no hub answered"))
        }
    }

    @Test("Every command has a help with an example")
    func help() async throws {
        let commands = [
            ["hub"], ["publish", "agent"], ["publish", "queue"], ["publish", "team"],
            ["publish", "custom"], ["publish", "event"], ["publish"], ["remove"], ["watch"],
            ["get"], ["stats"], ["replay"],
        ]
        for command in commands {
            let outcome = try await Program.run(command + ["--help"])
            #expect(outcome.status == 0)
            let text = outcome.lines.joined(separator: "\n")
            #expect(text.contains("OVERVIEW:"))
            #expect(text.contains("Example"))
            #expect(text.contains("  floorbus " + command.joined(separator: " ")))
        }
    }
}
