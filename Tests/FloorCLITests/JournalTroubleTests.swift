import FloorBusTestKit
import Foundation
import Testing

/// A journal in trouble, as the daemon's log and the doctor tell it.
@Suite("A journal in trouble", .timeLimit(.minutes(2)))
struct JournalTroubleTests {
    private func findings(
        _ arguments: [String]
    ) async throws -> (status: Int32, found: [String: String]) {
        let outcome = try await Program.run(["doctor", "--json"] + arguments)
        var found: [String: String] = [:]
        for line in outcome.lines {
            let object = try jsonObject(line)
            let check = try #require(object["check"] as? String)
            let status = try #require(object["status"] as? String)
            found[check] = status + " " + (try #require(object["sentence"] as? String))
        }
        return (outcome.status, found)
    }

    /// Sets the journal's last stamp, in the one row of `meta`: with the SQLite of Python.
    private func setStamp(_ folder: URL, hoursAhead hours: Double) throws {
        let stamp = Int64((Date().timeIntervalSince1970 + hours * 3600) * 1_000_000)
        let python = Process()
        python.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        let path = folder.appendingPathComponent("journal.sqlite").path
        let lines = """
            import sqlite3, sys
            db = sqlite3.connect(sys.argv[1])
            db.execute("UPDATE meta SET hub_clock = ?", (int(sys.argv[2]),))
            db.commit()
            db.close()
            """
        python.arguments = ["python3", "-c", lines, path, String(stamp)]
        try python.run()
        python.waitUntilExit()
        try #require(python.terminationStatus == 0)
    }

    /// A directory in which a hub has been.
    private func withJournal(_ body: (URL) async throws -> Void) async throws {
        try await withFolder { folder in
            try await withHub(["--data", folder.path]) { _, hub in
                hub.signal(SIGTERM)
                #expect(await hub.outcome().status == 0)
            }
            try await body(folder)
        }
    }

    @Test("A journal that is removed under the hub is in its log, and the doctor fails it")
    func removed() async throws {
        try await withFolder { folder in
            try await withHub(["--data", folder.path]) { endpoint, hub in
                let file = folder.appendingPathComponent("journal.sqlite")
                try FileManager.default.moveItem(
                    at: file,
                    to: folder.appendingPathComponent("elsewhere")
                )
                #expect(
                    await holds {
                        hub.errorsSoFar.contains("error floorbus.hub: code=journal-gone")
                    }
                )
                #expect(hub.errorsSoFar.contains("was removed or renamed; put it back"))
                let connect = ["--connect", endpoint, "--data", folder.path]
                let (status, found) = try await findings(connect)
                #expect(status == 1)
                #expect(found["storing"]?.hasPrefix("fail") == true)
                #expect(found["journal"]?.hasPrefix("fail a hub is using") == true, "\(found)")
                try FileManager.default.moveItem(
                    at: folder.appendingPathComponent("elsewhere"),
                    to: file
                )
                #expect(await holds { hub.errorsSoFar.contains("code=journal-back") })
                hub.signal(SIGTERM)
                #expect(await hub.outcome().status == 0)
            }
        }
    }

    @Test("--log-level error keeps quiet what is less")
    func logLevel() async throws {
        try await withFolder { folder in
            let arguments = ["--data", folder.path, "--log-level", "error"]
            try await withHub(arguments) { endpoint, hub in
                let file = folder.appendingPathComponent("journal.sqlite")
                let away = folder.appendingPathComponent("elsewhere")
                for _ in 1...2 {
                    let seen = hub.errorsSoFar.count
                    try FileManager.default.moveItem(at: file, to: away)
                    #expect(await holds { hub.errorsSoFar.count > seen })
                    try FileManager.default.moveItem(at: away, to: file)
                    // It has looked again when the next event is stored.
                    let event = ["publish", "event", "event/bj/calls/1/", "--schema", "1"]
                    let sent = try await Program.run(event + ["--text", "ring"], at: endpoint)
                    #expect(sent.status == 0, "\(sent.errors)")
                }
                hub.signal(SIGTERM)
                let lines = await hub.outcome().errors.split(separator: "\n")
                #expect(lines.count == 2 && lines.allSatisfy { $0.contains("journal-gone") })
            }
        }
    }

    @Test("A journal from next week is refused with what to do, and opened with --accept-clock")
    func future() async throws {
        try await withJournal { folder in
            try setStamp(folder, hoursAhead: 7 * 24 + 1.5)
            let start = ["hub", "--listen", "tcp://127.0.0.1:0", "--no-tap", "--data", folder.path]
            let refused = try await Program.run(start)
            #expect(refused.status == 1)
            #expect(refused.errors.contains("169 hours ahead of this machine's clock"))
            #expect(refused.errors.contains("start once with 'floorbus hub --accept-clock'"))
            let (status, found) = try await findings(["--timeout", "0.2", "--data", folder.path])
            #expect(status == 3, "no hub answers")
            #expect(found["stamps"]?.hasPrefix("fail the journal's last stamp is 7 days") == true)
            #expect(found["stamps"]?.contains("--accept-clock") == true)
            try await withHub(["--data", folder.path, "--accept-clock"]) { _, hub in
                #expect(await holds { hub.errorsSoFar.contains("code=clock-behind") })
                hub.signal(SIGTERM)
                #expect(await hub.outcome().status == 0)
            }
            try await withHub(["--data", folder.path]) { _, _ in }
        }
    }

    @Test("The doctor warns of stamps an hour ahead, and of a log that has grown")
    func warnings() async throws {
        try await withJournal { folder in
            try setStamp(folder, hoursAhead: 1.5)
            let log = folder.appendingPathComponent("journal.sqlite-wal")
            try Data().write(to: log)
            let handle = try FileHandle(forWritingTo: log)
            try handle.truncate(atOffset: 65 << 20)
            try handle.close()
            let (_, found) = try await findings(["--timeout", "0.2", "--data", folder.path])
            #expect(found["stamps"]?.hasPrefix("warn") == true, "\(found)")
            #expect(found["log"]?.hasPrefix("warn the log beside the journal has 65 MiB") == true)
            #expect(found["log"]?.contains("end it") == true)
        }
    }
}
