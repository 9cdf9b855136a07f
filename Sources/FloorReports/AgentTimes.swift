import FloorEvents
public import FloorJournal
import FloorWire

/// One agent's time in a stretch, from the history of their key.
struct AgentTimes: Sendable {
    private(set) var states = StateList()
    private(set) var handling = Stretches()
    /// Calls that they took.
    private(set) var contacts: Int64 = 0
    private(set) var missing: Int64 = 0
    private var current: StateLabel?
    private var call = CallPhase.none
    private var callReference: ArraySlice<UInt8> = []
    private var since: Int64 = 0
    private var isSure = true
    private var revision = Revision.zero

    /// Goes on with a change.
    ///
    /// - Throws: `WireError` for a payload that is no agent's state.
    mutating func take(
        _ record: JournalRecord,
        _ period: ReportPeriod,
        _ lives: HubLives
    ) throws(WireError) {
        let isSameLife = record.revision.epoch == revision.epoch
        // A key that was removed long ago begins anew.
        let isNew = record.previous == .zero && current == nil
        let isCounted = period.includes(record.hubTime)
        if isSameLife, !isNew, record.previous != revision, isCounted { missing += 1 }
        end(at: record.hubTime, period, lives)
        let before = current
        if record.operation == .put {
            let payload = record.payload
            var state = try AgentState(numbersOf: payload.span)
            let texts = try AgentTexts(payload: payload.span)
            state.reason = String(decoding: payload[texts.reason], as: UTF8.self)
            current = StateLabel(state)
            let reference = payload[texts.callReference]
            if isCounted, state.call == .connected, begins(reference, after: before) {
                contacts += 1
            }
            call = state.call
            callReference = reference
        } else {
            current = nil
        }
        if let current, current != before, isCounted {
            states.change(current) { $0.count += 1 }
        }
        since = record.hubTime
        isSure = record.freshness == .live
        revision = record.revision
    }

    /// Whether a state with a connected call begins one, as the hub's live figures count them: one
    /// that was held, or left for a consultation, goes on; another reference is another call.
    private func begins(_ reference: ArraySlice<UInt8>, after before: StateLabel?) -> Bool {
        guard before != nil else { return true }
        switch call {
        case .consulting, .conferenced, .paused: return false
        case .connected, .held:
            return !reference.isEmpty && !callReference.isEmpty && reference != callReference
        default: return true
        }
    }

    /// Counts the state that goes on, to the end of the stretch.
    mutating func finish(_ period: ReportPeriod, _ lives: HubLives) {
        end(at: period.end, period, lives)
    }

    /// Counts anew, with the state that goes on.
    mutating func begin() {
        states = StateList()
        handling = Stretches()
        contacts = 0
        missing = 0
    }

    private mutating func end(at time: Int64, _ period: ReportPeriod, _ lives: HubLives) {
        guard let current else { return }
        let (start, end) = (max(since, period.from), min(time, period.end))
        guard end > start else { return }
        let length = Stretch(start, end).length
        let surely = min(end, lives.end(of: revision.epoch))
        let unsure = isSure ? max(0, end.clampedDifference(max(start, surely))) : length
        states.change(current) { state in
            state.total = state.total.clampedSum(length)
            state.unsure = state.unsure.clampedSum(unsure)
        }
        guard current.session != .loggedOff else { return }
        if current.activity == .busy || current.activity == .afterCall {
            handling.add(Stretch(start, end))
        }
    }
}

/// Until when anything is known of each life of the hub.
struct HubLives: Sendable {
    private var ends: [UInt32: Int64]
    private var last: UInt32
    private var lastTime = Int64.min

    init(_ ends: [UInt32: Int64]) {
        self.ends = ends
        last = ends.keys.max() ?? 0
    }

    /// A life has made a change.
    mutating func note(_ epoch: UInt32, _ time: Int64) {
        // The last life goes on: nobody asks for its end before there is another.
        if epoch == last {
            lastTime = max(lastTime, time)
            return
        }
        if epoch > last {
            ends[last] = max(ends[last] ?? .min, lastTime)
            last = epoch
            lastTime = ends[epoch] ?? .min
        }
        ends[epoch] = max(ends[epoch] ?? .min, time)
    }

    /// The last change of a life; the last life goes on.
    func end(of epoch: UInt32) -> Int64 {
        epoch == last ? .max : ends[epoch] ?? .min
    }
}

/// All agents' times, from the journal's history.
///
///     let lives = try journal.lastChangesOfLives(before: end)
///     var times = AgentsTimes(period, lives: lives)
///     try journal.lastChanges(.agent, before: period.from) { times.take($0) }
///     try journal.records(.history, [.agent], from: period.from, to: period.to) { times.take($0) }
///     times.finish()
public struct AgentsTimes: Sendable, IntervalCounting {
    /// Whose times: a site, a team and a name.
    struct Agent: Sendable, Hashable, Comparable {
        // Not `ExactNames`, which has a list for each: there are thousands of agents in each of a
        // hundred intervals.
        private let place: ExactName
        private let group: ExactName
        private let person: ExactName

        init(site: String, team: String, name: String) {
            place = site.exact
            group = team.exact
            person = name.exact
        }

        var site: String { place.text }
        var team: String { group.text }
        var name: String { person.text }

        static func < (left: Agent, right: Agent) -> Bool {
            (left.place, left.group, left.person) < (right.place, right.group, right.person)
        }
    }

    private(set) var period: ReportPeriod
    /// The agents in the order in which they were first seen.
    private(set) var all: [(agent: Agent, times: AgentTimes)] = []
    /// Each key's place in `all`; nil for a key that is not asked for.
    private var places: [FloorKey: Int?] = [:]
    private var lives: HubLives
    /// Records that could not be read.
    public private(set) var unreadable = 0

    /// No times yet.
    ///
    /// - Parameters:
    ///   - period: the stretch of time.
    ///   - lives: when each life of the hub made its last change, by epoch; what the records show
    ///     is added.
    public init(_ period: ReportPeriod, lives: [UInt32: Int64] = [:]) {
        self.period = period
        self.lives = HubLives(lives)
    }

    /// Takes one change under `agent/`; the order of revisions is the caller's.
    ///
    /// What held at the beginning of the stretch comes first: each key's last change before it
    /// suffices.
    public mutating func take(_ record: JournalRecord) {
        lives.note(record.revision.epoch, record.hubTime)
        guard let place = place(of: record.key) else { return }
        do {
            try all[place].times.take(record, period, lives)
        } catch {
            unreadable += 1
        }
    }

    private mutating func place(of key: FloorKey) -> Int? {
        if let place = places[key] { return place }
        let parts = key.segments
        guard key.kind == .agent, period.includes(site: parts[1], team: parts[2]) else {
            places[key] = .some(nil)
            return nil
        }
        let agent = Agent(site: parts[1], team: parts[2], name: parts[3])
        places[key] = all.count
        all.append((agent, AgentTimes()))
        return all.count - 1
    }

    /// By whose they are.
    var byAgent: [Agent: AgentTimes] {
        Dictionary(all.map { ($0.agent, $0.times) }, uniquingKeysWith: { first, _ in first })
    }

    /// Counts the states that go on, after the last record of the stretch.
    public mutating func finish() {
        for place in all.indices { all[place].times.finish(period, lives) }
    }

    /// Counts anew for the next stretch, with the states that go on.
    public mutating func begin(_ period: ReportPeriod) {
        self.period = period
        for place in all.indices { all[place].times.begin() }
    }
}
