// libzmq writes a socket's events from its I/O thread, *blocking*, into a PAIR socket. A monitor
// whose reader is missing, gone or never reads therefore stops that I/O thread with every socket on
// it (libzmq#3575). So here the reader belongs to the socket: it is attached when the socket is
// opened, goes after the events have been stopped, and has room for a reconnect storm.
import CZeroMQ
import FloorPosix
import Synchronization

/// Something that happened to one connection of a monitored socket.
public enum MonitorEvent: Equatable, Sendable {
    /// It listens.
    case listening
    /// It could not listen; the system's error number.
    case bindFailed(code: Int32)
    /// A connection came in; no handshake yet.
    case accepted(descriptor: Int32)
    /// A connection could not be accepted; the system's error number, often too many open files.
    case acceptFailed(code: Int32)
    /// The connection out is there; no handshake yet.
    case connected
    /// Connecting takes longer than the call; normal with tcp.
    case connectDelayed
    /// Another attempt follows after so many milliseconds.
    case connectRetried(milliseconds: Int32)
    /// The handshake is done: messages flow.
    case handshakeSucceeded
    /// The handshake failed below ZeroMQ; the system's error number, 0 for a peer that hung up.
    case handshakeFailed(code: Int32)
    /// The peer speaks something else; libzmq's `ZMQ_PROTOCOL_ERROR_…`.
    case handshakeFailedProtocol(code: Int32)
    /// The peer's key or name was refused; the ZAP status, 300, 400 or 500.
    case handshakeFailedAuthentication(status: Int32)
    /// A connection that was there ended; its descriptor may be another one's by now.
    case disconnected(descriptor: Int32)
    /// A connection was closed by this side, or an attempt was refused.
    case closed
    /// Closing failed; the system's error number.
    case closeFailed(code: Int32)
    /// One that this version does not know.
    case other(number: UInt16)

    init(number: UInt16, value: Int32) {
        self =
            switch Int32(number) {
            case ZMQ_EVENT_LISTENING: .listening
            case ZMQ_EVENT_BIND_FAILED: .bindFailed(code: value)
            case ZMQ_EVENT_ACCEPTED: .accepted(descriptor: value)
            case ZMQ_EVENT_ACCEPT_FAILED: .acceptFailed(code: value)
            case ZMQ_EVENT_CONNECTED: .connected
            case ZMQ_EVENT_CONNECT_DELAYED: .connectDelayed
            case ZMQ_EVENT_CONNECT_RETRIED: .connectRetried(milliseconds: value)
            case ZMQ_EVENT_HANDSHAKE_SUCCEEDED: .handshakeSucceeded
            case ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL: .handshakeFailed(code: value)
            case ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL: .handshakeFailedProtocol(code: value)
            case ZMQ_EVENT_HANDSHAKE_FAILED_AUTH: .handshakeFailedAuthentication(status: value)
            case ZMQ_EVENT_DISCONNECTED: .disconnected(descriptor: value)
            case ZMQ_EVENT_CLOSED: .closed
            case ZMQ_EVENT_CLOSE_FAILED: .closeFailed(code: value)
            default: .other(number: number)
            }
    }
}

/// The connection events of one socket; get it from `ZeroMQSocket.monitor`.
///
/// Always drain it: after 100,000 unread events libzmq's I/O thread waits for the reader. One
/// thread at a time, not necessarily the socket's; none once the socket is being closed. inproc
/// connections have no events.
public final class SocketMonitor {
    /// Poll it for reading, then call `next()` until `nil`; edge-triggered like a socket's.
    public let descriptor: Int32
    /// Where the connection of the last event goes; for logs.
    public private(set) var endpoint = ""

    private let reader: ZeroMQSocket
    private var bytes: [UInt8] = []

    init(of socket: SocketHandle) throws(ZeroMQError) {
        let number = monitorCount.add(1, ordering: .relaxed).newValue
        let name = "inproc://floorbus-monitor-\(number)"
        // Without MONITOR_STOPPED: that event would be written during close.
        let events = ZMQ_EVENT_ALL & ~ZMQ_EVENT_MONITOR_STOPPED
        let result = socket.monitor(name, events: events)
        guard result >= 0 else { throw ZeroMQError(code: -result, operation: .open) }
        do throws(ZeroMQError) {
            reader = try ZeroMQSocket(type: ZMQ_PAIR, options: OptionSheet.monitorReader)
            // Bound by libzmq itself, in `monitor` above.
            try reader.check(reader.opened(.connect, name).connect(name), .connect, name)
        } catch {
            _ = socket.monitor(nil, events: 0)
            throw error
        }
        descriptor = reader.descriptor
    }

    /// The next event, or `nil` when there is none now.
    public func next() -> MonitorEvent? {
        guard let handle = reader.openHandle else { return nil }
        guard reader.frame.receive(from: handle) == 6 else { return nil }
        // u16 event and u32 value in the machine's order, then the endpoint: zmq_socket_monitor(3).
        let event = unsafe reader.frame.withBytes { bytes in
            unsafe MonitorEvent(
                number: bytes.loadUnaligned(as: UInt16.self),
                value: bytes.loadUnaligned(fromByteOffset: 2, as: Int32.self)
            )
        }
        if reader.frame.hasMore, reader.frame.receive(from: handle) >= 0 {
            reader.frame.copy(into: &bytes)
            endpoint = String(decoding: bytes, as: UTF8.self)
        }
        return event
    }

    func close() { reader.close() }
}

/// Makes the names of monitors distinct within the process's context.
private let monitorCount = Atomic<Int>(0)
