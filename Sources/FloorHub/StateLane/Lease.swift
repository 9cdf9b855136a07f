import FloorEvents

/// The lease on the values that one producer wrote last: alive while it is heard from.
///
/// The state lane alone changes it; the producer only holds it.
final class Lease {
    /// Whose it is.
    let producer: FloorID
    /// Boot time.
    fileprivate(set) var lastHeard: Int64
    fileprivate(set) var freshness = Freshness.live
    /// The last revision and hub time that a value got with its freshness.
    fileprivate(set) var changed: (revision: Revision, hubTime: Int64) = (.zero, 0)
    /// The list of its values in the table, and how many there are.
    var firstOwned = -1
    var ownedCount = 0
    /// How many of its values wait in `Renewals`.
    var renewals = 0
    /// Whether no value is under it.
    var isEmpty: Bool { ownedCount == 0 }
    /// Whether it is in the heap of leases that run.
    fileprivate var isListed = false

    init(_ producer: FloorID, now: Int64) {
        self.producer = producer
        lastHeard = now
    }
}

/// The leases that run, by when they are due.
///
/// Invariant: a lease that owns values and is not stale is in the heap, once; the entry's time is
/// not behind the time at which its freshness has to change.
struct LeaseTimers {
    private let suspectAfter: Int64
    private let staleAfter: Int64
    private var heap = DueHeap<Lease>()

    init(suspectAfter: Int64, staleAfter: Int64) {
        self.suspectAfter = suspectAfter
        self.staleAfter = staleAfter
    }

    var deadline: Int64 { heap.earliest }

    /// Its producer was heard from; true when the freshness of its values is to be renewed.
    func hear(_ lease: Lease, at now: Int64) -> Bool {
        lease.lastHeard = now
        return lease.freshness != .live
    }

    /// Its producer said goodbye, or has not been heard from since before this life of the hub:
    /// as much silence as makes values suspect.
    func silence(_ lease: Lease, at now: Int64) {
        lease.lastHeard = min(lease.lastHeard, now - suspectAfter)
    }

    /// A lease of an earlier life: one grace for the owner to come back.
    func restore(_ lease: Lease, at now: Int64) {
        silence(lease, at: now)
        lease.freshness = .suspect
    }

    /// A value has got the lease's freshness, under this revision.
    func noteChanged(_ lease: Lease, _ revision: Revision, hubTime: Int64) {
        lease.changed = (revision, hubTime)
    }

    /// Has a lease that owns values watched.
    mutating func watch(_ lease: Lease) {
        guard !lease.isListed, lease.ownedCount > 0, lease.freshness != .stale else { return }
        lease.isListed = true
        heap.add(lease, due: due(lease))
    }

    /// Brings a lease's freshness in line with its silence; nil when it stays as it is.
    mutating func renew(_ lease: Lease, at now: Int64) -> Freshness? {
        let silence = now - lease.lastHeard
        let freshness: Freshness =
            silence >= staleAfter ? .stale : silence >= suspectAfter ? .suspect : .live
        guard freshness != lease.freshness else { return nil }
        lease.freshness = freshness
        watch(lease)
        return freshness
    }

    /// The next lease whose freshness has to change.
    mutating func takeDue(at now: Int64) -> Lease? {
        while let (lease, _) = heap.take(until: now) {
            lease.isListed = false
            guard lease.ownedCount > 0, lease.freshness != .stale else { continue }
            if due(lease) <= now { return lease }
            // It was heard from since.
            watch(lease)
        }
        return nil
    }

    private func due(_ lease: Lease) -> Int64 {
        lease.lastHeard + (lease.freshness == .live ? suspectAfter : staleAfter)
    }
}
