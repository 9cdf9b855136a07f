import FloorEvents

/// One help flag as the hub knows it: applied, perhaps not committed yet.
struct FlagEntry {
    let id: FloorID
    /// `flag/SITE/TEAM/ID/` and `private/SITE/ASKER/ID/`.
    let key: FloorKey
    let privateKey: FloorKey
    var flag: HelpFlag
    /// Boot time since which the flag waits for what it waits for.
    var since: Int64
    /// Boot time since which its owner has no session; nil while he has one, or nobody owns it.
    var ownerGoneSince: Int64?
    /// Boot time at which something happens by itself; `.max` = never.
    var due = Int64.max
}

/// One step of a flag's life, until the journal has confirmed it.
struct FlagChange {
    let slot: Int
    /// The last of its records; with `first` the stretch of the lane it made.
    let revision: Revision
    let first: Revision
    let before: FlagEntry?
    let after: FlagEntry
}

/// Every help flag of the hub, by id, by asker and call, and by owner.
///
/// Changes are applied at once and confirmed when the journal has them; a lost batch takes its
/// changes back (rule 3). Nothing is ever read in a hash's order.
struct FlagTable {
    private struct CallKey: Hashable {
        let agent: String
        let call: String
    }

    private(set) var entries: [FlagEntry?] = []
    private var free: [Int] = []
    private var slots: [FloorID: Int] = [:]
    private var byCall: [CallKey: Int] = [:]
    private var byOwner: [String: [Int]] = [:]
    private var byIncident: [FloorID: [Int]] = [:]
    private var openByAgent: [String: [Int]] = [:]
    /// Applied and not confirmed, in order.
    private(set) var changes: [FlagChange] = []
    /// So many of them are in a batch that the journal has in hand.
    var handedOver = 0
    var timers = DueHeap<Int>()
    /// Incidents whose merged flags are to follow them, in the order they changed.
    var following: [FloorID] = []
    /// Flags whose call is over, to be cancelled as soon as the journal takes it.
    var callsOver: [FloorID] = []

    /// Flags that are held, ended ones included.
    var count: Int { entries.count - free.count }
    var isEmpty: Bool { slots.isEmpty }

    func slot(_ id: FloorID) -> Int? { slots[id] }

    /// The flag in a slot.
    subscript(slot: Int) -> FlagEntry {
        guard let entry = entries[slot] else { preconditionFailure("FlagTable: a free slot") }
        return entry
    }

    /// The open flag that an agent has for a call.
    func openFlag(agent: String, call: String) -> Int? {
        byCall[CallKey(agent: agent, call: call)]
    }

    /// The open flags an agent has raised.
    func openFlags(ofAgent agent: String) -> [Int] { openByAgent[agent] ?? [] }

    /// The flags somebody has.
    func flags(ofOwner owner: String) -> [Int] { byOwner[owner] ?? [] }

    /// The flags that wait for another's answer.
    func merged(into incident: FloorID) -> [Int] { byIncident[incident] ?? [] }

    // MARK: changes

    /// A slot for a flag that is not here.
    mutating func reserve() -> Int {
        if let slot = free.popLast() { return slot }
        entries.append(nil)
        return entries.count - 1
    }

    /// Puts a flag's new state in its slot; the change is taken back or confirmed later.
    mutating func apply(_ change: FlagChange) {
        set(change.slot, change.after)
        changes.append(change)
    }

    /// Puts a state in a slot, without a change to be confirmed.
    mutating func set(_ slot: Int, _ entry: FlagEntry?) {
        if let old = entries[slot] { unlink(slot, old) }
        entries[slot] = entry
        guard let entry else { return free.append(slot) }
        link(slot, entry)
        if entry.due != .max { timers.add(slot, due: entry.due) }
    }

    /// Changes when a flag is due, and nothing else.
    mutating func setDue(_ slot: Int, _ due: Int64, ownerGoneSince: Int64?) {
        guard var entry = entries[slot] else { return }
        entry.ownerGoneSince = ownerGoneSince
        entry.due = due
        entries[slot] = entry
        if due != .max { timers.add(slot, due: due) }
    }

    /// The journal holds everything up to a revision: the changes that are certain now.
    mutating func confirm(through revision: Revision) -> ArraySlice<FlagChange> {
        let count = changes.firstIndex { $0.revision > revision } ?? changes.count
        let confirmed = changes[..<count]
        changes.removeFirst(count)
        handedOver -= min(count, handedOver)
        return confirmed
    }

    /// The journal lost everything after a revision.
    mutating func takeBack(after revision: Revision) {
        while let last = changes.last, last.revision > revision {
            changes.removeLast()
            set(last.slot, last.before)
        }
        handedOver = min(handedOver, changes.count)
    }

    /// A flag whose time to be rated is over.
    mutating func forget(_ slot: Int) { set(slot, nil) }

    // MARK: who finds it

    private mutating func link(_ slot: Int, _ entry: FlagEntry) {
        slots[entry.id] = slot
        let flag = entry.flag
        if !flag.isEnded {
            let key = CallKey(agent: flag.words.agent, call: flag.words.callReference)
            byCall[key] = slot
            openByAgent[flag.words.agent, default: []].append(slot)
        }
        if flag.isHeld { byOwner[flag.owner, default: []].append(slot) }
        if flag.status == .merged { byIncident[flag.incident, default: []].append(slot) }
    }

    private mutating func unlink(_ slot: Int, _ entry: FlagEntry) {
        slots[entry.id] = nil
        let flag = entry.flag
        if !flag.isEnded {
            let key = CallKey(agent: flag.words.agent, call: flag.words.callReference)
            if byCall[key] == slot { byCall[key] = nil }
            Self.remove(slot, from: &openByAgent, flag.words.agent)
        }
        if flag.isHeld { Self.remove(slot, from: &byOwner, flag.owner) }
        if flag.status == .merged { Self.remove(slot, from: &byIncident, flag.incident) }
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
}
