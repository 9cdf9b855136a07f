/// Every limit of the importer, with its unit and its reason.
///
/// A log comes from another system and may be damaged or hostile; nothing in it may make the
/// importer use memory without bound. What is over a limit is skipped and counted, never cut.
public enum ImportLimits {
    /// Longest line, in bytes, newline not counted; real lines are under 200 bytes.
    public static let lineBytes = 65_536

    /// Bytes read from the file, and bytes inflated, in one go.
    static let chunkBytes = 65_536

    /// Longest call identifier, in bytes: Asterisk's `AST_MAX_UNIQUEID` is 150.
    public static let callIDBytes = 150

    /// Longest queue name, agent name or pause reason, in bytes: Asterisk keeps 80 for each.
    public static let nameBytes = 80

    /// Longest wait, talk or ring, in seconds: ten years, so that sums cannot overflow.
    public static let durationSeconds: Int64 = 315_576_000

    /// Latest time, in seconds since the Unix epoch: the last second of the year 9999.
    public static let latestTimeSeconds: Int64 = 253_402_300_799

    /// Longest text of one ``CallStep``, in bytes.
    ///
    /// The widest is 356: 12 for the time, 17 for the step, 150 + 80 + 80 for the names, 12 for
    /// the number and 5 tabs.
    public static let callStepBytes = 400

    /// Most callers followed as waiting in one queue; a floor has at most thousands.
    public static let waitingPerQueue = 10_000

    /// Most queues followed for one agent; people serve a few, supervisors dozens.
    public static let queuesPerAgent = 256

    /// Most conversations of one agent at once.
    ///
    /// A log that lost their ends must not make it grow. The bank's agents have up to three.
    public static let callsPerAgent = 16

    /// Most different queues followed, and most different agents (the hub's own limit is 48,000).
    public static let names = 50_000

    /// Most rows of a call-by-call table, which is sorted in memory at about 150 bytes a row.
    public static let tableRows = 2_000_000

    /// Skipped rows told in full, for each cause; the rest are only counted.
    public static let examplesPerCause = 3

    /// Characters of a log's value shown in an error.
    public static let shownCharacters = 80
}
