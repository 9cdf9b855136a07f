import FloorEvents

/// Filters some of whose readers wait for the end of a snapshot.
typealias LateReaders = Set<Int>

/// Who is to be told of a changed value, and of a producer's freshness.
///
/// Freshness is said once for a producer to whoever has its values, and each of them derives it for
/// its values; with each value it would cost a silent bridge's viewers megabytes. Whose snapshot is
/// not through may not have them yet: such a reader is told of each value.
struct Marks {
    private let clock: HubClock
    private let ledger: HubLedger
    private var matches = MatchCache()

    init(_ clock: HubClock, _ ledger: HubLedger) {
        self.clock = clock
        self.ledger = ledger
    }

    /// Has every session told whose filter matches a changed value.
    mutating func mark(
        _ change: StateChange,
        _ lane: borrowing StateLane,
        _ filters: borrowing FilterIndex,
        _ lists: inout ReaderLists
    ) {
        for node in nodes(of: change.slot, isNewKey: change.isNewKey, lane, filters) {
            for reader in filters.readers(node) {
                ledger.counts.work += 1
                reader.session.reader.markDirty(change)
                lists.noteWork(reader.session, at: clock.boot)
            }
        }
    }

    /// Has whoever has values under a lease told that their freshness changes with the next
    /// revisions; who may not have them is returned.
    mutating func mark(
        _ lease: Lease,
        _ lane: borrowing StateLane,
        _ filters: borrowing FilterIndex,
        _ lists: inout ReaderLists
    ) -> LateReaders {
        var seen: Set<Int> = []
        var late: LateReaders = []
        let first = lane.head.next
        var slot = lane.nextOwned(lease, after: nil)
        while let place = slot {
            for node in nodes(of: place, isNewKey: false, lane, filters)
            where seen.insert(node).inserted {
                for reader in filters.readers(node) {
                    ledger.counts.work += 1
                    if reader.session.reader.owesSnapshot {
                        late.insert(node)
                    } else if reader.session.reader.freshness.add(lease, from: first) {
                        lists.noteWork(reader.session, at: clock.boot)
                    }
                }
            }
            slot = lane.nextOwned(lease, after: place)
        }
        return late
    }

    /// Has those whose snapshot is not through told of one value's freshness.
    mutating func mark(
        _ change: StateChange,
        for late: LateReaders,
        _ lane: borrowing StateLane,
        _ filters: borrowing FilterIndex,
        _ lists: inout ReaderLists
    ) {
        guard !late.isEmpty else { return }
        for node in nodes(of: change.slot, isNewKey: false, lane, filters)
        where late.contains(node) {
            for reader in filters.readers(node) where reader.session.reader.owesSnapshot {
                ledger.counts.work += 1
                reader.session.reader.markDirty(change)
                lists.noteWork(reader.session, at: clock.boot)
            }
        }
    }

    private mutating func nodes(
        of slot: Int,
        isNewKey: Bool,
        _ lane: borrowing StateLane,
        _ filters: borrowing FilterIndex
    ) -> [Int] {
        let record = lane.record(slot)
        let key = lane.keyRange(slot)
        return matches.nodes(of: slot, isNewKey: isNewKey, generation: filters.generation) {
            filters.match(record.span.extracting(key), into: &$0)
        }
    }
}
