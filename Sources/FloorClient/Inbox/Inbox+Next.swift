import FloorEvents
import FloorWire

// Mailbox → application.

extension Inbox {
    /// Takes the next event of a mailbox into `delivery`; nil when there is none.
    ///
    /// After nil the loop is told again, by `mailboxReady`, when there is one.
    mutating func next(
        _ id: MailboxID,
        into delivery: inout Delivery
    ) -> DeliveryKind? {
        guard let mailbox = index(of: id) else { return nil }
        while let item = mailboxes[mailbox].items.first {
            if case .events(let run) = item {
                if takeEvent(run, mailbox, &delivery) { return .record }
                continue
            }
            if case .replies(let run) = item {
                takeReply(run, mailbox, &delivery)
                return .replyRecord
            }
            _ = mailboxes[mailbox].items.popFirst()
            if let kind = take(item, mailbox, &delivery) { return kind }
        }
        mailboxes[mailbox].isSignalled = false
        return nil
    }

    /// Takes the events at the front of a mailbox that came together; false when there are none
    /// at the front, and then the other `next` says what there is.
    ///
    /// Their credit is given back when they are taken.
    mutating func next(_ id: MailboxID, into page: inout EventPage) -> Bool {
        guard let mailbox = index(of: id) else { return false }
        while case .events(let run)? = mailboxes[mailbox].items.first {
            _ = mailboxes[mailbox].items.popFirst()
            let isWanted = subscriptions.index(of: run.id) != nil
            if isWanted {
                events.take(run, into: &page)
                page.subscription = SubscriptionID(rawValue: run.id)
            }
            giveBack(events.release(Int(run.message)))
            if isWanted { return true }
        }
        return false
    }

    /// Takes the first event of a run, which is the mailbox's first item; false when the run's
    /// subscription is gone, and the run with it.
    private mutating func takeEvent(
        _ run: RecordRun,
        _ mailbox: Int,
        _ delivery: inout Delivery
    ) -> Bool {
        var run = run
        let isWanted = subscriptions.index(of: run.id) != nil
        if isWanted {
            events.take(&run, into: &delivery.bytes)
            delivery.subscription = SubscriptionID(rawValue: run.id)
            delivery.coalesced = 0
        }
        if isWanted, run.next < run.end {
            mailboxes[mailbox].items.first = .events(run)
        } else {
            _ = mailboxes[mailbox].items.popFirst()
            giveBack(events.release(Int(run.message)))
        }
        return isWanted
    }

    /// Takes the first record of an answer, which is the mailbox's first item.
    private mutating func takeReply(
        _ run: RecordRun,
        _ mailbox: Int,
        _ delivery: inout Delivery
    ) {
        var run = run
        events.take(&run, into: &delivery.bytes)
        delivery.request = RequestID(rawValue: run.id)
        if let index = requests.index(of: run.id) { requests.list[index].unread -= 1 }
        if run.next < run.end {
            mailboxes[mailbox].items.first = .replies(run)
        } else {
            _ = mailboxes[mailbox].items.popFirst()
            _ = events.release(Int(run.message))
        }
    }

    private mutating func take(
        _ item: MailboxItem,
        _ mailbox: Int,
        _ delivery: inout Delivery
    ) -> DeliveryKind? {
        switch item {
        case .key(let slot): return takeKey(Int(slot), mailbox, &delivery)
        case .events, .replies: return nil
        case .link: return takeLink(mailbox, &delivery)
        case .snapshotEnd(let subscription, let count):
            delivery.subscription = SubscriptionID(rawValue: subscription)
            delivery.count = count
            return .snapshotEnd
        case .gap:
            guard let gap = mailboxes[mailbox].gap else { return nil }
            mailboxes[mailbox].gap = nil
            delivery.gap = gap
            return .gap
        case .result: return takeResult(mailbox, &delivery)
        case .failed(let subscription, let status):
            delivery.subscription = SubscriptionID(rawValue: subscription)
            delivery.status = status
            return .subscriptionFailed
        case .replyEnd(let request, let status, let isPartial):
            delivery.request = RequestID(rawValue: request)
            delivery.isPartial = isPartial
            delivery.status = status
            return .replyEnd
        }
    }

    private mutating func takeKey(
        _ slot: Int,
        _ mailbox: Int,
        _ delivery: inout Delivery
    ) -> DeliveryKind? {
        guard let coalesced = mailboxes[mailbox].takeMark(slot) else { return nil }
        cache.changeQueued(slot, by: -1)
        refreshTargets(slot)
        let isDeleted = cache.values[slot].isDeleted
        let targets = subscriptions.sets[cache.values[slot].targets]
        let target = targets.first { $0.mailbox == mailbox }
        if let target {
            delivery.bytes.removeAll(keepingCapacity: true)
            delivery.bytes.append(bytes: cache.values[slot].record)
            RecordWriter.restamp(
                &delivery.bytes,
                at: 0,
                adding: coalesced > 0 ? [.coalesced] : [],
                coalesced: coalesced
            )
            delivery.subscription = SubscriptionID(rawValue: target.subscription)
            delivery.coalesced = coalesced
        }
        removeIfTold(slot)
        return target == nil ? nil : isDeleted ? .deleted : .record
    }

    private mutating func takeLink(
        _ mailbox: Int,
        _ delivery: inout Delivery
    ) -> DeliveryKind? {
        mailboxes[mailbox].isLinkQueued = false
        guard var report else { return nil }
        if case .up(let epoch, let lineage, .resumed) = report,
            mailboxes[mailbox].untoldResync
        {
            // The reader was not told of the link in between that had to start over.
            report = .up(epoch: epoch, lineage: lineage, .resynced)
        }
        if case .up = report { mailboxes[mailbox].untoldResync = false }
        if case .down = report, mailboxes[mailbox].toldLink == report { return nil }
        mailboxes[mailbox].toldLink = report
        delivery.link = report
        return .link
    }

    private mutating func takeResult(
        _ mailbox: Int,
        _ delivery: inout Delivery
    ) -> DeliveryKind? {
        guard let result = mailboxes[mailbox].results.popFirst() else { return nil }
        mailboxes[mailbox].owedResults -= 1
        delivery.ticket = result.ticket
        delivery.status = result.status
        delivery.revision = result.revision
        delivery.claimGeneration = result.claimGeneration
        delivery.owner = result.owner
        return .result
    }

    // MARK: the cache, read directly

    /// Calls `body` with every cached value that matches, as whole records; in no order.
    ///
    /// While the link is down these are the last values known.
    func forEachValue(
        matching filter: KeyFilter,
        _ body: (Span<UInt8>, RecordView) -> Void
    ) {
        for slot in cache.values.indices
        where cache.isUsed(slot) && !cache.values[slot].isDeleted {
            let record = cache.values[slot].record
            guard cache.matches(slot, filter) else { continue }
            body(record.span, RecordView(checked: record.span, at: 0))
        }
    }

    /// Copies a cached value into `delivery.bytes`; false when there is none.
    func value(of key: FloorKey, into delivery: inout Delivery) -> Bool {
        let bytes = key.bytes.span
        guard let slot = cache.find(bytes, hash: ByteIndex.hash(bytes)),
            !cache.values[slot].isDeleted
        else { return false }
        delivery.bytes.removeAll(keepingCapacity: true)
        delivery.bytes.append(bytes: cache.values[slot].record)
        return true
    }
}
