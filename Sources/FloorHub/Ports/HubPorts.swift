public import FloorEvents
public import FloorRoster

// What goes into the core and what comes out of it. The core has no clock, lock, thread or
// socket: every input carries its time, every effect is a value that FloorHubServer performs
// in order.

/// One peer's link, named by the server: which socket, and the peer's routing id on it.
public struct LinkID: Hashable, Sendable {
    /// The server's number for the link.
    public let rawValue: UInt64

    /// A link by its number.
    public init(_ rawValue: UInt64) { self.rawValue = rawValue }
}

/// Who is at the other end of a link, as its transport knows; bound once, when the link is made.
public struct LinkIdentity: Equatable, Sendable {
    /// What the transport's word rests on.
    public enum Proof: UInt8, Sendable {
        /// Code of the hub's own process, which is trusted to say who it is.
        case local
        /// The user of this machine, told by its kernel.
        case peerCredentials
        /// A key that only they have.
        case key
    }

    /// What the word rests on.
    public var proof: Proof
    /// The principal a HELLO on this link must name; nil = whichever it names.
    public var principal: String?

    /// An identity.
    public init(_ proof: Proof, principal: String? = nil) {
        self.proof = proof
        self.principal = principal
    }
}

/// One thing that happened to the hub.
public enum HubInput: Sendable {
    /// Who is at a link's other end; comes at most once, before the link's first message, and not
    /// at all where nobody vouches for anybody.
    case linkIdentity(LinkID, LinkIdentity)
    /// A message of one payload frame arrived.
    case message(LinkID, [UInt8])
    /// A message arrived that was not exactly one payload frame.
    case malformed(LinkID)
    /// A DELIVER found the link's pipe full, or came behind one that did; here it is back.
    case deliverBlocked(LinkID, [UInt8])
    /// Any other message found the link's pipe full.
    case controlBlocked(LinkID)
    /// The link's peer is gone.
    case linkGone(LinkID)
    /// The journal holds everything up to and including this batch.
    case committed(batch: UInt64)
    /// The journal could not store this batch; nothing of it and of later ones is kept.
    case commitFailed(batch: UInt64)
    /// The journal knows, without a commit, that it cannot store from now on, or can again.
    case storing(Bool)
    /// The journal's answer to a `readEvents` effect.
    case journalPage(JournalPage)
    /// The journal could not remove what is too old or too much; it goes on trying.
    case retentionFailed
    /// A reader of the tap subscribed to this topic, which begins with `~`: a join barrier.
    case tapBarrier([UInt8])
    /// No reader of the tap is subscribed to this barrier any more.
    case tapBarrierGone([UInt8])
    /// Another roster holds from now on: sessions that lose something by it are ended.
    case roster(Roster)
    /// The hub is about to stop: every session is told, none is opened any more.
    case shutdown
    /// Everything that waited has been stepped: serve readers, acknowledge, run timers.
    case turnEnd
    /// The same without timers that concern every session, and on a durable hub without storing:
    /// for a message that `Hub.isBrief`, on its sender's thread.
    case borrowedTurnEnd
}

/// One thing the server has to do, in the order of the list.
public enum HubEffect: Equatable, Sendable {
    /// Send a DELIVER; a full pipe is told by `deliverBlocked`.
    case deliver(LinkID, Range<Int>)
    /// Send any other message; a full pipe is told by `controlBlocked`.
    case control(LinkID, Range<Int>)
    /// Publish on the tap: frame 0 is the key, frame 1 the record.
    case tap(key: Range<Int>, record: Range<Int>)
    /// Hand event-lane records, end to end, to the journal, behind the earlier ones.
    case append(Range<Int>)
    /// Hand one last-value record to the journal; a deletion removes the key there.
    case saveValue(Range<Int>)
    /// Hand one `StoredProducer` to the journal.
    case saveProducer(Range<Int>)
    /// Hand changes of values, records end to end, to the journal's history.
    case saveHistory(Range<Int>)
    /// Hand the last record of a flag's or a note's key to the journal.
    case saveKept(Range<Int>)
    /// Hand a key to the journal whose last record is needed no more.
    case forgetKept(Range<Int>)
    /// Commit what was handed over, whole or not at all; answer with `committed` or `commitFailed`.
    case commit(batch: UInt64)
    /// Read committed records; answer with `journalPage`, at any later time and in any order.
    case readEvents(ReadRequest)
    /// Nobody waits any more for the page with this token.
    case cancelRead(token: UInt64)
}

/// Effects of one or more steps; the ranges point into `bytes`.
///
/// The server empties it after performing, keeping its storage, so that a steady state
/// allocates nothing.
public struct HubEffects: Sendable {
    /// The messages and records, end to end.
    public var bytes: [UInt8] = []
    /// What to do, in order.
    public var list: [HubEffect] = []
    /// What an operator should know; not in `list`, so that copying an effect counts no references.
    public var notices: [HubNotice] = []
    /// Whether readers wait that could be served now: call `turnEnd` again without waiting.
    public var hasMoreWork = false

    /// Nothing to do.
    public init() {}

    /// Forgets everything, keeps the storage.
    public mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        list.removeAll(keepingCapacity: true)
        notices.removeAll(keepingCapacity: true)
        hasMoreWork = false
    }
}

/// What the core wants to read from the journal.
public struct ReadRequest: Equatable, Sendable {
    /// Comes back in the page.
    public var token: UInt64
    /// Records after this revision.
    public var after: Revision
    /// Most records.
    public var maximumRecords: Int
    /// Most bytes; one record always fits.
    public var maximumBytes: Int

    /// A question.
    public init(token: UInt64, after: Revision, maximumRecords: Int, maximumBytes: Int) {
        self.token = token
        self.after = after
        self.maximumRecords = maximumRecords
        self.maximumBytes = maximumBytes
    }
}

/// Committed records from the journal, in order.
public struct JournalPage: Sendable {
    /// The request's token.
    public var token: UInt64
    /// The records, end to end.
    public var records: [UInt8]
    /// Records up to this revision have been removed or never were there.
    public var floor: Revision
    /// Everything after the request's revision up to this one is in `records`.
    public var through: Revision
    /// Whether `through` is the last committed revision.
    public var atEnd: Bool
    /// Whether the records after the request's revision up to `through` are there but cannot be
    /// read; `records` is empty then, and a reader is to be told of their loss.
    public var isUnreadable = false

    /// An answer.
    public init(
        token: UInt64,
        records: [UInt8],
        floor: Revision,
        through: Revision,
        atEnd: Bool
    ) {
        self.token = token
        self.records = records
        self.floor = floor
        self.through = through
        self.atEnd = atEnd
    }
}

/// What a hub is told once.
public struct HubOptions: Sendable {
    /// Identifies this data set; created with it.
    public var lineage: FloorID
    /// Which life of the hub this is; larger than every earlier one of the lineage.
    public var epoch: UInt32
    /// The heartbeat proposed to clients that ask for none, in milliseconds.
    public var heartbeatMilliseconds: UInt32 = Limits.heartbeatMilliseconds
    /// Silence after which leased values are suspect, in microseconds.
    public var suspectMicroseconds = Limits.suspectMicroseconds
    /// Silence after which leased values are stale, in microseconds.
    public var staleMicroseconds = Limits.staleMicroseconds
    /// How long deleted keys are told to returning readers, in microseconds.
    public var tombstoneMicroseconds = Limits.tombstoneMicroseconds
    /// Most live sessions.
    public var maximumSessions = Limits.sessions
    /// Most last-value keys.
    public var maximumKeys = Limits.stateKeys
    /// Most producers remembered.
    public var maximumProducers = Limits.producers
    /// Who may connect, publish and read what.
    public var roster = Roster.open
    /// Most help flags held, ended ones that can still be rated included.
    public var maximumFlags = Limits.flags
    /// Minutes east of UTC of the day that figures of "today" speak of.
    public var zoneMinutes: Int16 = 0
    /// Whether changes are also published on the tap.
    public var hasTap = false
    /// Whether values and producers are stored, to be taken back by the next life.
    public var isDurable = false
    /// Whether a durable hub also stores every change of agents' states and queues' levels.
    public var keepsHistory = false
    /// Most partitions of the tap with a beacon.
    public var maximumPartitions = Limits.tapPartitions
    /// Unpredictable words for session numbers and resume secrets.
    public var randomWord: @Sendable () -> UInt64

    /// Options of a hub in memory; the rest has defaults.
    public init(lineage: FloorID, epoch: UInt32, randomWord: @escaping @Sendable () -> UInt64) {
        self.lineage = lineage
        self.epoch = epoch
        self.randomWord = randomWord
    }
}
