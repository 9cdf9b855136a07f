import FloorEvents

/// `floorbus report agents`: what agents did with their time, and what asking cost them.
public enum AgentsReport {
    private struct Asked {
        var flags: Int64 = 0
        var answered: Int64 = 0
        var waiting = Stretches()
        var helping = Stretches()
    }

    private static let columns = [
        ReportColumn("site", .text), ReportColumn("team", .text), ReportColumn("agent", .text),
        ReportColumn("flags"), ReportColumn("flags_answered", inTable: false),
        ReportColumn("help_ms", .milliseconds), ReportColumn("helped_ms", .milliseconds),
        ReportColumn("logged_on_ms", .milliseconds),
        ReportColumn("not_ready_ms", .milliseconds), ReportColumn("ready_ms", .milliseconds),
        ReportColumn("reserved_ms", .milliseconds, inTable: false),
        ReportColumn("busy_ms", .milliseconds), ReportColumn("after_call_ms", .milliseconds),
        ReportColumn("unknown_ms", .milliseconds, inTable: false),
        ReportColumn("handling_ms", .milliseconds),
        ReportColumn("help_in_handling_ms", .milliseconds),
        ReportColumn("handling_less_help_ms", .milliseconds),
        ReportColumn("unsure_ms", .milliseconds), ReportColumn("missing_changes", inTable: false),
    ]

    private static let stateColumns = [
        ReportColumn("site", .text), ReportColumn("team", .text), ReportColumn("agent", .text),
        ReportColumn("state", .text), ReportColumn("reason_class", .text),
        ReportColumn("reason_code"), ReportColumn("reason", .text), ReportColumn("cause", .text),
        ReportColumn("n"), ReportColumn("total_ms", .milliseconds),
        ReportColumn("unsure_ms", .milliseconds),
    ]

    /// A row for each agent who was on or raised a flag.
    public static func table(_ stories: FlagStories, _ times: AgentsTimes) -> ReportTable {
        let period = times.period
        var asked: [AgentsTimes.Agent: Asked] = [:]
        for story in stories.all {
            let agent = AgentsTimes.Agent(site: story.site, team: story.team, name: story.agent)
            var row = asked[agent] ?? Asked()
            row.flags += 1
            if story.answered != nil { row.answered += 1 }
            for stretch in story.asking(until: period.known) { row.waiting.add(stretch) }
            for stretch in story.helping(until: period.known) { row.helping.add(stretch) }
            asked[agent] = row
        }
        var table = ReportTable("agents", period, columns)
        for agent in Set(asked.keys).union(times.agents.keys).sorted() {
            let flags = asked[agent] ?? Asked()
            let own = times.agents[agent]
            // Somebody of whom nothing happened in the period is not in it.
            guard flags.flags > 0 || own?.states.isEmpty == false else { continue }
            table.rows.append(
                [
                    .text(agent.site), .text(agent.team), .text(agent.name),
                    .number(flags.flags), .number(flags.answered),
                    milliseconds(flags.waiting.total), milliseconds(flags.helping.total),
                ] + cells(own, flags.waiting)
            )
        }
        return table
    }

    private static func cells(_ times: AgentTimes?, _ waiting: Stretches) -> [ReportValue] {
        guard let times else { return Array(repeating: .none, count: 12) }
        var activities: [AgentActivity: Int64] = [:]
        var loggedOn: Int64 = 0
        var unsure: Int64 = 0
        for (label, time) in times.states {
            unsure = unsure.clampedSum(time.unsure)
            guard label.session != .loggedOff else { continue }
            let sum = activities[label.activity] ?? 0
            activities[label.activity] = sum.clampedSum(time.total)
            if label.session == .loggedOn { loggedOn = loggedOn.clampedSum(time.total) }
        }
        let order: [AgentActivity] = [.notReady, .ready, .reserved, .busy, .afterCall, .unknown]
        let handling = times.handling.total
        let shared = times.handling.shared(with: waiting)
        return [milliseconds(loggedOn)] + order.map { milliseconds(activities[$0] ?? 0) }
            + [handling, shared, handling - shared, unsure].map { milliseconds($0) }
            + [.number(times.missing)]
    }

    /// A row for each agent's state, reason and cause.
    public static func states(_ times: AgentsTimes) -> ReportTable {
        var table = ReportTable("agents", times.period, stateColumns)
        for (agent, own) in times.agents.sorted(by: { $0.key < $1.key }) {
            let sorted = own.states.sorted { order($0.key) < order($1.key) }
            for (label, time) in sorted {
                table.rows.append([
                    .text(agent.site), .text(agent.team), .text(agent.name), .text(label.name),
                    .text(label.reasonClass.name), .number(Int64(label.reasonCode)),
                    .text(label.reason), .text(label.cause.name), .number(time.count),
                    milliseconds(time.total), milliseconds(time.unsure),
                ])
            }
        }
        return table
    }

    private static func order(_ label: StateLabel) -> (UInt8, UInt8, UInt8, UInt16, UInt8, String) {
        (
            label.session.rawValue, label.activity.rawValue, label.reasonClass.rawValue,
            label.reasonCode, label.cause.rawValue, label.reason
        )
    }

    private static func milliseconds(_ microseconds: Int64) -> ReportValue {
        .number(Spread.milliseconds(microseconds))
    }
}
