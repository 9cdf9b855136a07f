import FloorBusTestKit
import Foundation
import Testing

/// Commands that wait for a hub which will not let them in, or cannot store what they say.
///
/// Each has a timeout far beyond the suite's limit unless it is to be reached: a command that
/// ends, ends for the reason it says.
@Suite("Waits of the command line", .timeLimit(.minutes(2)))
struct WaitTests {
    private static let roster = """
        teams: [{ site: bj, team: sales }]
        people: [{ id: ana, roles: agent, site: bj, team: sales }]

        """

    @Test(
        "Somebody who is not in the roster is told so by every command, long before its timeout",
        arguments: [
            ["publish", "agent", "agent/bj/sales/eve/", "--state", "ready"],
            ["remove", "agent/bj/sales/eve/"],
            ["get", "agent/"],
            ["stats"],
            ["flag", "raise", "--key", "flag/bj/sales/", "--category", "refund"],
            ["flag", "list"],
            ["note", "send", "--key", "note/bj/sales/", "--text", "hello"],
            ["supporter", "available"],
        ]
    )
    func stranger(_ command: [String]) async throws {
        try await withFolder { folder in
            let file = folder.appendingPathComponent("roster.yaml")
            try Self.roster.write(to: file, atomically: true, encoding: .utf8)
            try await withHub(["--roster", file.path]) { endpoint, _ in
                let outcome = try await Program.run(
                    command + ["--as", "eve", "--timeout", "3600"],
                    at: endpoint
                )
                #expect(outcome.status == 1)
                #expect(outcome.lines == [])
                #expect(
                    outcome.errors == "floorbus: \(endpoint): the hub refuses the session: 'eve' "
                        + "is not in the hub's roster\n"
                )
            }
        }
    }

    @Test("A replay by somebody who is not in the roster ends at once as well")
    func replay() async throws {
        try await withFolder { folder in
            let file = folder.appendingPathComponent("roster.yaml")
            try Self.roster.write(to: file, atomically: true, encoding: .utf8)
            let log = folder.appendingPathComponent("queue_log")
            try "1300000000|1.1|sales|NONE|ENTERQUEUE||5551234|1\n"
                .write(to: log, atomically: true, encoding: .utf8)
            try await withHub(["--roster", file.path]) { endpoint, _ in
                let outcome = try await Program.run(
                    ["replay", log.path, "--format", "asterisk-queue-log", "--as", "eve"]
                        + ["--timeout", "3600"],
                    at: endpoint
                )
                #expect(outcome.status == 1)
                #expect(outcome.errors.contains("'eve' is not in the hub's roster"))
            }
        }
    }

    @Test("A disk that is full is told at once, and ends the wait with that reason or goes on")
    func storage() async throws {
        let event = ["publish", "event", "event/bj/calls/1/", "--schema", "1", "--text"]
        try await withFolder { folder in
            let data = folder.appendingPathComponent("data").path
            let outbox = folder.appendingPathComponent("outbox").path
            try await withHub(["--data", data], survivesLimits: true) { endpoint, hub in
                try await hub.limit("fsize", to: 1)
                let told = "floorbus: the hub's journal cannot store; trying again\n"
                let reason =
                    "could not publish to event/bj/calls/1/: the hub's journal cannot store"
                let lost = try await Program.run(
                    event + ["one", "--timeout", "2.5"],
                    at: endpoint
                )
                #expect(lost.status == 1)
                #expect(lost.errors == told + "floorbus: " + reason + "\n")
                let kept = try await Program.run(
                    event + ["two", "--timeout", "2.5", "--outbox", outbox],
                    at: endpoint
                )
                #expect(kept.status == 5)
                #expect(
                    kept.errors == told + "floorbus: \(reason); kept in \(outbox), will be sent by "
                        + "the next run with this --outbox\n"
                )
                let patient = try Program(
                    event + ["three", "--timeout", "3600", "--connect", endpoint]
                )
                #expect(await holds { patient.errorsSoFar == told })
                try await hub.limit("fsize", to: nil)
                let outcome = await patient.outcome()
                #expect(outcome.status == 0)
                #expect(outcome.errors == told)
                let more = event + ["four", "--outbox", outbox]
                let next = try await Program.run(more, at: endpoint)
                #expect(next.status == 0, "\(next.errors)")
                let export = try await Program.run("journal", "export", "--data", data)
                let texts = try export.lines.map { try jsonObject($0)["payload"] as? String }
                // What waited for the journal comes behind what was published meanwhile.
                let wanted = ["three", "four", "two"].map { Data($0.utf8).base64EncodedString() }
                #expect(texts == wanted)
            }
        }
    }

    @Test("A client whose thread the system stops ends with the system's reason")
    func stopped() async throws {
        try await withHub { endpoint, _ in
            let watch = try Program(["watch", "agent/", "--json", "--connect", endpoint])
            _ = try await watch.json(type: "snapshotEnd")
            // poll(2) refuses more descriptors than the process may have; the thread has three.
            try await watch.limit("nofile", to: 2)
            let outcome = await watch.outcome()
            #expect(outcome.status == 1)
            #expect(outcome.errors.contains("poll"), "\(outcome.errors)")
        }
    }
}
