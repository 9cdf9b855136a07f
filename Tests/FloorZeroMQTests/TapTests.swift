import FloorPosix
import Testing

@testable import FloorZeroMQ

@Suite struct TapTests {
    private func nextSubscription(of tap: ZeroMQSocket) throws -> (joined: Bool, topic: [UInt8]) {
        var topic: [UInt8] = []
        return try waiting(on: [tap.descriptor]) {
            switch tap.receiveSubscription(topic: &topic) {
            case .subscribed: (true, topic)
            case .unsubscribed: (false, topic)
            case .nothing: nil
            case .malformed, .failed: throw TimeIsUp()
            }
        }
    }

    @Test(arguments: Transport.allCases)
    func aReaderGetsWhatItsPrefixMatches(_ transport: Transport) throws {
        let tap = try ZeroMQSocket(.tapPublisher)
        let endpoint = try tap.bind(transport.endpoint)
        let reader = try ZeroMQSocket(.tapSubscriber)
        try reader.subscribe(Array("agent/bj/".utf8))
        try reader.connect(endpoint)
        let subscription = try nextSubscription(of: tap)
        #expect(subscription.joined && subscription.topic == Array("agent/bj/".utf8))
        for key in ["agent/sh/sales/1/", "agent/bj/sales/47/", "agent/bj/sales/48/"] {
            let record = Array("record of \(key)".utf8)
            guard case .sent = tap.publish(key: Array(key.utf8).span, record: record.span) else {
                Issue.record("not published")
                return
            }
        }
        var key: [UInt8] = []
        var record: [UInt8] = []
        for expected in ["agent/bj/sales/47/", "agent/bj/sales/48/"] {
            try waiting(on: [reader.descriptor]) { () -> Bool? in
                if case .received = reader.receive(key: &key, record: &record) { return true }
                return nil
            }
            #expect(key == Array(expected.utf8))
            #expect(record == Array("record of \(expected)".utf8))
        }
        try reader.unsubscribe(Array("agent/bj/".utf8))
        #expect(try !nextSubscription(of: tap).joined)
    }

    @Test func everyReadersSubscriptionShows() throws {
        let tap = try ZeroMQSocket(.tapPublisher)
        let endpoint = try tap.bind(Transport.tcp.endpoint)
        var readers: [ZeroMQSocket] = []  // both stay connected
        for _ in 0..<2 {
            let reader = try ZeroMQSocket(.tapSubscriber)
            try reader.subscribe([1, 2])
            try reader.connect(endpoint)
            let subscription = try nextSubscription(of: tap)
            #expect(subscription.joined && subscription.topic == [1, 2])
            readers.append(reader)
        }
        #expect(readers.count == 2)
    }

    @Test func aSubscriptionThatLibzmqWouldCorruptIsRefused() throws {
        let reader = try ZeroMQSocket(.tapSubscriber)
        try reader.subscribe([UInt8](repeating: 7, count: 245))
        let error = #expect(throws: ZeroMQError.self) {
            try reader.subscribe([UInt8](repeating: 7, count: 246))
        }
        #expect(error?.description.contains("at most 245 bytes") == true)
    }
}
