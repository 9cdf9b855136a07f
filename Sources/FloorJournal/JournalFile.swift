public import FloorEvents
public import FloorHubServer
import FloorPosix
import FloorWire
import Foundation
import GRDB

/// What is in a journal, and what is wrong with it.
public struct JournalReport: Sendable, Equatable {
    /// The data's birth name.
    public var lineage: FloorID
    /// The last life of the hub.
    public var epoch: UInt32
    /// Events kept.
    public var events: Int
    /// Values kept.
    public var values: Int
    /// Changes of values kept.
    public var history: Int
    /// Producers kept.
    public var producers: Int
    /// Bytes of the database in use.
    public var bytes: Int64
    /// What is wrong, a sentence each, at most a hundred; empty when all is well.
    public var faults: [String]
}

/// One event of a journal.
public struct JournalEvent: Sendable, Equatable {
    /// Its revision.
    public var revision: Revision
    /// Its key, as text.
    public var key: String
    /// What it is about, as a number.
    public var kindCode: UInt8
    /// When the hub applied it, microseconds since 1970.
    public var hubTime: Int64
    /// When it happened by the publisher's clock, microseconds since 1970; 0 = not said.
    public var sourceTime: Int64
    /// Who published it.
    public var producer: FloorID
    /// Its number among the producer's operations.
    public var producerSequence: UInt64
    /// The layout of the payload.
    public var schema: UInt16
    /// The payload.
    public var payload: [UInt8]
}

/// A journal that no hub of this process has open: to check, compact or export it.
///
///     let report = try JournalFile(directory: "/var/lib/floorbus").check()
///     for fault in report.faults { print(fault) }
///
/// - Thread: any; every call opens the database for itself.
public struct JournalFile: Sendable {
    let directory: String
    let path: String
    private static let maximumFaults = 100

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

    /// Reads everything and compares it with itself; a hub may be running.
    ///
    /// - Throws: `HubServerError.journal` when the file cannot even be opened.
    public func check() throws -> JournalReport {
        try reading { database in
            guard let meta = try Row.fetchOne(database, sql: "SELECT lineage, epoch FROM meta"),
                let lineage = FloorID(meta[0] as Data)
            else { throw JournalError.damaged(path, detail: "the table meta is empty") }
            var faults = try String.fetchAll(database, sql: "PRAGMA integrity_check")
            if faults == ["ok"] { faults = [] }
            var report = JournalReport(
                lineage: lineage,
                epoch: UInt32(meta[1] as Int64),
                events: 0,
                values: 0,
                history: 0,
                producers: 0,
                bytes: try Retention.usedBytes(database),
                faults: faults
            )
            try checkEvents(database, &report)
            try checkValues(database, &report)
            try checkHistory(database, &report)
            try checkProducers(database, &report)
            report.faults = Array(report.faults.prefix(Self.maximumFaults))
            return report
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

    /// Calls `body` with every event of a stretch of time, oldest first; a hub may be running.
    ///
    /// It reads a part at a time, so that the hub's log does not grow meanwhile: what is stored
    /// during the export comes too, and what retention removes before it is read does not.
    ///
    /// - Parameters:
    ///   - from: first hub time, microseconds since 1970.
    ///   - to: hub time before which it ends.
    ///   - body: what it throws ends the export.
    /// - Throws: `HubServerError.journal`, or what `body` throws.
    public func export(
        from: Int64 = 0,
        to: Int64 = .max,
        _ body: (JournalEvent) throws -> Void
    ) throws {
        try readingInParts { _ in
            0
        } part: { last, database in
            let rows = try Row.fetchAll(
                database,
                sql: """
                    SELECT rev, record FROM events
                    WHERE rev > ? AND hub_time >= ? AND hub_time < ? ORDER BY rev LIMIT ?
                    """,
                arguments: [last, from, to, Self.partRows]
            )
            return (try rows.map { try event($0) }, rows.last?[0])
        } each: {
            try body($0)
            return true
        }
    }

    /// Some events of a stretch of time, oldest first; a hub may be running.
    ///
    /// Each call reads for itself, so that a reader that takes its time does not keep the hub from
    /// cleaning up:
    ///
    ///     var last = Revision.zero
    ///     while let end = try journal.events(after: last, from: from, to: to).last {
    ///         last = end.revision
    ///     }
    ///
    /// - Parameters:
    ///   - revision: only events after it.
    ///   - from: first hub time, microseconds since 1970.
    ///   - to: hub time before which it ends.
    ///   - limit: at most so many.
    /// - Returns: the events; none when there is nothing more.
    /// - Throws: `HubServerError.journal`.
    public func events(
        after revision: Revision,
        from: Int64,
        to: Int64,
        limit: Int = 1000
    ) throws -> [JournalEvent] {
        try reading { database in
            let rows = try Row.fetchCursor(
                database,
                sql: """
                    SELECT rev, record FROM events
                    WHERE rev > ? AND hub_time >= ? AND hub_time < ? ORDER BY rev LIMIT ?
                    """,
                arguments: [revision.column, from, to, limit]
            )
            var events: [JournalEvent] = []
            while let row = try rows.next() { events.append(try event(row)) }
            return events
        }
    }

    /// The data's birth name, and the hub times of the first and the last event.
    ///
    /// - Throws: `HubServerError.journal`.
    public func extent() throws -> (lineage: FloorID, events: ClosedRange<Int64>?) {
        try reading { database in
            guard let meta = try Row.fetchOne(database, sql: "SELECT lineage FROM meta"),
                let lineage = FloorID(meta[0] as Data)
            else { throw JournalError.damaged(path, detail: "the table meta is empty") }
            let ends = try ["ASC", "DESC"].map { order in
                try Int64.fetchOne(
                    database,
                    sql: "SELECT hub_time FROM events ORDER BY rev \(order) LIMIT 1"
                )
            }
            guard let first = ends[0], let last = ends[1] else { return (lineage, nil) }
            return (lineage, first...max(first, last))
        }
    }

    private func event(_ row: Row) throws -> JournalEvent {
        let bytes = [UInt8](row[1] as Data)
        guard let view = try? RecordView(bytes.span, at: 0) else {
            throw JournalError.damaged(path, detail: "event \(row[0] as Int64)")
        }
        let header = view.header(bytes.span)
        return JournalEvent(
            revision: header.revision,
            key: String(decoding: bytes[view.key], as: UTF8.self),
            kindCode: header.kindCode,
            hubTime: header.hubTime,
            sourceTime: header.sourceTime,
            producer: header.producer,
            producerSequence: header.producerSequence,
            schema: header.schema,
            payload: Array(bytes[view.payload])
        )
    }

    /// Rows read in one transaction.
    static let partRows = 1000

    /// Reads rows a part at a time, each in a transaction of its own: a long one would keep the
    /// hub from emptying its log.
    ///
    /// - Parameters:
    ///   - start: gives the revision before the first.
    ///   - part: gets the revision that was read last; gives what comes behind it and the last
    ///     revision looked at, nil = there is no more.
    ///   - each: gets one after the other, outside of a transaction; false = that is enough.
    /// - Throws: `HubServerError.journal`, or what `each` throws.
    func readingInParts<Element>(
        after start: (Database) throws -> Int64,
        part: (Int64, Database) throws -> (elements: [Element], last: Int64?),
        each: (Element) throws -> Bool
    ) throws {
        let queue: DatabaseQueue
        var last: Int64
        (queue, last) = try explained {
            let queue = try open()
            let first = try queue.read { database in
                try JournalSchema.require(database, path: path)
                return try start(database)
            }
            return (queue, first)
        }
        while true {
            let (elements, end) = try explained {
                try queue.read { database in try part(last, database) }
            }
            for element in elements where try !each(element) { return }
            guard let end else { return }
            last = end
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

    // MARK: checking

    private func checkEvents(_ database: Database, _ report: inout JournalReport) throws {
        let floor = try Int64.fetchOne(database, sql: "SELECT floor FROM meta") ?? 0
        var before = Revision(column: floor)
        let rows = try Row.fetchCursor(
            database,
            sql: """
                SELECT rev, kind, key, hub_time, producer, producer_seq, record
                FROM events ORDER BY rev
                """
        )
        while let row = try rows.next() {
            report.events += 1
            let revision = Revision(column: row[0])
            let bytes = [UInt8](row[6] as Data)
            guard let view = try? RecordView(bytes.span, at: 0), view.range.count == bytes.count
            else {
                report.faults.append("event \(revision.rawValue) is no record")
                continue
            }
            let header = view.header(bytes.span)
            let isTrue =
                header.revision == revision && header.kindCode == row[1] as UInt8
                && Array(bytes[view.key]) == Array((row[2] as String).utf8)
                && header.hubTime == row[3] as Int64 && header.producer.data == row[4] as Data
                && Int64(bitPattern: header.producerSequence) == row[5] as Int64
            if !isTrue {
                report.faults.append("event \(revision.rawValue) has columns unlike its record")
            }
            if revision != before.next, revision.counter != 1 || revision <= before {
                report.faults.append("events are missing before event \(revision.rawValue)")
            }
            before = revision
        }
    }

    private func checkValues(_ database: Database, _ report: inout JournalReport) throws {
        let rows = try Row.fetchCursor(database, sql: "SELECT key, record FROM state")
        while let row = try rows.next() {
            report.values += 1
            let key: String = row[0]
            let bytes = [UInt8](row[1] as Data)
            guard let view = try? RecordView(bytes.span, at: 0), view.range.count == bytes.count,
                Array(bytes[view.key]) == Array(key.utf8)
            else {
                report.faults.append("the value of \(key) is no record of that key")
                continue
            }
        }
    }

    private func checkHistory(_ database: Database, _ report: inout JournalReport) throws {
        guard try JournalSchema.hasHistory(database) else { return }
        let rows = try Row.fetchCursor(
            database,
            sql: "SELECT rev, kind, key, hub_time, record FROM history ORDER BY rev"
        )
        while let row = try rows.next() {
            report.history += 1
            let revision = Revision(column: row[0])
            let bytes = [UInt8](row[4] as Data)
            guard let view = try? RecordView(bytes.span, at: 0), view.range.count == bytes.count
            else {
                report.faults.append("change \(revision.rawValue) is no record")
                continue
            }
            let header = view.header(bytes.span)
            let isTrue =
                header.revision == revision && header.kindCode == row[1] as UInt8
                && Array(bytes[view.key]) == Array((row[2] as String).utf8)
                && header.hubTime == row[3] as Int64
            if !isTrue {
                report.faults.append("change \(revision.rawValue) has columns unlike its record")
            }
        }
    }

    private func checkProducers(_ database: Database, _ report: inout JournalReport) throws {
        let rows = try Row.fetchCursor(
            database,
            sql: "SELECT id, principal, last, used_at, results, incarnation FROM producers"
        )
        while let row = try rows.next() {
            report.producers += 1
            if SQLiteJournal.producer(row) == nil {
                report.faults.append("producer \((row[0] as Data).map { $0 }) is not readable")
            }
        }
    }
}
