import FloorEvents
import FloorHub
import FloorHubServer
import FloorPosix
import Foundation
import GRDB
import Synchronization
import Testing

@testable import FloorJournal

/// Pages that cannot be read: tried again, then told, and what is behind them is read.
@Suite(.timeLimit(.minutes(2)))
struct DamageTests {
    private func journal(_ scratch: Scratch, events: ClosedRange<UInt64>) throws {
        let bench = try Bench(scratch)
        let text = String(repeating: "x", count: 500)
        #expect(try bench.store(events.map { event($0, payload: text) }))
        bench.journal.close()
    }

    private func write(_ scratch: Scratch, _ sql: String) throws {
        let queue = try DatabaseQueue(path: scratch.database)
        try queue.writeWithoutTransaction { try $0.execute(sql: sql) }
        try queue.close()
    }

    /// The page with a text, and where it begins: a leaf of a table, of which `events` is the one
    /// with content here.
    private func page(_ scratch: Scratch, with text: String) throws -> (Int, Data) {
        let file = try Data(contentsOf: URL(fileURLWithPath: scratch.database))
        for start in stride(from: 0, to: file.count, by: 4096) where file[start] == 0x0D {
            let page = file[start..<(start + 4096)]
            if page.range(of: Data(text.utf8)) != nil { return (start, page) }
        }
        throw NotThere()
    }

    private struct NotThere: Error {}

    private func put(_ bytes: Data, at offset: Int, _ scratch: Scratch) throws {
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: scratch.database))
        try file.seek(toOffset: UInt64(offset))
        try file.write(contentsOf: bytes)
        try file.close()
    }

    @Test("A damaged record is told alone; what is before and behind it is read")
    func record() throws {
        let scratch = try Scratch()
        try journal(scratch, events: 1...9)
        let base = Revision(epoch: 1, counter: 0).column
        try write(scratch, "UPDATE events SET record = x'00' WHERE rev = \(base + 5)")
        // A whole record, but another's.
        try write(
            scratch,
            """
            UPDATE events SET record = (SELECT record FROM events WHERE rev = \(base + 1))
            WHERE rev = \(base + 6)
            """
        )
        let bench = try Bench(scratch)
        defer { bench.journal.close() }
        var seen: [[UInt64]] = []
        var lost: [UInt64] = []
        var after = Revision.zero
        while true {
            let page = try bench.read(after: after)
            seen.append(page.revisions.map(\.counter))
            if page.isUnreadable { lost.append(page.through.counter) }
            #expect(page.through > after)
            after = page.through
            if page.atEnd { break }
        }
        #expect(seen == [[1, 2, 3, 4], [], [], [7, 8, 9]])
        #expect(lost == [5, 6])
        #expect(bench.notices.map(\.code) == [.pageUnreadable], "a minute's first is told")
        #expect(bench.notices[0].sentence.contains("damaged"))
    }

    @Test("A damaged page is tried again, then told, and the reader goes on behind it")
    func damagedPage() throws {
        let scratch = try Scratch()
        let bench = try Bench(scratch)
        let text = String(repeating: "x", count: 500)
        let records = (1...4000).map { event($0, payload: $0 == 2000 ? "needle" : text) }
        #expect(try bench.store(records))
        bench.journal.close()
        let (place, _) = try page(scratch, with: "needle")
        try put(Data(repeating: 0x5A, count: 4096), at: place, scratch)

        let again = try Bench(scratch)
        defer { again.journal.close() }
        let reader = try #require(again.journal as? SQLiteJournal).reader
        var seen: Set<UInt64> = []
        var after = Revision.zero
        var unreadable = 0
        while true {
            let page = try again.read(after: after, records: 100)
            seen.formUnion(page.revisions.map(\.counter))
            if page.isUnreadable {
                unreadable += 1
                #expect(page.through.counter == after.counter + 100)
            }
            after = page.through
            if page.atEnd { break }
        }
        #expect(unreadable == 1)
        #expect(reader.failures.load(ordering: .relaxed) == Limits.journalReadTries)
        #expect(seen.count >= 3900 && seen.contains(4000) && !seen.contains(2000))
        #expect(again.notices.map(\.code) == [.pageUnreadable])
        #expect(again.notices[0].sentence.contains("malformed"))
    }

    @Test("A page that can be read again in time is answered as if nothing had happened")
    func comesBack() throws {
        let scratch = try Scratch()
        try journal(scratch, events: 1...100)
        let (place, good) = try page(scratch, with: "event/bj/calls/1/")
        try put(Data(repeating: 0x5A, count: 4096), at: place, scratch)
        let bench = try Bench(scratch)
        defer { bench.journal.close() }
        let reader = try #require(bench.journal as? SQLiteJournal).reader
        let token = bench.ask()
        var nothing = PollSet()
        while reader.failures.load(ordering: .relaxed) == 0 {
            _ = try nothing.wait(timeoutMilliseconds: 1)
        }
        try put(good, at: place, scratch)
        let page = try bench.pages(1)[0]
        #expect(page.token == token && !page.isUnreadable)
        #expect(page.revisions.map(\.counter) == Array(1...100))
        #expect(!bench.notices.contains { $0.code == .pageUnreadable })
    }

    @Test("Others are served while a damaged page is tried again")
    func othersGoOn() throws {
        let scratch = try Scratch()
        try journal(scratch, events: 1...4000)
        let bench = try Bench(scratch)
        let count = try bench.read(records: 4000, bytes: .max).revisions.count
        #expect(count == 4000)
        bench.journal.close()
        let (place, _) = try page(scratch, with: "event/bj/calls/1/")
        try put(Data(repeating: 0x5A, count: 4096), at: place, scratch)
        let again = try Bench(scratch)
        defer { again.journal.close() }
        let bad = again.ask(records: 10)
        let good = again.ask(after: Revision(epoch: 1, counter: 3990))
        let pages = try again.pages(2)
        #expect(pages.map(\.token) == [good, bad])
        #expect(pages.map(\.isUnreadable) == [false, true])
    }

    @Test("Unreadable pages lead no further than to what is committed")
    func notBeyondTheHead() throws {
        let scratch = try Scratch()
        try journal(scratch, events: 1...20)
        let (place, _) = try page(scratch, with: "event/bj/calls/1/")
        try put(Data(repeating: 0x5A, count: 4096), at: place, scratch)
        let bench = try Bench(scratch)
        defer { bench.journal.close() }
        let page = try bench.read(after: Revision(epoch: 1, counter: 0))
        #expect(page.isUnreadable)
        // 1000 were asked for, and this life begins behind 20 of the last.
        #expect(page.through <= Revision(epoch: 2, counter: 0))
        #expect(page.through >= Revision(epoch: 1, counter: 20))
    }
}
