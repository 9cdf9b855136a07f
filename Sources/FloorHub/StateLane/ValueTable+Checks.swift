import FloorEvents

// What a client's PUT or DELETE must keep to.

extension ValueTable {
    /// Whether the value is the one that a writer has seen.
    ///
    /// A change of freshness is no other value: viewers do not learn the revision it took.
    func checkRevision(
        _ expected: Revision,
        _ known: Int?
    ) throws(StateRefusal) {
        guard expected != .zero else { return }
        var present = Revision.zero
        if let known, !entries[known].isDeleted {
            present = entries[known].revision
            guard expected != present, expected != entries[known].written else { return }
        }
        var refusal = StateRefusal(.conflict)
        refusal.revision = present
        throw refusal
    }

    // Looks at parts of the entry: a copy of all of it costs more than the rest of a PUT's checks.
    func checkShare(
        _ account: Account,
        _ known: Int?,
        size: Int
    ) throws(StateRefusal) {
        var present = 0
        if let known, entries[known].account === account {
            present = entries[known].record.count
            guard entries[known].isDeleted || size > present else { return }
            guard !entries[known].isDeleted || account.has(roomFor: 1, .keys) else {
                throw StateRefusal(.keys)
            }
        } else {
            guard account.has(roomFor: 1, .keys) else { throw StateRefusal(.keys) }
            guard account.has(roomFor: 1, .tombstones) else { throw StateRefusal(.tombstones) }
        }
        let more = size - present
        guard more <= 0 || account.has(roomFor: more, .bytes) else { throw StateRefusal(.bytes) }
    }
}
