import FloorClient
import FloorClientLoop
import FloorEvents
import FloorPosix
import FloorWire
import Synchronization

extension Client {
    /// Publishes what `write` puts into storage that is used again.
    func publish(
        _ publication: Publication,
        key: UnsafeBufferPointer<UInt8>,
        _ write: (inout [UInt8]) throws(Failure) -> Void
    ) throws(Failure) -> UInt64 {
        try checkMemory()
        publishing.add(1, ordering: .relaxed)
        lock.lock()
        publishing.subtract(1, ordering: .relaxed)
        defer { lock.unlock() }
        let loop = try openLoop()
        guard let answerMailbox else { throw Failure(.closed) }
        guard results.count - nextResult < setup.engine.outboxOperations else {
            throw Failure(.limit, "too many answers wait as events; take them first")
        }
        payload.removeAll(keepingCapacity: true)
        try write(&payload)
        do throws(FloorStatus) {
            let payload = payload
            var replaced = Ticket.none
            let ticket = try loop.publish(
                publication,
                key: unsafe key.span,
                payload: payload.span,
                results: answerMailbox,
                replaced: &replaced
            )
            answers.expect(ticket.rawValue)
            if replaced != .none { takeReplaced(replaced.rawValue) }
            return ticket.rawValue
        } catch {
            throw error == .badKey ? .badKey(unsafe key.span) : Failure(error)
        }
    }

    /// Notes how a publication came out whose place a newer value of its key has taken, with
    /// `lock` held.
    private func takeReplaced(_ ticket: UInt64) {
        let answer = Answer(
            ticket: ticket,
            status: .expired,
            revision: .zero,
            claimGeneration: 0,
            owner: "",
            isVolatile: false
        )
        answers.take(answer)
        answered.broadcast()
        guard setup.tellsResults else { return }
        results.append(answer)
        tellReaders()
    }

    /// Waits for the answer to one publication.
    func answer(to ticket: UInt64, _ patience: Patience) throws(Failure) -> Answer {
        try lock.withLock { () throws(Failure) in
            while true {
                _ = try openLoop()
                if let answer = answers.answer(to: ticket) { return answer }
                guard answers.isPending(ticket) else {
                    throw Failure(
                        .notFound,
                        "not a ticket of this client, or its answer is no longer kept"
                    )
                }
                try wait(answered, patience)
            }
        }
    }

    /// Waits for the answers to all publications so far, and to what an earlier process left.
    ///
    /// - Parameters:
    ///   - last: the newest of them; 0 = now.
    ///   - patience: how long.
    /// - Throws: `Failure` when the time is up or the client is closed.
    func answerAll(upTo last: inout UInt64, _ patience: Patience) throws(Failure) {
        let loop = try lock.withLock { () throws(Failure) in
            if last == 0 { last = max(1, answers.lastPending) }
            return try openLoop()
        }
        guard try wait(loop, patience, until: { $0.unacknowledgedRecovered == 0 }) else {
            throw patience.disappointment
        }
        try lock.withLock { () throws(Failure) in
            _ = try openLoop()
            while !answers.isAnswered(upTo: last) {
                try wait(answered, patience)
                _ = try openLoop()
            }
        }
    }

    /// Takes some of what the hub has answered.
    ///
    /// - Returns: whether there may be more.
    func takeAnswers(_ mailbox: MailboxID) -> Bool {
        lock.lock()
        defer { lock.unlock() }
        guard let loop else { return false }
        let isVolatile = !loop.peek { $0.isHubDurable }
        var left = Self.answersAtOnce
        while left > 0, let kind = loop.next(mailbox, into: &delivery) {
            left -= 1
            // The mailbox also tells where the link is, which nobody asks here.
            guard kind == .result else { continue }
            let answer = Answer(
                ticket: delivery.ticket.rawValue,
                status: delivery.status,
                revision: delivery.revision,
                claimGeneration: delivery.claimGeneration,
                owner: delivery.owner,
                isVolatile: isVolatile
            )
            answers.take(answer)
            if setup.tellsResults { results.append(answer) }
        }
        answered.broadcast()
        if nextResult < results.count { tellReaders() }
        return left == 0
    }

    /// Most answers taken while those who publish wait.
    private static let answersAtOnce = 64

    /// Lets those go first who wait to publish: a lock that is taken again at once never comes to
    /// them.
    func giveWay() {
        var tries = 0
        while publishing.load(ordering: .relaxed) > 0, tries < 32 {
            FloorThread.yield()
            tries += 1
        }
    }
}
