import FloorEvents
public import FloorHub
import FloorWire

/// A journal in memory that a test holds back or lets fail.
///
/// It keeps its records when the hub of a `HubHarness` is started again, as a disk does.
///
/// - Thread: the test's own.
public struct JournalDouble: Sendable {
    /// What becomes of a commit.
    public enum Mode: Sendable {
        /// Stored at once.
        case immediate
        /// Neither stored nor lost until `HubHarness.commitHeld` or `failHeld`.
        case held
        /// Lost at once.
        case failing
    }

    /// What becomes of the commits from now on.
    public var mode = Mode.immediate
    /// Whether reads wait for `HubHarness.releaseReads`.
    public var holdsReads = false
    /// Records kept; older ones are forgotten, and readers are told by a GAP.
    public var maximumRecords = Int.max
    /// The committed records that are kept, oldest first.
    public private(set) var records: [ReceivedRecord] = []
    private var floor: Revision
    private var open = Batch()
    private var held: [(batch: UInt64, content: Batch)] = []
    private var bytes: [[UInt8]] = []
    private var values: [FloorKey: [UInt8]] = [:]
    private var producers: [FloorID: StoredProducer] = [:]
    private var kept: [FloorKey: [UInt8]] = [:]
    /// The changes of values that are stored, in the order of their revisions.
    public private(set) var history: [ReceivedRecord] = []
    private var lastStamp: Int64 = 0

    private struct Batch {
        var records: [[UInt8]] = []
        var values: [[UInt8]] = []
        var producers: [[UInt8]] = []
        var history: [[UInt8]] = []
        var kept: [[UInt8]] = []
        var forgotten: [[UInt8]] = []
    }

    init(epoch: UInt32) { floor = Revision(epoch: epoch, counter: 0) }

    /// Batches that are neither stored nor lost.
    public var heldBatches: Int { held.count }

    /// What the next life of a durable hub gets.
    public var contents: HubContents {
        var contents = HubContents()
        contents.lastStamp = lastStamp
        contents.values = Array(values.values)
        contents.producers = Array(producers.values)
        contents.kept = Array(kept.values)
        return contents
    }

    /// Holds other contents than the hub has stored, as a damaged disk does.
    ///
    /// - Parameter contents: well-formed records under well-formed keys, whatever they say; events
    ///   stay as they are.
    public mutating func damage(_ contents: HubContents) {
        func byKey(_ records: [[UInt8]]) -> [FloorKey: [UInt8]] {
            var found: [FloorKey: [UInt8]] = [:]
            for record in records {
                let view = RecordView(checked: record.span, at: 0)
                guard let key = try? FloorKey(bytes: record.span.copy(view.key)) else {
                    preconditionFailure("JournalDouble.damage: a record without a key")
                }
                found[key] = record
            }
            return found
        }
        lastStamp = contents.lastStamp
        values = byKey(contents.values)
        kept = byKey(contents.kept)
        producers = Dictionary(
            contents.producers.map { ($0.id, $0) },
            uniquingKeysWith: { _, last in last }
        )
    }

    mutating func append(_ records: [UInt8]) { open.records += records.splitRecords }
    mutating func saveValue(_ record: [UInt8]) { open.values.append(record) }
    mutating func saveProducer(_ producer: [UInt8]) { open.producers.append(producer) }
    mutating func saveHistory(_ records: [UInt8]) { open.history += records.splitRecords }
    mutating func saveKept(_ record: [UInt8]) { open.kept.append(record) }
    mutating func forgetKept(_ key: [UInt8]) { open.forgotten.append(key) }

    mutating func commit(_ batch: UInt64) -> HubInput? {
        defer { open = Batch() }
        switch mode {
        case .immediate:
            store(open)
            return .committed(batch: batch)
        case .held:
            held.append((batch, open))
            return nil
        case .failing:
            return .commitFailed(batch: batch)
        }
    }

    mutating func commitHeld() -> [HubInput] {
        defer { held = [] }
        return held.map { batch, content in
            store(content)
            return .committed(batch: batch)
        }
    }

    mutating func failHeld() -> [HubInput] {
        defer { held = [] }
        return held.map { .commitFailed(batch: $0.batch) }
    }

    /// What a crash loses.
    mutating func loseOpen() {
        open = Batch()
        held = []
    }

    private mutating func store(_ fresh: Batch) {
        for value in fresh.values {
            for record in ReceivedRecord.all(in: value) {
                guard let key = try? FloorKey(record.key) else { continue }
                values[key] = record.header.operation == .delete ? nil : value
                lastStamp = max(lastStamp, record.header.hubTime)
            }
        }
        for row in fresh.producers {
            guard let producer = try? StoredProducer(row.span) else { continue }
            producers[producer.id] = producer
        }
        // As a table whose key is the revision: what comes again is there once.
        let known = history.last?.header.revision ?? .zero
        let changes = fresh.history.flatMap { ReceivedRecord.all(in: $0) }
        history += changes.filter { $0.header.revision > known }
        for record in fresh.kept {
            let view = RecordView(checked: record.span, at: 0)
            guard let key = try? FloorKey(bytes: record.span.copy(view.key)) else { continue }
            kept[key] = record
        }
        for bytes in fresh.forgotten {
            guard let key = try? FloorKey(bytes: bytes) else { continue }
            kept[key] = nil
        }
        for record in fresh.records {
            bytes.append(record)
            records.append(contentsOf: ReceivedRecord.all(in: record))
            lastStamp = max(lastStamp, records.last?.header.hubTime ?? 0)
        }
        let surplus = records.count - min(records.count, maximumRecords)
        guard surplus > 0 else { return }
        floor = records[surplus - 1].header.revision
        records.removeFirst(surplus)
        bytes.removeFirst(surplus)
    }

    func read(_ request: ReadRequest) -> JournalPage {
        let after = max(request.after, floor)
        var page: [UInt8] = []
        var through = after
        var count = 0
        var place = records.firstIndex { $0.header.revision > after } ?? records.count
        while place < records.count, count < request.maximumRecords {
            let record = bytes[place]
            if count > 0, page.count + record.count > request.maximumBytes { break }
            page.append(contentsOf: record)
            through = records[place].header.revision
            place += 1
            count += 1
        }
        return JournalPage(
            token: request.token,
            records: page,
            floor: floor,
            through: through,
            atEnd: place >= records.count
        )
    }
}

extension [UInt8] {
    /// Well-formed records that lie end to end, each by itself.
    public var splitRecords: [[UInt8]] {
        var records: [[UInt8]] = []
        var at = 0
        while at < count {
            let view = RecordView(checked: span, at: at)
            records.append(Array(self[view.range]))
            at = view.range.upperBound
        }
        return records
    }
}
