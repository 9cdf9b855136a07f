public import FloorEvents
public import FloorWire

// What an application asks of the client. Nothing leaves before the next `turnEnd`.

extension ClientCore {
    /// As the other `publish`; says in `isTurnDue` whether a turn has something to do afterwards.
    public mutating func publish(
        _ publication: Publication,
        key: Span<UInt8>,
        payload: Span<UInt8>,
        results: MailboxID?,
        isTurnDue: inout Bool
    ) throws(FloorStatus) -> Ticket {
        let ticket = try publish(publication, key: key, payload: payload, results: results)
        isTurnDue = mayPublishNow || inbox.hasReady
        return ticket
    }

    /// As the other `publish`, for a publisher who is told at once which operation of the same
    /// mailbox has given way: that one's result, `expired`, does not come to the mailbox.
    ///
    /// - Parameters:
    ///   - publication: as in the other `publish`, like `key` and `payload`.
    ///   - key: of the operation.
    ///   - payload: of the operation.
    ///   - results: where its result is told.
    ///   - isTurnDue: set to whether a turn has something to do afterwards.
    ///   - replaced: set to the operation that gave way, `none` if none did.
    /// - Returns: the operation's number.
    /// - Throws: as the other `publish`.
    public mutating func publish(
        _ publication: Publication,
        key: Span<UInt8>,
        payload: Span<UInt8>,
        results: MailboxID,
        isTurnDue: inout Bool,
        replaced: inout Ticket
    ) throws(FloorStatus) -> Ticket {
        let (ticket, old) = try take(publication, key, payload, results)
        replaced = .none
        if let old {
            let isSame = old.mailbox == results
            if isSame {
                replaced = old.ticket
                inbox.forgiveResult(results)
            }
            uplink.settle(replaced: old, tells: !isSame)
        }
        tellSettled()
        isTurnDue = mayPublishNow || inbox.hasReady
        return ticket
    }

    /// Puts one operation into the outbox; it leaves with the next turn that may send.
    ///
    /// When the outbox is full while no session is open, the oldest value gives way that was never
    /// sent and that a newer one of its key has overtaken; its result is `expired`. So the newest
    /// are kept, and events keep their order. What has an expected revision never gives way.
    ///
    /// - Parameters:
    ///   - publication: what it does beside key and payload.
    ///   - key: the bytes of a well-formed key.
    ///   - payload: at most 16 KiB.
    ///   - results: where its result is told; nil = nowhere.
    /// - Returns: a number that is the same in the result, however often it is tried.
    /// - Throws: `badKey`; `invalid` for an operation of the other lane or a DELETE with a
    ///   payload; `denied` for `private/` and `personal/` keys and for removing presence;
    ///   `tooBig`; `limit` when
    ///   the outbox is full or too many results wait in the mailbox; `storage` when its store
    ///   takes nothing; `badHandle` for a closed mailbox; `closed`.
    public mutating func publish(
        _ publication: Publication,
        key: Span<UInt8>,
        payload: Span<UInt8>,
        results: MailboxID? = nil
    ) throws(FloorStatus) -> Ticket {
        let (ticket, replaced) = try take(publication, key, payload, results)
        if let replaced { uplink.settle(replaced: replaced, tells: true) }
        tellSettled()
        return ticket
    }

    /// The operation's number, and the one that has given way, which is not settled yet.
    private mutating func take(
        _ publication: Publication,
        _ key: Span<UInt8>,
        _ payload: Span<UInt8>,
        _ results: MailboxID?
    ) throws(FloorStatus) -> (ticket: Ticket, replaced: ReplacedOperation?) {
        guard !isClosing else { throw .closed }
        let kind = try Uplink.check(publication, key, payload)
        var mailbox: Int?
        if let results {
            // One that gives way makes room for its successor's result.
            let limit = options.outboxOperations + (link.isLinked ? 0 : 1)
            mailbox = try inbox.place(for: results, atMost: limit)
        }
        let old = link.isLinked ? nil : uplink.makeRoom(for: publication, kind, key, at: now.boot)
        do {
            try uplink.checkRoom(key, payload)
            let ticket = try uplink.publish(
                publication,
                kind,
                key: key,
                payload: payload,
                results: results,
                at: now.wall
            )
            if let mailbox { inbox.oweResult(mailbox) }
            return (ticket, old)
        } catch {
            // It has given way for nothing, and has its result all the same.
            if let old { uplink.settle(replaced: old, tells: true) }
            tellSettled()
            throw error
        }
    }

    /// Hands the results that there are to those who wait for them.
    mutating func tellSettled() {
        guard uplink.hasSettled else { return }
        uplink.takeSettled(&settled)
        for result in settled { inbox.tell(result) }
        settled.removeAll(keepingCapacity: true)
    }

    // MARK: mailboxes

    /// Opens a mailbox; it is told where the link is.
    ///
    /// - Throws: `limit` when too many are open, `closed`.
    public mutating func openMailbox() throws(FloorStatus) -> MailboxID {
        guard !isClosing else { throw .closed }
        return try inbox.openMailbox()
    }

    /// Closes a mailbox: its subscriptions and questions end, what waits in it is forgotten.
    public mutating func closeMailbox(_ id: MailboxID) { inbox.closeMailbox(id) }

    /// As the other `next`; says in `isTurnDue` whether `needsTurn` holds afterwards.
    public mutating func next(
        _ id: MailboxID,
        into delivery: inout Delivery,
        isTurnDue: inout Bool
    ) -> DeliveryKind? {
        let kind = inbox.next(id, into: &delivery)
        isTurnDue = needsTurn
        return kind
    }

    /// Takes the next event of a mailbox into `delivery`; nil when there is none.
    ///
    /// After nil the loop is told again, by `mailboxReady`, when there is one. Taking events
    /// frees credit: look at `needsTurn` afterwards.
    public mutating func next(
        _ id: MailboxID,
        into delivery: inout Delivery
    ) -> DeliveryKind? {
        inbox.next(id, into: &delivery)
    }

    /// Takes the events at the front of a mailbox that came together; false when there are none
    /// at the front, and then the other `next` says what there is.
    ///
    /// Their credit is given back when they are taken: look at `needsTurn` afterwards.
    public mutating func next(_ id: MailboxID, into page: inout EventPage) -> Bool {
        inbox.next(id, into: &page)
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
        return try inbox.subscribe(
            filter,
            mailbox: id,
            minimumIntervalMilliseconds: minimumIntervalMilliseconds
        )
    }

    /// Ends a subscription; what waits for it is not given any more.
    ///
    /// - Returns: whether there was such a subscription.
    @discardableResult
    public mutating func unsubscribe(_ subscription: SubscriptionID) -> Bool {
        inbox.unsubscribe(subscription)
    }

    // MARK: the cache, read directly

    /// Calls `body` with every cached value that matches, as whole records; in no order.
    ///
    /// While the link is down these are the last values known.
    public func forEachValue(
        matching filter: KeyFilter,
        _ body: (Span<UInt8>, RecordView) -> Void
    ) {
        inbox.forEachValue(matching: filter, body)
    }

    /// Copies a cached value into `delivery.bytes`; false when there is none.
    public func value(of key: FloorKey, into delivery: inout Delivery) -> Bool {
        inbox.value(of: key, into: &delivery)
    }

    // MARK: questions

    /// Asks for the present values that match, once; they come as `replyRecord`s.
    ///
    /// - Parameters:
    ///   - filter: which keys.
    ///   - mailbox: the mailbox that gets them.
    ///   - asMayBeRead: whether a part will do where not everything may be read, which the end
    ///     says; else the question is `denied` then.
    /// - Returns: the question's number.
    /// - Throws: `offline` without a link, `limit` for too many open questions, `badHandle`,
    ///   `closed`.
    public mutating func get(
        _ filter: KeyFilter,
        mailbox: MailboxID,
        asMayBeRead: Bool = false
    ) throws(FloorStatus) -> RequestID {
        let flags = asMayBeRead ? FrameFlags.asMayBeRead : 0
        return try ask(.get, Request(filter: filter.bytes), flags: flags, mailbox)
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
        flags: UInt16 = 0,
        _ id: MailboxID
    ) throws(FloorStatus) -> RequestID {
        guard !isClosing else { throw .closed }
        guard let mailbox = inbox.index(of: id) else { throw .badHandle }
        guard link.isLinked else { throw .offline }
        return try inbox.ask(type, request, flags: flags, mailbox)
    }

    /// Gives a question up; what has come of its answer may still be taken.
    public mutating func cancel(_ request: RequestID) { inbox.cancel(request) }

    /// Ends the client at the next turn: what may go out goes out, then BYE.
    ///
    /// Operations without a result get `closed`: they may or may not have been applied; those that
    /// the hub would have had tried again get the status it refused them with. A loop
    /// that wants to flush waits for `unacknowledged` to be 0 before it calls this.
    public mutating func close() { isClosing = true }
}
