import FloorEvents
import FloorHub
import FloorHubServer
import FloorPosix
import FloorWire
import Foundation
import GRDB
import Testing

@testable import FloorJournal

/// What only a store on a disk has to do: come back, refuse, recover, make room.
@Suite(.timeLimit(.minutes(2)))
struct DiskTests {
    private func sentence(_ scratch: Scratch) -> String {
        do {
            let bench = try Bench(scratch)
            bench.journal.close()
            return "it opened"
        } catch {
            return (error as? HubServerError)?.sentence ?? "\(error)"
        }
    }

    private func write(_ scratch: Scratch, _ sql: String) throws {
        let queue = try DatabaseQueue(path: scratch.database)
        try queue.writeWithoutTransaction { try $0.execute(sql: sql) }
        try queue.close()
    }

    @Test("A journal that is opened again has its lineage, its events and a new epoch")
    func reopens() throws {
        let scratch = try Scratch()
        let first = try Bench(scratch)
        #expect(first.epoch == 1)
        #expect(try first.store((1...3).map { event($0) }))
        first.journal.close()
        let second = try Bench(scratch)
        defer { second.journal.close() }
        #expect(second.lineage == first.lineage)
        #expect(second.epoch == 2)
        let page = try second.read(after: Revision(epoch: 1, counter: 1))
        #expect(page.revisions.map(\.counter) == [2, 3])
        // A reader at the end of the old life goes on with the new one.
        #expect(page.through == Revision(epoch: 2, counter: 0))
        #expect(try second.store([event(1, epoch: 2)]))
        #expect(try second.read(after: page.through).revisions.map(\.epoch) == [2])
    }

    @Test("Every life has its epoch stored before it does anything, also one that crashes")
    func epochs() throws {
        let scratch = try Scratch()
        for epoch in 1...3 {
            let bench = try Bench(scratch)
            #expect(bench.epoch == UInt32(epoch))
            bench.journal.close()
        }
    }

    @Test("Values and producers come back as they were last stored")
    func contents() throws {
        let scratch = try Scratch()
        let first = try Bench(scratch)
        #expect(first.contents?.values.isEmpty == true)
        var header = RecordHeader(.agent, .put)
        header.hubTime = Clocks.wallMicroseconds()
        let key = "agent/bj/sales/4711/"
        let producer = StoredProducer(
            id: FloorID(high: 3, low: 4),
            principal: try FloorKey(.presence, site: "-", unit: "-", entity: "ana"),
            last: 9,
            incarnation: 77,
            usedAt: Clocks.wallMicroseconds(),
            results: [ResultRun(9, .ok, revision: Revision(epoch: 1, counter: 1))]
        )
        var row: [UInt8] = []
        producer.append(to: &row)
        first.journal.saveValue(record(header, key, "old").span)
        first.journal.saveValue(record(header, "agent/bj/sales/1/", "gone").span)
        first.journal.saveProducer(row.span)
        #expect(try first.store([event(1)]))
        var deletion = header
        deletion.operationCode = RecordOperation.delete.rawValue
        first.journal.saveValue(record(header, key, "new").span)
        first.journal.saveValue(record(deletion, "agent/bj/sales/1/", "").span)
        #expect(try first.store([]))
        first.journal.close()
        let second = try Bench(scratch)
        defer { second.journal.close() }
        #expect(second.contents?.values == [record(header, key, "new")])
        #expect(second.contents?.producers == [producer])
        #expect(second.contents?.lastStamp ?? 0 >= header.hubTime)
    }

    @Test("A second hub is kept out of the directory")
    func secondHub() throws {
        let scratch = try Scratch()
        let bench = try Bench(scratch)
        #expect(sentence(scratch).contains("another hub is using the data directory"))
        bench.journal.close()
    }

    @Test("A journal from a newer version is refused with a sentence")
    func newer() throws {
        let scratch = try Scratch()
        try Bench(scratch).journal.close()
        try write(scratch, "PRAGMA user_version = 99")
        #expect(sentence(scratch).contains("written by a newer FloorBus (journal version 99"))
    }

    @Test("Another program's database is refused and left as it is")
    func foreign() throws {
        let scratch = try Scratch()
        try write(scratch, "CREATE TABLE theirs (x); INSERT INTO theirs VALUES (1)")
        #expect(sentence(scratch).contains("not a FloorBus journal"))
        let queue = try DatabaseQueue(path: scratch.database)
        #expect(try queue.read { try Int.fetchOne($0, sql: "SELECT x FROM theirs") } == 1)
    }

    @Test("A damaged file is refused with a sentence")
    func damaged() throws {
        let scratch = try Scratch()
        try Bench(scratch).journal.close()
        var bytes = try Data(contentsOf: URL(fileURLWithPath: scratch.database))
        bytes.replaceSubrange(0..<100, with: Data(repeating: 0x5A, count: 100))
        try bytes.write(to: URL(fileURLWithPath: scratch.database))
        #expect(sentence(scratch).contains("is damaged"))
    }

    /// The files as a crash would leave them, its log cut at every kind of place.
    @Test("A torn log recovers to a commit, with nothing after a hole", arguments: 0..<12)
    func tornLog(_ cut: Int) throws {
        let scratch = try Scratch()
        let live = try Bench(scratch)
        for counter in 1...40 { #expect(try live.store([event(UInt64(counter))])) }
        let crashed = try Scratch()
        for suffix in ["", "-wal"] {
            try FileManager.default.copyItem(
                atPath: scratch.database + suffix,
                toPath: crashed.database + suffix
            )
        }
        live.journal.close()
        let log = URL(fileURLWithPath: crashed.database + "-wal")
        let whole = try Data(contentsOf: log)
        // From the middle of the log to its end, never at a frame's border.
        let kept = whole.count / 2 + whole.count * cut / 24 + 13 * cut
        try whole.prefix(min(kept, whole.count)).write(to: log)
        let recovered = try Bench(crashed)
        defer { recovered.journal.close() }
        let counters = try recovered.read().revisions.map(\.counter)
        #expect(counters == Array(1..<UInt64(counters.count + 1)))
        #expect(recovered.lineage == live.lineage)
        #expect(try recovered.store([event(1, epoch: recovered.epoch)]))
    }

    @Test("A full disk fails the batch and all behind it, and is tried again by itself")
    func fullDisk() throws {
        let scratch = try Scratch()
        let bench = try Bench(scratch)
        defer { bench.journal.close() }
        #expect(try bench.store([event(1)]))
        let pool = try #require(bench.journal as? SQLiteJournal).pool
        let limit = { (pages: Int) in
            try pool.writeWithoutTransaction {
                try $0.execute(sql: "PRAGMA max_page_count = \(pages)")
            }
        }
        try limit(1)  // no lower than what is used already
        let big = String(repeating: "x", count: 16_000)
        bench.hand([event(2, payload: big), event(3, payload: big)])
        bench.hand([event(4)])
        let outcomes = try bench.outcomes()
        guard case .failed(batch: 2)? = outcomes.first else {
            Issue.record("not the second batch failed: \(outcomes)")
            return
        }
        #expect(try bench.read().revisions.map(\.counter) == [1])
        try limit(1 << 30)
        // The hub gives the revisions again.
        #expect(try bench.store([event(2), event(3)]))
        #expect(try bench.read().revisions.map(\.counter) == [1, 2, 3])
        #expect(bench.notices.map(\.code) == [.journalRefuses, .journalStores])
        #expect(bench.notices[0].sentence.contains("full"))
    }

    @Test("Events are removed by age, the younger ones stay, and the floor outlives the hub")
    func age() throws {
        let scratch = try Scratch()
        var options = JournalOptions()
        options.retentionDays = 2
        options.secondsBetweenLooks = 0.05
        let bench = try Bench(scratch, options)
        let old = Clocks.wallMicroseconds() - 3 * 24 * 3600 * 1_000_000
        #expect(try bench.store((1...1500).map { event($0, hubTime: old + Int64($0)) }))
        #expect(try bench.store((1501...1510).map { event($0) }))
        let floor = Revision(epoch: 1, counter: 1500)
        let page = try bench.wait { $0.floor == floor }
        #expect(page.floor == floor)
        #expect(page.revisions.map(\.counter) == Array(1501...1510))
        bench.journal.close()
        let again = try Bench(scratch, options)
        defer { again.journal.close() }
        #expect(try again.read().floor == floor)
    }

    @Test("Every commit is flushed to the disk, and the log is a WAL")
    func settings() throws {
        let scratch = try Scratch()
        let bench = try Bench(scratch)
        defer { bench.journal.close() }
        let pool = try #require(bench.journal as? SQLiteJournal).pool
        let (flushes, mode) = try pool.writeWithoutTransaction {
            (
                try Int.fetchOne($0, sql: "PRAGMA synchronous"),
                try String.fetchOne($0, sql: "PRAGMA journal_mode")
            )
        }
        #expect(flushes == 2)
        #expect(mode == "wal")
    }
}
