import FloorEvents
import FloorRoster
import FloorWire

// Sessions: HELLO to WELCOME, takeover, and every way a session ends.

extension Hub {
    mutating func hello(_ link: LinkID, _ body: Span<UInt8>, _ effects: inout HubEffects) {
        let hello: Hello
        do {
            hello = try Hello(body)
        } catch {
            counts.malformed += 1
            return fence(link, .protocolError, error.sentence, &effects)
        }
        if sessionsByLink[link] != nil {
            return fence(link, .protocolError, "a link says HELLO once", &effects)
        }
        do {
            try checkGrants(hello)
            let producer = try admit(hello)
            let isKnown = renewGrants(producer.principal)
            precondition(isKnown, "Hub.hello: checkGrants refuses whom the roster does not know")
            open(link, hello, producer, &effects)
        } catch {
            counts.rejected += 1
            write(.reject, error, to: link, &effects)
        }
    }

    /// The producer a HELLO speaks for, or why it may not.
    private mutating func admit(_ hello: Hello) throws(Refusal) -> Producer {
        guard hello.versions.contains(UInt16(FrameHeader.version)) else {
            throw Refusal(.unsupported, "this hub speaks FBP/1")
        }
        guard hello.producer != .zero else {
            throw Refusal(.invalid, "the producer id must not be zero")
        }
        guard !isShutDown else {
            throw Refusal(.closed, "the hub is stopping", retryAfterMilliseconds: 1000)
        }
        guard sessions.count < options.maximumSessions else {
            throw Refusal(
                .limit,
                "the hub has as many sessions as it may have",
                retryAfterMilliseconds: 5000
            )
        }
        try checkWill(hello)
        let first = max(hello.firstUnacknowledged, 1)
        // Far below the end of the numbers, so that counting on from it never overflows.
        guard first < 1 << 63 else {
            throw Refusal(.invalid, "the first unacknowledged operation is too far ahead")
        }
        let key = try presenceKey(hello.principal)
        guard let known = producers[hello.producer] else {
            return try newProducer(hello, key)
        }
        guard known.principal.presenceKey == key else {
            throw Refusal(.denied, "the producer id belongs to another principal")
        }
        if known.session != nil, !known.mayTakeOver(hello) {
            // R21: a copy of a client, or a thief of its id; the one who is alive keeps it.
            throw Refusal(
                .exists,
                "another session with this producer id is alive",
                retryAfterMilliseconds: options.heartbeatMilliseconds
            )
        }
        guard first <= known.last + 1 + UInt64(Limits.outboxOperationsCeiling) else {
            throw Refusal(.invalid, "the first unacknowledged operation is too far ahead")
        }
        known.isMoved = first - 1 > known.last
        known.last = max(known.last, first - 1)
        // A copy of the client knows its own results, not those of whoever numbered last (R21).
        if known.isMoved || known.isOwn(hello) { known.forgetRetryable(below: first) }
        return known
    }

    private func checkWill(_ hello: Hello) throws(Refusal) {
        guard hello.willGraceMilliseconds <= Limits.willGraceMaximumMilliseconds else {
            throw Refusal(.invalid, "the will's grace is too long")
        }
        guard !hello.will.isEmpty else { return }
        guard let view = try? RecordView(hello.will.span, at: 0),
            view.range.count == hello.will.count,
            let kind = try? KeyRules.checkKey(hello.will.span.extracting(view.key)),
            kind == view.header(hello.will.span).kind, kind.lane == .state, kind != .presence,
            view.header(hello.will.span).operation == .put
        else { throw Refusal(.invalid, "the will must be one PUT of a state key") }
    }

    private func presenceKey(_ name: String) throws(Refusal) -> FloorKey {
        guard let key = try? FloorKey(.presence, site: "-", unit: "-", entity: name) else {
            throw Refusal(.invalid, "the principal's name is empty or too long for a key")
        }
        return key
    }

    /// Nothing is kept of a HELLO that is refused.
    private mutating func newProducer(
        _ hello: Hello,
        _ key: FloorKey
    ) throws(Refusal) -> Producer {
        if producers.count >= options.maximumProducers { forgetIdleProducers() }
        guard producers.count < options.maximumProducers else {
            throw Refusal(.limit, "too many producers", retryAfterMilliseconds: 60_000)
        }
        let hasPresence = table.find(key.bytes.span, hash: ByteIndex.hash(key.bytes.span)) != nil
        guard hasPresence || table.used < options.maximumKeys else {
            throw Refusal(.limit, "too many keys", retryAfterMilliseconds: 60_000)
        }
        let principal = principals[key] ?? Principal(presenceKey: key)
        principals[key] = principal
        let last = max(hello.firstUnacknowledged, 1) - 1
        let producer = Producer(
            id: hello.producer,
            principal: principal,
            last: last,
            now: now.boot
        )
        producer.isMoved = last > 0
        producers[hello.producer] = producer
        principal.producers += 1
        return producer
    }

    private mutating func open(
        _ link: LinkID,
        _ hello: Hello,
        _ producer: Producer,
        _ effects: inout HubEffects
    ) {
        if let old = producer.session {
            fence(old.link, .fenced, "the client has connected again", &effects)
        }
        let wanted =
            hello.heartbeatMilliseconds == 0
            ? options.heartbeatMilliseconds : hello.heartbeatMilliseconds
        let heartbeat = min(
            max(wanted, Limits.heartbeatMinimumMilliseconds),
            Limits.heartbeatMaximumMilliseconds
        )
        let session = Session(
            link: link,
            number: freshSessionNumber(),
            principal: producer.principal,
            producer: producer,
            hello: hello,
            heartbeat: Int64(heartbeat) * 1000,
            resumesLineage: hello.lineage == options.lineage,
            now: now.boot
        )
        session.roles = producer.principal.permissions.roles
        session.will = hello.will
        session.willGrace = Int64(hello.willGraceMilliseconds) * 1000
        sessions.append(session)
        sessionsByLink[link] = session
        producer.session = session
        session.cumulativeTold = producer.cumulative
        let isForeign = !producer.isOwn(hello)
        session.isForeign = isForeign && !producer.isMoved
        session.secret = FloorID(high: options.randomWord(), low: options.randomWord() | 1)
        producer.welcome(session, shown: hello.resumeSecret, isOwn: !isForeign)
        producer.lastUsed = now.boot
        counts.welcomed += 1

        var welcome = Welcome(
            lineage: options.lineage,
            epoch: options.epoch,
            session: session.number,
            resumeSecret: session.secret
        )
        welcome.hubTime = stamp()
        welcome.heartbeatMilliseconds = heartbeat
        welcome.lastApplied = producer.last
        welcome.stateDelta =
            session.resumesLineage && hello.stateToken.epoch == options.epoch
            && hello.stateToken >= table.tombstoneHorizon
        welcome.eventDelta = session.resumesLineage
        welcome.isForeign = isForeign
        welcome.isDurable = options.isDurable
        welcome.roles = session.roles.rawValue
        welcome.suspectMilliseconds = UInt32(options.suspectMicroseconds / 1000)
        welcome.staleMilliseconds = UInt32(options.staleMicroseconds / 1000)
        send(session, .welcome, &effects) { welcome.append(to: &$0) }

        noteTraffic(session, &effects)
        session.principal.wills.removeAll()  // R19: whoever is back needs no will
        dying.removeAll { $0 === session.principal }
        changePresence(session.principal, by: 1, &effects)
    }

    private mutating func freshSessionNumber() -> UInt32 {
        while true {
            let number = UInt32(truncatingIfNeeded: options.randomWord())
            if number != 0, numbers.insert(number).inserted { return number }
        }
    }

    // MARK: the end of a session

    mutating func bye(_ session: Session, _ effects: inout HubEffects) {
        let producer = session.producer
        end(session, wasClean: true, &effects)
        producer.lastHeard = min(producer.lastHeard, now.boot - options.suspectMicroseconds)
        renewFreshness(producer, &effects)
    }

    /// Ends the link's session, if it has one, and tells the peer why.
    mutating func fence(
        _ link: LinkID,
        _ status: FloorStatus,
        _ sentence: String,
        _ effects: inout HubEffects
    ) {
        let session = sessionsByLink[link]
        if session != nil { counts.fenced += 1 }
        write(.goAway, Refusal(status, sentence), to: link, session: session, &effects)
        if let session { end(session, wasClean: false, &effects) }
    }

    /// Tells every session that the hub stops; acknowledged things stay acknowledged.
    mutating func shutDown(_ effects: inout HubEffects) {
        isShutDown = true
        for session in sessions {
            write(
                .goAway,
                Refusal(.closed, "the hub is stopping", retryAfterMilliseconds: 250),
                to: session.link,
                session: session,
                &effects
            )
            end(session, wasClean: true, &effects)
        }
    }

    /// The link is gone or useless: its session ends without a word.
    mutating func dropLink(_ link: LinkID, _ effects: inout HubEffects) {
        if let session = sessionsByLink[link] { end(session, wasClean: false, &effects) }
    }

    private mutating func end(
        _ session: Session,
        wasClean: Bool,
        _ effects: inout HubEffects
    ) {
        guard !session.isEnded else { return }
        session.isEnded = true
        for subscription in session.subscriptions { filters.remove(subscription.node, session) }
        session.subscriptions.removeAll()
        session.dirty.removeAll()
        session.dirtyBits.removeAll()
        sessionsByLink[session.link] = nil
        numbers.remove(session.number)
        sessions.removeAll { $0 === session }
        active.removeAll { $0 === session }
        cancelRead(session)
        for token in session.replays { pageReaders[token] = nil }
        session.page = nil
        if session.producer.session === session { session.producer.session = nil }
        session.producer.lastUsed = now.boot
        let principal = session.principal
        if !wasClean, !session.will.isEmpty {
            principal.wills.append(Will(session: session))
        }
        changePresence(principal, by: -1, &effects)
        if principal.sessions == 0, !principal.wills.isEmpty {
            for index in principal.wills.indices {
                principal.wills[index].due = now.boot + principal.wills[index].grace
            }
            dying.append(principal)
        }
    }

    /// Appends a REJECT or GOAWAY to a link that may have no session.
    private mutating func write(
        _ type: FrameType,
        _ refusal: Refusal,
        to link: LinkID,
        session: Session? = nil,
        _ effects: inout HubEffects
    ) {
        if let session {
            return send(session, type, &effects) { refusal.append(to: &$0) }
        }
        let start = FrameWriter.begin(FrameHeader(type, session: 0), in: &effects.bytes)
        refusal.append(to: &effects.bytes)
        FrameWriter.end(start, in: &effects.bytes)
        emit(.control(link, start..<effects.bytes.count), &effects)
    }

    private mutating func changePresence(
        _ principal: Principal,
        by change: Int,
        _ effects: inout HubEffects
    ) {
        let before = principal.sessions
        principal.sessions += change
        tellPresence(principal, &effects)
        if before == 0 { noteOwner(principal.name, isPresent: true) }
        if principal.sessions == 0 { noteOwner(principal.name, isPresent: false) }
    }

    /// Says who is there and who is not.
    @discardableResult
    mutating func putPresence(
        _ key: Span<UInt8>,
        _ presence: Presence,
        _ effects: inout HubEffects
    ) -> Revision {
        var payload: [UInt8] = []
        presence.append(to: &payload)
        var header = RecordHeader(.presence, .put, schema: PayloadSchema.presence)
        header.flags = [.unleased]
        return putState(header, key: key, payload: payload.span, owner: nil, &effects)
    }
}
