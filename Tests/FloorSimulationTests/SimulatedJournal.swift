import FloorBusTestKit
import FloorEvents
import FloorHub
import FloorWire

/// A journal whose disk survives a crash of the hub, or does not, and which can be slow or full.
final class SimulatedJournal {
    /// Committed records, in order of revision.
    private(set) var committed: [(revision: Revision, bytes: [UInt8])] = []
    /// Everything ever committed, whatever retention and crashes have removed since.
    private(set) var history: [(revision: Revision, bytes: [UInt8])] = []
    /// The committed record of each revision: key and payload.
    private var byRevision: [Revision: (key: [UInt8], payload: [UInt8])] = [:]
    private var appended = Content()
    /// Batches closed but not decided.
    private var waiting: [(batch: UInt64, content: Content)] = []
    private var values: [[UInt8]: [UInt8]] = [:]
    private var producers: [FloorID: StoredProducer] = [:]
    private(set) var kept: [[UInt8]: [UInt8]] = [:]
    private var lastStamp: Int64 = 0

    private struct Content {
        var records: [[UInt8]] = []
        var values: [[UInt8]] = []
        var producers: [[UInt8]] = []
        var kept: [[UInt8]] = []
        var forgotten: [[UInt8]] = []
    }

    /// Pages asked for and not told yet.
    private var questions: [ReadRequest] = []
    private var floor: Revision
    private let retained: Int
    private(set) var epoch: UInt32

    init(epoch: UInt32, retained: Int) {
        self.epoch = epoch
        self.retained = retained
        floor = Revision(epoch: epoch, counter: 0)
    }

    /// While it is, every commit fails.
    var isFull = false
    var hasWaiting: Bool { !waiting.isEmpty }
    var head: Revision { history.last?.revision ?? .zero }
    /// The head, or the present life's beginning: what was before may be gone with its disk.
    var point: Revision { max(head, Revision(epoch: epoch, counter: 0)) }
    var keepsEverything: Bool { retained >= 100_000 }

    func append(_ records: [UInt8]) { appended.records += records.splitRecords }
    func saveValue(_ record: [UInt8]) { appended.values.append(record) }
    func saveProducer(_ producer: [UInt8]) { appended.producers.append(producer) }
    func saveKept(_ record: [UInt8]) { appended.kept.append(record) }
    func forgetKept(_ key: [UInt8]) { appended.forgotten.append(key) }

    /// What a durable hub's next life starts with.
    var contents: HubContents {
        var contents = HubContents()
        contents.lastStamp = lastStamp
        contents.values = Array(values.values)
        // The hash's order would differ between two runs of one seed.
        contents.producers = producers.values.sorted { $0.id.text < $1.id.text }
        contents.kept = Array(kept.values)
        return contents
    }

    func close(_ batch: UInt64) {
        waiting.append((batch, appended))
        appended = Content()
    }

    /// Stores the oldest batch and returns its number.
    func commitOne() -> UInt64? {
        guard !waiting.isEmpty else { return nil }
        let (batch, content) = waiting.removeFirst()
        for bytes in content.values {
            let (view, header) = Self.parse(bytes)
            let isDeleted = header.operation == .delete
            values[bytes.span.copy(view.key)] = isDeleted ? nil : bytes
            lastStamp = max(lastStamp, header.hubTime)
        }
        for bytes in content.producers {
            guard let producer = try? StoredProducer(bytes.span) else {
                preconditionFailure("the hub saved something that is no producer")
            }
            producers[producer.id] = producer
        }
        for bytes in content.kept { kept[bytes.span.copy(Self.parse(bytes).0.key)] = bytes }
        for key in content.forgotten { kept[key] = nil }
        for bytes in content.records {
            let (view, header) = Self.parse(bytes)
            lastStamp = max(lastStamp, header.hubTime)
            committed.append((view.revision(bytes.span), bytes))
            history.append((view.revision(bytes.span), bytes))
            byRevision[view.revision(bytes.span)] = (
                bytes.span.copy(view.key), bytes.span.copy(view.payload)
            )
        }
        while committed.count > retained { floor = committed.removeFirst().revision }
        return batch
    }

    private static func parse(_ bytes: [UInt8]) -> (RecordView, RecordHeader) {
        guard let view = try? RecordView(bytes.span, at: 0) else {
            preconditionFailure("the hub handed over something that is no record")
        }
        return (view, view.header(bytes.span))
    }

    /// Key and payload of a record that is, or was, committed.
    func record(_ revision: Revision) -> (key: [UInt8], payload: [UInt8])? {
        byRevision[revision]
    }

    /// Loses the oldest batch and all behind it; returns the number.
    func failOne() -> UInt64? {
        guard let first = waiting.first else { return nil }
        waiting.removeAll()
        appended = Content()
        return first.batch
    }

    /// Takes a question; it is answered later, and perhaps after one that came behind it.
    func ask(_ request: ReadRequest) { questions.append(request) }

    func cancelRead(_ token: UInt64) { questions.removeAll { $0.token == token } }

    var hasQuestions: Bool { !questions.isEmpty }

    /// The page of one of the questions, as the journal is now.
    func answerOne(_ random: inout SeededRandom) -> JournalPage? {
        guard let place = questions.indices.randomElement(using: &random) else { return nil }
        return read(questions.remove(at: place))
    }

    func read(_ request: ReadRequest) -> JournalPage {
        let after = max(request.after, floor)
        var records: [UInt8] = []
        var through = after
        var count = 0
        var atEnd = true
        for (revision, bytes) in committed where revision > after {
            if count == request.maximumRecords
                || (count > 0 && records.count + bytes.count > request.maximumBytes)
            {
                atEnd = false
                break
            }
            records.append(contentsOf: bytes)
            through = revision
            count += 1
        }
        if atEnd {
            through = max(
                through,
                committed.last?.revision ?? .zero,
                Revision(epoch: epoch, counter: 0)
            )
        }
        return JournalPage(
            token: request.token,
            records: records,
            floor: floor,
            through: through,
            atEnd: atEnd
        )
    }

    /// The hub's process dies: what was not committed is gone; without a disk, everything.
    func crash(newEpoch: UInt32, keepsDisk: Bool) {
        waiting.removeAll()
        questions.removeAll()
        appended = Content()
        epoch = newEpoch
        if !keepsDisk {
            kept.removeAll()
            committed.removeAll()
            floor = Revision(epoch: newEpoch, counter: 0)
        }
    }
}
