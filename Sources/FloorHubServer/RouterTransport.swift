import FloorHub
import FloorPosix
import FloorZeroMQ

/// One ROUTER socket and the connections to it.
final class RouterTransport: FrameTransport {
    private let socket: ZeroMQSocket
    private let numbers: LinkNumbers
    private let watch: ConnectionWatch
    private var message = RouterMessage()
    private var isUsed = false
    /// A peer with a routing id of its own: its messages are counted, nothing reaches it.
    private static let nameless = LinkID(.max)

    init(_ socket: ZeroMQSocket, place: Int, _ watch: ConnectionWatch) {
        self.socket = socket
        self.watch = watch
        numbers = LinkNumbers(place: place)
    }

    var descriptors: [Int32] { [socket.descriptor] }

    /// Nobody vouches for a peer while there are no keys, so no identity is told.
    func receiveOne(
        _ take: (LinkID, Span<UInt8>) -> Void,
        malformed refuse: (LinkID) -> Void,
        identity bind: (LinkID, LinkIdentity) -> Void
    ) throws(HubServerError) -> Bool {
        let outcome = socket.receive(&message) { message, payload in
            guard let peer = message.peer else { return refuse(Self.nameless) }
            let link = numbers.link(peer.number)
            watch.noteHello(link, payload)
            take(link, payload)
        }
        switch outcome {
        case .received: return true
        case .malformed:
            refuse(message.peer.map { numbers.link($0.number) } ?? Self.nameless)
            return true
        case .nothing: return false
        case .failed(let error): throw .socket(error)
        }
    }

    func send(_ bytes: Span<UInt8>, to link: LinkID) -> SendOutcome {
        isUsed = true
        return socket.send(to: PeerID(number: LinkNumbers.number(link)), bytes: bytes)
    }

    func isReadable() throws(HubServerError) -> Bool {
        do { return try socket.readiness().contains(.readable) } catch { throw .socket(error) }
    }

    func isReadableAfterSends() throws(HubServerError) -> Bool {
        isUsed ? try isReadable() : false
    }

    func forgetSends() { isUsed = false }

    func close() { socket.close() }
}
