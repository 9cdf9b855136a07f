public import FloorPosix
public import FloorZeroMQ
import Synchronization

// Clients of this process (section 2 of docs/wire-protocol.md). A publisher whose message is
// little work borrows the core: it takes the hub's lock if that is free, steps the core and
// performs the effects on its own thread, and so saves two hand-overs. Otherwise the message waits
// in its link's queue and the core's thread, which is woken, batches it with others.
//
// Locks: a client's, then the hub's, then a link's or the inbox's; never the other way round.

extension HubServer: DirectPort {
    /// A fresh link for a client of this process; nil once the hub serves no more.
    public func openLink(waking wake: WakeDescriptor) -> DirectLink? {
        inbox.freshNumber().map { DirectLink(number: $0, waking: wake) }
    }

    /// Hands over one message; runs the core on this thread where that is little work.
    public func send(_ message: Span<UInt8>, from link: DirectLink) -> SendOutcome {
        if link.isQuiet, borrow(for: message, from: link) { return .sent }
        return queued(link.queue(message), link)
    }

    /// Ends a link, behind what is queued on it.
    public func closeLink(_ link: DirectLink) { _ = queued(link.queueEnd(), link) }

    private func queued(_ outcome: DirectLink.Queued, _ link: DirectLink) -> SendOutcome {
        switch outcome {
        case .behind: return .sent
        case .first:
            if inbox.add(link) { return .sent }
            link.hangUp()
            return .unreachable
        case .full: return .wouldBlock
        case .over: return .unreachable
        }
    }

    /// Serves a message on the caller's thread; false when that is for the core's thread to do.
    private func borrow(for message: Span<UInt8>, from link: DirectLink) -> Bool {
        // A mutex is not fair: without this, busy publishers would keep the core's thread out.
        guard !isCoreWaiting.load(ordering: .relaxed), lock.tryLock() else { return false }
        let outcome = isServing ? loop.borrow(for: message, from: link) : .declined
        lock.unlock()
        if outcome == .coreNeeded { inbox.wakeCore() }
        return outcome != .declined
    }
}
