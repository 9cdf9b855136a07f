import FloorEvents
import FloorJournal
import FloorReports
import FloorWire
import Testing

/// Reports of agents and queues from a history written by hand.
struct TimeReportTests {
    private func times(_ history: History, _ period: ReportPeriod) -> AgentsTimes {
        var times = AgentsTimes(period)
        for record in history.records where record.hubTime < period.to { times.take(record) }
        times.finish()
        return times
    }

    @Test("R-07: handling time, what asking took of it, and both without it")
    func helpTime() throws {
        var history = History()
        try history.agent("ana", -100, .busy)
        try history.agent("ana", 45, .afterCall)
        try history.agent("ana", 60, .ready)
        try history.agent("ana", 900, .notReady) {
            $0.reasonClass = .meal
            $0.reasonCode = 14
            $0.reason = "lunch"
        }
        let period = ReportPeriod(from: at(0), to: at(1000), known: at(950))
        let table = AgentsReport.table(Tale.stories(period), times(history, period))
        let ana = try table.row("bj", "sales", "ana")
        #expect(
            table.differences(
                ana,
                [
                    "flags": 2, "flags_answered": 1, "help_ms": 30_000, "helped_ms": 20_000,
                    "logged_on_ms": 950_000, "busy_ms": 45_000, "after_call_ms": 15_000,
                    "ready_ms": 840_000, "not_ready_ms": 50_000, "reserved_ms": 0,
                    "handling_ms": 60_000, "help_in_handling_ms": 30_000,
                    "handling_less_help_ms": 30_000, "unsure_ms": 0, "missing_changes": 0,
                ]
            ) == []
        )
        // Nothing is known of their state: no time is none, not zero.
        let ben = try table.row("bj", "sales", "ben")
        #expect(table.differences(ben, ["help_ms": 100_000, "busy_ms": nil]) == [])
    }

    @Test("State durations by activity, reason and cause; the same again is not counted twice")
    func states() throws {
        var history = History()
        for (start, end) in [(10, 30), (50, 55)] as [(Int64, Int64)] {
            try history.agent("ana", start, .notReady) {
                $0.reasonClass = .shortBreak
                $0.reasonCode = 4
                $0.reason = "小休"
            }
            try history.agent("ana", end, .ready)
        }
        try history.agent("ana", 70, .notReady) { $0.cause = .ringNoAnswer }
        // The same state with another seat: no new break.
        try history.agent("ana", 80, .notReady) {
            $0.cause = .ringNoAnswer
            $0.seat = "B12"
        }
        try history.add("agent/bj/sales/ana/", 90, nil)
        let table = AgentsReport.states(times(history, .morning))
        let rest = try table.row("bj", "sales", "ana", "notReady", "break")
        #expect(table.differences(rest, ["reason_code": 4, "n": 2, "total_ms": 25_000]) == [])
        #expect(table[rest, "reason"] == .text("小休") && table[rest, "cause"] == .text("agent"))
        let forced = try table.row("bj", "sales", "ana", "notReady", "none")
        #expect(table[forced, "cause"] == .text("ringNoAnswer"))
        #expect(table.differences(forced, ["n": 1, "total_ms": 20_000]) == [])
        let ready = try table.row("bj", "sales", "ana", "ready")
        #expect(table.differences(ready, ["n": 2, "total_ms": 35_000]) == [])
        #expect(table.rows.count == 3)
    }

    @Test("Silence, a hub that was not there and changes that are missing are told")
    func unsure() throws {
        var history = History()
        try history.agent("ana", 0, .ready)
        try history.agent("ana", 10, .ready, freshness: .suspect)
        try history.agent("ana", 14, .ready)
        try history.agent("ben", 20, .ready)
        history.epoch = 2
        // The hub was gone from the last that is known of its first life, 20, until 50.
        try history.agent("ana", 50, .busy)
        try history.agent("ana", 60, .ready, skipping: true)
        let period = ReportPeriod(from: at(0), to: at(100), known: at(100))
        let table = AgentsReport.table(FlagStories(period), times(history, period))
        let ana = try table.row("bj", "sales", "ana")
        #expect(
            table.differences(
                ana,
                [
                    "ready_ms": 90_000, "busy_ms": 10_000, "unsure_ms": 34_000,
                    "missing_changes": 1,
                ]
            ) == []
        )
        let ben = try table.row("bj", "sales", "ben")
        #expect(table.differences(ben, ["ready_ms": 80_000, "unsure_ms": 80_000]) == [])
    }

    @Test("Queues: the last counters, what cumulative ones grew by, service levels as published")
    func levels() throws {
        var history = History()
        func level(_ offered: UInt32, waiting: UInt32, _ permille: Int64) throws -> [UInt8] {
            var level = QueueLevel(waiting: waiting)
            level.window = .sinceMidnight
            level.counters.offered = offered
            level.counters.answered = offered / 2
            level.figures = [
                Figure(
                    "serviceLevel",
                    permille,
                    .permille,
                    formula: .serviceLevelOffered,
                    window: .rolling15Minutes,
                    n: offered,
                    thresholdMilliseconds: 20_000
                )
            ]
            var payload: [UInt8] = []
            try level.append(to: &payload)
            return payload
        }
        let key = "queue/bj/calls/sales/"
        try history.add(key, -10, try level(100, waiting: 9, 100))
        try history.add(key, 100, try level(110, waiting: 4, 800))
        try history.add(key, 200, try level(2, waiting: 5, 700))  // after midnight
        try history.add(key, 300, try level(6, waiting: 1, 900))
        var queues = QueuesReport(.morning, threshold: 20_000, short: 5000)
        for record in history.records { queues.take(record) }
        let table = queues.table
        #expect(table.rows.count == 1)
        #expect(table[0, "formula"] == .text("SL.offered") && table[0, "source"] == .text("level"))
        #expect(table[0, "window"] == .text("sinceMidnight"))
        #expect(
            table.differences(
                0,
                [
                    "offered": 6, "answered": 3, "more_offered": 16, "waiting_max": 9,
                    "threshold_ms": 20_000, "service_level_permille": 900, "service_level_n": 6,
                    "service_level_min_permille": 700,
                ]
            ) == []
        )
    }

    @Test("Service levels from single calls, by each of the four formulas")
    func calls() throws {
        var steps = (1...8).map { "0\tenqueued\tc\($0)\tsales\t\t" }
        steps += [5, 10, 20, 30].map { "0\tanswered\tc\tsales\tana\t\($0)" }
        steps += [2, 15, 40].map { "0\tabandoned\tc\tsales\t\t\($0)" }
        steps += ["0\ttalk-ended\tc\tsales\tana\t300", "no step"]
        var queues = QueuesReport(.morning, threshold: 20_000, short: 5000)
        for (place, step) in steps.enumerated() {
            queues.take(
                JournalRecord(
                    revision: Revision(epoch: 1, counter: UInt64(place + 1)),
                    key: try FloorKey("event/bj/sales/c/"),
                    operation: .append,
                    hubTime: at(Int64(place)),
                    schema: 1001,
                    payload: Array(step.utf8)
                )
            )
        }
        #expect(queues.unreadable == 1, "what is no step is counted")
        let table = queues.table
        let levels = table.rows.indices.map {
            [
                table[$0, "formula"], table[$0, "service_level_permille"],
                table[$0, "service_level_n"],
            ]
        }
        #expect(
            levels == [
                [.text("SL.answered"), .number(750), .number(4)],
                [.text("SL.withAbandon"), .number(714), .number(7)],
                [.text("SL.offered"), .number(429), .number(7)],
                [.text("SL.offeredLessShort"), .number(429), .number(7)],
            ]
        )
        let counts: [String: Int64?] = ["offered": 8, "abandoned": 3, "abandoned_short": 1]
        #expect(table.differences(0, counts) == [])
    }
}
