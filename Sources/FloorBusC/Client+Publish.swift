import FloorClient
import FloorClientLoop
import FloorEvents
import FloorPosix
import FloorWire

extension Client {
    /// Publishes what `write` puts into storage that is used again.
    func publish(
        _ publication: Publication,
        key: UnsafeBufferPointer<UInt8>,
        _ write: (inout [UInt8]) throws(Failure) -> Void
    ) throws(Failure) -> UInt64 {
        try lock.withLock { () throws(Failure) in
            let loop = try openLoop()
            guard results.count - nextResult < setup.engine.outboxOperations else {
                throw Failure(.limit, "too many answers wait as events; take them first")
            }
            payload.removeAll(keepingCapacity: true)
            try write(&payload)
            do throws(FloorStatus) {
                let payload = payload
                let ticket = try loop.publish(
                    publication,
                    key: unsafe key.span,
                    payload: payload.span,
                    results: answerMailbox
                )
                answers.expect(ticket.rawValue)
                return ticket.rawValue
            } catch {
                throw error == .badKey ? .badKey(unsafe key.span) : Failure(error)
            }
        }
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

    /// Waits for the answers to all publications so far.
    func answerAll(_ patience: Patience) throws(Failure) {
        try lock.withLock { () throws(Failure) in
            let last = answers.lastPending
            _ = try openLoop()
            while !answers.isAnswered(upTo: last) {
                try wait(answered, patience)
                _ = try openLoop()
            }
        }
    }

    /// Takes what the hub has answered, with `lock` held.
    func takeAnswers(_ mailbox: MailboxID) {
        guard let loop else { return }
        let isVolatile = !loop.peek { $0.isHubDurable }
        while let kind = loop.next(mailbox, into: &delivery) {
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
    }
}
