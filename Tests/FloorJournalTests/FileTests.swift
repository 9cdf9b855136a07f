import FloorEvents
import FloorHub
import FloorHubServer
import FloorPosix
import Foundation
import GRDB
import Testing

@testable import FloorJournal

/// A journal as a file to look after.
@Suite(.timeLimit(.minutes(1)))
struct FileTests {
    @Test("A sound journal has no faults, also while its hub runs")
    func sound() throws {
        let scratch = try Scratch()
        let first = try Bench(scratch)
        #expect(try first.store((1...20).map { event($0) }))
        first.journal.close()
        let second = try Bench(scratch)
        defer { second.journal.close() }
        #expect(try second.store((1...5).map { event($0, epoch: 2) }))
        let report = try JournalFile(directory: scratch.path).check()
        #expect(report.faults == [])
        #expect(report.events == 25)
        #expect(report.lineage == second.lineage)
        #expect(report.epoch == 2)
    }

    @Test("A missing event, a column unlike its record and a bad record are found")
    func faults() throws {
        let scratch = try Scratch()
        let bench = try Bench(scratch)
        #expect(try bench.store((1...9).map { event($0) }))
        bench.journal.close()
        let queue = try DatabaseQueue(path: scratch.database)
        try queue.write {
            let base = Revision(epoch: 1, counter: 0).column
            try $0.execute(sql: "DELETE FROM events WHERE rev = \(base + 3)")
            try $0.execute(sql: "UPDATE events SET key = 'x' WHERE rev = \(base + 5)")
            try $0.execute(sql: "UPDATE events SET record = x'00' WHERE rev = \(base + 7)")
        }
        try queue.close()
        let faults = try JournalFile(directory: scratch.path).check().faults.joined(separator: "\n")
        #expect(faults.contains("missing before event \(Revision(epoch: 1, counter: 4).rawValue)"))
        #expect(faults.contains("\(Revision(epoch: 1, counter: 5).rawValue) has columns unlike"))
        #expect(faults.contains("\(Revision(epoch: 1, counter: 7).rawValue) is no record"))
    }

    @Test("Compacting gives space back, and is refused while a hub has the directory")
    func compact() throws {
        let scratch = try Scratch()
        var options = JournalOptions()
        options.maximumBytes = 1
        options.secondsBetweenLooks = 0.05
        let bench = try Bench(scratch, options)
        let big = String(repeating: "x", count: 8000)
        #expect(try bench.store((1...200).map { event($0, payload: big) }))
        let last = Revision(epoch: 1, counter: 200)
        #expect(try bench.wait { $0.floor == last }.floor == last)
        let file = try JournalFile(directory: scratch.path)
        #expect(throws: HubServerError.self) { try file.compact() }
        bench.journal.close()
        let sizes = try file.compact()
        #expect(sizes.after < sizes.before / 10)
        #expect(try file.check().faults == [])
    }

    @Test("An export has every event of its stretch of time, in order")
    func export() throws {
        let scratch = try Scratch()
        let bench = try Bench(scratch)
        defer { bench.journal.close() }
        // Young enough for the retention.
        let start = Clocks.wallMicroseconds() - 3_600_000_000
        #expect(try bench.store((1...9).map { event($0, hubTime: start + Int64($0)) }))
        var counters: [UInt64] = []
        try JournalFile(directory: scratch.path).export(from: start + 3, to: start + 6) {
            counters.append($0.revision.counter)
            #expect($0.payload == Array("hello".utf8))
            #expect($0.key == "event/bj/calls/\($0.revision.counter % 7)/")
        }
        #expect(counters == [3, 4, 5])
    }

    @Test("A directory without a journal is told so")
    func missing() throws {
        let scratch = try Scratch()
        #expect(throws: HubServerError.self) { try JournalFile(directory: scratch.path) }
    }
}
