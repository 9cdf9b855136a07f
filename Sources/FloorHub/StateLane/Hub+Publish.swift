import FloorEvents
import FloorWire

// PUB: every record gets exactly one result, at once (state lane) or once the journal holds it
// (event lane).

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
            counts.malformed += 1
            let refusal = Refusal(.protocolError, error.sentence, sequence: header.sequence)
            return send(session, .reject, &effects) { refusal.append(to: &$0) }
        }
        let producer = session.producer
        producer.noteUse(by: session)
        noteFirstUnacknowledged(session, header)
        activate(session)
        guard batch.count > 0, header.sequence > 0,
            header.sequence <= UInt64.max - UInt64(batch.count)
        else { return }
        guard producer.retryable.count <= Limits.retryableRunsPerProducer else {
            return fence(
                session.link,
                .protocolError,
                "too many refused operations without first_unacked moving on",
                &effects
            )
        }
        guard header.sequence <= producer.last + 1 else {
            session.expectedSequence = producer.last + 1
            session.owesAcknowledgement = true
            return
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

    private mutating func apply(
        _ session: Session,
        _ sequence: UInt64,
        _ view: RecordView,
        _ body: Span<UInt8>,
        _ effects: inout HubEffects
    ) {
        let producer = session.producer
        if sequence <= producer.last {
            counts.duplicates += 1
            // A pending one's result leaves when its commit is known, to the present session.
            if !producer.isPending(sequence) { session.addResult(producer.result(of: sequence)) }
            return
        }
        producer.last = sequence
        noteUnsaved(producer)
        var header = view.header(body)
        header.producer = producer.id
        header.producerSequence = sequence
        header.flags.formIntersection(.fromPublisher)
        let key = body.extracting(view.key)
        let payload = body.extracting(view.payload)
        guard mayPublish(session, key) else {
            return finish(deny(session, sequence, header.operation, key), producer, session)
        }
        var result = ResultRun(sequence, .ok)
        switch (header.kind, header.operation) {
        case (.presence?, .put?):
            result = putDuty(session, header, key, payload, &effects)
        case (.presence?, _), (.private?, _):
            result.status = .denied
        case (.flag?, _):
            return takeFlagOperation(session, header, key, payload)
        case (.note?, _):
            return takeNoteOperation(session, header, key, payload)
        case (let kind?, .put?) where kind.lane == .state:
            result = put(header, kind, key, payload, producer, &effects)
            // Of another layout only its publisher knows what it says.
            if kind == .agent, header.schema == PayloadSchema.agent, result.status == .ok {
                cancelFlags(ofAgentKey: key, payload)
            }
        case (let kind?, .delete?) where kind.lane == .state:
            result = delete(header, key, payload, &effects)
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
        if result.status == .ok { counts.recordsIn += 1 } else { counts.refused += 1 }
        producer.store(result)
        session.addResult(result)
    }

    // MARK: state lane

    private mutating func put(
        _ header: RecordHeader,
        _ kind: RecordKind,
        _ key: Span<UInt8>,
        _ payload: Span<UInt8>,
        _ producer: Producer,
        _ effects: inout HubEffects
    ) -> ResultRun {
        var result = ResultRun(header.producerSequence, .ok)
        let hash = ByteIndex.hash(key)
        let slot = table.find(key, hash: hash)
        if let slot {
            let entry = table.entries[slot]
            // A key in the table is well-formed, but it may be of another kind.
            guard KeyRules.kind(of: key) == kind else {
                result.status = .badKey
                return result
            }
            let present = entry.isDeleted ? Revision.zero : entry.revision
            if header.previous != .zero, header.previous != present {
                result.status = .conflict
                result.revision = present
                return result
            }
        } else {
            guard (try? KeyRules.checkKey(key)) == kind else {
                result.status = .badKey
                return result
            }
            guard header.previous == .zero else {
                result.status = .conflict
                return result
            }
            guard table.used < options.maximumKeys else {
                result.status = .limit
                return result
            }
        }
        let owner = header.flags.contains(.unleased) ? nil : producer
        if kind == .agent { noteCall(key, payload, before: slot) }
        var stamped = header
        stamped.hubTime = 0
        result.revision = putState(
            stamped,
            key: key,
            payload: payload,
            owner: owner,
            known: slot,
            hash: hash,
            &effects
        )
        return result
    }

    private mutating func delete(
        _ header: RecordHeader,
        _ key: Span<UInt8>,
        _ payload: Span<UInt8>,
        _ effects: inout HubEffects
    ) -> ResultRun {
        var result = ResultRun(header.producerSequence, .ok)
        guard payload.count == 0 else {
            result.status = .invalid
            return result
        }
        let hash = ByteIndex.hash(key)
        guard let slot = table.find(key, hash: hash), !table.entries[slot].isDeleted else {
            result.status = .notFound
            return result
        }
        guard KeyRules.kind(of: key) == header.kind else {
            result.status = .badKey
            return result
        }
        let present = table.entries[slot].revision
        if header.previous != .zero, header.previous != present {
            result.status = .conflict
            result.revision = present
            return result
        }
        table.disown(slot)
        var stamped = header
        stamped.hubTime = stamp()
        let before = table.entries[slot].changes
        table.write(slot, stamped, key: key, payload: payload, boot: now.boot)
        figures.noteValue(slot, header.kind)
        result.revision = table.head
        announce(slot, changesBefore: before, &effects)
        return result
    }

    /// Writes a value that has passed every rule, tells its readers, and returns its revision.
    @discardableResult
    mutating func putState(
        _ header: RecordHeader,
        key: Span<UInt8>,
        payload: Span<UInt8>,
        owner: Producer?,
        known: Int? = nil,
        hash: UInt32? = nil,
        _ effects: inout HubEffects
    ) -> Revision {
        let hash = hash ?? ByteIndex.hash(key)
        let slot = known ?? table.find(key, hash: hash) ?? table.insert(key, hash: hash)
        var header = header
        header.hubTime = stamp()
        let before = table.entries[slot].changes
        table.write(slot, header, key: key, payload: payload, boot: now.boot)
        figures.noteValue(slot, header.kind)
        if let owner {
            table.take(slot, for: owner)
            if !owner.isListedHolder {
                owner.isListedHolder = true
                holders.append(owner)
            }
        } else {
            table.disown(slot)
        }
        announce(slot, changesBefore: before, &effects)
        return table.head
    }

    /// Queues a changed key for every session that wants it, and for the tap.
    mutating func announce(
        _ slot: Int,
        changesBefore: UInt32,
        _ effects: inout HubEffects
    ) {
        noteHistory(slot)
        if table.entries[slot].matchGeneration != filters.generation {
            matchBuffer.removeAll(keepingCapacity: true)
            let record = table.entries[slot].record
            filters.match(record.span.extracting(table.keyRange(slot)), into: &matchBuffer)
            table.setMatches(slot, matchBuffer, generation: filters.generation)
        }
        let revision = table.entries[slot].revision
        for node in table.entries[slot].matches {
            for reader in filters.readers(node) {
                counts.work += 1
                reader.session.markDirty(slot, changesBefore: changesBefore, revision: revision)
                activate(reader.session)
            }
        }
        if options.hasTap {
            let start = effects.bytes.count
            effects.bytes.append(bytes: table.entries[slot].record)
            emitTap(from: start, &effects)
        }
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
        noteUnsaved(producer)
        let count = sequence - first - (refusal == nil ? 0 : 1)
        if count > 0 {
            lane.noteOrigin(producer, first, count: count)
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
        guard mayPublish(session, key) else { return deny(session, sequence, .append, key) }
        let hash = ByteIndex.hash(key)
        var place = lane.find(key, hash: hash)
        // A key that the lane knows is well-formed.
        if place == nil, (try? KeyRules.checkKey(key)) != .event {
            return ResultRun(sequence, .badKey)
        }
        if let retryAt = eventLaneRetryAt, now.boot < retryAt {
            return ResultRun(sequence, .storage)
        }
        if lane.isFull { return ResultRun(sequence, .limit) }
        if place == nil { place = lane.insert(key, hash: hash) }
        guard let place else { preconditionFailure("Hub.applyEvent: the key has no place") }
        stamp.flags = view.flags(body).intersection(.fromPublisher)
        stamp.hubTime = self.stamp()
        lane.apply(body.extracting(view.range), key: place, stamp, &filters)
        return nil
    }
}
