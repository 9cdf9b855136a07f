import FloorEvents
import FloorHub
public import FloorHubServer
import FloorPosix
import FloorWire
import Foundation
import GRDB

extension SQLiteJournal {
    /// What `HubServer` and `EmbeddedHub` take to keep their data in a directory.
    ///
    /// - Parameters:
    ///   - directory: made when missing; the one above it exists.
    ///   - options: how much is kept.
    /// - Returns: opens the journal, once, before the hub binds.
    public static func opener(
        directory: String,
        _ options: JournalOptions = JournalOptions()
    ) -> JournalOpener {
        { wake throws(HubServerError) in
            try open(directory: directory, options, wake: wake)
        }
    }

    /// Opens the journal of a directory for a new life of its hub.
    ///
    /// Takes the directory's lock, makes or migrates the database, and commits the new epoch
    /// before it returns.
    ///
    /// - Parameters:
    ///   - directory: made when missing; the one above it exists.
    ///   - options: how much is kept.
    ///   - wake: called on the writer's thread when `takeOutcomes` has something to tell.
    /// - Returns: the journal, its identity, and what the last life left.
    /// - Throws: `HubServerError.directoryInUse` for a second hub, `.journal` for a database
    ///   that is damaged, foreign, from a newer version or from the future.
    public static func open(
        directory: String,
        _ options: JournalOptions = JournalOptions(),
        wake: @escaping @Sendable () -> Void
    ) throws(HubServerError) -> OpenJournal {
        let directoryLock = try Self.lock(directory)
        let path = directory + "/" + fileName
        do {
            let pool = try Self.pool(path)
            let life = try pool.writeWithoutTransaction { database throws -> Life in
                try Self.beginLife(database, path: path, options)
            }
            let (contents, head) = try pool.read { database throws in
                (
                    try Self.contents(database, path: path, stamp: life.stamp),
                    try Int64.fetchOne(database, sql: "SELECT max(rev) FROM events") ?? 0
                )
            }
            let outcomes = OutcomeQueue(wake: wake)
            tell(life, path, outcomes)
            let reader = JournalReader(
                pool,
                epoch: life.epoch,
                head: max(Revision(column: head), Revision(epoch: life.epoch, counter: 0)),
                outcomes
            )
            let upkeep = JournalUpkeep(pool, try PlaceWatch(path), options, outcomes)
            let journal = SQLiteJournal(pool, reader, upkeep, outcomes, lock: directoryLock)
            try journal.start()
            return OpenJournal(
                journal,
                lineage: life.lineage,
                epoch: life.epoch,
                contents: contents
            )
        } catch {
            throw .journal(JournalError.sentence(error, path: path))
        }
    }

    /// Says so when the journal's last stamp is ahead of the clock.
    private static func tell(_ life: Life, _ path: String, _ outcomes: OutcomeQueue) {
        guard life.ahead > Limits.clockToleranceMicroseconds else { return }
        outcomes.tell(
            .warning,
            .clockBehind,
            "\(path) was last written \(JournalFile.words(microseconds: life.ahead)) ahead of this "
                + "machine's clock: one of them was set wrong; run NTP"
        )
    }

    static func lock(_ directory: String) throws(HubServerError) -> FileLock {
        do {
            try FileSystem.makeDirectory(path: directory)
            return try FileLock(path: directory + "/floorbus.lock")
        } catch {
            if error.code == ErrorNumber.tryAgain { throw .directoryInUse(directory) }
            throw .directory(directory, error)
        }
    }

    static func pool(_ path: String) throws -> DatabasePool {
        var configuration = Configuration()
        configuration.label = "floorbus journal"
        configuration.maximumReaderCount = 1
        // Another program may be reading the file; its locks are short.
        configuration.busyMode = .timeout(Double(busyMilliseconds) / 1000)
        let pool = try DatabasePool(path: path, configuration: configuration)
        // GRDB's pools run with NORMAL, where a power cut may take back the last commits.
        try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
        return pool
    }

    private static let busyMilliseconds = 5000

    /// Waits again for other programs' locks as the pool was opened to.
    static func setBusyTimeout(_ database: Database) {
        // A number in the connection's memory: there is no disk in it to fail.
        try? database.execute(sql: "PRAGMA busy_timeout = \(busyMilliseconds)")
    }

    /// `ahead`: how far the last stamp is ahead of the clock, in microseconds.
    private typealias Life = (lineage: FloorID, epoch: UInt32, stamp: Int64, ahead: Int64)

    private static func beginLife(
        _ database: Database,
        path: String,
        _ options: JournalOptions
    ) throws -> Life {
        var random = [UInt8](repeating: 0, count: 16)
        try Randomness.fill(&random)
        try JournalSchema.migrate(database, path: path, lineage: random.span.floorID(0))
        let sql = "SELECT lineage, epoch, hub_clock FROM meta"
        guard let meta = try Row.fetchOne(database, sql: sql),
            let lineage = FloorID(meta[0] as Data)
        else {
            throw JournalError.damaged(path, detail: "the table meta is empty")
        }
        let epoch: Int64 = meta[1]
        let stamp: Int64 = meta[2]
        let wall = Clocks.wallMicroseconds()
        let (ahead, isFar) = stamp.subtractingReportingOverflow(wall)
        let isRefused = isFar || ahead > Limits.clockRefusalMicroseconds
        guard options.acceptsClock || !isRefused else {
            throw JournalError.fromTheFuture(path, hours: (isFar ? .max : ahead) / 3_600_000_000)
        }
        guard epoch >= 0, epoch < 1 << 23 - 1 else { throw JournalError.noEpochLeft(path) }
        try database.inTransaction(.immediate) {
            // A clock that was wrong then must not be accepted again at every start.
            let clock = ahead > Limits.clockToleranceMicroseconds ? wall : stamp
            try database.execute(
                sql: "UPDATE meta SET epoch = ?, hub_clock = ?",
                arguments: [epoch + 1, clock]
            )
            return .commit
        }
        // Whoever counts on from a damaged stamp must not come to the end of the numbers.
        return (lineage, UInt32(epoch + 1), min(stamp, .max / 2), ahead)
    }

    private static func contents(
        _ database: Database,
        path: String,
        stamp: Int64
    ) throws -> HubContents {
        var contents = HubContents()
        contents.lastStamp = stamp
        contents.values = try records(database, of: "state", path: path)
        contents.kept = try records(database, of: "kept", path: path)
        let producers = try Row.fetchCursor(
            database,
            sql: """
                SELECT id, principal, last, used_at, results, incarnation FROM producers
                ORDER BY used_at DESC LIMIT \(Limits.producers)
                """
        )
        while let row = try producers.next() {
            guard let producer = Self.producer(row) else {
                throw JournalError.damaged(path, detail: "the table producers has a bad row")
            }
            contents.producers.append(producer)
        }
        return contents
    }

    private static func records(
        _ database: Database,
        of table: String,
        path: String
    ) throws -> [[UInt8]] {
        var records: [[UInt8]] = []
        let rows = try Row.fetchCursor(database, sql: "SELECT record FROM \(table)")
        while let row = try rows.next() {
            let record = [UInt8](row[0] as Data)
            guard let view = try? RecordView(record.span, at: 0), view.range.count == record.count
            else {
                throw JournalError.damaged(path, detail: "the table \(table) has a bad record")
            }
            records.append(record)
        }
        return records
    }

    static func producer(_ row: Row) -> StoredProducer? {
        let results = [UInt8](row[4] as Data)
        guard let id = FloorID(row[0] as Data), let principal = try? FloorKey(row[1] as String),
            let runs = try? Results(results.span).runs
        else { return nil }
        return StoredProducer(
            id: id,
            principal: principal,
            last: UInt64(bitPattern: row[2]),
            incarnation: UInt64(bitPattern: row[5]),
            usedAt: row[3],
            results: runs
        )
    }
}
