import FloorEvents
public import FloorJournal
import FloorWire

/// What an agent was doing, as precisely as it was said: the rows of `report agents --states`.
struct StateLabel: Sendable, Hashable {
    var session: AgentSession
    var activity: AgentActivity
    var reasonClass: ReasonClass
    var reasonCode: UInt16
    var reason: String
    var cause: StateCause

    init(_ state: AgentState) {
        session = state.session
        activity = state.activity
        reasonClass = state.reasonClass
        reasonCode = state.reasonCode
        reason = state.reason
        cause = state.cause
    }

    /// The activity's name, or that the agent was not logged on.
    var name: String { session == .loggedOff ? session.name : activity.name }
}

/// How long somebody was in a state.
struct StateTime: Sendable, Hashable {
    /// How often it began.
    var count: Int64 = 0
    var total: Int64 = 0
    /// Of it, while nobody could be sure: the desktop was silent, or the hub was not running.
    var unsure: Int64 = 0
}

/// One agent's time, from the history of his key.
struct AgentTimes: Sendable {
    private(set) var states: [StateLabel: StateTime] = [:]
    private(set) var handling = Stretches()
    private(set) var missing: Int64 = 0
    private var current: StateLabel?
    private var since: Int64 = 0
    private var isSure = true
    private var revision = Revision.zero

    /// Goes on with a change; `lifeEnds` is the last time anything is known of in each life of the
    /// hub.
    ///
    /// - Throws: `WireError` for a payload that is no agent's state.
    mutating func take(
        _ record: JournalRecord,
        _ period: ReportPeriod,
        lifeEnds: [UInt32: Int64]
    ) throws(WireError) {
        let isSameLife = record.revision.epoch == revision.epoch
        // A key that was removed long ago begins anew.
        let isNew = record.previous == .zero && current == nil
        if isSameLife, !isNew, record.previous != revision, period.includes(record.hubTime) {
            missing += 1
        }
        end(at: record.hubTime, isSameLife: isSameLife, period, lifeEnds)
        let before = current
        if record.operation == .put {
            current = StateLabel(try AgentState(payload: record.payload.span))
        } else {
            current = nil
        }
        if let current, current != before, period.includes(record.hubTime) {
            states[current, default: StateTime()].count += 1
        }
        since = record.hubTime
        isSure = record.freshness == .live
        revision = record.revision
    }

    /// Cuts off the state that goes on.
    mutating func finish(_ period: ReportPeriod, life: UInt32, lifeEnds: [UInt32: Int64]) {
        end(at: period.end, isSameLife: life == revision.epoch, period, lifeEnds)
        current = nil
    }

    private mutating func end(
        at time: Int64,
        isSameLife: Bool,
        _ period: ReportPeriod,
        _ lifeEnds: [UInt32: Int64]
    ) {
        guard let current else { return }
        let (start, end) = (max(since, period.from), min(time, period.end))
        guard end > start else { return }
        var state = states[current] ?? StateTime()
        let length = Stretch(start, end).length
        state.total = state.total.clampedSum(length)
        let surely = isSameLife ? end : min(end, lifeEnds[revision.epoch] ?? start)
        let unsure = isSure ? max(0, end.clampedDifference(max(start, surely))) : length
        state.unsure = state.unsure.clampedSum(unsure)
        states[current] = state
        guard current.session != .loggedOff else { return }
        if current.activity == .busy || current.activity == .afterCall {
            handling.add(Stretch(start, end))
        }
    }
}

/// All agents' times, from the journal's history.
///
///     var times = AgentsTimes(period)
///     try journal.records(.history, [.agent], to: period.to) { times.take($0) }
///     times.finish()
public struct AgentsTimes: Sendable {
    /// Whose times: a site, a team and a name.
    struct Agent: Sendable, Hashable, Comparable {
        var site: String
        var team: String
        var name: String

        private var names: ExactNames { ExactNames([site, team, name]) }

        static func == (left: Agent, right: Agent) -> Bool { left.names == right.names }
        static func < (left: Agent, right: Agent) -> Bool { left.names < right.names }
        func hash(into hasher: inout Hasher) { names.hash(into: &hasher) }
    }

    let period: ReportPeriod
    private(set) var agents: [Agent: AgentTimes] = [:]
    private var lifeEnds: [UInt32: Int64] = [:]
    private var life: UInt32 = 0
    /// Records that could not be read.
    public private(set) var unreadable = 0

    /// No times yet.
    public init(_ period: ReportPeriod) { self.period = period }

    /// Takes one change under `agent/`; the order of revisions is the caller's, and it begins
    /// with the history, not with the period: what held at its beginning came before.
    public mutating func take(_ record: JournalRecord) {
        let parts = record.key.segments
        defer {
            life = record.revision.epoch
            lifeEnds[life] = record.hubTime
        }
        guard record.key.kind == .agent, period.includes(site: parts[1], team: parts[2]) else {
            return
        }
        let agent = Agent(site: parts[1], team: parts[2], name: parts[3])
        do {
            try agents[agent, default: AgentTimes()].take(record, period, lifeEnds: lifeEnds)
        } catch {
            unreadable += 1
        }
    }

    /// Cuts off the states that go on, after the last record.
    public mutating func finish() {
        for agent in agents.keys {
            agents[agent]?.finish(period, life: life, lifeEnds: lifeEnds)
        }
    }
}
