import FloorBus
import Synchronization

/// What one subscriber knows of the floor, from nothing but what it received.
///
/// - Thread: `take` by the reading task; everything else from any.
final class FloorView: Sendable {
    /// An agent as last told.
    struct AgentView: Sendable {
        var name: String
        var team: String
        var state: AgentState
        var freshness: Freshness
        var isWill: Bool
    }

    /// Something about an agent that is worth a line.
    struct Remark: Sendable {
        var agent: AgentView
        /// When the hub applied it, microseconds since 1970.
        var time: Int64
    }

    struct State: Sendable {
        var values: [FloorKey: HeldValue] = [:]
        var agents: [FloorKey: AgentView] = [:]
        var queues: [FloorKey: QueueLevel] = [:]
        var teams: [FloorKey: TeamFigures] = [:]
        var remarks: [Remark] = []
        var records = 0
        var eventNumbers = NumberSet()
        var gaps = 0
        var resyncs = 0
        var isLinked = false
        var stateHead = Revision.zero
        var eventHead = Revision.zero
        var unreadable = 0
    }

    private static let remarksKept = 200
    private let state = Mutex(State())

    /// A copy of everything.
    var present: State { state.withLock { $0 } }

    func take(_ event: FloorBusEvent) {
        state.withLock { state in
            switch event {
            case .record(let record): state.take(record, keeping: Self.remarksKept)
            case .removed(let record): state.remove(record)
            case .linkUp(let change):
                state.isLinked = true
                if change.continuity == .resynced { state.resyncs += 1 }
            case .linkDown: state.isLinked = false
            case .snapshotEnd: break
            case .gap(_, _, let count): state.gaps += Int(clamping: count ?? 1)
            }
        }
    }
}

extension FloorView.State {
    mutating func take(_ record: FloorRecord, keeping limit: Int) {
        records += 1
        if record.key.kind.lane == .event {
            eventHead = max(eventHead, record.revision)
            guard let number = Self.number(of: record.payload) else {
                unreadable += 1
                return
            }
            return eventNumbers.insert(number)
        }
        stateHead = max(stateHead, record.revision)
        values[record.key] = HeldValue(record)
        do {
            if let state = try record.agentState { takeAgent(record, state, keeping: limit) }
            if let level = try record.queueLevel { queues[record.key] = level }
            if let figures = try record.teamFigures { teams[record.key] = figures }
        } catch {
            unreadable += 1
        }
    }

    mutating func remove(_ record: FloorRecord) {
        stateHead = max(stateHead, record.revision)
        values[record.key] = nil
        agents[record.key] = nil
        queues[record.key] = nil
        teams[record.key] = nil
    }

    /// The last field of a call's step is the event's number in the run.
    private static func number(of payload: [UInt8]) -> Int? {
        let text = String(decoding: payload, as: UTF8.self)
        return text.split(separator: "\t", omittingEmptySubsequences: false).last.flatMap {
            Int($0)
        }
    }

    private mutating func takeAgent(
        _ record: FloorRecord,
        _ state: AgentState,
        keeping limit: Int
    ) {
        let segments = record.key.segments
        let agent = FloorView.AgentView(
            name: segments[3],
            team: segments[2],
            state: state,
            freshness: record.freshness,
            isWill: record.isWill
        )
        let before = agents.updateValue(agent, forKey: record.key)
        // The steps of calls follow each other too fast to be read: not worth a line each.
        let isOfACall = [.reserved, .busy, .afterCall].contains(state.activity)
        let cameFromACall = before.map {
            [.reserved, .busy, .afterCall].contains($0.state.activity)
        }
        let changedFreshness = before.map { $0.freshness != record.freshness } ?? false
        let isPause = !isOfACall && !(state.activity == .ready && cameFromACall ?? true)
        guard changedFreshness || record.isWill || (isPause && before != nil) else { return }
        let time = record.hubTime?.microsecondsSince1970 ?? 0
        remarks.append(FloorView.Remark(agent: agent, time: time))
        if remarks.count > limit { remarks.removeFirst(remarks.count - limit) }
    }
}

/// A value as two sides compare it.
struct HeldValue: Sendable, Equatable {
    var revision: Revision
    var freshness: Freshness
    var schema: UInt16
    var payload: [UInt8]

    init(revision: Revision, freshness: Freshness, schema: UInt16, payload: [UInt8]) {
        self.revision = revision
        self.freshness = freshness
        self.schema = schema
        self.payload = payload
    }

    init(_ record: FloorRecord) {
        self.init(
            revision: record.revision,
            freshness: record.freshness,
            schema: record.schema,
            payload: record.payload
        )
    }
}

/// Which numbers have come, counted from 0, and how many came again.
struct NumberSet: Sendable, Equatable {
    /// Every number below has come.
    private var end = 0
    /// Numbers from `end` on that have come; empty as long as they come in order.
    private var beyond: Set<Int> = []
    /// Different numbers that have come.
    private(set) var count = 0
    /// Numbers that had come before.
    private(set) var repeated = 0

    /// More numbers out of order are not kept, and so count as missing: a bound on memory.
    static let mostBeyond = 1 << 20

    mutating func insert(_ number: Int) {
        guard number >= end, !beyond.contains(number) else {
            repeated += 1
            return
        }
        guard beyond.count < Self.mostBeyond else { return }
        beyond.insert(number)
        count += 1
        while beyond.remove(end) != nil { end += 1 }
    }

    /// How many of the numbers below `limit` have not come.
    func missing(below limit: Int) -> Int {
        limit <= end ? 0 : limit - end - beyond.count { $0 < limit }
    }
}
