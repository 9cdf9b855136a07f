public import FloorPosix

/// A hub as clients of its own process see it: what a bound endpoint is to others.
///
/// - Thread: every function may be called from any thread, those about one link by one thread at
///   a time.
public protocol DirectPort: AnyObject, Sendable {
    /// Opens a link.
    ///
    /// - Parameter wake: is signalled when the link has something for the client and nobody
    ///   attends to it.
    /// - Returns: a fresh link, or nil when the hub serves no more.
    func openLink(waking wake: WakeDescriptor) -> DirectLink?
    /// Hands over one message: it is either served at once, on this thread, or queued.
    ///
    /// The outcome is a socket's: a full link is `.wouldBlock`, a hub that is gone
    /// `.unreachable`.
    func send(_ message: Span<UInt8>, from link: DirectLink) -> SendOutcome
    /// Ends a link, after what was queued on it.
    func closeLink(_ link: DirectLink)
}

/// A link inside one process: two bounded queues of messages where a connection has pipes.
///
/// What ZeroMQ's inproc does with two sockets and a signal for each direction; here the client's
/// thread may do the hub's work, and nobody is woken who looks unasked.
///
/// ```swift
/// guard let link = hub.openLink(waking: wake) else { return }
/// _ = hub.send(message.span, from: link)
/// while link.receive(into: &answer) { handle(answer) }    // after `wake`, or after a send
/// hub.closeLink(link)
/// ```
/// **Locks** are taken in this order and no other: the client's, the hub's, the link's. The link's
/// is held for a copy and nothing else is called with it held.
///
/// @unchecked Sendable because every mutable property is touched only with `lock` held.
public final class DirectLink: @unchecked Sendable {
    /// Most messages waiting in each direction: a socket's high-water mark (`OptionSheet`).
    public static let maximumMessages = 1000

    /// Names the link at its hub, which gives each number once.
    public let number: UInt32
    private let lock = Lock()
    private let wake: WakeDescriptor
    private var up = MessageQueue()
    private var down = MessageQueue()
    /// Whether the hub has been told, or is about to read: it clears this when `up` is empty.
    private var isAnnounced = false
    /// Whether `wake` was signalled since the client last found `down` empty.
    private var isSignalled = false
    /// Whether the client has promised to look.
    private var isAttended = false
    private var isClosed = false
    private var isHungUp = false

    /// A link with nothing on it.
    public init(number: UInt32, waking wake: WakeDescriptor) {
        self.number = number
        self.wake = wake
    }

    // MARK: the client's end

    /// While the client attends it is not woken: it looks for messages itself afterwards.
    public func attend() { lock.withLock { isAttended = true } }

    /// From now on the client is woken again; it looks for messages after this call.
    public func leave() { lock.withLock { isAttended = false } }

    /// Takes the first message for the client; false when there is none.
    public func receive(into message: inout [UInt8]) -> Bool {
        lock.withLock {
            if down.popFirst(into: &message) { return true }
            isSignalled = false
            return false
        }
    }

    /// Whether a message waits for the client.
    public var isReadable: Bool { lock.withLock { down.count > 0 } }

    /// Whether the hub has ended the link; what it sent before can still be received.
    public var isOver: Bool { lock.withLock { isHungUp } }

    // MARK: the hub's end

    /// What `queue` has done.
    public enum Queued: Sendable {
        /// It waits behind others that the hub knows of.
        case behind
        /// It waits, and the hub is to be told.
        case first
        /// It was not taken: the queue is full.
        case full
        /// It was not taken: the hub is gone.
        case over
    }

    /// Queues a message for the hub.
    public func queue(_ message: Span<UInt8>) -> Queued {
        lock.withLock {
            if isHungUp { return .over }
            guard up.count < Self.maximumMessages else { return .full }
            up.append(message)
            return announce()
        }
    }

    /// Queues the end of the link, which is always taken; nothing reaches the client any more.
    public func queueEnd() -> Queued {
        lock.withLock {
            isClosed = true
            down.removeAll()
            return isHungUp ? .over : announce()
        }
    }

    private func announce() -> Queued {
        defer { isAnnounced = true }
        return isAnnounced ? .behind : .first
    }

    /// Whether nothing waits for the hub, nor is being read by it.
    public var isQuiet: Bool { lock.withLock { !isAnnounced } }

    /// What `take` has found.
    public enum Taken: Sendable {
        /// A message.
        case message
        /// Nothing; the hub will be told when there is something.
        case nothing
        /// The client has closed the link; there is nothing more.
        case end
    }

    /// Takes the first message for the hub.
    public func take(into message: inout [UInt8]) -> Taken {
        lock.withLock {
            if up.popFirst(into: &message) { return .message }
            isAnnounced = false
            return isClosed ? .end : .nothing
        }
    }

    /// Sends to the client, whole or not at all.
    public func deliver(_ message: Span<UInt8>) -> SendOutcome {
        let wakes: Bool
        lock.lock()
        if isClosed || isHungUp {
            lock.unlock()
            return .unreachable
        }
        guard down.count < Self.maximumMessages else {
            lock.unlock()
            return .wouldBlock
        }
        down.append(message)
        wakes = !isAttended && !isSignalled
        if wakes { isSignalled = true }
        lock.unlock()
        if wakes { wake.signal() }
        return .sent
    }

    /// Ends the link from the hub's side.
    public func hangUp() {
        lock.withLock {
            isHungUp = true
            up.removeAll()
        }
        wake.signal()
    }
}
