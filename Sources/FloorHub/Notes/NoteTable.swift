import FloorEvents

/// One note as the hub knows it: applied, perhaps not committed yet.
struct NoteEntry {
    let id: FloorID
    /// Where it is to be read: `note/SITE/TEAM/ID/`, or `private/SITE/PERSON/ID/`.
    let key: FloorKey
    /// Where its sender is told who has read it; nil for the hub's own.
    let receiptKey: FloorKey?
    var note: FloorNote
    /// Boot time at which something happens by itself.
    var due: Int64
}

/// One step of a note's life, until the journal has confirmed it.
struct NoteChange {
    let slot: Int
    let revision: Revision
    let before: NoteEntry?
    let after: NoteEntry
}

/// Every note of the hub; changes are applied at once and confirmed or taken back as flags' are.
struct NoteTable {
    private(set) var entries: [NoteEntry?] = []
    private var free: [Int] = []
    private var slots: [FloorID: Int] = [:]
    private(set) var changes: [NoteChange] = []
    /// So many of them are in a batch that the journal has in hand.
    var handedOver = 0
    var timers = DueHeap<Int>()

    var count: Int { entries.count - free.count }

    func slot(_ id: FloorID) -> Int? { slots[id] }

    /// The note in a slot.
    subscript(slot: Int) -> NoteEntry {
        guard let entry = entries[slot] else { preconditionFailure("NoteTable: a free slot") }
        return entry
    }

    mutating func reserve() -> Int {
        if let slot = free.popLast() { return slot }
        entries.append(nil)
        return entries.count - 1
    }

    mutating func apply(_ change: NoteChange) {
        set(change.slot, change.after)
        changes.append(change)
    }

    mutating func set(_ slot: Int, _ entry: NoteEntry?) {
        if let old = entries[slot] { slots[old.id] = nil }
        entries[slot] = entry
        guard let entry else { return free.append(slot) }
        slots[entry.id] = slot
        timers.add(slot, due: entry.due)
    }

    mutating func confirm(through revision: Revision) -> ArraySlice<NoteChange> {
        let count = changes.firstIndex { $0.revision > revision } ?? changes.count
        let confirmed = changes[..<count]
        changes.removeFirst(count)
        handedOver -= min(count, handedOver)
        return confirmed
    }

    mutating func takeBack(after revision: Revision) {
        while let last = changes.last, last.revision > revision {
            changes.removeLast()
            set(last.slot, last.before)
        }
        handedOver = min(handedOver, changes.count)
    }
}
