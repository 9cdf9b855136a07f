import FloorEvents
import FloorHub
import FloorHubServer
import FloorPosix
import FloorWire
import Foundation
import GRDB
import Synchronization

/// Reads pages for the hub's readers, on a thread of its own: they catch up beside the hub, not in
/// its way.
///
/// First come, first served, a page at a time; a session has one question under way, and its own
/// questions for a stretch of time are few (`Limits.replaysPerSession`), so that nobody waits for
/// more than a page of each other reader and there are no more questions than sessions allow.
/// Each page is a transaction of its own, a fraction of a millisecond long: WAL readers do not
/// keep the writer waiting, and short ones do not keep the log from starting anew.
///
/// A page that cannot be read is tried again beside the others, and then answered as unreadable.
///
/// @unchecked Sendable because `waiting`, `failed`, `asked` and `isClosing` are touched only with
/// `lock` held, `isBroken`, `unreadable` and `nextNotice` only by the reader's thread, `thread`
/// only by who opens and closes.
final class JournalReader: @unchecked Sendable {
    private struct Question {
        var request: ReadRequest
        var tries = 0
        /// Monotonic nanoseconds; 0 = at once.
        var due: UInt64 = 0
    }

    private let pool: DatabasePool
    private let epoch: UInt32
    private let outcomes: OutcomeQueue
    /// The last revision that is committed, as stored in a column.
    let head: Atomic<Int64>
    /// Failed tries; for tests.
    let failures = Atomic(0)

    private let lock = Lock()
    private let hasWork = Condition()
    /// Those not tried yet, from `first` on in the order they came.
    private var waiting: [Question] = []
    private var first = 0
    /// Those tried in vain, in the order they are due.
    private var failed: [Question] = []
    /// Tokens whose page is wanted.
    private var asked: Set<UInt64> = []
    private var isClosing = false
    private var thread: FloorThread?

    /// Whether the last page was given up: the next ones are tried once.
    private var isBroken = false
    /// Unreadable pages that no notice has counted.
    private var unreadable = 0
    private var nextNotice: UInt64 = 0
    private static let noticeNanoseconds: UInt64 = 60_000_000_000

    init(_ pool: DatabasePool, epoch: UInt32, head: Revision, _ outcomes: OutcomeQueue) {
        self.pool = pool
        self.epoch = epoch
        self.head = Atomic(head.column)
        self.outcomes = outcomes
    }

    func start() throws(PosixError) {
        thread = try FloorThread.start(name: "floorbus reader") { [self] in run() }
    }

    func read(_ request: ReadRequest) {
        lock.withLock {
            asked.insert(request.token)
            waiting.append(Question(request: request))
            hasWork.signal()
        }
    }

    /// The question stays in its list, and is passed over there.
    func cancel(token: UInt64) { lock.withLock { _ = asked.remove(token) } }

    /// Ends the thread; what was not answered never is.
    func close() {
        lock.withLock {
            isClosing = true
            hasWork.signal()
        }
        thread?.join()
        thread = nil
    }

    // MARK: the reader's thread

    private func run() {
        while let question = next() {
            var found: JournalPage?
            do {
                try pool.read { database in found = try page(question.request, database) }
            } catch  where found == nil {
                retry(question, JournalError.sentence(error, path: pool.path))
            } catch {
                // The end of a transaction that met a bad place fails; each record is checked.
                pool.invalidateReadOnlyConnections()
            }
            guard let found else { continue }
            isBroken = false
            answer(found)
        }
    }

    /// The next question that is due; nil at the end.
    private func next() -> Question? {
        lock.withLock {
            while !isClosing {
                let now = Clocks.monotonicNanoseconds()
                if let question = takeDue(now) {
                    if asked.contains(question.request.token) { return question }
                } else if let due = failed.first?.due {
                    // Whether time or a question ended the wait, the lists say.
                    _ = hasWork.wait(lock, untilMonotonicNanoseconds: due)
                } else {
                    hasWork.wait(lock)
                }
            }
            return nil
        }
    }

    private func takeDue(_ now: UInt64) -> Question? {
        if let question = failed.first, question.due <= now { return failed.removeFirst() }
        guard first < waiting.count else { return nil }
        defer {
            first += 1
            if first == waiting.count {
                waiting.removeAll(keepingCapacity: true)
                first = 0
            }
        }
        return waiting[first]
    }

    private func answer(_ page: JournalPage) {
        if page.isUnreadable { tellUnreadable("a record in it is damaged") }
        let isWanted = lock.withLock { asked.remove(page.token) != nil }
        if isWanted { outcomes.add(.page(page)) }
    }

    private func retry(_ question: Question, _ reason: String) {
        failures.add(1, ordering: .relaxed)
        // What a broken read has left in the connection's cache would be found there again.
        pool.invalidateReadOnlyConnections()
        var question = question
        question.tries += 1
        guard isBroken || question.tries >= Limits.journalReadTries else {
            let pause = UInt64(Limits.journalReadRetryMicroseconds) * 1000
            question.due = Clocks.monotonicNanoseconds() + pause
            return lock.withLock { failed.append(question) }
        }
        isBroken = true
        tellUnreadable(reason)
        let isWanted = lock.withLock { asked.remove(question.request.token) != nil }
        if isWanted { outcomes.add(.page(unreadablePage(question.request))) }
    }

    /// Tells at most once a minute: a broken disk has many pages.
    private func tellUnreadable(_ reason: String) {
        unreadable += 1
        let now = Clocks.monotonicNanoseconds()
        guard now >= nextNotice else { return }
        nextNotice = now + Self.noticeNanoseconds
        outcomes.tell(
            .error,
            .pageUnreadable,
            "\(reason): \(unreadable) page(s) of \(pool.path) could not be read and readers are "
                + "told a gap; 'floorbus journal check' names the damage"
        )
        unreadable = 0
    }

    // MARK: pages

    /// As far as the request wanted to read, and no further than what is committed.
    private func unreadablePage(_ request: ReadRequest) -> JournalPage {
        let head = Revision(column: head.load(ordering: .acquiring))
        let after = request.after
        let last = Revision(rawValue: after.rawValue + UInt64(request.maximumRecords))
        let through = max(after, min(last, head))
        var page = JournalPage(
            token: request.token,
            records: [],
            floor: .zero,
            through: through,
            atEnd: through >= head
        )
        page.isUnreadable = true
        return page
    }

    private func page(_ request: ReadRequest, _ database: Database) throws -> JournalPage {
        let floor = Revision(
            column: try Int64.fetchOne(
                database.cachedStatement(sql: "SELECT floor FROM meta")
            ) ?? 0
        )
        let after = max(request.after, floor)
        var page = JournalPage(
            token: request.token,
            records: [],
            floor: floor,
            through: after,
            atEnd: true
        )
        do {
            try fill(&page, request, database)
        } catch  where !page.records.isEmpty {
            // What stands before the bad place is good; the next question begins at it.
            page.atEnd = false
        }
        // The revisions between two lives were never given.
        if page.atEnd { page.through = max(page.through, Revision(epoch: epoch, counter: 0)) }
        return page
    }

    private func fill(
        _ page: inout JournalPage,
        _ request: ReadRequest,
        _ database: Database
    ) throws {
        let select = try database.cachedStatement(
            sql: "SELECT rev, record FROM events WHERE rev > ? ORDER BY rev LIMIT ?"
        )
        let rows = try Row.fetchCursor(
            select,
            arguments: [page.through.column, request.maximumRecords + 1]
        )
        var count = 0
        while let row = try rows.next() {
            let revision = Revision(column: row[0])
            let record: Data = row[1]
            let isFull = page.records.count + record.count > request.maximumBytes
            if count == request.maximumRecords || (count > 0 && isFull) {
                page.atEnd = false
                return
            }
            let start = page.records.count
            page.records.append(contentsOf: record)
            guard Self.isRecord(page.records.span, at: start, revision) else {
                // The core takes a page's records for well-formed.
                page.records.removeLast(record.count)
                page.atEnd = false
                guard count == 0 else { return }
                page.isUnreadable = true
                page.through = revision
                return
            }
            page.through = revision
            count += 1
        }
    }

    private static func isRecord(
        _ bytes: Span<UInt8>,
        at start: Int,
        _ revision: Revision
    ) -> Bool {
        // Whatever is wrong with it, the remedy is one.
        guard let view = try? RecordView(bytes, at: start) else { return false }
        return view.range.upperBound == bytes.count && view.revision(bytes) == revision
    }
}
