import FloorEvents

/// Which values a new subscription is still owed.
///
/// Invariant: what it has passed was taken or does not belong to it; what changes meanwhile gets a
/// revision behind `end` and comes by the live queue (rule 4).
struct SnapshotCursor {
    enum Order {
        /// Through the keys that match.
        case byKey(KeyCursor)
        /// Through what changed, in the order of last change, from a revision on.
        case byChange(Revision)
    }

    var order: Order
    /// Only values changed after this revision; zero for a full snapshot.
    let after: Revision
    /// The head when it began.
    let end: Revision
    let isFull: Bool

    /// Everything that matches.
    init(full end: Revision) {
        order = .byKey(KeyCursor())
        after = .zero
        self.end = end
        isFull = true
    }

    /// What matches and changed after a token, found among what matches.
    init(matching after: Revision, through end: Revision) {
        order = .byKey(KeyCursor())
        self.after = after
        self.end = end
        isFull = false
    }

    /// The same, found among what changed.
    init(changed after: Revision, through end: Revision) {
        order = .byChange(after.next)
        self.after = after
        self.end = end
        isFull = false
    }

    /// For a delta: everything that changed up to here was taken.
    var reached: Revision {
        switch order {
        case .byKey: after
        case .byChange(let next): next.previous
        }
    }

    /// Whether a delta has yet to tell of a change.
    func awaits(_ revision: Revision) -> Bool {
        !isFull && reached < revision && revision <= end
    }
}
