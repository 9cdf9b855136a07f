import FloorClient
import FloorClientLoop
import FloorEvents
import FloorPosix
import FloorWire
import Synchronization

/// One open client: the loop, the event that is next, and the answers not yet asked for.
///
/// Two mailboxes: one for all subscriptions, one for answers. The event that is next is taken out
/// of its mailbox ahead of time, because only then can the descriptor be readable exactly while
/// there is one (a mailbox may hold what turns out to be void).
///
/// Locks: `lock` before the loop's and before the library's, never the other way round.
///
/// @unchecked Sendable because every mutable property is touched only with `lock` held.
public final class Client: @unchecked Sendable {
    private let lock = Lock()
    private let arrived = Condition()
    private let answered = Condition()
    private let wake: WakeDescriptor
    /// Atomic, because waits inside the loop read it with another lock.
    private let isClosing = Atomic(false)
    /// Nil once closed, which also breaks the cycle client → loop → `onReady` → client.
    private var loop: ClientLoop?
    private var eventMailbox: MailboxID?
    private var answerMailbox: MailboxID?
    private var delivery = Delivery()
    /// The event that is next; the descriptor is readable while there is one.
    private var ahead: Event?
    private var answers = Answers()
    private var payload: [UInt8] = []

    private init(_ wake: WakeDescriptor) { self.wake = wake }

    static func open(endpoints: [String], options: ClientOptions) throws(Failure) -> Client {
        let client: Client
        do { client = Client(try WakeDescriptor()) } catch {
            throw Failure(.internal, error.description)
        }
        let loop: ClientLoop
        do {
            loop = try ClientLoop.make(endpoints: endpoints, options: options) { mailboxes in
                client.take(mailboxes)
            }
        } catch {
            throw Failure(error.status, error.sentence)
        }
        client.loop = loop
        let (events, answers) = try naming { () throws(FloorStatus) in
            try loop.withCore { core throws(FloorStatus) in
                (try core.openMailbox(), try core.openMailbox())
            }
        }
        client.eventMailbox = events
        client.answerMailbox = answers
        do { try loop.start() } catch {
            client.loop = nil
            throw Failure(error.status, error.sentence)
        }
        return client
    }

    var descriptor: Int32 { wake.descriptor }

    /// Waits for answers, says goodbye and ends; whether every publication was answered.
    func close(flush: Patience) -> Bool {
        isClosing.store(true, ordering: .sequentiallyConsistent)
        lock.lock()
        let loop = loop
        arrived.broadcast()
        answered.broadcast()
        lock.unlock()
        guard let loop else { return true }
        // A turn shows the waiters inside the loop that the client is closing.
        loop.withCore { _ in }
        let isComplete = loop.wait(untilMonotonicNanoseconds: flush.deadline) {
            $0.unacknowledged == 0
        }
        loop.close()
        lock.lock()
        self.loop = nil
        let left = ahead
        ahead = nil
        lock.unlock()
        if let left { Library.shared.discard(left) }
        return isComplete
    }

    func waitUntilReady(_ patience: Patience) throws(Failure) {
        let loop = try lock.withLock { () throws(Failure) in try openLoop() }
        var isReady = false
        _ = loop.wait(untilMonotonicNanoseconds: patience.deadline) { core in
            isReady = core.isCaughtUp
            return isReady || isClosing.load(ordering: .sequentiallyConsistent)
        }
        if isClosing.load(ordering: .sequentiallyConsistent) { throw Failure(.closed) }
        guard isReady else {
            throw Failure(
                patience.disappointment.status,
                "no session with a hub, or its snapshot is not complete yet; is the hub running?"
            )
        }
    }

    func statistics() throws(Failure) -> ClientStatistics {
        try lock.withLock { () throws(Failure) in try openLoop().peek { $0.statistics } }
    }

    /// The loop of a client that is not being closed.
    ///
    /// Call it with `lock` held.
    private func openLoop() throws(Failure) -> ClientLoop {
        guard let loop, !isClosing.load(ordering: .sequentiallyConsistent) else {
            throw Failure(.closed)
        }
        return loop
    }

    // MARK: publishing

    /// Publishes what `write` puts into storage that is used again.
    func publish(
        _ publication: Publication,
        key: UnsafeBufferPointer<UInt8>,
        _ write: (inout [UInt8]) throws(FloorStatus) -> Void
    ) throws(Failure) -> UInt64 {
        try lock.withLock { () throws(Failure) in
            let loop = try openLoop()
            payload.removeAll(keepingCapacity: true)
            return try naming { () throws(FloorStatus) in
                try write(&payload)
                let payload = payload
                let ticket = try loop.withCore { core throws(FloorStatus) in
                    try core.publish(
                        publication,
                        key: unsafe key.span,
                        payload: payload.span,
                        results: answerMailbox
                    )
                }
                answers.expect(ticket.rawValue)
                return ticket.rawValue
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

    /// Waits once; the caller looks again.
    ///
    /// Call it with `lock` held.
    private func wait(
        _ condition: borrowing Condition,
        _ patience: Patience
    ) throws(Failure) {
        switch patience {
        case .none: throw patience.disappointment
        case .forever: condition.wait(lock)
        case .until(let deadline):
            // Wakes at the deadline and is looked at once more by the caller; then it is over.
            guard Clocks.monotonicNanoseconds() < deadline else { throw patience.disappointment }
            _ = condition.wait(lock, untilMonotonicNanoseconds: deadline)
        }
    }

    // MARK: subscriptions and events

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
                guard let handle = unsafe Library.shared.insert(event) else {
                    throw Failure(.limit, "too many events are held; release them")
                }
                ahead = nil
                lookAhead()
                if ahead == nil { wake.drain() } else { arrived.signal() }
                return unsafe handle
            }
            try wait(arrived, patience)
        }
    }

    /// Takes the next event out of its mailbox.
    ///
    /// Call it with `lock` held and `ahead` nil.
    private func lookAhead() {
        guard let loop, let eventMailbox else { return }
        let event = Library.shared.blankEvent()
        while let kind = loop.next(eventMailbox, into: &delivery) {
            if event.fill(kind, delivery) {
                ahead = event
                return
            }
        }
        Library.shared.discard(event)
    }

    // MARK: the client's thread

    private func take(_ mailboxes: [MailboxID]) {
        lock.lock()
        defer { lock.unlock() }
        for mailbox in mailboxes {
            if mailbox == answerMailbox {
                takeAnswers(mailbox)
            } else if ahead == nil {
                lookAhead()
                guard ahead != nil else { continue }
                wake.signal()
                arrived.signal()
            }
        }
    }

    private func takeAnswers(_ mailbox: MailboxID) {
        guard let loop else { return }
        while let kind = loop.next(mailbox, into: &delivery) {
            // The mailbox also tells where the link is, which nobody asks here.
            guard kind == .result else { continue }
            answers.take(
                Answer(
                    ticket: delivery.ticket.rawValue,
                    status: delivery.status,
                    revision: delivery.revision
                )
            )
        }
        answered.broadcast()
    }
}
