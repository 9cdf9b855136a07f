import FloorEvents
import FloorWire

/// The event lane's present: records applied but not committed, and the last committed ones.
///
/// A ring of record bytes by revision counter. Readers that fall out of it go back to the
/// journal, so the ring's size bounds memory, never what a reader may miss.
struct EventLane {
    /// Where consecutive records of one batch come from: one producer's consecutive operations.
    struct Origin {
        let producer: Producer
        let first: UInt64
        var count: UInt64

        var sequences: Range<UInt64> { first..<(first + count) }
    }

    /// Slots of the ring: the live records plus what may wait for the journal.
    static let ringSize = 8192
    /// Most records waiting for the journal; more are refused with a retryable result.
    static let maximumPending = ringSize - Limits.liveEventRecords

    private var ring: [[UInt8]] = Array(repeating: [], count: ringSize)
    private let epoch: UInt32
    /// The last revision the journal has confirmed.
    private(set) var committed: Revision
    /// The last revision given to a record.
    private(set) var applied: Revision
    /// The last revision ever written to the ring; a roll-back does not bring back what it was
    /// written over.
    private var written: Revision
    /// Origins of the records from `committed` + 1 to `applied`, from `originsDone` on.
    private var origins: [Origin] = []
    private var originsDone = 0
    /// Whether the last origin is of the batch that is still open.
    private var isOriginOpen = false
    private var batches: [(batch: UInt64, last: Revision)] = []
    private var lastBatch: UInt64 = 0
    private var chain = EventChain()

    init(epoch: UInt32) {
        self.epoch = epoch
        committed = Revision(epoch: epoch, counter: 0)
        applied = committed
        written = committed
    }

    /// Where the records that the journal has not confirmed come from, in order.
    var pending: ArraySlice<Origin> { origins[originsDone...] }
    /// The first record that no batch holds yet.
    var firstUncommitted: Revision { (batches.last?.last ?? committed).next }
    var hasUncommitted: Bool { applied >= firstUncommitted }
    var isFull: Bool { applied.counter - committed.counter >= UInt64(Self.maximumPending) }

    /// The oldest revision still in the ring.
    var windowStart: Revision {
        let counter = written.counter
        let size = UInt64(Self.ringSize)
        return Revision(epoch: epoch, counter: counter > size ? counter - size + 1 : 1)
    }

    /// A record in the window.
    func record(_ revision: Revision) -> [UInt8] {
        ring[Int(revision.counter % UInt64(Self.ringSize))]
    }

    /// Gives a record the next revision and keeps it, uncommitted; returns the revision.
    mutating func apply(
        _ header: RecordHeader,
        key: Span<UInt8>,
        payload: Span<UInt8>,
        producer: Producer,
        sequence: UInt64
    ) -> Revision {
        precondition(!isFull, "EventLane.apply: the caller checks isFull")
        var header = header
        applied = applied.next
        written = max(written, applied)
        header.revision = applied
        header.previous = chain.replace(key, by: applied)
        header.coalesced = 0
        let slot = Int(applied.counter % UInt64(Self.ringSize))
        ring[slot].removeAll(keepingCapacity: true)
        RecordWriter.append(header, key: key, payload: payload, to: &ring[slot])
        noteOrigin(producer, sequence)
        return applied
    }

    private mutating func noteOrigin(_ producer: Producer, _ sequence: UInt64) {
        if isOriginOpen, let last = origins.indices.last, origins[last].producer === producer,
            origins[last].sequences.upperBound == sequence
        {
            origins[last].count += 1
        } else {
            origins.append(Origin(producer: producer, first: sequence, count: 1))
            isOriginOpen = true
        }
    }

    /// Closes a batch over everything applied; returns its number.
    mutating func closeBatch() -> UInt64 {
        lastBatch += 1
        batches.append((lastBatch, applied))
        isOriginOpen = false
        return lastBatch
    }

    /// The journal holds everything up to a batch: returns the last revision of it, for
    /// `commitNext`.
    mutating func commit(_ batch: UInt64) -> Revision {
        var last = committed
        while let first = batches.first, first.batch <= batch {
            last = first.last
            batches.removeFirst()
        }
        return last
    }

    /// Commits the records of the next origin.
    mutating func commitNext() -> Origin {
        let origin = origins[originsDone]
        originsDone += 1
        if originsDone == origins.count {
            origins.removeAll(keepingCapacity: true)
            originsDone = 0
            isOriginOpen = false
        }
        let counter = committed.counter + origin.count
        committed = Revision(epoch: epoch, counter: counter)
        return origin
    }

    /// The journal lost a batch and all behind it: takes them back and returns their origins.
    ///
    /// Nil for a batch that is not outstanding: a journal that had two in hand reports the
    /// second one too, and by then other records may have been applied.
    mutating func rollBack(_ batch: UInt64) -> [Origin]? {
        guard let place = batches.firstIndex(where: { $0.batch == batch }) else { return nil }
        let kept = place == 0 ? committed : batches[place - 1].last
        var start = originsDone
        var left = kept.counter - committed.counter
        while left > 0 {
            left -= origins[start].count
            start += 1
        }
        let lost = Array(origins[start...])
        origins.removeLast(lost.count)
        isOriginOpen = false
        batches.removeLast(batches.count - place)
        applied = kept
        // Revisions will be given again: a chain that mentions them would lie.
        chain.removeAll()
        return lost
    }
}

/// The last event-lane revision of each key, for the tap's `prev_rev` chain.
///
/// Bounded: when full it forgets everything, and a key starts a new chain with 0 ("first, or
/// not known any more").
struct EventChain {
    private static let maximumKeys = 65_536
    private var index = ByteIndex()
    private var bytes: [UInt8] = []
    private var ranges: [Range<Int>] = []
    private var revisions: [Revision] = []

    /// Sets a key's last revision and returns the one before, or zero.
    mutating func replace(_ key: Span<UInt8>, by revision: Revision) -> Revision {
        let hash = ByteIndex.hash(key)
        let found = index.find(hash) {
            ranges[$0].count == key.count && bytes.holds(key, at: ranges[$0].lowerBound)
        }
        if let found {
            let before = revisions[found]
            revisions[found] = revision
            return before
        }
        if ranges.count == Self.maximumKeys { removeAll() }
        index.insert(hash, ranges.count)
        let start = bytes.count
        bytes.append(span: key)
        ranges.append(start..<bytes.count)
        revisions.append(revision)
        return .zero
    }

    mutating func removeAll() {
        index.removeAll()
        bytes.removeAll(keepingCapacity: true)
        ranges.removeAll(keepingCapacity: true)
        revisions.removeAll(keepingCapacity: true)
    }
}
