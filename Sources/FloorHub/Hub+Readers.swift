import FloorEvents
import FloorWire

// What a reader asks for: whether they may, then where it begins.

extension Hub {
    mutating func subscribe(
        _ session: Session,
        _ request: Subscribe,
        _ effects: inout HubEffects
    ) {
        readers.noteRequest(of: session, hasMore: request.hasMore)
        let filter: KeyFilter
        do throws(FloorStatus) {
            filter = try checked(session, request)
        } catch {
            var answer = Subscribed(request.subscription, error)
            answer.stateHead = state.head
            ledger.counts.refused += 1
            if error == .denied { noteDenied(session, .subscribe, request.filter) }
            return session.downlink.send(.subscribed, &effects) { answer.append(to: &$0) }
        }
        session.principal.account.take(1, .subscriptions)
        ledger.counts.subscriptions += 1
        readers.subscribe(
            session,
            request,
            filter,
            state,
            committed: events.committed,
            &filters,
            &effects
        )
    }

    private func checked(
        _ session: Session,
        _ request: Subscribe
    ) throws(FloorStatus) -> KeyFilter {
        guard let filter = try? KeyFilter(bytes: request.filter) else { throw .badKey }
        let subscriptions = session.reader.subscriptions
        guard !subscriptions.contains(where: { $0.id == request.subscription }) else {
            throw .exists
        }
        guard grants.mayRead(session, filter) else { throw .denied }
        guard subscriptions.count < Limits.subscriptionsPerSession else { throw .limit }
        guard session.principal.account.has(roomFor: 1, .subscriptions) else {
            ledger.counts.note(.subscriptions)
            throw .limit
        }
        guard request.minimumIntervalMilliseconds <= Limits.minimumIntervalCeiling else {
            throw .invalid
        }
        return filter
    }

    mutating func unsubscribe(
        _ session: Session,
        _ request: Unsubscribe,
        _ effects: inout HubEffects
    ) {
        var answer = Subscribed(request.subscription, .ok, ended: true)
        answer.stateHead = state.head
        answer.eventStart = events.committed
        if readers.unsubscribe(session, request.subscription, state, &filters) {
            session.principal.account.giveBack(1, .subscriptions)
            ledger.counts.subscriptions -= 1
        } else {
            answer.status = .notFound
        }
        session.downlink.send(.subscribed, &effects) { answer.append(to: &$0) }
    }

    // MARK: questions

    mutating func get(
        _ session: Session,
        _ header: FrameHeader,
        _ request: Request,
        _ effects: inout HubEffects
    ) {
        guard let filter = try? KeyFilter(bytes: request.filter) else {
            return end(session, ReplyEnd(request: header.sequence, .badKey), &effects)
        }
        if filter.text == HubStatistics.key {
            return answerStatistics(session, header.sequence, &effects)
        }
        // With the flag a part will do; without it, as older clients ask, all or nothing.
        let isWhole = grants.mayRead(session, filter)
        let mayBePart = header.flags & FrameFlags.asMayBeRead != 0
        let parts = isWhole ? [filter] : mayBePart ? grants.readable(session, filter) : []
        guard !parts.isEmpty else {
            // Who asks what they may read, wherever, has been denied nothing.
            if !(mayBePart && filter.isAboutAnyPlace) { noteDenied(session, .get, request.filter) }
            return end(session, ReplyEnd(request: header.sequence, .denied), &effects)
        }
        guard session.principal.account.has(roomFor: 1, .requests) else {
            ledger.counts.note(.requests)
            return end(session, ReplyEnd(request: header.sequence, .limit), &effects)
        }
        let question = Question(
            header.sequence,
            request,
            parts,
            isPartial: !isWhole,
            state,
            kept
        )
        readers.ask(session, question, state, kept, &effects)
    }

    mutating func replay(
        _ session: Session,
        _ header: FrameHeader,
        _ request: Request,
        _ effects: inout HubEffects
    ) {
        guard let filter = try? KeyFilter(bytes: request.filter) else {
            return end(session, ReplyEnd(request: header.sequence, .badKey), &effects)
        }
        guard grants.mayRead(session, filter) else {
            noteDenied(session, .replay, request.filter)
            return end(session, ReplyEnd(request: header.sequence, .denied), &effects)
        }
        guard session.reader.replayCount < Limits.replaysPerSession else {
            return end(session, ReplyEnd(request: header.sequence, .limit), &effects)
        }
        // Nothing lies behind the head, and no journal is asked for it.
        guard request.cursor < events.committed.rawValue else {
            return end(session, ReplyEnd(request: header.sequence, .ok), &effects)
        }
        let replay = Replay(
            session: session,
            number: header.sequence,
            request: request,
            filter: filter
        )
        readers.ask(replay, &effects)
    }

    /// The journal has answered somebody.
    mutating func take(_ page: JournalPage, _ effects: inout HubEffects) {
        guard let replay = readers.take(page, events.committed, &effects) else { return }
        let session = replay.session
        // The roster may have changed while the journal was asked.
        guard grants.mayRead(session, replay.filter) else {
            return end(session, ReplyEnd(request: replay.number, .denied), &effects)
        }
        guard !page.isUnreadable else {
            return end(session, ReplyEnd(request: replay.number, .storage), &effects)
        }
        let (frame, records, end) = replay.answer(page, epoch: options.epoch)
        ledger.counts.work += UInt64(1 + page.records.count / 256)
        frame.send(records, end, on: session.downlink, &effects)
    }

    private func end(_ session: Session, _ end: ReplyEnd, _ effects: inout HubEffects) {
        session.downlink.send(.replyEnd, &effects) { end.append(to: &$0) }
    }

    private func answerStatistics(
        _ session: Session,
        _ number: UInt64,
        _ effects: inout HubEffects
    ) {
        var payload: [UInt8] = []
        let figures = TeamFigures(statistics.figures(heads: heads, epoch: options.epoch))
        precondition((try? figures.append(to: &payload)) != nil, "the figures are within limits")
        var header = RecordHeader(.team, .put, schema: PayloadSchema.team)
        header.flags = [.unleased]
        header.hubTime = clock.stamp()
        var record: [UInt8] = []
        RecordWriter.append(
            header,
            key: Array(HubStatistics.key.utf8).span,
            payload: payload.span,
            to: &record
        )
        var frame = ReplyFrame(request: number, maximum: UInt32(Limits.replyBytes))
        var bytes: [UInt8] = []
        _ = frame.add(record, &bytes)
        frame.send(bytes, ReplyEnd(request: number, .ok), on: session.downlink, &effects)
    }

    // MARK: denials

    /// Notes that a session has no grant for a filter.
    private mutating func noteDenied(
        _ session: Session,
        _ action: DeniedAction,
        _ filter: [UInt8]
    ) {
        let text = String(decoding: filter, as: UTF8.self)
        let principal = Grants.segment(session.principal.presenceKey)
        audit(Denial(action, principal: principal, key: text, reason: "no grant to read"))
    }
}

extension KeyFilter {
    /// Whether it names neither a site nor what is behind it: wherever, or an id wherever it is.
    fileprivate var isAboutAnyPlace: Bool {
        let segments = bytes.split(separator: KeyRules.slash)
        return segments.dropFirst().prefix(2).allSatisfy { $0.elementsEqual([UInt8(ascii: "+")]) }
    }
}
