/// Every bound of the bus, with unit and reason, in one place.
///
/// A limit is part of the contract: going over one is an error with a sentence, never a silent
/// cut. Numbers come from the protocol (docs/wire-protocol.md) unless a comment says otherwise.
public enum Limits {
    /// Most bytes of a key; libzmq 4.3.4 corrupts topics of 246-255 bytes (libzmq#4564).
    public static let keyBytes = 200
    /// Most bytes of one segment of a key, as written (percent-encoded).
    public static let segmentBytes = 64
    /// Segments of a key: class, site, unit, entity.
    public static let keySegments = 4
    /// Most bytes of a record's payload.
    public static let payloadBytes = 16 * 1024
    /// Most bytes of a message on the session channel; libzmq refuses longer ones (MAXMSGSIZE).
    public static let frameBytes = 64 * 1024
    /// Most bytes of one DELIVER: a whole message, because most of a message's cost does not depend
    /// on its size (docs/decisions/0015).
    ///
    /// How long a heartbeat waits behind bulk, the credit bounds.
    public static let deliverBytes = frameBytes
    /// Least credit, in bytes, that one DELIVER costs; keeps message counts below libzmq's mark.
    public static let deliverMinimumCharge = 1024
    /// Most credit, in bytes, that a session may hold ahead of what it was sent.
    public static let creditAheadBytes = 1024 * 1024
    /// Credit, in bytes, a client grants when it asks for nothing else.
    public static let creditDefaultBytes = 256 * 1024
    /// Least credit window, in bytes: the largest record must fit in the event lane's share of it.
    public static let creditMinimumBytes = 64 * 1024
    /// Most PUB messages a client may have unacknowledged.
    public static let unacknowledgedMessages = 64
    /// Most bytes of PUB messages a client may have unacknowledged.
    public static let unacknowledgedBytes = 1024 * 1024
    /// Operations a client keeps until acknowledged, when it asks for nothing else.
    public static let outboxOperations = 1024
    /// Most operations a client may be configured to keep, and how far a producer may jump.
    public static let outboxOperationsCeiling = 65_536
    /// Stored results per producer, each a run of consecutive equal results.
    public static let resultRunsPerProducer = 64
    /// Results kept for a client that does not know them yet: a flag operation's is a run of its
    /// own, and so many of the smallest fit in `unacknowledgedBytes`.
    public static let resultRunsUnacknowledged = 8192
    /// Resume secrets taken at once: so many WELCOMEs may be lost one after the other.
    public static let secretsPerProducer = 8
    /// Runs of refused operations a producer may leave open; a client's outbox makes at most
    /// every second one of its operations a run.
    public static let retryableRunsPerProducer = outboxOperationsCeiling / 2
    /// Questions to the journal one session may have waiting.
    public static let replaysPerSession = 16
    /// How often a page is tried before its reader is told that it cannot be read.
    public static let journalReadTries = 5
    /// Wait between two tries to read a page, in microseconds: a disk that stalls for a second
    /// loses nobody an event.
    public static let journalReadRetryMicroseconds: Int64 = 250_000
    /// Bytes of the log beside the journal above which an operator is told: it has 4 MiB when
    /// nobody reads for long, and each page read looks through all of it.
    public static let journalLogBytes: Int64 = 64 * 1024 * 1024
    /// Time between two looks at the journal's files, in microseconds.
    public static let journalLookMicroseconds: Int64 = 1_000_000
    /// How far the journal's last stamp may be ahead of the clock without a word, in microseconds.
    public static let clockToleranceMicroseconds: Int64 = 60_000_000
    /// How far it may be ahead before the hub refuses to start, in microseconds (24 hours).
    public static let clockRefusalMicroseconds: Int64 = 24 * 3600 * 1_000_000
    /// Most producers the hub remembers.
    public static let producers = 100_000
    /// How long a silent producer is remembered, in microseconds (7 days).
    public static let producerMemoryMicroseconds: Int64 = 7 * 24 * 3600 * 1_000_000
    /// Wait before a producer whose time is over and whose values live on is looked at again, in
    /// microseconds.
    public static let producerRetryMicroseconds: Int64 = 600_000_000
    /// Most live sessions on one hub: 48,000 desktops with their screens and bridges; the process'
    /// descriptors bound it before (docs/decisions/0036).
    public static let sessions = 65_536
    /// Sessions of a large floor: an operator is told when there are descriptors for fewer.
    public static let sessionsUsual = 10_000
    /// Most subscriptions of one session.
    public static let subscriptionsPerSession = 256
    /// Most last-value keys on one hub, tombstones included (the design limit is 48,000 agents).
    public static let stateKeys = 262_144
    /// One principal's share of the hub's tables, so that nobody can use up another's: keys,
    /// deleted keys remembered, bytes of values, flags (open, and ended ones that can be rated),
    /// notes, subscriptions, questions under way, producers remembered, live sessions.
    public struct Share: Sendable {
        /// Last-value keys.
        public var keys: Int
        /// Deleted keys still told to returning readers.
        public var tombstones: Int
        /// Bytes of last values with their keys and headers.
        public var bytes: Int
        /// Help flags raised by one asker that are open, or kept because they can be rated.
        public var flags: Int
        /// Notes that have not been forgotten.
        public var notes: Int
        /// Subscriptions of all live sessions together.
        public var subscriptions: Int
        /// Questions (GET, REPLAY) that wait for their answer.
        public var requests: Int
        /// Producers remembered.
        public var producers: Int
        /// Live sessions.
        public var sessions: Int
    }

    /// What a person's programs need at most: desktops with values of their own, or a name that
    /// all screens of a floor share.
    public static let share = Share(
        keys: 1024,
        tombstones: 1024,
        bytes: 4 * 1024 * 1024,
        flags: 256,
        notes: 256,
        subscriptions: 8192,
        requests: 256,
        producers: 1024,
        sessions: 1024
    )
    /// What the `system` role has instead.
    ///
    /// A bridge owns the keys of the whole floor, and without a roster everybody is one. Two such
    /// fill a table, so that one alone never does.
    public static let systemShare = Share(
        keys: stateKeys / 2,
        tombstones: stateKeys / 2,
        bytes: 256 * 1024 * 1024,
        flags: flags / 2,
        notes: notes / 2,
        subscriptions: 65_536,
        requests: 1024,
        producers: producers / 2,
        sessions: sessions / 2
    )
    /// Units of work in one turn of the core for what can go on in the next one (about 2 ms).
    ///
    /// A unit is a record, key or subscription looked at; what can go on are snapshots, questions
    /// and catching up.
    public static let workPerTurn = 16_384
    /// The same for one session before others have their turn.
    public static let workPerSession = 2048
    /// Deleted keys forgotten in one turn of the core.
    public static let tombstonesPerTurn = 4096
    /// Pause between two looks at deleted keys whose time is over, in microseconds: each look asks
    /// every session whether it is behind.
    public static let tombstonePauseMicroseconds: Int64 = 10_000_000
    /// How long a deleted key is told to returning readers, in microseconds (1 hour).
    public static let tombstoneMicroseconds: Int64 = 3600 * 1_000_000
    /// Committed event-lane records kept in the core for live readers.
    public static let liveEventRecords = 1024
    /// Most event-lane records examined for one session in one turn.
    public static let eventRecordsPerStep = 1024
    /// Most records applied from messages in one turn of the core before it serves readers.
    public static let recordsPerTurn = 4096
    /// Records the memory journal keeps before it forgets the oldest.
    public static let memoryJournalRecords = 65_536
    /// Bytes the memory journal keeps before it forgets the oldest.
    public static let memoryJournalBytes = 64 * 1024 * 1024
    /// Longest time a changed value stays out of a durable hub's journal, in microseconds: half of
    /// the promised second, so that the commit itself has the other half.
    public static let checkpointMicroseconds: Int64 = 500_000
    /// Bytes of changed values that wait for a journal that cannot store; further ones are missing
    /// in its history (at 3,000 changes/s of 200 bytes: half a minute).
    public static let historyBytes = 16 * 1024 * 1024
    /// How far the wall clock may lie behind the journal's last stamp before a hub that starts
    /// steps its stamps back instead of waiting for the wall to catch up, in microseconds.
    public static let clockStepMicroseconds: Int64 = 60_000_000
    /// Wait before a hub whose journal failed tries it again, in microseconds.
    public static let storageRetryMicroseconds: Int64 = 1_000_000
    /// Most bytes of records in one reply to GET or REPLAY.
    public static let replyBytes = 32 * 1024
    /// Most bytes of a principal's or an application's name.
    public static let nameBytes = 64
    /// Most bytes of a reason's label in an agent state.
    public static let reasonBytes = 128
    /// Most bytes of a short text field: extension, seat, call reference.
    public static let shortTextBytes = 64
    /// Most bytes of the sentence in REJECT or GOAWAY.
    public static let sentenceBytes = 256
    /// Most figures in one team or queue record.
    public static let figuresPerRecord = 64
    /// Heartbeat when a client asks for nothing else, in milliseconds.
    public static let heartbeatMilliseconds: UInt32 = 1000
    /// Heartbeats of silence after which the other side is taken for dead.
    public static let silentHeartbeats = 3
    /// What a hub adds to that silence, in microseconds: what was said while it was busy itself is
    /// read only then.
    public static let silenceSlackMicroseconds: Int64 = 100_000
    /// Shortest heartbeat the hub agrees to, in milliseconds.
    public static let heartbeatMinimumMilliseconds: UInt32 = 50
    /// Longest heartbeat the hub agrees to, in milliseconds: 3 of them must fit in suspect time.
    public static let heartbeatMaximumMilliseconds: UInt32 = 1500
    /// Silence after which a leased value is suspect, in microseconds (the promise is ≤ 5 s).
    public static let suspectMicroseconds: Int64 = 4_500_000
    /// Silence after which a leased value is stale, in microseconds (the promise is ≤ 30 s).
    public static let staleMicroseconds: Int64 = 25_000_000
    /// Time between the end of a principal's last session and its will, in milliseconds.
    public static let willGraceMilliseconds: UInt32 = 5000
    /// Longest grace a will may ask for, in milliseconds.
    public static let willGraceMaximumMilliseconds: UInt32 = 25_000
    /// Wait before a DELIVER that found its pipe full is tried again, in microseconds.
    public static let blockedRetryMicroseconds: Int64 = 10_000
    /// Longest pause between DELIVERs a subscription may ask for, in milliseconds.
    public static let minimumIntervalCeiling: UInt32 = 60_000
    /// First and last wait of the client's reconnect, full jitter, in milliseconds.
    public static let reconnectMilliseconds: (first: UInt32, last: UInt32) = (250, 2000)
    /// Time for a fresh connection to answer HELLO, in microseconds.
    public static let helloTimeoutMicroseconds: Int64 = 5_000_000
    /// Counter part of a revision; at this value a new epoch is needed.
    public static let revisionCounterBits: UInt64 = 40
    /// Most join barriers that wait for the next round's answers; a reader without one tries again.
    public static let tapSyncsWaiting = 4096
    /// Most partitions of the tap with a beacon; records of further ones are told as uncounted.
    public static let tapPartitions = 4096
    /// Time between two rounds of beacons, in microseconds (guarantee T2).
    public static let tapBeaconMicroseconds: Int64 = 1_000_000
    /// Least time between two rounds when join barriers ask for one, in microseconds.
    public static let tapRoundMicroseconds: Int64 = 250_000
    /// Beacons sent at once: well below a reader's high-water mark of 1000 messages.
    public static let tapBeaconsAtOnce = 256
    /// Values that follow their lease's freshness at once; the same pause before more.
    public static let renewalsAtOnce = 256
    /// Pause between two such parts of a round, in microseconds; a whole round takes 150 ms.
    public static let tapPauseMicroseconds: Int64 = 10_000
    /// Most bytes of records in a client's outbox.
    public static let outboxBytes = 8 * 1024 * 1024
    /// Most bytes of an outbox file: all operations with their entries, and what is over.
    public static let outboxFileBytes = 16 * 1024 * 1024
    /// Bytes of an outbox file that are over before it is written anew, which waits for the disk.
    public static let outboxGarbageBytes = 4 * 1024 * 1024
    /// Sequences an outbox file may span; those of operations tried again mean nothing any more.
    public static let outboxPlaces = 1 << 22
    /// Wait before an outbox file that could not be written is tried again, in microseconds.
    public static let outboxRetryMicroseconds: Int64 = 1_000_000
    /// Most bytes of one PUB: a whole message, as a DELIVER.
    public static let publishBytes = frameBytes
    /// Unacknowledged PUBs beyond which a client gathers operations instead of sending few.
    public static let smallPublishesAhead = 4
    /// Most sessions to serve for a publisher that runs the core on its own thread; for more the
    /// core's thread batches (200 viewers and no batches: p90 4 to 248 ms).
    public static let borrowedSessions = 32
    /// Most mailboxes of one client: one per subscription, and as many for questions.
    public static let mailboxes = 512
    /// Most questions of one client that wait for their answer; each holds at most a page.
    public static let requestsPerClient = 64
    /// Unread events, in windows of credit, beyond which a client tells a gap instead; only many
    /// reconnects without a reader get there.
    public static let unreadWindows = 4
    /// Wait before a client tries again what a hub refused for good, in microseconds.
    public static let slowRetryMicroseconds: Int64 = 30_000_000
    /// Longest wait a hub may ask a client for, in microseconds.
    public static let retryAfterMicroseconds: Int64 = 600_000_000
    /// Help flags one hub holds, ended ones that can still be rated included.
    public static let flags = 65_536
    /// Open help flags of one asker: one for each of their calls, and many more than they can have.
    public static let openFlagsPerAsker = 32
    /// Ended flags forgotten at once when the table is full.
    public static let flagsForgottenAtOnce = 64
    /// Supporters a flag remembers to have seen it; further ones change nothing.
    public static let flagViewers = 8
    /// How often a flag that nobody takes is made louder.
    public static let flagEscalations: UInt8 = 3
    /// Most bytes of a flag's category, a code of the site's catalogue; it is a figure's name too.
    public static let categoryBytes = 32
    /// Most bytes of what is asked with a flag.
    public static let flagNoteBytes = 1024
    /// Most bytes of an answer.
    public static let flagAnswerBytes = 4096
    /// Most bytes of a reference to the knowledge base.
    public static let knowledgeBytes = 256
    /// Most bytes of the reason of a rejection or a cancellation.
    public static let flagReasonBytes = 256
    /// Most bytes of a rating's comment.
    public static let flagCommentBytes = 1024
    /// Flags a supporter has in hand before they do not count as free; they may take more.
    public static let flagsInHand = 1
    /// Flags that take over their incident's answer in one turn of the core.
    public static let mergedAnswersPerTurn = 256
    /// Most bytes of a figure's name.
    public static let figureNameBytes = 32
    /// Most people of a roster: every agent of the design limit, and those around them.
    public static let rosterPeople = 65_536
    /// Most bytes of a roster's file; one with the most people has about half of it.
    public static let rosterBytes = 32 * 1024 * 1024
    /// Most teams of a roster.
    public static let rosterTeams = 4096
    /// Most categories of a roster.
    public static let rosterCategories = 4096
    /// Most bytes of a category's standard answer: it travels in a flag's words.
    public static let answerBytes = 4096
    /// Most reasons of a roster.
    public static let rosterReasons = 1024
    /// Most alert rules of a roster; each is looked at for every change of its figures.
    public static let alertRules = 256
    /// Most patterns that one role may publish, or read: each is tried for every record.
    public static let grantPatterns = 64
    /// Most managers above one person, and most categories above one.
    public static let rosterDepth = 32
    /// Longest time of a help flag's life, in milliseconds (7 days).
    public static let flagTimeMilliseconds: UInt32 = 7 * 24 * 3600 * 1000
    /// Silence after which a flag's owner loses it, in milliseconds.
    public static let flagLeaseMilliseconds: UInt32 = 15_000
    /// Time for an owner to arrive, in milliseconds.
    public static let flagEngageMilliseconds: UInt32 = 120_000
    /// Time for an owner who has engaged to answer, in milliseconds (30 minutes).
    public static let flagHelpMilliseconds: UInt32 = 1_800_000
    /// Time for which an agent is ready or logged off before the call of their flag counts as over,
    /// in microseconds: longer than the moment between two calls.
    public static let callDoneMicroseconds: Int64 = 10_000_000
    /// Time an unclaimed flag waits before it escalates, each time, in milliseconds.
    public static let flagEscalateMilliseconds: UInt32 = 20_000
    /// Time from a flag's last escalation to its end as unanswered, in milliseconds (4 hours).
    public static let flagUnansweredMilliseconds: UInt32 = 4 * 3600 * 1000
    /// Time from an answer to the flag's closing by itself, in milliseconds (10 minutes).
    public static let flagAutoCloseMilliseconds: UInt32 = 600_000
    /// Time in which a closed flag may be reopened, in milliseconds (30 minutes).
    public static let flagReopenMilliseconds: UInt32 = 1_800_000
    /// Time an ended flag is kept to be rated, in milliseconds (8 hours: a shift).
    public static let flagKeepMilliseconds: UInt32 = 8 * 3600 * 1000
    /// Denials written down in any second; further ones are counted.
    public static let auditsPerSecond = 100
    /// Most bytes of a note.
    public static let noteBytes = 2048
    /// Readers a note remembers; further ones are counted, after a restart perhaps twice.
    public static let noteReaders = 64
    /// Notes one hub holds.
    public static let notes = 16_384
    /// How long a note is to be read when its sender does not say, in microseconds (24 hours).
    public static let noteLifeMicroseconds: Int64 = 24 * 3600 * 1_000_000
    /// The longest a note may be to be read, in microseconds (7 days).
    public static let noteLifeMaximumMicroseconds: Int64 = 7 * 24 * 3600 * 1_000_000
    /// How long a note that has ended is still shown to those who ask, in microseconds (1 hour).
    public static let endedNoteMicroseconds: Int64 = 3600 * 1_000_000
    /// How often alert rules are looked at, and figures of flags told, in microseconds.
    public static let figuresMicroseconds: Int64 = 1_000_000
    /// Response times a team's figures remember for each stage; the oldest go first.
    public static let responseTimes = 16_384
    /// Values, rules and teams that figures and alert rules look at in one turn of the core; what
    /// is left goes on in the next.
    public static let figuresPerTurn = 2048
    /// Teams with figures of their own: each roster's, and those that keys name beyond it.
    public static let figureTeams = 8192
    /// Days of a report by days: ten years.
    public static let reportDays = 3660
    /// Intervals of a report: the quarters of an hour of a leap year.
    public static let reportIntervals = 35_136
    /// Rows of a report by intervals: it is held in memory, about 600 bytes a row.
    public static let reportRows = 250_000
    /// Names that a team's lists of a day count: categories, askers, ratings; further ones are not.
    public static let figureNames = 16_384
    /// Categories in a team's list of the most frequent ones.
    public static let topCategories = 10
    /// Askers in a team's list of those who asked most.
    public static let topAskers = 5
}
