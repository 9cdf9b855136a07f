import FloorEvents
import FloorHub
import FloorHubServer
import FloorPosix
import FloorWire
import Foundation
import GRDB
import Testing

@testable import FloorJournal

/// The table of changes: written, read, looked after.
@Suite(.timeLimit(.minutes(1)))
struct HistoryTests {
    private func change(
        _ counter: UInt64,
        epoch: UInt32 = 1,
        kind: RecordKind = .agent,
        hubTime: Int64 = Clocks.wallMicroseconds()
    ) -> [UInt8] {
        var header = RecordHeader(kind, .put, schema: 1)
        header.revision = Revision(epoch: epoch, counter: counter)
        header.hubTime = hubTime
        return record(header, "\(kind.name)/bj/sales/\(counter % 3)/", "change \(counter)")
    }

    private func store(_ bench: Bench, _ changes: [[UInt8]], _ events: [[UInt8]] = []) throws {
        let records = changes.flatMap { $0 }
        bench.journal.saveHistory(records.span)
        #expect(try bench.store(events))
    }

    @Test("Changes are read back by kind and time, and a batch that comes again is there once")
    func readsBack() throws {
        let scratch = try Scratch()
        let bench = try Bench(scratch)
        defer { bench.journal.close() }
        let start = Clocks.wallMicroseconds() - 3_600_000_000
        let agents = (1...200).map { change($0, hubTime: start + Int64($0)) }
        try store(bench, agents)
        let queue = change(300, kind: .queue, hubTime: start + 300)
        try store(bench, Array(agents[190...]) + [queue])
        let file = try JournalFile(directory: scratch.path)
        var found: [JournalRecord] = []
        try file.records(.history, [.agent], from: start + 50, to: start + 60) { found.append($0) }
        #expect(found.map { $0.revision.counter } == Array(50...59))
        #expect(found[0].key.text == "agent/bj/sales/2/" && found[0].operation == .put)
        #expect(found[0].payload == Array("change 50".utf8) && found[0].schema == 1)
        #expect(found[0].freshness == .live && found[0].previous == .zero)
        found = []
        try file.records(.history, [.agent, .queue]) { found.append($0) }
        #expect(found.count == 201 && found.last?.hubTime == start + 300)
        found = []
        try file.records(.history, [.queue], from: start + 301) { found.append($0) }
        #expect(found.isEmpty)
        let extent = try file.extentOfTime()
        #expect(extent.firstChange == start + 1 && extent.firstEvent == nil)
        #expect(!extent.hasRemovedEvents)
        let report = try file.check()
        #expect(report.faults == [] && report.history == 201)
    }

    @Test("A journal that grows too large loses its history before any event")
    func retention() throws {
        let scratch = try Scratch()
        var options = JournalOptions()
        options.maximumBytes = 500_000
        options.secondsBetweenLooks = 0.05
        let bench = try Bench(scratch, options)
        defer { bench.journal.close() }
        try store(bench, (1...5000).map { change($0) }, (1...500).map { event($0) })
        let file = try JournalFile(directory: scratch.path)
        let end = Clocks.monotonicNanoseconds() + 10_000_000_000
        var nothing = PollSet()
        var report = try file.check()
        while report.bytes > options.maximumBytes, Clocks.monotonicNanoseconds() < end {
            _ = try nothing.wait(timeoutMilliseconds: 20)
            report = try file.check()
        }
        #expect(report.history < 5000 && report.events == 500 && report.faults == [])
        #expect(report.bytes <= options.maximumBytes)
    }

    @Test("A journal of version 2 is read as it is, and gets the table with its next hub")
    func migration() throws {
        let scratch = try Scratch()
        let bench = try Bench(scratch)
        #expect(try bench.store([event(1)]))
        bench.journal.close()
        let queue = try DatabaseQueue(path: scratch.database)
        try queue.write {
            try $0.execute(sql: ReportFloor.downgrade)
            try $0.execute(sql: "DROP TABLE history; PRAGMA user_version = 2")
        }
        try queue.close()
        let file = try JournalFile(directory: scratch.path)
        var count = 0
        try file.records(.history, [.agent]) { _ in count += 1 }
        #expect(count == 0)
        #expect(try file.check().faults == [])
        #expect(try file.extentOfTime().firstChange == nil)
        let second = try Bench(scratch)
        try store(second, [change(1, epoch: 2)])
        second.journal.close()
        #expect(try file.check().history == 1)
    }

    @Test("A change that is no record, or unlike its columns, is found")
    func faults() throws {
        let scratch = try Scratch()
        let bench = try Bench(scratch)
        try store(bench, (1...3).map { change($0) })
        bench.journal.close()
        let queue = try DatabaseQueue(path: scratch.database)
        try queue.write {
            let base = Revision(epoch: 1, counter: 0).column
            try $0.execute(sql: "UPDATE history SET key = 'x' WHERE rev = \(base + 1)")
            try $0.execute(sql: "UPDATE history SET record = x'00' WHERE rev = \(base + 3)")
        }
        try queue.close()
        let faults = try JournalFile(directory: scratch.path).check().faults
        #expect(faults.count == 2 && faults[0].contains("columns unlike"))
        #expect(faults[1].contains("is no record"))
    }
}
