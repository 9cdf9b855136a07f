import CZeroMQ
import FloorPosix
import Testing

@testable import FloorZeroMQ

@Suite struct SessionTests {
    @Test(arguments: Transport.allCases)
    func aMessageGoesToTheHubAndAnAnswerBack(_ transport: Transport) throws {
        let (router, dealer, peer, _) = try connectedPair(transport)
        try sendSoon([10, 20, 30], from: dealer)
        let message = try nextMessage(of: router)
        #expect(message.peer == peer)
        #expect(message.payload == [10, 20, 30])
        #expect(message.userID.isEmpty)
        let answer: [UInt8] = [40, 50]
        guard case .sent = router.send(to: peer, bytes: answer.span) else {
            Issue.record("the answer was not sent")
            return
        }
        #expect(try nextPayload(of: dealer) == answer)
    }

    @Test func aPeerThatDoesNotReadIsFullAndTheOthersAreNot() throws {
        let (router, dealer, peer, endpoint) = try connectedPair(
            .inproc,
            dealer: [.int(ZMQ_RCVHWM, 10)]
        )
        let other = try ZeroMQSocket(.clientDealer)
        try other.connect(endpoint)
        try sendSoon([2], from: other)
        let otherPeer = try #require(try nextMessage(of: router).peer)
        let bytes: [UInt8] = [7]
        var sent = 0
        while sent < 2000, case .sent = router.send(to: peer, bytes: bytes.span) { sent += 1 }
        #expect(sent == 1010)  // inproc: both high-water marks together
        for _ in 0..<3 {
            guard case .wouldBlock = router.send(to: peer, bytes: bytes.span) else {
                Issue.record("a full peer must say wouldBlock")
                return
            }
            guard case .sent = router.send(to: otherPeer, bytes: bytes.span) else {
                Issue.record("another peer must not notice")
                return
            }
            #expect(try nextPayload(of: other) == bytes)
        }
        var payload: [UInt8] = []
        for _ in 0..<sent {
            guard case .received = dealer.receive(into: &payload), payload == bytes else {
                Issue.record("a message is missing")
                return
            }
        }
        let marker: [UInt8] = [8, 8]
        var message = RouterMessage()
        try waiting(on: [router.descriptor]) {
            _ = router.receive(into: &message)  // notices that there is room again
            if case .sent = router.send(to: peer, bytes: marker.span) { return true }
            return nil
        }
        #expect(try nextPayload(of: dealer) == marker)
    }

    @Test(arguments: [Transport.inproc, .tcp])
    func aPeerThatIsGoneIsUnreachable(_ transport: Transport) throws {
        let (router, dealer, peer, _) = try connectedPair(transport)
        dealer.close()
        let bytes: [UInt8] = [1]
        var message = RouterMessage()
        try waiting(on: [router.descriptor]) {
            _ = router.receive(into: &message)
            if case .unreachable = router.send(to: peer, bytes: bytes.span) { return true }
            return nil
        }
    }

    @Test func aPeerThatNeverWasIsUnreachable() throws {
        // The peer must live to the end: a tuple's part that is ignored is released at once.
        let (router, dealer, peer, _) = try connectedPair(.inproc)
        defer { dealer.close() }
        let bytes: [UInt8] = [1]
        let nobody = PeerID(number: peer.number &+ 1000)
        guard case .unreachable = router.send(to: nobody, bytes: bytes.span) else {
            Issue.record("sent to nobody")
            return
        }
        guard case .sent = router.send(to: peer, bytes: bytes.span) else {
            Issue.record("the socket is not usable after an unreachable peer")
            return
        }
    }

    @Test(
        arguments: [
            [[1], [2], [3]],
            [[1], []],
            [[]],
            [[UInt8]](repeating: [5], count: 40),
        ] as [[[UInt8]]]
    )
    func aMessageOfTheWrongShapeIsRefusedAndTheNextArrives(_ frames: [[UInt8]]) throws {
        let (router, dealer, peer, _) = try connectedPair(.tcp)
        try sendFrames(frames, from: dealer)
        try sendFrames([[9]], from: dealer)
        var message = RouterMessage()
        let count = try waiting(on: [router.descriptor]) { () -> Int? in
            switch router.receive(into: &message) {
            case .malformed(let frames): return frames
            case .nothing: return nil
            case .received, .failed: throw TimeIsUp()
            }
        }
        #expect(count == frames.count)
        #expect(message.peer == peer)
        #expect(message.payload.isEmpty)
        #expect(try nextMessage(of: router).payload == [9])
    }

    @Test func aPeerWithAnIDOfItsOwnIsRefused() throws {
        let router = try ZeroMQSocket(.hubRouter)
        let endpoint = try router.bind(Transport.tcp.endpoint)
        let id = SocketOption(number: ZMQ_ROUTING_ID, value: .bytes([3, 4, 5]))
        let dealer = try ZeroMQSocket(type: ZMQ_DEALER, options: OptionSheet.clientDealer + [id])
        try dealer.connect(endpoint)
        try sendSoon([1], from: dealer)
        var message = RouterMessage()
        try waiting(on: [router.descriptor]) { () -> Bool? in
            switch router.receive(into: &message) {
            case .malformed: return true
            case .nothing: return nil
            case .received, .failed: throw TimeIsUp()
            }
        }
        #expect(message.peer == nil)
        #expect(message.payload.isEmpty)
    }

    @Test func aFrameOneByteTooLargeNeverArrivesAndEndsTheConnection() throws {
        let router = try ZeroMQSocket(.hubRouter)
        let endpoint = try router.bind(Transport.tcp.endpoint)
        let dealer = try ZeroMQSocket(.clientDealer, monitored: true)
        try dealer.connect(endpoint)
        let largest = [UInt8](repeating: 1, count: 65_536)
        try sendSoon(largest, from: dealer)
        #expect(try nextMessage(of: router).payload == largest)
        try sendSoon(largest + [1], from: dealer)
        let monitor = try #require(dealer.monitor)
        var message = RouterMessage()
        try waiting(on: [monitor.descriptor, router.descriptor]) { () -> Bool? in
            if case .received = router.receive(into: &message) { throw TimeIsUp() }
            while let event = monitor.next() {
                if case .disconnected = event { return true }
            }
            return nil
        }
        guard case .nothing = router.receive(into: &message) else {
            Issue.record("the frame arrived")
            return
        }
    }

    @Test func aHundredThousandMessagesArriveInOrder() throws {
        let (router, dealer, _, _) = try connectedPair(.tcp)
        var bytes = [UInt8](repeating: 0, count: 100)
        var message = RouterMessage()
        var sent = 0
        var received = 0
        try waiting(on: [router.descriptor], seconds: 60) { () -> Bool? in
            while sent < 100_000 {
                bytes[0] = UInt8(truncatingIfNeeded: sent)
                bytes[1] = UInt8(truncatingIfNeeded: sent >> 8)
                bytes[2] = UInt8(truncatingIfNeeded: sent >> 16)
                guard case .sent = dealer.send(bytes.span) else { break }
                sent += 1
            }
            while case .received = router.receive(into: &message) {
                let number =
                    Int(message.payload[0]) | Int(message.payload[1]) << 8
                    | Int(message.payload[2]) << 16
                guard number == received, message.payload.count == 100 else { throw TimeIsUp() }
                received += 1
            }
            return received == 100_000 ? true : nil
        }
        #expect(received == 100_000)
    }

    @Test func theReceivingStorageIsUsedAgain() throws {
        let (router, dealer, _, _) = try connectedPair(.inproc)
        var message = RouterMessage()
        let bytes = [UInt8](repeating: 3, count: 1000)
        var addresses: Set<UInt> = []
        for _ in 0..<20 {
            try sendSoon(bytes, from: dealer)
            try waiting(on: [router.descriptor]) { () -> Bool? in
                if case .received = router.receive(into: &message) { return true }
                return nil
            }
            unsafe message.payload.withUnsafeBytes {
                _ = addresses.insert(UInt(bitPattern: $0.baseAddress))
            }
        }
        #expect(addresses.count == 1)
    }

    @Test func readinessTellsWhatTheEdgeMayHaveHidden() throws {
        let (router, dealer, _, _) = try connectedPair(.inproc)
        #expect(try router.readiness() == .writable)
        try sendSoon([1], from: dealer)
        #expect(try router.readiness().contains(.readable))
        #expect(try nextMessage(of: router).payload == [1])
        #expect(try router.readiness() == .writable)
    }
}
