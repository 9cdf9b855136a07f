import FloorEvents
import FloorWire

// One message down: is it of this session, is it the next, what is it. Bytes from outside never
// trap: whatever is wrong with them ends the link, and the next one resumes (races R6, R7, R8).

extension ClientCore {
    mutating func receive(
        _ message: Span<UInt8>,
        attempt: UInt64,
        _ effects: inout ClientEffects
    ) {
        guard attempt == link.attempt else { return }
        do {
            switch link.phase {
            case .greeting: try takeGreeting(message, &effects)
            case .linked: try takeMessage(message, &effects)
            case .idle, .opening, .waiting, .closed: return
            }
        } catch {
            fault(.protocolError, &effects)
        }
    }

    /// The answer to HELLO.
    private mutating func takeGreeting(
        _ message: Span<UInt8>,
        _ effects: inout ClientEffects
    ) throws(WireError) {
        counts.bytesIn += UInt64(message.count)
        let header = try FrameHeader(message)
        let body = message.extracting(FrameHeader.size..<message.count)
        link.lastHeard = now.boot
        switch header.type {
        case .welcome: try takeWelcome(header, body, &effects)
        case .reject, .goAway: takeEnd(try Refusal(body), &effects)
        default: throw .unknownType(header.type.rawValue)
        }
    }

    private mutating func takeMessage(
        _ message: Span<UInt8>,
        _ effects: inout ClientEffects
    ) throws(WireError) {
        counts.bytesIn += UInt64(message.count)
        let header = try FrameHeader(message)
        let body = message.extracting(FrameHeader.size..<message.count)
        link.lastHeard = now.boot
        // A hub that has lost the session says so without its number.
        if header.type == .goAway {
            var end = try Refusal(body)
            // Fenced in our session's name: another holder of our secret took over. Without
            // the name the hub has only forgotten us, and we come back at once.
            if header.session == 0, end.status == .fenced { end.status = .offline }
            return takeEnd(end, &effects)
        }
        guard header.session == link.session else { throw .badValue(field: "session_id") }
        guard header.sequence == link.sequence + 1 else { throw .badValue(field: "seq") }
        link.sequence += 1
        try dispatch(header, message.count, body, &effects)
    }

    private mutating func dispatch(
        _ header: FrameHeader,
        _ size: Int,
        _ body: Span<UInt8>,
        _ effects: inout ClientEffects
    ) throws(WireError) {
        switch header.type {
        case .deliver: try takeDeliver(header, size, body)
        case .acknowledge, .refuse: try takeResults(body, header.argument, &effects)
        case .pong: takePong(header, try Pong(body))
        case .subscribed: takeSubscribed(try Subscribed(body))
        case .snapshotBegin: beginSnapshot(try SnapshotMark(body))
        case .snapshotEnd: endSnapshot(try SnapshotMark(body))
        case .gap: takeGap(try Gap(body))
        case .reply: try takeReply(body)
        case .replyEnd: takeReplyEnd(try ReplyEnd(body))
        case .reject: takeReject(try Refusal(body), &effects)
        default: throw .unknownType(header.type.rawValue)
        }
    }

    private mutating func takePong(_ header: FrameHeader, _ pong: Pong) {
        clock.notePong(pong, at: now.boot)
        subscriptions.noteStable(
            state: Revision(rawValue: header.argument),
            event: pong.stableEvent
        )
    }

    // MARK: results

    private mutating func takeResults(
        _ body: Span<UInt8>,
        _ cumulative: UInt64,
        _ effects: inout ClientEffects
    ) throws(WireError) {
        // Out of self while they are taken; back afterwards, so that the storage stays.
        var results = Results(runs: [])
        swap(&results, &self.results)
        defer { swap(&results, &self.results) }
        try results.read(body)
        let wait = min(
            Int64(results.retryAfterMilliseconds) * 1000,
            Limits.retryAfterMicroseconds
        )
        for run in results.runs {
            var sequences = outbox.own(run)
            while !sequences.isEmpty {
                if run.status == .ok {
                    let (count, next) = outbox.accept(sequences)
                    counts.accepted += UInt64(count)
                    sequences = next..<sequences.upperBound
                }
                guard let sequence = sequences.popFirst() else { break }
                let offset = sequence - run.first
                let revision =
                    run.revision == .zero
                    ? Revision.zero : Revision(rawValue: run.revision.rawValue &+ offset)
                take(run, of: sequence, revision, due: now.boot + wait)
            }
        }
        if results.expected > 0 { outbox.rewind(to: results.expected) }
        outbox.forget(cumulative: cumulative)
        tellDeferral(&effects)
    }

    private mutating func tellDeferral(_ effects: inout ClientEffects) {
        let deferral = outbox.deferral
        guard deferral != toldDeferral else { return }
        toldDeferral = deferral
        effects.list.append(.notice(deferral.map { .deferred($0) } ?? .resumed))
    }

    private mutating func take(
        _ run: ResultRun,
        of sequence: UInt64,
        _ revision: Revision,
        due: Int64
    ) {
        switch outbox.answer(sequence, run.status, due: due) {
        case .none: break
        case .final(let slot):
            if run.status != .ok { disown(outbox.copy(slot)) }
            tell(outbox.operations[slot], run, revision: revision)
        case .retry(let slot):
            counts.retried += 1
            // Said again behind a newer value of its key, it would set an older one.
            if let successor = outbox.successor(of: slot) { dropSuperseded(by: successor) }
        }
    }

    /// Ends waiting operations that a newer one of their key has overtaken.
    mutating func dropSuperseded(by slot: Int) {
        while let old = outbox.takeSuperseded(by: slot) {
            tell(old, ResultRun(0, .limit), revision: .zero)
        }
    }

    private mutating func disown(_ removed: Outbox.Removed) {
        let bytes = removed.record.span
        let view = RecordView(checked: bytes, at: 0)
        own.remove(bytes.extracting(view.key), onlyIf: removed.operation.ticket)
    }

    /// Tells an operation's result, exactly once, where its publisher wanted it.
    mutating func tell(_ operation: Outbox.Operation, _ run: ResultRun, revision: Revision) {
        if run.status == .ok { counts.accepted += 1 } else { counts.refused += 1 }
        guard let id = operation.mailbox, let mailbox = index(of: id) else { return }
        mailboxes[mailbox].results.append(
            WaitingResult(
                ticket: operation.ticket,
                status: run.status,
                revision: revision,
                claimGeneration: run.claimGeneration,
                owner: run.owner
            )
        )
        mailboxes[mailbox].items.append(.result)
        signal(mailbox)
    }

    /// A PUB or a question was malformed to the hub, or the whole session is refused.
    private mutating func takeReject(_ refusal: Refusal, _ effects: inout ClientEffects) {
        if let failed = outbox.reject(refusal.sequence) {
            for removed in failed {
                disown(removed)
                tell(removed.operation, ResultRun(0, .protocolError), revision: .zero)
            }
        } else if let request = requests.index(ofWire: refusal.sequence) {
            endRequest(requests.list[request].id, refusal.status)
        } else {
            takeEnd(refusal, &effects)
        }
    }
}
