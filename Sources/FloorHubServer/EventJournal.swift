public import FloorEvents
public import FloorHub

/// Where the event lane is kept: the port between the hub's loop and a store.
///
/// The loop appends and commits in the order of the lane and asks for pages of what is
/// committed. A store that commits elsewhere returns at once from `commit` and reports through
/// `takeOutcomes` after waking the loop.
///
/// - Thread: all calls come from the holder of the hub's lock, one at a time.
public protocol EventJournal: AnyObject {
    /// Takes one record, behind the earlier ones; it is not committed yet.
    func append(_ record: Span<UInt8>)
    /// Commits what was appended since the last commit.
    func commit(batch: UInt64)
    /// What became of batches since the last call, in order.
    func takeOutcomes() -> [JournalOutcome]
    /// Committed records after a revision.
    func read(_ request: ReadRequest) -> JournalPage
}

/// What became of one batch.
public enum JournalOutcome: Sendable {
    /// It is stored, with everything before it.
    case committed(batch: UInt64)
    /// It is not stored, nor is anything after it.
    case failed(batch: UInt64)
}

/// The event lane in memory: a bounded ring that forgets the oldest records.
///
/// Nothing in it survives the process; a reader who comes for what was forgotten is told by
/// a GAP.
public final class MemoryJournal: EventJournal {
    private let maximumRecords: Int
    private let maximumBytes: Int
    private var records: [[UInt8]] = []
    private var first = 0
    private var committed = 0
    private var bytes = 0
    private var outcomes: [JournalOutcome] = []
    /// Everything up to here is forgotten or never was.
    private var floor: Revision

    /// An empty journal of one life of a hub.
    public init(
        epoch: UInt32,
        maximumRecords: Int = Limits.memoryJournalRecords,
        maximumBytes: Int = Limits.memoryJournalBytes
    ) {
        precondition(maximumRecords > 0 && maximumBytes > 0, "a journal holds at least a record")
        self.maximumRecords = maximumRecords
        self.maximumBytes = maximumBytes
        floor = Revision(epoch: epoch, counter: 0)
    }

    /// Takes one record.
    public func append(_ record: Span<UInt8>) {
        var copy: [UInt8] = []
        copy.reserveCapacity(record.count)
        for index in 0..<record.count { copy.append(record[index]) }
        records.append(copy)
    }

    /// Commits at once.
    public func commit(batch: UInt64) {
        for index in committed..<records.count { bytes += records[index].count }
        committed = records.count
        while committed - first > maximumRecords || (bytes > maximumBytes && committed > first) {
            bytes -= records[first].count
            floor = floor.next
            records[first] = []
            first += 1
        }
        if first > 4096, first * 2 > records.count {
            records.removeFirst(first)
            committed -= first
            first = 0
        }
        outcomes.append(.committed(batch: batch))
    }

    /// The batches since the last call; all are committed.
    public func takeOutcomes() -> [JournalOutcome] {
        guard !outcomes.isEmpty else { return [] }
        defer { outcomes.removeAll(keepingCapacity: true) }
        return outcomes
    }

    /// A page from memory.
    public func read(_ request: ReadRequest) -> JournalPage {
        let after = max(request.after, floor)
        var page: [UInt8] = []
        // Counters have no holes, so a record's place follows from its revision.
        var place = first + Int(after.counter - floor.counter)
        var through = after
        var count = 0
        while place < committed, count < request.maximumRecords {
            let record = records[place]
            if count > 0, page.count + record.count > request.maximumBytes { break }
            page.append(contentsOf: record)
            through = through.next
            place += 1
            count += 1
        }
        return JournalPage(
            token: request.token,
            records: page,
            floor: floor,
            through: through,
            atEnd: place >= committed
        )
    }
}
