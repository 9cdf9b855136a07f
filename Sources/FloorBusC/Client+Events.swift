import CFloorBus
import FloorClient
import FloorClientLoop
import FloorEvents
import FloorPosix

extension Client {
    func subscribe(_ filter: KeyFilter, minimumInterval: UInt32) throws(Failure) -> UInt32 {
        try checkMemory()
        return try lock.withLock { () throws(Failure) in
            let loop = try openLoop()
            guard let eventMailbox else { throw Failure(.closed) }
            let number = try naming { () throws(FloorStatus) in
                try loop.withCore { core throws(FloorStatus) in
                    try core.subscribe(
                        filter,
                        mailbox: eventMailbox,
                        minimumIntervalMilliseconds: minimumInterval
                    ).rawValue
                }
            }
            filters.append((number, filter.bytes))
            return number
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
            _ = takeFilter(of: subscription)
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
            forgetTakenResults()
            ahead = event
            return
        }
        while let kind = loop.next(eventMailbox, into: &delivery) {
            if event.fill(kind, &delivery, for: encoding) {
                if kind == .subscriptionFailed {
                    event.refuse(takeFilter(of: delivery.subscription.rawValue), delivery.status)
                }
                ahead = event
                return
            }
        }
        Library.shared.discard(event)
    }

    /// The filter of a subscription that is over; empty for one that is not known.
    private func takeFilter(of subscription: UInt32) -> [UInt8] {
        for place in filters.indices where filters[place].subscription == subscription {
            return filters.remove(at: place).bytes
        }
        return []
    }

    /// Frees the places of results that were taken, once they are most of all: no oftener, for
    /// the others move, and no later, for a reader that is always behind.
    private func forgetTakenResults() {
        if nextResult == results.count {
            results.removeAll(keepingCapacity: true)
        } else if nextResult >= 1024, nextResult * 2 >= results.count {
            results.removeFirst(nextResult)
        } else {
            return
        }
        nextResult = 0
    }

    // MARK: the client's thread

    func take(_ mailboxes: [MailboxID]) {
        for mailbox in mailboxes {
            // Both are set before the client's thread starts, and stay.
            if mailbox == answerMailbox {
                while takeAnswers(mailbox) { giveWay() }
            } else if mailbox == eventMailbox {
                lock.withLock { tellReaders() }
            } else {
                lock.withLock { replied.broadcast() }
            }
        }
    }

    /// Something may be there for those who receive, with `lock` held.
    func tellReaders() {
        guard ahead == nil else { return }
        lookAhead(Library.shared.blankEvent())
        guard ahead != nil else { return }
        wake.signal()
        arrived.signal()
    }
}
