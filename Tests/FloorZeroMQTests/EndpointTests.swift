import CZeroMQ
import FloorPosix
import Testing

@testable import FloorZeroMQ

@Suite struct EndpointTests {
    @Test func bindingReturnsTheRealPort() throws {
        let router = try ZeroMQSocket(.hubRouter)
        let endpoint = try router.bind("tcp://127.0.0.1:*")
        #expect(endpoint.hasPrefix("tcp://127.0.0.1:"))
        #expect(!endpoint.hasSuffix("*") && !endpoint.hasSuffix(":0"))
    }

    @Test func bindingTwiceSaysWhatToDo() throws {
        let first = try ZeroMQSocket(.hubRouter)
        let endpoint = try first.bind("tcp://127.0.0.1:0")
        let second = try ZeroMQSocket(.hubRouter)
        let error = #expect(throws: ZeroMQError.self) { try second.bind(endpoint) }
        #expect(error?.code == ErrorNumber.addressInUse)
        #expect(
            error?.description == "Could not bind \(endpoint): the address is in use; "
                + "stop the program that has it, or choose another"
        )
    }

    @Test(arguments: [
        ("tcp://203.0.113.9:7411", "no such address"),
        ("tcp://nosuchinterface:7411", "no such address"),
        ("nonsense", "not a valid endpoint"),
        ("carrier-pigeon://loft", "unknown transport"),
        ("ipc:///nonexistent/floorbus.ipc", "no such directory"),
    ])
    func aBadEndpointSaysWhatToDo(_ endpoint: String, _ advice: String) throws {
        let router = try ZeroMQSocket(.hubRouter)
        let error = #expect(throws: ZeroMQError.self) { try router.bind(endpoint) }
        #expect(error?.endpoint == endpoint)
        #expect(error?.description.contains(advice) == true, "\(String(describing: error))")
    }

    @Test func aClosedSocketSaysSo() throws {
        let (router, dealer, peer, endpoint) = try connectedPair(.inproc)
        router.close()
        router.close()
        dealer.close()
        #expect(throws: ZeroMQError.self) { try router.bind(endpoint) }
        #expect(throws: ZeroMQError.self) { try router.readiness() }
        let bytes: [UInt8] = [1]
        guard case .failed(let error) = router.send(to: peer, bytes: bytes.span) else {
            Issue.record("sent from a closed socket")
            return
        }
        #expect(error.code == ErrorNumber.notSocket)
        var message = RouterMessage()
        guard case .failed = router.receive(into: &message) else {
            Issue.record("received from a closed socket")
            return
        }
    }

    @Test func anUnboundEndpointIsFreeAgain() throws {
        let first = try ZeroMQSocket(.hubRouter)
        let endpoint = try first.bind(Transport.inproc.endpoint)
        try first.unbind(endpoint)
        let second = try ZeroMQSocket(.hubRouter)
        try second.bind(endpoint)
    }

    @Test func aDisconnectedDealerHasNobodyToSendTo() throws {
        let (_, dealer, _, endpoint) = try connectedPair(.tcp)
        try dealer.disconnect(endpoint)
        let bytes: [UInt8] = [1]
        try waiting(on: [dealer.descriptor]) {
            if case .wouldBlock = dealer.send(bytes.span) { return true }
            return nil
        }
    }

    @Test func theNumberOfThreadsIsFixedOnceThereIsASocket() throws {
        #expect(throws: ZeroMQError.self) { try ZeroMQContext.configure(ioThreads: 0) }
        let socket = try ZeroMQSocket(.hubRouter)
        try ZeroMQContext.configure(ioThreads: 1)
        let error = #expect(throws: ZeroMQError.self) {
            try ZeroMQContext.configure(ioThreads: 2)
        }
        #expect(error?.description.contains("before the first socket") == true)
        socket.close()
        #expect(!ZeroMQContext.isForked)
    }
}

@Suite struct MonitorTests {
    @Test func aRefusedConnectionShowsAsClosed() throws {
        let router = try ZeroMQSocket(.hubRouter)
        let endpoint = try router.bind("tcp://127.0.0.1:0")
        try router.unbind(endpoint)
        let dealer = try ZeroMQSocket(.clientDealer, monitored: true)
        try dealer.connect(endpoint)
        let monitor = try #require(dealer.monitor)
        let last = try waiting(on: [monitor.descriptor]) { () -> MonitorEvent? in
            while let event = monitor.next() {
                if event == .closed { return event }
                #expect(event == .connectDelayed)
            }
            return nil
        }
        #expect(last == .closed)
        #expect(monitor.endpoint == endpoint)
    }

    @Test func aConnectionShowsFromTheConnectToTheEnd() throws {
        let router = try ZeroMQSocket(.hubRouter, monitored: true)
        let endpoint = try router.bind("tcp://127.0.0.1:0")
        let hub = try #require(router.monitor)
        let dealer = try ZeroMQSocket(.clientDealer, monitored: true)
        try dealer.connect(endpoint)
        let client = try #require(dealer.monitor)
        func events(
            _ monitor: SocketMonitor,
            until isLast: (MonitorEvent) -> Bool
        ) throws -> [MonitorEvent] {
            var seen: [MonitorEvent] = []
            return try waiting(on: [monitor.descriptor]) {
                while let event = monitor.next() {
                    seen.append(event)
                    if isLast(event) { return seen }
                }
                return nil
            }
        }
        #expect(
            try events(client) { $0 == .handshakeSucceeded }.suffix(2)
                == [.connected, .handshakeSucceeded]
        )
        let opening = try events(hub) { $0 == .handshakeSucceeded }
        guard opening.count == 3, case .accepted(let descriptor) = opening[1] else {
            Issue.record("\(opening)")
            return
        }
        #expect(opening == [.listening, .accepted(descriptor: descriptor), .handshakeSucceeded])
        dealer.close()
        let end = MonitorEvent.disconnected(descriptor: descriptor)
        #expect(try events(hub) { $0 == end } == [end])
    }

    @Test func aMonitorThatNobodyReadsStopsNothing() throws {
        let router = try ZeroMQSocket(.hubRouter, monitored: true)
        let endpoint = try router.bind("tcp://127.0.0.1:0")
        for number in 0..<500 {  // 1,500 events: above libzmq's own high-water mark of 1,000
            let dealer = try ZeroMQSocket(.clientDealer)
            try dealer.connect(endpoint)
            try sendSoon([UInt8(truncatingIfNeeded: number)], from: dealer)
            #expect(try nextMessage(of: router).payload == [UInt8(truncatingIfNeeded: number)])
        }
    }
}
