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
    }
}
