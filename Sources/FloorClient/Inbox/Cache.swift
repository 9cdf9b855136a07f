import FloorEvents
import FloorWire

/// One last value of the state lane.
struct CachedValue {
    /// The whole record; empty when the slot is free.
    var record: [UInt8] = []
    var keyLength = 0
    var hash: UInt32 = 0
    var kindCode: UInt8 = 0
    var revision = Revision.zero
    /// Number of the last received record that carried the key; a full snapshot sweeps keys
    /// whose number is from before its begin.
    var confirmed: UInt64 = 0
    /// Deleted, but some mailbox has not been told.
    var isDeleted = false
    /// Mailboxes in which the key is queued.
    var queuedIn = 0
    /// The mailboxes that want the key: a place in `SubscriptionTable.sets`, valid while
    /// `targetGeneration` is the table's.
    var targets = 0
    var targetGeneration: UInt64 = 0

    var key: Range<Int> { RecordHeader.size..<(RecordHeader.size + keyLength) }
}

/// Last value per key, for all subscriptions together; dense, slots reuse their storage.
struct Cache {
    private(set) var values: [CachedValue] = []
    private var index = ByteIndex()
    private var free: [Int] = []

    /// Keys, those whose deletion has not been told included.
    var count: Int { values.count - free.count }
    var isFull: Bool { count >= Limits.stateKeys }

    func isUsed(_ slot: Int) -> Bool { !values[slot].record.isEmpty }

    func find(_ key: Span<UInt8>, hash: UInt32) -> Int? {
        index.find(hash) { slot in
            values[slot].keyLength == key.count
                && values[slot].record.holds(key, at: RecordHeader.size)
        }
    }

    /// Takes a slot for the key of a record and writes the record.
    mutating func insert(_ bytes: Span<UInt8>, _ view: RecordView, hash: UInt32) -> Int {
        let slot: Int
        if let reused = free.popLast() {
            slot = reused
        } else {
            values.append(CachedValue())
            slot = values.count - 1
        }
        values[slot].keyLength = view.key.count
        values[slot].hash = hash
        write(slot, bytes, view)
        index.insert(hash, slot)
        return slot
    }

    /// Replaces a key's record.
    mutating func write(_ slot: Int, _ bytes: Span<UInt8>, _ view: RecordView) {
        values[slot].record.removeAll(keepingCapacity: true)
        values[slot].record.append(span: bytes.extracting(view.range))
        let header = view.header(bytes)
        values[slot].kindCode = header.kindCode
        values[slot].revision = header.revision
        values[slot].isDeleted = header.operation == .delete
    }

    /// Turns a value into a deletion that no record told of: revision zero, no payload.
    mutating func markSwept(_ slot: Int) {
        var header = RecordHeader(.custom, .delete)
        header.kindCode = values[slot].kindCode
        let old = values[slot].record
        var record: [UInt8] = []
        RecordWriter.append(
            header,
            key: old.span.extracting(values[slot].key),
            payload: [UInt8]().span,
            to: &record
        )
        values[slot].record = record
        values[slot].isDeleted = true
    }

    /// Whether a key in use matches a filter.
    func matches(_ slot: Int, _ filter: KeyFilter) -> Bool {
        let record = values[slot].record
        return filter.matches(record.span.extracting(values[slot].key))
    }

    mutating func confirm(_ slot: Int, _ number: UInt64) { values[slot].confirmed = number }

    mutating func setTargets(_ slot: Int, _ targets: Int, generation: UInt64) {
        values[slot].targets = targets
        values[slot].targetGeneration = generation
    }

    mutating func changeQueued(_ slot: Int, by change: Int) { values[slot].queuedIn += change }

    /// Revisions of another epoch or lineage do not compare: any record is newer.
    mutating func forgetRevisions() {
        for slot in values.indices { values[slot].revision = .zero }
    }

    mutating func remove(_ slot: Int) {
        index.remove(values[slot].hash, slot)
        var storage = values[slot].record
        storage.removeAll(keepingCapacity: storage.capacity <= EventStore.keptCapacity)
        values[slot] = CachedValue()
        values[slot].record = storage
        free.append(slot)
    }
}
