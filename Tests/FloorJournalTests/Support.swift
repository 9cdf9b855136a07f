import FloorEvents
import FloorHub
import FloorHubServer
import FloorPosix
import FloorWire
import Foundation
import Testing

@testable import FloorJournal

/// A directory that is gone with the test.
final class Scratch {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "floorbus-journal-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    var database: String { path + "/" + SQLiteJournal.fileName }
}

/// The journal decided nothing in ten seconds.
struct Undecided: Error {}

/// A journal under test, and how to wait for it.
final class Bench {
    let journal: any EventJournal
    let lineage: FloorID
    let epoch: UInt32
    let contents: HubContents?
    private let wake: WakeDescriptor
    private var lastBatch: UInt64 = 0
    private var lastToken: UInt64 = 0
    /// What the journal has told an operator and no test has taken.
    private(set) var notices: [HubNotice] = []
    private(set) var retentionFailures = 0
    /// Each word of the journal that it can store, or cannot.
    private(set) var storing: [Bool] = []

    init(_ opener: JournalOpener) throws {
        let wake = try WakeDescriptor()
        let opened = try opener { wake.signal() }
        self.wake = wake
        journal = opened.journal
        lineage = opened.lineage
        epoch = opened.epoch
        contents = opened.contents
    }

    convenience init(_ scratch: Scratch, _ options: JournalOptions = JournalOptions()) throws {
        try self.init(SQLiteJournal.opener(directory: scratch.path, options))
    }

    /// Hands over one batch without waiting; returns its number.
    @discardableResult
    func hand(_ records: [[UInt8]]) -> UInt64 {
        for record in records { journal.append(record.span) }
        lastBatch += 1
        journal.commit(batch: lastBatch)
        return lastBatch
    }

    /// What became of batches and questions; waits for it, at most ten seconds.
    ///
    /// Notices among it are kept in `notices`.
    func outcomes() throws -> [JournalOutcome] {
        var set = PollSet()
        _ = set.add(wake.descriptor)
        let end = Clocks.monotonicNanoseconds() + 10_000_000_000
        while Clocks.monotonicNanoseconds() < end {
            let found = takeOutcomes()
            if !found.isEmpty { return found }
            _ = try set.wait(timeoutMilliseconds: 1000)
            wake.drain()
        }
        throw Undecided()
    }

    private func takeOutcomes() -> [JournalOutcome] {
        var found: [JournalOutcome] = []
        for outcome in journal.takeOutcomes() {
            switch outcome {
            case .notice(let notice): notices.append(notice)
            case .retentionFailed: retentionFailures += 1
            case .storing(let isStoring): storing.append(isStoring)
            case .committed, .failed, .page: found.append(outcome)
            }
        }
        return found
    }

    /// Waits until a notice with a code has come, at most ten seconds.
    @discardableResult
    func notice(_ code: HubNotice.Code) throws -> HubNotice {
        var set = PollSet()
        _ = set.add(wake.descriptor)
        let end = Clocks.monotonicNanoseconds() + 10_000_000_000
        while true {
            for outcome in takeOutcomes() { Issue.record("nobody asked for \(outcome)") }
            if let place = notices.firstIndex(where: { $0.code == code }) {
                return notices.remove(at: place)
            }
            guard Clocks.monotonicNanoseconds() < end else { throw Undecided() }
            _ = try set.wait(timeoutMilliseconds: 1000)
            wake.drain()
        }
    }

    /// Stores records; true when they are committed.
    @discardableResult
    func store(_ records: [[UInt8]]) throws -> Bool {
        let batch = hand(records)
        while true {
            for outcome in try outcomes() {
                switch outcome {
                case .committed(let through): if through >= batch { return true }
                case .failed: return false
                case .page, .storing, .retentionFailed, .notice:
                    Issue.record("nobody asked: \(outcome)")
                }
            }
        }
    }

    func read(
        after: Revision = .zero,
        records: Int = 1000,
        bytes: Int = 1 << 20
    ) throws -> JournalPage {
        lastToken += 1
        journal.read(
            ReadRequest(
                token: lastToken,
                after: after,
                maximumRecords: records,
                maximumBytes: bytes
            )
        )
        let page = try pages(1)[0]
        #expect(page.token == lastToken)
        return page
    }

    /// Hands over a question without waiting; returns its token.
    func ask(after: Revision = .zero, records: Int = 1000) -> UInt64 {
        lastToken += 1
        journal.read(
            ReadRequest(
                token: lastToken,
                after: after,
                maximumRecords: records,
                maximumBytes: 1 << 20
            )
        )
        return lastToken
    }

    /// The next pages, in the order they come; waits for so many.
    func pages(_ count: Int) throws -> [JournalPage] {
        var pages: [JournalPage] = []
        while pages.count < count {
            for outcome in try outcomes() {
                guard case .page(let page) = outcome else {
                    Issue.record("nobody asked: \(outcome)")
                    continue
                }
                pages.append(page)
            }
        }
        return pages
    }

    /// Waits until a page says what is wanted, at most ten seconds.
    func wait(for condition: (JournalPage) -> Bool) throws -> JournalPage {
        let end = Clocks.monotonicNanoseconds() + 10_000_000_000
        while true {
            let page = try read()
            if condition(page) || Clocks.monotonicNanoseconds() > end { return page }
            var nothing = PollSet()
            _ = try nothing.wait(timeoutMilliseconds: 10)
        }
    }
}

/// One event's record.
func event(
    _ counter: UInt64,
    epoch: UInt32 = 1,
    payload: String = "hello",
    hubTime: Int64 = Clocks.wallMicroseconds()
) -> [UInt8] {
    var header = RecordHeader(.event, .append)
    header.revision = Revision(epoch: epoch, counter: counter)
    header.hubTime = hubTime
    header.producer = FloorID(high: 1, low: 2)
    header.producerSequence = counter
    return record(header, "event/bj/calls/\(counter % 7)/", payload)
}

func record(_ header: RecordHeader, _ key: String, _ payload: String) -> [UInt8] {
    var bytes: [UInt8] = []
    let key = Array(key.utf8)
    let payload = Array(payload.utf8)
    RecordWriter.append(header, key: key.span, payload: payload.span, to: &bytes)
    return bytes
}

extension JournalPage {
    /// The records' payloads as text, in order.
    var payloads: [String] {
        var result: [String] = []
        var at = 0
        while at < records.count {
            guard let view = try? RecordView(records.span, at: at) else { return [] }
            result.append(String(decoding: records[view.payload], as: UTF8.self))
            at = view.range.upperBound
        }
        return result
    }

    /// The records' revisions, in order.
    var revisions: [Revision] {
        var result: [Revision] = []
        var at = 0
        while at < records.count {
            guard let view = try? RecordView(records.span, at: at) else { return [] }
            result.append(view.revision(records.span))
            at = view.range.upperBound
        }
        return result
    }
}
