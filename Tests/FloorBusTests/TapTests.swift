import FloorBus
import FloorBusTestKit
import FloorPosix
import FloorWire
import FloorZeroMQ
import Testing

extension RealSockets {
    /// The tap: any SUB socket, two frames, the chain of previous revisions.
    @Suite struct TapTests {
        @Test("A plain SUB gets key and record, and each key's chain has no hole")
        func chain() async throws {
            let hub = try Floor.hub { $0.tap = "tcp://127.0.0.1:0" }
            defer { hub.stop() }
            let tap = try ZeroMQSocket(.tapSubscriber)
            defer { tap.close() }
            try tap.subscribe(Array("custom/bj/sales/".utf8))
            try tap.connect(try #require(hub.tapEndpoint))
            let desk = try Floor.client(hub.endpoints[0])
            var taken: [(key: [UInt8], header: RecordHeader)] = []
            func take() throws {
                var key: [UInt8] = []
                var record: [UInt8] = []
                while case .received = tap.receive(key: &key, record: &record) {
                    let view = try RecordView(record.span, at: 0)
                    #expect(view.range.count == record.count)
                    #expect(Array(record[view.key]) == key)
                    taken.append((key, view.header(record.span)))
                }
            }
            // A SUB that has not joined yet misses what is said: speak until it hears.
            let joined = try await holds {
                try await desk.publish(.value(0), to: try Floor.custom("0"))
                try take()
                return !taken.isEmpty
            }
            try #require(joined)
            for number in 1...500 {
                try desk.post(.value(UInt32(number)), to: try Floor.custom("\(number % 5)"))
                let away = try FloorKey(.custom, site: "sh", unit: "sales", entity: "x")
                if number % 50 == 0 { try await desk.publish(.value(1), to: away) }
            }
            try await desk.remove(try Floor.custom("0"))
            let isComplete = try await holds {
                try take()
                return taken.last?.header.operation == .delete
            }
            try #require(isComplete)
            #expect(taken.allSatisfy { $0.key.starts(with: Array("custom/bj/sales/".utf8)) })
            var last: [[UInt8]: Revision] = [:]
            for (key, header) in taken {
                if let before = last[key] { #expect(header.previous == before) }
                #expect(header.coalesced == 0)
                last[key] = header.revision
            }
            #expect(last.count == 5)
            let values = try await desk.get(try KeyFilter("custom/bj/"))
            for value in values { #expect(last[value.key.bytes] == value.revision) }
            await desk.close()
        }

        @Test("A reader joins while others publish, counts, and is told when its link was cut")
        func join() async throws {
            let hub = try Floor.hub { $0.tap = "tcp://127.0.0.1:0" }
            defer { hub.stop() }
            let proxy = try TCPProxy(to: try #require(hub.tapEndpoint))
            defer { proxy.stop() }
            let desk = try Floor.client(hub.endpoints[0])
            for number in 0..<50 { try desk.post(.value(1), to: try Floor.custom("old\(number)")) }
            var reader = try TapEnd(proxy.endpoint, prefix: "custom/bj/")
            for round in UInt32(1)...3 {
                let isJoined = try await holds {
                    // A publisher that never rests.
                    for number in 0..<20 {
                        try desk.post(.value(round), to: try Floor.custom("\(number)"))
                        try desk.post(.happening(round), to: try Floor.event())
                    }
                    try await desk.remove(try Floor.custom("0"))
                    return try await reader.take(asking: desk) == .complete
                }
                #expect(isJoined)
                let joins = reader.joins
                proxy.cut()
                let isTold = try await holds {
                    try await desk.publish(.value(100 + round), to: try Floor.custom("1"))
                    _ = try await reader.take(asking: desk)
                    return reader.joins > joins
                }
                #expect(isTold, "a broken link is a new joining")
            }
            let beacons = reader.reader.beacons
            let isSure = try await holds {
                let verdict = try await reader.take(asking: desk)
                return reader.reader.beacons > beacons + 1 && verdict == .complete
            }
            #expect(isSure)
            let values = try await desk.get(try KeyFilter("custom/bj/"))
            #expect(values.count == 69)
            let held = reader.reader.values
            for value in values { #expect(held[value.key.text] == value.payload) }
            #expect(held.count == values.count)
            await desk.close()
        }
    }
}

/// A SUB socket and the reader behind it.
private struct TapEnd {
    var reader = TapReader(nonce: "end")
    /// Answers to its barrier.
    private(set) var joins = 0
    private let socket: ZeroMQSocket
    private let filter: KeyFilter

    init(_ endpoint: String, prefix: String) throws {
        socket = try ZeroMQSocket(.tapSubscriber)
        filter = try KeyFilter(prefix)
        for topic in [prefix, "!beacon/" + prefix, "~sync/end/"] {
            try socket.subscribe(Array(topic.utf8))
        }
        try socket.connect(endpoint)
    }

    /// Takes what is there, and a snapshot when one is due.
    mutating func take(asking client: FloorBusClient) async throws -> TapReader.Verdict {
        var key: [UInt8] = []
        var record: [UInt8] = []
        while case .received = socket.receive(key: &key, record: &record) {
            for record in ReceivedRecord.all(in: record) { reader.take(record) }
        }
        if reader.isSnapshotNeeded {
            joins += 1
            reader.takeSnapshot(
                try await client.get(filter).map { ($0.key.text, $0.revision, $0.payload) }
            )
        }
        return reader.verdict
    }
}
