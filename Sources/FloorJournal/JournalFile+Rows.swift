import FloorEvents
import FloorWire
import Foundation
import GRDB

/// Rows of one part of a journal, in the order of their revisions.
struct JournalRows {
    var part: JournalPart
    /// Only those of kind 9, by their index.
    var arePrivate = false
    /// Revision before the first.
    var after: Int64
    /// Revision before which they end.
    var before: Int64 = .max
    var limit = JournalFile.partRows
}

extension JournalFile {
    /// The rows of a stretch of time; nil where the journal has no such table.
    ///
    /// Times grow with revisions, so what lies before and behind need not be looked at.
    func rows(
        of part: JournalPart,
        _ database: Database,
        from: Int64,
        to: Int64 = .max
    ) throws -> JournalRows? {
        guard try part == .events || JournalSchema.hasHistory(database) else { return nil }
        guard let start = try first(part, database, at: from) else {
            // Nothing yet; what comes meanwhile may be of the stretch.
            let last = try Int64.fetchOne(database, sql: "SELECT max(rev) FROM \(part.rawValue)")
            return JournalRows(part: part, after: last ?? 0)
        }
        var rows = JournalRows(part: part, after: start - 1)
        if to < .max, let end = try first(part, database, at: to) { rows.before = end }
        return rows
    }

    /// The rows of some kinds in a stretch of time, up to a revision; by an index where one kind
    /// has its own.
    func rows(
        of part: JournalPart,
        _ kinds: [RecordKind],
        _ database: Database,
        from: Int64,
        to: Int64,
        before: Revision?
    ) throws -> JournalRows? {
        guard var rows = try rows(of: part, database, from: from, to: to) else { return nil }
        if let before { rows.before = min(rows.before, before.column) }
        if part == .events, kinds == [.private] {
            rows.arePrivate = try JournalSchema.hasIndexes(database)
        }
        return rows
    }

    /// The revision of the first row at or after a time, by halves; nil when there is none.
    func first(_ part: JournalPart, _ database: Database, at time: Int64) throws -> Int64? {
        // Both ends in one question would be a scan: SQLite looks up one of them alone.
        let ends = try Row.fetchOne(
            database,
            sql: """
                SELECT (SELECT min(rev) FROM \(part.rawValue)),
                    (SELECT max(rev) FROM \(part.rawValue))
                """
        )
        guard var low = ends?[0] as Int64?, var high = ends?[1] as Int64? else { return nil }
        let next = try database.cachedStatement(
            sql: "SELECT rev, hub_time FROM \(part.rawValue) WHERE rev >= ? ORDER BY rev LIMIT 1"
        )
        while low < high {
            let middle = low + (high - low) / 2
            guard let row = try Row.fetchOne(next, arguments: [middle]) else { break }
            if row[1] as Int64 >= time { high = middle } else { low = (row[0] as Int64) + 1 }
        }
        guard let found = try Row.fetchOne(next, arguments: [low]), found[1] as Int64 >= time
        else { return nil }
        return found[0]
    }

    /// Reads the next rows.
    ///
    /// At most `limit` are looked at, whatever they are: a condition on anything but the revision
    /// would let one transaction pass over any number of them.
    ///
    /// - Parameters:
    ///   - here: which rows.
    ///   - database: open for reading.
    ///   - decode: gets a row's `rev`, `kind`, `hub_time` and `record`; nil = it is not wanted.
    /// - Returns: what was made of them, and where to go on, nil = there is no more.
    /// - Throws: what `decode` or the database throws.
    func read<Element>(
        _ here: JournalRows,
        _ database: Database,
        _ decode: (Row) throws -> Element?
    ) throws -> (elements: [Element], next: JournalRows?) {
        let private9 = "INDEXED BY events_private WHERE kind = \(RecordKind.private.rawValue) AND"
        let select = try database.cachedStatement(
            sql: """
                SELECT rev, kind, hub_time, record FROM \(here.part.rawValue)
                \(here.arePrivate ? private9 : "WHERE") rev > ? AND rev < ? ORDER BY rev LIMIT ?
                """
        )
        let rows = try Row.fetchCursor(
            select,
            arguments: [here.after, here.before, here.limit]
        )
        var elements: [Element] = []
        elements.reserveCapacity(min(here.limit, Self.partRows))
        var next = here
        var count = 0
        while let row = try rows.next() {
            count += 1
            next.after = row[0]
            if let element = try decode(row) { elements.append(element) }
        }
        reads.note(rows: count)
        return (elements, count < here.limit ? nil : next)
    }

    /// The bytes of a row's `record`, its fourth column.
    static func bytes(_ row: Row) throws -> [UInt8] {
        try row.withUnsafeData(atIndex: 3) { data in
            // One copy, where a sequence's would go through an iterator.
            unsafe data?.withUnsafeBytes { unsafe [UInt8]($0) } ?? []
        }
    }
}
