import Foundation
import Testing

@testable import FloorCLI

/// `floorbus journal replay`: a stretch of the past, once more.
@Suite("Journal replay", .timeLimit(.minutes(3)))
struct JournalReplayTests {
    /// A few calls; twelve events.
    private static let log = (1...6).flatMap { number in
        [
            "\(1000 + number * 10)|c\(number)|sales|NONE|ENTERQUEUE||200|1",
            "\(1005 + number * 10)|c\(number)|sales|NONE|ABANDON|1|1|5",
        ]
    }

    /// One event of `journal export`.
    private struct Event: Decodable, Equatable {
        var key: String
        var time: Int64
        var payload: String
        var schema: Int
    }

    /// A data directory in which a replayed log is the past, and its events.
    private func withPast(
        speed: String = "max",
        _ body: (_ data: String, _ events: [Event]) async throws -> Void
    ) async throws {
        try await withFolder { folder in
            let file = folder.appendingPathComponent("queue_log")
            try Data(Self.log.joined(separator: "\n").utf8).write(to: file)
            let data = folder.appendingPathComponent("data").path
            try await withHub(["--data", data]) { endpoint, hub in
                let replay = try await Program.run([
                    "replay", file.path, "--format", "asterisk-queue-log", "--speed", speed,
                    "--connect", endpoint,
                ])
                try #require(replay.status == 0, "\(replay.errors)")
                hub.signal(SIGTERM)
                try #require(await hub.outcome().status == 0)
            }
            try await body(data, try await events(data))
        }
    }

    private func events(_ data: String) async throws -> [Event] {
        let export = try await Program.run("journal", "export", "--data", data)
        return try export.lines.map { line in
            try JSONDecoder().decode(Event.self, from: Data(line.utf8))
        }
    }

    private func report(_ outcome: Program.Outcome) throws -> [String: Any] {
        try jsonObject(try #require(outcome.lines.last, "\(outcome.errors)"))
    }

    private func replay(_ data: String, _ more: String...) -> [String] {
        ["journal", "replay", "--data", data, "--json"] + more
    }

    @Test("Another hub's readers get the same keys and payloads, the original time with each")
    func again() async throws {
        try await withPast { data, events in
            try #require(events.count == 12)
            try await withHub { endpoint, _ in
                let watch = try Program(["watch", "event/", "--json", "--connect", endpoint])
                _ = try await watch.json(type: "snapshotEnd")
                let outcome = try await Program.run(
                    replay(data, "--from", "1h", "--speed", "max", "--connect", endpoint)
                )
                #expect(outcome.status == 0, "\(outcome.errors)")
                let report = try report(outcome)
                #expect(report["events"] as? Int == 12 && report["accepted"] as? Int == 12)
                #expect(report["complete"] as? Bool == true)
                #expect(report["first_us"] as? Int64 == events.first?.time)
                #expect(report["last_us"] as? Int64 == events.last?.time)
                for event in events {
                    let record = try await watch.json(type: "record")
                    #expect(record["key"] as? String == event.key)
                    #expect(record["payload_base64"] as? String == event.payload)
                    #expect(record["schema"] as? Int == event.schema)
                    // What the log's own clock said: the replay of the log had put it there.
                    let time = try #require(record["source_time_us"] as? Int64)
                    #expect((1_010_000_000...1_065_000_000).contains(time))
                }
                watch.signal(SIGINT)
                #expect(await watch.outcome().status == 0)
            }
        }
    }

    @Test("A stretch begins and ends where it says; --site moves it; a hub of its own shows it")
    func stretch() async throws {
        try await withPast { data, events in
            let program = try Program(
                replay(
                    data,
                    "--from",
                    "\(events[3].time)",
                    "--to",
                    "\(events[7].time)",
                    "--speed",
                    "max",
                    "--site",
                    "training",
                    "--listen",
                    "tcp://127.0.0.1:0",
                    "--tap",
                    "tcp://127.0.0.1:0",
                    "--hold",
                    "100"
                )
            )
            let line = try jsonObject(try await program.line())
            let endpoint = try #require((line["listening"] as? [String])?.first)
            #expect((line["tap"] as? String)?.hasPrefix("tcp://127.0.0.1:") == true)
            let report = try jsonObject(try await program.line())
            #expect(report["events"] as? Int == 4 && report["complete"] as? Bool == true)
            let stats = try await Program.run("stats", "--json", "--connect", endpoint)
            let counts = try jsonObject(try #require(stats.lines.first))
            #expect(counts["eventHead"] as? Int == 4)
            program.signal(SIGINT)
            #expect(await program.outcome().status == 0)
        }
    }

    @Test("The pauses between events are kept, and shortened by the speed")
    func pace() async throws {
        // 55 s of the log in 1.1 s.
        try await withPast(speed: "50") { data, events in
            let span = Double(events[11].time - events[0].time) / 1_000_000
            try #require(span > 0.9)
            for speed in [1.0, 4.0] {
                let outcome = try await Program.run(
                    replay(
                        data,
                        "--from=-1h",
                        "--to",
                        "now",
                        "--speed",
                        "\(speed)",
                        "--listen",
                        "tcp://127.0.0.1:0"
                    )
                )
                #expect(outcome.status == 0, "\(outcome.errors)")
                let seconds = try #require(try report(outcome)["elapsed_s"] as? Double)
                #expect(seconds > span / speed * 0.98 && seconds < span / speed + 3)
            }
        }
    }

    @Test("SIGINT ends it in the middle with what was published, and exit code 0")
    func interrupted() async throws {
        try await withPast(speed: "200") { data, _ in
            let arguments = replay(
                data,
                "--from",
                "1h",
                "--speed",
                "0.001",
                "--listen",
                "tcp://127.0.0.1:0"
            )
            let program = try Program(arguments)
            let line = try jsonObject(try await program.line())
            let endpoint = try #require((line["listening"] as? [String])?.first)
            let watch = try Program(["watch", "event/", "--json", "--connect", endpoint])
            _ = try await watch.json(type: "snapshotEnd")
            program.signal(SIGINT)
            let outcome = await program.outcome()
            #expect(outcome.status == 0, "\(outcome.errors)")
            let report = try report(outcome)
            #expect(report["stopped"] as? Bool == true && report["complete"] as? Bool == false)
            #expect(try #require(report["events"] as? Int) < 12)
            watch.signal(SIGKILL)
        }
    }

    @Test("The hub that owns the journal is refused, unless its operator insists")
    func ownHub() async throws {
        try await withPast { data, events in
            try await withHub(["--data", data]) { endpoint, _ in
                let arguments = replay(
                    data,
                    "--from",
                    "1h",
                    "--speed",
                    "max",
                    "--connect",
                    endpoint
                )
                let refused = try await Program.run(arguments)
                #expect(refused.status == 1)
                #expect(refused.errors.contains("the one this journal belongs to"))
                #expect(refused.errors.contains("--allow-own-hub"))
                #expect(try await self.events(data) == events)
                let twice = try await Program.run(arguments + ["--allow-own-hub"])
                #expect(twice.status == 0, "\(twice.errors)")
                #expect(try report(twice)["events"] as? Int == 12)
                let after = try await self.events(data)
                #expect(after.count == 24)
                #expect(after.suffix(12).map(\.key) == events.map(\.key))
            }
        }
    }

    @Test("What cannot be is told as a sentence")
    func sentences() async throws {
        try await withPast { data, events in
            let listen = ["--listen", "tcp://127.0.0.1:0"]
            let nowhere = try await Program.run(replay(data, "--from", "1h"))
            #expect(nowhere.status == 64 && nowhere.errors.contains("say where to publish"))
            let both = try await Program.run(
                replay(data, "--from", "1h", "--connect", "tcp://127.0.0.1:1") + listen
            )
            #expect(both.status == 64)
            let backwards = try await Program.run(
                replay(data, "--from", "1h", "--to", "2h") + listen
            )
            #expect(backwards.status == 1 && backwards.errors.contains("the stretch is empty"))
            let early = try await Program.run(
                replay(data, "--from", "2020-01-01T00:00:00Z", "--to", "+1h") + listen
            )
            #expect(early.status == 1 && early.errors.contains("there are no events from 2020-01"))
            let gone = try await Program.run(
                replay(data, "--from", "1h", "--connect", "tcp://127.0.0.1:1", "--timeout", "0.3")
            )
            #expect(gone.status == 3, "\(gone.errors)")
            let none = try await Program.run(replay(data + "/none", "--from", "1h") + listen)
            #expect(none.status == 1 && none.errors.contains("there is no journal at"))
            let word = try await Program.run(replay(data, "--from", "noon") + listen)
            #expect(word.status == 64 && word.errors.contains("90m"))
            #expect(events.count == 12)
        }
    }

    @Test(
        "Moments: named, ago, or after the beginning",
        arguments: [
            ("90m", 10_000_000_000 - 5_400_000_000), ("-1h30m", 10_000_000_000 - 5_400_000_000),
            ("+2s", 7_000_000), ("now", 10_000_000_000), ("0", 0),
            ("1970-01-01T00:00:01Z", 1_000_000),
        ]
    )
    func moments(_ text: String, _ wanted: Int64) throws {
        let moment = try parsePast(text)
        #expect(moment.resolved(now: 10_000_000_000, beginning: 5_000_000) == wanted)
    }

    @Test("What is no moment", arguments: ["", "h", "5x", "1h5", "+", "99999999d", "-", "1.5h"])
    func noMoments(_ text: String) {
        #expect(throws: (any Error).self) { try parsePast(text) }
    }
}
