import FloorClient
import FloorClientLoop
import FloorEvents
import FloorPosix
import FloorWire
import FloorZeroMQ
import Synchronization

/// One open client: the loop, the event that is next, and the answers not yet asked for.
///
/// Mailboxes: one for all subscriptions, one for answers, one for each `Snapshot`. The event that
/// is next is taken out of its mailbox ahead of time, because only then can the descriptor be
/// readable exactly while there is one (a mailbox may hold what turns out to be void).
///
/// Locks: `lock` before the loop's and before the library's, never the other way round.
///
/// @unchecked Sendable because every mutable property is touched only with `lock` held.
public final class Client: @unchecked Sendable {
    let lock = Lock()
    let arrived = Condition()
    let answered = Condition()
    let replied = Condition()
    let wake: WakeDescriptor
    let setup: ClientSetup
    /// Atomic, because waits inside the loop read it with another lock.
    private let isClosing = Atomic(false)
    /// Nil once closed, which also breaks the cycle client → loop → `onReady` → client.
    var loop: ClientLoop?
    var eventMailbox: MailboxID?
    var answerMailbox: MailboxID?
    var delivery = Delivery()
    /// The event that is next; the descriptor is readable while there is one.
    var ahead: Event?
    var answers: Answers
    /// Answers that are to come as events, from `nextResult` on.
    var results: [Answer] = []
    var nextResult = 0
    /// Calls that wait for `lock` to publish.
    let publishing = Atomic(0)
    /// The filters of live subscriptions, to tell of those that the hub refuses.
    var filters: [(subscription: UInt32, bytes: [UInt8])] = []
    var callback: Callback?
    var payload: [UInt8] = []

    var encoding: HostEncoding? { setup.encoding }

    private init(_ wake: WakeDescriptor, _ setup: ClientSetup) {
        self.wake = wake
        self.setup = setup
        answers = Answers(capacity: setup.engine.outboxOperations)
    }

    /// Opens a client of a hub elsewhere, or of one in this process.
    static func open(
        _ setup: ClientSetup,
        hub: (any DirectPort)? = nil
    ) throws(Failure) -> Client {
        try checkMemory()
        let client: Client
        do { client = Client(try WakeDescriptor(), setup) } catch {
            throw Failure(ClientLoopError.system(error).status, error.description)
        }
        let loop: ClientLoop
        do {
            loop =
                if let hub {
                    try ClientLoop.make(
                        hub: hub,
                        options: setup.engine,
                        outboxPath: setup.outboxPath,
                        onNotice: { client.log($0) },
                        onLink: { client.log($0) },
                        onReady: { client.take($0) }
                    )
                } else {
                    try ClientLoop.make(
                        endpoints: setup.endpoints,
                        options: setup.engine,
                        outboxPath: setup.outboxPath,
                        onNotice: { client.log($0) },
                        onLink: { client.log($0) },
                        onReady: { client.take($0) }
                    )
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
        client.logRecovered(loop)
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
        replied.broadcast()
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
        let callback = exchangeCallback(for: nil)
        lock.unlock()
        if let left { Library.shared.discard(left) }
        callback?.drop()
        return isComplete
    }

    func waitUntilReady(_ patience: Patience) throws(Failure) {
        let loop = try lock.withLock { () throws(Failure) in try openLoop() }
        guard try wait(loop, patience, until: { $0.isCaughtUp }) else {
            let refusal = loop.peek { $0.lastRefusal }
            throw Failure(
                patience.disappointment.status,
                refusal.map { "the hub refuses the session: " + $0.sentence }
                    ?? "no session with a hub, or its snapshot is not complete yet; is it running?"
            )
        }
    }

    /// Waits until something holds for the core; false when the patience is at its end.
    func wait(
        _ loop: ClientLoop,
        _ patience: Patience,
        until isDone: (borrowing ClientCore) -> Bool
    ) throws(Failure) -> Bool {
        var isMet = false
        _ = loop.wait(untilMonotonicNanoseconds: patience.deadline) { core in
            isMet = isDone(core)
            return isMet || isClosing.load(ordering: .sequentiallyConsistent)
        }
        if isClosing.load(ordering: .sequentiallyConsistent) { throw Failure(.closed) }
        return isMet
    }

    /// Waits once for a condition; the caller looks again.
    ///
    /// Call it with `lock` held.
    func wait(_ condition: borrowing Condition, _ patience: Patience) throws(Failure) {
        switch patience {
        case .none: throw patience.disappointment
        case .forever: condition.wait(lock)
        case .until(let deadline):
            // Wakes at the deadline and is looked at once more by the caller; then it is over.
            guard Clocks.monotonicNanoseconds() < deadline else { throw patience.disappointment }
            _ = condition.wait(lock, untilMonotonicNanoseconds: deadline)
        }
    }

    func statistics() throws(Failure) -> ClientStatistics {
        try lock.withLock { () throws(Failure) in try openLoop().peek { $0.statistics } }
    }

    /// The loop of a client that is not being closed.
    ///
    /// Call it with `lock` held.
    func openLoop() throws(Failure) -> ClientLoop {
        guard let loop, !isClosing.load(ordering: .sequentiallyConsistent) else {
            throw Failure(.closed)
        }
        return loop
    }
}
