import CZeroMQ
import FloorPosix
import Testing

@testable import FloorZeroMQ

@Suite(.serialized) struct UserIDTests {
    private let authenticating = SocketSecurity(
        options: [
            SocketOption(number: ZMQ_ZAP_DOMAIN, value: .bytes(Array("test".utf8))), .int(93, 1),
        ],
        authenticatesPeers: true
    )

    @Test func theNameThatTheZAPHandlerGivesComesWithThePayload() throws {
        let handler = try ZeroMQSocket(type: ZMQ_REP, options: [.int(ZMQ_LINGER, 0)])
        try handler.bind("inproc://zeromq.zap.01")
        let router = try ZeroMQSocket(.hubRouter, security: authenticating)
        let endpoint = try router.bind(Transport.tcp.endpoint)
        let dealer = try ZeroMQSocket(.clientDealer)
        try dealer.connect(endpoint)
        try answerOneRequest(handler, userID: "wang.li")
        for number in 0..<3 as Range<UInt8> {
            try sendSoon([number], from: dealer)
            let message = try nextMessage(of: router)
            #expect(message.payload == [number])
            #expect(message.userID == Array("wang.li".utf8))
        }
    }

    /// Without ZAP, libzmq takes a `User-Id` from the peer's own handshake.
    @Test func aNameThatThePeerGaveItselfIsNotRead() throws {
        for (security, expected) in [
            (SocketSecurity.none, ""),
            // What would be read otherwise: the reason for the rule.
            (SocketSecurity(options: [], authenticatesPeers: true), "admin"),
        ] {
            let router = try ZeroMQSocket(.hubRouter, security: security)
            let endpoint = try router.bind(Transport.tcp.endpoint)
            let forger = try ZeroMQSocket(type: ZMQ_STREAM, options: [.int(ZMQ_LINGER, 0)])
            try forger.connect(endpoint)
            try forge("admin", with: forger)
            let message = try nextMessage(of: router)
            #expect(message.payload == [42])
            #expect(message.userID == Array(expected.utf8))
        }
    }

    /// RFC 27: version, request id, domain, address, identity, mechanism, then an answer.
    private func answerOneRequest(_ handler: ZeroMQSocket, userID: String) throws {
        let handle = try #require(handler.openHandle)
        var frames: [[UInt8]] = []
        try waiting(on: [handler.descriptor]) { () -> Bool? in
            var bytes: [UInt8] = []
            while handler.frame.receive(from: handle) >= 0 {
                handler.frame.copy(into: &bytes)
                frames.append(bytes)
            }
            return frames.isEmpty ? nil : true
        }
        #expect(frames[2] == Array("test".utf8))
        try sendFrames(
            [frames[0], frames[1], Array("200".utf8), Array("OK".utf8), Array(userID.utf8), []],
            from: handler
        )
    }

    /// Speaks ZMTP 3.0 by hand: greeting, READY with a `User-Id`, one message of one frame.
    private func forge(_ userID: String, with stream: ZeroMQSocket) throws {
        let handle = try #require(stream.openHandle)
        var identity: [UInt8] = []
        var received: [UInt8] = []
        var piece: [UInt8] = []
        func receive() -> Bool {  // [identity][bytes]; the bytes are empty at the connect
            guard stream.frame.receive(from: handle) > 0 else { return false }
            stream.frame.copy(into: &identity)
            _ = stream.frame.receive(from: handle)
            stream.frame.copy(into: &piece)
            received += piece
            return true
        }
        try waiting(on: [stream.descriptor]) { receive() ? true : nil }
        var bytes: [UInt8] = [0xFF, 0, 0, 0, 0, 0, 0, 0, 1, 0x7F, 3, 0] + Array("NULL".utf8)
        bytes += [UInt8](repeating: 0, count: 64 - bytes.count)
        var ready: [UInt8] = [5] + Array("READY".utf8)
        for (name, value) in [("Socket-Type", "DEALER"), ("User-Id", userID)] {
            ready += [UInt8(name.utf8.count)] + Array(name.utf8)
            ready += [0, 0, 0, UInt8(value.utf8.count)] + Array(value.utf8)
        }
        bytes += [4, UInt8(ready.count)] + ready
        try sendFrames([identity, bytes], from: stream)
        let answer = Array("READY".utf8)
        try waiting(on: [stream.descriptor]) { () -> Bool? in
            _ = receive()
            let starts = received.indices.dropLast(answer.count)
            return starts.contains { received[$0...].starts(with: answer) } ? true : nil
        }
        try sendFrames([identity, [0, 1, 42]], from: stream)
    }
}
