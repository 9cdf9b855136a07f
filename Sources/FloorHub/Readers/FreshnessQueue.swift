import FloorEvents

/// Leases whose freshness a reader is to be told of, in the order they changed; each at most once,
/// for what is sent is the freshness of that moment.
struct FreshnessQueue {
    private var leases = Line<(lease: Lease, first: Revision)>()
    private var members: Set<FloorID> = []

    var isEmpty: Bool { leases.isEmpty }

    /// The lease that has waited longest.
    var first: Lease? { leases.first?.lease }

    /// The first revision that the change of that lease took.
    var firstRevision: Revision? { leases.first?.first }

    /// Queues a lease whose values change from a revision on; false when it waits already.
    mutating func add(_ lease: Lease, from first: Revision) -> Bool {
        guard members.insert(lease.producer).inserted else { return false }
        leases.add((lease, first))
        return true
    }

    mutating func removeFirst() {
        if let taken = leases.takeFirst() { members.remove(taken.lease.producer) }
    }
}
