public import FloorEvents
import FloorHubServer
import FloorWire
import Foundation
import GRDB

// Questions about single keys, which the indexes of version 4 answer (docs/journal-schema.md). An
// older journal that no hub has opened since has none, and is read from its beginning.

extension JournalFile {
    /// Calls `body` with what held of each key at a moment, in the order of keys: its last change
    /// before it, and before a change that removed the key the one that this followed.
    ///
    /// It looks at about three rows for each key that the history has, however long the history.
    ///
    /// - Parameters:
    ///   - kind: agents or queues.
    ///   - time: the moment, microseconds since 1970.
    ///   - site: keys of this site alone; nil = all.
    ///   - team: of this team or unit alone, where there is a site.
    ///   - body: what it throws ends the reading.
    /// - Throws: `HubServerError.journal`, or what `body` throws.
    public func lastChanges(
        _ kind: RecordKind,
        before time: Int64,
        site: String? = nil,
        team: String? = nil,
        _ body: (JournalRecord) throws -> Void
    ) throws {
        var prefix = kind.name + "/"
        if let site {
            prefix += FloorKey.segment(encoding: site) + "/"
            if let team { prefix += FloorKey.segment(encoding: team) + "/" }
        }
        guard try reading(JournalSchema.hasIndexes) else {
            return try lastChangesByReading(kind, Array(prefix.utf8), before: time, body)
        }
        // '0' follows '/': what is below it and above the prefix begins with the prefix.
        let end = prefix.dropLast() + "0"
        try readingInParts { database in
            guard let rows = try rows(of: .history, database, from: time) else { return nil }
            return KeyPlace(key: prefix, end: String(end), before: rows.after + 1)
        } part: { (here: KeyPlace, database) in
            try changes(here, database)
        } each: {
            try body($0)
        }
    }

    /// The least key above one and below another.
    static let nextKey = """
        SELECT key FROM history INDEXED BY history_by_key
        WHERE key > ? AND key < ? ORDER BY key LIMIT 1
        """

    private struct KeyPlace {
        /// The last key that was looked at.
        var key: String
        var end: String
        /// Revision of the first change that is too late.
        var before: Int64
    }

    private func changes(
        _ here: KeyPlace,
        _ database: Database
    ) throws -> (elements: [JournalRecord], next: KeyPlace?) {
        let nextKey = try database.cachedStatement(sql: Self.nextKey)
        let last = try database.cachedStatement(
            sql: """
                SELECT rev, kind, hub_time, record FROM history INDEXED BY history_by_key
                WHERE key = ? AND rev < ? ORDER BY rev DESC LIMIT 1
                """
        )
        var found: [JournalRecord] = []
        var here = here
        var count = 0
        defer { reads.note(rows: count) }
        while count + 3 <= Self.partRows {
            let arguments: StatementArguments = [here.key, here.end]
            guard let key = try String.fetchOne(nextKey, arguments: arguments) else {
                return (found, nil)
            }
            here.key = key
            count += 1
            guard let row = try Row.fetchOne(last, arguments: [key, here.before]) else { continue }
            count += 1
            let record = try copied(row)
            if record.operation == .delete,
                let row = try Row.fetchOne(last, arguments: [key, record.revision.column])
            {
                count += 1
                found.append(try copied(row))
            }
            found.append(record)
        }
        return (found, here)
    }

    private func lastChangesByReading(
        _ kind: RecordKind,
        _ prefix: [UInt8],
        before time: Int64,
        _ body: (JournalRecord) throws -> Void
    ) throws {
        var held: [FloorKey: [JournalRecord]] = [:]
        try records(.history, [kind], to: time) { record in
            guard record.key.bytes.starts(with: prefix) else { return }
            let isRemoval = record.operation == .delete
            held[record.key] = (isRemoval ? held[record.key]?.suffix(1) ?? [] : []) + [record]
        }
        for (_, records) in held.sorted(by: { $0.key < $1.key }) {
            for record in records { try body(record) }
        }
    }

    /// Calls `body` with later records of some keys under `private/`, those of each key in order.
    ///
    /// It looks at these records and no others, however many came meanwhile.
    ///
    /// - Parameters:
    ///   - keys: the keys.
    ///   - first: from this revision on.
    ///   - before: revision before which it ends.
    ///   - body: what it throws ends the reading.
    /// - Throws: `HubServerError.journal`, or what `body` throws.
    public func records(
        ofPrivate keys: [FloorKey],
        from first: Revision,
        before: Revision,
        _ body: (JournalRecord) throws -> Void
    ) throws {
        guard first < before, !keys.isEmpty else { return }
        guard try reading(JournalSchema.hasIndexes) else {
            let wanted = Set(keys)
            return try readingInParts { _ in
                JournalRows(part: .events, after: first.column - 1, before: before.column)
            } part: { here, database in
                try read(here, database) { row in
                    guard row[1] as UInt8 == RecordKind.private.rawValue else { return nil }
                    let record = try copied(row)
                    return wanted.contains(record.key) ? record : nil
                }
            } each: { (record: JournalRecord) in
                try body(record)
            }
        }
        try readingInParts { _ in
            (key: 0, after: first.column - 1)
        } part: { (here: (key: Int, after: Int64), database) in
            try followed(keys, from: first.column - 1, here, before.column, database)
        } each: {
            try body($0)
        }
    }

    private func followed(
        _ keys: [FloorKey],
        from start: Int64,
        _ here: (key: Int, after: Int64),
        _ before: Int64,
        _ database: Database
    ) throws -> (elements: [JournalRecord], next: (key: Int, after: Int64)?) {
        let select = try database.cachedStatement(
            sql: """
                SELECT rev, kind, hub_time, record FROM events INDEXED BY events_private_by_key
                WHERE kind = \(RecordKind.private.rawValue) AND key = ? AND rev > ? AND rev < ?
                ORDER BY rev LIMIT ?
                """
        )
        var found: [JournalRecord] = []
        var here = here
        var looks = 0
        defer { reads.note(rows: found.count) }
        while here.key < keys.count, found.count < Self.partRows, looks < Self.partRows {
            looks += 1
            let room = Self.partRows - found.count
            let rows = try Row.fetchCursor(
                select,
                arguments: [keys[here.key].text, here.after, before, room]
            )
            var count = 0
            while let row = try rows.next() {
                count += 1
                found.append(try copied(row))
                here.after = row[0]
            }
            // A key with more than there was room for goes on in the next transaction.
            guard count < room else { break }
            here = (here.key + 1, start)
        }
        return (found, here.key < keys.count ? here : nil)
    }

    /// When each life of the hub made its last change that the history has: by epoch, microseconds
    /// since 1970.
    ///
    /// - Parameter before: revision before which the history is looked at.
    /// - Returns: the times; none for a life without a change.
    /// - Throws: `HubServerError.journal`.
    public func lastChangesOfLives(before: Revision) throws -> [UInt32: Int64] {
        var ends: [UInt32: Int64] = [:]
        try readingInParts { database in
            try JournalSchema.hasHistory(database) ? before.column : nil
        } part: { (here: Int64, database) in
            try lives(before: here, database)
        } each: { (epoch: UInt32, time: Int64) in
            ends[epoch] = time
        }
        return ends
    }

    private func lives(
        before revision: Int64,
        _ database: Database
    ) throws -> (elements: [(UInt32, Int64)], next: Int64?) {
        let last = try database.cachedStatement(
            sql: "SELECT rev, hub_time FROM history WHERE rev < ? ORDER BY rev DESC LIMIT 1"
        )
        var found: [(UInt32, Int64)] = []
        var here = revision
        defer { reads.note(rows: found.count) }
        while found.count < Self.partRows {
            guard let row = try Row.fetchOne(last, arguments: [here]) else { return (found, nil) }
            let epoch = Revision(column: row[0]).epoch
            found.append((epoch, row[1]))
            here = Revision(epoch: epoch, counter: 0).column
        }
        return (found, here)
    }
}
