import FloorEvents
import FloorPosix
import Foundation
import GRDB

/// Removes the oldest events and changes, a few at a time between transactions, by age and size.
///
/// What is too large loses its history of changes first: that is for reports alone, an event is
/// something that was promised.
struct Retention {
    private let maximumAge: Int64
    private let maximumBytes: Int64
    /// Monotonic time of the next look, in nanoseconds.
    private(set) var nextLook: UInt64 = 0

    /// Events removed in one transaction: a batch of events never waits long behind it.
    private static let chunk = 1000
    private let interval: UInt64

    init(_ options: JournalOptions) {
        maximumAge = Int64(options.retentionDays) * 24 * 3600 * 1_000_000
        maximumBytes = options.maximumBytes
        interval = UInt64(options.secondsBetweenLooks * 1_000_000_000)
    }

    /// Looks later: there is nothing to remove from.
    mutating func postpone() { nextLook = Clocks.monotonicNanoseconds() + interval }

    /// Removes one chunk, if it is time to look and there is too much; false = it is not time.
    mutating func removeSome(_ pool: DatabasePool) throws -> Bool {
        let now = Clocks.monotonicNanoseconds()
        guard now >= nextLook else { return false }
        nextLook = now + interval
        let removed = try pool.writeWithoutTransaction { database in
            try remove(database, wall: Clocks.wallMicroseconds())
        }
        // More of the same: at once, after the batches that came meanwhile.
        if removed >= Self.chunk { nextLook = now }
        return true
    }

    private func remove(_ database: Database, wall: Int64) throws -> Int {
        let isTooLarge = try Self.usedBytes(database) > maximumBytes
        var removed = 0
        try database.inTransaction(.immediate) {
            let horizon = wall - maximumAge
            let history = try removeOldest(
                of: "history",
                database,
                olderThan: isTooLarge ? .max : horizon
            )
            let events = try removeOldest(
                of: "events",
                database,
                olderThan: isTooLarge && history.count == 0 ? .max : horizon
            )
            if let floor = events.last {
                try database.execute(sql: "UPDATE meta SET floor = ?", arguments: [floor])
            }
            removed = history.count + events.count
            try database.execute(
                sql: "DELETE FROM producers WHERE used_at < ?",
                arguments: [wall - Limits.producerMemoryMicroseconds]
            )
            return .commit
        }
        return removed
    }

    /// Removes at most a chunk of a table's first rows; returns how many and the last revision.
    private func removeOldest(
        of table: String,
        _ database: Database,
        olderThan horizon: Int64
    ) throws -> (count: Int, last: Int64?) {
        let oldest = try Row.fetchAll(
            database,
            sql: "SELECT rev, hub_time FROM \(table) ORDER BY rev LIMIT \(Self.chunk)"
        )
        // Stamps grow with revisions, so what is too old comes first.
        let surplus = oldest.prefix { $0["hub_time"] < horizon }
        guard let last = surplus.last?["rev"] as Int64? else { return (0, nil) }
        try database.execute(sql: "DELETE FROM \(table) WHERE rev <= ?", arguments: [last])
        return (surplus.count, last)
    }

    /// Bytes in use, without the pages that removed events have left free.
    static func usedBytes(_ database: Database) throws -> Int64 {
        let pages = try Int64.fetchOne(database, sql: "PRAGMA page_count") ?? 0
        let free = try Int64.fetchOne(database, sql: "PRAGMA freelist_count") ?? 0
        let size = try Int64.fetchOne(database, sql: "PRAGMA page_size") ?? 0
        return (pages - free) * size
    }
}
