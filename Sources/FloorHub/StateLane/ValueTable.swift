import FloorEvents
import FloorWire

/// One last value: the record as it will be sent, and what the core must know of it.
struct ValueEntry {
    /// The whole record, header, key and payload; empty when the slot is free.
    var record: [UInt8] = []
    var keyLength = 0
    var hash: UInt32 = 0
    var revision = Revision.zero
    /// Changes since the slot was taken; readers subtract to know what they passed over.
    var changes: UInt32 = 0
    var isDeleted = false
    /// Boot time of the deletion, microseconds.
    var deletedAt: Int64 = 0
    /// The producer whose lease the value is under, or nil.
    var owner: Producer?
    /// Neighbours in the owner's list of values, -1 at its ends.
    var previousOwned = -1
    var nextOwned = -1
    /// Filters that match the key, valid while `matchGeneration` is the filter index's.
    var matches: [Int] = []
    var matchGeneration: UInt64 = .max
}

/// The last-value table of the state lane, with the order of last change.
///
/// Invariant: the entry's revision, its place in the change log and the revision in its record
/// bytes are equal; revisions never repeat and never go down.
struct ValueTable {
    private(set) var entries: [ValueEntry] = []
    private(set) var log = ChangeLog()
    private(set) var head: Revision
    /// No tombstone at or below this revision is kept any more.
    private(set) var tombstoneHorizon = Revision.zero
    private(set) var liveCount = 0
    private(set) var tombstoneCount = 0
    private var index = ByteIndex()
    private var free: [Int] = []
    /// Deletions in order, so that their time can run out: slot and revision.
    private var deletions: [(slot: Int, revision: Revision)] = []
    private var deletionsDone = 0

    init(epoch: UInt32) { head = Revision(epoch: epoch, counter: 0) }

    var used: Int { entries.count - free.count }

    func find(_ key: Span<UInt8>, hash: UInt32) -> Int? {
        index.find(hash) { slot in
            entries[slot].keyLength == key.count
                && entries[slot].record.holds(key, at: RecordHeader.size)
        }
    }

    /// The key's bytes within the entry's record.
    func keyRange(_ slot: Int) -> Range<Int> {
        RecordHeader.size..<(RecordHeader.size + entries[slot].keyLength)
    }

    /// Who wrote the slot's present value, or deleted it.
    func producer(_ slot: Int) -> FloorID {
        let record = entries[slot].record
        return record.span.floorID(40)
    }

    /// A slot for a key that is not in the table.
    mutating func insert(_ key: Span<UInt8>, hash: UInt32) -> Int {
        let slot: Int
        if let reused = free.popLast() {
            slot = reused
        } else {
            slot = entries.count
            entries.append(ValueEntry())
        }
        entries[slot].keyLength = key.count
        entries[slot].hash = hash
        // A tombstone's shape, so that the first write counts it as live.
        entries[slot].isDeleted = true
        tombstoneCount += 1
        // The key must be comparable before the first write.
        entries[slot].record.removeAll(keepingCapacity: true)
        RecordWriter.append(
            RecordHeader(.custom, .delete),
            key: key,
            payload: [UInt8]().span,
            to: &entries[slot].record
        )
        index.insert(hash, slot)
        return slot
    }

    /// Writes a value under the next revision; the header's revisions are filled in here.
    mutating func write(
        _ slot: Int,
        _ header: RecordHeader,
        key: Span<UInt8>,
        payload: Span<UInt8>,
        boot: Int64
    ) {
        var header = header
        let before = entries[slot].revision
        head = head.next
        header.revision = head
        header.previous = before
        header.coalesced = 0
        let deleted = header.operationCode == RecordOperation.delete.rawValue
        entries[slot].record.removeAll(keepingCapacity: true)
        RecordWriter.append(header, key: key, payload: payload, to: &entries[slot].record)
        entries[slot].revision = head
        entries[slot].changes &+= 1
        noteLife(slot, deleted: deleted, boot: boot)
        log.append(head, slot, superseding: before != .zero)
        compactIfNeeded()
    }

    /// Gives the same value a new revision, time and freshness.
    mutating func restamp(_ slot: Int, freshness: RecordFlags, hubTime: Int64) {
        let before = entries[slot].revision
        head = head.next
        let old = Self.flags(entries[slot].record)
        let flags = old.subtracting([.suspect, .stale]).union(freshness)
        entries[slot].record.overwrite(flags.rawValue, at: 6)
        entries[slot].record.overwrite(head.rawValue, at: 8)
        entries[slot].record.overwrite(before.rawValue, at: 16)
        entries[slot].record.overwrite(hubTime, at: 24)
        entries[slot].revision = head
        entries[slot].changes &+= 1
        log.append(head, slot, superseding: true)
        compactIfNeeded()
    }

    // A parameter, not a local copy: a second reference would make the overwrites copy the record.
    private static func flags(_ record: [UInt8]) -> RecordFlags {
        RecordFlags(rawValue: record.span.u16(6))
    }

    mutating func setMatches(_ slot: Int, _ matches: [Int], generation: UInt64) {
        entries[slot].matches.removeAll(keepingCapacity: true)
        entries[slot].matches.append(contentsOf: matches)
        entries[slot].matchGeneration = generation
    }

    /// The tombstones whose time is over, oldest first.
    func expiredTombstones(before horizon: Int64) -> [(slot: Int, revision: Revision)] {
        deletions[deletionsDone...].prefix { slot, revision in
            let entry = entries[slot]
            return entry.revision != revision || !entry.isDeleted || entry.deletedAt <= horizon
        }.filter { entries[$0.slot].isDeleted && entries[$0.slot].revision == $0.revision }
    }

    /// Frees tombstones older than `horizon` (boot time).
    mutating func expireTombstones(before horizon: Int64) {
        while deletionsDone < deletions.count {
            let (slot, revision) = deletions[deletionsDone]
            let entry = entries[slot]
            if entry.isDeleted, entry.revision == revision {
                guard entry.deletedAt <= horizon else { break }
                release(slot)
            }
            deletionsDone += 1
        }
        if deletionsDone > 1024, deletionsDone * 2 > deletions.count {
            deletions.removeFirst(deletionsDone)
            deletionsDone = 0
        }
    }

    /// Adds a value to the front of its owner's list.
    mutating func take(_ slot: Int, for owner: Producer) {
        guard entries[slot].owner !== owner else { return }
        disown(slot)
        entries[slot].owner = owner
        entries[slot].nextOwned = owner.firstOwned
        if owner.firstOwned >= 0 { entries[owner.firstOwned].previousOwned = slot }
        owner.firstOwned = slot
        owner.ownedCount += 1
    }

    /// Removes a value from its owner's list.
    mutating func disown(_ slot: Int) {
        guard let owner = entries[slot].owner else { return }
        let previous = entries[slot].previousOwned
        let next = entries[slot].nextOwned
        if previous >= 0 { entries[previous].nextOwned = next } else { owner.firstOwned = next }
        if next >= 0 { entries[next].previousOwned = previous }
        entries[slot].owner = nil
        entries[slot].previousOwned = -1
        entries[slot].nextOwned = -1
        owner.ownedCount -= 1
    }

    private mutating func noteLife(_ slot: Int, deleted: Bool, boot: Int64) {
        let wasDeleted = entries[slot].isDeleted
        entries[slot].isDeleted = deleted
        if deleted {
            entries[slot].deletedAt = boot
            deletions.append((slot, entries[slot].revision))
        }
        guard wasDeleted != deleted else { return }
        liveCount += deleted ? -1 : 1
        tombstoneCount += deleted ? 1 : -1
    }

    private mutating func release(_ slot: Int) {
        tombstoneHorizon = max(tombstoneHorizon, entries[slot].revision)
        index.remove(entries[slot].hash, slot)
        disown(slot)
        entries[slot] = ValueEntry()
        log.forgetOne()
        tombstoneCount -= 1
        free.append(slot)
    }

    private mutating func compactIfNeeded() {
        guard log.needsCompaction else { return }
        let entries = entries
        log.compact { slot, revision in entries[slot].revision == revision }
    }
}

/// The order of last change: (revision, slot), ascending; superseded places are skipped.
struct ChangeLog {
    private(set) var revisions: [Revision] = []
    private(set) var slots: [Int32] = []
    private var superseded = 0

    var count: Int { revisions.count }
    var needsCompaction: Bool { superseded > 1024 && superseded * 2 > revisions.count }

    mutating func append(_ revision: Revision, _ slot: Int, superseding: Bool) {
        revisions.append(revision)
        slots.append(Int32(slot))
        if superseding { superseded += 1 }
    }

    /// A freed slot leaves one dead place behind.
    mutating func forgetOne() { superseded += 1 }

    /// The first place at or after a revision.
    func firstPlace(from revision: Revision) -> Int {
        var low = 0
        var high = revisions.count
        while low < high {
            let middle = (low + high) / 2
            if revisions[middle] < revision { low = middle + 1 } else { high = middle }
        }
        return low
    }

    mutating func compact(_ isCurrent: (Int, Revision) -> Bool) {
        var kept = 0
        for place in 0..<revisions.count
        where isCurrent(Int(slots[place]), revisions[place]) {
            revisions[kept] = revisions[place]
            slots[kept] = slots[place]
            kept += 1
        }
        revisions.removeLast(revisions.count - kept)
        slots.removeLast(slots.count - kept)
        superseded = 0
    }
}
