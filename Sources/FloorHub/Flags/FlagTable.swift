import FloorEvents

/// One help flag as the hub knows it: applied, perhaps not committed yet.
struct FlagEntry: DeskEntry {
    let id: FloorID
    /// `flag/SITE/TEAM/ID/` and `private/SITE/ASKER/ID/`.
    let key: FloorKey
    let privateKey: FloorKey
    var flag: HelpFlag
    /// Boot time since which the flag waits for what it waits for.
    var since: Int64
    /// Boot time since which its owner has no session; nil while they have one, or nobody owns it.
    var ownerGoneSince: Int64?
    /// Boot time since which the agent is ready or logged off; nil while they are not, or when the
    /// flag is about no call.
    var callDoneSince: Int64?
    /// Boot time at which something happens by itself; `.max` = never.
    var due = Int64.max
    /// Whose share it is of; nil when nobody of them is remembered.
    var account: Account?
}

/// One step of a flag's life, until the journal has confirmed it.
typealias FlagChange = DeskChange<FlagEntry>

/// Every help flag of the hub, by id, by asker and call, by owner and by incident.
///
/// Invariants: an agent has one open flag for each call; every index holds exactly the flags it is
/// about, each once.
struct FlagTable {
    private struct CallKey: Hashable {
        let agent: ExactName
        let call: ExactName

        init(_ agent: String, _ call: String) {
            self.agent = agent.exact
            self.call = call.exact
        }
    }

    /// What a flag is about, and where.
    private struct Topic: Hashable {
        let site: ExactName
        let category: ExactName

        init?(_ entry: FlagEntry) {
            guard !entry.flag.category.isEmpty else { return nil }
            site = entry.key.segments[1].exact
            category = entry.flag.category.exact
        }
    }

    private var desk = Desk<FlagEntry>()
    private var byCall: [CallKey: Int] = [:]
    private var byOwner: [ExactName: [Int]] = [:]
    private var byIncident: [FloorID: [Int]] = [:]
    /// Open flags that others wait for.
    private var incidents: [Topic: [Int]] = [:]
    private var openByAgent: [ExactName: [Int]] = [:]
    private var endedByAgent: [ExactName: [Int]] = [:]
    /// Ended flags, oldest first, for when room is needed.
    private var ended = DueHeap<Int>()
    /// Incidents whose merged flags are to follow them, in the order they changed.
    private var following: [FloorID] = []
    private var isFollowing: Set<FloorID> = []
    /// Flags whose call is over, to be cancelled as soon as the journal takes it.
    private var callsOver: [FloorID] = []
    private var callsDone = 0

    // MARK: looking

    var entries: [FlagEntry?] { desk.entries }
    var changes: [FlagChange] { desk.changes }
    var count: Int { desk.count }
    var isEmpty: Bool { desk.isEmpty }
    var deadline: Int64 { desk.deadline }
    var unsaved: ArraySlice<FlagChange> { desk.unsaved }

    func slot(_ id: FloorID) -> Int? { desk.slot(id) }
    subscript(slot: Int) -> FlagEntry { desk[slot] }
    func isChanging(_ slot: Int) -> Bool { desk.isChanging(slot) }

    /// The flag that stands for what an agent asks about a call; see `HelpFlag.takesCall`.
    func openFlag(agent: String, call: String) -> Int? {
        byCall[CallKey(agent, call)]
    }

    /// The open flags an agent has raised.
    func openFlags(ofAgent agent: String) -> [Int] { openByAgent[agent.exact] ?? [] }

    /// The flag of an agent that ended first, if nothing is to be confirmed of it.
    func oldestEnded(ofAgent agent: String) -> Int? {
        endedByAgent[agent.exact]?.first { !desk.isChanging($0) }
    }

    /// The flags somebody has.
    func flags(ofOwner owner: String) -> [Int] { byOwner[owner.exact] ?? [] }

    /// The flags that wait for another's answer.
    func merged(into incident: FloorID) -> [Int] { byIncident[incident] ?? [] }

    /// The open flag that others about the same wait for, the first there was.
    func incident(about entry: FlagEntry) -> Int? {
        guard !incidents.isEmpty else { return nil }
        return Topic(entry).flatMap { incidents[$0]?.first }
    }

    // MARK: changes

    mutating func reserve() -> Int { desk.reserve() }

    /// Puts a flag's new state in its slot; the change is taken back or confirmed later.
    mutating func apply(_ change: FlagChange) {
        relink(change.slot) { $0.apply(change) }
    }

    /// Puts a state in a slot, without a change to be confirmed.
    mutating func set(_ slot: Int, _ entry: FlagEntry?) {
        relink(slot) { $0.set(slot, entry) }
    }

    mutating func confirm(through revision: Revision) -> ArraySlice<FlagChange> {
        desk.confirm(through: revision)
    }

    /// The journal lost everything after a revision: what was taken back, the last first.
    mutating func takeBack(after revision: Revision) -> [FlagChange] {
        var lost: [FlagChange] = []
        while let last = desk.changes.last, last.revision > revision {
            relink(last.slot) { _ = $0.takeBackLast(after: revision) }
            lost.append(last)
        }
        _ = desk.takeBackLast(after: revision)
        return lost
    }

    mutating func noteSaved() { desk.noteSaved() }

    /// Changes when a flag is due, and since when its owner is gone.
    mutating func setDue(_ slot: Int, _ due: Int64, ownerGoneSince: Int64?) {
        guard var entry = desk.entries[slot] else { return }
        entry.ownerGoneSince = ownerGoneSince
        entry.due = due
        desk.set(slot, entry)
    }

    /// Changes when a flag is due, and since when its agent is done with calls.
    mutating func setDue(_ slot: Int, _ due: Int64, callDoneSince: Int64?) {
        guard var entry = desk.entries[slot] else { return }
        entry.callDoneSince = callDoneSince
        entry.due = due
        desk.set(slot, entry)
    }

    /// A flag whose time to be rated is over.
    mutating func forget(_ slot: Int) { set(slot, nil) }

    // MARK: by itself

    mutating func nextDue(at now: Int64) -> (slot: Int, entry: FlagEntry)? {
        desk.nextDue(at: now)
    }

    /// The next of the ended flags, the oldest first, that nothing is to be confirmed of.
    mutating func nextEnded() -> Int? {
        while let (slot, time) = ended.take(until: .max) {
            guard let entry = desk.entries[slot], entry.flag.isEnded,
                entry.flag.stamps.ended == time
            else { continue }
            if desk.isChanging(slot) {
                ended.add(slot, due: time)
                return nil
            }
            return slot
        }
        return nil
    }

    /// Has the next turn look whether an incident's merged flags are to follow it.
    mutating func follow(_ incident: FloorID) {
        if isFollowing.insert(incident).inserted { following.append(incident) }
    }

    var nextFollowed: FloorID? { following.first }

    /// An incident has been followed.
    mutating func endFollowing() {
        isFollowing.remove(following.removeFirst())
    }

    /// A flag's call is over.
    mutating func noteCallOver(_ id: FloorID) { callsOver.append(id) }

    /// The next flag whose call is over.
    mutating func takeCallOver() -> FloorID? {
        guard callsDone < callsOver.count else { return nil }
        callsDone += 1
        defer {
            if callsDone == callsOver.count {
                callsOver.removeAll(keepingCapacity: true)
                callsDone = 0
            }
        }
        return callsOver[callsDone - 1]
    }

    /// Whether something waits that is due as soon as the journal takes it.
    var hasWaiting: Bool { !following.isEmpty || callsDone < callsOver.count }

    // MARK: who finds it

    private mutating func relink(_ slot: Int, _ change: (inout Desk<FlagEntry>) -> Void) {
        if let old = desk.entries[slot] { unlink(slot, old) }
        change(&desk)
        if let entry = desk.entries[slot] { link(slot, entry) }
    }

    private mutating func link(_ slot: Int, _ entry: FlagEntry) {
        let flag = entry.flag
        entry.account?.take(1, .flags)
        if flag.isEnded {
            ended.add(slot, due: flag.stamps.ended)
            endedByAgent[flag.words.agent.exact, default: []].append(slot)
        } else {
            if flag.takesCall {
                byCall[CallKey(flag.words.agent, flag.words.callReference)] = slot
            }
            openByAgent[flag.words.agent.exact, default: []].append(slot)
        }
        if flag.isHeld { byOwner[flag.owner.exact, default: []].append(slot) }
        if flag.status == .merged { byIncident[flag.incident, default: []].append(slot) }
        if flag.isToBeJoined, let topic = Topic(entry) {
            incidents[topic, default: []].append(slot)
        }
    }

    private mutating func unlink(_ slot: Int, _ entry: FlagEntry) {
        let flag = entry.flag
        entry.account?.giveBack(1, .flags)
        if flag.isEnded {
            Self.remove(slot, from: &endedByAgent, flag.words.agent.exact)
        } else {
            let key = CallKey(flag.words.agent, flag.words.callReference)
            if byCall[key] == slot { byCall[key] = nil }
            Self.remove(slot, from: &openByAgent, flag.words.agent.exact)
        }
        if flag.isHeld { Self.remove(slot, from: &byOwner, flag.owner.exact) }
        if flag.status == .merged { Self.remove(slot, from: &byIncident, flag.incident) }
        if flag.isToBeJoined, let topic = Topic(entry) {
            Self.remove(slot, from: &incidents, topic)
        }
    }

    private static func remove<Key: Hashable>(
        _ slot: Int,
        from lists: inout [Key: [Int]],
        _ key: Key
    ) {
        guard var list = lists[key] else { return }
        // Out of the table while it changes, so that it is not copied.
        lists[key] = nil
        if let place = list.lastIndex(of: slot) { list.remove(at: place) }
        if !list.isEmpty { lists[key] = list }
    }
}

extension HelpFlag {
    /// Whether somebody has it and is expected to help.
    var isHeld: Bool { status == .claimed || status == .engaged }

    /// Whether its asker's next question about the same call is this one.
    ///
    /// An answered flag is so only where the call is said: without one nobody knows that the next
    /// question is about the same, and it must not be lost in an answer that was given before it.
    var takesCall: Bool {
        !isEnded && (status != .answered || !words.callReference.isEmpty)
    }

    /// Whether who asks about the same waits with those who wait for its answer already.
    ///
    /// Not for what is about a person or about safety; and of one that is answered only while there
    /// is an answer in it: "nobody knows" helps nobody, so whoever comes then is heard.
    var isToBeJoined: Bool {
        guard merged > 0, isAboutMany else { return false }
        switch status {
        case .raised, .pending, .claimed, .engaged: return true
        case .answered: return outcome == .answered
        case .unknown, .merged, .closed, .cancelled, .unanswered: return false
        }
    }

    /// Whether others may have the same question: not about one person, nor about safety.
    var isAboutMany: Bool { kind != .safety && kind != .personal }
}
