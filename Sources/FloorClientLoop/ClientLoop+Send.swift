public import FloorClient
public import FloorEvents
import FloorPosix

// Calls send from the calling thread, which saves a hand-over to the client's.
// Of the effects only messages and mailboxes are theirs: links are opened and closed by the thread
// that waits on their descriptors, and the application is told by it.

extension ClientLoop {
    /// Runs `body` on the core, then sends what has gathered.
    ///
    /// `body` must be short: the client's thread waits for it.
    public func withCore<Result, Failure: Error>(
        _ body: (inout ClientCore) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        lock.lock()
        defer {
            let isSent = sendNow()
            lock.unlock()
            if !isSent { wakeUp() }
        }
        return try body(&core)
    }

    /// Publishes one operation; see `ClientCore.publish`.
    ///
    /// Sends at once unless enough is under way: then it goes with others when an answer comes.
    public func publish(
        _ publication: Publication,
        key: Span<UInt8>,
        payload: Span<UInt8>,
        results: MailboxID? = nil
    ) throws(FloorStatus) -> Ticket {
        lock.lock()
        var needsThread = false
        defer {
            lock.unlock()
            if needsThread { wakeUp() }
        }
        var isTurnDue = false
        let ticket = try core.publish(
            publication,
            key: key,
            payload: payload,
            results: results,
            isTurnDue: &isTurnDue
        )
        if isTurnDue { needsThread = !sendNow() }
        return ticket
    }

    /// The same for a publisher who is told at once which operation has given way.
    ///
    /// See `ClientCore.publish`.
    public func publish(
        _ publication: Publication,
        key: Span<UInt8>,
        payload: Span<UInt8>,
        results: MailboxID,
        replaced: inout Ticket
    ) throws(FloorStatus) -> Ticket {
        lock.lock()
        var needsThread = false
        defer {
            lock.unlock()
            if needsThread { wakeUp() }
        }
        var isTurnDue = false
        let ticket = try core.publish(
            publication,
            key: key,
            payload: payload,
            results: results,
            isTurnDue: &isTurnDue,
            replaced: &replaced
        )
        if isTurnDue { needsThread = !sendNow() }
        return ticket
    }

    /// Most turns of one command: what a direct link answers may let more be sent.
    private static let turnsPerCommand = 4

    /// Sends what has gathered, with `lock` held; false when the client's thread has something
    /// to do.
    func sendNow() -> Bool {
        guard core.isLinked else { return false }
        for _ in 0..<Self.turnsPerCommand {
            core.step(.turnEnd, at: Self.now(), into: &effects)
            guard performSends() else { return false }
            guard link.answersAtOnce else { return ready.isEmpty && !link.isReadable() }
            guard takeAnswers() else { return false }
            if !hasMoreToSend { return isThreadSpared }
        }
        return false
    }

    private var hasMoreToSend: Bool {
        core.mayPublishNow || core.needsTurn || !effects.list.isEmpty
    }

    /// Performs effects up to the first that is for the client's thread.
    private func performSends() -> Bool {
        for place in effects.list.indices {
            switch effects.list[place] {
            case .send(let range) where link.send(effects.bytes.span.extracting(range)): continue
            case .mailboxReady(let mailbox): ready.append(mailbox)
            default:
                effects.list.removeFirst(place)
                return false
            }
        }
        effects.removeAll()
        return true
    }

    /// Takes what a direct link has, mostly the acknowledgement: waking the client's thread for it
    /// would cost more than taking it, and would take the processor from who publishes next.
    private func takeAnswers() -> Bool {
        let now = Self.now()
        let attempt = link.attempt
        for _ in 0..<Self.messagesPerTurn {
            let isTaken = link.receive {
                core.receive($0, attempt: attempt, at: now, into: &effects)
            }
            if !isTaken { return true }
        }
        return false
    }

    /// Tells those who wait for what was taken, but for those whom the client's thread tells.
    private var isThreadSpared: Bool {
        if waiting > 0 { turned.broadcast() }
        let isIdleToTell = tellsWhenIdle && core.unacknowledged == 0
        return ready.isEmpty && !isIdleToTell && core.nextDeadline >= sleepsUntil
            && !link.isReadable()
    }
}
