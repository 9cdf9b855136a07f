public import FloorEvents
public import FloorHub
import FloorWire

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
    /// Records end to end, so that keeping one allocates nothing.
    private struct Segment {
        var bytes: [UInt8] = []
        /// Where each record ends.
        var ends: [Int] = []

        func start(_ place: Int) -> Int { place == 0 ? 0 : ends[place - 1] }
    }

    /// Records of a segment; a segment's memory is used again when all of them are forgotten.
    private static let segmentRecords = 1024

    private let maximumRecords: Int
    private let maximumBytes: Int
    private var segments: [Segment] = []
    private var spare: Segment?
    /// Forgotten records of the first segment.
    private var first = 0
    private var appended = 0
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
        if segments.last.map({ $0.ends.count == Self.segmentRecords }) ?? true {
            segments.append(spare ?? Segment())
            spare = nil
        }
        let last = segments.count - 1
        segments[last].bytes.append(span: record)
        segments[last].ends.append(segments[last].bytes.count)
        appended += 1
        bytes += record.count
    }

    /// Commits at once.
    public func commit(batch: UInt64) {
        committed = appended
        while committed > maximumRecords || (bytes > maximumBytes && committed > 0) {
            forgetFirst()
        }
        outcomes.append(.committed(batch: batch))
    }

    private func forgetFirst() {
        bytes -= segments[0].ends[first] - segments[0].start(first)
        floor = floor.next
        first += 1
        appended -= 1
        committed -= 1
        guard first == Self.segmentRecords else { return }
        first = 0
        var empty = segments.removeFirst()
        empty.bytes.removeAll(keepingCapacity: true)
        empty.ends.removeAll(keepingCapacity: true)
        spare = empty
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
        var place = Int(after.counter - floor.counter)
        var through = after
        var count = 0
        while place < committed, count < request.maximumRecords {
            let segment = (first + place) / Self.segmentRecords
            let slot = (first + place) % Self.segmentRecords
            let start = segments[segment].start(slot)
            let end = segments[segment].ends[slot]
            if count > 0, page.count + end - start > request.maximumBytes { break }
            page.append(contentsOf: segments[segment].bytes[start..<end])
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
