public import FloorEvents
import FloorWire

// What an application asks of the client. Nothing leaves before the next `turnEnd`.

extension ClientCore {
    /// As the other `publish`; says in `isTurnDue` whether `mayPublishNow` holds afterwards.
    public mutating func publish(
        _ publication: Publication,
        key: Span<UInt8>,
        payload: Span<UInt8>,
        results: MailboxID?,
        isTurnDue: inout Bool
    ) throws(FloorStatus) -> Ticket {
        let ticket = try publish(publication, key: key, payload: payload, results: results)
        isTurnDue = mayPublishNow
        return ticket
    }

    /// Puts one operation into the outbox; it leaves with the next turn that may send.
    ///
    /// - Parameters:
    ///   - publication: what it does beside key and payload.
    ///   - key: the bytes of a well-formed key.
    ///   - payload: at most 16 KiB.
    ///   - results: where its result is told; nil = nowhere.
    /// - Returns: a number that is the same in the result, however often it is tried.
    /// - Throws: `badKey`; `invalid` for an operation of the other lane or a DELETE with a
    ///   payload; `denied` for `private/` keys and for removing presence; `tooBig`; `limit` when
    ///   the outbox is full or too many results wait in the mailbox; `storage` when its store
    ///   takes nothing; `badHandle` for a closed mailbox; `closed`.
    public mutating func publish(
        _ publication: Publication,
        key: Span<UInt8>,
        payload: Span<UInt8>,
        results: MailboxID? = nil
    ) throws(FloorStatus) -> Ticket {
        guard !isClosing else { throw .closed }
        let kind = try checked(publication, key, payload)
        let size = RecordWriter.size(keyBytes: key.count, payloadBytes: payload.count)
        guard outbox.hasRoom(for: size) else { throw .limit }
        let mailbox = results.flatMap { index(of: $0) }
        if results != nil {
            guard let mailbox else { throw .badHandle }
            guard mailboxes[mailbox].owedResults < options.outboxOperations else { throw .limit }
        }
        var header = RecordHeader(kind, publication.operation, schema: publication.schema)
        header.flags = publication.isLeased ? [] : [.unleased]
        header.previous = publication.expectedRevision
        header.sourceTime = publication.sourceTime
        lastTicket += 1
        let ticket = Ticket(rawValue: lastTicket)
        let slot = outbox.begin(ticket, results)
        outbox.write(slot, header, key: key, payload: payload)
        guard outbox.commit(slot, at: now.wall) else { throw .storage }
        if let mailbox { mailboxes[mailbox].owedResults += 1 }
        counts.published += 1
        if kind.lane == .state {
            dropSuperseded(by: slot)
            if publication.operation == .put, publication.isLeased {
                let records = outbox.records.bytes
                own.put(records.span, outbox.view(slot), ticket: ticket)
            } else {
                own.remove(key)
            }
        }
        return ticket
    }

    private func checked(
        _ publication: Publication,
        _ key: Span<UInt8>,
        _ payload: Span<UInt8>
    ) throws(FloorStatus) -> RecordKind {
        guard let kind = try? KeyRules.checkKey(key) else { throw .badKey }
        // Whether somebody is there is the hub's to say; whether he helps is his own.
        guard kind != .presence || publication.operation == .put else { throw .denied }
        guard kind != .private else { throw .denied }
        guard payload.count <= Limits.payloadBytes else { throw .tooBig }
        let isStateOperation = publication.operation == .put || publication.operation == .delete
        guard isStateOperation == (kind.lane == .state) else { throw .invalid }
        guard publication.operation != .delete || payload.isEmpty else { throw .invalid }
        return kind
    }

    // MARK: mailboxes

    /// Opens a mailbox; it is told where the link is.
    ///
    /// - Throws: `limit` when too many are open, `closed`.
    public mutating func openMailbox() throws(FloorStatus) -> MailboxID {
        guard !isClosing else { throw .closed }
        let place: Int
        if let free = mailboxes.firstIndex(where: { !$0.isOpen }) {
            place = free
        } else {
            guard mailboxes.count < Limits.mailboxes else { throw .limit }
            place = mailboxes.count
            mailboxes.append(Mailbox())
        }
        mailboxes[place].isOpen = true
        if report != nil { queueLink(place) }
        return MailboxID(index: place, generation: mailboxes[place].generation)
    }

    /// Closes a mailbox: its subscriptions and questions end, what waits in it is forgotten.
    public mutating func closeMailbox(_ id: MailboxID) {
        guard let mailbox = index(of: id) else { return }
        for subscription in subscriptions.list.reversed() where subscription.mailbox == mailbox {
            if let index = subscriptions.index(of: subscription.id) { end(at: index) }
        }
        requests.list.removeAll { $0.mailbox == mailbox }
        var delivery = Delivery()
        while next(id, into: &delivery) != nil {}
        let isListed = mailboxes[mailbox].isListed
        mailboxes[mailbox].reset()
        mailboxes[mailbox].isListed = isListed
    }

    func index(of id: MailboxID) -> Int? {
        guard id.index < mailboxes.count, mailboxes[id.index].isOpen,
            mailboxes[id.index].generation == id.generation
        else { return nil }
        return id.index
    }

    // MARK: subscriptions

    /// Asks for everything that matches a filter: values known here at once, then the hub's.
    ///
    /// - Parameters:
    ///   - filter: which keys.
    ///   - id: the mailbox that gets them.
    ///   - minimumIntervalMilliseconds: least time between DELIVERs of the session.
    /// - Returns: the subscription's number.
    /// - Throws: `limit` when there are too many, `badHandle`, `invalid`, `closed`.
    public mutating func subscribe(
        _ filter: KeyFilter,
        mailbox id: MailboxID,
        minimumIntervalMilliseconds: UInt32 = 0
    ) throws(FloorStatus) -> SubscriptionID {
        guard !isClosing else { throw .closed }
        guard let mailbox = index(of: id) else { throw .badHandle }
        guard minimumIntervalMilliseconds <= Limits.minimumIntervalCeiling else { throw .invalid }
        guard subscriptions.indices.count < Limits.subscriptionsPerSession else { throw .limit }
        queueKnown(filter, mailbox)
        let subscription = subscriptions.add(
            filter,
            mailbox: mailbox,
            minimumInterval: minimumIntervalMilliseconds
        )
        return SubscriptionID(rawValue: subscription)
    }

    /// Queues cached values that the mailbox has not been given through another subscription:
    /// the hub's snapshot will bring them as duplicates.
    private mutating func queueKnown(_ filter: KeyFilter, _ mailbox: Int) {
        for slot in cache.values.indices
        where cache.isUsed(slot) && !cache.values[slot].isDeleted {
            guard cache.matches(slot, filter) else { continue }
            refreshTargets(slot)
            let targets = subscriptions.sets[cache.values[slot].targets]
            guard !targets.contains(where: { $0.mailbox == mailbox }) else { continue }
            queueKey(slot, mailbox: mailbox, coalesced: 0)
        }
    }

    /// Ends a subscription; what waits for it is not given any more.
    ///
    /// - Returns: whether there was such a subscription.
    @discardableResult
    public mutating func unsubscribe(_ subscription: SubscriptionID) -> Bool {
        guard let index = subscriptions.index(of: subscription.rawValue) else { return false }
        end(at: index)
        return true
    }

    private mutating func end(at index: Int) {
        if subscriptions[index].isSent { subscriptions.toEnd.append(subscriptions[index].id) }
        removeSubscription(at: index)
    }

    /// Takes a subscription out, with the cached keys that nobody else wants.
    mutating func removeSubscription(at index: Int) {
        let mailbox = subscriptions[index].mailbox
        let id = subscriptions[index].id
        let filter = subscriptions[index].filter
        subscriptions.remove(at: index)
        mailboxes[mailbox].removeSnapshotEnd(id)
        for slot in cache.values.indices where cache.isUsed(slot) {
            guard cache.matches(slot, filter) else { continue }
            refreshTargets(slot)
            let targets = subscriptions.sets[cache.values[slot].targets]
            if !targets.contains(where: { $0.mailbox == mailbox }) {
                if mailboxes[mailbox].takeMark(slot) != nil { cache.changeQueued(slot, by: -1) }
            }
            if targets.isEmpty { cache.remove(slot) } else { removeIfTold(slot) }
        }
        dropVoidKeys(mailbox)
    }

    /// Places of keys that were taken back; left in, they would add up in an unread mailbox.
    private mutating func dropVoidKeys(_ mailbox: Int) {
        let box = mailboxes[mailbox]
        mailboxes[mailbox].items.keep { item in
            if case .key(let slot) = item { return box.isQueued(Int(slot)) }
            return true
        }
    }

    mutating func sendSubscriptions(_ effects: inout ClientEffects) {
        for id in subscriptions.toEnd {
            send(.unsubscribe, &effects) { Unsubscribe(id).append(to: &$0) }
        }
        subscriptions.toEnd.removeAll(keepingCapacity: true)
        let lastUnsent = subscriptions.indices.last { !subscriptions[$0].isSent }
        for index in subscriptions.indices where !subscriptions[index].isSent {
            subscriptions[index].isSent = true
            let subscription = subscriptions[index]
            var message = Subscribe(subscription.id, filter: subscription.filter.bytes)
            message.stateToken = subscription.stateToken
            message.eventToken = subscription.eventToken
            message.minimumIntervalMilliseconds = subscription.minimumInterval
            message.hasMore = index != lastUnsent
            send(.subscribe, &effects) { message.append(to: &$0) }
        }
    }

    // MARK: questions

    /// Asks for the present values that match, once; they come as `replyRecord`s.
    ///
    /// - Throws: `offline` without a link, `limit` for too many open questions, `badHandle`,
    ///   `closed`.
    public mutating func get(
        _ filter: KeyFilter,
        mailbox: MailboxID
    ) throws(FloorStatus) -> RequestID {
        try ask(.get, Request(filter: filter.bytes), mailbox)
    }

    /// Asks for events of the past that match; they come as `replyRecord`s.
    ///
    /// - Parameters:
    ///   - filter: which keys.
    ///   - after: records behind this revision; zero = from the oldest kept.
    ///   - hubTimes: the hub's stamps, microseconds since 1970.
    ///   - mailbox: the mailbox that gets them.
    /// - Returns: the question's number.
    /// - Throws: as `get`.
    public mutating func replay(
        _ filter: KeyFilter,
        after: Revision,
        hubTimes: ClosedRange<Int64>,
        mailbox: MailboxID
    ) throws(FloorStatus) -> RequestID {
        var request = Request(filter: filter.bytes)
        request.cursor = after.rawValue
        request.from = hubTimes.lowerBound
        request.to = hubTimes.upperBound
        return try ask(.replay, request, mailbox)
    }

    private mutating func ask(
        _ type: FrameType,
        _ request: Request,
        _ id: MailboxID
    ) throws(FloorStatus) -> RequestID {
        guard !isClosing else { throw .closed }
        guard let mailbox = index(of: id) else { throw .badHandle }
        guard link.isLinked else { throw .offline }
        guard requests.list.count < Limits.requestsPerClient else { throw .limit }
        return RequestID(rawValue: requests.add(type, request, mailbox: mailbox))
    }

    /// Gives a question up; what has come of its answer may still be taken.
    public mutating func cancel(_ request: RequestID) {
        requests.list.removeAll { $0.id == request.rawValue }
    }

    /// Ends the client at the next turn: what may go out goes out, then BYE.
    ///
    /// Operations without a result get `closed`: they may or may not have been applied; those that
    /// the hub would have had tried again get the status it refused them with. A loop
    /// that wants to flush waits for `unacknowledged` to be 0 before it calls this.
    public mutating func close() { isClosing = true }
}
