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
    /// Told when storing begins to fail, with a sentence, and with nil when it works again.
    ///
    /// Called on the journal's thread; it must not block.
    public var onTrouble: (@Sendable (String?) -> Void)?
    /// Seconds between two looks at age and size.
    var secondsBetweenLooks = 10.0

    /// 30 days, 4 GiB.
    public init() {}
}
