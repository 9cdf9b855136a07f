import FloorEvents

/// One note as the hub knows it: applied, perhaps not committed yet.
struct NoteEntry: DeskEntry {
    let id: FloorID
    /// Where it is to be read: `note/SITE/TEAM/ID/`, or `personal/SITE/PERSON/ID/`.
    let key: FloorKey
    /// Where its sender is told who has read it; nil for the hub's own.
    let receiptKey: FloorKey?
    var note: FloorNote
    /// Boot time at which something happens by itself.
    var due: Int64
    /// Whom it is for, when they are few enough to be told one by one; else empty.
    var audience: [String] = []
    /// Whose share it is of; nil for the hub's own.
    var account: Account?
}

/// One step of a note's life, until the journal has confirmed it; always one record.
typealias NoteChange = DeskChange<NoteEntry>

/// Every note of the hub; changes are applied at once and confirmed or taken back as flags' are.
struct NoteTable {
    private var desk = Desk<NoteEntry>()

    var entries: [NoteEntry?] { desk.entries }
    var changes: [NoteChange] { desk.changes }
    var count: Int { desk.count }
    var deadline: Int64 { desk.deadline }
    var unsaved: ArraySlice<NoteChange> { desk.unsaved }

    func slot(_ id: FloorID) -> Int? { desk.slot(id) }
    subscript(slot: Int) -> NoteEntry { desk[slot] }
    func isChanging(_ slot: Int) -> Bool { desk.isChanging(slot) }

    mutating func reserve() -> Int { desk.reserve() }

    mutating func apply(_ change: NoteChange) {
        if change.before == nil { change.after.account?.take(1, .notes) }
        desk.apply(change)
    }

    mutating func set(_ slot: Int, _ entry: NoteEntry?) {
        desk.entries[slot]?.account?.giveBack(1, .notes)
        entry?.account?.take(1, .notes)
        desk.set(slot, entry)
    }

    mutating func setDue(_ slot: Int, _ due: Int64) { desk.setDue(slot, due) }

    mutating func confirm(through revision: Revision) -> ArraySlice<NoteChange> {
        desk.confirm(through: revision)
    }

    mutating func takeBack(after revision: Revision) {
        while let lost = desk.takeBackLast(after: revision) {
            if lost.before == nil { lost.after.account?.giveBack(1, .notes) }
        }
    }

    mutating func noteSaved() { desk.noteSaved() }

    mutating func nextDue(at now: Int64) -> (slot: Int, entry: NoteEntry)? {
        desk.nextDue(at: now)
    }
}
