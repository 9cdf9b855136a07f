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
            ledger.counts.malformed += 1
            return fence(link, .protocolError, error.sentence, &effects)
        }
        if sessions[link] != nil {
            return fence(link, .protocolError, "a link says HELLO once", &effects)
        }
        do throws(HelloRefusal) {
            try identities.check(hello, on: link)
            try grants.check(hello)
            let producer = try admit(hello, &effects)
            let isKnown = grants.renew(producer.principal)
            precondition(isKnown, "Hub.hello: the grants refuse whom the roster does not know")
            open(link, hello, producer, &effects)
        } catch {
            ledger.counts.rejected += 1
            if let denial = error.denial { audit(denial) }
            Downlink.write(.reject, error.refusal, to: link, ledger, &effects)
        }
    }

    /// The producer a HELLO speaks for, or why it may not.
    private mutating func admit(
        _ hello: Hello,
        _ effects: inout HubEffects
    ) throws(HelloRefusal) -> Producer {
        guard !isShutDown else {
            let refusal = Refusal(.closed, "the hub is stopping", retryAfterMilliseconds: 1000)
            throw HelloRefusal(refusal)
        }
        guard sessions.count < options.maximumSessions else {
            throw HelloRefusal(
                Refusal(
                    .limit,
                    "the hub has as many sessions as it may have",
                    retryAfterMilliseconds: 5000
                )
            )
        }
        let key = try Admission.check(hello)
        if let known = producers[hello.producer] {
            try Admission.takeOver(known, hello, key, options)
            try checkSessions(known.principal, hello)
            return known
        }
        if let principal = producers.principal(key) {
            try checkSessions(principal, hello)
            producers.makeRoom(in: principal)
            guard principal.account.has(roomFor: 1, .producers) else {
                throw HelloRefusal(quota(.producers, retryAfterMilliseconds: 60_000))
            }
        }
        return try newProducer(hello, key, &effects)
    }

    private func checkSessions(
        _ principal: Principal,
        _ hello: Hello
    ) throws(HelloRefusal) {
        // A takeover ends one.
        if producers[hello.producer]?.session != nil { return }
        guard principal.sessions < principal.account.limit(.sessions) else {
            throw HelloRefusal(quota(.sessions, retryAfterMilliseconds: 5000))
        }
    }

    private func quota(_ quota: Quota, retryAfterMilliseconds: UInt32) -> Refusal {
        ledger.counts.note(quota)
        return Refusal(
            .limit,
            quota.sentence,
            retryAfterMilliseconds: retryAfterMilliseconds
        )
    }

    /// Nothing is kept of a HELLO that is refused.
    private mutating func newProducer(
        _ hello: Hello,
        _ key: FloorKey,
        _ effects: inout HubEffects
    ) throws(HelloRefusal) -> Producer {
        var gone: [Principal] = []
        guard producers.makeRoom({ gone.append($0) }) else {
            let refusal = Refusal(.limit, "too many producers", retryAfterMilliseconds: 60_000)
            throw HelloRefusal(refusal)
        }
        for principal in gone { forget(principal, &effects) }
        guard state.find(key.bytes.span) != nil || state.hasRoom else {
            let refusal = Refusal(.limit, "too many keys", retryAfterMilliseconds: 60_000)
            throw HelloRefusal(refusal)
        }
        let last = max(hello.firstUnacknowledged, 1) - 1
        let producer = producers.add(hello.producer, key, last: last)
        producer.isMoved = last > 0
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
        let heartbeat = Admission.heartbeat(hello, options)
        let number = sessions.freshNumber(options.randomWord)
        let downlink = Downlink(link, number: number, ledger)
        let resumesLineage = hello.lineage == options.lineage
        let session = Session(
            downlink,
            Reader(downlink, hello, resumesLineage: resumesLineage),
            producer,
            hello,
            heartbeat: Int64(heartbeat) * 1000,
            secret: FloorID(high: options.randomWord(), low: options.randomWord() | 1),
            now: clock.boot
        )
        sessions.add(session)
        producer.session = session
        let isForeign = !producer.isOwn(hello)
        session.isForeign = isForeign && !producer.isMoved
        producer.welcome(session, shown: hello.resumeSecret, isOwn: !isForeign)
        producer.lastUsed = clock.boot
        ledger.counts.welcomed += 1

        var welcome = Welcome(
            lineage: options.lineage,
            epoch: options.epoch,
            session: number,
            resumeSecret: session.secret
        )
        welcome.hubTime = clock.stamp()
        welcome.heartbeatMilliseconds = heartbeat
        welcome.lastApplied = producer.last
        welcome.stateDelta =
            resumesLineage && hello.stateToken.epoch == options.epoch
            && hello.stateToken >= state.tombstoneHorizon
        welcome.eventDelta = resumesLineage
        welcome.isForeign = isForeign
        welcome.isOverwritten = producer.isOverwritten
        welcome.isDurable = options.isDurable
        welcome.roles = session.roles.rawValue
        welcome.suspectMilliseconds = UInt32(options.suspectMicroseconds / 1000)
        welcome.staleMilliseconds = UInt32(options.staleMicroseconds / 1000)
        downlink.send(.welcome, &effects) { welcome.append(to: &$0) }

        noteTraffic(session, &effects)
        wills.cancel(session.principal)
        changePresence(session.principal, by: 1, &effects)
    }

    /// Whether a link has a session.
    public func hasSession(_ link: LinkID) -> Bool { sessions[link] != nil }

    // MARK: the end of a session

    mutating func bye(_ session: Session, _ effects: inout HubEffects) {
        let lease = session.producer.lease
        end(session, wasClean: true, &effects)
        state.silence(lease)
        renew(lease, &effects)
    }

    /// Ends the link's session, if it has one, and tells the peer why.
    mutating func fence(
        _ link: LinkID,
        _ status: FloorStatus,
        _ sentence: String,
        _ effects: inout HubEffects
    ) {
        let refusal = Refusal(status, sentence)
        guard let session = sessions[link] else {
            return Downlink.write(.goAway, refusal, to: link, ledger, &effects)
        }
        ledger.counts.fenced += 1
        session.downlink.send(.goAway, &effects) { refusal.append(to: &$0) }
        end(session, wasClean: false, &effects)
    }

    /// Tells every session that the hub stops; acknowledged things stay acknowledged.
    mutating func shutDown(_ effects: inout HubEffects) {
        isShutDown = true
        let refusal = Refusal(.closed, "the hub is stopping", retryAfterMilliseconds: 250)
        for session in sessions.all {
            session.downlink.send(.goAway, &effects) { refusal.append(to: &$0) }
            end(session, wasClean: true, &effects)
        }
    }

    /// The link is gone or useless: its session ends without a word.
    mutating func dropLink(_ link: LinkID, _ effects: inout HubEffects) {
        if let session = sessions[link] { end(session, wasClean: false, &effects) }
    }

    /// A DELIVER came back; the link may have a new session, which must not see its predecessor's.
    mutating func noteBlocked(_ link: LinkID, _ bytes: [UInt8]) {
        guard let session = sessions[link], bytes.span.u32(8) == session.downlink.number else {
            ledger.counts.blocked += 1
            return
        }
        readers.noteBlocked(session, bytes)
    }

    private mutating func end(
        _ session: Session,
        wasClean: Bool,
        _ effects: inout HubEffects
    ) {
        guard !session.isEnded else { return }
        session.isEnded = true
        let principal = session.principal
        let count = session.reader.subscriptions.count
        principal.account.giveBack(count, .subscriptions)
        ledger.counts.subscriptions -= UInt64(count)
        readers.end(session, &filters, &effects)
        sessions.remove(session)
        let producer = session.producer
        if producer.session === session { producer.session = nil }
        producer.lastUsed = clock.boot
        producers.noteIdle(producer)
        if !wasClean, !session.will.isEmpty {
            wills.keep(
                Will(
                    record: session.will,
                    principal: principal,
                    producer: producer,
                    grace: session.willGrace
                )
            )
        }
        changePresence(principal, by: -1, &effects)
        if principal.sessions == 0 { wills.start(principal, at: clock.boot) }
    }

    // MARK: a new roster

    /// Takes a new roster: whoever is not in it any more is told to go, and whoever was told other
    /// roles or reads what they may not read any more has to begin anew.
    ///
    /// They come back at once, hear their roles, and are told which subscriptions are denied; the
    /// others go on where they were.
    mutating func take(_ roster: Roster, _ effects: inout HubEffects) {
        grants.take(roster)
        figures.take(roster, at: figuresMoment)
        catalogue.take(roster)
        let all = sessions.all
        var known: Set<FloorKey> = []
        for session in all where !known.contains(session.principal.presenceKey) {
            if grants.renew(session.principal) { known.insert(session.principal.presenceKey) }
        }
        for session in all {
            let principal = session.principal
            guard known.contains(principal.presenceKey) else {
                fence(session.link, .denied, "the hub's new roster does not know you", &effects)
                continue
            }
            let keepsAll = session.reader.subscriptions.allSatisfy {
                grants.mayRead(session, $0.filter)
            }
            guard session.roles != principal.permissions.roles || !keepsAll else { continue }
            fence(session.link, .again, "the roster has changed; say HELLO again", &effects)
        }
    }
}
