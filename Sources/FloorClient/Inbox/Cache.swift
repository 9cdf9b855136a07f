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
    /// Whether it is in its producer's list, and its neighbours there; -1 at the ends.
    var isLeased = false
    var previousLeased = -1
    var nextLeased = -1

    var key: Range<Int> { RecordHeader.size..<(RecordHeader.size + keyLength) }
}

/// Last value per key, for all subscriptions together; dense, slots reuse their storage.
struct Cache {
    private(set) var values: [CachedValue] = []
    private var index = ByteIndex()
    private var free: [Int] = []
    /// The first of each producer's leased values.
    private var producers = ByteIndex()

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
        let header = view.header(bytes)
        let isLeased = header.operation == .put && !header.flags.contains(.unleased)
        let stays = isLeased && values[slot].isLeased && producer(slot) == header.producer
        if !stays { leave(slot) }
        values[slot].record.removeAll(keepingCapacity: true)
        values[slot].record.append(span: bytes.extracting(view.range))
        values[slot].kindCode = header.kindCode
        values[slot].revision = header.revision
        values[slot].isDeleted = header.operation == .delete
        if isLeased, !stays { join(slot) }
    }

    /// Turns a value into a deletion that no record told of: revision zero, no payload.
    mutating func markSwept(_ slot: Int) {
        var header = RecordHeader(.custom, .delete)
        header.kindCode = values[slot].kindCode
        leave(slot)
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
        leave(slot)
        index.remove(values[slot].hash, slot)
        var storage = values[slot].record
        storage.removeAll(keepingCapacity: storage.capacity <= EventStore.keptCapacity)
        values[slot] = CachedValue()
        values[slot].record = storage
        free.append(slot)
    }

    // MARK: producers

    /// The first leased value of a producer.
    func firstLeased(_ producer: FloorID) -> Int? {
        producers.find(Self.hash(producer)) { self.producer($0) == producer }
    }

    /// The next one of the same producer.
    func nextLeased(_ slot: Int) -> Int? {
        values[slot].nextLeased >= 0 ? values[slot].nextLeased : nil
    }

    /// Gives a value the freshness of its producer; false when it has it already.
    mutating func setFreshness(_ slot: Int, _ freshness: Freshness, hubTime: Int64) -> Bool {
        let old = Self.flags(values[slot].record)
        let new = old.subtracting([.suspect, .stale]).union(RecordFlags(freshness))
        guard new != old else { return false }
        values[slot].record.overwrite(new.rawValue, at: 6)
        values[slot].record.overwrite(hubTime, at: 24)
        return true
    }

    // A parameter, not a local copy: a second reference would make the overwrites copy the record.
    private static func flags(_ record: [UInt8]) -> RecordFlags {
        RecordFlags(rawValue: record.span.u16(6))
    }

    private func producer(_ slot: Int) -> FloorID {
        let record = values[slot].record
        return record.span.floorID(40)
    }

    private static func hash(_ producer: FloorID) -> UInt32 {
        let mixed = (producer.high ^ (producer.low >> 29)) &* 0x9E37_79B9_7F4A_7C15 ^ producer.low
        return UInt32(truncatingIfNeeded: (mixed &* 0xBF58_476D_1CE4_E5B9) >> 32)
    }

    /// Enters a value into its producer's list, behind the first.
    private mutating func join(_ slot: Int) {
        let producer = producer(slot)
        values[slot].isLeased = true
        guard let first = firstLeased(producer) else {
            return producers.insert(Self.hash(producer), slot)
        }
        let next = values[first].nextLeased
        values[slot].previousLeased = first
        values[slot].nextLeased = next
        values[first].nextLeased = slot
        if next >= 0 { values[next].previousLeased = slot }
    }

    /// Takes a value out of its producer's list, while its record still says whose it is.
    private mutating func leave(_ slot: Int) {
        guard values[slot].isLeased else { return }
        let (previous, next) = (values[slot].previousLeased, values[slot].nextLeased)
        if previous < 0 {
            let hash = Self.hash(producer(slot))
            producers.remove(hash, slot)
            if next >= 0 { producers.insert(hash, next) }
        } else {
            values[previous].nextLeased = next
        }
        if next >= 0 { values[next].previousLeased = previous }
        values[slot].isLeased = false
        values[slot].previousLeased = -1
        values[slot].nextLeased = -1
    }
}
