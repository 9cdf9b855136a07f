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
///
/// They are as trusted as the process's own code, which says who it is.
final class DirectTransport: FrameTransport {
    private let inbox: Inbox
    private let numbers: LinkNumbers
    /// By number: those that have said something and are not over.
    private var open: [UInt32: DirectLink] = [:]
    /// Those that are read in turn until they are empty; from `next` on in this round.
    private var readable: [DirectLink] = []
    private var next = 0
    private var message: [UInt8] = []

    init(_ inbox: Inbox, place: Int) {
        self.inbox = inbox
        numbers = LinkNumbers(place: place)
    }

    func id(_ link: DirectLink) -> LinkID { numbers.link(link.number) }

    func isKnown(_ link: DirectLink) -> Bool { open[link.number] != nil }

    /// The inbox wakes the loop.
    var descriptors: [Int32] { [] }

    func receiveOne(
        _ take: (LinkID, Span<UInt8>) -> Void,
        malformed refuse: (LinkID) -> Void,
        identity bind: (LinkID, LinkIdentity) -> Void
    ) throws(HubServerError) -> Bool {
        if readable.isEmpty { inbox.take(into: &readable) }
        while !readable.isEmpty {
            if next >= readable.count { next = 0 }
            let link = readable[next]
            switch link.take(into: &message) {
            case .message:
                next += 1
                if open.updateValue(link, forKey: link.number) == nil {
                    bind(id(link), LinkIdentity(.local))
                }
                // Out of self while it is lent; back afterwards, so that its storage stays.
                var lent: [UInt8] = []
                swap(&lent, &message)
                take(id(link), lent.span)
                swap(&lent, &message)
                return true
            case .nothing: readable.remove(at: next)
            case .end:
                readable.remove(at: next)
                open[link.number] = nil
            }
        }
        return false
    }

    func send(_ bytes: Span<UInt8>, to link: LinkID) -> SendOutcome {
        open[LinkNumbers.number(link)]?.deliver(bytes) ?? .unreachable
    }

    func isReadable() -> Bool { false }

    func isReadableAfterSends() -> Bool { false }

    func forgetSends() {}

    /// Ends every link: nothing is served any more.
    func close() {
        for link in inbox.close() + readable + open.values { link.hangUp() }
        readable.removeAll()
        open.removeAll()
    }
}
