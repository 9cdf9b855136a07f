import FloorEvents
public import FloorHub
public import FloorHubServer
import FloorPosix
import FloorWire
import Foundation
import GRDB
import Synchronization

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
/// Pages are read by another thread (`JournalReader`). A journal whose file is removed or replaced
/// under the hub stores nothing until it is back: what is written to a file without a name is gone
/// with the process.
///
/// - Thread: as the port says; `close` waits for both threads.
///
/// @unchecked Sendable because `queue`, `hasFailed` and `isClosing` are touched only with `lock`
/// held, `open`, `thread` and `directoryLock` only by the port's caller, `upkeep` and `isRefusing`
/// only by the writer thread and, when that has ended, by `close`.
public final class SQLiteJournal: EventJournal, @unchecked Sendable {
    /// The database's name in the data directory.
    public static let fileName = "journal.sqlite"

    let pool: DatabasePool
    let reader: JournalReader
    private let outcomes: OutcomeQueue
    /// Given back by `close`.
    private var directoryLock: FileLock?
    private let lock = Lock()
    private let hasWork = Condition()
    private var queue: [JournalBatch] = []
    private var hasFailed = false
    private var isClosing = false
    private var open = JournalBatch()
    private var upkeep: JournalUpkeep
    /// Whether a notice has told of a failure and none yet of its end.
    private var isRefusing = false
    private var thread: FloorThread?

    init(
        _ pool: DatabasePool,
        _ reader: JournalReader,
        _ upkeep: JournalUpkeep,
        _ outcomes: OutcomeQueue,
        lock directoryLock: FileLock
    ) {
        self.pool = pool
        self.reader = reader
        self.upkeep = upkeep
        self.outcomes = outcomes
        self.directoryLock = directoryLock
    }

    func start() throws(PosixError) {
        thread = try FloorThread.start(name: "floorbus journal") { [self] in run() }
        do { try reader.start() } catch {
            close()
            throw error
        }
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

    /// Hands the question to the reader and returns at once.
    public func read(_ request: ReadRequest) { reader.read(request) }

    /// Takes the question back.
    public func cancelRead(token: UInt64) { reader.cancel(token: token) }

    /// What the writer and the reader have to tell since the last call.
    public func takeOutcomes() -> [JournalOutcome] {
        let told = outcomes.take()
        for case .failed in told { lock.withLock { hasFailed = false } }
        return told
    }

    /// Commits what waits, ends both threads and closes the database.
    public func close() {
        reader.close()
        lock.withLock {
            isClosing = true
            hasWork.signal()
        }
        thread?.join()
        thread = nil
        if upkeep.areFilesInPlace() {
            // A database without a log beside it is one file to copy; where a full disk or a
            // reader refuses that, the log stays, and the next start takes it in.
            _ = try? pool.writeWithoutTransaction { try $0.checkpoint(.truncate) }
            try? pool.close()
        } else {
            // Closing removes the log by its name, which is perhaps another journal's by now.
            _ = unsafe Unmanaged.passRetained(pool)
        }
        directoryLock = nil
    }

    // MARK: the writer thread

    private func run() {
        while let group = nextGroup() {
            if let first = group.first, let last = group.last {
                report(store(group) ? .committed(batch: last.number) : .failed(batch: first.number))
            }
            upkeep.run()
        }
    }

    /// Everything that waits; empty when it is time to look after the files; nil at the end.
    private func nextGroup() -> [JournalBatch]? {
        let deadline = upkeep.nextDeadline
        return lock.withLock {
            while queue.isEmpty, !isClosing {
                if !hasWork.wait(lock, untilMonotonicNanoseconds: deadline) { return [] }
            }
            guard !queue.isEmpty else { return nil }
            defer { queue.removeAll() }
            return queue
        }
    }

    private func store(_ group: [JournalBatch]) -> Bool {
        guard upkeep.areFilesInPlace() else { return false }
        do {
            try write(group)
        } catch {
            if !isRefusing {
                outcomes.tell(
                    .error,
                    .journalRefuses,
                    JournalError.sentence(error, path: pool.path)
                        + "; events are refused until it works again (tried every second)"
                )
            }
            isRefusing = true
            return false
        }
        if isRefusing { outcomes.tell(.info, .journalStores, "the journal works again") }
        isRefusing = false
        return true
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
        guard let head = group.last(where: { $0.lastEvent != nil })?.lastEvent else { return }
        reader.head.store(head.column, ordering: .releasing)
    }

    private func report(_ outcome: JournalOutcome) {
        if case .failed = outcome {
            lock.withLock {
                hasFailed = true
                queue.removeAll()
            }
        }
        outcomes.add(outcome)
    }
}
