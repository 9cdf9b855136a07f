import FloorEvents
import FloorWire

// Serving one session: results first, then as many DELIVERs as its credit allows. State records
// are read from the table when sent, so a slow reader gets the present value, once.

extension Hub {
    /// Sends a session what it is owed; leaves it active when it could take more next turn.
    mutating func serve(_ session: Session, _ effects: inout HubEffects) {
        sendResults(session, &effects)
        guard !isBlocked(session) else { return }
        resendBlocked(session, &effects)
        guard !session.awaitsSubscriptions else { return }
        if session.minimumInterval > 0, now.boot < session.nextDeliver, hasWork(session) {
            nextRetry = min(nextRetry, session.nextDeliver)
            activateLater(session)
            return
        }
        var sentAny = false
        // As much as the largest window holds: less would fall behind publishers that fill turns.
        var budget = Limits.creditAheadBytes / Limits.deliverBytes
        while budget > 0 {
            let sentState = deliverState(session, &effects)
            let hadKept = session.keptPosition != nil
            let sentEvents =
                hadKept ? deliverKept(session, &effects) : deliverEvents(session, &effects)
            finishSnapshots(session, &effects)
            // Kept records that are through, or that there were none of, held up events.
            let areEventsNext = hadKept && session.keptPosition == nil
            guard sentState || sentEvents || areEventsNext else { break }
            sentAny = sentAny || sentState || sentEvents
            budget -= 1
        }
        if sentAny { session.nextDeliver = now.boot + session.minimumInterval }
        // Budget used up: others go first, then this session goes on.
        if budget == 0 { activate(session) }
    }

    private func hasWork(_ session: Session) -> Bool {
        session.hasDirty || session.hasEvents
            || session.subscriptions.contains { subscription in
                if case .done = subscription.snapshot { return false }
                return true
            }
    }

    /// Keeps a session on the list without asking for another turn at once.
    private mutating func activateLater(_ session: Session) { waiting.append(session) }

    // MARK: results

    private mutating func sendResults(_ session: Session, _ effects: inout HubEffects) {
        guard session.owesAcknowledgement else { return }
        session.owesAcknowledgement = false
        // A commit may bring results of sequences older than those of this turn's messages.
        session.results.sort { $0.first < $1.first }
        let cumulative = session.producer.cumulative
        let expected = session.expectedSequence
        session.expectedSequence = 0
        if session.results.contains(where: { $0.status.isRetryable }) || expected != 0 {
            let refused = session.results.filter { $0.status.isRetryable }
            session.results.removeAll { $0.status.isRetryable }
            sendRuns(session, .refuse, refused, expected: expected, cumulative, &effects)
        }
        // Without results too, when only the cumulative value has moved: the client's window
        // waits for it.
        if !session.results.isEmpty || cumulative > session.cumulativeTold {
            sendRuns(session, .acknowledge, session.results, expected: 0, cumulative, &effects)
        }
        session.results.removeAll(keepingCapacity: true)
        session.cumulativeTold = cumulative
    }

    private mutating func sendRuns(
        _ session: Session,
        _ type: FrameType,
        _ runs: [ResultRun],
        expected: UInt64,
        _ cumulative: UInt64,
        _ effects: inout HubEffects
    ) {
        var rest = runs[...]
        repeat {
            let part = rest.prefix(Results.maximumRuns)
            rest = rest.dropFirst(part.count)
            let retry: UInt32 = part.isEmpty || type != .refuse ? 0 : 1000
            send(session, type, argument: cumulative, &effects) {
                Results.append(part, expected: expected, retryAfterMilliseconds: retry, to: &$0)
            }
        } while !rest.isEmpty
    }

    // MARK: full pipes

    mutating func noteBlocked(_ link: LinkID, _ bytes: [UInt8]) {
        counts.blocked += 1
        // The link may have a new session, which must not see its predecessor's messages.
        guard let session = sessionsByLink[link], bytes.span.u32(8) == session.number else {
            return
        }
        session.blockedMessages.append(bytes)
        session.retryAt = now.boot + Limits.blockedRetryMicroseconds
        nextRetry = min(nextRetry, session.retryAt)
        activateLater(session)
    }

    /// Whether a session must wait for its pipe to have room again.
    private mutating func isBlocked(_ session: Session) -> Bool {
        guard !session.blockedMessages.isEmpty, now.boot < session.retryAt else { return false }
        nextRetry = min(nextRetry, session.retryAt)
        activateLater(session)
        return true
    }

    /// Puts what found the pipe full before anything new.
    mutating func resendBlocked(_ session: Session, _ effects: inout HubEffects) {
        for message in session.blockedMessages {
            let start = effects.bytes.count
            effects.bytes.append(contentsOf: message)
            emit(.deliver(session.link, start..<effects.bytes.count), &effects)
        }
        session.blockedMessages.removeAll()
    }

    // MARK: state lane

    private mutating func deliverState(
        _ session: Session,
        _ effects: inout HubEffects
    ) -> Bool {
        var frame = DeliverFrame(capacity: session.creditLeft)
        guard frame.hasRoom, hasStateWork(session) else { return false }
        frame.begin(session, &effects.bytes)
        session.servesOwedNext.toggle()
        if session.servesOwedNext {
            addOwed(session, &frame, limit: frame.capacity / 2, &effects.bytes)
            addDirty(session, &frame, &effects.bytes)
            addOwed(session, &frame, limit: frame.capacity, &effects.bytes)
        } else {
            addDirty(session, &frame, &effects.bytes)
            addOwed(session, &frame, limit: frame.capacity, &effects.bytes)
        }
        return finish(session, &frame, &effects)
    }

    private func hasStateWork(_ session: Session) -> Bool {
        session.hasDirty
            || session.subscriptions.contains { subscription in
                if case .owed = subscription.snapshot { return true }
                return false
            }
    }

    private mutating func addDirty(
        _ session: Session,
        _ frame: inout DeliverFrame,
        _ out: inout [UInt8]
    ) {
        while session.hasDirty {
            let slot = Int(session.dirty[session.dirtyHead].slot)
            guard frame.fits(table.entries[slot].record.count, out) else { return }
            let key = session.takeDirty()
            counts.work += 1
            let passedOver = table.entries[slot].changes &- key.changesBefore &- 1
            counts.coalesced += UInt64(passedOver)
            frame.add(
                table.entries[slot].record,
                flags: passedOver > 0 ? [.coalesced] : [],
                coalesced: passedOver,
                &out
            )
        }
    }

    /// Serves the first subscription whose snapshot cursor is not through.
    private mutating func addOwed(
        _ session: Session,
        _ frame: inout DeliverFrame,
        limit: Int,
        _ out: inout [UInt8]
    ) {
        for index in session.subscriptions.indices {
            guard
                case .owed(let next, let end, let full, var sent) =
                    session.subscriptions[index].snapshot
            else { continue }
            let filter = session.subscriptions[index].filter
            var place = table.log.firstPlace(from: next)
            var reached = next
            while place < table.log.count, table.log.revisions[place] <= end {
                counts.work += 1
                let slot = Int(table.log.slots[place])
                let revision = table.log.revisions[place]
                reached = revision
                // A dirty key comes by the live queue, and the end mark waits for it.
                if !session.isDirty(slot), isOwed(slot, revision, filter, full: full) {
                    let size = table.entries[slot].record.count
                    guard frame.fits(size, out), frame.size(out) < limit else {
                        session.subscriptions[index].snapshot = .owed(
                            next: reached,
                            end: end,
                            full: full,
                            sent: sent
                        )
                        return
                    }
                    frame.add(table.entries[slot].record, flags: [.snapshot], coalesced: 0, &out)
                    sent += 1
                }
                place += 1
            }
            session.subscriptions[index].snapshot = .draining(
                until: table.head,
                full: full,
                sent: sent
            )
        }
    }

    private func isOwed(
        _ slot: Int,
        _ revision: Revision,
        _ filter: KeyFilter,
        full: Bool
    ) -> Bool {
        let entry = table.entries[slot]
        guard entry.revision == revision, !(full && entry.isDeleted) else { return false }
        return filter.matches(entry.record.span.extracting(table.keyRange(slot)))
    }

    /// Ends snapshots whose cursor is through and whose late changers have been sent.
    private mutating func finishSnapshots(_ session: Session, _ effects: inout HubEffects) {
        for index in session.subscriptions.indices {
            guard
                case .draining(let until, let full, let sent) =
                    session.subscriptions[index].snapshot,
                !session.subscriptions[index].awaitsKept
            else { continue }
            if session.hasDirty, session.dirty[session.dirtyHead].firstRevision <= until {
                continue
            }
            session.subscriptions[index].snapshot = .done
            let mark = SnapshotMark(
                session.subscriptions[index].id,
                full: full,
                count: sent + session.subscriptions[index].keptSent,
                revision: session.stableRevision(head: table.head)
            )
            send(session, .snapshotEnd, &effects) { mark.append(to: &$0) }
        }
    }

    /// Closes a DELIVER and charges it; an empty one is taken back.
    mutating func finish(
        _ session: Session,
        _ frame: inout DeliverFrame,
        _ effects: inout HubEffects
    ) -> Bool {
        guard frame.count > 0 else {
            effects.bytes.removeLast(effects.bytes.count - frame.start)
            return false
        }
        session.sequence += 1
        let range = frame.end(
            sequence: session.sequence,
            stableState: session.stableRevision(head: table.head),
            stableEvent: session.stableEvent(head: lane.committed),
            &effects.bytes
        )
        session.creditUsed += UInt64(max(range.count, Limits.deliverMinimumCharge))
        counts.recordsOut += UInt64(frame.count)
        emit(.deliver(session.link, range), &effects)
        return true
    }
}

/// One DELIVER being filled.
struct DeliverFrame {
    /// Most bytes of records in one.
    static let recordBytes = Limits.deliverBytes - FrameHeader.size - RecordBatch.prefixSize

    /// Most bytes of the whole message.
    let capacity: Int
    private(set) var start = 0
    private(set) var count = 0
    /// Whether no record has been left out for want of room.
    private(set) var isUnhindered = true

    mutating func noteFull() { isUnhindered = false }

    init(capacity: Int) { self.capacity = min(capacity, Limits.deliverBytes) }

    /// Whether the credit allows any DELIVER at all.
    var hasRoom: Bool { capacity >= Limits.deliverMinimumCharge }

    mutating func begin(_ session: Session, _ out: inout [UInt8]) {
        start = FrameWriter.begin(FrameHeader(.deliver, session: session.number), in: &out)
        _ = RecordBatch.begin(lead: 0, in: &out)
    }

    func size(_ out: [UInt8]) -> Int { out.count - start }

    func fits(_ record: Int, _ out: [UInt8]) -> Bool { size(out) + record <= capacity }

    mutating func add(
        _ record: [UInt8],
        flags: RecordFlags,
        coalesced: UInt32,
        _ out: inout [UInt8]
    ) {
        add(record.span, flags: flags, coalesced: coalesced, &out)
    }

    mutating func add(
        _ record: Span<UInt8>,
        flags: RecordFlags,
        coalesced: UInt32,
        _ out: inout [UInt8]
    ) {
        let at = out.count
        out.append(span: record)
        if !flags.isEmpty || coalesced > 0 {
            RecordWriter.restamp(&out, at: at, adding: flags, coalesced: coalesced)
        }
        count += 1
    }

    /// Adds records that lie end to end.
    mutating func add(_ records: Span<UInt8>, count more: Int, _ out: inout [UInt8]) {
        guard more > 0 else { return }
        out.append(span: records)
        count += more
    }

    /// Adds records from the journal that lie end to end, and says that they are from there.
    mutating func addReplayed(_ records: Span<UInt8>, count more: Int, _ out: inout [UInt8]) {
        var at = out.count
        add(records, count: more, &out)
        while at < out.count {
            RecordWriter.restamp(&out, at: at, adding: [.replay], coalesced: 0)
            at = RecordView(checked: out.span, at: at).range.upperBound
        }
    }

    /// Fills in what is known only now; returns the message's bytes.
    mutating func end(
        sequence: UInt64,
        stableState: Revision,
        stableEvent: Revision,
        _ out: inout [UInt8]
    ) -> Range<Int> {
        out.overwrite(sequence, at: start + 16)
        out.overwrite(stableState.rawValue, at: start + 24)
        RecordBatch.finish(
            start + FrameHeader.size,
            lead: stableEvent.rawValue,
            count: count,
            in: &out
        )
        FrameWriter.end(start, in: &out)
        return start..<out.count
    }
}
