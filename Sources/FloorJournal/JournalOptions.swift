import FloorEvents

/// How long and how much a journal keeps.
///
///     var options = JournalOptions()
///     options.retentionDays = 90
///     let open = SQLiteJournal.opener(directory: "/var/lib/floorbus", options)
public struct JournalOptions: Sendable {
    /// Days after which events and the history of values are removed; values and producers have
    /// rules of their own.
    public var retentionDays = 30
    /// Bytes of the database above which the oldest are removed: history first, then events.
    public var maximumBytes: Int64 = 4 * 1024 * 1024 * 1024
    /// Whether a journal whose last stamp is more than 24 hours ahead of this machine's clock is
    /// opened all the same: the clock is right now, and was wrong when the journal was written.
    public var acceptsClock = false
    /// Seconds between two looks at age and size.
    var secondsBetweenLooks = 10.0
    /// Seconds between two looks at the files.
    var secondsBetweenFileLooks = Double(Limits.journalLookMicroseconds) / 1_000_000
    /// Bytes of the log above which it is emptied, and a notice says so when that fails.
    var mostLogBytes = Limits.journalLogBytes

    /// 30 days, 4 GiB.
    public init() {}
}
