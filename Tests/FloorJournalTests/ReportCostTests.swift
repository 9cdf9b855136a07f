import FloorEvents
import FloorHubServer
import FloorReports
import FloorWire
import Foundation
import GRDB
import Testing

@testable import FloorJournal

/// What a report reads: little, in short transactions, whatever the version of the journal.
@Suite(.timeLimit(.minutes(2)))
struct ReportCostTests {
    private let scratch: Scratch
    private let bench: Bench
    private let floor: ReportFloor

    init() throws {
        scratch = try Scratch()
        bench = try Bench(scratch, ReportFloor.keepsAll)
        floor = try ReportFloor.lives(bench)
    }

    private func period(
        _ reports: JournalReports,
        _ part: Double,
        _ seconds: Int64
    )
        -> ReportPeriod
    {
        let length = Double(floor.time - ReportFloor.start)
        let from = ReportFloor.start + Int64(part * length)
        return reports.period(from: from, to: from + seconds * 1_000_000)
    }

    private func rows(_ file: JournalFile, from: Int64, to: Int64) throws -> Int {
        var count = 0
        try file.records(.history, [.agent, .queue], from: from, to: to) { _ in count += 1 }
        try file.records(.events, [.event, .private], from: from, to: to) { _ in count += 1 }
        return count
    }

    @Test("A report of ten seconds reads its rows, three a key and a few more, wherever it lies")
    func tenSeconds() throws {
        defer { bench.journal.close() }
        for part in [0.05, 0.4, 0.7] {
            let file = try JournalFile(directory: scratch.path)
            let reports = try JournalReports(file)
            let period = period(reports, part, 10)
            let own = try rows(file, from: period.from, to: period.to)
            let before = file.reads.sum
            let table = try reports.agents(period)
            let cost = file.reads.sum.rows - before.rows
            // A minute more of events, for a clock's tolerance; three lives; later steps of flags.
            let minute = try rows(file, from: period.to, to: period.to + 60_000_000)
            #expect(cost <= own + minute + 3 * floor.agents + 3 + 500, "\(cost) rows at \(part)")
            #expect(table.rows.count > floor.agents / 2)
            #expect(file.reads.sum.mostRows <= JournalFile.partRows)
        }
    }

    @Test("A report copies out what held before its stretch and later ratings, and no other record")
    func copies() throws {
        defer { bench.journal.close() }
        let file = try JournalFile(directory: scratch.path)
        let reports = try JournalReports(file)
        let period = period(reports, 0.3, 6 * 3600)
        let before = file.reads.sum
        let agents = try reports.agents(period)
        let after = file.reads.sum
        let (read, copies) = (after.rows - before.rows, after.copies - before.copies)
        // Two rows a key at most hold at the beginning; of flags those after the stretch.
        #expect(copies <= 2 * floor.agents + 500, "\(copies) of \(read)")
        #expect(copies < read / 2 && read > 1000, "\(copies) of \(read)")
        #expect(!agents.rows.isEmpty)
    }

    @Test("Stored records are those that records are copied from")
    func stored() throws {
        defer { bench.journal.close() }
        let file = try JournalFile(directory: scratch.path)
        let middle = (ReportFloor.start + floor.time) / 2
        for (part, kind) in [(JournalPart.history, RecordKind.agent), (.events, .private)] {
            var copied: [JournalRecord] = []
            var found: [JournalRecord] = []
            let last = try file.extentOfTime().lastChange
            for (from, to) in [(Int64(0), Int64.max), (middle, middle + 3_600_000_000)] {
                try file.records(part, [kind], from: from, to: to, before: last) {
                    copied.append($0)
                }
                try file.stored(part, kind, from: from, to: to, before: last) { bytes, view in
                    let header = view.header(bytes)
                    found.append(
                        JournalRecord(
                            revision: header.revision,
                            previous: header.previous,
                            key: try FloorKey(bytes: bytes.copy(view.key)),
                            operation: header.operation,
                            freshness: header.flags.freshness,
                            hubTime: header.hubTime,
                            schema: header.schema,
                            payload: bytes.copy(view.payload)
                        )
                    )
                }
            }
            #expect(found == copied && found.count > 100)
        }
    }

    @Test("The cost of a report does not grow with the history before it")
    func doesNotGrow() throws {
        bench.journal.close()
        let longer = try Scratch()
        let other = try Bench(longer, ReportFloor.keepsAll)
        defer { other.journal.close() }
        _ = try ReportFloor.lives(other, changes: 2700)
        let costs = try [scratch.path, longer.path].map { path in
            let file = try JournalFile(directory: path)
            let reports = try JournalReports(file)
            let end = try file.extentOfTime().last
            let before = file.reads.sum.rows
            _ = try reports.agentStates(reports.period(from: end - 1, to: end))
            _ = try reports.queues(
                reports.period(from: end - 1, to: end),
                threshold: 0,
                short: 0
            )
            return file.reads.sum.rows - before
        }
        #expect(costs[1] <= costs[0] + 10, "\(costs)")
        #expect(costs[0] <= 3 * (floor.agents + 3) + 10, "\(costs)")
    }

    @Test("No statement of a report, an export or a page scans a table or an index")
    func plans() throws {
        defer { bench.journal.close() }
        let file = try JournalFile(directory: scratch.path)
        file.reads.trace()
        for part in [0.05, 0.4] { _ = try all(file, part) }
        try file.export(from: ReportFloor.start + 5, to: floor.time) { _ in }
        _ = try file.events(after: .zero, from: ReportFloor.start + 5, to: floor.time)
        _ = try file.extent()
        let selects = file.reads.traced.filter {
            $0.contains("FROM history") || $0.contains("FROM events")
        }
        #expect(selects.count > 8, "\(selects)")
        let queue = try DatabaseQueue(path: scratch.database)
        for select in selects {
            let plan = try queue.read { database in
                let names = repeatElement(DatabaseValue.null, count: select.count { $0 == "?" })
                return try Row.fetchAll(
                    database,
                    sql: "EXPLAIN QUERY PLAN " + select,
                    arguments: StatementArguments(Array(names))
                ).map { $0["detail"] as String }
            }
            #expect(!plan.contains { $0.hasPrefix("SCAN history") }, "\(select): \(plan)")
            #expect(!plan.contains { $0.hasPrefix("SCAN events") }, "\(select): \(plan)")
        }
    }

    @Test("While a report reads, the hub's log can be emptied at any record")
    func writerGoesOn() throws {
        defer { bench.journal.close() }
        let file = try JournalFile(directory: scratch.path)
        let writer = try DatabaseQueue(path: scratch.database)
        var count = 0
        func empty() throws {
            count += 1
            guard count % 200 == 1 else { return }
            _ = try writer.writeWithoutTransaction { try $0.checkpoint(.truncate) }
        }
        try file.records(.history, [.agent]) { _ in try empty() }
        try file.records(.events, [.private]) { _ in try empty() }
        try file.lastChanges(.agent, before: .max) { _ in try empty() }
        try file.export { _ in try empty() }
        #expect(count > 3000)
    }

    @Test("What held of each key at a moment is its last change before, however it is looked up")
    func lastChanges() throws {
        defer { bench.journal.close() }
        let file = try JournalFile(directory: scratch.path)
        var all: [JournalRecord] = []
        try file.records(.history, [.agent]) { all.append($0) }
        for part in [0.0, 0.3, 0.77, 2] {
            let time = ReportFloor.start + Int64(part * Double(floor.time - ReportFloor.start))
            var expected: [FloorKey: JournalRecord] = [:]
            for record in all where record.hubTime < time { expected[record.key] = record }
            var found: [JournalRecord] = []
            try file.lastChanges(.agent, before: time) { found.append($0) }
            var byKey: [FloorKey: JournalRecord] = [:]
            for record in found { byKey[record.key] = record }
            #expect(byKey == expected)
            #expect(found.map(\.key) == found.map(\.key).sorted())
            // Before a removal stands what was removed, so that nobody takes it for the first.
            let removed = expected.values.count { $0.operation == .delete }
            #expect(found.count == expected.count + removed)
            var team: [FloorKey] = []
            try file.lastChanges(.agent, before: time, site: "bj", team: "team1") {
                if $0.operation == .put { team.append($0.key) }
            }
            #expect(
                team
                    == found.filter { $0.operation == .put }.map(\.key)
                    .filter { $0.segments[2] == "team1" }
            )
        }
    }

    @Test("Many keys, flags and lives are looked up in several transactions, none left out")
    func slices() throws {
        bench.journal.close()
        let scratch = try Scratch()
        let other = try Bench(scratch, ReportFloor.keepsAll)
        defer { other.journal.close() }
        var floor = ReportFloor(agents: 500, seed: 7)
        try floor.work(changes: 2500)
        try floor.happen(events: 3600)
        for _ in 0..<1100 {
            floor.restart()
            try floor.work(changes: 1)
        }
        #expect(try floor.store(other))
        let file = try JournalFile(directory: scratch.path)
        var expected: [FloorKey: Revision] = [:]
        var times: [UInt32: Int64] = [:]
        try file.records(.history, [.agent]) { expected[$0.key] = $0.revision }
        try file.records(.history, [.agent, .queue]) { times[$0.revision.epoch] = $0.hubTime }
        var found: [FloorKey: Revision] = [:]
        let before = file.reads.sum
        try file.lastChanges(.agent, before: .max) { found[$0.key] = $0.revision }
        #expect(found == expected && found.count > 400)
        #expect(file.reads.sum.transactions - before.transactions >= 2)
        let end = try file.extentOfTime().lastChange.next
        #expect(try file.lastChangesOfLives(before: end) == times && times.count == 1101)

        var steps: [FloorKey: [Revision]] = [:]
        var order: [FloorKey] = []
        try file.records(.events, [.private]) {
            if steps[$0.key] == nil { order.append($0.key) }
            steps[$0.key, default: []].append($0.revision)
        }
        let all = steps.values.reduce(0) { $0 + $1.count }
        #expect(all > 1000 && order.count > 10)
        for first in [Revision.zero, Revision(epoch: 1, counter: 1500)] {
            var followed: [FloorKey: [Revision]] = [:]
            let last = Revision(epoch: 1, counter: 3000)
            try file.records(ofPrivate: order, from: first, before: last) {
                followed[$0.key, default: []].append($0.revision)
            }
            let wanted = steps.mapValues { $0.filter { $0 >= first && $0 < last } }
            #expect(followed == wanted.filter { !$0.value.isEmpty } && !followed.isEmpty)
        }
        #expect(file.reads.sum.mostRows <= JournalFile.partRows)
    }

    @Test("A page or an export of the last events does not read what lies before them")
    func pages() throws {
        defer { bench.journal.close() }
        let file = try JournalFile(directory: scratch.path)
        let last = try file.extent().events?.upperBound ?? 0
        var count = 0
        try file.export(from: last - 20_000_000, to: last + 1) { _ in count += 1 }
        #expect(count > 5 && file.reads.sum.rows == count)
        let page = try file.events(after: .zero, from: last - 20_000_000, to: last + 1)
        #expect(page.count == count && file.reads.sum.rows == 2 * count)
    }

    /// Every report, with and without intervals, of one stretch.
    private func all(_ file: JournalFile, _ part: Double) throws -> [ReportTable] {
        let reports = try JournalReports(file)
        let period = period(reports, part, 2400)
        let quarters = try period.intervals(.quarterHour, in: FloorZone(minutesEast: 0))
        return try [nil, quarters].flatMap { every in
            [
                try reports.flags(period, by: [.team], every: every),
                try reports.supporters(period, every: every),
                try reports.categories(period, top: 9, every: every),
                try reports.agents(period, every: every),
                try reports.agentStates(period, every: every),
                try reports.queues(period, threshold: 20_000, short: 5000, every: every),
            ]
        }
    }

    @Test("A journal of version 3 reports the same, before a hub has migrated it and after")
    func versions() throws {
        bench.journal.close()
        let file = try JournalFile(directory: scratch.path)
        let parts = [0.05, 0.4, 0.68]
        let new = try parts.map { try all(file, $0) }
        #expect(new.allSatisfy { $0.allSatisfy { !$0.rows.isEmpty } })
        let queue = try DatabaseQueue(path: scratch.database)
        try queue.write { try $0.execute(sql: ReportFloor.downgrade) }
        try queue.close()
        #expect(try file.check().version == 3)
        #expect(try parts.map { try all(file, $0) } == new)
        let again = try Bench(scratch, ReportFloor.keepsAll)
        again.journal.close()
        let report = try file.check()
        #expect(report.version == JournalSchema.version && report.faults == [])
        #expect(try parts.map { try all(file, $0) } == new)
    }

    @Test("Intervals, one after the other, are what a report of each alone says")
    func intervals() throws {
        defer { bench.journal.close() }
        let file = try JournalFile(directory: scratch.path)
        let reports = try JournalReports(file)
        let period = period(reports, 0.3, 4 * 3600)
        let hours = try period.intervals(.hour, in: FloorZone(minutesEast: 30))
        #expect(hours.list.count == 5)
        let tables = [
            try reports.agentStates(period, every: hours),
            try reports.queues(period, threshold: 20_000, short: 5000, every: hours),
            try reports.flags(period, by: [.team], every: hours),
        ]
        var alone: [[[ReportValue]]] = [[], [], []]
        for (label, hour) in hours.list {
            let each = [
                try reports.agentStates(hour),
                try reports.queues(hour, threshold: 20_000, short: 5000),
                try reports.flags(hour, by: [.team]),
            ]
            for (place, table) in each.enumerated() {
                alone[place] += table.rows.map { [.text(label)] + $0 }
            }
        }
        for (place, table) in tables.enumerated() {
            #expect(table.rows == alone[place] && !table.rows.isEmpty)
        }
    }
}
