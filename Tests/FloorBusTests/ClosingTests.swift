import FloorBus
import FloorBusTestKit
import Testing

extension RealSockets {
    /// No hub, full outboxes, and every way a client ends.
    @Suite struct ClosingTests {
        @Test("Without a hub a question fails with a sentence, and a publish waits until close")
        func noHub() async throws {
            let hub = try Floor.hub()
            let endpoint = hub.endpoints[0]
            hub.stop()
            let client = try Floor.client(endpoint)
            let question = await #expect(throws: FloorBusError.self) {
                try await client.get(try KeyFilter("agent/"), timeout: .milliseconds(50))
            }
            #expect([.offline, .timedOut].contains(question?.status))
            #expect((question?.sentence.count ?? 0) > 10)
            // A timer that fires a hair before the deadline wakes nobody twice.
            for _ in 1...300 {
                await #expect(throws: FloorBusError.self) {
                    try await client.get(try KeyFilter("agent/"), timeout: .microseconds(300))
                }
            }
            let publishing = Task { try await client.publish(.ready, to: try Floor.agent()) }
            #expect(await holds { client.unacknowledged == 1 })
            #expect(await !client.flush(timeout: .milliseconds(20)))
            // The time is up before anybody waits: a flush that missed it would never return.
            for _ in 1...500 { #expect(await !client.flush(timeout: .zero)) }
            #expect(await !client.close(flush: .milliseconds(20)))
            let error = await #expect(throws: FloorBusError.self) { try await publishing.value }
            #expect(error?.status == .closed)
            #expect(error?.description.contains("agent/bj/sales/4711/") == true)
        }

        @Test("A client that the hub refuses knows why, and comes in when there is room")
        func refused() async throws {
            let hub = try Floor.hub { $0.maximumSessions = 1 }
            defer { hub.stop() }
            let first = try Floor.client(hub.endpoints[0])
            _ = try await first.get(try KeyFilter("agent/"))
            let second = try Floor.client(hub.endpoints[0], "wall")
            #expect(await holds { second.refusal != nil })
            #expect(second.refusal?.status == .limit)
            #expect(second.refusal?.sentence.contains("as many sessions") == true)
            await first.close()
            #expect(await holds(within: .seconds(90)) { second.isConnected })
            #expect(second.refusal == nil)
            await second.close()
        }

        @Test("A full outbox refuses, and takes again when the hub has answered")
        func fullOutbox() async throws {
            let hub = try Floor.hub()
            defer { hub.stop() }
            let proxy = try TCPProxy(to: hub.endpoints[0])
            defer { proxy.stop() }
            proxy.refuse(true)
            let client = try Floor.client(proxy.endpoint) { $0.outboxOperations = 4 }
            for number in 1...4 {
                try client.post(.happening(UInt32(number)), to: try Floor.event())
            }
            let error = #expect(throws: FloorBusError.self) {
                try client.post(.happening(5), to: try Floor.event())
            }
            #expect(error?.status == .limit)
            let second = await #expect(throws: FloorBusError.self) {
                try await client.publish(.happening(5), to: try Floor.event())
            }
            #expect(second?.status == .limit)
            proxy.refuse(false)
            #expect(await client.flush(timeout: .seconds(20)))
            try client.post(.happening(5), to: try Floor.event())
            #expect(await client.close())
            #expect(hub.statistics.recordsIn == 5)
        }

        @Test("Close waits for acknowledgements; afterwards everything answers closed")
        func close() async throws {
            let hub = try Floor.hub()
            defer { hub.stop() }
            let proxy = try TCPProxy(to: hub.endpoints[0])
            defer { proxy.stop() }
            let client = try Floor.client(proxy.endpoint, heartbeat: 1500)
            let subscription = try client.subscribe(to: try KeyFilter("agent/"))
            try await subscription.events(until: \.isSnapshotEnd)
            proxy.set(.stalled)
            for number in 1...10 {
                try client.post(.happening(UInt32(number)), to: try Floor.event())
            }
            let closing = Task { await client.close(flush: .seconds(20)) }
            let again = Task { await client.close(flush: .seconds(20)) }
            #expect(client.unacknowledged == 10)
            proxy.set(.forwarding)
            #expect(await closing.value)
            #expect(await again.value)
            #expect(hub.statistics.recordsIn == 10)

            #expect(await client.close())
            #expect(await client.flush())
            #expect(!client.isConnected)
            #expect(throws: FloorBusError(.closed)) {
                try client.post(.ready, to: try Floor.agent())
            }
            #expect(throws: FloorBusError(.closed)) {
                try client.subscribe(to: try KeyFilter("agent/"))
            }
            await #expect(throws: FloorBusError(.closed)) {
                try await client.publish(.ready, to: try Floor.agent())
            }
            await #expect(throws: FloorBusError(.closed)) {
                try await client.get(try KeyFilter("agent/"))
            }
            let rest = try await within {
                var rest: [FloorBusEvent] = []
                for try await event in subscription { rest.append(event) }
                return rest
            }
            #expect(rest == [.linkDown(.closed)])
            #expect(await holds { hub.statistics.sessions == 0 })
        }

        @Test("A client dropped without close says goodbye, and its readers end")
        func dropped() async throws {
            let hub = try Floor.hub()
            defer { hub.stop() }
            let subscription: Subscription
            do {
                let client = try Floor.client(hub.endpoints[0])
                subscription = try client.subscribe(to: try KeyFilter("agent/"))
                try await subscription.events(until: \.isSnapshotEnd)
                #expect(hub.statistics.sessions == 1)
            }
            let ended = try await within(.seconds(5)) {
                for try await _ in subscription {}
                return !Task.isCancelled
            }
            #expect(ended)
            #expect(await holds { hub.statistics.sessions == 0 })
        }

        @Test("A cancelled reading loop ends, and the next one goes on where it stopped")
        func cancelledReader() async throws {
            let hub = try Floor.hub()
            defer { hub.stop() }
            let client = try Floor.client(hub.endpoints[0])
            let subscription = try client.subscribe(to: try KeyFilter("event/"))
            try await subscription.events(until: \.isSnapshotEnd)
            for round in 1...50 {
                let reading = Task {
                    for try await _ in subscription {}
                    return Task.isCancelled
                }
                if round % 2 == 0 { await Task.yield() }
                reading.cancel()
                #expect(try await reading.value)
            }
            try await client.publish(.happening(1), to: try Floor.event())
            try await subscription.events { $0.brings(1) }
            #expect(client.statistics.subscriptions == 1)
            await client.close()
        }

        @Test("A subscription that nobody holds any more ends at the hub too")
        func droppedSubscription() async throws {
            let hub = try Floor.hub()
            defer { hub.stop() }
            let client = try Floor.client(hub.endpoints[0])
            for _ in 1...20 {
                let subscription = try client.subscribe(to: try KeyFilter("custom/"))
                try await subscription.events(until: \.isSnapshotEnd)
            }
            #expect(await holds { hub.statistics.subscriptions == 0 })
            #expect(client.statistics.subscriptions == 0)
            await client.close()
        }

        @Test("Options and endpoints that no hub would take are refused with a sentence")
        func badOptions() throws {
            for endpoint in ["", "tcp://", "udp://127.0.0.1:1", "127.0.0.1:7410"] {
                let error = #expect(throws: FloorBusError.self) {
                    try FloorBusClient.connect(to: endpoint, as: "ana")
                }
                #expect(error?.sentence.contains("tcp://HOST:PORT") == true, "\(endpoint)")
            }
            let long = String(repeating: "x", count: 65)
            #expect(throws: FloorBusError(.tooBig)) {
                try FloorBusClient.connect(to: "tcp://127.0.0.1:1", as: long)
            }
            #expect(throws: FloorBusError(.badKey)) {
                try Floor.client("tcp://127.0.0.1:1") {
                    $0.reasserts = false
                    $0.will = (try? (Floor.custom(), .loggedOff))
                }
            }
        }

        @Test("A thousand clients of one hub all get their snapshot and the next change")
        func thousandClients() async throws {
            let hub = try Floor.hub()
            defer { hub.stop() }
            let desk = try Floor.client(hub.endpoints[0], heartbeat: 1500)
            try await desk.publish(.value(1), to: try Floor.custom())
            var walls: [(FloorBusClient, Subscription)] = []
            for number in 0..<1000 {
                let wall = try Floor.client(hub.endpoints[0], "wall\(number)", heartbeat: 1500)
                walls.append((wall, try wall.subscribe(to: try KeyFilter("custom/"))))
            }
            for (_, subscription) in walls {
                #expect(try await subscription.snapshot().values.map(\.number) == [1])
            }
            #expect(hub.statistics.sessions == 1001)
            try await desk.publish(.value(2), to: try Floor.custom())
            for (_, subscription) in walls { try await subscription.events { $0.brings(2) } }
            for (wall, _) in walls { await wall.close() }
            await desk.close()
            #expect(await holds { hub.statistics.sessions == 0 })
        }
    }
}
