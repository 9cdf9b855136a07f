import FloorHub
import FloorPosix
import FloorZeroMQ

/// The hub's sockets: one ROUTER per kind of address, because each is trusted differently, and
/// the tap.
struct HubSockets {
    let routers: [RouterTransport]
    let tap: HubTap?
    /// Over the connections of each of them.
    let watches: [ConnectionWatch]
    let endpoints: [String]
    let tapEndpoint: String?

    /// Opens and binds what the configuration says.
    ///
    /// - Parameters:
    ///   - configuration: its endpoints have been checked.
    ///   - place: of the first ROUTER in the loop's list of transports.
    ///   - ceiling: descriptors from here on are not for connections.
    /// - Throws: what libzmq says.
    init(
        _ configuration: HubConfiguration,
        from place: Int,
        ceiling: Int32
    ) throws(ZeroMQError) {
        var sockets: [(transport: Transport, socket: ZeroMQSocket)] = []
        var endpoints: [String] = []
        for endpoint in configuration.listen {
            guard let transport = Transport(endpoint) else { continue }
            let socket: ZeroMQSocket
            if let open = sockets.first(where: { $0.transport == transport }) {
                socket = open.socket
            } else {
                socket = try ZeroMQSocket(.hubRouter, monitored: true)
                sockets.append((transport, socket))
            }
            endpoints.append(try Self.bind(socket, endpoint))
        }
        if let endpoint = configuration.tap {
            let socket = try ZeroMQSocket(.tapPublisher, monitored: true)
            tapEndpoint = try Self.bind(socket, endpoint)
            tap = HubTap(socket)
        } else {
            tapEndpoint = nil
            tap = nil
        }
        var watches: [ConnectionWatch] = []
        var routers: [RouterTransport] = []
        for open in sockets {
            let watch = ConnectionWatch(
                open.socket,
                "connections",
                ceiling: ceiling,
                expectsHello: true
            )
            watches.append(watch)
            routers.append(RouterTransport(open.socket, place: place + routers.count, watch))
        }
        if let tap {
            watches.append(tap.watch(ceiling: ceiling))
        }
        self.routers = routers
        self.watches = watches
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
                // A pause that is cut short is a try that comes early.
                _ = try? pause.wait(timeoutMilliseconds: 20)
            }
        }
        return try socket.bind(endpoint)
    }

    func close() {
        for router in routers { router.close() }
        tap?.close()
    }
}

/// The tap's socket: records go out, subscriptions come in.
final class HubTap {
    private let socket: ZeroMQSocket
    private var isUsed = false
    private var topic: [UInt8] = []

    init(_ socket: ZeroMQSocket) { self.socket = socket }

    var descriptor: Int32 { socket.descriptor }

    /// Readers of the tap say nothing: only their number is watched.
    func watch(ceiling: Int32) -> ConnectionWatch {
        ConnectionWatch(socket, "tap readers", ceiling: ceiling, expectsHello: false)
    }

    /// Takes subscriptions, at most so many, and returns the join barriers that came and went.
    ///
    /// libzmq filters by itself, and has put each filter in force before it shows here.
    func drain(atMost limit: Int) throws(HubServerError) -> [HubInput] {
        var barriers: [HubInput] = []
        for _ in 0..<limit {
            switch socket.receiveSubscription(topic: &topic) {
            case .nothing: return barriers
            case .failed(let error): throw .socket(error)
            case .subscribed where topic.first == UInt8(ascii: "~"):
                barriers.append(.tapBarrier(topic))
            case .unsubscribed where topic.first == UInt8(ascii: "~"):
                barriers.append(.tapBarrierGone(topic))
            default: break
            }
        }
        return barriers
    }

    func publish(key: Span<UInt8>, record: Span<UInt8>) {
        // The tap drops for readers that are too slow; they see it in the prev_rev chain (T1).
        isUsed = true
        _ = socket.publish(key: key, record: record)
    }

    /// As `FrameTransport.isReadable`.
    func isReadable() throws(HubServerError) -> Bool {
        do { return try socket.readiness().contains(.readable) } catch { throw .socket(error) }
    }

    /// As `FrameTransport.isReadableAfterSends`.
    func isReadableAfterSends() throws(HubServerError) -> Bool {
        isUsed ? try isReadable() : false
    }

    func forgetSends() { isUsed = false }

    func close() { socket.close() }
}
