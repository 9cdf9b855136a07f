import FloorZeroMQ
import Foundation
import Testing

/// `floorbus doctor`: what is well, what is not, and what to do.
@Suite("The doctor", .timeLimit(.minutes(2)))
struct DoctorTests {
    private typealias Findings = [String: (status: String, sentence: String)]

    private func findings(_ outcome: Program.Outcome) throws -> Findings {
        var found: Findings = [:]
        for line in outcome.lines {
            let object = try jsonObject(line)
            let check = try #require(object["check"] as? String)
            let status = try #require(object["status"] as? String)
            found[check] = (status, try #require(object["sentence"] as? String))
        }
        return found
    }

    private func visit(
        _ endpoint: String,
        _ more: [String] = []
    ) async throws -> (outcome: Program.Outcome, findings: Findings) {
        let outcome = try await Program.run(["doctor", "--json", "--connect", endpoint] + more)
        return (outcome, try findings(outcome))
    }

    @Test("A hub and its directory that are well: a line each, exit code 0")
    func well() async throws {
        try await withFolder { folder in
            try await withHub(["--data", folder.path]) { endpoint, _ in
                let event = ["publish", "event", "event/bj/calls/1/", "--schema", "1"]
                let sent = try await Program.run(event + ["--text", "ring"], at: endpoint)
                #expect(sent.status == 0, "\(sent.errors)")
                let (outcome, found) = try await visit(endpoint, ["--data", folder.path])
                #expect(outcome.status == 0, "\(outcome.lines)")
                let checks = try outcome.lines.map { try jsonObject($0)["check"] as? String }
                #expect(
                    checks == [
                        "program", "endpoint", "hub", "storing", "round trip", "clock",
                        "descriptors", "disk space", "disk sync", "journal", "log", "stamps",
                    ]
                )
                let well = ["program", "endpoint", "hub", "storing", "clock", "journal", "log"]
                for check in well + ["stamps"] {
                    #expect(found[check]?.status == "ok", "\(outcome.lines)")
                }
                let program = try #require(found["program"]?.sentence)
                #expect(program.contains("libzmq \(ZeroMQContext.libraryVersion)"))
                #expect(program.contains("FBP/1"))
                #expect(found["journal"]?.sentence.hasPrefix("1 events") == true)
                let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
                #expect(!left.contains { $0.contains("probe") })
                let people = try await Program.run(
                    "doctor",
                    "--connect",
                    endpoint,
                    "--data",
                    folder.path
                )
                #expect(people.lines.count == checks.count)
                #expect(people.lines[0].hasPrefix("ok    program"))
            }
        }
    }

    @Test("Without a hub the other lines come too, and the exit code is 3")
    func unreachable() async throws {
        try await withFolder { folder in
            let (outcome, found) = try await visit(
                "tcp://127.0.0.1:1",
                ["--timeout", "0.2", "--data", folder.path]
            )
            #expect(outcome.status == 3)
            #expect(found["endpoint"]?.status == "fail")
            #expect(found["endpoint"]?.sentence.contains("floorbus hub") == true)
            #expect(found["hub"] == nil)
            #expect(found["disk space"] != nil)
            #expect(found["journal"]?.status == "warn")
        }
    }

    @Test("A damaged journal and a directory that is not there fail with what to do")
    func damaged() async throws {
        try await withFolder { folder in
            try await withHub { endpoint, _ in
                let none = try await visit(endpoint, ["--data", folder.path + "/none"])
                #expect(none.outcome.status == 1)
                #expect(none.findings["disk space"]?.sentence.contains("--data") == true)
                let file = folder.appendingPathComponent("journal.sqlite")
                try Data(repeating: 0x5A, count: 8192).write(to: file)
                let bad = try await visit(endpoint, ["--data", folder.path])
                #expect(bad.outcome.status == 1)
                #expect(bad.findings["journal"]?.status == "fail")
                #expect(bad.findings["journal"]?.sentence.contains("is damaged") == true)
            }
        }
    }

    @Test("The directory of another hub is told as such")
    func another() async throws {
        try await withFolder { folder in
            try await withHub(["--data", folder.path]) { _, first in
                first.signal(SIGTERM)
                #expect(await first.outcome().status == 0)
            }
            try await withHub { endpoint, _ in
                let (outcome, found) = try await visit(endpoint, ["--data", folder.path])
                #expect(outcome.status == 0)
                #expect(found["journal"]?.status == "warn")
                #expect(found["journal"]?.sentence.contains("not the journal of the hub") == true)
            }
        }
    }

    @Test("An endpoint that is none is the command line's fault; --help has examples")
    func commandLine() async throws {
        let wrong = try await Program.run("doctor", "--connect", "7410")
        #expect(wrong.status == 64 && wrong.errors.contains("endpoint"))
        let help = try await Program.run("doctor", "--help")
        #expect(help.status == 0)
        #expect(help.lines.contains { $0.contains("floorbus doctor --data /var/lib/floorbus") })
        let version = try await Program.run("--version")
        #expect(version.lines == ["0.1.0"])
    }
}
