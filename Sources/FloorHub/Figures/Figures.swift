import FloorEvents
import FloorRoster
import FloorWire

// Live figures of help flags, team by team, and the alert rules that look at figures. Facts come
// in as they happen; once a second `next` says what is to be done about those that have come.

/// One thing to do about figures; the hub does it.
enum FigureTask {
    /// Put figures under `team/`, path and entity, if they say something new.
    case tell(path: [UInt8], entity: String, [Figure])
    /// Append who asked most, under `private/-/` and path; then `noteAskersTold`.
    case askers(place: Int, path: [UInt8], TopAskers)
    /// Hand in what stands in this slot of the value table, by `look`.
    case look(Int)
    /// Perform what rules want; then `noteRaised`, `noteCleared` or `retry`.
    case alert(AlertAction)
}

/// Figures and alert rules: fed with committed facts, never with what the journal may still lose.
///
/// - Invariant: a turn in which nothing has changed and no time has come looks at nothing.
struct Figures {
    private var board: FlagBoard
    private var watch = AlertWatch()
    private var storms: StormWatch
    private var roster: Roster
    /// Boot time before which nothing is looked at, and at which every team is.
    private var nextTurn: Int64 = 0
    private var nextMinute: Int64 = 0
    private var now: (boot: Int64, stamp: Int64) = (0, 0)
    /// What this second's look still has to do: places of teams, and slots of values.
    private var teams = Round()
    private var slots = Round()
    /// Whether teams are told with what is told once a minute.
    private var isMinute = false
    /// Whether the last turn's budget ended before its look did.
    private var isCut = false
    private var pending: [FigureTask] = []

    /// Places to be gone through, over as many turns as it takes.
    private struct Round {
        private var places: [Int] = []
        private var done = 0

        var isOver: Bool { done == places.count }

        mutating func add(_ more: [Int]) {
            if isOver {
                places = more
                done = 0
            } else {
                places += more
            }
        }

        mutating func next() -> Int? {
            guard !isOver else { return nil }
            done += 1
            return places[done - 1]
        }
    }

    /// Figures of a hub with this roster.
    ///
    /// - Parameters:
    ///   - roster: its teams, zones and rules.
    ///   - zone: where midnight is when the roster does not say.
    init(_ roster: Roster, zone: FloorZone) {
        self.roster = roster
        board = FlagBoard(roster, zone: zone)
        storms = StormWatch(roster)
        take(roster, at: 0)
    }

    // MARK: facts

    /// The journal has a change of a flag.
    mutating func note(_ change: FlagChange) {
        if let raised = board.note(change) { storms.note(raised) }
    }

    /// A call of one of a team's agents has begun.
    mutating func noteCall(_ agent: FloorKey) { board.noteCall(agent) }

    /// The value in a slot of the table has changed, or was deleted.
    mutating func noteValue(_ slot: Int, _ kind: RecordKind?) {
        guard kind == .queue || kind == .team else { return }
        watch.noteChanged(slot)
    }

    /// Another roster holds: other teams, zones and rules.
    mutating func take(_ roster: Roster, at stamp: Int64) {
        self.roster = roster
        board.take(roster, at: stamp)
        watch.take(roster.alerts)
        storms.take(roster, board.recent)
        keepStorms()
    }

    /// The flags of the hub's last life, as they were stored.
    mutating func restore(_ flags: [FlagEntry], at stamp: Int64) {
        // In the order they were raised, then by id, so that two restarts are equal.
        let sorted = flags.sorted { left, right in
            let (one, other) = (left.flag.stamps.raised, right.flag.stamps.raised)
            return (one, left.id.high, left.id.low) < (other, right.id.high, right.id.low)
        }
        board.restore(sorted, at: stamp)
        storms.take(roster, board.recent)
    }

    /// The alerts that stand: those of the last life, or those a lost batch has left.
    mutating func restoreAlerts(_ alerts: [(AlertSubject, FloorID)]) {
        watch.restore(alerts)
        storms.retry()
        keepStorms()
    }

    private mutating func keepStorms() {
        for rule in roster.alerts.indices {
            if let subject = storms.subject(rule) { watch.noteStorm(subject) }
        }
    }

    // MARK: when

    /// Boot time of the next look; `.max` when there is nothing to look at.
    var deadline: Int64 {
        if isCut { return now.boot }
        if hasMore || board.hasChanged || watch.hasWork || storms.hasChanged { return nextTurn }
        var next = min(watch.earliest, storms.earliest)
        if board.count > 0 { next = min(next, nextMinute) }
        return max(next, nextTurn)
    }

    private var hasMore: Bool { !teams.isOver || !slots.isOver || !pending.isEmpty }

    /// Begins a look, or goes on with one.
    ///
    /// - Parameters:
    ///   - boot: time, microseconds.
    ///   - stamp: the hub's wall time.
    mutating func begin(boot: Int64, stamp: Int64) {
        now = (boot, stamp)
        guard boot >= nextTurn else { return }
        nextTurn = boot.clampedSum(Limits.figuresMicroseconds)
        isMinute = boot >= nextMinute
        if isMinute {
            // Windows of 15 minutes change without a flag, and days begin.
            let day = board.followDays(stamp).clampedDifference(stamp)
            nextMinute = boot.clampedSum(min(60_000_000, max(day, Limits.figuresMicroseconds)))
            board.forgetRecent(before: stamp.clampedDifference(3600 * 1_000_000))
            _ = board.takeChanged()
            teams.add(Array(0..<board.count))
        } else {
            teams.add(board.takeChanged())
        }
        slots.add(watch.takeChanged())
    }

    /// Ends this turn's part of a look.
    ///
    /// - Parameter isCut: whether the turn's budget was used up: it goes on at once.
    mutating func end(isCut: Bool) { self.isCut = isCut }

    // MARK: what to do

    /// The next thing to do; nil when this look is done.
    ///
    /// - Parameters:
    ///   - count: how many slots the value table has.
    ///   - mayAppend: whether the journal takes records; without, alerts wait.
    ///   - work: the units of work this has cost are added here.
    /// - Returns: the task.
    mutating func next(slots count: Int, mayAppend: Bool, work: inout Int) -> FigureTask? {
        if let task = pending.popLast() { return task }
        if let place = teams.next() { return tell(place, &work) }
        guard mayAppend else { return nil }
        if let slot = slots.next() ?? watch.takeDue(at: now.boot) ?? watch.takeSwept(of: count) {
            work += 1
            return .look(slot)
        }
        if let action = watch.takeFormer() { return .alert(action) }
        guard storms.hasChanged || storms.earliest <= now.boot else { return nil }
        let judged = storms.judge(now: now) { watch.alert($0) }
        work += judged.work
        pending = judged.actions.map { .alert($0) }
        return pending.popLast()
    }

    private mutating func tell(_ place: Int, _ work: inout Int) -> FigureTask {
        board.noteTold(place, now.stamp)
        let team = board[place]
        work += team.cost
        if isMinute {
            let top = team.today.askers.top(Limits.topAskers)
            let isTold = top.elementsEqual(team.toldAskers) { $0.0 == $1.name && $0.1 == $1.flags }
            if !top.isEmpty, !isTold {
                let askers = TopAskers(
                    askers: top,
                    raised: team.today.raised,
                    since: team.midnight
                )
                pending.append(.askers(place: place, path: team.path, askers))
            }
        }
        if board.takeCategoriesChanged(place) {
            let figures = team.topCategories(at: now.stamp)
            pending.append(.tell(path: team.path, entity: "categories", figures))
        }
        return .tell(path: team.path, entity: "flags", team.figures(at: now.stamp))
    }

    /// Looks at what stands in a slot of the value table; adds the rules looked at to `work`.
    mutating func look(
        _ slot: Int,
        _ key: Span<UInt8>,
        _ kind: RecordKind,
        _ payload: Span<UInt8>?,
        work: inout Int
    ) -> [AlertAction] {
        let found = watch.look(at: slot, key, kind, payload, now: now)
        work += found.work
        return found.actions
    }

    // MARK: what was done

    /// A team's askers were told.
    mutating func noteAskersTold(_ place: Int, _ top: [(name: String, flags: UInt32)]) {
        board.noteAskersTold(place, top)
    }

    /// An alert was raised.
    mutating func noteRaised(_ subject: AlertSubject, _ id: FloorID, slot: Int?) {
        watch.noteRaised(subject, id, slot: slot)
    }

    /// An alert was cleared.
    mutating func noteCleared(_ subject: AlertSubject, slot: Int?) {
        watch.noteCleared(subject, slot: slot)
    }

    /// What a rule wanted could not be done now: it is looked at again at the next look.
    mutating func retry(slot: Int?) {
        if let slot { watch.noteChanged(slot) } else { storms.retry() }
    }
}

/// An agent's state as it comes.
enum AgentCall {
    /// Whether a call begins with a state.
    ///
    /// A call that was held, or left for a consultation, and goes on is the same one; a call with
    /// another reference is another, although nobody told the end of the first.
    ///
    /// - Parameters:
    ///   - state: a payload of schema `PayloadSchema.agent`.
    ///   - before: the payload that stood before; nil for none.
    /// - Returns: true for a call that was not there before.
    static func begins(_ state: Span<UInt8>, after before: Span<UInt8>?) -> Bool {
        let phase = 4  // AgentState's payload, docs/wire-protocol.md 9
        guard state.count > phase, state[phase] == CallPhase.connected.rawValue else {
            return false
        }
        guard let before, before.count > phase else { return true }
        switch CallPhase(rawValue: before[phase]) {
        case .consulting?, .conferenced?, .paused?: return false
        case .connected?, .held?: return isOther(state, than: before)
        default: return true
        }
    }

    private static func isOther(_ state: Span<UInt8>, than before: Span<UInt8>) -> Bool {
        // Without a reference, or with texts that cannot be read, nobody can tell: the same call.
        guard let new = try? AgentTexts(payload: state).callReference,
            let old = try? AgentTexts(payload: before).callReference,
            !new.isEmpty, !old.isEmpty
        else { return false }
        return state.copy(new) != before.copy(old)
    }
}
