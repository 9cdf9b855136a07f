import FloorHub
import FloorPosix
import FloorZeroMQ

/// The hub's sockets: one ROUTER per transport, because each is trusted differently, and the
/// tap.
struct HubSockets {
    /// By `Transport.rawValue`; nil where nothing listens.
    private var routers: [ZeroMQSocket?]
    private let tap: ZeroMQSocket?
    let endpoints: [String]
    let tapEndpoint: String?
    private var nextRouter = 0
    /// Which ROUTERs were sent to since `forgetSends`.
    private var isUsed = [Bool](repeating: false, count: Transport.allCases.count)
    private var isTapUsed = false
    private var message = RouterMessage()
    private var topic: [UInt8] = []

    init(_ configuration: HubConfiguration) throws(ZeroMQError) {
        var routers = [ZeroMQSocket?](repeating: nil, count: Transport.allCases.count)
        var endpoints: [String] = []
        for endpoint in configuration.listen {
            guard let transport = Transport(endpoint) else { continue }
            let socket: ZeroMQSocket
            if let open = routers[transport.rawValue] {
                socket = open
            } else {
                socket = try ZeroMQSocket(.hubRouter)
                routers[transport.rawValue] = socket
            }
            endpoints.append(try Self.bind(socket, endpoint))
        }
        if let endpoint = configuration.tap {
            let socket = try ZeroMQSocket(.tapPublisher)
            tapEndpoint = try Self.bind(socket, endpoint)
            tap = socket
        } else {
            tapEndpoint = nil
            tap = nil
        }
        self.routers = routers
        self.endpoints = endpoints
    }

    /// Binds; waits a moment for an address that is in use.
    ///
    /// libzmq gives a closed socket's port back in the background, and a hub that takes another
    /// one's place may be quicker than that.
    private static func bind(
        _ socket: ZeroMQSocket,
        _ endpoint: String
    ) throws(ZeroMQError) -> String {
        var pause = PollSet()
        for _ in 0..<25 {
            do {
                return try socket.bind(endpoint)
            } catch {
                guard error.code == ErrorNumber.addressInUse else { throw error }
                _ = try? pause.wait(timeoutMilliseconds: 20)
            }
        }
        return try socket.bind(endpoint)
    }

    var descriptors: [Int32] {
        var result: [Int32] = []
        for router in routers { if let router { result.append(router.descriptor) } }
        if let tap { result.append(tap.descriptor) }
        return result
    }

    /// Receives one message; the ROUTERs take turns.
    ///
    /// - Parameters:
    ///   - take: gets the message and whose it is.
    ///   - refuse: gets whose message it was when it was not exactly one frame.
    /// - Returns: false when there is none.
    /// - Throws: what libzmq says of a socket that cannot be used any more.
    mutating func receiveOne(
        _ take: (LinkID, Span<UInt8>) -> Void,
        malformed refuse: (LinkID) -> Void
    ) throws(ZeroMQError) -> Bool {
        for _ in routers.indices {
            let place = nextRouter
            guard let router = routers[place] else {
                advance()
                continue
            }
            let outcome = router.receive(&message) { message, payload in
                guard let peer = message.peer else { return refuse(Self.nameless) }
                take(Self.link(place, peer), payload)
            }
            switch outcome {
            case .received: return true
            case .malformed:
                refuse(message.peer.map { Self.link(place, $0) } ?? Self.nameless)
                return true
            case .nothing: advance()
            case .failed(let error): throw error
            }
        }
        return false
    }

    private mutating func advance() { nextRouter = (nextRouter + 1) % routers.count }

    /// Takes subscriptions off the tap, at most so many, and returns the join barriers among them.
    ///
    /// libzmq filters by itself, and has put each filter in force before it shows here.
    mutating func drainTap(atMost limit: Int) throws(ZeroMQError) -> [HubInput] {
        guard let tap else { return [] }
        var barriers: [HubInput] = []
        for _ in 0..<limit {
            switch tap.receiveSubscription(topic: &topic) {
            case .nothing: return barriers
            case .failed(let error): throw error
            case .subscribed where topic.first == UInt8(ascii: "~"):
                barriers.append(.tapBarrier(topic))
            default: break
            }
        }
        return barriers
    }

    /// Whether a socket became readable while it was used (a send swallows the edge).
    func isReadable() throws(ZeroMQError) -> Bool {
        for router in routers {
            if let router, try router.readiness().contains(.readable) { return true }
        }
        if let tap, try tap.readiness().contains(.readable) { return true }
        return false
    }

    /// The same for the sockets that were sent to since `forgetSends`, each a system call.
    func isReadableAfterSends() throws(ZeroMQError) -> Bool {
        for place in routers.indices where isUsed[place] {
            if let router = routers[place], try router.readiness().contains(.readable) {
                return true
            }
        }
        if isTapUsed, let tap, try tap.readiness().contains(.readable) { return true }
        return false
    }

    mutating func forgetSends() {
        for place in isUsed.indices { isUsed[place] = false }
        isTapUsed = false
    }

    mutating func send(_ bytes: Span<UInt8>, to link: LinkID) -> SendOutcome {
        let place = Int(link.rawValue >> 32)
        guard routers.indices.contains(place), let router = routers[place] else {
            return .unreachable
        }
        isUsed[place] = true
        return router.send(
            to: PeerID(number: UInt32(truncatingIfNeeded: link.rawValue)),
            bytes: bytes
        )
    }

    mutating func publish(key: Span<UInt8>, record: Span<UInt8>) {
        // The tap drops for readers that are too slow; they see it in the prev_rev chain (T1).
        isTapUsed = true
        _ = tap?.publish(key: key, record: record)
    }

    func close() {
        for router in routers { router?.close() }
        tap?.close()
    }

    /// A peer with a routing id of its own: its messages are counted, nothing reaches it.
    private static let nameless = LinkID(.max)

    private static func link(_ place: Int, _ peer: PeerID) -> LinkID {
        LinkID(UInt64(place) << 32 | UInt64(peer.number))
    }
}
