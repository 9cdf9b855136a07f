public import FloorEvents
import FloorHubServer
import FloorWire
import Foundation
import GRDB

/// What is in a journal, and what is wrong with it.
public struct JournalReport: Sendable, Equatable {
    /// The version of its schema (docs/journal-schema.md).
    public var version: Int
    /// Identifies this data set; created with it.
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

extension JournalFile {
    private static let maximumFaults = 100

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
                version: try JournalSchema.version(of: database),
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

    // MARK: tables

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
            guard let (header, isTrue) = Self.compare(row, record: 6) else {
                report.faults.append("event \(revision.rawValue) is no record")
                continue
            }
            let isTheirs =
                header.producer.data == row[4] as Data
                && Int64(bitPattern: header.producerSequence) == row[5] as Int64
            if !isTrue || !isTheirs {
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
            guard let (_, isTrue) = Self.compare(row, record: 4) else {
                report.faults.append("change \(revision.rawValue) is no record")
                continue
            }
            if !isTrue {
                report.faults.append("change \(revision.rawValue) has columns unlike its record")
            }
        }
    }

    /// The header of a row's record, and whether its revision, kind, key and time are those of the
    /// row's first four columns; nil when it is no record.
    private static func compare(
        _ row: Row,
        record column: Int
    ) -> (header: RecordHeader, isTrue: Bool)? {
        let bytes = [UInt8](row[column] as Data)
        guard let view = try? RecordView(bytes.span, at: 0), view.range.count == bytes.count else {
            return nil
        }
        let header = view.header(bytes.span)
        let isTrue =
            header.revision == Revision(column: row[0]) && header.kindCode == row[1] as UInt8
            && Array(bytes[view.key]) == Array((row[2] as String).utf8)
            && header.hubTime == row[3] as Int64
        return (header, isTrue)
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
