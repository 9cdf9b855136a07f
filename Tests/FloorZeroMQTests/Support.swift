import CZeroMQ
import FloorPosix
import Synchronization
import Testing

@testable import FloorZeroMQ

/// Endpoints that no other test uses.
private let endpointCount = Atomic<Int>(0)

func freshName(_ name: String) -> String {
    let number = endpointCount.add(1, ordering: .relaxed).newValue
    return "\(name)-\(ThisProcess.id)-\(number)"
}

enum Transport: CaseIterable {
    case inproc
    case ipc
    case tcp

    var endpoint: String {
        switch self {
        case .inproc: "inproc://" + freshName("router")
        case .ipc: "ipc:///tmp/" + freshName("floorbus-test")
        case .tcp: "tcp://127.0.0.1:0"
        }
    }
}

struct TimeIsUp: Error {}

/// Calls `attempt` until it gives a value; between calls waits until a descriptor is readable.
@discardableResult
func waiting<Value>(
    on descriptors: [Int32],
    seconds: UInt64 = 20,
    for attempt: () throws -> Value?
) throws -> Value {
    let deadline = Clocks.monotonicNanoseconds() + seconds * 1_000_000_000
    var set = PollSet()
    for descriptor in descriptors { _ = set.add(descriptor) }
    while Clocks.monotonicNanoseconds() < deadline {
        if let value = try attempt() { return value }
        // Short: some conditions (a queue that has room again) are not told by a descriptor.
        _ = try set.wait(timeoutMilliseconds: 5)
    }
    throw TimeIsUp()
}

func nextMessage(of router: ZeroMQSocket) throws -> RouterMessage {
    var message = RouterMessage()
    return try waiting(on: [router.descriptor]) {
        switch router.receive(into: &message) {
        case .received: message
        case .nothing: nil
        case .malformed, .failed: throw TimeIsUp()
        }
    }
}

func nextPayload(of dealer: ZeroMQSocket) throws -> [UInt8] {
    var payload: [UInt8] = []
    return try waiting(on: [dealer.descriptor]) {
        if case .received = dealer.receive(into: &payload) { payload } else { nil }
    }
}

/// Sends as soon as the socket takes it.
func sendSoon(_ bytes: [UInt8], from dealer: ZeroMQSocket) throws {
    try waiting(on: [dealer.descriptor]) {
        switch dealer.send(bytes.span) {
        case .sent: true
        case .wouldBlock: nil
        case .unreachable, .failed: throw TimeIsUp()
        }
    }
}

/// A connected pair and the router's name for the dealer.
func connectedPair(
    _ transport: Transport,
    dealer dealerOptions: [SocketOption] = []
) throws -> (router: ZeroMQSocket, dealer: ZeroMQSocket, peer: PeerID, endpoint: String) {
    let router = try ZeroMQSocket(.hubRouter)
    let endpoint = try router.bind(transport.endpoint)
    let dealer = try ZeroMQSocket(
        type: ZMQ_DEALER,
        options: OptionSheet.clientDealer + dealerOptions
    )
    try dealer.connect(endpoint)
    try sendSoon([1], from: dealer)
    let peer = try #require(try nextMessage(of: router).peer)
    return (router, dealer, peer, endpoint)
}

/// Sends frames that the public interface would never send.
func sendFrames(_ frames: [[UInt8]], from socket: ZeroMQSocket) throws {
    let handle = try #require(socket.openHandle)
    for (index, bytes) in frames.enumerated() {
        let flags = index == frames.count - 1 ? 0 : ZMQ_SNDMORE
        try #require(handle.send(bytes.span, flags: flags) >= 0)
    }
}
