import FloorEvents
import FloorPosix
import Synchronization

/// The handles of the process, and which process that is.
///
/// @unchecked Sendable because the tables are touched only with `lock` held.
final class Library: @unchecked Sendable {
    static let shared = Library()
    static let mostClients = 255
    static let mostHubs = 15
    /// Released events kept for use again, so that a steady state allocates nothing.
    private static let mostSpares = 64

    private let lock = Lock()
    /// The process that opened the first client; 0 = nobody has.
    private let process = Atomic<Int64>(0)
    private var clients = HandleTable<Client>(kind: 1, capacity: mostClients)
    private var events = HandleTable<Event>(kind: 2, capacity: HandleTable<Event>.most)
    private var snapshots = HandleTable<Snapshot>(kind: 3, capacity: HandleTable<Snapshot>.most)
    private var hubs = HandleTable<HostedHub>(kind: 0, capacity: mostHubs)
    private var spares: [Event] = []

    /// Whether this is a fork of the process that opened the first client; takes no lock, for in
    /// a fork another thread may hold it for ever.
    var isForked: Bool {
        let opener = process.load(ordering: .relaxed)
        return opener != 0 && opener != ThisProcess.id
    }

    private func checkProcess() throws(Failure) { if isForked { throw Failure(.forked) } }

    // MARK: clients

    func insert(_ client: Client) throws(Failure) -> OpaquePointer {
        guard let handle = unsafe lock.withLock({ unsafe clients.insert(client) }) else {
            throw Failure(.limit, "\(Self.mostClients) clients are open; close one")
        }
        return unsafe handle
    }

    /// Before the first client: from now on this process owns the library.
    func claimProcess() throws(Failure) {
        _ = process.compareExchange(
            expected: 0,
            desired: ThisProcess.id,
            ordering: .acquiringAndReleasing
        )
        try checkProcess()
    }

    func client(_ handle: OpaquePointer?) throws(Failure) -> Client {
        try checkProcess()
        let client = lock.withLock { unsafe clients.find(handle) }
        guard let client else { throw Failure(.badHandle) }
        return client
    }

    /// Takes a client out; only one of several concurrent calls gets it.
    func removeClient(_ handle: OpaquePointer?) throws(Failure) -> Client {
        try checkProcess()
        let client = lock.withLock { unsafe clients.remove(handle) }
        guard let client else { throw Failure(.badHandle) }
        return client
    }

    // MARK: hubs

    func insert(_ hub: HostedHub) throws(Failure) -> OpaquePointer {
        guard let handle = unsafe lock.withLock({ unsafe hubs.insert(hub) }) else {
            throw Failure(.limit, "\(Self.mostHubs) hubs are running; stop one")
        }
        return unsafe handle
    }

    func hub(_ handle: OpaquePointer?) throws(Failure) -> HostedHub {
        try checkProcess()
        guard let hub = lock.withLock({ unsafe hubs.find(handle) }) else {
            throw Failure(.badHandle)
        }
        return hub
    }

    func removeHub(_ handle: OpaquePointer?) throws(Failure) -> HostedHub {
        try checkProcess()
        guard let hub = lock.withLock({ unsafe hubs.remove(handle) }) else {
            throw Failure(.badHandle)
        }
        return hub
    }

    // MARK: snapshots

    func insert(_ snapshot: Snapshot) throws(Failure) -> OpaquePointer {
        guard let handle = unsafe lock.withLock({ unsafe snapshots.insert(snapshot) }) else {
            throw Failure(.limit, "too many answers are held; free them")
        }
        return unsafe handle
    }

    func snapshot(_ handle: OpaquePointer?) throws(Failure) -> Snapshot {
        try checkProcess()
        guard let snapshot = lock.withLock({ unsafe snapshots.find(handle) }) else {
            throw Failure(.badHandle)
        }
        return snapshot
    }

    func removeSnapshot(_ handle: OpaquePointer?) -> Snapshot? {
        isForked ? nil : lock.withLock { unsafe snapshots.remove(handle) }
    }

    // MARK: events

    /// An event to fill; not yet anybody's.
    func blankEvent() -> Event { lock.withLock { spares.popLast() } ?? Event() }

    /// Gives an event to the caller; nil when the caller holds too many.
    func insert(_ event: Event) -> OpaquePointer? {
        unsafe lock.withLock { unsafe events.insert(event) }
    }

    /// The same, and an event to fill for the next one: one lock for both.
    func exchange(_ event: Event) -> (handle: OpaquePointer, blank: Event)? {
        lock.lock()
        let handle = unsafe events.insert(event)
        let blank = unsafe handle == nil ? nil : spares.popLast()
        lock.unlock()
        return unsafe handle.map { unsafe ($0, blank ?? Event()) }
    }

    /// Runs `body` on an event that cannot be released meanwhile.
    func withEvent(
        _ handle: OpaquePointer?,
        _ body: (Event) throws(Failure) -> Void
    ) throws(Failure) {
        try checkProcess()
        try lock.withLock { () throws(Failure) in
            guard let event = unsafe events.find(handle) else { throw Failure(.badHandle) }
            try body(event)
        }
    }

    func releaseEvent(_ handle: OpaquePointer?) {
        if isForked { return }
        lock.withLock {
            guard let event = unsafe events.remove(handle) else { return }
            keep(event)
        }
    }

    /// Takes back an event that nobody was given.
    func discard(_ event: Event) { lock.withLock { keep(event) } }

    private func keep(_ event: Event) {
        guard spares.count < Self.mostSpares, event.isSmall else { return }
        event.empty()
        spares.append(event)
    }
}
