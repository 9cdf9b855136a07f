import FloorHub
import FloorPosix
import FloorZeroMQ
import Synchronization

/// Links with something for the core, and the bell that wakes its thread.
///
/// What a link has queued stays with it, so that one that floods the hub fills nobody else's
/// queue; this is only the list of those to be read.
///
/// @unchecked Sendable because every mutable property is touched only with `lock` held.
final class Inbox: @unchecked Sendable {
    /// Level-triggered; the core's thread polls it.
    let wake: WakeDescriptor
    private let lock = Lock()
    private var links: [DirectLink] = []
    private var isClosed = false
    private var lastNumber: UInt32 = 0
    private let isWoken = Atomic(false)

    init(_ wake: WakeDescriptor) { self.wake = wake }

    /// The next link's number, or nil when nothing is served any more.
    func freshNumber() -> UInt32? {
        lock.withLock {
            if isClosed { return nil }
            lastNumber += 1
            return lastNumber
        }
    }

    /// Has the core read a link; false when nothing is served any more.
    func add(_ link: DirectLink) -> Bool {
        let isTaken = lock.withLock {
            if !isClosed { links.append(link) }
            return !isClosed
        }
        if isTaken { wakeCore() }
        return isTaken
    }

    /// Appends the links that are to be read.
    func take(into list: inout [DirectLink]) {
        lock.withLock {
            list.append(contentsOf: links)
            links.removeAll(keepingCapacity: true)
        }
    }

    /// Takes no more; returns the links that nobody has read.
    func close() -> [DirectLink] {
        lock.withLock {
            isClosed = true
            defer { links.removeAll() }
            return links
        }
    }

    /// One system call for many messages: the core's thread clears the flag before it looks.
    func wakeCore() {
        if !isWoken.exchange(true, ordering: .acquiringAndReleasing) { wake.signal() }
    }

    /// The core's thread is awake and about to look.
    func noteAwake() { isWoken.store(false, ordering: .sequentiallyConsistent) }
}

/// The links of this process at the core's end.
struct DirectLinks {
    private let inbox: Inbox
    /// By number: those that have said something and are not over.
    private var open: [UInt32: DirectLink] = [:]
    /// Those that are read in turn until they are empty; from `next` on in this round.
    private var readable: [DirectLink] = []
    private var next = 0
    private var message: [UInt8] = []

    init(_ inbox: Inbox) { self.inbox = inbox }

    static func id(_ link: DirectLink) -> LinkID {
        LinkID(UInt64(Transport.direct.rawValue) << 32 | UInt64(link.number))
    }

    func isKnown(_ link: DirectLink) -> Bool { open[link.number] != nil }

    /// Receives one message, or nil when there is none; the links take turns.
    mutating func receiveOne() -> HubInput? {
        if readable.isEmpty { inbox.take(into: &readable) }
        while !readable.isEmpty {
            if next >= readable.count { next = 0 }
            let link = readable[next]
            switch link.take(into: &message) {
            case .message:
                next += 1
                open[link.number] = link
                return .message(Self.id(link), message)
            case .nothing: readable.remove(at: next)
            case .end:
                readable.remove(at: next)
                open[link.number] = nil
            }
        }
        return nil
    }

    func send(_ bytes: Span<UInt8>, to number: UInt32) -> SendOutcome {
        open[number]?.deliver(bytes) ?? .unreachable
    }

    /// Ends every link: nothing is served any more.
    mutating func close() {
        for link in inbox.close() + readable + open.values { link.hangUp() }
        readable.removeAll()
        open.removeAll()
    }
}
