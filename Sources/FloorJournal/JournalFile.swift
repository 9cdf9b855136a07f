import FloorEvents
public import FloorHubServer
import Foundation
import GRDB
import Synchronization

/// A journal that no hub of this process has open: to check, compact or export it.
///
///     let report = try JournalFile(directory: "/var/lib/floorbus").check()
///     for fault in report.faults { print(fault) }
///
/// - Thread: any; every call opens the database for itself.
public struct JournalFile: Sendable {
    let directory: String
    let path: String
    /// What reading has cost so far.
    package let reads = JournalReads()

    /// The journal of a data directory.
    ///
    /// - Throws: `HubServerError.journal` when there is none.
    public init(directory: String) throws(HubServerError) {
        self.directory = directory
        path = directory + "/" + SQLiteJournal.fileName
        guard FileManager.default.fileExists(atPath: path) else {
            throw .journal(JournalError.missing(path).sentence)
        }
    }

    /// Gives the space of removed events back to the file system; the hub must be stopped.
    ///
    /// - Returns: the file's bytes before and after.
    /// - Throws: `HubServerError.directoryInUse` while a hub has the directory.
    public func compact() throws(HubServerError) -> (before: Int64, after: Int64) {
        let lock = try SQLiteJournal.lock(directory)
        defer { withExtendedLifetime(lock) {} }
        do {
            let pool = try SQLiteJournal.pool(path)
            try pool.writeWithoutTransaction { database in
                try JournalSchema.migrate(database, path: path, lineage: .zero)
            }
            let before = try size()
            try pool.vacuum()
            try pool.close()
            return (before, try size())
        } catch {
            throw .journal(JournalError.sentence(error, path: path))
        }
    }

    /// Rows looked at in one transaction.
    static let partRows = 1000

    /// Reads a part at a time, each in a transaction of its own: a long one would keep the hub
    /// from emptying its log.
    ///
    /// - Parameters:
    ///   - start: where it begins; nil = there is nothing.
    ///   - part: gets a place; gives what stands there, of at most `partRows` rows looked at, and
    ///     the next place, nil = there is no more.
    ///   - each: gets one after the other, outside of a transaction.
    /// - Throws: `HubServerError.journal`, or what `each` throws.
    func readingInParts<Place, Element>(
        from start: (Database) throws -> Place?,
        part: (Place, Database) throws -> (elements: [Element], next: Place?),
        each: (Element) throws -> Void
    ) throws {
        let queue: DatabaseQueue
        var place: Place?
        (queue, place) = try explained {
            let queue = try open()
            let first = try queue.read { database in
                try JournalSchema.require(database, path: path)
                return try start(database)
            }
            return (queue, first)
        }
        while let here = place {
            let (elements, next) = try explained {
                try queue.read { database in try part(here, database) }
            }
            for element in elements { try each(element) }
            place = next
        }
    }

    func reading<Result>(_ body: (Database) throws -> Result) throws -> Result {
        try explained {
            try open().read { database in
                try JournalSchema.require(database, path: path)
                return try body(database)
            }
        }
    }

    private func open() throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(5)
        if reads.isTracing {
            configuration.prepareDatabase { [reads] database in
                database.trace {
                    if case .statement(let statement) = $0 { reads.note(sql: statement.sql) }
                }
            }
        }
        return try DatabaseQueue(path: path, configuration: configuration)
    }

    private func explained<Result>(_ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error where error is JournalError || error is DatabaseError {
            throw HubServerError.journal(JournalError.sentence(error, path: path))
        }
    }

    private func size() throws -> Int64 {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        return (attributes[.size] as? NSNumber)?.int64Value ?? 0
    }
}

/// What reading a journal has cost, in counts: for tests.
package final class JournalReads: Sendable {
    /// The counts.
    package struct Counts: Sendable, Equatable {
        /// Rows looked at.
        package var rows = 0
        /// Transactions they were looked at in.
        package var transactions = 0
        /// Rows looked at in one of them, at most.
        package var mostRows = 0
        /// Records copied out of rows.
        package var copies = 0
    }

    private let counts = Mutex(Counts())
    private let statements = Mutex<Set<String>?>(nil)

    /// Remembers each statement from now on, to ask SQLite how it is answered.
    package func trace() { statements.withLock { $0 = $0 ?? [] } }

    /// The statements since then.
    package var traced: Set<String> { statements.withLock { $0 ?? [] } }

    var isTracing: Bool { statements.withLock { $0 != nil } }

    func note(sql: String) { statements.withLock { _ = $0?.insert(sql) } }

    /// The counts so far.
    package var sum: Counts { counts.withLock { $0 } }

    func noteCopy() { counts.withLock { $0.copies += 1 } }

    /// A transaction has looked at so many rows.
    func note(rows: Int) {
        counts.withLock {
            $0.rows += rows
            $0.transactions += 1
            $0.mostRows = max($0.mostRows, rows)
        }
    }
}
