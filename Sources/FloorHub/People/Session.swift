import FloorEvents
import FloorRoster
import FloorWire

/// One reader's wish, and how far its snapshot is.
struct Subscription {
    var id: UInt32
    var filter: KeyFilter
    /// The filter's place in the filter index.
    var node: Int
    /// Event-lane records after this revision are wanted.
    var eventStart: Revision
    var snapshot: Snapshot
    /// Whether open flags and unexpired notes of earlier revisions are still to come.
    var awaitsKept = false
    /// So many of them were sent.
    var keptSent: UInt64 = 0

    enum Snapshot {
        /// The cursor over the order of last change: next place, last place.
        case owed(next: Revision, end: Revision, full: Bool, sent: UInt64)
        /// The cursor is through; keys that changed meanwhile, up to `until`, must go first.
        case draining(until: Revision, full: Bool, sent: UInt64)
        case done
    }
}

/// One key that a session must be told of.
struct DirtyKey {
    var slot: Int32
    /// The entry's change count when it became dirty; the difference was passed over.
    var changesBefore: UInt32
    var firstRevision: Revision
}

/// A session: one connected client.
///
/// Invariant: `dirtyBits` has a bit exactly for the keys in `dirty` from `dirtyHead` on.
final class Session {
    let link: LinkID
    let number: UInt32
    let principal: Principal
    /// Which of several programs with one producer id speaks.
    let incarnation: UInt64
    /// Whether somebody else has numbered operations under this producer id (R21), and this client
    /// none since: what it knows the results of says nothing about the hub's.
    var isForeign = false
    let producer: Producer
    let heartbeat: Int64
    let initialCredit: UInt64
    let resumesLineage: Bool
    var willGrace: Int64 = 0
    var will: [UInt8] = []
    /// The roles its WELCOME has told.
    var roles = Roles.all
    /// What its client shows in the next HELLO.
    var secret = FloorID.zero

    var lastHeard: Int64
    /// The last number given to a message down.
    var sequence: UInt64 = 0
    var creditGranted: UInt64
    var creditUsed: UInt64 = 0

    var subscriptions: [Subscription] = []
    var dirty: [DirtyKey] = []
    var dirtyHead = 0
    var dirtyBits: [UInt64] = []
    var servesOwedNext = false
    /// Whether more SUBSCRIBEs were announced: nothing is delivered before they are here.
    var awaitsSubscriptions = false

    /// While a subscription awaits kept records: the next revision to look at.
    ///
    /// Records of the event lane wait behind them.
    var keptPosition: Revision?
    /// Whether matching event-lane records from `eventPosition` on wait to be sent.
    var hasEvents = false
    /// The next revision to look at; meaningful while `hasEvents`.
    var eventPosition = Revision.zero
    var page: JournalPage?
    var pageOffset = 0
    var readToken: UInt64 = 0
    var awaitsPage = false
    /// Tokens of questions that wait for the journal.
    var replays: [UInt64] = []

    /// DELIVERs that found the pipe full, to be sent again, in order, before anything else.
    var blockedMessages: [[UInt8]] = []
    var retryAt: Int64 = 0
    var minimumInterval: Int64 = 0
    var nextDeliver: Int64 = 0

    var results: [ResultRun] = []
    var expectedSequence: UInt64 = 0
    var owesAcknowledgement = false
    /// The cumulative value last told to the client.
    var cumulativeTold: UInt64 = 0
    var isActive = false
    var isEnded = false

    init(
        link: LinkID,
        number: UInt32,
        principal: Principal,
        producer: Producer,
        hello: Hello,
        heartbeat: Int64,
        resumesLineage: Bool,
        now: Int64
    ) {
        self.link = link
        self.number = number
        self.principal = principal
        self.producer = producer
        incarnation = hello.incarnation
        self.heartbeat = heartbeat
        self.resumesLineage = resumesLineage
        initialCredit = min(
            max(hello.initialCredit, UInt64(Limits.creditMinimumBytes)),
            UInt64(Limits.creditAheadBytes)
        )
        creditGranted = initialCredit
        lastHeard = now
    }

    var creditLeft: Int { Int(creditGranted - min(creditGranted, creditUsed)) }
    var hasDirty: Bool { dirtyHead < dirty.count }
    var dirtyCount: Int { dirty.count - dirtyHead }

    func isDirty(_ slot: Int) -> Bool {
        let word = slot >> 6
        return word < dirtyBits.count && dirtyBits[word] & (1 << UInt64(slot & 63)) != 0
    }

    /// Queues a key once; a key already queued keeps its place.
    func markDirty(_ slot: Int, changesBefore: UInt32, revision: Revision) {
        let word = slot >> 6
        if word >= dirtyBits.count {
            dirtyBits.append(contentsOf: repeatElement(0, count: word + 1 - dirtyBits.count))
        }
        let bit: UInt64 = 1 << UInt64(slot & 63)
        guard dirtyBits[word] & bit == 0 else { return }
        dirtyBits[word] |= bit
        dirty.append(
            DirtyKey(slot: Int32(slot), changesBefore: changesBefore, firstRevision: revision)
        )
    }

    /// Takes the key that has waited longest.
    func takeDirty() -> DirtyKey {
        let key = dirty[dirtyHead]
        dirtyHead += 1
        dirtyBits[Int(key.slot) >> 6] &= ~(1 << UInt64(key.slot & 63))
        if dirtyHead == dirty.count {
            dirty.removeAll(keepingCapacity: true)
            dirtyHead = 0
        } else if dirtyHead >= 4096, dirtyHead * 2 >= dirty.count {
            dirty.removeFirst(dirtyHead)
            dirtyHead = 0
        }
        return key
    }

    /// Keeps only some of the queued keys, in their order.
    func keepDirty(_ isWanted: (Int) -> Bool) {
        dirty.removeFirst(dirtyHead)
        dirtyHead = 0
        dirty.removeAll { key in
            if isWanted(Int(key.slot)) { return false }
            dirtyBits[Int(key.slot) >> 6] &= ~(1 << UInt64(key.slot & 63))
            return true
        }
    }

    /// Whether the session must still be told of a deletion: it is queued, or a delta's cursor
    /// has not reached it. (A full snapshot tells by silence.)
    func awaits(deletion revision: Revision, of slot: Int) -> Bool {
        if isDirty(slot) { return true }
        return subscriptions.contains { subscription in
            guard case .owed(let next, let end, full: false, _) = subscription.snapshot else {
                return false
            }
            return next <= revision && revision <= end
        }
    }

    /// The last revision up to which everything matching was sent (rule 8).
    func stableRevision(head: Revision) -> Revision {
        var lowest = head
        if hasDirty { lowest = min(lowest, dirty[dirtyHead].firstRevision.previous) }
        for subscription in subscriptions {
            if case .owed(let next, _, full: false, _) = subscription.snapshot {
                lowest = min(lowest, next.previous)
            }
        }
        return lowest
    }

    /// The last event-lane revision up to which everything matching was sent.
    func stableEvent(head: Revision) -> Revision {
        hasEvents ? min(eventPosition.previous, head) : head
    }

    /// Adds a result, joined to the last run where it fits.
    func addResult(_ run: ResultRun) {
        owesAcknowledgement = true
        if let last = results.indices.last, results[last].extend(by: run) { return }
        results.append(run)
    }
}

/// One authenticated name and its live sessions.
final class Principal {
    /// The name as bytes: two names that Unicode calls equal are two names.
    let presenceKey: FloorKey
    /// His place in the hub's roster; nil without one.
    ///
    /// As of his last HELLO, or of the last roster while he has a session.
    var person: Int?
    /// What he may do, as of the same.
    var permissions = Permissions.everything
    var sessions = 0
    /// Producers the hub remembers; at zero the principal is forgotten.
    var producers = 0
    /// Wills of sessions that ended without BYE, waiting for their grace to pass.
    var wills: [Will] = []
    /// The name as text, which flags carry.
    let name: String
    /// What he last said of helping others; `available`, `onBreak`, `offFloor` or nothing.
    var duty = SupporterState.unknown

    init(presenceKey: FloorKey) {
        self.presenceKey = presenceKey
        name = presenceKey.entity
    }
}

/// One record that a session left for after its principal's last session.
struct Will {
    let record: [UInt8]
    let producer: Producer
    let grace: Int64
    /// Boot time; counted from the end of the principal's last session.
    var due = Int64.max

    init(session: Session) {
        record = session.will
        producer = session.producer
        grace = session.willGrace
    }
}
