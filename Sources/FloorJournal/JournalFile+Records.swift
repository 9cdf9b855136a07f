public import FloorEvents
import FloorWire
import Foundation
import GRDB

/// Which of a journal's records.
public enum JournalPart: String, Sendable {
    /// The event lane: calls, flags, notes.
    case events
    /// Every change of an agent's state and of a queue's level, where the hub keeps them.
    case history
}

/// One record of a journal, decoded as far as its header.
public struct JournalRecord: Sendable, Equatable {
    /// Its revision.
    public var revision: Revision
    /// The revision of its key before it, when it is of the state lane; zero = the first.
    public var previous: Revision
    /// Its key.
    public var key: FloorKey
    /// What it does; nil for an operation this version does not know.
    public var operation: RecordOperation?
    /// How sure the hub was of it.
    public var freshness: Freshness
    /// When the hub applied it, microseconds since 1970.
    public var hubTime: Int64
    /// The layout of the payload.
    public var schema: UInt16
    /// The payload.
    public var payload: [UInt8]

    /// A record by its parts.
    public init(
        revision: Revision,
        previous: Revision = .zero,
        key: FloorKey,
        operation: RecordOperation?,
        freshness: Freshness = .live,
        hubTime: Int64,
        schema: UInt16,
        payload: [UInt8]
    ) {
        self.revision = revision
        self.previous = previous
        self.key = key
        self.operation = operation
        self.freshness = freshness
        self.hubTime = hubTime
        self.schema = schema
        self.payload = payload
    }
}

/// What time a journal knows of, in microseconds since 1970.
public struct JournalExtent: Sendable, Equatable {
    /// The hub's latest stamp; 0 = it has never stamped anything.
    public var last: Int64
    /// When the first event that is kept was applied; nil without one.
    public var firstEvent: Int64?
    /// Whether events were removed before it.
    public var hasRemovedEvents: Bool
    /// When the first change of a value that is kept was applied; nil without one.
    public var firstChange: Int64?
}

extension JournalFile {
    /// A time of at least a minute in words: "3 minutes", "20 hours", "400 days".
    package static func words(microseconds: Int64) -> String {
        let minutes = microseconds / 60_000_000
        switch minutes {
        case ..<120: return "\(minutes) minute\(minutes == 1 ? "" : "s")"
        case ..<(48 * 60): return "\(minutes / 60) hours"
        default: return "\(minutes / 60 / 24) days"
        }
    }

    /// Calls `body` with the records of some kinds and a stretch of time, oldest first.
    ///
    /// A hub may be running. It reads a part at a time, so that the hub's log does not grow
    /// meanwhile: what is stored during the reading comes too.
    ///
    ///     try journal.records(.events, [.private], from: morning) { flags.take($0) }
    ///
    /// - Parameters:
    ///   - part: events or history.
    ///   - kinds: of these kinds alone.
    ///   - from: first hub time, microseconds since 1970.
    ///   - to: hub time before which it ends.
    ///   - body: what it throws ends the reading.
    /// - Throws: `HubServerError.journal`, or what `body` throws.
    public func records(
        _ part: JournalPart,
        _ kinds: [RecordKind],
        from: Int64 = 0,
        to: Int64 = .max,
        _ body: (JournalRecord) throws -> Void
    ) throws {
        let codes = kinds.map { String($0.rawValue) }.joined(separator: ", ")
        try readingInParts { database in
            guard try Self.has(part, database) else { return .max }
            return try first(part, database, at: from) - 1
        } part: { last, database in
            guard try Self.has(part, database) else { return ([], nil) }
            let rows = try Row.fetchAll(
                database,
                sql: """
                    SELECT rev, record FROM \(part.rawValue)
                    WHERE rev > ? AND hub_time >= ? AND kind IN (\(codes))
                    ORDER BY rev LIMIT \(Self.partRows)
                    """,
                arguments: [last, from]
            )
            return (
                try rows.map { try Self.record([UInt8]($0[1] as Data), $0[0], path) },
                rows.last?[0]
            )
        } each: { (record: JournalRecord) in
            guard record.hubTime < to else { return false }
            try body(record)
            return true
        }
    }

    private static func has(_ part: JournalPart, _ database: Database) throws -> Bool {
        try part == .events || JournalSchema.hasHistory(database)
    }

    /// From when to when the journal knows of anything; a hub may be running.
    ///
    /// - Throws: `HubServerError.journal`.
    public func extentOfTime() throws -> JournalExtent {
        try reading { database in
            guard let meta = try Row.fetchOne(database, sql: "SELECT hub_clock, floor FROM meta")
            else { throw JournalError.damaged(path, detail: "the table meta is empty") }
            let first = "SELECT hub_time FROM %@ ORDER BY rev LIMIT 1"
            func firstTime(_ part: JournalPart) throws -> Int64? {
                let sql = first.replacingOccurrences(of: "%@", with: part.rawValue)
                return try Int64.fetchOne(database, sql: sql)
            }
            return JournalExtent(
                last: meta[0],
                firstEvent: try firstTime(.events),
                hasRemovedEvents: Revision(column: meta[1]) > Revision(epoch: 1, counter: 0),
                firstChange: try JournalSchema.hasHistory(database) ? firstTime(.history) : nil
            )
        }
    }

    /// The first revision at or after a time: times grow with revisions, so a search by halves
    /// spares reading what lies before.
    private func first(_ part: JournalPart, _ database: Database, at time: Int64) throws -> Int64 {
        let ends = try Row.fetchOne(
            database,
            sql: "SELECT min(rev), max(rev) FROM \(part.rawValue)"
        )
        guard var low = ends?[0] as Int64?, var high = ends?[1] as Int64? else { return 0 }
        let next = try database.cachedStatement(
            sql: "SELECT rev, hub_time FROM \(part.rawValue) WHERE rev >= ? ORDER BY rev LIMIT 1"
        )
        while low < high {
            let middle = low + (high - low) / 2
            guard let row = try Row.fetchOne(next, arguments: [middle]) else { break }
            if row[1] as Int64 >= time { high = middle } else { low = (row[0] as Int64) + 1 }
        }
        return low
    }

    private static func record(
        _ bytes: [UInt8],
        _ revision: Int64,
        _ path: String
    ) throws -> JournalRecord {
        guard let view = try? RecordView(bytes.span, at: 0),
            let key = try? FloorKey(bytes: Array(bytes[view.key]))
        else { throw JournalError.damaged(path, detail: "record \(revision)") }
        let header = view.header(bytes.span)
        return JournalRecord(
            revision: header.revision,
            previous: header.previous,
            key: key,
            operation: header.operation,
            freshness: header.flags.freshness,
            hubTime: header.hubTime,
            schema: header.schema,
            payload: Array(bytes[view.payload])
        )
    }
}
