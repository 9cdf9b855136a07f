import FloorBusTestKit
import FloorEvents
import FloorHub
import FloorRoster
import FloorWire
import Testing

/// Numbers at both ends of their range, in every field that rules and figures compute with.
struct FigureExtremeTests {
    private static let wide: [Int64] = [.min, .min + 1, -1, 0, 1, .max - 1, .max]
    private static let narrow: [UInt32] = [0, 1, .max]

    /// Rules on everything that is computed, with thresholds at both ends.
    private func roster() throws -> Roster {
        var rules: [AlertRule] = []
        for name in ["flagsOldestMs", "flagsOldestAt", "longestWaitMs", "waiting", "x"] {
            for (place, limit) in [Int64.min, 0, .max].enumerated() {
                for comparison in [AlertComparison.above, .below] {
                    let measure = AlertMeasure.figure(
                        AlertFigure(name, atLeast: 0),
                        comparison,
                        threshold: limit,
                        clear: limit
                    )
                    for filter in ["team/", "queue/"] {
                        let title = "\(name) \(comparison.name) \(place) \(filter.dropLast())"
                        rules.append(AlertRule(title, filter: filter, measure))
                    }
                }
            }
        }
        let storm = AlertMeasure.flagStorm(category: "c", count: .max, seconds: 3600)
        rules.append(AlertRule("storm", filter: "team/", storm))
        return try figureRoster(alerts: rules, categories: [RosterCategory("c")])
    }

    private func figure(_ name: String, _ value: Int64, _ number: UInt32) -> Figure {
        var figure = Figure(name, value, .timestamp, n: number, thresholdMilliseconds: number)
        figure.asOf = value
        figure.zoneMinutes = value < 0 ? .min : .max
        return figure
    }

    private func level(_ value: Int64, _ number: UInt32) -> QueueLevel {
        var level = QueueLevel(waiting: number)
        level.oldestEnqueuedAt = value
        level.counters.offered = number
        level.counters.answered = number
        level.counters.abandoned = number
        level.counters.abandonedShort = number
        level.counters.overflowed = number
        level.counters.timedOut = number
        level.counters.exitedByKey = number
        level.counters.callbackTaken = number
        level.agents.loggedOn = number
        level.agents.ready = number
        level.agents.reserved = number
        level.agents.busyInbound = number
        level.agents.busyOutbound = number
        level.agents.busyInternal = number
        level.agents.afterCall = number
        level.agents.notReady = number
        level.agents.busyOther = number
        level.figures = [figure("x", value, number)]
        return level
    }

    @Test("No number of a payload traps rules or figures, nor does a restart with it")
    func everyField() throws {
        let roster = try roster()
        for value in Self.wide {
            for number in Self.narrow {
                let hub = HubHarness {
                    $0.isDurable = true
                    $0.roster = roster
                }
                let names = ["flagsOldestAt", "flagsRaised", "zeroFlags", "x"]
                hub.say(
                    try .team("team/bj/sales/own/", names.map { figure($0, value, number) }),
                    try .team("team/bj/sales/more/", names.map { figure($0, value, number) }),
                    try .queue("queue/bj/calls/billing/", level(value, number))
                )
                hub.pass(seconds: 2)
                let before = hub.alerts()
                hub.restart()
                hub.pass(seconds: 2)
                #expect(hub.alerts() == before, "\(value), \(number)")
                #expect(hub.violations == [])
                let isAbove = value > 0
                let wanted = "x above 1 team team/bj/sales/own/"
                #expect(before.contains(wanted) == isAbove, "\(value)")
                // An age is that of a moment in the past; a moment to come has none.
                let isOld = value < 0
                let aged = "flagsOldestMs above 1 team team/bj/sales/own/"
                #expect(before.contains(aged) == (isOld || value == 1), "\(value)")
            }
        }
    }

    @Test("Flags with stamps at the ends of time, read from a journal, make figures")
    func restoredFlags() throws {
        let ends: [Int64] = [.min, -1, 0, 1, .max]
        for raised in ends {
            for later in ends {
                var flag = HelpFlag(.knowledge)
                flag.status = .closed
                flag.category = "c"
                flag.reopens = .max
                flag.stamps.raised = raised
                flag.stamps.seen = later
                flag.stamps.claimed = later
                flag.stamps.engaged = later
                flag.stamps.answered = later
                flag.stamps.ended = later
                flag.stamps.escalated = later
                flag.stamps.reopened = later
                flag.words.rating = 5
                flag.words.ratedAt = later
                var contents = HubContents()
                contents.lastStamp = 1_700_000_000_000_000
                for (number, key) in [flagKey(1), "private/bj/ana/\(flagID(1).text)/"].enumerated()
                {
                    var payload: [UInt8] = []
                    try flag.append(withWords: number == 1, to: &payload)
                    let kind: RecordKind = number == 0 ? .flag : .private
                    var header = RecordHeader(kind, .close, schema: PayloadSchema.flag)
                    header.revision = Revision(epoch: 1, counter: UInt64(number + 1))
                    var record: [UInt8] = []
                    let bytes = Array(key.utf8)
                    RecordWriter.append(
                        header,
                        key: bytes.span,
                        payload: payload.span,
                        to: &record
                    )
                    contents.kept.append(record)
                }
                var options = HubOptions(lineage: flagID(9), epoch: 2) { 7 }
                options.isDurable = true
                options.roster = try roster()
                var time = FloorTime(boot: 1_000_000, wall: 1_700_000_001_000_000)
                var hub = Hub(options, restoring: contents, at: time)
                var effects = HubEffects()
                for _ in 0..<5 {
                    hub.step(.turnEnd, at: time, into: &effects)
                    time.boot += 61_000_000
                    time.wall += 61_000_000
                }
                // The team's figures, if nothing else, are in the table.
                let keys = hub.statistics.keys
                #expect(keys >= 1, "\(raised), \(later)")
            }
        }
    }

    @Test("Urgency of a flag from the ends of time has an end too")
    func urgency() {
        var flag = HelpFlag(.safety)
        flag.customerStar = .max
        flag.escalation = .max
        flag.stamps.raised = .min
        let points = 600 + 30 * 255 + 60 * 255
        #expect(flag.urgency(at: .max) == Int(Int64.max / 1_000_000) + points)
        flag.stamps.raised = .max
        #expect(flag.urgency(at: .min) == points)
    }
}
