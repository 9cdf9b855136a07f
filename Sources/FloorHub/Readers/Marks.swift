import FloorEvents

/// Who has been told of one lease in this part, by filters.
private struct RenewalMarks {
    private var lease: Lease?
    /// Filters all of whose readers have been told of the producer.
    var seen: Set<Int> = []
    /// Those among them some of whose readers wait for the end of a snapshot.
    var late: Set<Int> = []

    /// Values of a lease come one after the other.
    mutating func begin(_ lease: Lease) {
        guard self.lease !== lease else { return }
        self.lease = lease
        seen.removeAll(keepingCapacity: true)
        late.removeAll(keepingCapacity: true)
    }
}

/// Who is to be told of a changed value, and of a producer's freshness.
///
/// Freshness is said once for a producer to whoever has its values, and each of them derives it for
/// its values; with each value it would cost a silent bridge's viewers megabytes. Whose snapshot is
/// not through may not have them yet: such a reader is told of each value.
struct Marks: ~Copyable {
    private let inPlace = InPlace()
    private let clock: HubClock
    private let ledger: HubLedger
    private var matches = MatchCache()
    private var part = RenewalMarks()

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

    /// Some values are going to follow their leases: nobody has been told of it.
    mutating func beginRenewals() { part = RenewalMarks() }

    /// Has whoever has a value told that its freshness has changed with its lease's.
    ///
    /// They are told of the producer, once; who may not have the value is told of that.
    mutating func mark(
        _ change: StateChange,
        of lease: Lease,
        _ lane: borrowing StateLane,
        _ filters: borrowing FilterIndex,
        _ lists: inout ReaderLists
    ) {
        part.begin(lease)
        for node in nodes(of: change.slot, isNewKey: false, lane, filters) {
            let isNew = part.seen.insert(node).inserted
            guard isNew || part.late.contains(node) else { continue }
            for reader in filters.readers(node) {
                ledger.counts.work += 1
                if reader.session.reader.owesSnapshot {
                    part.late.insert(node)
                    reader.session.reader.markDirty(change)
                } else {
                    guard reader.session.reader.freshness.add(lease, from: change.revision) else {
                        continue
                    }
                }
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
