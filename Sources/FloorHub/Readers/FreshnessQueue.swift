import FloorEvents

/// Leases whose freshness a reader is to be told of, in the order they changed; each at most once,
/// for what is sent is the freshness of that moment.
struct FreshnessQueue {
    private var leases: [(lease: Lease, first: Revision)] = []
    private var head = 0
    private var members: Set<FloorID> = []

    var isEmpty: Bool { head == leases.count }

    /// The lease that has waited longest.
    var first: Lease? { isEmpty ? nil : leases[head].lease }

    /// The first revision that the change of that lease took.
    var firstRevision: Revision? { isEmpty ? nil : leases[head].first }

    /// Queues a lease whose values change from a revision on; false when it waits already.
    mutating func add(_ lease: Lease, from first: Revision) -> Bool {
        guard members.insert(lease.producer).inserted else { return false }
        leases.append((lease, first))
        return true
    }

    mutating func removeFirst() {
        members.remove(leases[head].lease.producer)
        head += 1
        if head == leases.count {
            leases.removeAll(keepingCapacity: true)
            head = 0
        } else if head >= 1024, head * 2 >= leases.count {
            leases.removeFirst(head)
            head = 0
        }
    }
}
