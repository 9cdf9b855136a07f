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

    /// Longest queue name, agent name or pause reason, in bytes: Asterisk keeps 80 for each, and a
    /// byte that is no UTF-8 is replaced by three.
    public static let nameBytes = 240

    /// Longest wait, talk or ring, in seconds: ten years, so that sums cannot overflow.
    public static let durationSeconds: Int64 = 315_576_000

    /// Latest time, in seconds since the Unix epoch: the last second of the year 9999.
    public static let latestTimeSeconds: Int64 = 253_402_300_799

    /// Longest text of one ``CallStep``, in bytes.
    ///
    /// The widest is 676: 12 for the time, 17 for the step, 150 + 240 + 240 for the names, 12 for
    /// the number and 5 tabs.
    public static let callStepBytes = 700

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

    /// Most pairs of a file of names.
    public static let namePairs = 50_000

    /// Seconds by which lines may stand in another order than they happened: several threads of
    /// a telephone system write one log.
    ///
    /// A time further back is a clock that was set.
    static let disorderSeconds: Int64 = 2

    /// After so many seconds of the log's own activity a wait or a conversation whose end was
    /// never written is closed; nobody waits or talks for half a day.
    static let openSeconds: Int64 = 43_200

    /// Seconds that one step of the log's clock adds to its activity at most: what is more is a
    /// night, or a clock that was set.
    static let activityStepSeconds: Int64 = 3_600

    /// Ended calls remembered, so that a line that comes late or twice is known as such.
    static let recentCalls = 4_096

    /// Lines remembered, so that one that was written twice is known as such.
    static let recentLines = 4

    /// Joins at the head of a line in which others wait, after which those are gone: a first one
    /// may be a caller with priority.
    static let joinsAtHead = 2

    /// Conversations of one agent that begin later and end, after which an older one is over.
    static let talksPassedBy = 2

    /// Callers at the head of a line looked at when another joins in front of them, and when a
    /// call leaves under another identifier: one line costs so much at most.
    static let callersPassed = 64
    static let callersSought = 1_000

    /// Most rows of a call-by-call table, which is sorted in memory at about 150 bytes a row.
    public static let tableRows = 2_000_000

    /// Skipped rows told in full, for each cause; the rest are only counted.
    public static let examplesPerCause = 3

    /// Characters of a log's value shown in an error.
    public static let shownCharacters = 80
}
