public import FloorEvents
public import FloorHub
import FloorWire

/// Where the hub's data are kept: the port between the hub's loop and a store.
///
/// The loop hands over events, values and producers, commits them as one batch, and asks for
/// pages of the events that are committed. Nothing here waits for a disk: `commit` and `read`
/// return at once, and what came of them is told through `takeOutcomes` after waking the loop.
///
/// A batch that fails takes along everything handed over behind it until `takeOutcomes` has told
/// of the failure: the hub takes it all back then, and gives the revisions again.
///
/// - Thread: all calls come from the holder of the hub's lock, one at a time.
public protocol EventJournal: AnyObject {
    /// Takes records, end to end, behind the earlier ones; they are not committed yet.
    func append(_ records: Span<UInt8>)
    /// Takes one last-value record; one that deletes removes the key.
    func saveValue(_ record: Span<UInt8>)
    /// Takes one `StoredProducer`, in place of what was stored of it before.
    func saveProducer(_ producer: Span<UInt8>)
    /// Takes changes of values, records end to end, for the history; perhaps some it has already.
    func saveHistory(_ records: Span<UInt8>)
    /// Takes the last record of a flag's or a note's key, in place of what was stored before.
    func saveKept(_ record: Span<UInt8>)
    /// Takes a key whose last record is needed no more.
    func forgetKept(_ key: Span<UInt8>)
    /// Commits what was handed over since the last commit, whole or not at all.
    func commit(batch: UInt64)
    /// Asks for committed records after a revision; the page comes as an outcome, in any order.
    ///
    /// Every question is answered, unless it is taken back: by `isUnreadable` if need be.
    func read(_ request: ReadRequest)
    /// Takes a question back; its page may come all the same if it is on its way.
    func cancelRead(token: UInt64)
    /// What there is to tell since the last call; batches are in order.
    func takeOutcomes() -> [JournalOutcome]
    /// Commits what was handed over, as far as possible, and gives up the store; the last call.
    func close()
}

/// A journal that is open, and what it knows of the hub's earlier lives.
public struct OpenJournal {
    /// The journal.
    public var journal: any EventJournal
    /// Identifies this data set; created with it.
    public var lineage: FloorID
    /// The new life, stored already: no revision is ever given twice.
    public var epoch: UInt32
    /// What the last life has stored; nil for a journal that keeps events only.
    public var contents: HubContents?

    /// An open journal.
    public init(
        _ journal: any EventJournal,
        lineage: FloorID,
        epoch: UInt32,
        contents: HubContents?
    ) {
        self.journal = journal
        self.lineage = lineage
        self.epoch = epoch
        self.contents = contents
    }
}

/// Opens a hub's journal: called once, before anything is bound.
///
/// What it is given wakes the hub's loop: to be called, from any thread, when `takeOutcomes` has
/// something to tell.
public typealias JournalOpener = (
    _ wake: @escaping @Sendable () -> Void
) throws(HubServerError) -> OpenJournal

/// What a journal tells the loop.
public enum JournalOutcome: Sendable {
    /// A batch is stored, with everything before it.
    case committed(batch: UInt64)
    /// A batch is not stored, nor is anything after it; a notice has the reason.
    case failed(batch: UInt64)
    /// Known without a commit: nothing can be stored from now on, or something can again.
    case storing(Bool)
    /// The answer to a question.
    case page(JournalPage)
    /// What is too old or too much could not be removed; it is tried again.
    case retentionFailed
    /// Something an operator should know.
    case notice(HubNotice)
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

        /// An empty one, with room for as much as the one before it holds.
        init(like before: Segment?) {
            bytes.reserveCapacity((before?.bytes.count ?? 0) * 9 / 8)
            ends.reserveCapacity(MemoryJournal.segmentRecords)
        }

        func start(_ place: Int) -> Int { place == 0 ? 0 : ends[place - 1] }

        /// Takes as many records as it has places for; returns where the next one begins.
        mutating func add(_ records: Span<UInt8>, from start: Int) -> Int {
            let offset = bytes.count - start
            var end = start
            while end < records.count, ends.count < MemoryJournal.segmentRecords {
                end = RecordView(checked: records, at: end).range.upperBound
                ends.append(end + offset)
            }
            bytes.append(span: records.extracting(start..<end))
            return end
        }

        /// Appends the records that fit into a page, one always; returns how many.
        func copy(
            from slot: Int,
            count: Int,
            into page: inout [UInt8],
            maximumBytes: Int
        ) -> Int {
            let start = start(slot)
            let last = min(ends.count, slot + count)
            var end = slot
            while end < last, page.count + ends[end] - start <= maximumBytes { end += 1 }
            if end == slot, page.isEmpty { end += 1 }
            page.append(contentsOf: bytes[start..<self.start(end)])
            return end - slot
        }
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

    /// Takes records.
    public func append(_ records: Span<UInt8>) {
        var at = 0
        while at < records.count {
            if segments.last.map({ $0.ends.count == Self.segmentRecords }) ?? true {
                segments.append(spare ?? Segment(like: segments.last))
                spare = nil
            }
            let last = segments.count - 1
            let before = segments[last].ends.count
            at = segments[last].add(records, from: at)
            appended += segments[last].ends.count - before
        }
        bytes += records.count
    }

    /// Nothing: values live as long as the hub.
    public func saveValue(_ record: Span<UInt8>) {}

    /// Nothing: producers live as long as the hub.
    public func saveProducer(_ producer: Span<UInt8>) {}

    /// Nothing: a history is for reports on a durable hub.
    public func saveHistory(_ records: Span<UInt8>) {}

    /// Nothing: flags live as long as the hub.
    public func saveKept(_ record: Span<UInt8>) {}

    /// Nothing.
    public func forgetKept(_ key: Span<UInt8>) {}

    /// Nothing.
    public func close() {}

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

    /// The batches and pages since the last call; all batches are committed.
    public func takeOutcomes() -> [JournalOutcome] {
        guard !outcomes.isEmpty else { return [] }
        defer { outcomes.removeAll(keepingCapacity: true) }
        return outcomes
    }

    /// Answers at once: the page is among the next outcomes.
    public func read(_ request: ReadRequest) { outcomes.append(.page(page(request))) }

    /// Forgets the page, if nobody has taken it yet.
    public func cancelRead(token: UInt64) {
        outcomes.removeAll { outcome in
            if case .page(let page) = outcome { return page.token == token }
            return false
        }
    }

    private func page(_ request: ReadRequest) -> JournalPage {
        let after = max(request.after, floor)
        var page: [UInt8] = []
        page.reserveCapacity(min(request.maximumBytes, bytes))
        // Counters have no holes, so a record's place follows from its revision.
        var place = min(committed, Int(clamping: after.counter - floor.counter))
        let end = min(committed, place + request.maximumRecords)
        while place < end {
            let taken = segments[(first + place) / Self.segmentRecords].copy(
                from: (first + place) % Self.segmentRecords,
                count: end - place,
                into: &page,
                maximumBytes: request.maximumBytes
            )
            guard taken > 0 else { break }
            place += taken
        }
        let through = Revision(epoch: floor.epoch, counter: floor.counter + UInt64(place))
        return JournalPage(
            token: request.token,
            records: page,
            floor: floor,
            through: through,
            atEnd: place >= committed
        )
    }
}
