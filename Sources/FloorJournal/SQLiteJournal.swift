import FloorEvents
public import FloorHub
public import FloorHubServer
import FloorPosix
import FloorWire
import Foundation
import GRDB

/// The hub's data in an SQLite database, `journal.sqlite` in the data directory.
///
///     let hub = try EmbeddedHub(configuration, journal: SQLiteJournal.opener(directory: path))
///
/// Batches are written by a thread of the journal's own: whatever waits when it is free goes
/// into one transaction, and one fsync makes it durable (WAL, `synchronous = FULL`). So a lone
/// event waits for nobody, and under load hundreds share a flush. A transaction that fails,
/// because the disk is full or broken, is reported and nothing of it is kept; the next one is
/// tried as if nothing had happened.
///
/// - Thread: as the port says; `close` waits for the writer.
///
/// @unchecked Sendable because `queue`, `outcomes`, `hasFailed` and `isClosing` are touched only
/// with `lock` held, `open` only by the port's caller, `retention` and `isInTrouble` only by the
/// writer thread.
public final class SQLiteJournal: EventJournal, @unchecked Sendable {
    /// The database's name in the data directory.
    public static let fileName = "journal.sqlite"

    let pool: DatabasePool
    private let epoch: UInt32
    private let wake: @Sendable () -> Void
    /// Given back by `close`.
    private var directoryLock: FileLock?
    private let lock = Lock()
    private let hasWork = Condition()
    private var queue: [JournalBatch] = []
    private var outcomes: [JournalOutcome] = []
    private var hasFailed = false
    private var isClosing = false
    private var open = JournalBatch()
    private var retention: Retention
    private let onTrouble: (@Sendable (String?) -> Void)?
    /// Whether `onTrouble` has been told of a failure and not yet of its end.
    private var isInTrouble = false
    private var thread: FloorThread?

    init(
        _ pool: DatabasePool,
        epoch: UInt32,
        options: JournalOptions,
        lock directoryLock: FileLock,
        wake: @escaping @Sendable () -> Void
    ) {
        self.pool = pool
        self.epoch = epoch
        self.wake = wake
        self.directoryLock = directoryLock
        retention = Retention(options)
        onTrouble = options.onTrouble
    }

    func start() throws(PosixError) {
        thread = try FloorThread.start(name: "floorbus journal") { [self] in run() }
    }

    // MARK: the port

    /// Takes events; they are on their way with the next `commit`.
    public func append(_ records: Span<UInt8>) { open.add(records: records, to: \.events) }

    /// Takes one value.
    public func saveValue(_ record: Span<UInt8>) { open.add(record, to: \.values) }

    /// Takes one producer.
    public func saveProducer(_ producer: Span<UInt8>) { open.add(producer, to: \.producers) }

    /// Takes changes of values for the table `history`.
    public func saveHistory(_ records: Span<UInt8>) { open.add(records: records, to: \.history) }

    /// Takes a flag's or a note's last record.
    public func saveKept(_ record: Span<UInt8>) { open.add(record, to: \.kept) }

    /// Takes a key that is over.
    public func forgetKept(_ key: Span<UInt8>) { open.add(key, to: \.forgotten) }

    /// Hands the batch to the writer and returns at once.
    public func commit(batch: UInt64) {
        open.number = batch
        let closed = open
        open = JournalBatch()
        lock.withLock {
            // Behind a failure that the hub has not heard of: it will take this back too.
            guard !hasFailed else { return }
            queue.append(closed)
            hasWork.signal()
        }
    }

    /// What became of batches since the last call.
    public func takeOutcomes() -> [JournalOutcome] {
        lock.withLock {
            guard !outcomes.isEmpty else { return [] }
            defer { outcomes.removeAll(keepingCapacity: true) }
            hasFailed = false
            return outcomes
        }
    }

    /// A page from the database; takes a fraction of a millisecond and waits for no writer.
    public func read(_ request: ReadRequest) -> JournalPage? {
        try? pool.read { database in try page(request, database) }
    }

    /// Commits what waits, ends the writer and closes the database.
    public func close() {
        lock.withLock {
            isClosing = true
            hasWork.signal()
        }
        thread?.join()
        thread = nil
        // A database without a log beside it is one file to copy; a full disk may refuse.
        _ = try? pool.writeWithoutTransaction { try $0.checkpoint(.truncate) }
        try? pool.close()
        directoryLock = nil
    }

    // MARK: reading

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
        let select = try database.cachedStatement(
            sql: "SELECT rev, record FROM events WHERE rev > ? ORDER BY rev LIMIT ?"
        )
        let rows = try Row.fetchCursor(
            select,
            arguments: [after.column, request.maximumRecords + 1]
        )
        var count = 0
        while let row = try rows.next() {
            let record: Data = row[1]
            let isFull = page.records.count + record.count > request.maximumBytes
            if count == request.maximumRecords || (count > 0 && isFull) {
                page.atEnd = false
                break
            }
            page.records.append(contentsOf: record)
            page.through = Revision(column: row[0])
            count += 1
        }
        // The revisions between two lives were never given.
        if page.atEnd { page.through = max(page.through, Revision(epoch: epoch, counter: 0)) }
        return page
    }

    // MARK: the writer thread

    private func run() {
        while let group = nextGroup() {
            if let first = group.first, let last = group.last {
                do {
                    try write(group)
                    tell(nil)
                    report(.committed(batch: last.number))
                } catch {
                    tell(JournalError.sentence(error, path: pool.path))
                    report(.failed(batch: first.number))
                }
            }
            // It fails with the disk, and is tried again with the next group.
            try? retention.removeSome(pool)
        }
    }

    /// Everything that waits; empty when it is time to look at the retention; nil at the end.
    private func nextGroup() -> [JournalBatch]? {
        lock.withLock {
            while queue.isEmpty, !isClosing {
                let deadline = retention.nextLook
                if !hasWork.wait(lock, untilMonotonicNanoseconds: deadline) { return [] }
            }
            guard !queue.isEmpty else { return nil }
            defer { queue.removeAll() }
            return queue
        }
    }

    private func write(_ group: [JournalBatch]) throws {
        try pool.writeWithoutTransaction { database in
            try database.inTransaction(.immediate) {
                var latest: Int64 = 0
                for batch in group { latest = max(latest, try batch.write(database)) }
                try database.cachedStatement(
                    sql: "UPDATE meta SET hub_clock = max(hub_clock, ?)"
                ).execute(arguments: [latest])
                return .commit
            }
        }
    }

    private func tell(_ trouble: String?) {
        guard (trouble != nil) != isInTrouble else { return }
        isInTrouble = trouble != nil
        onTrouble?(trouble)
    }

    private func report(_ outcome: JournalOutcome) {
        lock.withLock {
            outcomes.append(outcome)
            if case .failed = outcome {
                hasFailed = true
                queue.removeAll()
            }
        }
        wake()
    }
}
