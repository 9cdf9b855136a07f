import Foundation
import Testing

/// `floorbus hub --data` and `floorbus journal`: what was acknowledged is there.
@Suite("Journal", .timeLimit(.minutes(3)))
struct JournalCommandTests {
    /// Two calls an hour apart, twenty more between them, a minute each.
    private static let log =
        ["1000|c1|sales|NONE|ENTERQUEUE||200|1", "1005|c1|sales|Ana Ruiz|CONNECT|5|c1.1|3"]
        + (1...20).flatMap { number in
            [
                "\(1000 + number * 120)|d\(number)|sales|NONE|ENTERQUEUE||300|1",
                "\(1060 + number * 120)|d\(number)|sales|NONE|ABANDON|1|1|60",
            ]
        } + ["4600|c1|sales|Ana Ruiz|COMPLETEAGENT|5|3595|1"]

    private func journal(_ command: String, _ folder: URL) async throws -> Program.Outcome {
        try await Program.run(["journal", command, "--data", folder.path, "--json"])
    }

    @Test("A hub that is killed in the middle of a replay loses nothing and doubles nothing")
    func killed() async throws {
        try await withFolder { folder in
            let file = folder.appendingPathComponent("queue_log")
            try Data(Self.log.joined(separator: "\n").utf8).write(to: file)
            let data = ["--data", folder.appendingPathComponent("data").path]
            try await withHub(data) { endpoint, first in
                let watch = try Program(["watch", "event/", "--json", "--connect", endpoint])
                _ = try await watch.json(type: "snapshotEnd")
                // The hour passes in four seconds.
                let replay = try Program([
                    "replay", file.path, "--format", "asterisk-queue-log", "--json",
                    "--speed", "900", "--connect", endpoint, "--timeout", "60",
                ])
                _ = try await watch.json(type: "record")
                first.signal(SIGKILL)
                _ = await first.outcome()
                let second = try Program(["hub", "--listen", endpoint, "--no-tap"] + data)
                _ = try await second.line()
                let outcome = await replay.outcome()
                #expect(outcome.status == 0, "\(outcome.errors)")
                let report = try jsonObject(try #require(outcome.lines.first))
                let subscriber = try #require(report["subscriber"] as? [String: Int])
                let published = try #require(report["published"] as? [String: Int])
                #expect(subscriber["gaps"] == 0)
                #expect(subscriber["events"] == published["events"])
                let queues = try #require(report["queues"] as? [String: [String: Int]])
                #expect(queues["sales"]?["offered"] == 21)
                #expect(queues["sales"]?["abandoned"] == 20)

                let place = folder.appendingPathComponent("data")
                let check = try await journal("check", place)
                #expect(check.status == 0, "\(check.errors)")
                let found = try jsonObject(try #require(check.lines.first))
                let export = try await journal("export", place)
                #expect(found["events"] as? Int == export.lines.count)
                // After a loss of the link the replay publishes an end mark, without a payload.
                let payloads = try export.lines.map { try jsonObject($0)["payload"] as? String }
                #expect(payloads.count { $0 != "" } == published["events"])

                #expect(try await journal("compact", place).status == 1)
                second.signal(SIGTERM)
                #expect(await second.outcome().status == 0)
                #expect(try await journal("compact", place).status == 0)
                #expect(try await journal("check", place).status == 0)
            }
        }
    }

    @Test("A directory without a journal, and a damaged one, are told as a sentence")
    func sentences() async throws {
        try await withFolder { folder in
            let missing = try await journal("check", folder)
            #expect(missing.status == 1)
            #expect(missing.errors.contains("there is no journal at"))
            let file = folder.appendingPathComponent("journal.sqlite")
            try Data(repeating: 0x5A, count: 8192).write(to: file)
            let damaged = try await journal("check", folder)
            #expect(damaged.status == 1)
            #expect(damaged.errors.contains("is damaged"))
            let hub = try await Program.run([
                "hub", "--listen", "tcp://127.0.0.1:0", "--no-tap", "--data", folder.path,
            ])
            #expect(hub.status == 1)
            #expect(hub.errors.contains("restore it from a copy"))
        }
    }
}
