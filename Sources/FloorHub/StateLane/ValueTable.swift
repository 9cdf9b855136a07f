import FloorEvents
import FloorWire

/// One last value: the record as it will be sent, and what the core must know of it.
struct ValueEntry {
    /// The whole record, header, key and payload; empty when the slot is free.
    var record: [UInt8] = []
    var keyLength = 0
    var hash: UInt32 = 0
    var revision = Revision.zero
    /// The revision it was written under; behind `revision` once its freshness has changed.
    var written = Revision.zero
    /// Changes since the slot was taken; readers subtract to know what they passed over.
    var changes: UInt32 = 0
    var isDeleted = false
    /// Boot time of the deletion, microseconds.
    var deletedAt: Int64 = 0
    /// The lease the value is under, or nil.
    var owner: Lease?
    /// Neighbours in the owner's list of values, -1 at its ends.
    var previousOwned = -1
    var nextOwned = -1
    /// Who pays for the slot, or nil for what the hub itself says.
    var account: Account?
    var place = KeyTree.Place()
}

/// The last-value table of the state lane, with the order of last change.
///
/// Invariant: the entry's revision, its place in the change log and the revision in its record
/// bytes are equal; revisions never repeat and never go down.
struct ValueTable: ~Copyable {
    private let inPlace = InPlace()
    private(set) var entries: [ValueEntry] = []
    private(set) var log = ChangeLog()
    private(set) var head: Revision
    /// No tombstone at or below this revision is kept any more.
    private(set) var tombstoneHorizon = Revision.zero
    private(set) var liveCount = 0
    private(set) var tombstoneCount = 0
    private var index = ByteIndex()
    private(set) var tree = KeyTree()
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

    /// Whether there is a value or a tombstone in a slot.
    func isUsed(_ slot: Int) -> Bool {
        slot >= 0 && slot < entries.count && !entries[slot].record.isEmpty
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
        entries[slot].place = tree.insert(key, slot)
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
        let oldSize = entries[slot].record.count
        head = head.next
        header.revision = head
        header.previous = before
        header.coalesced = 0
        let deleted = header.operationCode == RecordOperation.delete.rawValue
        entries[slot].record.removeAll(keepingCapacity: true)
        RecordWriter.append(header, key: key, payload: payload, to: &entries[slot].record)
        entries[slot].account?.take(entries[slot].record.count - oldSize, .bytes)
        entries[slot].revision = head
        entries[slot].written = head
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

    /// The freshness that the slot's value says.
    func freshness(_ slot: Int) -> Freshness { Self.flags(entries[slot].record).freshness }

    // A parameter, not a local copy: a second reference would make the overwrites copy the record.
    private static func flags(_ record: [UInt8]) -> RecordFlags {
        RecordFlags(rawValue: record.span.u16(6))
    }

    /// The tombstones whose time is over, oldest first, at most so many: the revision up to which
    /// they lie and what is left of them.
    func expiredTombstones(
        before horizon: Int64,
        atMost limit: Int
    ) -> (through: Int, slots: [Int]) {
        var place = deletionsDone
        var slots: [Int] = []
        while place < deletions.count, slots.count < limit {
            let (slot, revision) = deletions[place]
            let entry = entries[slot]
            if entry.isDeleted, entry.revision == revision {
                guard entry.deletedAt <= horizon else { break }
                slots.append(slot)
            }
            place += 1
        }
        return (place, slots)
    }

    /// Frees what `expiredTombstones` has told of.
    mutating func expireTombstones(_ expired: (through: Int, slots: [Int])) {
        for slot in expired.slots { release(slot) }
        deletionsDone = expired.through
        if deletionsDone > 1024, deletionsDone * 2 > deletions.count {
            deletions.removeFirst(deletionsDone)
            deletionsDone = 0
        }
    }

    /// Boot time of the oldest deletion that is remembered; `.max` without one.
    var oldestDeletion: Int64 {
        guard deletionsDone < deletions.count else { return .max }
        return entries[deletions[deletionsDone].slot].deletedAt
    }

    // MARK: owners

    /// Adds a value to the front of its owner's list.
    mutating func take(_ slot: Int, for owner: Lease) {
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

    /// Has somebody pay for a slot; what another paid is given back.
    mutating func charge(_ slot: Int, to account: Account?) {
        guard entries[slot].account !== account else { return }
        let quota: Quota = entries[slot].isDeleted ? .tombstones : .keys
        let bytes = entries[slot].record.count
        entries[slot].account?.giveBack(1, quota)
        entries[slot].account?.giveBack(bytes, .bytes)
        account?.take(1, quota)
        account?.take(bytes, .bytes)
        entries[slot].account = account
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
        entries[slot].account?.giveBack(1, deleted ? .keys : .tombstones)
        entries[slot].account?.take(1, deleted ? .tombstones : .keys)
    }

    private mutating func release(_ slot: Int) {
        tombstoneHorizon = max(tombstoneHorizon, entries[slot].revision)
        index.remove(entries[slot].hash, slot)
        tree.remove(entries[slot].place)
        disown(slot)
        charge(slot, to: nil)
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
