import CFloorBus
import FloorClient
import FloorClientLoop
import FloorEvents
import FloorPosix

extension Client {
    func subscribe(_ filter: KeyFilter, minimumInterval: UInt32) throws(Failure) -> UInt32 {
        try lock.withLock { () throws(Failure) in
            let loop = try openLoop()
            guard let eventMailbox else { throw Failure(.closed) }
            return try naming { () throws(FloorStatus) in
                try loop.withCore { core throws(FloorStatus) in
                    try core.subscribe(
                        filter,
                        mailbox: eventMailbox,
                        minimumIntervalMilliseconds: minimumInterval
                    ).rawValue
                }
            }
        }
    }

    func unsubscribe(_ subscription: UInt32) throws(Failure) {
        try lock.withLock { () throws(Failure) in
            let isKnown = try openLoop().withCore {
                $0.unsubscribe(SubscriptionID(rawValue: subscription))
            }
            guard isKnown else {
                throw Failure(.notFound, "\(subscription) is not a subscription of this client")
            }
        }
    }

    /// Takes the next event and gives the caller a handle of it.
    func receive(_ patience: Patience) throws(Failure) -> OpaquePointer {
        // One lock for looking, handing out and refilling: each event goes to one receiver.
        lock.lock()
        defer { lock.unlock() }
        while true {
            _ = try openLoop()
            if let event = ahead {
                guard let (handle, blank) = unsafe Library.shared.exchange(event) else {
                    throw Failure(.limit, "too many events are held; release them")
                }
                ahead = nil
                lookAhead(blank)
                if ahead == nil { wake.drain() } else { arrived.signal() }
                return unsafe handle
            }
            try wait(arrived, patience)
        }
    }

    /// Takes the next event out of its mailbox, into a blank one.
    ///
    /// Call it with `lock` held and `ahead` nil.
    private func lookAhead(_ event: Event) {
        guard let loop, let eventMailbox else { return }
        if nextResult < results.count {
            event.fill(results[nextResult], for: encoding)
            nextResult += 1
            if nextResult == results.count {
                results.removeAll(keepingCapacity: true)
                nextResult = 0
            }
            ahead = event
            return
        }
        while let kind = loop.next(eventMailbox, into: &delivery) {
            if event.fill(kind, &delivery, for: encoding) {
                ahead = event
                return
            }
        }
        Library.shared.discard(event)
    }

    // MARK: the client's thread

    func take(_ mailboxes: [MailboxID]) {
        lock.lock()
        defer { lock.unlock() }
        for mailbox in mailboxes {
            if mailbox == answerMailbox {
                takeAnswers(mailbox)
                if nextResult < results.count { tellReaders() }
            } else if mailbox == eventMailbox {
                tellReaders()
            } else {
                replied.broadcast()
            }
        }
    }

    /// Something may be there for those who receive, with `lock` held.
    private func tellReaders() {
        guard ahead == nil else { return }
        lookAhead(Library.shared.blankEvent())
        guard ahead != nil else { return }
        wake.signal()
        arrived.signal()
    }
}
