import FloorEvents
import FloorJournal
import FloorWire
import Foundation
import Testing

@testable import FloorReports

/// Rows by intervals, AHT and occupancy, against numbers computed by hand.
struct IntervalTests {
    /// Berlin's clocks in 2025: an hour on at 2025-03-30 01:00 UTC, and back at 2025-10-26 01:00.
    private static let berlin = FloorZone(
        "Europe/Berlin",
        first: 3600,
        transitions: [
            .init(at: 1_743_296_400_000_000, offset: 7200),
            .init(at: 1_761_440_400_000_000, offset: 3600),
        ]
    )

    private func period(_ from: Int64, seconds: Int64) -> ReportPeriod {
        let start = from * 1_000_000
        return ReportPeriod(from: start, to: start + seconds * 1_000_000, known: .max)
    }

    @Test("A day of 23 hours has 23, one of 25 has 25, and clocks say which hour came twice")
    func daylightSaving() throws {
        let spring = period(1_743_289_200, seconds: 23 * 3600)
        #expect(spring.days(in: Self.berlin)?.map(\.date) == ["2025-03-30"])
        let hours = try spring.intervals(.hour, in: Self.berlin)
        #expect(hours.list.count == 23 && hours.column == "interval")
        #expect(
            hours.list[1...2].map(\.label)
                == ["2025-03-30T01:00:00+01:00", "2025-03-30T03:00:00+02:00"]
        )
        #expect(try spring.intervals(.quarterHour, in: Self.berlin).list.count == 92)
        let autumn = period(1_761_429_600, seconds: 25 * 3600)
        let long = try autumn.intervals(.hour, in: Self.berlin).list
        #expect(long.count == 25 && autumn.days(in: Self.berlin)?.count == 1)
        #expect(
            long[2...3].map(\.label)
                == ["2025-10-26T02:00:00+02:00", "2025-10-26T02:00:00+01:00"]
        )
        #expect(try autumn.intervals(.halfHour, in: Self.berlin).list.count == 50)
        #expect(try autumn.intervals(.day, in: Self.berlin).list.map(\.label) == ["2025-10-26"])
        for list in [hours.list, long] {
            for (one, next) in zip(list, list.dropFirst()) {
                #expect(one.period.to == next.period.from)
                #expect(one.period.to - one.period.from == 3_600_000_000)
            }
        }
    }

    @Test("Where clocks are set by half an hour, one hour is half as long")
    func halfHours() throws {
        let howe = FloorZone(
            "Australia/Lord_Howe",
            first: 37_800,
            transitions: [.init(at: 1_759_591_800_000_000, offset: 39_600)]
        )
        // From 01:00+10:30 for two hours.
        let list = try period(1_759_588_200, seconds: 7200).intervals(.hour, in: howe).list
        #expect(
            list.map(\.label) == [
                "2025-10-05T01:00:00+10:30", "2025-10-05T02:30:00+11:00",
                "2025-10-05T03:00:00+11:00",
            ]
        )
        let lengths = list.map { ($0.period.to - $0.period.from) / 1_000_000 }
        #expect(lengths == [3600, 1800, 1800])
        // 20 minutes on at 10:10 of the first of January 1970: at 10:40 UTC clocks show 11:00.
        let odd = FloorZone("Odd", first: 0, transitions: [.init(at: 36_600_000_000, offset: 1200)])
        let late = try period(36_000, seconds: 4200).intervals(.hour, in: odd).list
        #expect(late.map(\.period.to) == [38_400_000_000, 40_200_000_000])
        #expect(late[1].label == "1970-01-01T11:00:00+00:20")
    }

    @Test("The first and the last interval are as long as the stretch has of them")
    func parts() throws {
        // 22:13:20 to 22:47:00 UTC.
        let period = ReportPeriod(from: at(0), to: at(2020), known: at(3000))
        let list = try period.intervals(.quarterHour, in: FloorZone(minutesEast: 0)).list
        #expect(list.map(\.period.from) == [at(0), at(100), at(1000), at(1900)])
        #expect(list.map(\.period.to) == [at(100), at(1000), at(1900), at(2020)])
        #expect(list[0].label == "2023-11-14T22:13:20+00:00")
        let west = try period.intervals(.hour, in: FloorZone(minutesEast: -570)).list
        #expect(west.map(\.label) == ["2023-11-14T12:43:20-09:30", "2023-11-14T13:00:00-09:30"])
    }

    /// Three calls, of which the third began without an end of the second, and work without one.
    private func work() throws -> History {
        var history = History()
        typealias Change = (inout AgentState) -> Void
        func connected(_ reference: String, _ phase: CallPhase = .connected) -> Change {
            { (state: inout AgentState) in
                state.call = phase
                state.callReference = reference
            }
        }
        try history.agent("ana", -100, .ready)
        try history.agent("ana", 0, .busy, connected("c1"))
        try history.agent("ana", 60, .afterCall)
        try history.agent("ana", 90, .ready)
        try history.agent("ana", 100, .busy, connected("c2"))
        try history.agent("ana", 110, .busy, connected("c2", .held))
        try history.agent("ana", 120, .busy, connected("c2"))
        try history.agent("ana", 125, .busy, connected("c9", .consulting))
        try history.agent("ana", 127, .busy, connected("c2"))
        try history.agent("ana", 130, .busy, connected("c3"))
        try history.agent("ana", 160, .ready)
        try history.agent("ana", 200, .notReady)
        try history.agent("ana", 300, .busy)
        try history.agent("ana", 320, .ready)
        return history
    }

    private func asked(_ period: ReportPeriod) -> AskedTimes {
        var tale = Tale(1, "ana", "sales", "refund", raised: 70)
        tale.claim("sun", 80)
        tale.answer(110)
        var stories = FlagStories(period)
        tale.tell(&stories)
        return AskedTimes(stories)
    }

    @Test("AHT is handling time for each contact, occupancy its share, both less what asking took")
    func averageHandling() throws {
        let period = ReportPeriod(from: at(0), to: at(1000), known: at(400))
        var times = AgentsTimes(period)
        for record in try work().records { times.take(record) }
        times.finish()
        let table = AgentsReport.table(asked(period), times)
        #expect(
            table.differences(
                0,
                [
                    "contacts": 3, "handling_ms": 170_000, "aht_ms": 56_667,
                    "help_ms": 40_000, "help_in_handling_ms": 30_000,
                    "aht_less_help_ms": 46_667, "occupancy_permille": 425,
                    "occupancy_available_permille": 567, "ready_ms": 130_000,
                    "logged_on_ms": 400_000, "not_ready_ms": 100_000,
                ]
            ) == []
        )
        var nobody = AgentsTimes(period)
        var idle = History()
        try idle.agent("ben", 0, .notReady)
        for record in idle.records { nobody.take(record) }
        nobody.finish()
        let none = AgentsReport.table(asked(period), nobody)
        let ben = try none.row("bj", "sales", "ben")
        #expect(
            none.differences(
                ben,
                [
                    "contacts": 0, "aht_ms": nil, "aht_less_help_ms": nil,
                    "occupancy_permille": 0, "occupancy_available_permille": nil,
                ]
            ) == []
        )
    }

    @Test("By intervals a state that goes on is cut, a contact counts where it began")
    func cut() throws {
        let period = ReportPeriod(from: at(0), to: at(1000), known: at(400))
        let quarters = try period.intervals(.quarterHour, in: FloorZone(minutesEast: 0))
        var times = AgentsTimes(quarters.list[0].period)
        let asked = asked(period)
        let records = try work().records
        var tables = times.tables(quarters.list.map(\.period)) { take in
            for record in records { take(record) }
        } table: {
            AgentsReport.table(asked, $0)
        }
        #expect(tables.count == 2)
        #expect(
            tables[0].differences(
                0,
                [
                    "flags": 1, "contacts": 1, "handling_ms": 90_000, "aht_ms": 90_000,
                    "help_ms": 30_000, "help_in_handling_ms": 20_000,
                    "aht_less_help_ms": 70_000, "occupancy_permille": 900,
                    "logged_on_ms": 100_000,
                ]
            ) == []
        )
        #expect(
            tables[1].differences(
                0,
                [
                    "flags": 0, "contacts": 2, "handling_ms": 80_000, "aht_ms": 40_000,
                    "help_ms": 10_000, "help_in_handling_ms": 10_000,
                    "aht_less_help_ms": 35_000, "occupancy_permille": 267,
                    "logged_on_ms": 300_000,
                ]
            ) == []
        )
        let whole = try quarters.table(of: period) { _ in tables.removeFirst() }
        #expect(whole.columns[0].name == "interval" && whole.rows.count == 2)
        #expect(whole.from == at(0) && whole.to == at(1000))
        #expect(whole[1, "interval"] == .text("2023-11-14T22:15:00+00:00"))
    }

    @Test("A stretch that ends while the hub was not there is unsure to its end")
    func gapAtTheEnd() throws {
        var history = History()
        try history.agent("ana", 0, .ready)
        try history.agent("ben", 20, .ready)
        var times = AgentsTimes(
            ReportPeriod(from: at(0), to: at(40), known: at(100)),
            lives: [1: at(20), 2: at(60)]
        )
        for record in history.records { times.take(record) }
        times.finish()
        let table = AgentsReport.states(times)
        let ana = try table.row("bj", "sales", "ana")
        #expect(table.differences(ana, ["total_ms": 40_000, "unsure_ms": 20_000]) == [])
    }

    @Test("Queues by intervals: what held at each one's beginning counts in it")
    func queues() throws {
        var history = History()
        for (time, offered, waiting) in [(-10, 5, 9), (50, 8, 2), (150, 20, 1), (300, 2, 4)]
            as [(Int64, UInt32, UInt32)]
        {
            var level = QueueLevel(waiting: waiting)
            level.window = .sinceMidnight
            level.counters.offered = offered
            var payload: [UInt8] = []
            try level.append(to: &payload)
            try history.add("queue/bj/calls/sales/", time, payload)
        }
        let period = ReportPeriod(from: at(0), to: at(1000), known: at(400))
        let quarters = try period.intervals(.quarterHour, in: FloorZone(minutesEast: 0))
        var queues = QueuesReport(quarters.list[0].period, threshold: 0, short: 0)
        let tables = queues.tables(quarters.list.map(\.period)) { take in
            for record in history.records { take(record) }
        } table: {
            $0.table
        }
        #expect(
            tables[0].differences(0, ["offered": 8, "more_offered": 3, "waiting_max": 9]) == []
        )
        #expect(
            tables[1].differences(0, ["offered": 2, "more_offered": 14, "waiting_max": 4]) == []
        )
    }
}
