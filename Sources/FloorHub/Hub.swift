public import FloorEvents
import FloorRoster
import FloorWire

// The path of one event through the core, in the order of the files:
//
//   step(.message)    Hub.swift            one message: which session, which type
//   publish           Hub+Publish.swift    PUB: dedup, to the state lane, the event lane or a desk
//   tell              Hub+Facts.swift      what changed goes to readers, tap, figures
//   step(.turnEnd)    Hub.swift            timers, batch, then every session with something to get
//   readers.serve     Readers/             credit → DELIVER with live, owed and event records
//   step(.committed)  Hub+Facts.swift      the journal has a batch: results, events, desks, figures
//
// Sessions come and go in Hub+Sessions.swift, time passes in Hub+Timers.swift, and what a durable
// hub stores and takes back is in Hub+Storage.swift. Every part keeps its state to itself; here
// is where facts are handed from one to the other.

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
    private let inPlace = InPlace()
    let options: HubOptions
    let clock = HubClock()
    let ledger = HubLedger()

    // The parts, docs/architecture.md.
    var grants: Grants
    var identities = Identities()
    var sessions = Sessions()
    var producers: Producers
    var supporters = Supporters()
    var wills = Wills()
    var state: StateLane
    var events: EventLane
    var filters = FilterIndex()
    var readers: Readers
    var kept: KeptTable
    var flags = FlagTable()
    var notes = NoteTable()
    var figures: Figures
    var audits = AuditQueue()
    var batches = BatchTimer()
    var tap: Tap
    var catalogue = Catalogue()
    var isShutDown = false
    /// What an operator is to be told with the next input.
    var notices: [HubNotice] = []

    /// A hub that has seen nothing.
    public init(_ options: HubOptions) {
        precondition(options.epoch > 0, "Hub: the epoch starts at 1")
        self.options = options
        grants = Grants(options.roster)
        figures = Figures(options.roster, zone: FloorZone(minutesEast: options.zoneMinutes))
        producers = Producers(options, clock, ledger)
        state = StateLane(options, clock, ledger)
        events = EventLane(epoch: options.epoch)
        readers = Readers(options, clock, ledger)
        kept = KeptTable(isDurable: options.isDurable)
        tap = Tap(options, clock, ledger)
        catalogue.take(options.roster)
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
        clock.set(time)
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
        clock.set(now)
        if !notices.isEmpty {
            effects.notices += notices
            notices.removeAll()
        }
        switch input {
        case .linkIdentity(let link, let identity): identities.note(identity, of: link)
        case .message(let link, let bytes): receive(bytes.span, from: link, &effects)
        case .malformed(let link):
            ledger.counts.malformed += 1
            fence(link, .protocolError, "a message must be exactly one frame", &effects)
        case .deliverBlocked(let link, let bytes): noteBlocked(link, bytes)
        case .controlBlocked(let link):
            if sessions[link] != nil { ledger.counts.fenced += 1 }
            dropLink(link, &effects)
        case .linkGone(let link):
            identities.forget(link)
            dropLink(link, &effects)
        case .committed(let batch): commit(batch, &effects)
        case .commitFailed(let batch): rollBack(batch, &effects)
        case .storing(let isStoring): tellWhetherStoring(isStoring, &effects)
        case .journalPage(let page): take(page, &effects)
        case .retentionFailed: ledger.counts.retentionFailures += 1
        case .tapBarrier(let topic): tap.takeBarrier(topic)
        case .tapBarrierGone(let topic): tap.abandonBarrier(topic)
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
        clock.set(now)
        receive(message, from: link, &effects)
    }

    /// What the hub has counted.
    public var statistics: HubStatistics {
        var result = ledger.counts
        result.sessions = UInt64(sessions.count)
        result.keys = UInt64(state.sizes.keys)
        result.tombstones = UInt64(state.sizes.tombstones)
        result.partitions = UInt64(tap.sizes.partitions)
        result.uncounted = tap.sizes.uncounted
        return result
    }

    /// The last revision of each lane: state as applied, events as committed.
    public var heads: (state: Revision, event: Revision) { (state.head, events.committed) }

    /// Whether this turn has applied so many events that it is to end before more are taken.
    public var isTurnFull: Bool { events.isTurnFull }

    // MARK: one message

    private mutating func receive(
        _ message: Span<UInt8>,
        from link: LinkID,
        _ effects: inout HubEffects
    ) {
        ledger.counts.bytesIn += UInt64(message.count)
        let header: FrameHeader
        do {
            header = try FrameHeader(message)
        } catch {
            ledger.counts.malformed += 1
            return fence(link, .protocolError, error.sentence, &effects)
        }
        guard header.type.isUplink else {
            ledger.counts.malformed += 1
            return fence(link, .protocolError, "a hub does not take this message", &effects)
        }
        let body = message.extracting(FrameHeader.size..<message.count)
        if header.type == .hello { return hello(link, body, &effects) }
        // A client that closes before its WELCOME comes does not know the number yet.
        let isEarlyGoodbye = header.type == .bye && header.session == 0
        guard let session = sessions[link],
            session.downlink.number == header.session || isEarlyGoodbye
        else {
            // An old session's message, or a client that has not said HELLO: it must start anew.
            ledger.counts.rejected += 1
            return fence(link, .fenced, "no such session; send HELLO on a new link", &effects)
        }
        noteTraffic(session, &effects)
        do {
            try dispatch(session, header, body, &effects)
        } catch {
            ledger.counts.malformed += 1
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
        case .credit:
            session.reader.grant(header.argument)
            readers.activate(session)
        case .ping: try pong(session, header, body, &effects)
        case .get: get(session, header, try Request(body), &effects)
        case .replay: replay(session, header, try Request(body), &effects)
        case .bye: bye(session, &effects)
        default: throw .unknownType(header.type.rawValue)
        }
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
        pong.received = clock.stamp()
        pong.sent = pong.received
        pong.stateHead = state.head
        pong.eventHead = events.committed
        pong.stableEvent = session.reader.stableEvent(head: events.committed)
        let stable = session.reader.stableRevision(head: state.head)
        session.downlink.send(.pong, argument: stable.rawValue, &effects) {
            pong.append(to: &$0)
        }
    }

    // MARK: one turn

    private mutating func endTurn(isBorrowed: Bool, _ effects: inout HubEffects) {
        readers.wake()
        if !isBorrowed { runTimers(&effects) }
        // A batch of a durable hub holds everything changed since the last: the core's work.
        if !isBorrowed || !options.isDurable {
            writeAudits()
            closeBatch(&effects)
        }
        if isBorrowed, options.isDurable, events.hasUncommitted || !audits.waiting.isEmpty {
            effects.hasMoreWork = true
        }
        let count = readers.begin()
        // Readers first: a publisher waits less for its answer than they for its records.
        for owesAnswers in [false, true] {
            for place in 0..<count {
                guard let session = readers.take(place, owesAnswers: owesAnswers) else { continue }
                let cumulative = session.producer.cumulative
                session.answers.send(cumulative: cumulative, on: session.downlink, &effects)
                readers.serve(session, state, events, kept, filters, &effects)
            }
        }
        readers.answer(state, kept, &effects)
        readers.end(&effects)
    }
}
