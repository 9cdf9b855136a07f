import FloorEvents
import FloorWire

/// Who gets what: subscriptions and their cursors, and who is to be served when.
///
/// Work is bounded by cost: what may be long (snapshots, catching up, questions) uses up the turn's
/// units and goes on in the next one; what is live never waits for it.
struct Readers: ~Copyable {
    private let inPlace = InPlace()
    private let epoch: UInt32
    private let clock: HubClock
    private let ledger: HubLedger
    private var marks: Marks
    private var lists = ReaderLists()
    private var pages = PageReads()
    private var questions = QuestionQueue()
    /// Units that this turn has left for what may go on in the next one.
    private var work = Limits.workPerTurn

    init(_ options: HubOptions, _ clock: HubClock, _ ledger: HubLedger) {
        epoch = options.epoch
        self.clock = clock
        self.ledger = ledger
        marks = Marks(clock, ledger)
    }

    /// When somebody is to be served without an input.
    var deadline: Int64 { lists.deadline }
    /// Sessions to be served at the end of this turn.
    var activeCount: Int { lists.activeCount }
    /// Whether nothing is kept of any session; for tests.
    var isIdle: Bool { pages.isEmpty && lists.activeCount == 0 && questions.isEmpty }

    mutating func activate(_ session: Session) { lists.activate(session) }

    /// A message of a session: what its pipe had no room for is tried again at once.
    mutating func noteTraffic(_ session: Session) {
        guard session.downlink.isBlocked else { return }
        session.downlink.retryNow(at: clock.boot)
        lists.activate(session)
    }

    /// A DELIVER came back from a full pipe.
    mutating func noteBlocked(_ session: Session, _ message: [UInt8]) {
        let retryAt = clock.boot + Limits.blockedRetryMicroseconds
        session.downlink.noteBlocked(message, retryAt: retryAt)
        lists.wait(session, until: retryAt)
    }

    // MARK: what changes

    /// Queues a changed value for every session that wants it.
    mutating func mark(
        _ change: StateChange,
        _ lane: borrowing StateLane,
        _ filters: borrowing FilterIndex
    ) { marks.mark(change, lane, filters, &lists) }

    /// Some values are going to follow their leases.
    mutating func beginRenewals() { marks.beginRenewals() }

    /// Tells of a value that followed its lease.
    mutating func mark(
        _ change: StateChange,
        of lease: Lease,
        _ lane: borrowing StateLane,
        _ filters: borrowing FilterIndex
    ) { marks.mark(change, of: lease, lane, filters, &lists) }

    /// Tells those whose filters are in a set of an event committed at a revision.
    mutating func tell(
        _ set: Int32,
        from revision: Revision,
        _ filters: borrowing FilterIndex
    ) {
        for node in filters.set(set) {
            for reader in filters.readers(node) {
                ledger.counts.work += 1
                if !reader.session.reader.hasEvents {
                    reader.session.reader.hasEvents = true
                    reader.session.reader.eventPosition = revision
                }
                lists.noteWork(reader.session, at: clock.boot)
            }
        }
    }

    // MARK: subscribing

    /// A SUBSCRIBE has come, whether it is allowed or not; `hasMore` announces another one.
    mutating func noteRequest(of session: Session, hasMore: Bool) {
        session.reader.awaitsSubscriptions = hasMore
        lists.activate(session)
    }

    /// Begins a subscription that is allowed: where its lanes start.
    mutating func subscribe(
        _ session: Session,
        _ request: Subscribe,
        _ filter: KeyFilter,
        _ state: borrowing StateLane,
        committed: Revision,
        _ filters: inout FilterIndex,
        _ effects: inout HubEffects
    ) {
        let reader = session.reader
        let resumesEvents = reader.canResumeEvents(request, committed)
        let start = filter.mayMatchEvents && resumesEvents ? request.eventToken : committed
        var answer = Subscribed(request.subscription, .ok)
        answer.stateHead = state.head
        answer.eventStart = start
        answer.hasKept = filter.mayMatchKept && !resumesEvents
        reader.downlink.send(.subscribed, &effects) { answer.append(to: &$0) }

        let node = filters.add(filter, session)
        let token = reader.resumableState(request, epoch, state)
        let snapshot = state.snapshot(of: filter, after: token)
        var subscription = Subscription(
            id: request.subscription,
            filter: filter,
            node: node,
            eventStart: start,
            snapshot: .owed(snapshot, sent: 0)
        )
        if !filter.mayMatchState {
            subscription.snapshot = .draining(until: .zero, full: snapshot.isFull, sent: 0)
        }
        if answer.hasKept {
            subscription.awaitsKept = true
            reader.kept = KeptRun()
        }
        if start < committed, reader.moveBack(to: start, committed: committed) {
            pages.cancel(reader, &effects)
        }
        reader.subscriptions.append(subscription)
        reader.minimumInterval = max(
            reader.minimumInterval,
            Int64(request.minimumIntervalMilliseconds) * 1000
        )
        if snapshot.isFull { ledger.counts.snapshots += 1 }
        let mark = SnapshotMark(
            request.subscription,
            full: snapshot.isFull,
            revision: state.head
        )
        reader.downlink.send(.snapshotBegin, &effects) { mark.append(to: &$0) }
    }

    /// Ends a subscription; false when there is none of this number.
    mutating func unsubscribe(
        _ session: Session,
        _ number: UInt32,
        _ state: borrowing StateLane,
        _ filters: inout FilterIndex
    ) -> Bool {
        let reader = session.reader
        guard let place = reader.subscriptions.firstIndex(where: { $0.id == number }) else {
            return false
        }
        filters.remove(reader.subscriptions[place].node, session)
        reader.subscriptions.remove(at: place)
        if reader.kept != nil { reader.kept = KeptRun() }
        // After the answer nothing comes that no subscription is left for (R5).
        ledger.counts.work += UInt64(reader.dirtyCount)
        reader.keepDirty { slot in
            reader.subscriptions.contains { state.matches($0.filter, slot) }
        }
        if reader.subscriptions.isEmpty { reader.freshness = FreshnessQueue() }
        return true
    }

    /// A session is over.
    mutating func end(
        _ session: Session,
        _ filters: inout FilterIndex,
        _ effects: inout HubEffects
    ) {
        let reader = session.reader
        for subscription in reader.subscriptions { filters.remove(subscription.node, session) }
        pages.cancel(reader, &effects)
        for token in reader.replays { pages.cancel(token, &effects) }
        questions.forget(session)
        reader.end()
    }

    // MARK: a turn

    /// Those whose time has come are served at the end of this turn.
    mutating func wake() { lists.wake(at: clock.boot, ledger) }

    /// Sessions being served in this turn, for `take`.
    mutating func begin() -> Int { lists.begin() }

    func take(_ place: Int, owesAnswers: Bool) -> Session? {
        lists.take(place, owesAnswers: owesAnswers)
    }

    /// Ends the turn: what may be long has its units again.
    mutating func end(_ effects: inout HubEffects) {
        lists.end()
        work = Limits.workPerTurn
        effects.hasMoreWork = effects.hasMoreWork || lists.activeCount > 0 || !questions.isEmpty
    }

    /// Sends a session what it is owed; leaves it active when it could take more next turn.
    mutating func serve(
        _ session: Session,
        _ state: borrowing StateLane,
        _ events: borrowing EventLane,
        _ kept: borrowing KeptTable,
        _ filters: borrowing FilterIndex,
        _ effects: inout HubEffects
    ) {
        let reader = session.reader
        if reader.downlink.isBlocked, clock.boot < reader.downlink.retryAt {
            return lists.wait(session, until: reader.downlink.retryAt)
        }
        reader.downlink.resend(&effects)
        guard !reader.awaitsSubscriptions else { return }
        if reader.minimumInterval > 0, clock.boot < reader.nextDeliver, reader.hasWork {
            return lists.wait(session, until: reader.nextDeliver)
        }
        let share = min(work, Limits.workPerSession)
        var left = share
        var sentAny = false
        // As much as the largest window holds: less would fall behind publishers that fill turns.
        var budget = Limits.creditAheadBytes / Limits.deliverBytes
        while budget > 0 {
            let sentState = deliverState(reader, state, events, &left, &effects)
            let hadKept = reader.kept != nil
            let sentEvents =
                hadKept
                ? deliverKept(session, state, events, kept, &left, &effects)
                : deliverEvents(session, state, events, filters, &effects)
            reader.finishSnapshots(state, &effects)
            // Kept records that are through, or that there were none of, held up events.
            let areEventsNext = hadKept && reader.kept == nil
            guard sentState || sentEvents || areEventsNext else { break }
            sentAny = sentAny || sentState || sentEvents
            budget -= 1
        }
        if sentAny { reader.nextDeliver = clock.boot + reader.minimumInterval }
        work -= share - left
        ledger.counts.work += UInt64(share - left)
        // Used up: others go first, then this session goes on.
        if budget == 0 || (left == 0 && reader.creditLeft >= Limits.deliverMinimumCharge) {
            lists.activate(session)
        }
    }

    private mutating func deliverState(
        _ reader: Reader,
        _ state: borrowing StateLane,
        _ events: borrowing EventLane,
        _ work: inout Int,
        _ effects: inout HubEffects
    ) -> Bool {
        var frame = DeliverFrame(capacity: reader.creditLeft)
        guard frame.hasRoom, reader.hasStateWork else { return false }
        frame.begin(reader.downlink, &effects.bytes)
        reader.addState(state, &frame, &work, ledger, &effects.bytes)
        return finish(reader, state, events, &frame, &effects)
    }

    private mutating func deliverKept(
        _ session: Session,
        _ state: borrowing StateLane,
        _ events: borrowing EventLane,
        _ kept: borrowing KeptTable,
        _ work: inout Int,
        _ effects: inout HubEffects
    ) -> Bool {
        let reader = session.reader
        guard reader.gatherKept(kept, &work), var frame = reader.eventFrame else {
            return false
        }
        frame.begin(reader.downlink, &effects.bytes)
        reader.addKept(kept, session.principal.discretion, &frame, ledger, &effects.bytes)
        return finish(reader, state, events, &frame, &effects)
    }

    private mutating func deliverEvents(
        _ session: Session,
        _ state: borrowing StateLane,
        _ events: borrowing EventLane,
        _ filters: borrowing FilterIndex,
        _ effects: inout HubEffects
    ) -> Bool {
        let reader = session.reader
        guard reader.hasEvents, var frame = reader.eventFrame else { return false }
        if reader.needsPage(events) {
            requestPage(session, &effects)
            return false
        }
        frame.begin(reader.downlink, &effects.bytes)
        let discretion = session.principal.discretion
        if reader.page != nil {
            reader.addFromPage(events.committed, discretion, &frame, ledger, &effects.bytes)
        } else {
            reader.addFromWindow(events, filters, discretion, &frame, ledger, &effects.bytes)
        }
        let sent = finish(reader, state, events, &frame, &effects)
        // Nothing matched in this stretch, but there is more behind it.
        if !sent, reader.hasEvents, reader.awaitedPage == nil, frame.isUnhindered {
            lists.activate(session)
        }
        return sent
    }

    /// Closes a DELIVER and charges it; an empty one is taken back.
    private mutating func finish(
        _ reader: Reader,
        _ state: borrowing StateLane,
        _ events: borrowing EventLane,
        _ frame: inout DeliverFrame,
        _ effects: inout HubEffects
    ) -> Bool {
        guard frame.count > 0 else {
            effects.bytes.removeLast(effects.bytes.count - frame.start)
            return false
        }
        let range = frame.end(
            sequence: reader.downlink.nextSequence(),
            stableState: reader.stableRevision(head: state.head),
            stableEvent: reader.stableEvent(head: events.committed),
            &effects.bytes
        )
        reader.charge(range.count)
        ledger.counts.recordsOut += UInt64(frame.count)
        reader.downlink.deliver(range, &effects)
        return true
    }

    // MARK: the journal

    private mutating func requestPage(_ session: Session, _ effects: inout HubEffects) {
        guard session.reader.awaitedPage == nil else { return }
        session.reader.awaitedPage = pages.ask(
            .session(session),
            after: session.reader.eventPosition.previous,
            maximumBytes: DeliverFrame.recordBytes,
            &effects
        )
    }

    /// The journal has answered; a question whose answer is to be made from it is returned.
    mutating func take(
        _ page: JournalPage,
        _ committed: Revision,
        _ effects: inout HubEffects
    ) -> Replay? {
        guard let reader = pages.take(page.token) else { return nil }
        switch reader {
        case .session(let session):
            session.reader.take(page, committed, ledger, &effects)
            lists.activate(session)
            return nil
        case .replay(let replay):
            replay.session.reader.replays.removeAll { $0 == page.token }
            return replay
        }
    }

    // MARK: questions

    /// Asks the journal for a REPLAY.
    mutating func ask(_ replay: Replay, _ effects: inout HubEffects) {
        let token = pages.ask(
            .replay(replay),
            after: Revision(rawValue: replay.request.cursor),
            maximumBytes: Limits.frameBytes,
            &effects
        )
        replay.session.reader.replays.append(token)
    }

    /// Takes a GET: it is answered at once as far as this turn has work left, the rest later.
    mutating func ask(
        _ session: Session,
        _ question: Question,
        _ state: borrowing StateLane,
        _ kept: borrowing KeptTable,
        _ effects: inout HubEffects
    ) {
        questions.add(session, question)
        answer(state, kept, &effects)
    }

    /// Goes on answering questions, a share of each session's by turns.
    mutating func answer(
        _ state: borrowing StateLane,
        _ kept: borrowing KeptTable,
        _ effects: inout HubEffects
    ) {
        let before = work
        questions.answer(&work, state, kept, &effects)
        ledger.counts.work += UInt64(before - work)
    }
}
