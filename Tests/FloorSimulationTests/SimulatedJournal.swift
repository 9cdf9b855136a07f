import FloorEvents
import FloorHub
import FloorWire

/// A journal whose disk survives a crash of the hub, or does not, and which can be slow or full.
final class SimulatedJournal {
    /// Committed records, in order of revision.
    private(set) var committed: [(revision: Revision, bytes: [UInt8])] = []
    /// Everything ever committed, whatever retention and crashes have removed since.
    private(set) var history: [(revision: Revision, bytes: [UInt8])] = []
    private var appended: [[UInt8]] = []
    /// Batches closed but not decided.
    private var waiting: [(batch: UInt64, records: [[UInt8]])] = []
    private var floor: Revision
    private let retained: Int
    private(set) var epoch: UInt32

    init(epoch: UInt32, retained: Int) {
        self.epoch = epoch
        self.retained = retained
        floor = Revision(epoch: epoch, counter: 0)
    }

    var hasWaiting: Bool { !waiting.isEmpty }
    var head: Revision { history.last?.revision ?? .zero }
    var keepsEverything: Bool { retained >= 100_000 }

    func append(_ record: [UInt8]) { appended.append(record) }

    func close(_ batch: UInt64) {
        waiting.append((batch, appended))
        appended.removeAll()
    }

    /// Stores the oldest batch and returns its number.
    func commitOne() -> UInt64? {
        guard !waiting.isEmpty else { return nil }
        let (batch, records) = waiting.removeFirst()
        for bytes in records {
            guard let view = try? RecordView(bytes.span, at: 0) else {
                preconditionFailure("the hub appended something that is no record")
            }
            committed.append((view.revision(bytes.span), bytes))
            history.append((view.revision(bytes.span), bytes))
        }
        while committed.count > retained { floor = committed.removeFirst().revision }
        return batch
    }

    /// Loses the oldest batch and all behind it; returns the number.
    func failOne() -> UInt64? {
        guard let first = waiting.first else { return nil }
        waiting.removeAll()
        appended.removeAll()
        return first.batch
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
        appended.removeAll()
        epoch = newEpoch
        if !keepsDisk {
            committed.removeAll()
            floor = Revision(epoch: newEpoch, counter: 0)
        }
    }
}
