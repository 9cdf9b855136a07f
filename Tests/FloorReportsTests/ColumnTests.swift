import FloorEvents
import FloorJournal
import FloorReports
import FloorWire
import Testing

/// Columns that the stories of the other tests have only one number for, or none.
struct ColumnTests {
    @Test("Flags: how long until seen and until helped, of several; how answers came out")
    func flags() throws {
        var one = Tale(1, "ana", "sales", "refund", raised: 0)
        one.seen(2)
        one.claim("sun", 4)
        one.engage(10)
        one.answer(20, .transferred)
        var two = Tale(2, "ben", "sales", "refund", raised: 100)
        two.seen(105)
        two.claim("sun", 107)
        two.engage(130)
        two.answer(140, .takenOver)
        two.verdict(.partly, 150)
        var three = Tale(3, "ana", "sales", "refund", raised: 200)
        three.claim("sun", 210)
        three.engage(220)
        three.end(.close, .closed, 230)
        var stories = FlagStories(.morning)
        for tale in [one, two, three] { tale.tell(&stories) }
        let table = FlagsReport.table(stories, by: [])
        #expect(
            table.differences(
                0,
                [
                    "raised": 3, "closed_without_answer": 1, "verdict_partly": 1,
                    "seen_n": 2, "seen_mean_ms": 3500, "seen_p50_ms": 2000,
                    "seen_p90_ms": 5000, "seen_max_ms": 5000,
                    "engage_n": 3, "engage_mean_ms": 20_000, "engage_p50_ms": 20_000,
                    "engage_p90_ms": 30_000, "engage_max_ms": 30_000,
                ]
            ) == []
        )
        let supporters = SupportersReport.table(stories)
        #expect(
            supporters.differences(
                try supporters.row("bj", "sun"),
                [
                    "claims": 3, "answers": 2, "outcome_transferred": 1, "outcome_taken_over": 1,
                    "outcome_answered": 0, "verdict_partly": 1,
                    // From the claim: 6, 23 and 10 s.
                    "engage_n": 3, "engage_mean_ms": 13_000, "engage_p50_ms": 10_000,
                    "engage_p90_ms": 23_000, "engage_max_ms": 23_000,
                    // From the claim: 16 and 33 s.
                    "answer_n": 2, "answer_mean_ms": 24_500, "answer_p50_ms": 16_000,
                ]
            ) == []
        )
    }

    @Test("Queues: what each counter grew by, and of which moments the figures are")
    func queues() throws {
        var history = History()
        let levels: [(Int64, UInt32, UInt32)] = [(-10, 40, 4), (100, 50, 7), (200, 51, 9)]
        for (time, answered, abandoned) in levels {
            var level = QueueLevel(waiting: 1)
            level.window = .sinceStart
            level.counters.answered = answered
            level.counters.abandoned = abandoned
            level.counters.abandonedShort = abandoned / 2
            var figure = Figure(
                "serviceLevel",
                800,
                .permille,
                formula: .serviceLevelAnswered,
                window: .rolling15Minutes,
                n: answered,
                thresholdMilliseconds: 20_000
            )
            figure.asOf = at(time - 3)
            level.figures = [figure]
            var payload: [UInt8] = []
            try level.append(to: &payload)
            try history.add("queue/bj/calls/sales/", time, payload)
        }
        var queues = QueuesReport(.morning, threshold: 0, short: 0)
        for record in history.records { queues.take(record) }
        let table = queues.table
        #expect(
            table.differences(
                0,
                [
                    "answered": 51, "abandoned": 9, "abandoned_short": 4, "more_offered": 0,
                    "more_answered": 11, "more_abandoned": 5, "as_of_us": at(200),
                    "service_level_as_of_us": at(197), "service_level_n": 51,
                ]
            ) == []
        )
        #expect(table[0, "unit"] == .text("calls") && table[0, "queue"] == .text("sales"))
        #expect(table[0, "window"] == .text("sinceStart"))
        #expect(table[0, "formula_window"] == .text("15min"))
    }

    @Test("Agents: time of an unknown activity, of an unknown session, and of being logged off")
    func unknown() throws {
        var history = History()
        try history.agent("ana", 0, .unknown)
        try history.agent("ana", 100, .busy) { $0.session = .unknown }
        try history.agent("ana", 150, .reserved)
        try history.agent("ana", 170, .unknown) { $0 = .loggedOff }
        var times = AgentsTimes(.morning)
        for record in history.records { times.take(record) }
        times.finish()
        let table = AgentsReport.table(FlagStories(.morning), times)
        #expect(
            table.differences(
                0,
                [
                    "unknown_ms": 100_000, "busy_ms": 50_000, "reserved_ms": 20_000,
                    "logged_on_ms": 120_000, "handling_ms": 50_000,
                    // 50 of 170 s, and of the 70 s in which work was there or could have come.
                    "occupancy_permille": 294, "occupancy_available_permille": 714,
                ]
            ) == []
        )
        let states = AgentsReport.states(times)
        let off = try states.row("bj", "sales", "ana", "loggedOff")
        #expect(states[off, "reason_class"] == .text("none"))
        #expect(states.differences(off, ["n": 1, "total_ms": 830_000]) == [])
    }
}
