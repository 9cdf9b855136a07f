import FloorEvents
import GRDB

// The database's shape, described for readers in docs/journal-schema.md.

/// The tables, and how a database comes to have them.
enum JournalSchema {
    /// `PRAGMA application_id`: "FLB1", so that file(1) and we know a journal when we see one.
    static let applicationID = 0x464C_4231

    /// Each migration makes the version of its place, counted from 1 (`PRAGMA user_version`).
    ///
    /// A migration that has been released is never changed; a new one is added.
    static let migrations: [String] = [
        """
        CREATE TABLE meta (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            lineage BLOB NOT NULL,
            epoch INTEGER NOT NULL,
            floor INTEGER NOT NULL,
            hub_clock INTEGER NOT NULL
        );
        CREATE TABLE events (
            rev INTEGER PRIMARY KEY,
            kind INTEGER NOT NULL,
            key TEXT NOT NULL,
            hub_time INTEGER NOT NULL,
            producer BLOB NOT NULL,
            producer_seq INTEGER NOT NULL,
            record BLOB NOT NULL
        );
        CREATE TABLE state (
            key TEXT PRIMARY KEY,
            record BLOB NOT NULL
        ) WITHOUT ROWID;
        CREATE TABLE producers (
            id BLOB PRIMARY KEY,
            principal TEXT NOT NULL,
            last INTEGER NOT NULL,
            incarnation INTEGER NOT NULL,
            used_at INTEGER NOT NULL,
            results BLOB NOT NULL
        ) WITHOUT ROWID;
        """,
        // Help flags and notes: the last record of each, which retention does not remove.
        """
        CREATE TABLE kept (
            key TEXT PRIMARY KEY,
            record BLOB NOT NULL
        ) WITHOUT ROWID;
        """,
        // Every change of an agent's state and of a queue's level, for reports.
        """
        CREATE TABLE history (
            rev INTEGER PRIMARY KEY,
            kind INTEGER NOT NULL,
            key TEXT NOT NULL,
            hub_time INTEGER NOT NULL,
            record BLOB NOT NULL
        );
        """,
        // For reports: a key's last change before a moment, and flags (kind 9) without the calls
        // between them. A table's rev is the end of each entry of its indexes.
        """
        CREATE INDEX history_by_key ON history (key);
        CREATE INDEX events_private ON events (kind) WHERE kind = 9;
        CREATE INDEX events_private_by_key ON events (key) WHERE kind = 9;
        """,
    ]

    /// The version this program writes.
    static var version: Int { migrations.count }

    /// Whether a database has the table `history`: one that no hub of version 3 has opened has not.
    static func hasHistory(_ database: Database) throws -> Bool {
        try version(of: database) >= 3
    }

    /// Whether a database has the indexes for reports: one that no hub of version 4 has opened
    /// has not, and is read from its beginning.
    static func hasIndexes(_ database: Database) throws -> Bool {
        try version(of: database) >= 4
    }

    /// The version that a database has; 0 = it is none.
    static func version(of database: Database) throws -> Int {
        try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
    }

    /// Throws unless this program may read the database.
    static func require(_ database: Database, path: String) throws {
        let found = try version(of: database)
        let mark = try Int.fetchOne(database, sql: "PRAGMA application_id") ?? 0
        guard mark == applicationID, found > 0 else { throw JournalError.foreign(path) }
        guard found <= version else {
            throw JournalError.newer(path, found: found, known: version)
        }
    }

    /// Brings a database to this program's version; an empty one becomes a journal.
    ///
    /// - Parameters:
    ///   - database: open for writing.
    ///   - path: for the sentence.
    ///   - lineage: the id of a data set that is made now.
    /// - Throws: `JournalError` for a database that is not ours or too new.
    static func migrate(_ database: Database, path: String, lineage: FloorID) throws {
        let found = try version(of: database)
        let tables = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_master") ?? 0
        if found > 0 || tables > 0 { try require(database, path: path) }
        guard found < version else { return }
        try database.inTransaction(.immediate) {
            for number in found..<version { try database.execute(sql: migrations[number]) }
            if found == 0 {
                // Revisions start in epoch 1, after its counter 0.
                try database.execute(
                    sql: "INSERT INTO meta VALUES (1, ?, 0, ?, 0)",
                    arguments: [lineage.data, Revision(epoch: 1, counter: 0).column]
                )
            }
            try database.execute(sql: "PRAGMA application_id = \(applicationID)")
            try database.execute(sql: "PRAGMA user_version = \(version)")
            return .commit
        }
    }
}
