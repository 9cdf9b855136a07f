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
    /// The last event's revision; zero without one.
    public var lastEvent = Revision.zero
    /// The last change's revision; zero without one.
    public var lastChange = Revision.zero
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
    /// meanwhile: what is stored during the reading comes too, unless `before` says where to end.
    ///
    ///     try journal.records(.events, [.private], from: morning) { flags.take($0) }
    ///
    /// - Parameters:
    ///   - part: events or history.
    ///   - kinds: of these kinds alone.
    ///   - from: first hub time, microseconds since 1970.
    ///   - to: hub time before which it ends.
    ///   - before: revision before which it ends; nil = wherever the journal does.
    ///   - body: what it throws ends the reading.
    /// - Throws: `HubServerError.journal`, or what `body` throws.
    public func records(
        _ part: JournalPart,
        _ kinds: [RecordKind],
        from: Int64 = 0,
        to: Int64 = .max,
        before: Revision? = nil,
        _ body: (JournalRecord) throws -> Void
    ) throws {
        let codes = Set(kinds.map { $0.rawValue })
        try readingInParts { database in
            try rows(of: part, kinds, database, from: from, to: to, before: before)
        } part: { here, database in
            try read(here, database) { row in
                guard codes.contains(row[1]) else { return nil }
                let time: Int64 = row[2]
                guard time >= from, time < to else { return nil }
                return try copied(row)
            }
        } each: { (record: JournalRecord) in
            try body(record)
        }
    }

    /// The revision of the first record at or after a time; nil when there is none.
    ///
    /// - Throws: `HubServerError.journal`.
    public func firstRevision(_ part: JournalPart, at time: Int64) throws -> Revision? {
        try reading { database in
            guard try part == .events || JournalSchema.hasHistory(database) else { return nil }
            return try first(part, database, at: time).map { Revision(column: $0) }
        }
    }

    /// From when to when the journal knows of anything; a hub may be running.
    ///
    /// - Throws: `HubServerError.journal`.
    public func extentOfTime() throws -> JournalExtent {
        try reading { database in
            guard let meta = try Row.fetchOne(database, sql: "SELECT hub_clock, floor FROM meta")
            else { throw JournalError.damaged(path, detail: "the table meta is empty") }
            func end(_ part: JournalPart, _ end: String) throws -> Row? {
                guard try part == .events || JournalSchema.hasHistory(database) else { return nil }
                return try Row.fetchOne(
                    database,
                    sql: """
                        SELECT rev, hub_time FROM \(part.rawValue)
                        WHERE rev = (SELECT \(end)(rev) FROM \(part.rawValue))
                        """
                )
            }
            func last(_ part: JournalPart) throws -> Revision {
                Revision(column: max(0, try end(part, "max")?[0] ?? 0))
            }
            return JournalExtent(
                last: meta[0],
                firstEvent: try end(.events, "min")?[1],
                hasRemovedEvents: Revision(column: meta[1]) > Revision(epoch: 1, counter: 0),
                firstChange: try end(.history, "min")?[1],
                lastEvent: try last(.events),
                lastChange: try last(.history)
            )
        }
    }

    /// A record of its own, with a row's `record`.
    func copied(_ row: Row) throws -> JournalRecord {
        reads.noteCopy()
        let bytes = try Self.bytes(row)
        guard let view = try? RecordView(bytes.span, at: 0),
            let key = try? FloorKey(bytes: Array(bytes[view.key]))
        else { throw JournalError.damaged(path, detail: "record \(row[0] as Int64)") }
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
