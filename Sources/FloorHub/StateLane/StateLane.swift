import FloorEvents
import FloorWire

/// What a write has changed in the state lane.
struct StateChange {
    /// The key's place in the table.
    let slot: Int
    /// The entry's change count before it; readers subtract to know what they passed over.
    let changesBefore: UInt32
    /// The value's new revision.
    let revision: Revision
    /// Whether the slot holds another key than before, or none before.
    var isNewKey = false
}

/// A write that is refused: why, and the revision of the present value on a conflict.
struct StateRefusal: Error {
    let status: FloorStatus
    var revision = Revision.zero
    /// What a client is told beside the status.
    var sentence = ""
    var quota: Quota?

    init(_ status: FloorStatus) { self.status = status }

    init(_ quota: Quota) {
        status = .limit
        self.quota = quota
        sentence = quota.sentence
    }
}

/// The state lane: the last value of each key, whose lease it is under, and what of it a durable
/// hub has yet to store.
///
/// Invariant: an owned value has one owner; revisions ascend and never repeat.
struct StateLane: ~Copyable {
    private let inPlace = InPlace()
    private let maximumKeys: Int
    private let clock: HubClock
    private let ledger: HubLedger
    private var table: ValueTable
    private var leases: LeaseTimers
    private var renewals = Renewals()
    private var checkpoint: Checkpoint
    /// Boot time of the next look at tombstones whose time is over.
    private var nextExpiry: Int64 = 0

    init(_ options: HubOptions, _ clock: HubClock, _ ledger: HubLedger) {
        maximumKeys = options.maximumKeys
        self.clock = clock
        self.ledger = ledger
        table = ValueTable(epoch: options.epoch)
        leases = LeaseTimers(
            suspectAfter: options.suspectMicroseconds,
            staleAfter: options.staleMicroseconds
        )
        checkpoint = Checkpoint(options, from: table.head)
    }

    // MARK: looking

    /// The revision given last.
    var head: Revision { table.head }
    /// No tombstone at or below this revision is kept any more.
    var tombstoneHorizon: Revision { table.tombstoneHorizon }
    var sizes: (keys: Int, tombstones: Int) { (table.liveCount, table.tombstoneCount) }
    /// Whether a key that is not here would find a place.
    var hasRoom: Bool { table.used < maximumKeys }
    /// Places in the order of last change that are kept.
    var changesKept: Int { table.log.count }

    /// Every value; for tests of the invariants.
    var records: [[UInt8]] {
        table.entries.filter { !$0.record.isEmpty && !$0.isDeleted }.map { $0.record }
    }

    /// Slots, free ones too.
    var slotCount: Int { table.entries.count }

    func find(_ key: Span<UInt8>) -> Int? { table.find(key, hash: ByteIndex.hash(key)) }

    /// The slot of a key that is here with a value.
    func value(_ key: Span<UInt8>) -> Int? {
        guard let slot = find(key), !table.entries[slot].isDeleted else { return nil }
        return slot
    }

    /// The whole record in a slot; of a tombstone the deletion.
    func record(_ slot: Int) -> [UInt8] { table.entries[slot].record }
    func recordSize(_ slot: Int) -> Int { table.entries[slot].record.count }
    func keyRange(_ slot: Int) -> Range<Int> { table.keyRange(slot) }
    func changes(_ slot: Int) -> UInt32 { table.entries[slot].changes }
    func isDeleted(_ slot: Int) -> Bool { table.entries[slot].isDeleted }
    func revision(_ slot: Int) -> Revision { table.entries[slot].revision }
    /// The revision a value was written under, whatever has become of its freshness.
    func written(_ slot: Int) -> Revision { table.entries[slot].written }

    /// Whether a filter matches a slot's key.
    func matches(_ filter: KeyFilter, _ slot: Int) -> Bool {
        table.matches(filter, slot)
    }

    // MARK: writing

    /// Writes what a client has sent, or says why not.
    ///
    /// `known` is the key's slot as `find` says; the value is under the owner's lease if there is
    /// one, and the account pays for it.
    mutating func put(
        _ header: RecordHeader,
        _ kind: RecordKind,
        _ key: Span<UInt8>,
        _ payload: Span<UInt8>,
        at known: Int?,
        owner: Lease?,
        account: Account
    ) throws(StateRefusal) -> StateChange {
        if let known {
            // A key in the table is well-formed, but it may be of another kind.
            guard KeyRules.kind(of: key) == kind else { throw StateRefusal(.badKey) }
            try table.checkRevision(header.previous, known)
        } else {
            guard (try? KeyRules.checkKey(key)) == kind else { throw StateRefusal(.badKey) }
            try table.checkRevision(header.previous, nil)
            guard hasRoom else { throw StateRefusal(.limit) }
        }
        let size = RecordWriter.size(keyBytes: key.count, payloadBytes: payload.count)
        try table.checkShare(account, known, size: size)
        return write(header, key, payload, owner: owner, account: account, known)
    }

    /// Writes what the hub itself says, or a will; nil when a new key finds no place.
    mutating func putOwn(
        _ header: RecordHeader,
        _ key: Span<UInt8>,
        _ payload: Span<UInt8>,
        account: Account? = nil
    ) -> StateChange? {
        let known = find(key)
        guard known != nil || hasRoom else { return nil }
        return write(header, key, payload, owner: nil, account: account, known)
    }

    /// Deletes a key as a client asks, or says why not.
    mutating func delete(
        _ header: RecordHeader,
        _ key: Span<UInt8>,
        _ payload: Span<UInt8>
    ) throws(StateRefusal) -> StateChange {
        guard payload.count == 0 else { throw StateRefusal(.invalid) }
        guard let slot = value(key) else { throw StateRefusal(.notFound) }
        guard KeyRules.kind(of: key) == header.kind else { throw StateRefusal(.badKey) }
        try table.checkRevision(header.previous, slot)
        return write(
            header,
            key,
            payload,
            owner: nil,
            account: table.entries[slot].account,
            slot
        )
    }

    private mutating func write(
        _ header: RecordHeader,
        _ key: Span<UInt8>,
        _ payload: Span<UInt8>,
        owner: Lease?,
        account: Account?,
        _ known: Int?
    ) -> StateChange {
        let slot = known ?? table.insert(key, hash: ByteIndex.hash(key))
        table.charge(slot, to: account)
        var header = header
        header.hubTime = clock.stamp()
        let before = table.entries[slot].changes
        table.write(slot, header, key: key, payload: payload, boot: clock.boot)
        if let owner {
            table.take(slot, for: owner)
            leases.watch(owner)
        } else {
            table.disown(slot)
        }
        noteHistory(slot)
        return StateChange(
            slot: slot,
            changesBefore: before,
            revision: table.head,
            isNewKey: known == nil
        )
    }

    // MARK: leases

    /// When the earliest lease may run out.
    var leaseDeadline: Int64 { leases.deadline }

    /// A lease's producer was heard from; true when its values are to be told as live again.
    mutating func hear(_ lease: Lease) -> Bool { leases.hear(lease, at: clock.boot) }

    /// A lease's producer has said goodbye.
    mutating func silence(_ lease: Lease) { leases.silence(lease, at: clock.boot) }

    /// The next lease that has run out, wholly or in part.
    mutating func nextDueLease() -> Lease? { leases.takeDue(at: clock.boot) }

    /// Brings a lease's freshness in line with its silence; when it changes, its values are to
    /// follow.
    mutating func renew(_ lease: Lease) {
        guard let freshness = leases.renew(lease, at: clock.boot) else { return }
        switch freshness {
        case .live: break
        case .suspect: ledger.counts.suspects += UInt64(lease.ownedCount)
        case .stale: ledger.counts.stales += UInt64(lease.ownedCount)
        }
        let isForced = lease.renewals > 0
        var slot = lease.firstOwned
        while slot >= 0 {
            renewals.add(slot, of: lease, isForced: isForced)
            slot = table.entries[slot].nextOwned
        }
    }

    /// When values are to follow their leases.
    var renewalDeadline: Int64 { renewals.due }

    /// Begins to renew values, if it is time for some.
    mutating func beginRenewals() -> Bool { renewals.begin(at: clock.boot) }

    /// Gives the next value the freshness of its lease; nil when this part is over.
    mutating func renewNext() -> (lease: Lease, change: StateChange)? {
        while let (lease, slot, isForced) = renewals.next() {
            ledger.counts.work += 1
            // It may have come under another lease, or been written by its owner since.
            guard table.entries[slot].owner === lease,
                isForced || table.freshness(slot) != lease.freshness
            else { continue }
            let before = table.entries[slot].changes
            let time = clock.stamp()
            table.restamp(slot, freshness: RecordFlags(lease.freshness), hubTime: time)
            noteHistory(slot)
            leases.noteChanged(lease, table.head, hubTime: time)
            let change = StateChange(slot: slot, changesBefore: before, revision: table.head)
            return (lease, change)
        }
        return nil
    }

    /// Whether somebody else than a producer has spoken for a key last.
    func isTakenOver(_ key: Span<UInt8>, from producer: FloorID) -> Bool {
        guard let slot = find(key) else { return false }
        return table.producer(slot) != producer
    }

    // MARK: tombstones

    /// When the oldest tombstone's time is over, for a memory of so many microseconds; not before
    /// the pause that the last look is followed by.
    func tombstoneDeadline(_ memory: Int64) -> Int64 {
        let oldest = table.oldestDeletion
        return oldest == .max ? .max : max(oldest + memory, nextExpiry)
    }

    /// Deletions whose time is over, some of them.
    func expiredTombstones(before horizon: Int64) -> (through: Int, slots: [Int]) {
        table.expiredTombstones(before: horizon, atMost: Limits.tombstonesPerTurn)
    }

    /// Frees them; readers who need them have been dealt with.
    mutating func expire(_ tombstones: (through: Int, slots: [Int])) {
        ledger.counts.work += UInt64(tombstones.slots.count)
        table.expireTombstones(tombstones)
        // More of them go in the next turn.
        let isAll = tombstones.slots.count < Limits.tombstonesPerTurn
        nextExpiry = clock.boot + (isAll ? Limits.tombstonePauseMicroseconds : 0)
    }

    // MARK: cursors

    /// What a new subscription is owed: all that matches, or what changed after its token.
    func snapshot(of filter: KeyFilter, after token: Revision?) -> SnapshotCursor {
        table.snapshot(of: filter, after: token)
    }

    /// Looks at what a snapshot still owes, as long as `take` says so and work is left; true when
    /// nothing is left.
    func walk(
        _ cursor: inout SnapshotCursor,
        _ filter: KeyFilter,
        _ work: inout Int,
        take: (Int) -> Bool
    ) -> Bool {
        table.walk(&cursor, filter, &work, take)
    }

    /// Looks at the values that a filter matches, for a question; true when none is left.
    func walk(
        _ filter: KeyFilter,
        _ cursor: inout KeyCursor,
        _ work: inout Int,
        take: (Int) -> Bool
    ) -> Bool {
        table.walk(&cursor, filter, &work) { table.entries[$0].isDeleted || take($0) }
    }

    /// A cursor as a client brings it back: a slot, and enough of its key's birth to know it by.
    func wireCursor(_ slot: Int, after cursor: UInt64) -> UInt64 {
        table.wireCursor(slot, after: cursor)
    }

    /// What it stands for; one whose key is gone begins anew.
    func cursor(_ wire: UInt64) -> KeyCursor { table.cursor(wire) }
    func slot(_ wire: UInt64) -> Int? { table.slot(wire) }

    // MARK: storing

    private mutating func noteHistory(_ slot: Int) {
        let record = table.entries[slot].record
        if !checkpoint.noteHistory(record, table.entries[slot].revision) {
            ledger.counts.historyLost += 1
        }
    }

    /// Whether something changed that no batch has.
    var hasUnsaved: Bool { table.head > checkpoint.handedOver }

    /// Hands the values changed since the last batch to the journal.
    mutating func save(_ batch: UInt64, _ effects: inout HubEffects) {
        let log = table.log
        for place in log.firstPlace(from: checkpoint.handedOver.next)..<log.count {
            let entry = table.entries[Int(log.slots[place])]
            // A later place has the value as it is now.
            guard entry.revision == log.revisions[place] else { continue }
            let start = effects.bytes.count
            effects.bytes.append(bytes: entry.record)
            effects.list.append(.saveValue(start..<effects.bytes.count))
        }
        checkpoint.close(batch, through: table.head, &effects)
    }

    /// The journal holds a batch and all before it.
    mutating func confirm(_ batch: UInt64) { checkpoint.confirm(batch) }

    /// The journal lost a batch and all behind it: their values go into the next one.
    mutating func takeBack(_ batch: UInt64) { checkpoint.takeBack(batch) }

    /// Takes back a value of an earlier life, suspect until its owner speaks.
    mutating func restore(
        _ header: RecordHeader,
        _ key: Span<UInt8>,
        _ payload: Span<UInt8>,
        owner: Lease?,
        account: Account?
    ) {
        let hash = ByteIndex.hash(key)
        let slot = table.find(key, hash: hash) ?? table.insert(key, hash: hash)
        table.charge(slot, to: account)
        table.write(slot, header, key: key, payload: payload, boot: clock.boot)
        guard let owner else { return }
        table.take(slot, for: owner)
        leases.watch(owner)
    }

    /// A lease of an earlier life: one grace for the owner to come back.
    mutating func restore(_ lease: Lease) { leases.restore(lease, at: clock.boot) }

    /// What is here now came from the journal.
    mutating func endRestoring() { checkpoint.begin(at: table.head) }
}
