import FloorEvents
import FloorWire

// Mailboxes are opened and closed; subscriptions begin and end.

extension Inbox {
    // MARK: mailboxes

    /// Opens a mailbox; it is told where the link is.
    ///
    /// - Throws: `limit` when too many are open, `closed`.
    mutating func openMailbox() throws(FloorStatus) -> MailboxID {
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
    mutating func closeMailbox(_ id: MailboxID) {
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
    mutating func subscribe(
        _ filter: KeyFilter,
        mailbox id: MailboxID,
        minimumIntervalMilliseconds: UInt32 = 0
    ) throws(FloorStatus) -> SubscriptionID {
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
    mutating func unsubscribe(_ subscription: SubscriptionID) -> Bool {
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

    /// UNSUBSCRIBEs to send, noted as sent.
    mutating func takeEnds() -> [UInt32] {
        guard !subscriptions.toEnd.isEmpty else { return [] }
        defer { subscriptions.toEnd.removeAll(keepingCapacity: true) }
        return subscriptions.toEnd
    }

    /// SUBSCRIBEs to send, noted as sent.
    mutating func takeSubscribes() -> [Subscribe] {
        guard let lastUnsent = subscriptions.indices.last(where: { !subscriptions[$0].isSent })
        else { return [] }
        var messages: [Subscribe] = []
        for index in subscriptions.indices where !subscriptions[index].isSent {
            subscriptions[index].isSent = true
            let subscription = subscriptions[index]
            var message = Subscribe(subscription.id, filter: subscription.filter.bytes)
            message.stateToken = subscription.stateToken
            message.eventToken = subscription.eventToken
            message.minimumIntervalMilliseconds = subscription.minimumInterval
            message.hasMore = index != lastUnsent
            messages.append(message)
        }
        return messages
    }
}
