import FloorEvents

/// Values that are to get the freshness of their lease: some of them at a time.
///
/// A bridge's ten thousand values, or as many desktops' that die together, are a burst for the tap,
/// whose readers have room for a thousand messages; and no input may take the core for so long.
struct Renewals {
    private struct Entry {
        let lease: Lease
        let slot: Int32
        /// The lease changed again before all its values had followed: readers may have been told
        /// of it by those that had, so this one is told of whatever it says.
        let isForced: Bool
    }

    private var queue = Line<Entry>()
    /// How many more may follow before `partDue`.
    private var left = 0
    private var partDue: Int64 = .min

    /// Boot time at which more are to be renewed.
    var due: Int64 {
        guard !queue.isEmpty else { return .max }
        return left > 0 ? .min : partDue
    }

    /// Queues a lease's value.
    mutating func add(_ slot: Int, of lease: Lease, isForced: Bool) {
        lease.renewals += 1
        queue.add(Entry(lease: lease, slot: Int32(slot), isForced: isForced))
    }

    /// Begins or goes on with a part, if there is anything to do now.
    mutating func begin(at now: Int64) -> Bool {
        guard !queue.isEmpty else { return false }
        if partDue <= now {
            left = Limits.renewalsAtOnce
            partDue = now + Limits.tapPauseMicroseconds
        }
        return left > 0
    }

    /// The next one of this part.
    mutating func next() -> (lease: Lease, slot: Int, isForced: Bool)? {
        guard left > 0, let entry = queue.takeFirst() else { return nil }
        entry.lease.renewals -= 1
        left -= 1
        return (entry.lease, Int(entry.slot), entry.isForced)
    }
}
