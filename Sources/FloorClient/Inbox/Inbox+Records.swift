import FloorEvents
import FloorWire

// DELIVER: records into the cache or the event store, and from there into mailboxes; snapshots
// and gaps, which say what a mailbox may conclude from them.

extension Inbox {
    mutating func takeDeliver(
        _ header: FrameHeader,
        _ size: Int,
        _ body: Span<UInt8>
    ) throws(WireError) {
        let batch = try RecordBatch(body)
        let charge = Credit.price(size)
        guard credit.charge(charge) else { throw .badValue(field: "credit") }
        let message = events.openMessage(charge: charge)
        var failure: WireError?
        do throws(WireError) {
            var at = RecordBatch.prefixSize
            while at < body.count {
                if takeEvents(body, &at, message) { continue }
                let view = RecordView(checked: body, at: at)
                try takeRecord(body, view, message)
                at = view.range.upperBound
            }
        } catch {
            failure = error
        }
        // State records are in the cache now; events hold the charge until they are taken.
        giveBack(events.release(message))
        if let failure { throw failure }
        subscriptions.noteStable(
            state: Revision(rawValue: header.argument),
            event: Revision(rawValue: batch.lead)
        )
    }

    mutating func giveBack(_ charge: Int) {
        if charge > 0 { credit.give(charge) }
    }

    private mutating func takeRecord(
        _ bytes: Span<UInt8>,
        _ view: RecordView,
        _ message: Int
    ) throws(WireError) {
        counts.recordsIn += 1
        recordNumber += 1
        let at = view.range.lowerBound
        if LeaseOperation(rawValue: bytes.u8(at + 5)) == .freshness {
            return takeFreshness(view.header(bytes))
        }
        guard let kind = RecordKind(rawValue: bytes.u8(at + 4)),
            let operation = RecordOperation(rawValue: bytes.u8(at + 5))
        else {
            counts.unknown += 1
            return
        }
        switch (kind.lane, operation) {
        case (.state, .put), (.state, .delete):
            try takeState(bytes, view, view.header(bytes), kind)
        case (.state, _): counts.unknown += 1
        case (.event, _): try takeEvent(bytes, view, kind, message)
        }
    }

    // MARK: state lane

    private mutating func takeState(
        _ bytes: Span<UInt8>,
        _ view: RecordView,
        _ header: RecordHeader,
        _ kind: RecordKind
    ) throws(WireError) {
        let key = bytes.extracting(view.key)
        let hash = ByteIndex.hash(key)
        if let slot = cache.find(key, hash: hash) {
            guard cache.values[slot].kindCode == header.kindCode else {
                throw .badValue(field: "kind")
            }
            cache.confirm(slot, recordNumber)
            guard header.revision > cache.values[slot].revision else {
                counts.duplicates += 1
                return
            }
            cache.write(slot, bytes, view)
            return announce(slot, coalesced: header.coalesced)
        }
        guard (try? KeyRules.checkKey(key)) == kind else { throw .badValue(field: "key") }
        // A deletion of what we never had says nothing.
        guard header.operation == .put else { return }
        let targets = subscriptions.targets(of: key)
        guard !subscriptions.sets[targets].isEmpty else {
            counts.unmatched += 1
            return
        }
        guard !cache.isFull else {
            counts.overflows += 1
            return
        }
        let slot = cache.insert(bytes, view, hash: hash)
        cache.setTargets(slot, targets, generation: subscriptions.generation)
        cache.confirm(slot, recordNumber)
        announce(slot, coalesced: header.coalesced)
    }

    /// A producer fell silent or spoke again: its leased values are as fresh as it.
    private mutating func takeFreshness(_ header: RecordHeader) {
        var next = cache.firstLeased(header.producer)
        while let slot = next {
            next = cache.nextLeased(slot)
            let freshness = header.flags.freshness
            guard cache.setFreshness(slot, freshness, hubTime: header.hubTime) else { continue }
            announce(slot, coalesced: 0)
        }
    }

    /// Queues a changed key for every mailbox that wants it.
    private mutating func announce(_ slot: Int, coalesced: UInt32) {
        refreshTargets(slot)
        for target in subscriptions.sets[cache.values[slot].targets] {
            queueKey(slot, mailbox: target.mailbox, coalesced: coalesced)
        }
        removeIfTold(slot)
    }

    mutating func queueKey(_ slot: Int, mailbox: Int, coalesced: UInt32) {
        if mailboxes[mailbox].queueKey(slot, coalesced: coalesced) {
            cache.changeQueued(slot, by: 1)
            counts.coalesced += UInt64(coalesced)
        } else {
            counts.coalesced += UInt64(coalesced) + 1
        }
        signal(mailbox)
    }

    mutating func refreshTargets(_ slot: Int) {
        guard cache.values[slot].targetGeneration != subscriptions.generation else { return }
        let record = cache.values[slot].record
        let key = record.span.extracting(cache.values[slot].key)
        let targets = subscriptions.targets(of: key)
        cache.setTargets(slot, targets, generation: subscriptions.generation)
    }

    /// A deleted key leaves the cache when every mailbox has been told.
    mutating func removeIfTold(_ slot: Int) {
        if cache.values[slot].isDeleted, cache.values[slot].queuedIn == 0 { cache.remove(slot) }
    }

    // MARK: event lane

    /// Takes, in one go, the events from an offset on that one subscription wants if no other can.
    ///
    /// Most messages are one such run. False when the first record needs a second look.
    private mutating func takeEvents(
        _ bytes: Span<UInt8>,
        _ at: inout Int,
        _ message: Int
    ) -> Bool {
        guard let index = subscriptions.onlyEventReader,
            subscriptions.list[index].isAcknowledged,
            credit.held <= credit.window * Limits.unreadWindows
        else { return false }
        let filter = subscriptions.list[index].filter
        var last = subscriptions.list[index].lastEvent
        var count: UInt64 = 0
        let start = at
        while at < bytes.count {
            let view = RecordView(checked: bytes, at: at)
            let revision = view.revision(bytes)
            let key = bytes.extracting(view.key)
            guard revision > last, view.isEvent(bytes),
                (try? KeyRules.checkKey(key)) == .event, filter.matches(key)
            else { break }
            last = revision
            count += 1
            at = view.range.upperBound
        }
        guard count > 0 else { return false }
        counts.recordsIn += count
        recordNumber += count
        subscriptions[index].lastEvent = last
        let mailbox = subscriptions.list[index].mailbox
        mailboxes[mailbox].lastRecord = recordNumber
        let run = RecordRun(message, start..<at, for: subscriptions.list[index].id)
        if mailboxes[mailbox].queueEvent(run) {
            events.retain(message, bytes)
            signal(mailbox)
        }
        return true
    }

    private mutating func takeEvent(
        _ bytes: Span<UInt8>,
        _ view: RecordView,
        _ kind: RecordKind,
        _ message: Int
    ) throws(WireError) {
        let key = bytes.extracting(view.key)
        guard (try? KeyRules.checkKey(key)) == kind else { throw .badValue(field: "key") }
        let revision = view.revision(bytes)
        let isKept = view.flags(bytes).contains(.snapshot)
        var isStored = false
        var isWanted = false
        // In the order of their numbers, so that a mailbox gets it for the lowest.
        for index in subscriptions.indices
        where subscriptions.list[index].wantsEvents
            && subscriptions.list[index].filter.matches(key)
        {
            isWanted = true
            // The hub has one cursor for the session: for another subscription's sake it may
            // come again from further back.
            guard subscriptions[index].takes(revision, isKept: isKept) else { continue }
            let mailbox = subscriptions.list[index].mailbox
            guard mailboxes[mailbox].lastRecord != recordNumber else { continue }
            mailboxes[mailbox].lastRecord = recordNumber
            guard credit.held <= credit.window * Limits.unreadWindows else {
                counts.overflows += 1
                tellGap(Gap(from: revision, to: revision, count: 1), mailbox)
                continue
            }
            isStored = true
            let run = RecordRun(message, view.range, for: subscriptions.list[index].id)
            if mailboxes[mailbox].queueEvent(run) {
                events.retain(message, bytes)
                signal(mailbox)
            }
        }
        if !isWanted {
            counts.unmatched += 1
        } else if !isStored {
            counts.duplicates += 1
        }
    }

    mutating func takeGap(_ gap: Gap) {
        recordNumber += 1
        for index in subscriptions.indices
        where subscriptions[index].wantsEvents && subscriptions[index].isAcknowledged {
            let had = max(subscriptions[index].lastEvent, subscriptions[index].eventToken)
            guard gap.to > had else { continue }
            subscriptions[index].lastEvent = gap.to
            let mailbox = subscriptions[index].mailbox
            guard mailboxes[mailbox].lastRecord != recordNumber else { continue }
            mailboxes[mailbox].lastRecord = recordNumber
            tellGap(gap, mailbox)
        }
    }

    private mutating func tellGap(_ gap: Gap, _ mailbox: Int) {
        counts.gaps += 1
        mailboxes[mailbox].queueGap(gap)
        signal(mailbox)
    }

    // MARK: subscriptions

    mutating func takeSubscribed(_ answer: Subscribed) {
        guard !answer.ended, let index = subscriptions.index(of: answer.subscription) else {
            return
        }
        guard answer.status == .ok else {
            let mailbox = subscriptions[index].mailbox
            removeSubscription(at: index)
            mailboxes[mailbox].items.append(.failed(answer.subscription, answer.status))
            return signal(mailbox)
        }
        let token = subscriptions[index].eventToken
        let hadOther = subscriptions[index].lostLineage
        let lostKept = subscriptions[index].lostKept
        subscriptions[index].isAcknowledged = true
        subscriptions[index].lostLineage = false
        subscriptions[index].lostKept = false
        subscriptions[index].lastEvent = max(subscriptions[index].lastEvent, answer.eventStart)
        if answer.hasKept {
            subscriptions[index].awaitsKept = true
            subscriptions[index].lastKept = .zero
            subscriptions[index].heldToken = answer.eventStart
            subscriptions[index].eventToken = .zero
        } else {
            subscriptions[index].eventToken = max(token, answer.eventStart)
        }
        guard subscriptions[index].wantsEvents else { return }
        // The hub could not start where we asked: what lies between will not come.
        if hadOther || lostKept {
            let gap = Gap(from: .zero, to: answer.eventStart, count: 0)
            tellGap(gap, subscriptions[index].mailbox)
        } else if token != .zero, answer.eventStart > token {
            let gap = Gap(from: token.next, to: answer.eventStart, count: 0)
            tellGap(gap, subscriptions[index].mailbox)
        }
    }

    mutating func beginSnapshot(_ mark: SnapshotMark) {
        guard let index = subscriptions.index(of: mark.subscription) else { return }
        subscriptions[index].sweepsBefore = mark.full ? recordNumber : nil
    }

    mutating func endSnapshot(_ mark: SnapshotMark) {
        guard let index = subscriptions.index(of: mark.subscription),
            subscriptions[index].isAcknowledged
        else { return }
        if mark.full, let begin = subscriptions[index].sweepsBefore {
            sweep(subscriptions[index].filter, confirmedBy: begin)
        }
        subscriptions[index].sweepsBefore = nil
        subscriptions[index].isCaughtUp = true
        if subscriptions[index].awaitsKept {
            subscriptions[index].awaitsKept = false
            subscriptions[index].eventToken = subscriptions[index].heldToken
        }
        subscriptions[index].stateToken = mark.revision
        let mailbox = subscriptions[index].mailbox
        mailboxes[mailbox].queueSnapshotEnd(mark.subscription, count: mark.count)
        signal(mailbox)
    }

    /// Keys that a full snapshot did not confirm are gone (race R4).
    private mutating func sweep(_ filter: KeyFilter, confirmedBy begin: UInt64) {
        for slot in cache.values.indices
        where cache.isUsed(slot) && cache.values[slot].confirmed <= begin {
            guard !cache.values[slot].isDeleted, cache.matches(slot, filter) else { continue }
            cache.markSwept(slot)
            announce(slot, coalesced: 0)
        }
    }
}
