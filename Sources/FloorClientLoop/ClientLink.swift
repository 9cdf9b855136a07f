import FloorClient
import FloorPosix
import FloorZeroMQ

/// The socket of one attempt at a time: a fresh DEALER each (R14), to the endpoints in turn.
struct ClientLink {
    private let endpoints: [String]
    private var nextEndpoint = 0
    private(set) var attempt: UInt64 = 0
    private(set) var socket: ZeroMQSocket?
    /// Whether the core has been told that the link can send.
    private var isUp = false
    private var message: [UInt8] = []

    init(endpoints: [String]) { self.endpoints = endpoints }

    /// Starts connecting; what becomes of it comes from `poll`.
    mutating func open(attempt: UInt64) throws(ZeroMQError) {
        close()
        self.attempt = attempt
        let endpoint = endpoints[nextEndpoint]
        nextEndpoint = (nextEndpoint + 1) % endpoints.count
        // inproc has no handshake and no monitor events: it is up once it is connected.
        let isLocal = endpoint.utf8.starts(with: "inproc://".utf8)
        let fresh = try ZeroMQSocket(.clientDealer, monitored: !isLocal)
        do {
            try fresh.connect(endpoint)
        } catch {
            fresh.close()
            throw error
        }
        socket = fresh
    }

    mutating func close() {
        socket?.close()
        socket = nil
        isUp = false
    }

    var descriptors: [Int32] {
        guard let socket else { return [] }
        return [socket.descriptor] + (socket.monitor.map { [$0.descriptor] } ?? [])
    }

    /// What the connection has to say: linkUp or linkDown of this attempt.
    mutating func connectionEvent() -> ClientInput? {
        guard let socket else { return nil }
        guard let monitor = socket.monitor else {
            guard !isUp else { return nil }
            isUp = true
            return .linkUp(attempt: attempt)
        }
        while let event = monitor.next() {
            switch event {
            case .handshakeSucceeded where !isUp:
                isUp = true
                return .linkUp(attempt: attempt)
            case .handshakeFailedAuthentication:
                return .linkDown(attempt: attempt, .notAuthenticated)
            case .closed, .disconnected, .handshakeFailed, .handshakeFailedProtocol:
                return .linkDown(attempt: attempt, .broken)
            default: continue
            }
        }
        return nil
    }

    /// Receives one message into storage that is used again; nil when there is none.
    mutating func receive(_ body: (Span<UInt8>) -> Void) -> Bool {
        guard let socket else { return false }
        switch socket.receive(into: &message) {
        case .received: body(message.span)
        // A hub sends one frame a message: an empty message is no frame at all, and the core
        // takes it for the protocol fault that it is.
        case .malformed: body([UInt8]().span)
        case .nothing, .failed: return false
        }
        return true
    }

    /// Sends one message; false when the link can take no more.
    func send(_ bytes: Span<UInt8>) -> Bool {
        guard let socket else { return false }
        if case .sent = socket.send(bytes) { return true }
        return false
    }

    /// Whether the socket became readable while it was used (a send swallows the edge).
    func isReadable() -> Bool {
        guard let socket, let events = try? socket.readiness() else { return false }
        return events.contains(.readable)
    }
}
