import FloorEvents

/// What asking took of agents' time.
struct AskedTimes {
    struct Own {
        var flags: Int64 = 0
        var answered: Int64 = 0
        var waiting = Stretches()
        var helping = Stretches()
    }

    private struct Flag {
        var agent: AgentsTimes.Agent
        var raised: Int64
        var isAnswered: Bool
        var asking: [Stretch]
        var helping: [Stretch]
    }

    private let flags: [Flag]

    init(_ stories: FlagStories) {
        let known = stories.period.known
        flags = stories.all.map { story in
            Flag(
                agent: AgentsTimes.Agent(site: story.site, team: story.team, name: story.agent),
                raised: story.raised,
                isAnswered: story.answered != nil,
                asking: story.asking(until: known),
                helping: story.helping(until: known)
            )
        }
    }

    /// Who raised a flag in a part of the stretch, or waited in it.
    func own(in part: ReportPeriod) -> [AgentsTimes.Agent: Own] {
        var found: [AgentsTimes.Agent: Own] = [:]
        func cut(_ stretch: Stretch) -> Stretch {
            Stretch(max(stretch.start, part.from), min(stretch.end, part.end))
        }
        for flag in flags {
            let isRaised = part.includes(flag.raised)
            let asking = flag.asking.map(cut).filter { $0.end > $0.start }
            let helping = flag.helping.map(cut).filter { $0.end > $0.start }
            guard isRaised || !asking.isEmpty || !helping.isEmpty else { continue }
            var own = found[flag.agent] ?? Own()
            if isRaised {
                own.flags += 1
                if flag.isAnswered { own.answered += 1 }
            }
            for stretch in asking { own.waiting.add(stretch) }
            for stretch in helping { own.helping.add(stretch) }
            found[flag.agent] = own
        }
        return found
    }
}

/// What one or several agents' time comes to, in microseconds.
struct WorkTime {
    var loggedOn: Int64 = 0
    var activities: [AgentActivity: Int64] = [:]
    var handling: Int64 = 0
    var helpInHandling: Int64 = 0
    var contacts: Int64 = 0
    var unsure: Int64 = 0
    var missing: Int64 = 0

    mutating func add(_ times: AgentTimes, _ waiting: Stretches) {
        for (label, time) in times.states.all {
            unsure = unsure.clampedSum(time.unsure)
            guard label.session != .loggedOff else { continue }
            let sum = activities[label.activity] ?? 0
            activities[label.activity] = sum.clampedSum(time.total)
            if label.session == .loggedOn { loggedOn = loggedOn.clampedSum(time.total) }
        }
        handling = handling.clampedSum(times.handling.total)
        helpInHandling = helpInHandling.clampedSum(times.handling.shared(with: waiting))
        contacts += times.contacts
        missing += times.missing
    }

    /// All time in which they were not logged off.
    var on: Int64 { activities.values.reduce(0) { $0.clampedSum($1) } }

    /// A mean for each contact, in milliseconds; none without contacts.
    func perContact(_ microseconds: Int64) -> ReportValue {
        ReportValue(microseconds.share(of: contacts.clampedProduct(1000), scale: 1))
    }

    var averageHandling: ReportValue { perContact(handling) }
    var averageHandlingLessHelp: ReportValue { perContact(handling - helpInHandling) }
    var occupancy: ReportValue { .permille(handling, of: on) }

    /// Of the time in which they handled something or could have.
    var occupancyOfAvailable: ReportValue {
        let idle = (activities[.ready] ?? 0).clampedSum(activities[.reserved] ?? 0)
        return .permille(handling, of: handling.clampedSum(idle))
    }
}

/// `floorbus report agents`: what agents did with their time, and what asking cost them.
public enum AgentsReport {
    private static let columns = [
        ReportColumn("site", .text), ReportColumn("team", .text), ReportColumn("agent", .text),
        ReportColumn("flags"), ReportColumn("flags_answered", inTable: false),
        ReportColumn("help_ms", .milliseconds), ReportColumn("helped_ms", .milliseconds),
        ReportColumn("logged_on_ms", .milliseconds),
        ReportColumn("not_ready_ms", .milliseconds), ReportColumn("ready_ms", .milliseconds),
        ReportColumn("reserved_ms", .milliseconds, inTable: false),
        ReportColumn("busy_ms", .milliseconds), ReportColumn("after_call_ms", .milliseconds),
        ReportColumn("unknown_ms", .milliseconds, inTable: false),
        ReportColumn("handling_ms", .milliseconds, inTable: false),
        ReportColumn("help_in_handling_ms", .milliseconds, inTable: false),
        ReportColumn("handling_less_help_ms", .milliseconds, inTable: false),
        ReportColumn("contacts"), ReportColumn("aht_ms", .milliseconds),
        ReportColumn("aht_less_help_ms", .milliseconds),
        ReportColumn("occupancy_permille", .permille),
        ReportColumn("occupancy_available_permille", .permille, inTable: false),
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
        table(AskedTimes(stories), times)
    }

    static func table(_ asked: AskedTimes, _ times: AgentsTimes) -> ReportTable {
        let asked = asked.own(in: times.period)
        var table = ReportTable("agents", times.period, columns)
        let known = times.byAgent
        for agent in Set(asked.keys).union(known.keys).sorted() {
            let own = known[agent]
            // Somebody of whom nothing happened in the period is not in it.
            guard asked[agent] != nil || own?.states.isEmpty == false else { continue }
            let flags = asked[agent] ?? AskedTimes.Own()
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
        guard let times else { return Array(repeating: .none, count: 17) }
        var work = WorkTime()
        work.add(times, waiting)
        let order: [AgentActivity] = [.notReady, .ready, .reserved, .busy, .afterCall, .unknown]
        let less = work.handling - work.helpInHandling
        return [milliseconds(work.loggedOn)]
            + order.map { milliseconds(work.activities[$0] ?? 0) }
            + [work.handling, work.helpInHandling, less].map { milliseconds($0) }
            + [
                .number(work.contacts), work.averageHandling, work.averageHandlingLessHelp,
                work.occupancy, work.occupancyOfAvailable, milliseconds(work.unsure),
                .number(work.missing),
            ]
    }

    /// A row for each agent's state, reason and cause.
    public static func states(_ times: AgentsTimes) -> ReportTable {
        var table = ReportTable("agents", times.period, stateColumns)
        for (agent, own) in times.all.sorted(by: { $0.agent < $1.agent }) {
            let sorted = own.states.all.sorted { order($0.label) < order($1.label) }
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
