public import FloorEvents
import FloorHubServer
import FloorWire
import Foundation
import GRDB

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

extension JournalFile {
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
        try readingInParts { database in
            try rows(of: .events, database, from: from, to: to)
        } part: { here, database in
            try read(here, database) { row in
                let time: Int64 = row[2]
                return time >= from && time < to ? try event(row) : nil
            }
        } each: {
            try body($0)
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
    ///   - limit: the most events of one call.
    /// - Returns: the events; none when there is nothing more.
    /// - Throws: `HubServerError.journal`.
    public func events(
        after revision: Revision,
        from: Int64,
        to: Int64,
        limit: Int = 1000
    ) throws -> [JournalEvent] {
        try reading { database in
            var here = try rows(of: .events, database, from: from, to: to).map { rows in
                var rows = rows
                rows.after = max(rows.after, revision.column)
                rows.limit = limit
                return rows
            }
            while let place = here {
                let (events, next) = try read(place, database) { row in
                    let time: Int64 = row[2]
                    return time >= from && time < to ? try event(row) : nil
                }
                // None of a page is of the stretch only where clocks were set back.
                if !events.isEmpty { return events }
                here = next
            }
            return []
        }
    }

    /// The data set's id, and the hub times of the first and the last event.
    ///
    /// - Throws: `HubServerError.journal`.
    public func extent() throws -> (lineage: FloorID, events: ClosedRange<Int64>?) {
        try reading { database in
            guard let meta = try Row.fetchOne(database, sql: "SELECT lineage FROM meta"),
                let lineage = FloorID(meta[0] as Data)
            else { throw JournalError.damaged(path, detail: "the table meta is empty") }
            let ends = try ["min", "max"].map { end in
                try Int64.fetchOne(
                    database,
                    sql: "SELECT hub_time FROM events WHERE rev = (SELECT \(end)(rev) FROM events)"
                )
            }
            guard let first = ends[0], let last = ends[1] else { return (lineage, nil) }
            return (lineage, first...max(first, last))
        }
    }

    private func event(_ row: Row) throws -> JournalEvent {
        let bytes = try Self.bytes(row)
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
}
