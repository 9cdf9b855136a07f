public import FloorEvents
import FloorHub
public import FloorHubServer
import FloorPosix
import FloorWire
import Foundation
import GRDB

/// What `JournalFile.forget` has changed.
public struct ForgottenPerson: Sendable, Equatable {
    /// The name that stands in the place of the person's: random, derived from nothing.
    public var pseudonym: String
    /// Events rewritten.
    public var events: Int
    /// Changes of values rewritten.
    public var history: Int
    /// Last records of flags rewritten.
    public var kept: Int
    /// Last values removed: the person's state and presence; others' that named them, rewritten.
    public var values: Int
    /// Producers removed or rewritten.
    public var producers: Int
    /// Payloads of layouts not ours that hold the name's digits and were left, being numbers.
    public var doubtful: Int
    /// The revisions of the first thousand of them.
    public var doubtfulRevisions: [Revision] = []

    var rows: Int { events + history + kept + values + producers }
}

extension JournalFile {
    /// Takes one person's name and words out of the journal; what is counted stays.
    ///
    /// The name becomes a pseudonym, the words become empty, and an event says that it was done,
    /// by whom, and in how many rows. The file is written anew, so that the bytes are gone from
    /// it. All or nothing; it needs as much free space again meanwhile.
    ///
    /// - Parameters:
    ///   - name: the person's name as authenticated, in the same bytes.
    ///   - calledBy: what other people's words call the person, such as the roster's name.
    ///   - by: who asked for it, for the event.
    /// - Returns: what was changed; nil, and nothing done, when the name is nowhere.
    /// - Throws: `HubServerError.directoryInUse` while a hub has the directory, `.journal`.
    public func forget(
        _ name: String,
        calledBy: [String] = [],
        by: String
    ) throws(HubServerError) -> ForgottenPerson? {
        let lock = try SQLiteJournal.lock(directory)
        defer { withExtendedLifetime(lock) {} }
        do {
            let pool = try SQLiteJournal.pool(path)
            let result = try pool.writeWithoutTransaction { database in
                try JournalSchema.migrate(database, path: path, lineage: .zero)
                // Freed pages are overwritten too, here and in the pages VACUUM leaves alone.
                try database.execute(sql: "PRAGMA secure_delete = ON")
                return try forget(name, calledBy, by: by, database)
            }
            if result != nil { try pool.vacuum() }
            try pool.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
            try pool.close()
            return result
        } catch {
            throw .journal(JournalError.sentence(error, path: path))
        }
    }

    private func forget(
        _ name: String,
        _ calledBy: [String],
        by: String,
        _ database: Database
    ) throws -> ForgottenPerson? {
        var random = [UInt8](repeating: 0, count: 16)
        try Randomness.fill(&random)
        let pseudonym = "gone-" + random.span.floorID(0).text.prefix(12)
        guard let presence = try? FloorKey(.presence, site: "-", unit: "-", entity: name) else {
            return nil
        }
        var found: ForgottenPerson?
        try database.inTransaction(.immediate) {
            let own = try Data.fetchAll(
                database,
                sql: "SELECT id FROM producers WHERE principal = ?",
                arguments: [presence.text]
            )
            var person = Forgetting(
                name: name,
                calledBy: calledBy,
                pseudonym: pseudonym,
                producers: Set(own.compactMap { FloorID($0) })
            )
            let events = try rewriteRevisions(of: .events, &person, database)
            person.hasSeenEvents = true
            var done = ForgottenPerson(
                pseudonym: pseudonym,
                events: events,
                history: try rewriteRevisions(of: .history, &person, database),
                kept: try rewriteKeys(of: "kept", &person, database),
                values: try rewriteKeys(of: "state", &person, database),
                producers: try rewriteProducers(presence, name, pseudonym, database),
                doubtful: 0
            )
            done.doubtful = person.doubtful
            done.doubtfulRevisions = person.doubtfulRevisions
            guard done.rows > 0 else { return .rollback }
            try note(done, by: by.exact == name.exact ? "" : by, database)
            found = done
            return .commit
        }
        return found
    }

    // MARK: tables

    /// Some rows at a time: a table is not changed while it is being read.
    private static let chunk = 500

    private func rewriteRevisions(
        of part: JournalPart,
        _ person: inout Forgetting,
        _ database: Database
    ) throws -> Int {
        let select = try database.cachedStatement(
            sql: """
                SELECT rev, record FROM \(part.rawValue) WHERE rev > ? ORDER BY rev
                LIMIT \(Self.chunk)
                """
        )
        let update = try database.cachedStatement(
            sql: "UPDATE \(part.rawValue) SET key = ?, record = ? WHERE rev = ?"
        )
        var count = 0
        var last = Int64.min
        while true {
            let rows = try Row.fetchAll(select, arguments: [last])
            for row in rows {
                last = row[0]
                guard let record = try person.rewrite([UInt8](row[1] as Data)) else { continue }
                try update.execute(arguments: [Self.key(of: record), Data(record), last])
                count += 1
            }
            if rows.count < Self.chunk { return count }
        }
    }

    private func rewriteKeys(
        of table: String,
        _ person: inout Forgetting,
        _ database: Database
    ) throws -> Int {
        let rows = try Row.fetchAll(database, sql: "SELECT key, record FROM \(table)")
        let remove = try database.cachedStatement(sql: "DELETE FROM \(table) WHERE key = ?")
        let insert = try database.cachedStatement(sql: "INSERT INTO \(table) VALUES (?, ?)")
        var count = 0
        for row in rows {
            let key: String = row[0]
            // Nobody is to see them as an agent who has fallen silent.
            let isHis = try person.isAbout(FloorKey(key))
            guard let record = try person.rewrite([UInt8](row[1] as Data)) else { continue }
            try remove.execute(arguments: [key])
            if !isHis { try insert.execute(arguments: [Self.key(of: record), Data(record)]) }
            count += 1
        }
        return count
    }

    /// Removes the person's own producers; others may have been told that they have a flag.
    private func rewriteProducers(
        _ presence: FloorKey,
        _ name: String,
        _ pseudonym: String,
        _ database: Database
    ) throws -> Int {
        try database.execute(
            sql: "DELETE FROM producers WHERE principal = ?",
            arguments: [presence.text]
        )
        var count = database.changesCount
        for row in try Row.fetchAll(database, sql: "SELECT id, results FROM producers") {
            let results = [UInt8](row[1] as Data)
            var runs = try Results(results.span).runs
            var isChanged = false
            for place in runs.indices where runs[place].owner.utf8.elementsEqual(name.utf8) {
                runs[place].owner = pseudonym
                isChanged = true
            }
            guard isChanged else { continue }
            var out: [UInt8] = []
            Results(runs: runs).append(to: &out)
            try database.execute(
                sql: "UPDATE producers SET results = ? WHERE id = ?",
                arguments: [Data(out), row[0] as Data]
            )
            count += 1
        }
        return count
    }

    private static func key(of record: [UInt8]) -> String {
        String(decoding: record[RecordView(checked: record.span, at: 0).key], as: UTF8.self)
    }

    // MARK: the event that says so

    /// The event is a life of the journal of its own, so that its revision was never given.
    private func note(_ done: ForgottenPerson, by: String, _ database: Database) throws {
        guard let meta = try Row.fetchOne(database, sql: "SELECT epoch, hub_clock FROM meta")
        else { throw JournalError.damaged(path, detail: "the table meta is empty") }
        let epoch = (meta[0] as Int64) + 1
        guard epoch < 1 << 23 - 1 else { throw JournalError.noEpochLeft(path) }
        let time = max((meta[1] as Int64) + 1, Clocks.wallMicroseconds())
        var header = RecordHeader(.event, .append, schema: Self.forgottenSchema)
        header.revision = Revision(epoch: UInt32(epoch), counter: 1)
        header.hubTime = time
        let key = try FloorKey(.event, site: "-", unit: "journal", entity: "forget")
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let payload = [UInt8](
            try encoder.encode(
                ForgottenNote(
                    by: by,
                    events: done.events,
                    history: done.history,
                    kept: done.kept,
                    values: done.values,
                    producers: done.producers
                )
            )
        )
        var record: [UInt8] = []
        RecordWriter.append(header, key: key.bytes.span, payload: payload.span, to: &record)
        try database.execute(
            sql: "INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?)",
            arguments: [
                header.revision.column, header.kindCode, key.text, time, FloorID.zero.data, 0,
                Data(record),
            ]
        )
        try database.execute(
            sql: "UPDATE meta SET epoch = ?, hub_clock = ?",
            arguments: [epoch, time]
        )
    }

    /// The layout of the event's payload: a JSON object (docs/journal-schema.md).
    static let forgottenSchema: UInt16 = 1003
}

private struct ForgottenNote: Encodable {
    var by: String
    var events: Int
    var history: Int
    var kept: Int
    var values: Int
    var producers: Int
}
