import FloorEvents

/// What one SUBSCRIBE asked for, and how far its snapshot is.
struct Subscription {
    var id: UInt32
    var filter: KeyFilter
    /// The filter's place in the filter index.
    var node: Int
    /// Event-lane records after this revision are wanted.
    var eventStart: Revision
    var snapshot: Snapshot
    /// Whether open flags and unexpired notes of earlier revisions are still to come.
    var awaitsKept = false
    /// So many of them were sent.
    var keptSent: UInt64 = 0

    enum Snapshot {
        /// The cursor over the values, and how many were sent.
        case owed(SnapshotCursor, sent: UInt64)
        /// The cursor is through; keys that changed meanwhile, up to `until`, must go first.
        case draining(until: Revision, full: Bool, sent: UInt64)
        case done
    }

    /// A delta's cursor that is not through yet.
    var delta: SnapshotCursor? {
        guard case .owed(let cursor, _) = snapshot, !cursor.isFull else { return nil }
        return cursor
    }

    var isOwed: Bool {
        if case .owed = snapshot { return true }
        return false
    }

    var isDone: Bool {
        if case .done = snapshot { return true }
        return false
    }
}

/// One key that a session must be told of.
struct DirtyKey {
    var slot: Int32
    /// The entry's change count when it became dirty; the difference was passed over.
    var changesBefore: UInt32
    var firstRevision: Revision
}

extension KeyFilter {
    /// Whether some key of the event lane could match; else no journal need be read, and no GAP
    /// be told.
    var mayMatchEvents: Bool {
        guard let kind = KeyRules.kind(of: bytes.span) else { return true }
        return kind.lane == .event
    }

    /// Whether some key of the state lane could match.
    var mayMatchState: Bool {
        guard let kind = KeyRules.kind(of: bytes.span) else { return true }
        return kind.lane == .state
    }

    /// Whether the last record of some matching key is kept while what it is about has a life.
    var mayMatchKept: Bool {
        switch KeyRules.kind(of: bytes.span) {
        case nil, .flag, .note, .private, .personal: true
        case .agent, .queue, .team, .presence, .custom, .event, .catalogue: false
        }
    }
}
