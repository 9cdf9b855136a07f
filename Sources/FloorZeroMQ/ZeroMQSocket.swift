import CZeroMQ
public import FloorPosix

/// A ZeroMQ socket that never blocks, with every option of its role set.
///
/// ```swift
/// let router = try ZeroMQSocket(.hubRouter)
/// let endpoint = try router.bind("tcp://127.0.0.1:0")     // "tcp://127.0.0.1:40321"
/// var set = PollSet()
/// _ = set.add(router.descriptor)
/// var message = RouterMessage()
/// while running {
///     _ = try set.wait(timeoutMilliseconds: 250)          // without the lock
///     // with the lock: until there is nothing more, or enough for one step
///     while case .received = router.receive(into: &message) { handle(message) }
/// }
/// ```
/// **Thread:** one at a time. The owner holds a `Lock` around every call, which gives the memory
/// fence that ZeroMQ asks for; that is why the type is not `Sendable` and its owner says so itself.
///
/// **Descriptor:** it tells *changes*, not a state (`ZMQ_FD` is edge-triggered), and every call on
/// the socket, a send as well, may swallow one. So: wait on `descriptor`, then receive until
/// `.nothing`; whoever touched the socket reads `readiness()` before giving up the lock and wakes
/// the waiting thread if it is readable. Never hand the descriptor to a foreign event loop.
public final class ZeroMQSocket {
    /// Poll it for reading (see above); libzmq's own, valid until `close()`, never closed by you.
    public let descriptor: Int32
    /// The connection events, if the socket was opened with `monitored: true`.
    ///
    /// Drain it always.
    public let monitor: SocketMonitor?

    let type: Int32
    let readsUserID: Bool
    let frame = Frame()
    private var handle: SocketHandle?
    private var localEndpoints: [String] = []

    /// Opens a socket; nothing happens on the network before `bind` or `connect`.
    ///
    /// - Parameters:
    ///   - role: what it is for.
    ///   - security: keys and authentication.
    ///   - monitored: whether `monitor` reports connection events. The reader is attached before
    ///     anything can happen: libzmq's I/O thread would wait for a missing one.
    /// - Throws: `ErrorNumber.forked`, `ErrorNumber.tooManyOpen` and others.
    public convenience init(
        _ role: SocketRole,
        security: SocketSecurity = .none,
        monitored: Bool = false
    ) throws(ZeroMQError) {
        try self.init(
            type: role.type,
            options: role.options,
            security: security,
            monitored: monitored
        )
    }

    init(
        type: Int32,
        options: [SocketOption],
        security: SocketSecurity = .none,
        monitored: Bool = false
    ) throws(ZeroMQError) {
        let handle = try Self.open(type, options + security.options)
        var descriptor: Int32 = -1
        let result = handle.intOption(ZMQ_FD, into: &descriptor)
        guard result >= 0 else {
            handle.close()
            throw ZeroMQError(code: -result, operation: .open)
        }
        if monitored {
            do throws(ZeroMQError) {
                monitor = try SocketMonitor(of: handle)
            } catch {
                handle.close()
                throw error
            }
        } else {
            monitor = nil
        }
        self.type = type
        self.descriptor = descriptor
        self.handle = handle
        readsUserID = security.authenticatesPeers
    }

    deinit { close() }

    private static func open(
        _ type: Int32,
        _ options: [SocketOption]
    ) throws(ZeroMQError) -> SocketHandle {
        let context = try ZeroMQContext.shared()
        do throws(PosixError) {
            try SystemTrial.run(
                descriptors: Limits.socketDescriptors,
                threads: 0,
                bytes: Limits.socketBytes
            )
        } catch {
            throw ZeroMQError(code: error.code, operation: .open)
        }
        let handle: SocketHandle
        do throws(SystemCode) {
            handle = try SocketHandle(context, type: type)
        } catch {
            throw ZeroMQError(code: error.number, operation: .open)
        }
        for option in options {
            let result = handle.setOption(option)
            guard result >= 0 else {
                handle.close()
                throw ZeroMQError(code: -result, operation: .open)
            }
        }
        return handle
    }

    /// Listens at an endpoint and returns the real one, with the port in place of `0` or `*`.
    ///
    /// An ipc endpoint takes the path from whoever has it: hold a `FileLock` beside it first.
    ///
    /// - Parameter endpoint: `tcp://127.0.0.1:0`, `tcp://*:7411`, `ipc:///run/floorbus.ipc`,
    ///   `inproc://name`.
    /// - Returns: the endpoint that peers on this machine can connect to.
    /// - Throws: `ErrorNumber.addressInUse`, `accessDenied`, `noDevice`, `invalid`, and others.
    @discardableResult
    public func bind(_ endpoint: String) throws(ZeroMQError) -> String {
        let handle = try opened(.bind, endpoint)
        try check(handle.bind(endpoint), .bind, endpoint)
        if LocalEndpoints.isLocal(endpoint) {
            localEndpoints.append(endpoint)
            LocalEndpoints.shared.add(endpoint)
        }
        return Self.withoutMappedAddress(handle.textOption(ZMQ_LAST_ENDPOINT))
    }

    /// `tcp://[::ffff:127.0.0.1]:40321`, as an IPv6 socket calls an IPv4 address, in the form that
    /// every ZeroMQ socket can connect to: `tcp://127.0.0.1:40321`.
    private static func withoutMappedAddress(_ endpoint: String) -> String {
        let prefix = Array("tcp://[::ffff:".utf8)
        var bytes = Array(endpoint.utf8)
        guard bytes.starts(with: prefix), let end = bytes.lastIndex(of: UInt8(ascii: "]")),
            bytes.contains(UInt8(ascii: "."))
        else { return endpoint }
        bytes.remove(at: end)
        return "tcp://" + String(decoding: bytes[prefix.count...], as: UTF8.self)
    }

    /// Stops listening at an endpoint that `bind` returned.
    public func unbind(_ endpoint: String) throws(ZeroMQError) {
        let handle = try opened(.disconnect, endpoint)
        if let place = localEndpoints.firstIndex(of: endpoint) {
            localEndpoints.remove(at: place)
            LocalEndpoints.shared.remove(endpoint)
        }
        try check(handle.unbind(endpoint), .disconnect, endpoint)
    }

    /// Starts connecting.
    ///
    /// Success says only that the endpoint is well-formed: what becomes of it is seen in `monitor`
    /// and by time. An inproc endpoint must be bound already.
    ///
    /// - Throws: `ErrorNumber.invalid`; `notFound` for an inproc endpoint that nobody has bound.
    public func connect(_ endpoint: String) throws(ZeroMQError) {
        let handle = try opened(.connect, endpoint)
        let result =
            LocalEndpoints.isLocal(endpoint)
            ? LocalEndpoints.shared.connect(endpoint) { handle.connect(endpoint) }
            : handle.connect(endpoint)
        try check(result, .connect, endpoint)
    }

    /// Undoes a `connect` of the same endpoint.
    public func disconnect(_ endpoint: String) throws(ZeroMQError) {
        try check(try opened(.disconnect, endpoint).disconnect(endpoint), .disconnect, endpoint)
    }

    /// Closes the socket at once; what was not sent yet is dropped.
    ///
    /// A second close does nothing. No thread may still poll `descriptor` or read `monitor`.
    ///
    /// - Parameter lingerMilliseconds: how long libzmq's own thread goes on sending first.
    public func close(lingerMilliseconds: Int32 = 0) {
        guard let handle else { return }
        self.handle = nil
        frame.clear()
        for endpoint in localEndpoints { LocalEndpoints.shared.remove(endpoint) }
        localEndpoints.removeAll()
        // The events stop before their reader goes: libzmq's threads would wait for it otherwise.
        if let monitor {
            _ = handle.monitor(nil, events: 0)
            monitor.close()
        }
        if lingerMilliseconds > 0 {
            _ = handle.setOption(.int(ZMQ_LINGER, lingerMilliseconds))
        }
        handle.close()
    }

    /// Whether the socket can be received from and sent to now; `ZMQ_EVENTS`.
    ///
    /// `writable` is of use with a DEALER only: a ROUTER is always writable, and its sends say
    /// `.wouldBlock` per peer.
    public func readiness() throws(ZeroMQError) -> PollEvents {
        let handle = try opened(.readiness, nil)
        var events: Int32 = 0
        try check(handle.intOption(ZMQ_EVENTS, into: &events), .readiness, nil)
        var found: PollEvents = []
        if events & Int32(ZMQ_POLLIN) != 0 { found.insert(.readable) }
        if events & Int32(ZMQ_POLLOUT) != 0 { found.insert(.writable) }
        return found
    }

    /// The open handle, or an error.
    func opened(
        _ operation: ZeroMQError.Operation,
        _ endpoint: String?
    ) throws(ZeroMQError) -> SocketHandle {
        guard let handle else {
            throw ZeroMQError(
                code: ErrorNumber.notSocket,
                operation: operation,
                endpoint: endpoint
            )
        }
        return handle
    }

    /// The open handle, for calls whose outcome is a value.
    var openHandle: SocketHandle? { handle }

    func check(
        _ result: Int32,
        _ operation: ZeroMQError.Operation,
        _ endpoint: String?
    ) throws(ZeroMQError) {
        guard result >= 0 else {
            throw ZeroMQError(code: -result, operation: operation, endpoint: endpoint)
        }
    }
}
