import FloorEvents

/// What a desk keeps of one thing: a flag, a note.
protocol DeskEntry {
    var id: FloorID { get }
    /// Boot time at which something happens by itself; `.max` = never.
    var due: Int64 { get set }
}

/// One step of a thing's life, until the journal has confirmed it.
struct DeskChange<Entry: DeskEntry> {
    let slot: Int
    /// The stretch of the event lane that its records are.
    let first: Revision
    let revision: Revision
    let before: Entry?
    let after: Entry

    /// Its records, in order.
    func forEachRecord(_ body: (Revision) -> Void) {
        var next = first
        while next <= revision {
            body(next)
            next = next.next
        }
    }
}

/// What flags and notes, and every later desk, do alike: things by id, changes that are applied at
/// once and confirmed or taken back with their batch, and what is due by itself.
///
/// Invariants: applied = committed + changes, in the order of their revisions; a thing is found by
/// its id exactly while it has a slot. Nothing is ever read in a hash's order.
struct Desk<Entry: DeskEntry> {
    private(set) var entries: [Entry?] = []
    private var free: [Int] = []
    private var slots: [FloorID: Int] = [:]
    /// Applied and not confirmed, in order.
    private(set) var changes: [DeskChange<Entry>] = []
    /// So many of them are in a batch that the journal has in hand.
    private var handedOver = 0
    /// Changes of each slot that are not confirmed.
    private var changing: [Int32] = []
    private var timers = DueHeap<Int>()

    /// Things that are held.
    var count: Int { entries.count - free.count }
    var isEmpty: Bool { slots.isEmpty }

    func slot(_ id: FloorID) -> Int? { slots[id] }

    /// The thing in a slot.
    subscript(slot: Int) -> Entry {
        guard let entry = entries[slot] else { preconditionFailure("Desk: a free slot") }
        return entry
    }

    /// Whether the journal is yet to confirm something about a slot.
    func isChanging(_ slot: Int) -> Bool { changing[slot] > 0 }

    // MARK: changes

    /// A slot for a thing that is not here.
    mutating func reserve() -> Int {
        if let slot = free.popLast() { return slot }
        entries.append(nil)
        changing.append(0)
        return entries.count - 1
    }

    /// Puts a thing's new state in its slot; the change is confirmed or taken back later.
    mutating func apply(_ change: DeskChange<Entry>) {
        assert(changes.last.map { $0.revision < change.first } ?? true, "Desk: changes ascend")
        changes.append(change)
        changing[change.slot] += 1
        set(change.slot, change.after)
    }

    /// Puts a state in a slot, without a change to be confirmed.
    mutating func set(_ slot: Int, _ entry: Entry?) {
        if let old = entries[slot] { slots[old.id] = nil }
        entries[slot] = entry
        guard let entry else { return free.append(slot) }
        slots[entry.id] = slot
        if entry.due != .max { timers.add(slot, due: entry.due) }
    }

    /// The journal holds everything up to a revision: the changes that are certain now.
    mutating func confirm(through revision: Revision) -> ArraySlice<DeskChange<Entry>> {
        let count = changes.firstIndex { $0.revision > revision } ?? changes.count
        let confirmed = changes[..<count]
        changes.removeFirst(count)
        handedOver -= min(count, handedOver)
        for change in confirmed { changing[change.slot] -= 1 }
        return confirmed
    }

    /// The journal lost everything after a revision: takes the last change back, if it is of that.
    mutating func takeBackLast(after revision: Revision) -> DeskChange<Entry>? {
        guard let last = changes.last, last.revision > revision else {
            handedOver = min(handedOver, changes.count)
            return nil
        }
        changes.removeLast()
        changing[last.slot] -= 1
        set(last.slot, last.before)
        return last
    }

    /// Changes that no batch has.
    var unsaved: ArraySlice<DeskChange<Entry>> { changes[handedOver...] }

    /// All of them are in a batch.
    mutating func noteSaved() { handedOver = changes.count }

    // MARK: by itself

    /// The earliest time at which something may be due.
    var deadline: Int64 { timers.earliest }

    /// Changes when a thing is due, and nothing else.
    mutating func setDue(_ slot: Int, _ due: Int64) {
        guard entries[slot] != nil else { return }
        entries[slot]?.due = due
        if due != .max { timers.add(slot, due: due) }
    }

    /// The next thing whose time has come; a time that was changed since is found out here (R20).
    mutating func nextDue(at now: Int64) -> (slot: Int, entry: Entry)? {
        while let (slot, due) = timers.take(until: now) {
            if let entry = entries[slot], entry.due == due { return (slot, entry) }
        }
        return nil
    }
}
