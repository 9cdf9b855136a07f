import CZeroMQ
import FloorPosix
import Testing

@testable import FloorZeroMQ

@Suite struct OptionSheetTests {
    /// Options that libzmq takes but does not give back.
    ///
    /// Their effect is tested elsewhere: a
    /// missing peer is unreachable, a peer of an own id is refused, every subscription shows.
    private let unreadable: Set<Int32> = [
        ZMQ_ROUTER_MANDATORY, ZMQ_ROUTER_HANDOVER, ZMQ_XPUB_VERBOSE, ZMQ_XPUB_NODROP,
    ]

    @Test(arguments: [SocketRole.hubRouter, .tapPublisher, .clientDealer, .tapSubscriber])
    func everyOptionOfTheSheetIsInForce(_ role: SocketRole) throws {
        let socket = try ZeroMQSocket(role)
        let handle = try #require(socket.openHandle)
        for option in role.options where !unreadable.contains(option.number) {
            switch option.value {
            case .int(let expected):
                var value: Int32 = -7
                #expect(handle.intOption(option.number, into: &value) == 0)
                #expect(value == expected, "option \(option.number)")
            case .long(let expected):
                var value: Int64 = -7
                #expect(handle.longOption(option.number, into: &value) == 0)
                #expect(value == expected, "option \(option.number)")
            case .bytes:
                Issue.record("no sheet has bytes")
            }
        }
    }

    @Test func theHubsSheetIsTheOneOfTheProtocol() throws {
        let expected: [(Int32, Int32)] = [
            (ZMQ_LINGER, 0), (ZMQ_SNDHWM, 1000), (ZMQ_RCVHWM, 1000), (ZMQ_HANDSHAKE_IVL, 5000),
            (ZMQ_BACKLOG, 4096), (ZMQ_TCP_KEEPALIVE, 1), (ZMQ_TCP_KEEPALIVE_IDLE, 30),
            (ZMQ_TCP_KEEPALIVE_INTVL, 10), (ZMQ_TCP_KEEPALIVE_CNT, 3), (ZMQ_TCP_MAXRT, 15_000),
            (ZMQ_IPV6, 1), (ZMQ_HEARTBEAT_IVL, 0),
        ]
        try expectOptions(expected, of: .hubRouter, maximumFrame: 65_536)
    }

    @Test func theClientsSheetIsTheOneOfTheProtocol() throws {
        let expected: [(Int32, Int32)] = [
            (ZMQ_IMMEDIATE, 1), (ZMQ_RECONNECT_IVL, -1), (ZMQ_CONNECT_TIMEOUT, 3000),
            (ZMQ_LINGER, 0), (ZMQ_SNDHWM, 1000), (ZMQ_RCVHWM, 0), (ZMQ_TCP_KEEPALIVE, 1),
            (ZMQ_TCP_MAXRT, 15_000), (ZMQ_IPV6, 1), (ZMQ_HEARTBEAT_IVL, 0),
        ]
        try expectOptions(expected, of: .clientDealer, maximumFrame: 65_536)
    }

    @Test func theTapsSheetsAreTheOnesOfTheProtocol() throws {
        let publisher: [(Int32, Int32)] = [
            (ZMQ_LINGER, 0), (ZMQ_SNDHWM, 1000), (ZMQ_HANDSHAKE_IVL, 5000), (ZMQ_IPV6, 1),
            (ZMQ_HEARTBEAT_IVL, 0),
        ]
        try expectOptions(publisher, of: .tapPublisher, maximumFrame: 256)
        let subscriber: [(Int32, Int32)] = [
            (ZMQ_LINGER, 0), (ZMQ_SNDHWM, 0), (ZMQ_IPV6, 1), (ZMQ_HEARTBEAT_IVL, 0),
        ]
        try expectOptions(subscriber, of: .tapSubscriber, maximumFrame: 65_536)
    }

    @Test func theContextHasItsSettings() throws {
        let context = try ZeroMQContext.shared()
        #expect(context.get(ZMQ_BLOCKY) == 0)
        #expect(context.get(ZMQ_MAX_SOCKETS) == 8192)
        #expect(context.get(ZMQ_IO_THREADS) == 1)
    }

    /// The number that Debian's header lacks; CURVE will need it.
    @Test func enforcingTheZAPDomainIsAccepted() throws {
        let security = SocketSecurity(options: [.int(93, 1)], authenticatesPeers: true)
        _ = try ZeroMQSocket(.hubRouter, security: security)
    }

    @Test func anOptionThatLibzmqDoesNotKnowIsAnErrorAndNoTrap() throws {
        let security = SocketSecurity(options: [.int(31_000, 1)], authenticatesPeers: false)
        let error = #expect(throws: ZeroMQError.self) {
            try ZeroMQSocket(.hubRouter, security: security)
        }
        #expect(error?.code == ErrorNumber.invalid)
    }

    private func expectOptions(
        _ expected: [(Int32, Int32)],
        of role: SocketRole,
        maximumFrame: Int64
    ) throws {
        let socket = try ZeroMQSocket(role)
        let open = try #require(socket.openHandle)
        for (number, expected) in expected {
            var value: Int32 = -7
            #expect(open.intOption(number, into: &value) == 0)
            #expect(value == expected, "option \(number)")
        }
        var size: Int64 = 0
        #expect(open.longOption(ZMQ_MAXMSGSIZE, into: &size) == 0)
        #expect(size == maximumFrame)
    }
}
