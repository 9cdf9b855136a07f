import Foundation
import Testing

/// `floorbus replay` of logs as they really are: cut off, leaping, silent, still written.
@Suite("Replay of troubled logs", .timeLimit(.minutes(3)))
struct ReplayLogTests {
    private func replay(_ file: String, _ more: String...) -> [String] {
        ["replay", file, "--format", "asterisk-queue-log", "--site", "hq", "--json"] + more
    }

    /// The next event's call.
    private func nextCall(_ watch: Program) async throws -> String {
        let record = try await watch.json(type: "record")
        let key = try #require(record["key"] as? String)
        return String(try #require(key.split(separator: "/").last))
    }

    private func logs(_ name: String) -> String {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("FloorImportTests/logs/" + name).path
    }

    @Test("A file that is cut off is published as far as it goes; the exit code is 65")
    func cutFile() async throws {
        try await withHub { endpoint, _ in
            let outcome = try await Program.run(replay(logs("cut.gz")), at: endpoint)
            #expect(outcome.status == 65)
            #expect(outcome.errors.contains("the file was cut off"))
            let report = try jsonObject(try #require(outcome.lines.first))
            #expect(report["complete"] as? Bool == false)
            #expect((report["damage"] as? String)?.contains("cut off") == true)
            let queues = try #require(report["queues"] as? [String: [String: Int]])
            #expect(queues["care"]?["answered"] == 1)
            #expect(report["open"] as? [String: Int] == ["waiting": 0, "talking": 0])
            let agent = try await Program.run("get", "agent/hq/", "--json", at: endpoint)
            let value = try jsonObject(try #require(agent.lines.first))
            #expect((value["agent"] as? [String: Any])?["state"] as? String == "ready")
        }
    }

    @Test(
        "A clock that leaps is passed over and told, never waited for",
        arguments: ["leap-from-1970", "leap-ahead"]
    )
    func leap(name: String) async throws {
        let outcome = try await Program.run(replay(logs(name), "--speed", "600"))
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.errors.contains("the log's clock goes on by"))
        let report = try jsonObject(try #require(outcome.lines.first))
        #expect(report["pauses_skipped"] as? Int == 1)
        #expect((report["skipped_s"] as? Int ?? 0) > 1_600_000_000)
        #expect(report["complete"] as? Bool == true)
    }

    @Test("A pause is cut to what --max-pause says")
    func maxPause() async throws {
        try await withFolder { folder in
            let file = folder.appendingPathComponent("queue_log")
            let rows = ["100|c1|q|NONE|ENTERQUEUE||1|1", "43300|c1|q|NONE|ABANDON|1|1|43200"]
            try Data((rows.joined(separator: "\n") + "\n").utf8).write(to: file)
            let outcome = try await Program.run(
                replay(file.path, "--speed", "1", "--max-pause", "0.1")
            )
            #expect(outcome.status == 0)
            #expect(outcome.errors.contains("a pause of 43200 s in the log is cut"))
        }
    }

    @Test("A silent pipe ends on SIGTERM with the totals so far")
    func silentPipe() async throws {
        try await withFolder { folder in
            let pipe = folder.appendingPathComponent("pipe").path
            let made = unsafe mkfifo(pipe, 0o600)
            try #require(made == 0)
            // Read and write, so that the opening waits for nobody.
            let writer = try #require(FileHandle(forUpdatingAtPath: pipe))
            try await withHub { endpoint, _ in
                let watch = try Program(["watch", "event/", "--json", "--connect", endpoint])
                _ = try await watch.json(type: "snapshotEnd")
                let replay = try Program(replay(pipe, "--connect", endpoint))
                try writer.write(contentsOf: Data("10|c1|q|NONE|ENTERQUEUE||1|1\n".utf8))
                #expect(try await nextCall(watch) == "c1")
                replay.signal(SIGTERM)
                let outcome = await replay.outcome()
                #expect(outcome.status == 0, "\(outcome.errors)")
                let report = try jsonObject(try #require(outcome.lines.first))
                #expect(report["stopped"] as? Bool == true)
                #expect(report["open"] as? [String: Int] == ["waiting": 1, "talking": 0])
            }
            try writer.close()
        }
    }

    @Test("A log that is written is followed over its rotation, renamed or cut to nothing")
    func follow() async throws {
        try await withFolder { folder in
            let log = folder.appendingPathComponent("queue_log")
            let old = folder.appendingPathComponent("queue_log.1")
            func joins(_ call: String) -> Data {
                Data("1700000000|\(call)|q|NONE|ENTERQUEUE||1|1\n".utf8)
            }
            try joins("first").write(to: log)
            try await withHub { endpoint, _ in
                let watch = try Program(["watch", "event/", "--json", "--connect", endpoint])
                _ = try await watch.json(type: "snapshotEnd")
                let replay = try Program(replay(log.path, "--follow", "--connect", endpoint))
                #expect(try await nextCall(watch) == "first")
                let writer = try FileHandle(forWritingTo: log)
                try writer.seekToEnd()
                // A line in two pieces is one line.
                try writer.write(contentsOf: joins("second").prefix(14))
                try writer.write(contentsOf: joins("second").dropFirst(14))
                #expect(try await nextCall(watch) == "second")
                // Renamed: what the writer still writes to the old file counts too.
                try FileManager.default.moveItem(at: log, to: old)
                try writer.write(contentsOf: joins("third"))
                #expect(try await nextCall(watch) == "third")
                try writer.write(contentsOf: joins("fourth"))
                try writer.close()
                try (joins("fifth") + joins("sixth")).write(to: log)
                for call in ["fourth", "fifth", "sixth"] {
                    #expect(try await nextCall(watch) == call)
                }
                // Cut to nothing and written again from its beginning.
                let cut = try FileHandle(forWritingTo: log)
                try cut.truncate(atOffset: 0)
                try cut.write(contentsOf: joins("seventh"))
                try cut.close()
                #expect(try await nextCall(watch) == "seventh")
                replay.signal(SIGINT)
                let outcome = await replay.outcome()
                #expect(outcome.status == 0, "\(outcome.errors)")
                let report = try jsonObject(try #require(outcome.lines.first))
                let queues = try #require(report["queues"] as? [String: [String: Int]])
                #expect(queues["q"]?["offered"] == 7)
                #expect(report["skipped"] as? [String: Int] == [:])
            }
        }
    }

    @Test("A table and a gzip file cannot be followed, and say so")
    func notFollowed() async throws {
        let gzip = try await Program.run(replay(logs("parts.gz"), "--follow"))
        #expect(gzip.status == 1 && gzip.errors.contains("is gzip"))
        let table = try await Program.run(
            "replay",
            logs("mark"),
            "--format",
            "anonymous-bank",
            "--follow"
        )
        #expect(table.status == 1 && table.errors.contains("cannot be followed"))
    }

    @Test("A replay's calls are in the report of queues, each of them")
    func report() async throws {
        try await withFolder { folder in
            try await withHub(["--data", folder.path]) { endpoint, hub in
                let outcome = try await Program.run(replay(logs("eight-calls")), at: endpoint)
                #expect(outcome.status == 0, "\(outcome.errors)")
                let report = try await Program.run(
                    "report",
                    "queues",
                    "--data",
                    folder.path,
                    "--from",
                    "1h",
                    "--threshold",
                    "20",
                    "--short",
                    "5",
                    "--format",
                    "csv"
                )
                #expect(report.status == 0, "\(report.errors)")
                let rows = report.lines.filter { $0.hasPrefix("calls,") }
                for (formula, permille) in [
                    ("SL.answered", 500), ("SL.withAbandon", 571), ("SL.offered", 286),
                    ("SL.offeredLessShort", 286),
                ] {
                    let row = try #require(rows.first { $0.contains(",\(formula),") })
                    #expect(row.hasPrefix("calls,hq,care,care,stretch,8,4,3,1,"), "\(row)")
                    #expect(row.contains(",20000,\(permille),"), "\(row)")
                }
                hub.signal(SIGTERM)
            }
        }
    }
}
