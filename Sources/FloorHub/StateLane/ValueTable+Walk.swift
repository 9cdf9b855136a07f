import FloorEvents
import FloorWire

// Cursors over the table: for snapshots and questions, some of it at a time.

extension ValueTable {
    /// What a new subscription is owed: all that matches, or what changed after its token.
    func snapshot(of filter: KeyFilter, after token: Revision?) -> SnapshotCursor {
        guard let token else { return SnapshotCursor(full: head) }
        // Whatever is less to look at: what changed since, or what matches.
        let changed = log.count - log.firstPlace(from: token.next)
        if let matching = tree.count(below: filter), matching <= changed {
            return SnapshotCursor(matching: token, through: head)
        }
        return SnapshotCursor(changed: token, through: head)
    }

    /// Looks at what a snapshot still owes, as long as `take` says so and work is left; true when
    /// nothing is left.
    func walk(
        _ cursor: inout SnapshotCursor,
        _ filter: KeyFilter,
        _ work: inout Int,
        _ take: (Int) -> Bool
    ) -> Bool {
        switch cursor.order {
        case .byKey(var keys):
            let after = cursor.after
            let end = cursor.end
            let isFull = cursor.isFull
            let isThrough = walk(&keys, filter, &work) { slot in
                let entry = entries[slot]
                let isOld = entry.revision <= after || entry.revision > end
                return isOld || (isFull && entry.isDeleted) || take(slot)
            }
            cursor.order = .byKey(keys)
            return isThrough
        case .byChange(var next):
            defer { cursor.order = .byChange(next) }
            return walkChanges(&next, through: cursor.end, filter, &work, take)
        }
    }

    /// Looks at every key that a filter matches, tombstones too.
    func walk(
        _ cursor: inout KeyCursor,
        _ filter: KeyFilter,
        _ work: inout Int,
        _ take: (Int) -> Bool
    ) -> Bool {
        tree.walk(
            filter,
            &cursor,
            &work,
            find: { find($0, hash: ByteIndex.hash($0)) },
            take: take
        )
    }

    private func walkChanges(
        _ next: inout Revision,
        through end: Revision,
        _ filter: KeyFilter,
        _ work: inout Int,
        _ take: (Int) -> Bool
    ) -> Bool {
        var place = log.firstPlace(from: next)
        while place < log.count, log.revisions[place] <= end {
            guard work > 0 else { return false }
            work -= 1
            next = log.revisions[place]
            let slot = Int(log.slots[place])
            if entries[slot].revision == next, matches(filter, slot), !take(slot) { return false }
            next = next.next
            place += 1
        }
        return true
    }

    /// Whether a filter matches a slot's key.
    func matches(_ filter: KeyFilter, _ slot: Int) -> Bool {
        let record = entries[slot].record
        return filter.matches(record.span.extracting(keyRange(slot)))
    }

    /// A cursor as a client brings it back: a slot, and enough of its key's birth to know it by.
    func wireCursor(_ slot: Int, after cursor: UInt64) -> UInt64 {
        WireCursor.write(slot: slot, entries[slot].place, after: cursor)
    }

    /// The key that such a cursor names; nil when it is gone.
    func slot(_ wire: UInt64) -> Int? {
        guard let slot = WireCursor.slot(wire), isUsed(slot),
            WireCursor.names(entries[slot].place, wire)
        else { return nil }
        return slot
    }

    /// What it stands for; one whose key is gone begins anew.
    func cursor(_ wire: UInt64) -> KeyCursor {
        slot(wire).map { tree.cursor(at: entries[$0].place) } ?? KeyCursor()
    }
}
