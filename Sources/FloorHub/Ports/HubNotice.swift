/// Something an operator should know: a log line as a value.
///
///     let notice = HubNotice(.error, .journalRefuses, "the disk is full")
///     print(notice.code.rawValue, notice.sentence)    // journal-refuses the disk is full
///
/// The core and the journal say it, whoever runs the hub logs it. No sentence has anything of a
/// payload: customers' and agents' words are private.
public struct HubNotice: Equatable, Sendable {
    /// How urgent it is.
    public enum Level: UInt8, Sendable {
        /// Good to know: something works again.
        case info
        /// To be looked at before it becomes an error.
        case warning
        /// Something the hub promises does not hold now.
        case error
    }

    /// What it is about, for alarms and searches: a code that is given out never changes.
    public enum Code: String, CaseIterable, Sendable {
        /// The journal cannot store: events are refused until it can.
        case journalRefuses = "journal-refuses"
        /// The journal stores again.
        case journalStores = "journal-stores"
        /// Events of the journal cannot be read: readers are told a gap.
        case pageUnreadable = "page-unreadable"
        /// Old events cannot be removed: the journal grows.
        case retentionFails = "retention-fails"
        /// Old events are removed again.
        case retentionWorks = "retention-works"
        /// The log beside the journal is long, because somebody reads the journal without an end.
        case logTooLong = "log-too-long"
        /// The log beside the journal is short again.
        case logShort = "log-short"
        /// A file of the journal was removed or replaced under the hub.
        case journalGone = "journal-gone"
        /// The files of the journal are in their places again.
        case journalBack = "journal-back"
        /// The journal's last stamp is ahead of the clock.
        case clockBehind = "clock-behind"
        /// The clock was stepped back between two lives of the hub.
        case clockStepped = "clock-stepped"
        /// The descriptor limit allows fewer clients than wanted.
        case fewDescriptors = "few-descriptors"
        /// Connections were closed because no descriptor was left for them.
        case connectionsRefused = "connections-refused"
        /// Connections were closed that had no session.
        case connectionsSilent = "connections-silent"
        /// There is no room for all the hub itself has to say.
        case tableFull = "table-full"
    }

    /// How urgent it is.
    public var level: Level
    /// What it is about.
    public var code: Code
    /// What is the matter and what to do, a sentence for a person without a full stop.
    public var sentence: String

    /// A notice.
    public init(_ level: Level, _ code: Code, _ sentence: String) {
        self.level = level
        self.code = code
        self.sentence = sentence
    }
}
