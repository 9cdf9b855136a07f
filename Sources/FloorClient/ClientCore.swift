public import FloorEvents
public import FloorWire

// The path of one event through the core, in the order of the files:
//
//   publish         ClientCore+Commands.swift     checks, then Uplink.publish: into the outbox
//   step(.turnEnd)  ClientCore.swift              what has gathered leaves: SUBSCRIBE, PUB, CREDIT
//   receive         ClientCore+Receive.swift      one message: which type, is it the next
//   takeDeliver     Inbox/Inbox+Records.swift     DELIVER -> cache or event store -> mailboxes
//   takeResults     Uplink/Uplink.swift           ACK, NACK -> SettledOperation -> Inbox.tell
//   next            Inbox/Inbox+Next.swift        mailbox -> application
//
// The core has the link (ClientCore+Link.swift) and says to which part each message goes. `Uplink`
// and `Inbox` do not know each other: what one has for the other is a fact (Facts.swift).

/// The client engine: what to send, what to keep, what to tell the application.
///
/// Pure: an input and a time go in, effects come out; it has no clock, lock, thread or socket.
///
///     var core = try ClientCore(options, producer: id, incarnation: 1, randomWord: random)
///     core.step(.start, at: now, into: &effects)         // .openLink(attempt: 1)
///     let mailbox = try core.openMailbox()
///     _ = try core.subscribe(KeyFilter("agent/bj/"), mailbox: mailbox)
///     core.step(.turnEnd, at: now, into: &effects)
///
/// - Thread: one at a time; the loop holds its lock around every call.
/// - Messages leave at `turnEnd`: call it after a batch of inputs and after commands, and when
///   `needsTurn` says so after `next`.
public struct ClientCore: ~Copyable {
    private let inPlace = InPlace()
    let options: ClientOptions
    /// The identity that this client's records carry.
    public let producer: FloorID
    let incarnation: UInt64
    let randomWord: @Sendable () -> UInt64
    var now = FloorTime(boot: 0, wall: 0)

    var link = LinkState()
    var clock = ClockSamples()
    var uplink: Uplink
    var inbox: Inbox
    /// Results on their way from the uplink to the inbox; empty between two calls.
    var settled: [SettledOperation] = []
    var lastPing: UInt64 = 0
    var isClosing = false
    /// Counts of the link; the others are the parts'.
    var counts = ClientStatistics()
    /// Why the hub refused or ended the last session; nil since the next one opened.
    public internal(set) var lastRefusal: Refusal?
    /// What the loop was told of `deferral` last.
    var toldDeferral: FloorStatus?

    /// A client that has not started.
    ///
    /// - Parameters:
    ///   - options: what the application wants.
    ///   - producer: names the client to the hub for as long as its operations matter.
    ///   - incarnation: another one in every program that numbers operations of this producer id.
    ///   - randomWord: unpredictable words, for the wait between attempts.
    /// - Throws: `FloorStatus.tooBig` for long names, `invalid` for options out of bounds.
    public init(
        _ options: ClientOptions,
        producer: FloorID,
        incarnation: UInt64,
        randomWord: @escaping @Sendable () -> UInt64
    ) throws(FloorStatus) {
        try options.check()
        guard producer != .zero else { throw .invalid }
        self.options = options
        self.producer = producer
        self.incarnation = incarnation
        self.randomWord = randomWord
        uplink = Uplink(capacity: options.outboxOperations)
        inbox = Inbox(window: options.creditBytes)
    }

    /// Takes one input and appends what has to be done.
    ///
    /// - Parameters:
    ///   - input: what happened.
    ///   - now: when; the boot clock never goes back.
    ///   - effects: gets what has to be done.
    public mutating func step(
        _ input: ClientInput,
        at now: FloorTime,
        into effects: inout ClientEffects
    ) {
        set(now)
        switch input {
        case .start:
            if link.phase == .idle { openLink(&effects) }
        case .linkUp(let attempt):
            if attempt == link.attempt { greet(&effects) }
        case .linkDown(let attempt, let loss):
            guard attempt == link.attempt, link.isOpen else { break }
            if loss == .notAuthenticated {
                lastRefusal = Refusal(loss.status, loss.status.sentence)
            }
            loseLink(loss.status, &effects)
        case .message(let attempt, let bytes):
            receive(bytes.span, attempt: attempt, &effects)
        case .tick: runTimers(&effects)
        case .turnEnd: endTurn(&effects)
        }
        inbox.tellReady(&effects)
    }

    /// Takes one message without a copy of its own: as `step(.message)`.
    public mutating func receive(
        _ message: Span<UInt8>,
        attempt: UInt64,
        at now: FloorTime,
        into effects: inout ClientEffects
    ) {
        set(now)
        receive(message, attempt: attempt, &effects)
        inbox.tellReady(&effects)
    }

    private mutating func set(_ now: FloorTime) {
        self.now.boot = max(self.now.boot, now.boot)
        self.now.wall = now.wall
    }

    /// When `tick` is due, microseconds on the boot clock.
    public var nextDeadline: Int64 {
        link.isLinked ? min(link.deadline, uplink.nextRetry) : link.deadline
    }

    /// Whether something waits that only a turn sends, for example credit after `next`.
    public var needsTurn: Bool {
        isClosing ? link.phase != .closed : link.isLinked && inbox.needsTurn
    }

    /// Whether a turn would send operations: false without a link, and while enough of them are
    /// under way, when the next answer's turn sends what has gathered.
    public var mayPublishNow: Bool {
        link.isLinked && uplink.maySend(link.window)
    }

    /// Operations whose result is not known.
    public var unacknowledged: Int { uplink.unanswered }

    /// Operations looked at to find others among them.
    var looked: UInt64 { uplink.looked }

    /// Of those, the ones that an earlier process left in the outbox's store.
    public var unacknowledgedRecovered: Int { uplink.unansweredRecovered }

    /// Whether a session is open.
    public var isLinked: Bool { link.isLinked }

    /// Which life of the hub was met last; 0 before the first session.
    public var epoch: UInt32 { link.epoch }

    /// Whether the last attempt to open a session has failed, or the session was lost.
    public var isBetweenAttempts: Bool {
        if case .waiting = link.phase { return true }
        return false
    }

    /// Whether the hub last met keeps its journal on a disk; false for one in memory.
    public var isHubDurable: Bool { link.isDurable }

    /// Whether a session is open and every subscription has had its present values.
    public var isCaughtUp: Bool { link.isLinked && inbox.isCaughtUp }

    /// Why the hub would refuse the next session as well, until somebody changes something there
    /// or here; nil while there is hope.
    ///
    /// The client tries again all the same, every minute or so: rosters change.
    public var finalRefusal: Refusal? {
        guard let lastRefusal, lastRefusal.status.isForGood else { return nil }
        return lastRefusal
    }

    /// Why the hub lets operations wait although it answers; nil when it lets none.
    ///
    /// `storage` or `limit`. They are tried again.
    public var deferral: FloorStatus? { uplink.deferral }

    /// The hub's clock at a moment, microseconds since 1970, and the most it may be off; nil
    /// before the first PONG of this link.
    public func hubTime(at moment: FloorTime) -> (time: Int64, error: Int64)? {
        guard let best = clock.best else { return nil }
        let sum = moment.boot.addingReportingOverflow(best.offset)
        return sum.overflow ? nil : (sum.partialValue, best.roundTrip / 2 + 1)
    }

    /// What the client has counted.
    public var statistics: ClientStatistics {
        var result = counts
        result.isLinked = link.isLinked
        result.epoch = link.epoch
        result.subscriptions = inbox.wishes
        result.keys = inbox.keys
        result.outboxDepth = uplink.depth
        result.take(uplink.counts)
        result.take(inbox.counts)
        result.roundTrip = clock.best?.roundTrip ?? 0
        return result
    }

    // MARK: time

    private mutating func runTimers(_ effects: inout ClientEffects) {
        if link.isOpen, link.phase != .linked, now.boot >= link.deadline {
            return fault(.timedOut, &effects)
        }
        switch link.phase {
        case .waiting(let until) where now.boot >= until: openLink(&effects)
        case .linked where now.boot >= link.silenceDeadline: fault(.timedOut, &effects)
        case .linked where now.boot >= link.nextPing: ping(&effects)
        default: break
        }
    }

    // MARK: one turn

    private mutating func endTurn(_ effects: inout ClientEffects) {
        uplink.catchUp(at: now.boot)
        if link.isLinked {
            sendSubscriptions(&effects)
            sendRequests(&effects)
            if let total = inbox.takeCredit() {
                send(.credit, argument: total, &effects) { _ in }
            }
            uplink.prepare(at: now)
            sendOperations(&effects)
        }
        if isClosing { finishClosing(&effects) }
    }

    private mutating func sendSubscriptions(_ effects: inout ClientEffects) {
        for id in inbox.takeEnds() {
            send(.unsubscribe, &effects) { Unsubscribe(id).append(to: &$0) }
        }
        for message in inbox.takeSubscribes() {
            send(.subscribe, &effects) { message.append(to: &$0) }
        }
    }

    private mutating func sendRequests(_ effects: inout ClientEffects) {
        guard inbox.wantsPage else { return }
        for request in inbox.takeRequests() {
            send(
                request.type,
                sequence: request.number,
                flags: request.flags,
                &effects
            ) {
                request.body.append(to: &$0)
            }
        }
    }

    private mutating func sendOperations(_ effects: inout ClientEffects) {
        while uplink.isPublishDue(link.window) {
            let header = FrameHeader(
                .publish,
                session: link.session,
                argument: uplink.first
            )
            let start = FrameWriter.begin(header, in: &effects.bytes)
            let prefix = RecordBatch.begin(lead: 0, in: &effects.bytes)
            guard let (first, count) = uplink.fill(&effects.bytes) else {
                effects.bytes.removeLast(effects.bytes.count - start)
                return
            }
            effects.bytes.overwrite(first, at: start + 16)
            RecordBatch.finish(prefix, lead: 0, count: count, in: &effects.bytes)
            finishFrame(start, &effects)
        }
    }

    private mutating func finishClosing(_ effects: inout ClientEffects) {
        guard link.phase != .closed else { return }
        // HELLO or WELCOME may be on its way: without a goodbye that session would end like a dead
        // desktop's, and run its will.
        if link.hasGreeted { send(.bye, &effects) { _ in } }
        if link.isOpen { effects.list.append(.closeLink(attempt: link.attempt)) }
        endLink(.closed)
        link.phase = .closed
        uplink.close()
        tellSettled()
        effects.list.append(.closed)
    }

    // MARK: sending

    /// Appends one message of the session.
    mutating func send(
        _ type: FrameType,
        sequence: UInt64 = 0,
        argument: UInt64 = 0,
        flags: UInt16 = 0,
        _ effects: inout ClientEffects,
        body: (inout [UInt8]) -> Void
    ) {
        var header = FrameHeader(
            type,
            session: link.session,
            sequence: sequence,
            argument: argument
        )
        header.flags = flags
        let start = FrameWriter.begin(header, in: &effects.bytes)
        body(&effects.bytes)
        finishFrame(start, &effects)
    }

    private mutating func finishFrame(_ start: Int, _ effects: inout ClientEffects) {
        FrameWriter.end(start, in: &effects.bytes)
        counts.bytesOut += UInt64(effects.bytes.count - start)
        effects.list.append(.send(start..<effects.bytes.count))
    }
}

extension ClientStatistics {
    fileprivate mutating func take(_ counts: Uplink.Counts) {
        recovered = counts.recovered
        outdated = counts.outdated
        published = counts.published
        accepted = counts.accepted
        refused = counts.refused
        overtaken = counts.overtaken
        retried = counts.retried
        reasserted = counts.reasserted
    }

    fileprivate mutating func take(_ counts: Inbox.Counts) {
        recordsIn = counts.recordsIn
        duplicates = counts.duplicates
        unmatched = counts.unmatched
        unknown = counts.unknown
        coalesced = counts.coalesced
        gaps = counts.gaps
        overflows = counts.overflows
    }
}
