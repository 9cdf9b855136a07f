public import FloorClient
import FloorPosix

// What the application takes.

extension ClientLoop {
    /// Takes the next event of a mailbox; wakes the thread only if that is to be told the hub.
    public func next(_ mailbox: MailboxID, into delivery: inout Delivery) -> DeliveryKind? {
        lock.lock()
        var isTurnDue = false
        let kind = core.next(mailbox, into: &delivery, isTurnDue: &isTurnDue)
        lock.unlock()
        if isTurnDue { wakeUp() }
        return kind
    }

    /// Takes the events at the front of a mailbox that came together; false when there are none.
    ///
    /// See `ClientCore.next`. For readers of many events: the lock is taken once a page.
    public func next(_ mailbox: MailboxID, into page: inout EventPage) -> Bool {
        lock.lock()
        let isTaken = core.next(mailbox, into: &page)
        let isTurnDue = core.needsTurn
        lock.unlock()
        if isTurnDue { wakeUp() }
        return isTaken
    }

    /// The hub's clock now, microseconds since 1970, and the most it may be off; nil before it is
    /// measured in this session.
    public func hubTime() -> (time: Int64, error: Int64)? { peek { $0.hubTime(at: Self.now()) } }

    /// Looks at the core without waking the thread.
    public func peek<Result>(_ body: (borrowing ClientCore) -> Result) -> Result {
        lock.withLock { body(core) }
    }

    /// Waits until `isDone` holds for the core: looks at once and after every turn.
    ///
    /// `isDone` runs with the lock held; it must be short and take no lock. A change that is not
    /// the core's is seen after the next turn: `withCore { _ in }` brings one about.
    ///
    /// - Parameters:
    ///   - deadline: nanoseconds of `Clocks.monotonicNanoseconds()`; nil = no limit.
    ///   - isDone: whether the wait is over.
    /// - Returns: false when the time is up or the loop has ended before.
    public func wait(
        untilMonotonicNanoseconds deadline: UInt64?,
        _ isDone: (borrowing ClientCore) -> Bool
    ) -> Bool {
        lock.lock()
        defer { lock.unlock() }
        waiting += 1
        defer { waiting -= 1 }
        while !isDone(core) {
            if isEnded { return false }
            guard let deadline else {
                turned.wait(lock)
                continue
            }
            if !turned.wait(lock, untilMonotonicNanoseconds: deadline) { return isDone(core) }
        }
        return true
    }
}
