import FloorImport
import Foundation
import Testing

/// `floorbus replay`: the totals of what an independent subscriber received.
@Suite("Replay", .timeLimit(.minutes(3)))
struct ReplayCommandTests {
    /// Two calls an hour apart, an agent, and a line that no format knows.
    private static let log = """
        1000|c1|sales|NONE|ENTERQUEUE||200|1
        1002|c2|sales|NONE|ENTERQUEUE||201|1
        1005|c1|sales|Ana Ruiz|CONNECT|5|c1.1|3
        what is this
        4600|c1|sales|Ana Ruiz|COMPLETEAGENT|5|3595|1
        4612|c2|sales|NONE|ABANDON|1|2|3610
        """

    private func withLog(_ body: (String) async throws -> Void) async throws {
        try await withFolder { folder in
            let file = folder.appendingPathComponent("queue_log")
            try Data((Self.log + "\n").utf8).write(to: file)
            try await body(file.path)
        }
    }

    private func replay(_ file: String, _ format: String, _ more: String...) -> [String] {
        ["replay", file, "--format", format, "--json"] + more
    }

    private func expectWhole(_ report: [String: Any]) throws {
        let subscriber = try #require(report["subscriber"] as? [String: Int])
        let published = try #require(report["published"] as? [String: Int])
        #expect(subscriber["gaps"] == 0)
        #expect(subscriber["resyncs"] == 0)
        #expect(subscriber["malformed"] == 0)
        #expect(subscriber["events"] == published["events"])
        #expect(published["refused"] == 0)
        #expect(report["complete"] as? Bool == true)
    }

    @Test("A made-up log has the totals one counts by hand, through a hub inside and outside")
    func madeUpLog() async throws {
        try await withLog { file in
            try await withHub { endpoint, _ in
                for hub in [nil, endpoint] {
                    let outcome = try await Program.run(
                        replay(file, "asterisk-queue-log"),
                        at: hub
                    )
                    #expect(outcome.status == 0, "\(outcome.errors)")
                    #expect(outcome.errors.contains("line 4"))
                    let report = try jsonObject(try #require(outcome.lines.first))
                    try expectWhole(report)
                    #expect(
                        report["queues"] as? [String: [String: Int]] == [
                            "sales": [
                                "offered": 2, "answered": 1, "abandoned": 1, "timed_out": 0,
                                "wait_s": 3615, "peak_waiting": 2,
                            ]
                        ]
                    )
                    #expect(
                        report["agents"] as? [String: [String: Int]]
                            == ["Ana Ruiz": ["calls": 1, "talk_s": 3595]]
                    )
                    #expect(report["skipped"] as? [String: Int] == ["columns": 1])
                }
                let agent = try await Program.run("get", "agent/replay/", "--json", at: endpoint)
                let value = try jsonObject(try #require(agent.lines.first))
                #expect(value["key"] as? String == "agent/replay/floor/Ana Ruiz/")
                #expect((value["agent"] as? [String: Any])?["state"] as? String == "ready")
            }
        }
    }

    @Test("For people it is a table")
    func table() async throws {
        try await withLog { file in
            let outcome = try await Program.run(
                "replay",
                file,
                "--format",
                "asterisk-queue-log",
                "--site",
                "hq"
            )
            #expect(outcome.status == 0)
            #expect(outcome.lines.first == "queue  offered  answered  abandoned  timed out  wait s")
            #expect(outcome.lines.contains("skipped rows: columns 1"))
        }
    }

    @Test("A day on which the log has nothing is an error")
    func emptyDay() async throws {
        try await withLog { file in
            let outcome = try await Program.run(
                replay(file, "asterisk-queue-log", "--day", "990101")
            )
            #expect(outcome.status == 1)
            #expect(
                outcome.errors.contains("no row is of the day 990101; 5 rows are of other days")
            )
        }
    }

    @Test("SIGINT ends a slow replay cleanly and prints what was reached")
    func interrupted() async throws {
        try await withLog { file in
            try await withHub { endpoint, _ in
                let watch = try Program(["watch", "event/", "--json", "--connect", endpoint])
                _ = try await watch.json(type: "snapshotEnd")
                // Real time: the second call's end is an hour away.
                let slow = try Program(
                    replay(file, "asterisk-queue-log", "--speed", "1", "--connect", endpoint)
                )
                _ = try await watch.json(type: "record")
                slow.signal(SIGINT)
                let outcome = await slow.outcome()
                #expect(outcome.status == 0, "\(outcome.errors)")
                let report = try jsonObject(try #require(outcome.lines.first))
                #expect(report["complete"] as? Bool == false)
                #expect(report["stopped"] as? Bool == true)
                let queues = try #require(report["queues"] as? [String: [String: Int]])
                #expect((queues["sales"]?["offered"] ?? 0) >= 1)
                watch.signal(SIGINT)
                #expect(await watch.outcome().status == 0)
            }
        }
    }

    @Test("A hub that is killed in the middle is never silence: a resync, a gap, exit code 1")
    func hubDiesInTheMiddle() async throws {
        try await withLog { file in
            try await withFolder { folder in
                let data = ["--data", folder.path, "--journal", "memory"]
                try await withHub(data) { endpoint, first in
                    let watch = try Program(["watch", "event/", "--json", "--connect", endpoint])
                    _ = try await watch.json(type: "snapshotEnd")
                    // The second hour passes in twelve seconds; what is due while the hub is away
                    // waits in the publisher's outbox.
                    let replay = try Program(
                        replay(
                            file,
                            "asterisk-queue-log",
                            "--speed",
                            "300",
                            "--connect",
                            endpoint,
                            "--timeout",
                            "60"
                        )
                    )
                    _ = try await watch.json(type: "record")
                    first.signal(SIGKILL)
                    _ = await first.outcome()
                    let second = try Program(["hub", "--listen", endpoint, "--no-tap"] + data)
                    _ = try await second.line()
                    let outcome = await replay.outcome()
                    #expect(outcome.status == 1, "\(outcome.errors)")
                    let report = try jsonObject(try #require(outcome.lines.first))
                    let subscriber = try #require(report["subscriber"] as? [String: Int])
                    #expect(subscriber["resyncs"] == 1)
                    #expect((subscriber["gaps"] ?? 0) >= 1)
                    #expect(report["complete"] as? Bool == false)
                    #expect(outcome.errors.contains("1 resyncs"))
                    second.signal(SIGTERM)
                    #expect(await second.outcome().status == 0)
                }
            }
        }
    }

    @Test("A hub that is killed and does not come back ends the replay with 3")
    func hubStaysAway() async throws {
        try await withLog { file in
            try await withHub { endpoint, hub in
                let watch = try Program(["watch", "event/", "--json", "--connect", endpoint])
                _ = try await watch.json(type: "snapshotEnd")
                let replay = try Program(
                    replay(
                        file,
                        "asterisk-queue-log",
                        "--speed",
                        "300",
                        "--connect",
                        endpoint,
                        "--timeout",
                        "1"
                    )
                )
                _ = try await watch.json(type: "record")
                hub.signal(SIGKILL)
                let outcome = await replay.outcome()
                #expect(outcome.status == 3)
                #expect(outcome.errors.contains("no hub answered"))
            }
        }
    }
}

/// The real logs, through the program; the references were computed independently.
@Suite(
    "Replay of real logs",
    .enabled(if: RealLogs.arePresent, "the real logs are not at ../shared/data"),
    .timeLimit(.minutes(5))
)
struct RealReplayTests {
    private typealias Table = [String: [String: Int]]

    private func report(_ arguments: [String], at endpoint: String?) async throws -> [String: Any] {
        let outcome = try await Program.run(["replay", "--json"] + arguments, at: endpoint)
        #expect(outcome.status == 0, "\(outcome.errors)")
        let report = try jsonObject(try #require(outcome.lines.first))
        let subscriber = try #require(report["subscriber"] as? [String: Int])
        let published = try #require(report["published"] as? [String: Int])
        #expect(subscriber["gaps"] == 0)
        #expect(subscriber["resyncs"] == 0)
        #expect(subscriber["events"] == published["events"])
        #expect(report["skipped"] as? [String: Int] == [:])
        return report
    }

    /// The object under a key as names with numbers; what is no number is left out.
    private func table(_ key: String, of json: [String: Any]) throws -> Table {
        let rows = try #require(json[key] as? [String: [String: Any]])
        return rows.mapValues { row in row.compactMapValues { value in value as? Int } }
    }

    @Test("The queue_log gives the reference's totals, through a hub inside and outside")
    func asterisk() async throws {
        let reference = try RealLogs.reference(of: RealLogs.asterisk)
        let queues = try table("queues", of: reference).mapValues { queue in
            [
                "offered": queue["ENTERQUEUE", default: 0],
                "answered": queue["CONNECT", default: 0],
                "abandoned": queue["ABANDON", default: 0],
                "timed_out": queue["EXITWITHTIMEOUT", default: 0],
                "wait_s": queue["hold_s", default: 0] + queue["abandon_wait_s", default: 0],
                "peak_waiting": queue["peak_waiting", default: 0],
            ]
        }
        let agents = try table("agents", of: reference).compactMapValues { agent in
            agent["complete"].map { ["calls": $0, "talk_s": agent["talk_s", default: 0]] }
        }
        try await withHub { endpoint, _ in
            for hub in [nil, endpoint] {
                let arguments = [RealLogs.asterisk, "--format", "asterisk-queue-log"]
                let report = try await report(arguments, at: hub)
                #expect(try table("queues", of: report) == queues)
                #expect(try table("agents", of: report) == agents)
            }
        }
    }

    @Test("A day of the bank gives the totals of its rows, through a hub inside and outside")
    func bankDay() async throws {
        let script = try FloorScript(path: RealLogs.bank, format: .anonymousBank, day: "990107")
        var totals = ReplayTotals(format: .anonymousBank)
        while let step = try script.next() {
            if case .call(let call) = step { totals.add(call) }
        }
        let expected = totals.summary()
        try await withHub { endpoint, _ in
            for hub in [nil, endpoint] {
                let report = try await report(
                    [RealLogs.bank, "--format", "anonymous-bank", "--day", "990107"],
                    at: hub
                )
                let data = try JSONSerialization.data(withJSONObject: report)
                #expect(try JSONDecoder().decode(TotalsSummary.self, from: data) == expected)
            }
        }
    }

    @Test(
        "The bank's month gives exactly the reference's totals",
        .enabled(if: RealLogs.isLong, "the whole month needs FLOORBUS_LONG=1")
    )
    func bankMonth() async throws {
        let reference = try RealLogs.reference(of: RealLogs.bank)
        let queues = try table("queues", of: reference).mapValues { queue in
            queue.merging(["timed_out": 0]) { $1 }
        }
        let peak = try #require(reference["peak_waiting"] as? [String: Any])
        try await withHub { endpoint, _ in
            for hub in [nil, endpoint] {
                let arguments = [RealLogs.bank, "--format", "anonymous-bank", "--speed", "max"]
                let report = try await report(arguments, at: hub)
                #expect(try table("queues", of: report) == queues)
                #expect(try table("agents", of: report) == table("agents", of: reference))
                #expect(report["peak_waiting"] as? Int == peak["count"] as? Int)
            }
        }
    }
}

/// The real logs; the project ships none of them.
enum RealLogs {
    private static let folder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("shared/data")
    static let bank = folder.appendingPathComponent("anonymous-bank/1999-01.tsv.gz").path
    static let asterisk = folder.appendingPathComponent("asterisk/queue_log").path
    static let arePresent = [bank, asterisk].allSatisfy(FileManager.default.fileExists(atPath:))
    static let isLong = ProcessInfo.processInfo.environment["FLOORBUS_LONG"] == "1"

    static func reference(of path: String) throws -> [String: Any] {
        let stem = path.hasSuffix(".tsv.gz") ? String(path.dropLast(7)) : path
        let data = try Data(contentsOf: URL(fileURLWithPath: stem + ".reference.json"))
        return try jsonObject(String(decoding: data, as: UTF8.self))
    }
}
