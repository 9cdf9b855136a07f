/// Which notes a person at work is shown, and when: what is not urgent waits until they are not on
/// a call.
///
///     var desk = NoteDesk(person: "ana", roles: .agent)
///     let shown = desk.take(note, id)      // empty while they are busy
///     let now = desk.setBusy(false)        // what has waited, oldest first
///
/// Pure: no clock; what has ended meanwhile is told by the hub, and is not shown late.
public struct NoteDesk: Sendable {
    private let person: String
    private let roles: Roles
    private var isBusy = false
    private var waiting: [(id: FloorID, note: FloorNote)] = []
    private var shown: Set<FloorID> = []

    /// A desk where nobody is on a call.
    public init(person: String, roles: Roles) {
        self.person = person
        self.roles = roles
    }

    /// Notes that wait for the person to be free.
    public var waitingCount: Int { waiting.count }

    /// Takes a note as it stands now; gives what is to be shown at once.
    public mutating func take(_ note: FloorNote, _ id: FloorID) -> [FloorNote] {
        waiting.removeAll { $0.id == id }
        if note.status.isEnded {
            // Only who has seen it needs to know that it is over.
            return shown.remove(id) == nil ? [] : [note]
        }
        guard isFor(note) else { return [] }
        if isBusy, note.priority != .urgent, !shown.contains(id) {
            waiting.append((id, note))
            return []
        }
        shown.insert(id)
        return [note]
    }

    /// The person's call begins or ends; gives what has waited, oldest first.
    public mutating func setBusy(_ isBusy: Bool) -> [FloorNote] {
        self.isBusy = isBusy
        guard !isBusy else { return [] }
        let notes = waiting
        waiting.removeAll()
        for (id, _) in notes { shown.insert(id) }
        return notes.map { $0.note }
    }

    private func isFor(_ note: FloorNote) -> Bool {
        if !note.person.isEmpty { return note.person.exact == person.exact }
        return note.roles.isEmpty || !note.roles.isDisjoint(with: roles)
    }
}
