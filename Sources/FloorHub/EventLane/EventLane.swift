import FloorEvents
import FloorWire

/// The event lane's present: records applied but not committed, and the last committed ones.
///
/// Readers that fall out of the window go back to the journal, so its size bounds memory, never
/// what a reader may miss.
struct EventLane: ~Copyable {
    private let inPlace = InPlace()
    /// Where consecutive records of one batch come from: one producer's consecutive operations,
    /// or the hub itself.
    struct Origin {
        /// Nil for what the hub did by itself.
        let producer: Producer?
        let first: UInt64
        /// Operations.
        var count: UInt64
        /// Records they made: one each, but for flags, and none for what was refused.
        var records: UInt64
        /// A flag operation's result, which leaves with the commit of what it was decided on.
        var result: ResultRun?

        var sequences: Range<UInt64> { first..<(first + count) }
    }

    /// Most records waiting for the journal; more are refused with a retryable result.
    static let maximumPending = EventWindow.maximumRecords - Limits.liveEventRecords

    /// The records, by the counter of their revision.
    private var window = EventWindow()
    /// After a failed commit: no operation is tried before this boot time.
    private var retryAt: Int64?
    /// Bytes of the records that wait for the journal.
    private var pendingBytes = 0
    /// Bytes of the records that no batch holds yet.
    private var openBytes = 0
    /// From this counter on the window knows the readers of the generation below.
    private var readersFrom: UInt64 = 1
    private var readersGeneration: UInt64 = 0
    private let epoch: UInt32
    /// The last revision the journal has confirmed.
    private(set) var committed: Revision
    /// The last revision given to a record.
    private(set) var applied: Revision
    /// Origins of the records from `committed` + 1 to `applied`, from `originsDone` on.
    private var origins: [Origin] = []
    private var originsDone = 0
    /// Whether the last origin is of the batch that is still open.
    private var isOriginOpen = false
    private var batches: [(batch: UInt64, last: Revision)] = []
    private var lastBatch: UInt64 = 0
    private var keys = EventKeys()

    init(epoch: UInt32) {
        self.epoch = epoch
        committed = Revision(epoch: epoch, counter: 0)
        applied = committed
    }

    /// The results that operations waiting for the journal will have, in order.
    func addResults(_ add: (Producer, ResultRun) -> Void) {
        var revision = committed
        for origin in origins[originsDone...] {
            var run = origin.result ?? ResultRun(origin.first, .ok, revision: revision.next)
            if origin.result == nil { run.count = UInt32(origin.count) }
            if let producer = origin.producer { add(producer, run) }
            revision = Revision(epoch: revision.epoch, counter: revision.counter + origin.records)
        }
    }

    // MARK: the journal's health

    /// Whether the journal failed a moment ago, so that nothing new is tried.
    func isHeldBack(at boot: Int64) -> Bool { retryAt.map { boot < $0 } ?? false }
    /// When it is tried again; long ago when it works.
    var nextTry: Int64 { retryAt ?? .min }
    mutating func noteFailure(at boot: Int64) {
        retryAt = boot + Limits.storageRetryMicroseconds
    }
    mutating func noteStored() { retryAt = nil }

    // MARK: records

    /// The buffer that the records lie in.
    var bytes: [UInt8] { window.bytes }
    /// A copy of a record.
    func copy(_ revision: Revision) -> [UInt8] { window.bytes.span.copy(record(revision)) }
    /// The stretch of records that lie end to end from a counter on.
    func run(from counter: UInt64, through last: UInt64) -> (bytes: Range<Int>, last: UInt64) {
        window.run(from: counter, through: last)
    }
    /// The first record that no batch holds yet.
    var firstUncommitted: Revision { (batches.last?.last ?? committed).next }
    var hasUncommitted: Bool { applied >= firstUncommitted }
    /// Whether so much was applied since the last batch that the turn is to end.
    var isTurnFull: Bool {
        applied.counter >= firstUncommitted.counter + UInt64(Limits.recordsPerTurn)
            || openBytes >= EventWindow.mostKeptBytes / 2
    }
    var isFull: Bool {
        applied.counter - committed.counter >= UInt64(Self.maximumPending)
            || pendingBytes >= EventWindow.mostKeptBytes
    }

    /// Whether so many more records can be applied, however large they are.
    func hasRoom(for records: Int) -> Bool {
        applied.counter - committed.counter + UInt64(records) <= UInt64(Self.maximumPending)
            && pendingBytes + (records - 1) * EventWindow.largestRecord < EventWindow.mostKeptBytes
    }

    /// The oldest revision still in the window.
    var windowStart: Revision { Revision(epoch: epoch, counter: window.first) }

    /// A record in the window.
    func record(_ revision: Revision) -> Range<Int> { window[revision.counter].range }

    /// Where a record of the window has its parts.
    func view(_ revision: Revision) -> RecordView {
        RecordView(checked: window.bytes.span, at: window[revision.counter].range.lowerBound)
    }

    /// Who wants a record of the window.
    func readers(_ revision: Revision, _ filters: inout FilterIndex) -> Int32 {
        if let known = readers(revision, generation: filters.setGeneration) { return known }
        return filters.set(matching: window.bytes.span.extracting(view(revision).key))
    }

    /// Who wants a record of the window, as the filters of this generation say; nil when they
    /// have changed since.
    func readers(_ revision: Revision, generation: UInt64) -> Int32? {
        guard generation == readersGeneration, revision.counter >= readersFrom else { return nil }
        return window[revision.counter].readers
    }

    /// The place of a key, to be given to `apply`; nil for one that the lane does not know.
    func find(_ key: Span<UInt8>, hash: UInt32) -> Int? { keys.find(key, hash: hash) }

    /// A place for a well-formed key that has none.
    mutating func insert(_ key: Span<UInt8>, hash: UInt32) -> Int {
        keys.insert(key, hash: hash)
    }

    /// Gives a record the next revision and keeps it, uncommitted.
    ///
    /// - Parameters:
    ///   - record: well-formed, as its publisher wrote it.
    ///   - key: its key's place among the keys.
    ///   - stamp: what the hub says of it, but for the revisions.
    ///   - filters: know who wants the key.
    mutating func apply(
        _ record: Span<UInt8>,
        key: Int,
        _ stamp: RecordStamp,
        _ filters: inout FilterIndex
    ) {
        precondition(!isFull, "EventLane.apply: the caller checks isFull")
        var stamp = stamp
        applied = applied.next
        stamp.revision = applied
        stamp.previous = keys.replaceRevision(key, by: applied)
        let readers = keys.readers(key, &filters)
        if filters.setGeneration != readersGeneration {
            readersGeneration = filters.setGeneration
            readersFrom = applied.counter
        }
        let start = window.append(record, readers: readers, keeping: committed.counter + 1)
        window.stamp(at: start, stamp)
        pendingBytes += record.count
        openBytes += record.count
    }

    /// Says whose the last applied records are: consecutive operations of one producer.
    mutating func noteOrigin(_ producer: Producer, _ first: UInt64, count: UInt64) {
        if isOriginOpen, let last = origins.indices.last, origins[last].producer === producer,
            origins[last].result == nil, origins[last].sequences.upperBound == first
        {
            origins[last].count += count
            origins[last].records += count
        } else {
            origins.append(Origin(producer: producer, first: first, count: count, records: count))
            isOriginOpen = true
        }
    }

    /// Says whose the last applied records are: one operation's, which may have made none.
    ///
    /// Without records it waits for everything applied before it.
    mutating func noteOutcome(_ producer: Producer, _ result: ResultRun, records: UInt64) {
        origins.append(
            Origin(
                producer: producer,
                first: result.first,
                count: 1,
                records: records,
                result: result
            )
        )
        isOriginOpen = true
    }

    /// Says that the last applied records are the hub's own.
    mutating func noteOwn(records: UInt64) {
        if isOriginOpen, let last = origins.indices.last, origins[last].producer == nil {
            origins[last].records += records
        } else {
            origins.append(Origin(producer: nil, first: 0, count: 0, records: records))
            isOriginOpen = true
        }
    }

    /// Closes a batch over everything applied; returns its number.
    mutating func closeBatch() -> UInt64 {
        lastBatch += 1
        openBytes = 0
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

    /// Commits the records of the next origin, up to a revision; nil when they are all done.
    ///
    /// What was refused on the strength of those records comes right behind them.
    mutating func commitNext(through end: Revision) -> Origin? {
        guard originsDone < origins.count else { return nil }
        let origin = origins[originsDone]
        guard origin.records == 0 || committed < end else { return nil }
        originsDone += 1
        if originsDone == origins.count {
            origins.removeAll(keepingCapacity: true)
            originsDone = 0
            isOriginOpen = false
        }
        let last = committed.counter + origin.records
        var next = committed.counter + 1
        while next <= last {
            let run = window.run(from: next, through: last)
            pendingBytes -= run.bytes.count
            next = run.last + 1
        }
        committed = Revision(epoch: epoch, counter: last)
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
        while start < origins.count, left > 0 || origins[start].records == 0 {
            left -= origins[start].records
            start += 1
        }
        let lost = Array(origins[start...])
        origins.removeLast(lost.count)
        isOriginOpen = false
        batches.removeLast(batches.count - place)
        for counter in kept.counter + 1..<applied.counter + 1 {
            pendingBytes -= window[counter].range.count
        }
        openBytes = 0
        window.removeLast(after: kept.counter)
        applied = kept
        // Revisions will be given again: a chain that mentions them would lie, and so would
        // what the window knows of who wants them.
        keys.removeAll()
        return lost
    }
}
