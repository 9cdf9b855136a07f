import FloorEvents
import FloorJournal
import FloorReports
import FloorWire
import Foundation
import Testing

/// Reports of numbers at both ends of their range, and of days.
struct ExtremeReportTests {
    private static let wide: [Int64] = [.min, .min + 1, -1, 0, 1, .max - 1, .max]
    private static let narrow: [UInt32] = [0, 1, .max]

    /// A table is written in every form.
    private func write(_ table: ReportTable) throws {
        #expect(try table.json().contains("\"rows\""))
        #expect(table.csv.count == table.rows.count + 1)
        #expect(table.forPeople.rows.count == table.rows.count)
    }

    private func record(
        _ key: String,
        _ counter: UInt64,
        at time: Int64,
        _ payload: [UInt8],
        schema: UInt16 = 1
    ) throws -> JournalRecord {
        JournalRecord(
            revision: Revision(epoch: 1, counter: counter),
            previous: .zero,
            key: try FloorKey(key),
            operation: .put,
            freshness: .live,
            hubTime: time,
            schema: schema,
            payload: payload
        )
    }

    @Test("Flags whose stamps are at the ends of time are reported, in every form")
    func flags() throws {
        let period = ReportPeriod(from: .min, to: .max, known: .max)
        for one in Self.wide {
            for other in Self.wide {
                var stories = FlagStories(period)
                let key = try FloorKey("private/bj/ana/\(FloorID(high: 1, low: 1).text)/")
                var flag = HelpFlag(.knowledge)
                flag.owner = "sun"
                flag.words.agent = "ana"
                flag.stamps.raised = one
                flag.stamps.reopened = other
                let steps: [(RecordOperation, FlagStatus, WritableKeyPath<FlagStamps, Int64>)] = [
                    (.raise, .raised, \.raised), (.seen, .pending, \.seen),
                    (.claim, .claimed, \.claimed), (.engage, .engaged, \.engaged),
                    (.answer, .answered, \.answered), (.reopen, .pending, \.reopened),
                    (.claim, .claimed, \.claimed), (.close, .closed, \.ended),
                ]
                for (place, (operation, status, stamp)) in steps.enumerated() {
                    flag.status = status
                    if place > 0 { flag.stamps[keyPath: stamp] = place % 2 == 0 ? one : other }
                    stories.take(key, operation, flag, at: place % 2 == 0 ? other : one)
                }
                var times = AgentsTimes(period)
                times.finish()
                try write(FlagsReport.table(stories, by: [.team]))
                try write(SupportersReport.table(stories))
                try write(CategoriesReport.table(stories, top: 3))
                try write(AgentsReport.table(stories, times))
            }
        }
    }

    @Test("Agents' times from stamps at the ends of time have an end")
    func agents() throws {
        for one in Self.wide {
            for other in Self.wide {
                let period = ReportPeriod(from: min(one, other), to: .max, known: other)
                var times = AgentsTimes(period)
                var payload: [UInt8] = []
                try AgentState(activity: .busy).append(to: &payload)
                for (place, time) in [one, other, one].enumerated() {
                    let key = "agent/bj/sales/ana/"
                    times.take(try record(key, UInt64(place + 1), at: time, payload))
                }
                times.finish()
                try write(AgentsReport.states(times))
                try write(AgentsReport.table(FlagStories(period), times))
            }
        }
    }

    @Test("Queues' levels and calls with numbers at their ends are reported")
    func queues() throws {
        for value in Self.wide {
            for number in Self.narrow {
                let period = ReportPeriod(from: .min, to: .max, known: value)
                var report = QueuesReport(period, threshold: value, short: value)
                for (place, count) in [number, 0, number].enumerated() {
                    var level = QueueLevel(waiting: count)
                    level.window = .sinceMidnight
                    level.oldestEnqueuedAt = value
                    level.counters.offered = count
                    level.counters.answered = count
                    level.counters.abandoned = count
                    level.counters.abandonedShort = count
                    var figure = Figure(
                        "sl",
                        value,
                        .permille,
                        formula: .serviceLevelAnswered,
                        n: count,
                        thresholdMilliseconds: count
                    )
                    figure.asOf = value
                    level.figures = [figure]
                    var payload: [UInt8] = []
                    try level.append(to: &payload)
                    report.take(
                        try record("queue/bj/calls/a/", UInt64(place + 1), at: value, payload)
                    )
                }
                for step in ["enqueued", "answered", "abandoned"] {
                    let text = "1\t\(step)\tc\ta\tx\t\(value)"
                    report.take(
                        try record("event/bj/calls/x/", 9, at: 0, Array(text.utf8), schema: 1001)
                    )
                }
                try write(report.table)
                // No wait is below zero, or of more than ten years; and nobody waits to join.
                #expect(report.unreadable == ((0...1).contains(value) ? 1 : 3))
            }
        }
    }

    @Test("Means and percentiles of the longest durations are the longest")
    func spread() {
        var spread = Spread()
        for value in Self.wide + [.max, .max] { spread.add(value) }
        #expect(spread.longest == Int64.max / 1000)
        #expect(spread.percentile(50) == 0 && spread.percentile(90) == Int64.max / 1000)
        #expect((spread.mean ?? 0) > 0)
    }

    @Test("A report by days has a row for each of the zone's days, with its date")
    func byDay() throws {
        // 22:13:20 UTC on 14 November 2023.
        let period = ReportPeriod(from: at(0), to: at(30 * 3600), known: at(40 * 3600))
        let shanghai = FloorZone("Asia/Shanghai", first: 8 * 3600)
        let days = try #require(period.days(in: shanghai))
        #expect(days.map(\.date) == ["2023-11-15", "2023-11-16"])
        #expect(days[0].period.to == 1_700_064_000_000_000, "midnight in Shanghai is 16:00 UTC")
        let table = try period.intervals(.day, in: shanghai).table(of: period) { day in
            FlagsReport.table(Tale.stories(day), by: [])
        }
        #expect(table.columns.first?.name == "day" && table.rows.count == 1)
        #expect(table[0, "day"] == .text("2023-11-15") && table[0, "raised"] == .number(5))
        let utc = try #require(period.days(in: FloorZone(minutesEast: 0)))
        #expect(utc.map(\.date) == ["2023-11-14", "2023-11-15", "2023-11-16"])
        try write(table)
    }

    @Test("Dates are those of calendars, and a stretch of too many days is none")
    func dates() throws {
        let utc = FloorZone(minutesEast: 0)
        for (second, date) in [
            (Int64(0), "1970-01-01"), (951_782_400, "2000-02-29"), (4_107_542_400, "2100-03-01"),
            (-1, "1969-12-31"), (1_767_225_599, "2025-12-31"),
        ] {
            let moment = second * 1_000_000
            let period = ReportPeriod(from: moment, to: moment + 1, known: 0)
            #expect(period.days(in: utc)?.map(\.date) == [date])
        }
        #expect(ReportPeriod(from: .min, to: .max, known: 0).days(in: utc) == nil)
        #expect(ReportPeriod(from: .max - 1, to: .max, known: 0).days(in: utc)?.count == 1)
        #expect(ReportPeriod(from: .min, to: .min + 5, known: 0).days(in: utc)?.count == 1)
        for step in ReportStep.allCases {
            #expect(throws: ReportError.tooManyIntervals) {
                try ReportPeriod(from: .min, to: .max, known: 0).intervals(step, in: utc)
            }
            for (from, to) in [(Int64.max - 1, Int64.max), (.min, .min + 5), (-1, 1)] {
                let period = ReportPeriod(from: from, to: to, known: 0)
                let list = try period.intervals(step, in: utc).list
                #expect(list.first?.period.from == from && list.last?.period.to == to)
            }
        }
    }
}
