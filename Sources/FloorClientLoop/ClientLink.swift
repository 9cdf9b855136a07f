import FloorClient
import FloorPosix
import FloorZeroMQ

/// The link of one attempt at a time: a fresh DEALER each (R14), to the endpoints in turn, or a
/// fresh direct link to a hub of this process.
struct ClientLink: ~Copyable {
    /// Where the hub is.
    enum Hub {
        case at([String])
        case here(any DirectPort, waking: WakeDescriptor)
    }

    private let hub: Hub
    private var nextEndpoint = 0
    private(set) var attempt: UInt64 = 0
    private var socket: ZeroMQSocket?
    private var direct: DirectLink?
    /// Whether the core waits to be told how the present attempt went.
    private var isOpening = false
    /// Whether the monitor may have an event: each look into it costs two system calls.
    ///
    /// It has none from when it is found empty until its descriptor is readable.
    private var hasNews = false
    private var monitorSlot: Int?
    /// Whether a send may have swallowed the descriptor's edge since the socket was found empty.
    private var isUsed = false
    private var message: [UInt8] = []

    init(_ hub: Hub) { self.hub = hub }

    /// Whether it is made of sockets, not a queue of this process.
    var usesSockets: Bool {
        switch hub {
        case .at: true
        case .here: false
        }
    }

    /// Starts connecting; what becomes of it comes from `connectionEvent`.
    mutating func open(attempt: UInt64) throws(ZeroMQError) {
        close()
        self.attempt = attempt
        isOpening = true
        hasNews = true
        isUsed = true
        switch hub {
        case .at(let endpoints):
            let endpoint = endpoints[nextEndpoint]
            nextEndpoint = (nextEndpoint + 1) % endpoints.count
            let fresh = try ZeroMQSocket(.clientDealer, monitored: true)
            do {
                try fresh.connect(endpoint)
            } catch {
                fresh.close()
                throw error
            }
            socket = fresh
        case .here(let port, let wake): direct = port.openLink(waking: wake)
        }
    }

    mutating func close(lingerMilliseconds: Int32 = 0) {
        socket?.close(lingerMilliseconds: lingerMilliseconds)
        socket = nil
        if let direct, case .here(let port, _) = hub { port.closeLink(direct) }
        direct = nil
        isOpening = false
    }

    /// Adds what to wait for.
    mutating func join(_ set: inout PollSet) {
        monitorSlot = nil
        guard let socket else { return }
        _ = set.add(socket.descriptor)
        monitorSlot = socket.monitor.map { set.add($0.descriptor) }
    }

    /// Notes what the wait has found.
    mutating func look(at set: PollSet) {
        if let monitorSlot, set.events(at: monitorSlot).contains(.readable) { hasNews = true }
    }

    /// What the connection has to say: linkUp or linkDown of this attempt.
    mutating func connectionEvent() -> ClientInput? {
        if case .here = hub { return directEvent() }
        guard hasNews, let monitor = socket?.monitor else { return nil }
        while let event = monitor.next() {
            switch event {
            case .handshakeSucceeded where isOpening:
                isOpening = false
                return .linkUp(attempt: attempt)
            case .handshakeFailedAuthentication:
                return .linkDown(attempt: attempt, .notAuthenticated)
            case .closed, .disconnected, .handshakeFailed, .handshakeFailedProtocol:
                return .linkDown(attempt: attempt, .broken)
            default: continue
            }
        }
        hasNews = false
        return nil
    }

    /// A direct link has no handshake: it is up at once, or there is no hub.
    private mutating func directEvent() -> ClientInput? {
        if let direct {
            // What the hub sent before it ended the link comes first: it says why.
            if direct.isOver, !direct.isReadable {
                close()
                return .linkDown(attempt: attempt, .broken)
            }
            guard isOpening else { return nil }
            isOpening = false
            return .linkUp(attempt: attempt)
        }
        guard isOpening else { return nil }
        isOpening = false
        return .linkDown(attempt: attempt, .broken)
    }

    /// Receives one message; false when there is none.
    ///
    /// `body` must not use the link.
    mutating func receive(_ body: (Span<UInt8>) -> Void) -> Bool {
        if let direct {
            guard direct.receive(into: &message) else { return false }
            body(message.span)
            return true
        }
        guard let socket else { return false }
        switch socket.receive(body) {
        case .received: break
        // A hub sends one frame a message: an empty message is no frame at all, and the core
        // takes it for the protocol fault that it is.
        case .malformed: body([UInt8]().span)
        case .nothing:
            isUsed = false
            return false
        case .failed: return false
        }
        return true
    }

    /// Sends one message; false when the link can take no more.
    mutating func send(_ bytes: Span<UInt8>) -> Bool {
        if let direct, case .here(let port, _) = hub {
            // The answer may be there before this call returns: the caller looks, nobody wakes.
            direct.attend()
            defer { direct.leave() }
            if case .sent = port.send(bytes, from: direct) { return true }
            return false
        }
        guard let socket else { return false }
        isUsed = true
        if case .sent = socket.send(bytes) { return true }
        return false
    }

    /// Whether messages are there already when `send` returns.
    var answersAtOnce: Bool { direct != nil }

    /// Whether there is something to receive, or became so while it was used (a send swallows the
    /// descriptor's edge).
    mutating func isReadable() -> Bool {
        if let direct { return direct.isReadable || direct.isOver }
        // A socket that cannot say is found dead by its monitor, or by the hub's silence.
        guard isUsed, let socket, let events = try? socket.readiness() else { return false }
        isUsed = events.contains(.readable)
        return isUsed
    }
}
