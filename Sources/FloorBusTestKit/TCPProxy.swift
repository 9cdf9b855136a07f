import FloorPosix

/// A network between clients and a hub that breaks when the tester says so.
///
///     let proxy = try TCPProxy(to: hub.endpoints[0])
///     let client = try FloorBusClient.connect(to: proxy.endpoint, as: "ana")
///     proxy.cut()                       // every connection ends, new ones are welcome
///
/// Each connection has two threads that read on one side and write on the other.
///
/// - Thread: every member may be used from any thread.
/// - Lifetime: `stop` ends it; nothing else does.
///
/// @unchecked Sendable because every mutable property is touched only with `lock` held.
public final class TCPProxy: @unchecked Sendable {
    /// What happens to bytes on their way, in both directions.
    public enum Mode: Sendable {
        /// They arrive.
        case forwarding
        /// They wait; behind them the senders' buffers fill up.
        case stalled
        /// They vanish, and nobody is told: a dead network cable.
        case discarding
    }

    /// Which connections of the pair end.
    public enum Side: Sendable {
        /// The client's, the hub's stays open and silent: the hub takes it for alive.
        case client
        /// The hub's, the client's stays open and silent.
        case hub
        /// Both.
        case both
    }

    private struct Pair {
        let client: ProxySocket
        let hub: ProxySocket
        /// Threads that still use the sockets.
        var users = 2
        var isCut = false
        /// Whether a silent side is kept open although the other one has ended.
        var keepsOpen = false
    }

    /// Where clients connect instead of to the hub.
    public let endpoint: String

    private let lock = Lock()
    private let changed = Condition()
    private let listener: ProxySocket
    private var hubPort: UInt16
    private var mode = Mode.forwarding
    private var bytesPerSecond: Int?
    private var isRefusing = false
    private var isStopped = false
    private var pairs: [Int: Pair] = [:]
    private var lastPair = 0

    /// Listens at a free port of this machine.
    ///
    /// - Parameter hubEndpoint: `tcp://127.0.0.1:PORT`.
    /// - Throws: `ProxyError` when the system refuses a socket, `PosixError` for a thread.
    public init(to hubEndpoint: String) throws {
        hubPort = Self.port(of: hubEndpoint)
        let (listener, port) = try ProxySocket.listening()
        self.listener = listener
        endpoint = "tcp://127.0.0.1:\(port)"
        _ = try FloorThread.start(name: "proxy accept") { [self] in acceptAll() }
    }

    private static func port(of endpoint: String) -> UInt16 {
        guard let text = endpoint.split(separator: ":").last, let port = UInt16(text) else {
            preconditionFailure("TCPProxy: the endpoint must end in a port number")
        }
        return port
    }

    /// Connections that are open on at least one side.
    public var connections: Int { lock.withLock { pairs.count } }

    /// Leads new connections to another hub.
    public func redirect(to hubEndpoint: String) {
        lock.withLock { hubPort = Self.port(of: hubEndpoint) }
    }

    /// Changes what happens to bytes from now on.
    public func set(_ mode: Mode) {
        lock.withLock {
            self.mode = mode
            changed.broadcast()
        }
    }

    /// Limits each direction of each connection; nil = no limit.
    public func slow(bytesPerSecond: Int?) {
        lock.withLock { self.bytesPerSecond = bytesPerSecond }
    }

    /// Whether new connections are closed at once.
    public func refuse(_ isRefusing: Bool) { lock.withLock { self.isRefusing = isRefusing } }

    /// Ends all present connections, on one side or both.
    public func cut(_ side: Side = .both) {
        lock.withLock {
            for number in pairs.keys.sorted() {
                pairs[number]?.isCut = true
                pairs[number]?.keepsOpen = side != .both
                if side != .hub { pairs[number]?.client.shutDown() }
                if side != .client { pairs[number]?.hub.shutDown() }
            }
            changed.broadcast()
        }
    }

    /// Ends everything; blocks for nothing.
    public func stop() {
        cut()
        lock.withLock {
            guard !isStopped else { return }
            isStopped = true
            for number in pairs.keys.sorted() {
                pairs[number]?.keepsOpen = false
                pairs[number]?.client.shutDown()
                pairs[number]?.hub.shutDown()
            }
            changed.broadcast()
            listener.shutDown()
        }
    }

    // MARK: threads

    private func acceptAll() {
        while let client = listener.accepted() {
            let (port, isRefusing) = lock.withLock { (hubPort, self.isRefusing) }
            guard !isRefusing, let hub = try? ProxySocket.connected(to: port) else {
                client.close()
                continue
            }
            let number = lock.withLock {
                lastPair += 1
                pairs[lastPair] = Pair(client: client, hub: hub)
                return lastPair
            }
            start(number, from: client, to: hub)
            start(number, from: hub, to: client)
        }
        listener.close()
    }

    private func start(_ number: Int, from source: ProxySocket, to target: ProxySocket) {
        do {
            _ = try FloorThread.start(name: "proxy pump") { [self] in
                pump(number, from: source, to: target)
                leave(number)
            }
        } catch {
            source.shutDown()
            target.shutDown()
            leave(number)
        }
    }

    private func pump(_ number: Int, from source: ProxySocket, to target: ProxySocket) {
        var bytes: [UInt8] = []
        while source.receive(into: &bytes) {
            switch gate(number, bytes.count) {
            case .forwarding?: if !target.send(bytes) { return give(up: target, number) }
            case .discarding?, .stalled?: continue
            case nil: return end(number, source, target)
            }
        }
        end(number, source, target)
    }

    /// Waits while bytes may not pass; nil when the connection is cut.
    private func gate(_ number: Int, _ count: Int) -> Mode? {
        lock.withLock {
            if let bytesPerSecond {
                let pause = UInt64(count) * 1_000_000_000 / UInt64(bytesPerSecond)
                let until = Clocks.monotonicNanoseconds() + pause
                while pairs[number]?.isCut == false,
                    changed.wait(lock, untilMonotonicNanoseconds: until)
                {}
            }
            while mode == .stalled, pairs[number]?.isCut == false { changed.wait(lock) }
            return pairs[number]?.isCut == false ? mode : nil
        }
    }

    /// One side takes nothing any more: what it has said before, a goodbye perhaps, still goes on.
    private func give(up target: ProxySocket, _ number: Int) {
        lock.withLock {
            while pairs[number]?.keepsOpen == true, !isStopped { changed.wait(lock) }
            target.shutDown()
        }
    }

    /// One side has ended: the other one ends too, unless it is to be left in the dark.
    private func end(_ number: Int, _ source: ProxySocket, _ target: ProxySocket) {
        lock.withLock {
            while pairs[number]?.keepsOpen == true, !isStopped { changed.wait(lock) }
            source.shutDown()
            target.shutDown()
        }
    }

    /// The last of the two threads closes.
    private func leave(_ number: Int) {
        lock.withLock {
            pairs[number]?.users -= 1
            guard let pair = pairs[number], pair.users == 0 else { return }
            pair.client.close()
            pair.hub.close()
            pairs[number] = nil
        }
    }
}
