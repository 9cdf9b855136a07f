import FloorEvents

/// The batches that a durable hub's journal has in hand, and when the state lane is to be stored
/// although no event asks for it.
struct BatchTimer {
    private var open: [UInt64] = []
    /// Boot time.
    private(set) var due: Int64 = 0

    /// Without an event, values wait for the batch before theirs: a slow disk gets no queue.
    var isIdle: Bool { open.isEmpty }

    mutating func add(_ batch: UInt64, at boot: Int64) {
        open.append(batch)
        due = boot + Limits.checkpointMicroseconds
    }

    /// The journal holds a batch and all before it; false when it had none of that number.
    mutating func confirm(_ batch: UInt64) -> Bool {
        guard open.contains(batch) else { return false }
        open.removeAll { $0 <= batch }
        return true
    }

    /// The journal lost a batch and all behind it; false when it had none of that number.
    mutating func takeBack(_ batch: UInt64, at boot: Int64) -> Bool {
        guard open.contains(batch) else { return false }
        open.removeAll { $0 >= batch }
        due = boot + Limits.storageRetryMicroseconds
        return true
    }
}
