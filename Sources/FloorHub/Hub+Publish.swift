import FloorEvents
import FloorWire

// PUB: every record gets exactly one result, at once (state lane) or once the journal holds it
// (event lane, flags, notes).

extension Hub {
    mutating func publish(
        _ session: Session,
        _ header: FrameHeader,
        _ body: Span<UInt8>,
        _ effects: inout HubEffects
    ) {
        let batch: RecordBatch
        do {
            batch = try RecordBatch(body)
        } catch {
            ledger.counts.malformed += 1
            let refusal = Refusal(.protocolError, error.sentence, sequence: header.sequence)
            return session.downlink.send(.reject, &effects) { refusal.append(to: &$0) }
        }
        let producer = session.producer
        producer.noteUse(by: session)
        noteFirstUnacknowledged(session, header)
        readers.activate(session)
        guard batch.count > 0, header.sequence > 0 else { return }
        guard producer.retryable.count <= Limits.retryableRunsPerProducer else {
            return fence(
                session.link,
                .protocolError,
                "too many refused operations without first_unacked moving on",
                &effects
            )
        }
        guard header.sequence <= producer.last + 1 else {
            return session.answers.expect(producer.last + 1)
        }
        var sequence = header.sequence
        var at = RecordBatch.prefixSize
        while at < body.count {
            let view = RecordView(checked: body, at: at)
            if sequence > producer.last, view.isEvent(body) {
                applyEvents(session, body, &sequence, &at)
            } else {
                apply(session, sequence, view, body, &effects)
                sequence += 1
                at = view.range.upperBound
            }
        }
    }

    /// The client says what it knows the results of; the cumulative value may move on that.
    mutating func noteFirstUnacknowledged(_ session: Session, _ header: FrameHeader) {
        guard !session.isForeign else { return }
        session.producer.forgetRetryable(below: header.argument)
        guard session.answers.note(cumulative: session.producer.cumulative) else { return }
        readers.activate(session)
    }

    private mutating func apply(
        _ session: Session,
        _ sequence: UInt64,
        _ view: RecordView,
        _ body: Span<UInt8>,
        _ effects: inout HubEffects
    ) {
        let producer = session.producer
        if sequence <= producer.last {
            ledger.counts.duplicates += 1
            // A pending one's result leaves when its commit is known, to the present session.
            if !producer.isPending(sequence) { session.answers.add(producer.result(of: sequence)) }
            return
        }
        producer.last = sequence
        producers.noteUnsaved(producer)
        var header = view.header(body)
        header.producer = producer.id
        header.producerSequence = sequence
        header.flags.formIntersection(.fromPublisher)
        let key = body.extracting(view.key)
        let payload = body.extracting(view.payload)
        guard grants.mayPublish(session, key) || mayAsk(session, header, key) else {
            let isHubs = HubsOwn.contains(header.kind, header.operation, key)
            let result = deny(session, sequence, header.operation, key, isHubs: isHubs)
            return finish(result, producer, session)
        }
        var result = ResultRun(sequence, .ok)
        switch (header.kind, header.operation) {
        case (.presence?, .put?):
            result = putDuty(session, header, key, payload, &effects)
        case (let kind?, let operation) where HubsOwn.contains(kind, operation, key):
            result.status = .denied
            result.owner = HubsOwn.sentence
        case (let kind?, _) where kind == .flag || kind == .note:
            return operate(kind, session, header, key, payload)
        case (let kind?, .put?) where kind.lane == .state:
            result = put(session, header, kind, key, payload, &effects)
            // Of another layout only its publisher knows what it says.
            if kind == .agent, header.schema == PayloadSchema.agent, result.status == .ok {
                cancelFlags(ofAgentKey: key, payload)
            }
        case (let kind?, .delete?) where kind.lane == .state:
            do throws(StateRefusal) {
                let change = try state.delete(header, key, payload)
                result.revision = change.revision
                tell(change, &effects)
            } catch {
                note(error, in: &result)
            }
        default:
            result.status = .invalid
        }
        finish(result, producer, session)
    }

    /// Gives an operation its result.
    mutating func finish(_ result: ResultRun, _ producer: Producer, _ session: Session) {
        if result.status.isRetryable {
            producer.addRetryable(result.first)
        }
        if result.status == .ok {
            ledger.counts.recordsIn += 1
        } else {
            ledger.counts.refused += 1
        }
        producer.store(result)
        session.answers.add(result)
    }

    // MARK: state lane

    private mutating func put(
        _ session: Session,
        _ header: RecordHeader,
        _ kind: RecordKind,
        _ key: Span<UInt8>,
        _ payload: Span<UInt8>,
        _ effects: inout HubEffects
    ) -> ResultRun {
        var result = ResultRun(header.producerSequence, .ok)
        let known = state.find(key)
        let isCall = kind == .agent && beginsCall(payload, after: known)
        do throws(StateRefusal) {
            let change = try state.put(
                header,
                kind,
                key,
                payload,
                at: known,
                owner: header.flags.contains(.unleased) ? nil : session.producer.lease,
                account: session.principal.account
            )
            result.revision = change.revision
            tell(change, &effects)
            if isCall { noteCall(key) }
        } catch {
            note(error, in: &result)
        }
        return result
    }

    private func note(_ refusal: StateRefusal, in result: inout ResultRun) {
        result.status = refusal.status
        result.revision = refusal.revision
        if let quota = refusal.quota { ledger.counts.note(quota) }
        let detail = refusal.sentence.utf8.prefix(Limits.nameBytes)
        result.owner = String(decoding: detail, as: UTF8.self)
    }

    // MARK: event lane

    /// Applies the events that follow one another in a PUB; stops behind one that may not be.
    ///
    /// The results of those applied come with their commit.
    private mutating func applyEvents(
        _ session: Session,
        _ body: Span<UInt8>,
        _ sequence: inout UInt64,
        _ at: inout Int
    ) {
        let producer = session.producer
        let first = sequence
        var stamp = RecordStamp(
            flags: [],
            revision: .zero,
            previous: .zero,
            hubTime: 0,
            producer: producer.id,
            producerSequence: 0
        )
        var refusal: ResultRun?
        while refusal == nil, at < body.count {
            let view = RecordView(checked: body, at: at)
            guard view.isEvent(body) else { break }
            stamp.producerSequence = sequence
            refusal = applyEvent(session, view, body, &stamp)
            sequence += 1
            at = view.range.upperBound
        }
        producer.last = sequence - 1
        producers.noteUnsaved(producer)
        let count = sequence - first - (refusal == nil ? 0 : 1)
        if count > 0 {
            events.noteOrigin(producer, first, count: count)
            producer.addPending(first...(first + count - 1))
        }
        if let refusal { finish(refusal, producer, session) }
    }

    /// Applies one event, to be committed; or says why it may not be.
    private mutating func applyEvent(
        _ session: Session,
        _ view: RecordView,
        _ body: Span<UInt8>,
        _ stamp: inout RecordStamp
    ) -> ResultRun? {
        let key = body.extracting(view.key)
        let sequence = stamp.producerSequence
        guard grants.mayPublish(session, key) else {
            return deny(session, sequence, .append, key)
        }
        let hash = ByteIndex.hash(key)
        var place = events.find(key, hash: hash)
        // A key that the lane knows is well-formed.
        if place == nil, (try? KeyRules.checkKey(key)) != .event {
            return ResultRun(sequence, .badKey)
        }
        if events.isHeldBack(at: clock.boot) { return ResultRun(sequence, .storage) }
        if events.isFull { return ResultRun(sequence, .limit) }
        if place == nil { place = events.insert(key, hash: hash) }
        guard let place else { preconditionFailure("Hub.applyEvent: the key has no place") }
        stamp.flags = view.flags(body).intersection(.fromPublisher)
        stamp.hubTime = clock.stamp()
        events.apply(body.extracting(view.range), key: place, stamp, &filters)
        return nil
    }

    // MARK: denials

    /// Whether a session may ask for an operation whose key it has no grant for.
    private func mayAsk(_ session: Session, _ header: RecordHeader, _ key: Span<UInt8>) -> Bool {
        switch (header.kind, header.operation) {
        case (.note?, .seen?), (.note?, .cancel?):
            // Whom a note is for and who has sent it says the note.
            return true
        case (.flag?, let operation?) where operation != .raise:
            // By its id alone; one that is not there is told as such.
            guard let known = try? FloorKey(bytes: key.copy(0..<key.count)), known.isOfAnyPlace,
                let id = FloorID(known.entity)
            else { return false }
            return flags.slot(id).map { mayPublish(session, $0) } ?? true
        default:
            return false
        }
    }

    /// Whether a session has the grant for a flag's own key.
    func mayPublish(_ session: Session, _ slot: Int) -> Bool {
        grants.mayPublish(session, flags[slot].key.bytes.span)
    }

    /// The result of an operation for whose key the session has no grant.
    private mutating func deny(
        _ session: Session,
        _ sequence: UInt64,
        _ operation: RecordOperation?,
        _ key: Span<UInt8>,
        isHubs: Bool = false
    ) -> ResultRun {
        // A key that is none is told as such, whoever writes it.
        guard (try? KeyRules.checkKey(key)) != nil else { return ResultRun(sequence, .badKey) }
        var result = ResultRun(sequence, .denied)
        let text = String(decoding: key.copy(0..<key.count), as: UTF8.self)
        result.owner = isHubs ? HubsOwn.sentence : "no grant to publish " + text
        audit(
            Denial(
                .publish,
                operation,
                principal: Grants.segment(session.principal.presenceKey),
                key: text,
                reason: "no grant to publish"
            )
        )
        return result
    }
}
