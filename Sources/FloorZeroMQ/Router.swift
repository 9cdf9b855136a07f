import CZeroMQ
import FloorPosix

/// A peer of a ROUTER, as long as its connection lives.
///
/// It is the routing id that libzmq gives out by itself: a zero byte and a 32-bit number, never
/// used twice. A peer that brings an id of its own could come back under it as somebody else, so
/// its messages are refused.
public struct PeerID: Hashable, Sendable {
    /// The number inside the routing id.
    public let number: UInt32

    /// A peer by its number.
    public init(number: UInt32) { self.number = number }

    /// From a routing-id frame; `nil` if libzmq did not make it.
    init?(routingID bytes: UnsafeRawBufferPointer) {
        guard bytes.count == 5, unsafe bytes[0] == 0 else { return nil }
        unsafe number = UInt32(
            bigEndian: bytes.loadUnaligned(fromByteOffset: 1, as: UInt32.self)
        )
    }

    var routingID: InlineArray<5, UInt8> {
        [
            0, UInt8(truncatingIfNeeded: number >> 24), UInt8(truncatingIfNeeded: number >> 16),
            UInt8(truncatingIfNeeded: number >> 8), UInt8(truncatingIfNeeded: number),
        ]
    }
}

/// A message to a ROUTER; one value is used for all, so that receiving allocates nothing.
public struct RouterMessage: Sendable {
    /// Who sent it; `nil` when the peer brought a routing id of its own (it is refused).
    public internal(set) var peer: PeerID?
    /// The one payload frame; empty unless the outcome is `.received`.
    public internal(set) var payload: [UInt8] = []
    /// The authenticated name of the sender, UTF-8; empty when nobody vouches for one.
    ///
    /// On a socket that authenticates its peers, a message with an empty one is to be dropped and
    /// its session fenced.
    public internal(set) var userID: [UInt8] = []

    /// An empty message.
    public init() {}
}

extension ZeroMQSocket {
    /// Receives a message of exactly `[routing id][payload]`.
    ///
    /// A message of another shape is taken off the queue whole and reported, with `message.peer`
    /// telling whose it was; so is every message of a peer with an id of its own. Frames above 64
    /// KiB never arrive. A hub bounds its memory against many small frames by admission only.
    public func receive(into message: inout RouterMessage) -> ReceiveOutcome {
        message.payload.removeAll(keepingCapacity: true)
        return receive(&message) { message, payload in
            unsafe payload.withUnsafeBytes { unsafe message.payload.append(contentsOf: $0) }
        }
    }

    /// Receives a message as `receive(into:)`, and lends its payload where libzmq has it.
    ///
    /// - Parameters:
    ///   - message: gets all but the payload.
    ///   - body: called only when the outcome is `.received`; it must not use the socket, but for
    ///     `sourceDescriptor`.
    /// - Returns: what came.
    public func receive(
        _ message: inout RouterMessage,
        _ body: (inout RouterMessage, Span<UInt8>) -> Void
    ) -> ReceiveOutcome {
        precondition(type == ZMQ_ROUTER, "a RouterMessage comes from a hubRouter socket")
        guard let handle = openHandle else { return .closed }
        message.userID.removeAll(keepingCapacity: true)
        let result = frame.receive(from: handle)
        guard result >= 0 else { return .none(result) }
        message.peer = unsafe frame.withBytes { unsafe PeerID(routingID: $0) }
        guard frame.hasMore else { return .malformed(frames: 0) }

        let size = frame.receive(from: handle)
        guard size >= 0 else { return .none(size) }
        guard !frame.hasMore, size > 0, message.peer != nil else {
            return drainRest(of: handle, after: 1)
        }
        // From the payload frame: the routing-id frame loses its metadata (libzmq#4317).
        if readsUserID { frame.copyProperty("User-Id", into: &message.userID) }
        unsafe frame.withBytes { unsafe body(&message, Span(_unsafeBytes: $0)) }
        frame.clear()
        return .received
    }

    /// The descriptor of the connection that the message came over which is being received; -1
    /// where libzmq does not tell.
    ///
    /// It may be closed by now, and another one's.
    public var sourceDescriptor: Int32 { frame.sourceDescriptor }

    /// Sends `[routing id][payload]` to one peer, whole or not at all.
    ///
    /// `.wouldBlock` concerns this peer alone. A full peer that dies is noticed only while the
    /// socket goes on being received from.
    ///
    /// - Parameters:
    ///   - peer: from a received message.
    ///   - bytes: the payload; copied.
    /// - Returns: what became of it.
    public func send(to peer: PeerID, bytes: Span<UInt8>) -> SendOutcome {
        precondition(type == ZMQ_ROUTER, "send(to:bytes:) is for a hubRouter socket")
        guard let handle = openHandle else { return SendOutcome(-ErrorNumber.notSocket) }
        let routingID = peer.routingID
        return SendOutcome(handle.send(routingID.span, bytes))
    }

    /// Takes the rest of a refused message off the queue.
    func drainRest(of handle: SocketHandle, after count: Int) -> ReceiveOutcome {
        var frames = count
        while frame.hasMore {
            let result = frame.receive(from: handle)
            guard result >= 0 else { return .none(result) }
            frames += 1
        }
        frame.clear()
        return .malformed(frames: frames)
    }
}
