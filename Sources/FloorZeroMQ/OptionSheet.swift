// Every option of every socket, in one place: protocol, section 7. They are set before bind and
// connect, and never after: changing a high-water mark later can crash libzmq (#4524).
//
// Not on the sheets on purpose: ZMTP heartbeats (HEARTBEAT_*). A receiver at its high-water mark
// kills a healthy link with them and can abort the process on reconnect (libzmq#3937, #4767).
// FloorBus has its own PING. A test reads them back as 0.
import CZeroMQ

/// One socket option and its value.
struct SocketOption: Sendable {
    enum Value: Sendable {
        case int(Int32)
        case long(Int64)
        case bytes([UInt8])
    }

    let number: Int32
    let value: Value

    static func int(_ number: Int32, _ value: Int32) -> SocketOption {
        SocketOption(number: number, value: .int(value))
    }
}

/// What a socket is for; each role has its own option sheet.
public enum SocketRole: Sendable {
    /// The hub's session port: a ROUTER. It binds, also to inproc endpoints.
    case hubRouter
    /// The hub's tap: an XPUB. It binds.
    case tapPublisher
    /// A client's session: a DEALER. A fresh one per connection attempt; it never reconnects.
    case clientDealer
    /// A reader of the tap: a SUB. It reconnects by itself.
    case tapSubscriber

    var type: Int32 {
        switch self {
        case .hubRouter: ZMQ_ROUTER
        case .tapPublisher: ZMQ_XPUB
        case .clientDealer: ZMQ_DEALER
        case .tapSubscriber: ZMQ_SUB
        }
    }

    var options: [SocketOption] {
        switch self {
        case .hubRouter: OptionSheet.hubRouter
        case .tapPublisher: OptionSheet.tapPublisher
        case .clientDealer: OptionSheet.clientDealer
        case .tapSubscriber: OptionSheet.tapSubscriber
        }
    }
}

/// How a socket proves who it is and learns who its peers are.
///
/// CURVE belongs here: its options (CURVE_SERVER, keys, ZAP_DOMAIN, and ZAP_ENFORCE_DOMAIN, number
/// 93, which Debian's header lacks and libzmq takes) go in before bind and connect, with
/// `authenticatesPeers` on the hub's side.
public struct SocketSecurity: Sendable {
    /// No keys: inproc, ipc in a protected directory, loopback.
    public static let none = SocketSecurity(options: [], authenticatesPeers: false)

    let options: [SocketOption]
    /// Whether a ZAP handler vouches for each peer's `User-Id`.
    ///
    /// Only then is it read: without ZAP a peer can put a `User-Id` of its own choice into its
    /// handshake (stream_engine_base.cpp merges the peer's properties into the metadata).
    let authenticatesPeers: Bool
}

/// The sheets.
enum OptionSheet {
    /// The hub's limit on one frame, bytes; libzmq drops the connection that sends a larger one.
    static let maximumFrameBytes: Int64 = 65_536
    /// A tap reader sends subscriptions only, bytes.
    static let maximumSubscriptionFrameBytes: Int64 = 256

    static let hubRouter: [SocketOption] =
        common + listening + [
            .int(ZMQ_ROUTER_MANDATORY, 1),  // tell full (EAGAIN) and gone (EHOSTUNREACH) peers
            .int(ZMQ_ROUTER_HANDOVER, 0),  // nobody takes over another's routing id
            .int(ZMQ_SNDHWM, 1000),
            .int(ZMQ_RCVHWM, 1000),
            SocketOption(number: ZMQ_MAXMSGSIZE, value: .long(maximumFrameBytes)),
        ]

    static let tapPublisher: [SocketOption] =
        common + listening + [
            .int(ZMQ_XPUB_VERBOSE, 1),  // every join shows, for the `~sync/` barrier
            .int(ZMQ_XPUB_NODROP, 0),  // a slow reader loses; it never stalls the others
            .int(ZMQ_SNDHWM, 1000),
            .int(ZMQ_RCVHWM, 1000),
            SocketOption(number: ZMQ_MAXMSGSIZE, value: .long(maximumSubscriptionFrameBytes)),
        ]

    static let clientDealer: [SocketOption] =
        common + [
            .int(ZMQ_IMMEDIATE, 1),  // queue only on a completed connection
            .int(ZMQ_RECONNECT_IVL, -1),  // one socket, one attempt: nothing old reaches a new hub
            .int(ZMQ_CONNECT_TIMEOUT, 3000),
            .int(ZMQ_SNDHWM, 1000),
            .int(ZMQ_RCVHWM, 0),  // credit bounds it; a full queue would make the client look dead
            SocketOption(number: ZMQ_MAXMSGSIZE, value: .long(maximumFrameBytes)),
        ]

    static let tapSubscriber: [SocketOption] =
        common + [
            .int(ZMQ_RECONNECT_IVL, 250),
            .int(ZMQ_RECONNECT_IVL_MAX, 2000),
            .int(ZMQ_CONNECT_TIMEOUT, 3000),
            .int(ZMQ_SNDHWM, 0),  // else subscriptions beyond it are lost
            .int(ZMQ_RCVHWM, 1000),
            SocketOption(number: ZMQ_MAXMSGSIZE, value: .long(maximumFrameBytes)),
        ]

    /// A monitor's reader.
    static let monitorReader: [SocketOption] = [
        .int(ZMQ_LINGER, 0),
        .int(ZMQ_RCVHWM, Limits.monitorEvents),
    ]

    /// A dead peer must show and a close must not wait, whatever the socket is for.
    ///
    /// Times in milliseconds, keepalive's in seconds.
    private static let common: [SocketOption] = [
        .int(ZMQ_LINGER, 0),
        .int(ZMQ_IPV6, 1),
        .int(ZMQ_HANDSHAKE_IVL, 5000),  // 30 s by default: long enough to hold many half-open links
        .int(ZMQ_TCP_KEEPALIVE, 1),
        .int(ZMQ_TCP_KEEPALIVE_IDLE, 30),
        .int(ZMQ_TCP_KEEPALIVE_INTVL, 10),
        .int(ZMQ_TCP_KEEPALIVE_CNT, 3),
        .int(ZMQ_TCP_MAXRT, 15_000),
    ]

    private static let listening: [SocketOption] = [
        .int(ZMQ_BACKLOG, 4096)  // 10,000 clients come back at once after a restart
    ]
}
