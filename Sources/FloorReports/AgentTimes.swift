import FloorEvents
public import FloorJournal
import FloorWire

/// What a change of a state says beside its key and its payload.
struct StoredChange {
    var revision: Revision
    var previous: Revision
    var operation: RecordOperation?
    var freshness: Freshness
    var hubTime: Int64

    init(_ header: RecordHeader) {
        revision = header.revision
        previous = header.previous
        operation = header.operation
        freshness = header.flags.freshness
        hubTime = header.hubTime
    }

    init(_ record: JournalRecord) {
        revision = record.revision
        previous = record.previous
        operation = record.operation
        freshness = record.freshness
        hubTime = record.hubTime
    }
}

/// One agent's time in a stretch, from the history of their key.
struct AgentTimes: Sendable {
    private(set) var states = StateList()
    private(set) var handling = Stretches()
    /// Calls that they took.
    private(set) var contacts: Int64 = 0
    private(set) var missing: Int64 = 0
    private var current: StateLabel?
    /// Where that is in `states`; nil = it is not looked up yet.
    private var place: Int?
    private var call = CallPhase.none
    /// Stands for the call's reference; 0 = it has none.
    private var callReference: UInt64 = 0
    private var since: Int64 = 0
    private var isSure = true
    private var revision = Revision.zero

    /// Goes on with a change.
    ///
    /// - Throws: `WireError` for a payload that is no agent's state.
    mutating func take(
        _ change: StoredChange,
        _ payload: Span<UInt8>,
        _ period: ReportPeriod,
        _ lives: HubLives
    ) throws(WireError) {
        let isSameLife = change.revision.epoch == revision.epoch
        // A key that was removed long ago begins anew.
        let isNew = change.previous == .zero && current == nil
        let isCounted = period.includes(change.hubTime)
        if isSameLife, !isNew, change.previous != revision, isCounted { missing += 1 }
        end(at: change.hubTime, period, lives)
        var next: StateLabel?
        if change.operation == .put {
            var state = try AgentState(numbersOf: payload)
            let texts = try AgentTexts(payload: payload)
            if !texts.reason.isEmpty {
                state.reason = String(decoding: payload.copy(texts.reason), as: UTF8.self)
            }
            next = StateLabel(state)
            let reference = Self.sign(payload.extracting(texts.callReference))
            if isCounted, state.call == .connected, begins(reference) { contacts += 1 }
            call = state.call
            callReference = reference
        }
        if next != current {
            current = next
            place = nil
            if let next, isCounted { states.change(placed(next)) { $0.count += 1 } }
        }
        since = change.hubTime
        isSure = change.freshness == .live
        revision = change.revision
    }

    /// What stands for a reference; of two that differ by chance alone the same.
    private static func sign(_ reference: Span<UInt8>) -> UInt64 {
        if reference.isEmpty { return 0 }
        let (low, high) = (ByteIndex.hash(reference), ByteIndex.hash(reference, salt: 1))
        return max(UInt64(high) << 32 | UInt64(low), 1)
    }

    /// Whether a state with a connected call begins one, as the hub's live figures count them.
    ///
    /// One that was held, or left for a consultation, goes on; another reference is another call.
    private func begins(_ reference: UInt64) -> Bool {
        guard current != nil else { return true }
        switch call {
        case .consulting, .conferenced, .paused: return false
        case .connected, .held:
            return reference != 0 && callReference != 0 && reference != callReference
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
        place = nil
        handling = Stretches()
        contacts = 0
        missing = 0
    }

    private mutating func placed(_ label: StateLabel) -> Int {
        if let place { return place }
        let found = states.place(of: label)
        place = found
        return found
    }

    private mutating func end(at time: Int64, _ period: ReportPeriod, _ lives: HubLives) {
        guard let current else { return }
        let (start, end) = (max(since, period.from), min(time, period.end))
        guard end > start else { return }
        let length = Stretch(start, end).length
        let surely = min(end, lives.end(of: revision.epoch))
        let unsure = isSure ? max(0, end.clampedDifference(max(start, surely))) : length
        states.change(placed(current)) { state in
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
    /// The keys that were seen, by their bytes.
    private var index = ByteIndex()
    private var keys: [UInt8] = []
    /// Where each key lies in `keys`, and its place in `all`; nil for one that is not asked for.
    private var seen: [(key: Range<Int>, place: Int?)] = []
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
        take(StoredChange(record), record.key.bytes.span, record.payload.span)
    }

    /// The same with the bytes of a well-formed key and of a payload, of which nothing is kept.
    mutating func take(_ change: StoredChange, _ key: Span<UInt8>, _ payload: Span<UInt8>) {
        lives.note(change.revision.epoch, change.hubTime)
        guard let place = place(of: key) else { return }
        do {
            try all[place].times.take(change, payload, period, lives)
        } catch {
            unreadable += 1
        }
    }

    private mutating func place(of key: Span<UInt8>) -> Int? {
        let hash = ByteIndex.hash(key)
        let known = index.find(hash) { number in
            let range = seen[number].key
            return range.count == key.count && keys.holds(key, at: range.lowerBound)
        }
        if let known { return seen[known].place }
        let place = newPlace(of: key)
        index.insert(hash, seen.count)
        let start = keys.count
        keys.append(span: key)
        seen.append((start..<keys.count, place))
        return place
    }

    private mutating func newPlace(of bytes: Span<UInt8>) -> Int? {
        guard let key = try? FloorKey(bytes: bytes.copy(0..<bytes.count)), key.kind == .agent
        else { return nil }
        let parts = key.segments
        guard period.includes(site: parts[1], team: parts[2]) else { return nil }
        all.append((Agent(site: parts[1], team: parts[2], name: parts[3]), AgentTimes()))
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
