import FloorEvents
import FloorHub
import FloorHubServer
import FloorPosix
import GRDB

/// What the writer does for the journal between transactions: looks after its files, keeps the log
/// short, removes what is old; and says once when one of these begins to fail, and once when it
/// works again.
///
/// Used by the writer's thread alone.
struct JournalUpkeep {
    private let pool: DatabasePool
    private let outcomes: OutcomeQueue
    private let places: PlaceWatch
    private let mostLogBytes: Int64
    private let lookNanoseconds: UInt64
    private var retention: Retention
    private var nextLook: UInt64 = 0

    private(set) var isGone = false
    private var isLogLong = false
    private var isRetentionFailing = false

    /// How long a checkpoint waits for readers, in milliseconds; commits wait behind it.
    private static let checkpointPatience = 50

    init(
        _ pool: DatabasePool,
        _ places: PlaceWatch,
        _ options: JournalOptions,
        _ outcomes: OutcomeQueue
    ) {
        self.pool = pool
        self.places = places
        self.outcomes = outcomes
        mostLogBytes = options.mostLogBytes
        lookNanoseconds = UInt64(options.secondsBetweenFileLooks * 1_000_000_000)
        retention = Retention(options)
    }

    /// Monotonic time of the next look, in nanoseconds.
    var nextDeadline: UInt64 { min(nextLook, retention.nextLook) }

    /// Whether the files are where they were opened, so that writing to them stores anything.
    mutating func areFilesInPlace() -> Bool {
        let fault = places.fault()
        if let fault, !isGone {
            outcomes.add(.storing(false))
            outcomes.tell(.error, .journalGone, fault + "; until then events are refused")
        } else if fault == nil, isGone {
            outcomes.add(.storing(true))
            outcomes.tell(.info, .journalBack, "\(pool.path) is in its place again")
        }
        isGone = fault != nil
        return !isGone
    }

    /// Does what is due.
    mutating func run() {
        let now = Clocks.monotonicNanoseconds()
        if now >= nextLook {
            nextLook = now + lookNanoseconds
            if areFilesInPlace() { shortenLog() }
        }
        guard !isGone else { return retention.postpone() }
        removeOld()
    }

    private mutating func removeOld() {
        do {
            guard try retention.removeSome(pool) else { return }
            if isRetentionFailing {
                outcomes.tell(.info, .retentionWorks, "old events are removed again")
            }
            isRetentionFailing = false
        } catch {
            outcomes.add(.retentionFailed)
            guard !isRetentionFailing else { return }
            isRetentionFailing = true
            outcomes.tell(
                .warning,
                .retentionFails,
                JournalError.sentence(error, path: pool.path)
                    + ": old events cannot be removed and the journal grows; make room on the disk"
            )
        }
    }

    // MARK: the log

    private mutating func shortenLog() {
        var reason = "a program has been reading the journal for long; end it"
        do {
            if try places.logBytes() > mostLogBytes { try checkpoint() }
        } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
            // A reader is in the way, which is what the notice says.
        } catch {
            reason = JournalError.sentence(error, path: pool.path)
        }
        // The size as it is now; a file that is gone is told by the next look.
        guard let bytes = try? places.logBytes() else { return }
        let isLong = bytes > mostLogBytes
        if isLong, !isLogLong {
            outcomes.tell(
                .warning,
                .logTooLong,
                "\(pool.path)-wal has grown to \(bytes >> 20) MiB and fills the disk: \(reason)"
            )
        } else if !isLong, isLogLong {
            outcomes.tell(.info, .logShort, "\(pool.path)-wal is short again")
        }
        isLogLong = isLong
    }

    /// Puts the log into the database and empties its file.
    ///
    /// SQLite does so by itself when no reader is under way; readers that follow one another
    /// without a pause keep it from that, but not from this.
    private func checkpoint() throws {
        try pool.writeWithoutTransaction { database in
            try database.execute(sql: "PRAGMA busy_timeout = \(Self.checkpointPatience)")
            defer { SQLiteJournal.setBusyTimeout(database) }
            _ = try database.checkpoint(.truncate)
        }
    }
}
