import FloorEvents
import FloorWire

// A link's life: open, HELLO, WELCOME, heartbeats, and every way it ends.

extension ClientCore {
    mutating func openLink(_ effects: inout ClientEffects) {
        link.attempt += 1
        link.phase = .opening(deadline: now.boot + Limits.helloTimeoutMicroseconds)
        effects.list.append(.openLink(attempt: link.attempt))
    }

    mutating func greet(_ effects: inout ClientEffects) {
        guard case .opening = link.phase else { return }
        link.phase = .greeting(deadline: now.boot + Limits.helloTimeoutMicroseconds)
        link.session = 0
        link.sequence = 0
        var hello = Hello(
            producer: producer,
            principal: options.principal,
            application: options.application
        )
        hello.resumeSecret = link.secret
        hello.incarnation = incarnation
        hello.lineage = link.lineage
        hello.firstUnacknowledged = uplink.firstToTell
        hello.heartbeatMilliseconds = options.heartbeatMilliseconds
        hello.willGraceMilliseconds = options.willGraceMilliseconds
        hello.initialCredit = inbox.openLink()
        hello.will = options.will
        if let tokens = inbox.tokens {
            hello.stateToken = tokens.state
            hello.eventToken = tokens.event
        }
        send(.hello, &effects) { hello.append(to: &$0) }
    }

    mutating func takeWelcome(
        _ header: FrameHeader,
        _ body: Span<UInt8>,
        _ effects: inout ClientEffects
    ) throws(WireError) {
        let welcome = try Welcome(body)
        guard header.session == welcome.session, header.sequence == 1 else {
            throw .badValue(field: "session_id")
        }
        guard welcome.lastApplied < 1 << 62 else { throw .badValue(field: "last_applied") }
        lastRefusal = nil
        link.phase = .linked
        link.session = welcome.session
        link.sequence = 1
        link.secret = welcome.resumeSecret
        link.linkedSince = now.boot
        link.isDurable = welcome.isDurable
        let heartbeat = min(
            max(welcome.heartbeatMilliseconds, Limits.heartbeatMinimumMilliseconds),
            Limits.heartbeatMaximumMilliseconds
        )
        link.heartbeat = Int64(heartbeat) * 1000
        link.window = (
            min(max(1, Int(clamping: welcome.maximumMessages)), Limits.unacknowledgedMessages),
            min(
                max(Limits.publishBytes, Int(clamping: welcome.maximumBytes)),
                Limits.unacknowledgedBytes
            )
        )
        clock.linkOpened()
        uplink.welcome(welcome, at: now.wall)
        counts.welcomed += 1
        let continuity = meet(welcome)
        inbox.tellLink(.up(epoch: welcome.epoch, lineage: welcome.lineage, continuity))
        ping(&effects)
    }

    /// Compares the hub with the last one met.
    private mutating func meet(_ welcome: Welcome) -> LinkContinuity {
        let otherLineage = welcome.lineage != link.lineage || welcome.epoch < link.epoch
        let isOther = otherLineage || welcome.epoch != link.epoch
        let isFirst = !link.hasBeenLinked
        link.hasBeenLinked = true
        link.lineage = welcome.lineage
        link.epoch = welcome.epoch
        if isFirst { return .first }
        if isOther {
            counts.resyncs += 1
            inbox.worldChanged(lineage: otherLineage)
            if options.reasserts { uplink.reassertAll() }
        } else if options.reasserts, welcome.isOverwritten || welcome.isForeign {
            // Readers see what a will said, or a copy of this client (races R19, R21).
            uplink.reassertAll()
        }
        uplink.unmarkWaiting()
        return isOther ? .resynced : .resumed
    }

    mutating func ping(_ effects: inout ClientEffects) {
        lastPing += 1
        link.nextPing = now.boot + link.heartbeat
        clock.notePing(lastPing, at: now.boot)
        let ping = Ping(clientTime: now.boot)
        let first = uplink.firstToTell
        send(.ping, sequence: lastPing, argument: first, &effects) { ping.append(to: &$0) }
    }

    /// REJECT of HELLO, REJECT of the session, GOAWAY: the hub ends the link.
    mutating func takeEnd(_ refusal: Refusal, _ effects: inout ClientEffects) {
        effects.list.append(.closeLink(attempt: link.attempt))
        // A hub that says "ok" while it ends the link has no reason we could tell.
        let status = refusal.status == .ok ? FloorStatus.offline : refusal.status
        lastRefusal = refusal
        loseLink(status, retryAfter: refusal.retryAfterMilliseconds, &effects)
    }

    /// Closes the link ourselves and tries again.
    mutating func fault(_ status: FloorStatus, _ effects: inout ClientEffects) {
        if status == .protocolError { counts.faults += 1 }
        effects.list.append(.closeLink(attempt: link.attempt))
        loseLink(status, &effects)
    }

    mutating func loseLink(
        _ status: FloorStatus,
        retryAfter: UInt32 = 0,
        _ effects: inout ClientEffects
    ) {
        let wait = link.wait(
            after: status,
            retryAfter: retryAfter,
            bounds: options.reconnectMilliseconds,
            now: now.boot,
            random: randomWord()
        )
        endLink(status)
        link.phase = .waiting(until: now.boot + wait)
    }

    /// Forgets what belonged to the session and tells the mailboxes.
    mutating func endLink(_ status: FloorStatus) {
        link.session = 0
        inbox.loseLink(status)
    }
}
