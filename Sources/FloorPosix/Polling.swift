import CPosix

/// A descriptor that any thread can make readable, to wake a thread that waits in `PollSet.wait`.
///
/// It is level-triggered: it stays readable until `drain`, and any number of signals before that
/// are one. A foreign event loop may poll `descriptor`; it is closed with the last reference.
public final class WakeDescriptor: Sendable {
    /// Poll this for reading; never read or close it.
    public let descriptor: Int32
    private let writeEnd: Int32

    /// Opens an unsignalled descriptor.
    ///
    /// - Throws: `ErrorNumber.tooManyOpen`.
    public init() throws(PosixError) {
        var readEnd: Int32 = -1
        var writeEnd: Int32 = -1
        try check(
            unsafe floor_posix_wake_open(&readEnd, &writeEnd),
            "open a wake descriptor"
        )
        descriptor = readEnd
        self.writeEnd = writeEnd
    }

    deinit { floor_posix_wake_close(descriptor, writeEnd) }

    /// Makes the descriptor readable; any thread, never blocks.
    public func signal() {
        let result = floor_posix_wake_signal(writeEnd)
        precondition(result == 0, "the wake descriptor was closed by somebody else")
    }

    /// Makes the descriptor unreadable again and says whether it had been signalled.
    @discardableResult
    public func drain() -> Bool {
        let result = floor_posix_wake_drain(descriptor)
        precondition(result >= 0, "the wake descriptor was closed by somebody else")
        return result == 1
    }
}

/// What to wait for on a descriptor, and what was found.
public struct PollEvents: OptionSet, Sendable {
    /// The set as bits.
    public let rawValue: Int16

    /// A set from its bits.
    public init(rawValue: Int16) { self.rawValue = rawValue }

    /// There is something to read.
    public static let readable = PollEvents(rawValue: Int16(FLOOR_POSIX_READABLE))
    /// There is room to write.
    public static let writable = PollEvents(rawValue: Int16(FLOOR_POSIX_WRITABLE))
    /// The other end is gone, or the descriptor is not valid; always reported.
    public static let hungUp = PollEvents(rawValue: Int16(FLOOR_POSIX_HUNG_UP))
}

/// A few descriptors to wait for together, with poll(2).
///
/// ```swift
/// var set = PollSet()
/// let wake = set.add(wakeDescriptor.descriptor)
/// let socket = set.add(zeroMQSocket.descriptor)
/// _ = try set.wait(timeoutMilliseconds: 250)
/// if set.events(at: wake).contains(.readable) { wakeDescriptor.drain() }
/// ```
/// Reuse one: waiting allocates nothing. One thread at a time. At most 32 descriptors, a limit of
/// the shim; a hub has about six.
public struct PollSet: Sendable {
    private var items: [floor_posix_poll_t] = []

    /// An empty set.
    public init() {}

    /// Adds a descriptor and returns its slot.
    public mutating func add(_ descriptor: Int32, for interest: PollEvents = .readable) -> Int {
        precondition(items.count < Int(FLOOR_POSIX_POLL_MAX), "a PollSet holds 32 descriptors")
        items.append(
            floor_posix_poll_t(descriptor: descriptor, interest: interest.rawValue, ready: 0)
        )
        return items.count - 1
    }

    /// Forgets all descriptors and keeps the storage.
    public mutating func removeAll() { items.removeAll(keepingCapacity: true) }

    /// Waits until a descriptor is ready or the time is up; signals do not end it.
    ///
    /// - Parameter timeoutMilliseconds: `nil` waits without limit, 0 only looks.
    /// - Returns: how many are ready; 0 when the time is up.
    /// - Throws: `ErrorNumber.noMemory`, in theory.
    public mutating func wait(timeoutMilliseconds: Int64?) throws(PosixError) -> Int {
        let timeout = timeoutMilliseconds.map { max(0, $0) } ?? -1
        return Int(try check(unsafe floor_posix_poll(&items, items.count, timeout), "poll"))
    }

    /// What the last `wait` found for a slot.
    public func events(at slot: Int) -> PollEvents { PollEvents(rawValue: items[slot].ready) }
}
