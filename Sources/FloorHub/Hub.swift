public import FloorEvents
import FloorWire

// The path of one event through the core, in the order of the files:
//
//   step(.message)  Hub.swift            one message: which session, which type
//   publish         Hub+Publish.swift    PUB: dedup, apply to a lane, result
//   markReaders     Hub+Publish.swift    who wants the key
//   step(.turnEnd)  Hub.swift            commit, then serve every session with work
//   serve           Hub+Deliver.swift    credit → DELIVER with live, owed and event records
//
// Sessions come and go in Hub+Sessions.swift, snapshots begin in Hub+Subscribe.swift, questions
// are answered in Hub+Requests.swift, and silence is noticed in Hub+Timers.swift. What goes out
// on the tap is in Hub+Tap.swift.

/// The hub's core: who gets what.
///
/// Pure: an input and a time go in, effects come out; it has no clock, lock, thread or socket.
///
///     var hub = Hub(HubOptions(lineage: lineage, epoch: 1, randomWord: random))
///     hub.step(.message(link, bytes), at: now, into: &effects)
///     hub.step(.turnEnd, at: now, into: &effects)
///
/// - Thread: one at a time; the server holds its lock around `step`.
public struct Hub: ~Copyable {
    let options: HubOptions
    /// Who may do what; replaced as a whole.
    var roster: Roster
    var now = FloorTime(boot: 0, wall: 0)
    var stampOffset: Int64?
    /// Boot time of the offset's last change.
    private var slewedAt: Int64 = 0
    var lastStamp: Int64 = 0

    var table: ValueTable
    var filters = FilterIndex()
    var lane: EventLane
    var sessionsByLink: [LinkID: Session] = [:]
    /// The session numbers in use.
    var numbers: Set<UInt32> = []
    /// Live sessions in the order they came; all iteration is over this, never over the hash.
    var sessions: [Session] = []
    var producers: [FloorID: Producer] = [:]
    var principals: [FloorKey: Principal] = [:]
    /// Producers that own leased values, in the order they became owners.
    var holders: [Producer] = []
    /// Principals with wills that wait for their grace.
    var dying: [Principal] = []
    /// Sessions that cannot be served before a time in `nextRetry`.
    var waiting: [Session] = []
    /// Sessions with something to send, in the order they got it.
    var active: [Session] = []
    /// Those being served now; empty between turns.
    private var serving: [Session] = []
    var pageReaders: [UInt64: PageReader] = [:]
    var lastReadToken: UInt64 = 0
    var unsaved: UnsavedState
    var history = UnsavedHistory()
    /// After a failed commit: no event-lane operation is tried before this boot time.
    var eventLaneRetryAt: Int64?

    /// What the tap has carried; empty without one.
    var partitions: TapPartitions
    var rounds = TapRounds()

    var nextLeaseCheck: Int64 = 0
    var nextTombstoneCheck: Int64 = 0
    /// The earliest time at which a session is to be served again without an input.
    var nextRetry: Int64 = .max
    var matchBuffer: [Int] = []
    /// Help flags as applied, and the last committed records of flags and notes.
    var flags = FlagTable()
    var notes = NoteTable()
    var kept = KeptTable()
    /// What has become of flags, team by team, for figures and alerts.
    var board = FlagBoard()
    var alerts = AlertBook()
    /// Boot time of the next look at figures and alert rules.
    var nextFigures: Int64 = 0
    /// Principals who said that they are there to help.
    var supporters: [Principal] = []
    var loads: [String: SupporterLoad] = [:]
    /// Keys whose kept records the next batch removes from the journal.
    var forgottenKeys: [FloorKey] = []
    /// Denials to be journalled at the end of the turn.
    var audits = AuditQueue()
    var counts = HubStatistics()
    var isShutDown = false

    /// A hub that has seen nothing.
    public init(_ options: HubOptions) {
        precondition(options.epoch > 0, "Hub: the epoch starts at 1")
        self.options = options
        roster = options.roster
        table = ValueTable(epoch: options.epoch)
        lane = EventLane(epoch: options.epoch)
        unsaved = UnsavedState(handedOver: table.head)
        partitions = TapPartitions(maximum: options.maximumPartitions)
    }

    /// A hub that goes on where an earlier life stopped.
    ///
    /// Values are suspect until their owners speak again; producers are known with their last
    /// operation and its result, so that what they send again is not applied again.
    ///
    /// - Parameters:
    ///   - options: with an epoch above that of every earlier life.
    ///   - contents: what the journal holds.
    ///   - time: now.
    public init(_ options: HubOptions, restoring contents: HubContents, at time: FloorTime) {
        self.init(options)
        now = time
        followWall()
        restore(contents)
    }

    /// Takes one input and appends what has to be done.
    ///
    /// `now` is the time of the input; the boot clock never goes back.
    public mutating func step(
        _ input: HubInput,
        at now: FloorTime,
        into effects: inout HubEffects
    ) {
        set(now)
        switch input {
        case .linkIdentity: break
        case .message(let link, let bytes): receive(bytes.span, from: link, &effects)
        case .malformed(let link):
            counts.malformed += 1
            fence(link, .protocolError, "a message must be exactly one frame", &effects)
        case .deliverBlocked(let link, let bytes): noteBlocked(link, bytes)
        case .controlBlocked(let link):
            if sessionsByLink[link] != nil { counts.fenced += 1 }
            dropLink(link, &effects)
        case .linkGone(let link): dropLink(link, &effects)
        case .committed(let batch): commit(batch, &effects)
        case .commitFailed(let batch): rollBack(batch, &effects)
        case .storing(let isStoring): tellWhetherStoring(isStoring, &effects)
        case .journalPage(let page): takePage(page, &effects)
        case .retentionFailed: counts.retentionFailures += 1
        case .tapBarrier(let topic): takeBarrier(topic)
        case .roster(let roster): take(roster, &effects)
        case .shutdown: shutDown(&effects)
        case .turnEnd: endTurn(isBorrowed: false, &effects)
        case .borrowedTurnEnd: endTurn(isBorrowed: true, &effects)
        }
    }

    /// Takes one message without a copy of its own: as `step(.message)`.
    public mutating func receive(
        _ message: Span<UInt8>,
        from link: LinkID,
        at now: FloorTime,
        into effects: inout HubEffects
    ) {
        set(now)
        receive(message, from: link, &effects)
    }

    private mutating func set(_ now: FloorTime) {
        self.now.boot = max(self.now.boot, now.boot)
        self.now.wall = now.wall
        followWall()
    }

    /// When the next timer is due, microseconds on the boot clock.
    public var nextDeadline: Int64 {
        var next = min(nextLeaseCheck, nextTombstoneCheck, nextRetry, checkpointDeadline)
        next = min(next, flagDeadline, noteDeadline, figuresDeadline)
        if options.hasTap { next = min(next, rounds.due) }
        for principal in dying {
            for will in principal.wills { next = min(next, will.due) }
        }
        return next
    }

    /// What the hub has counted.
    public var statistics: HubStatistics {
        var result = counts
        result.sessions = UInt64(sessions.count)
        for session in sessions { result.subscriptions += UInt64(session.subscriptions.count) }
        result.keys = UInt64(table.liveCount)
        result.tombstones = UInt64(table.tombstoneCount)
        result.partitions = UInt64(partitions.count)
        result.uncounted = partitions.uncounted
        return result
    }

    /// The last revision of each lane: state as applied, events as committed.
    public var heads: (state: Revision, event: Revision) { (table.head, lane.committed) }

    /// Whether this turn has applied so many events that it is to end before more are taken.
    public var isTurnFull: Bool {
        lane.applied.counter >= lane.firstUncommitted.counter + UInt64(Limits.recordsPerTurn)
            || lane.openBytes >= EventWindow.mostKeptBytes / 2
    }

    // MARK: one message

    private mutating func receive(
        _ message: Span<UInt8>,
        from link: LinkID,
        _ effects: inout HubEffects
    ) {
        counts.bytesIn += UInt64(message.count)
        let header: FrameHeader
        do {
            header = try FrameHeader(message)
        } catch {
            counts.malformed += 1
            return fence(link, .protocolError, error.sentence, &effects)
        }
        guard header.type.isUplink else {
            counts.malformed += 1
            return fence(link, .protocolError, "a hub does not take this message", &effects)
        }
        let body = message.extracting(FrameHeader.size..<message.count)
        if header.type == .hello { return hello(link, body, &effects) }
        guard let session = sessionsByLink[link], session.number == header.session else {
            // An old session's message, or a client that has not said HELLO: it must start anew.
            counts.rejected += 1
            return fence(link, .fenced, "no such session; send HELLO on a new link", &effects)
        }
        noteTraffic(session, &effects)
        session.retryAt = now.boot
        do {
            try dispatch(session, header, body, &effects)
        } catch {
            counts.malformed += 1
            fence(link, .protocolError, error.sentence, &effects)
        }
    }

    private mutating func dispatch(
        _ session: Session,
        _ header: FrameHeader,
        _ body: Span<UInt8>,
        _ effects: inout HubEffects
    ) throws(WireError) {
        switch header.type {
        case .publish: publish(session, header, body, &effects)
        case .subscribe: subscribe(session, try Subscribe(body), &effects)
        case .unsubscribe: unsubscribe(session, try Unsubscribe(body), &effects)
        case .credit: takeCredit(session, header)
        case .ping: try pong(session, header, body, &effects)
        case .get: get(session, header, try Request(body), &effects)
        case .replay: replay(session, header, try Request(body), &effects)
        case .bye: bye(session, &effects)
        default: throw .unknownType(header.type.rawValue)
        }
    }

    private mutating func takeCredit(_ session: Session, _ header: FrameHeader) {
        let ceiling = session.creditUsed + UInt64(Limits.creditAheadBytes)
        session.creditGranted = max(session.creditGranted, min(header.argument, ceiling))
        activate(session)
    }

    private mutating func pong(
        _ session: Session,
        _ header: FrameHeader,
        _ body: Span<UInt8>,
        _ effects: inout HubEffects
    ) throws(WireError) {
        let ping = try Ping(body)
        noteFirstUnacknowledged(session, header)
        var pong = Pong(clientTime: ping.clientTime, request: header.sequence)
        pong.received = stamp()
        pong.sent = pong.received
        pong.stateHead = table.head
        pong.eventHead = lane.committed
        pong.stableEvent = session.stableEvent(head: lane.committed)
        let stable = session.stableRevision(head: table.head)
        send(session, .pong, argument: stable.rawValue, &effects) { pong.append(to: &$0) }
    }

    /// The client says what it knows the results of; the cumulative value may move on that.
    mutating func noteFirstUnacknowledged(_ session: Session, _ header: FrameHeader) {
        guard !session.isForeign else { return }
        session.producer.forgetRetryable(below: header.argument)
        guard session.producer.cumulative > session.cumulativeTold else { return }
        session.owesAcknowledgement = true
        activate(session)
    }

    // MARK: one turn

    private mutating func endTurn(isBorrowed: Bool, _ effects: inout HubEffects) {
        counts.work += UInt64(waiting.count)
        for session in waiting where !session.isEnded { activate(session) }
        waiting.removeAll(keepingCapacity: true)
        if !isBorrowed { runTimers(&effects) }
        // A batch of a durable hub holds everything changed since the last: the core's work.
        if !isBorrowed || !options.isDurable {
            writeAudits()
            closeBatch(&effects)
        }
        if isBorrowed, options.isDurable, lane.hasUncommitted || !audits.waiting.isEmpty {
            effects.hasMoreWork = true
        }
        nextRetry = .max
        // Two lists change places, so that both keep their storage.
        swap(&active, &serving)
        // Readers first: a publisher waits less for its answer than they for its records.
        for answers in [false, true] {
            for place in serving.indices where serving[place].owesAcknowledgement == answers {
                let session = serving[place]
                guard session.isActive else { continue }
                session.isActive = false
                if !session.isEnded { serve(session, &effects) }
            }
        }
        serving.removeAll(keepingCapacity: true)
        effects.hasMoreWork = effects.hasMoreWork || !active.isEmpty
    }

    /// Puts a session on the list of those to be served at the end of this turn.
    mutating func activate(_ session: Session) {
        guard !session.isActive, !session.isEnded else { return }
        session.isActive = true
        active.append(session)
    }

    /// Follows a step of the wall clock at 1 part in 1,000, like a slewing NTP client; time
    /// without any input counts for at most a second, or the rest of the step came at once.
    private mutating func followWall() {
        let target = now.wall - now.boot
        if let old = stampOffset {
            let most = min(now.boot - slewedAt, 1_000_000) / 1000
            guard most > 0 else { return }
            stampOffset = old + min(max(target - old, -most), most)
        } else {
            stampOffset = target
        }
        slewedAt = now.boot
    }

    /// The hub's wall time: strictly increasing, slewed towards the wall clock, never stepped.
    mutating func stamp() -> Int64 {
        lastStamp = max(lastStamp + 1, now.boot + (stampOffset ?? 0))
        return lastStamp
    }

    // MARK: sending

    /// Appends one message to a session, numbered as the next of its link.
    mutating func send(
        _ session: Session,
        _ type: FrameType,
        argument: UInt64 = 0,
        _ effects: inout HubEffects,
        body: (inout [UInt8]) -> Void
    ) {
        // What waits has the lower numbers: the reader takes one FIFO without holes (R7).
        resendBlocked(session, &effects)
        session.sequence += 1
        let header = FrameHeader(
            type,
            session: session.number,
            sequence: session.sequence,
            argument: argument
        )
        let start = FrameWriter.begin(header, in: &effects.bytes)
        body(&effects.bytes)
        FrameWriter.end(start, in: &effects.bytes)
        emit(.control(session.link, start..<effects.bytes.count), &effects)
    }

    mutating func emit(_ effect: HubEffect, _ effects: inout HubEffects) {
        switch effect {
        case .deliver(_, let range), .control(_, let range):
            counts.bytesOut += UInt64(range.count)
        default: break
        }
        effects.list.append(effect)
    }
}
