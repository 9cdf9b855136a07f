import FloorBus
import FloorBusTestKit
import FloorEvents
import FloorHub
import FloorHubServer
import FloorPosix
import Foundation
import GRDB
import Synchronization
import Testing

@testable import FloorJournal

/// What can happen to a journal's files while its hub runs, and what an operator is told.
@Suite(.timeLimit(.minutes(2)))
struct TroubleTests {
    private func options(_ change: (inout JournalOptions) -> Void = { _ in }) -> JournalOptions {
        var options = JournalOptions()
        options.secondsBetweenLooks = 0.05
        options.secondsBetweenFileLooks = 0.02
        change(&options)
        return options
    }

    private func move(_ from: String, _ to: String) throws {
        try FileManager.default.moveItem(atPath: from, toPath: to)
    }

    @Test("A file that is removed under the hub is noticed without a commit, and nothing is stored")
    func removed() throws {
        for suffix in ["", "-wal", "-shm"] {
            let scratch = try Scratch()
            let bench = try Bench(scratch, options())
            defer { bench.journal.close() }
            #expect(try bench.store([event(1)]))
            try move(scratch.database + suffix, scratch.path + "/elsewhere")
            let notice = try bench.notice(.journalGone)
            #expect(notice.level == .error)
            #expect(notice.sentence.contains(scratch.database + suffix + " was removed or renamed"))
            #expect(bench.storing == [false])
            #expect(try bench.store([event(2)]) == false)
            #expect(try bench.read().revisions.map(\.counter) == [1], "it is still open")
            try move(scratch.path + "/elsewhere", scratch.database + suffix)
            try bench.notice(.journalBack)
            #expect(bench.storing == [false, true])
            #expect(try bench.store([event(2)]))
            #expect(bench.notices.isEmpty, "\(bench.notices)")
        }
    }

    @Test("A commit finds out by itself, whenever the next look is due")
    func removedBeforeACommit() throws {
        let scratch = try Scratch()
        let bench = try Bench(scratch, options { $0.secondsBetweenFileLooks = 3600 })
        defer { bench.journal.close() }
        #expect(try bench.store([event(1)]))
        try FileManager.default.removeItem(atPath: scratch.database)
        #expect(try bench.store([event(2)]) == false)
        #expect(try bench.store([event(2)]) == false)
        #expect(bench.notices.map(\.code) == [.journalGone], "once")
    }

    @Test("A file put in the journal's place is left alone, with the log beside it")
    func replaced() throws {
        let (scratch, other) = (try Scratch(), try Scratch())
        let bench = try Bench(scratch, options())
        let foreign = try Bench(other)
        #expect(try bench.store([event(1)]))
        #expect(try foreign.store([event(1), event(2)]))
        for suffix in ["", "-wal", "-shm"] {
            try FileManager.default.removeItem(atPath: scratch.database + suffix)
            try FileManager.default.copyItem(
                atPath: other.database + suffix,
                toPath: scratch.database + suffix
            )
        }
        let notice = try bench.notice(.journalGone)
        #expect(notice.sentence.contains("is another file than the one the hub has open"))
        #expect(try bench.store([event(2)]) == false)
        let log = try FileSystem.status(path: scratch.database + "-wal")
        bench.journal.close()
        let left = try FileSystem.status(path: scratch.database + "-wal")
        #expect(left.isSameFile(as: log) && left.size == log.size && left.size > 0)
        foreign.journal.close()
        let next = try Bench(scratch)
        defer { next.journal.close() }
        #expect(next.lineage == foreign.lineage)
        #expect(try next.read().revisions.map(\.counter) == [1, 2])
    }

    @Test("A log that a stuck reader makes grow is told with its size, and emptied after it")
    func longLog() throws {
        let scratch = try Scratch()
        let bench = try Bench(scratch, options { $0.mostLogBytes = 2 << 20 })
        defer { bench.journal.close() }
        #expect(try bench.store([event(1)]))
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        let stuck = try DatabaseQueue(path: scratch.database, configuration: configuration)
        try stuck.inDatabase {
            try $0.execute(sql: "BEGIN")
            #expect(try Int.fetchOne($0, sql: "SELECT count(*) FROM events") == 1)
        }
        let big = String(repeating: "x", count: 16_000)
        #expect(try bench.store((2...400).map { event($0, payload: big) }))
        let notice = try bench.notice(.logTooLong)
        #expect(notice.sentence.contains("MiB") && notice.sentence.contains("end it"))
        #expect(try bench.store([event(401)]), "storing goes on")
        try stuck.close()
        try bench.notice(.logShort)
        let size = try FileSystem.status(path: scratch.database + "-wal").size
        #expect(size <= 2 << 20)
    }

    @Test("An export, as slow as it is, does not keep the log from being emptied")
    func slowExport() throws {
        let scratch = try Scratch()
        let bench = try Bench(scratch)
        defer { bench.journal.close() }
        #expect(try bench.store((1...2500).map { event($0) }))
        let pool = try #require(bench.journal as? SQLiteJournal).pool
        var counters: [UInt64] = []
        try JournalFile(directory: scratch.path).export {
            counters.append($0.revision.counter)
            guard counters.count % 500 == 1 else { return }
            // Throws SQLITE_BUSY while anybody reads.
            try pool.writeWithoutTransaction { database in
                try database.execute(sql: "PRAGMA busy_timeout = 0")
                _ = try database.checkpoint(.truncate)
            }
        }
        #expect(counters == Array(1...2500))
    }

    @Test("Old events that cannot be removed are told once with the reason, and counted")
    func retention() throws {
        let scratch = try Scratch()
        let bench = try Bench(scratch, options { $0.maximumBytes = 1 })
        defer { bench.journal.close() }
        let pool = try #require(bench.journal as? SQLiteJournal).pool
        try pool.writeWithoutTransaction {
            try $0.execute(
                sql: """
                    CREATE TRIGGER no BEFORE DELETE ON events
                    BEGIN SELECT RAISE(FAIL, 'not today'); END
                    """
            )
        }
        #expect(try bench.store((1...10).map { event($0) }))
        let notice = try bench.notice(.retentionFails)
        #expect(notice.sentence.contains("not today"))
        #expect(bench.retentionFailures >= 1)
        try pool.writeWithoutTransaction { try $0.execute(sql: "DROP TRIGGER no") }
        try bench.notice(.retentionWorks)
        #expect(bench.notices.isEmpty, "\(bench.notices)")
    }

    @Test("A hub whose journal is gone says so to its operator, refuses events and goes on with it")
    func wholeHub() async throws {
        let scratch = try Scratch()
        let told = Mutex<[HubNotice]>([])
        var configuration = HubConfiguration()
        configuration.onNotice = { notice in told.withLock { $0.append(notice) } }
        let journal = SQLiteJournal.opener(directory: scratch.path, options())
        let hub = try EmbeddedHub(configuration, journal: journal)
        defer { hub.stop() }
        let desk = try hub.connect(as: "desk")
        let key = try FloorKey(.event, site: "bj", unit: "calls", entity: "1")
        try await desk.publish(.event([1], schema: 1), to: key)
        try move(scratch.database, scratch.path + "/elsewhere")
        #expect(await holds { hub.statistics.isStoring == false }, "known without an event")
        #expect(await holds { told.withLock { $0.map(\.code) } == [.journalGone] })
        try desk.post(.event([2], schema: 1), to: key)
        #expect(await holds { hub.statistics.commitFailures > 0 })
        try move(scratch.path + "/elsewhere", scratch.database)
        #expect(await desk.flush(timeout: .seconds(20)), "it was kept, and stored in the end")
        #expect(await holds { hub.statistics.isStoring })
        #expect(told.withLock { $0.map(\.code) } == [.journalGone, .journalBack])
        await desk.close()
    }
}
