import FloorEvents
import FloorWire

// SUBSCRIBE and UNSUBSCRIBE: where a reader's lanes start.

extension Hub {
    mutating func subscribe(
        _ session: Session,
        _ request: Subscribe,
        _ effects: inout HubEffects
    ) {
        session.awaitsSubscriptions = request.hasMore
        activate(session)
        var answer = Subscribed(request.subscription, .ok)
        answer.stateHead = table.head
        let filter: KeyFilter
        do {
            filter = try checked(session, request)
        } catch {
            answer.status = error
            counts.refused += 1
            if error == .denied { noteDenied(session, .subscribe, request.filter) }
            return send(session, .subscribed, &effects) { answer.append(to: &$0) }
        }
        let start = filter.mayMatchEvents ? eventStart(session, request) : lane.committed
        answer.eventStart = start
        answer.hasKept = filter.mayMatchKept && !canResumeEvents(session, request)
        send(session, .subscribed, &effects) { answer.append(to: &$0) }

        let node = filters.add(filter, session)
        let snapshot = stateStart(session, request)
        var subscription = Subscription(
            id: request.subscription,
            filter: filter,
            node: node,
            eventStart: start,
            snapshot: snapshot
        )
        if answer.hasKept {
            subscription.awaitsKept = true
            session.keptPosition = .zero
        }
        if start < lane.committed { moveBack(session, to: start) }
        session.subscriptions.append(subscription)
        session.minimumInterval = max(
            session.minimumInterval,
            Int64(request.minimumIntervalMilliseconds) * 1000
        )
        var isFull = false
        if case .owed(_, _, full: true, _) = snapshot { isFull = true }
        if isFull { counts.snapshots += 1 }
        let mark = SnapshotMark(request.subscription, full: isFull, revision: table.head)
        send(session, .snapshotBegin, &effects) { mark.append(to: &$0) }
    }

    private func checked(
        _ session: Session,
        _ request: Subscribe
    ) throws(FloorStatus) -> KeyFilter {
        guard let filter = try? KeyFilter(bytes: request.filter) else { throw .badKey }
        guard !session.subscriptions.contains(where: { $0.id == request.subscription }) else {
            throw .exists
        }
        guard mayRead(session, filter) else { throw .denied }
        guard session.subscriptions.count < Limits.subscriptionsPerSession else { throw .limit }
        guard request.minimumIntervalMilliseconds <= Limits.minimumIntervalCeiling else {
            throw .invalid
        }
        return filter
    }

    /// The state cursor: everything, or what changed after the token (rule 7).
    private func stateStart(_ session: Session, _ request: Subscribe) -> Subscription.Snapshot {
        let token = request.stateToken
        let isDelta =
            session.resumesLineage && token.epoch == options.epoch && token <= table.head
            && token >= table.tombstoneHorizon
        let next = isDelta ? token.next : Revision(epoch: options.epoch, counter: 1)
        return .owed(next: next, end: table.head, full: !isDelta, sent: 0)
    }

    /// The event lane starts after the token; without one, now.
    private func eventStart(_ session: Session, _ request: Subscribe) -> Revision {
        canResumeEvents(session, request) ? request.eventToken : lane.committed
    }

    private func canResumeEvents(_ session: Session, _ request: Subscribe) -> Bool {
        session.resumesLineage && request.eventToken != .zero
            && request.eventToken <= lane.committed
    }

    /// Sends the session's event cursor back, for a subscription that starts earlier.
    ///
    /// The others have had what lies between: they start anew where the cursor was.
    private mutating func moveBack(_ session: Session, to start: Revision) {
        let next = start.next
        if session.hasEvents, session.eventPosition <= next { return }
        let served = session.stableEvent(head: lane.committed)
        for index in session.subscriptions.indices {
            let old = session.subscriptions[index].eventStart
            session.subscriptions[index].eventStart = max(old, served)
        }
        session.hasEvents = true
        session.eventPosition = next
        session.page = nil
        session.pageOffset = 0
        cancelRead(session)
    }

    mutating func unsubscribe(
        _ session: Session,
        _ request: Unsubscribe,
        _ effects: inout HubEffects
    ) {
        var answer = Subscribed(request.subscription, .ok, ended: true)
        answer.stateHead = table.head
        answer.eventStart = lane.committed
        if let place = session.subscriptions.firstIndex(where: { $0.id == request.subscription }) {
            filters.remove(session.subscriptions[place].node, session)
            session.subscriptions.remove(at: place)
            dropUnwanted(session)
        } else {
            answer.status = .notFound
        }
        send(session, .subscribed, &effects) { answer.append(to: &$0) }
    }
}

extension Hub {
    /// Takes keys out of the live queue that no subscription is left for: after the answer to
    /// UNSUBSCRIBE nothing of them comes (R5).
    private func dropUnwanted(_ session: Session) {
        session.keepDirty { slot in
            let record = table.entries[slot].record
            let key = record.span.extracting(table.keyRange(slot))
            return session.subscriptions.contains { $0.filter.matches(key) }
        }
    }
}

extension KeyFilter {
    /// Whether some key of the event lane could match; else no journal need be read, and no GAP
    /// be told.
    var mayMatchEvents: Bool {
        guard let kind = KeyRules.kind(of: bytes.span) else { return true }
        return kind.lane == .event
    }

    /// Whether some key of the state lane could match.
    var mayMatchState: Bool {
        guard let kind = KeyRules.kind(of: bytes.span) else { return true }
        return kind.lane == .state
    }

    /// Whether the last record of some matching key is kept while what it is about has a life.
    var mayMatchKept: Bool {
        switch KeyRules.kind(of: bytes.span) {
        case nil, .flag, .note, .private: true
        case .agent, .queue, .team, .presence, .custom, .event: false
        }
    }
}
