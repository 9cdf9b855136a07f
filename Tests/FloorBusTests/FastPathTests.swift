import FloorBus
import FloorBusTestKit
import FloorHubServer
import Testing

extension RealSockets {
    /// Publishers in the hub's own process: they run the core themselves when that is little work.
    @Suite struct FastPathTests {
        /// A client of the hub's process that is linked, with a slow heartbeat: its PINGs are few.
        private func desk(_ hub: EmbeddedHub) async throws -> FloorBusClient {
            var options = FloorBusClient.Options(principal: "desk", application: "test")
            options.heartbeat = .milliseconds(1500)
            let desk = try hub.connect(options)
            #expect(await holds { desk.isConnected })
            return desk
        }

        /// How many of a hundred publishes, each with its acknowledgement, were served on the
        /// publisher's own thread.
        private func borrowed(
            _ hub: EmbeddedHub,
            _ desk: FloorBusClient,
            _ key: FloorKey
        ) async throws -> Int {
            let before = hub.statistics.borrowed
            for number in 1...100 {
                let content: FloorContent =
                    key.kind == .event ? .happening(UInt32(number)) : .value(UInt32(number))
                try await desk.publish(content, to: key)
            }
            return Int(hub.statistics.borrowed - before)
        }

        @Test("What is published here is acknowledged when post returns, and reaches all readers")
        func acknowledgedAtOnce() async throws {
            let hub = try Floor.hub()
            defer { hub.stop() }
            let desk = try await desk(hub)
            let far = try Floor.client(hub.endpoints[0], "far")
            let near = try hub.connect(as: "near")
            var readings: [Task<[FloorBusEvent], any Error>] = []
            for client in [far, near] {
                let subscription = try client.subscribe(
                    to: try KeyFilter("event/"),
                    try KeyFilter("custom/")
                )
                try await subscription.events(until: \.isSnapshotEnd)
                try await subscription.events(until: \.isSnapshotEnd)
                readings.append(Task { try await subscription.events { $0.brings(500) } })
            }
            var atOnce = 0
            for number in 1...499 {
                let isEvent = number % 2 == 0
                let content: FloorContent =
                    isEvent ? .happening(UInt32(number)) : .value(UInt32(number))
                let key = isEvent ? try Floor.event() : try Floor.custom()
                try desk.post(content, to: key)
                if desk.unacknowledged == 0 { atOnce += 1 }
                // The core's thread has the lock now and then: the record waits for it, and
                // those that come before it is done would wait behind it.
                await desk.flush()
            }
            #expect(atOnce > 250, "\(atOnce) of 499 were acknowledged at once")
            try await desk.publish(.happening(500), to: try Floor.event())
            for reading in readings {
                let seen = try await reading.value.records
                let events = seen.filter { $0.key.kind == .event }.compactMap(\.number)
                #expect(events == (1...250).map { UInt32($0 * 2) })
                let values = seen.filter { $0.key.kind == .custom }
                #expect(values.compactMap(\.number) == values.compactMap(\.number).sorted())
            }
            #expect(hub.statistics.borrowed > 250)
            for client in [desk, far, near] { await client.close() }
            #expect(await holds { hub.statistics.sessions == 0 })
        }

        @Test("Few readers are served by the publisher, more than 32 by the core's thread")
        func manyReaders() async throws {
            let hub = try Floor.hub()
            defer { hub.stop() }
            let desk = try await desk(hub)
            var walls: [(FloorBusClient, Subscription)] = []
            func add(_ count: Int) async throws {
                for _ in 0..<count {
                    let wall = try Floor.client(hub.endpoints[0], "wall", heartbeat: 1500)
                    let subscription = try wall.subscribe(to: try KeyFilter("custom/bj/sales/"))
                    try await subscription.events(until: \.isSnapshotEnd)
                    walls.append((wall, subscription))
                }
            }
            try await add(4)
            #expect(try await borrowed(hub, desk, try Floor.custom()) > 50)
            try await add(36)
            #expect(try await borrowed(hub, desk, try Floor.custom()) < 10)
            // As many sessions, but few of them read this.
            #expect(try await borrowed(hub, desk, try Floor.event()) > 50)
            #expect(await holds { walls.allSatisfy { $0.0.statistics.keys == 1 } })
            try await desk.publish(.value(7000), to: try Floor.custom())
            for (_, subscription) in walls { try await subscription.events { $0.brings(7000) } }
            for (wall, _) in walls { await wall.close() }
            await desk.close()
        }

        @Test("Events keep their order and come once, whichever of the two ways each one took")
        func bothWays() async throws {
            let hub = try Floor.hub()
            defer { hub.stop() }
            let desk = try await desk(hub)
            let wall = try Floor.client(hub.endpoints[0], "wall")
            let all = try wall.subscribe(to: try KeyFilter("event/"))
            try await all.events(until: \.isSnapshotEnd)
            var crowd: [(FloorBusClient, Subscription)] = []
            for _ in 0..<40 {
                let client = try Floor.client(hub.endpoints[0], "crowd", heartbeat: 1500)
                let unread = try client.subscribe(to: try KeyFilter("event/bj/many/"))
                try await unread.events(until: \.isSnapshotEnd)
                crowd.append((client, unread))
            }
            let reading = Task { try await all.events { $0.brings(3000) } }
            let many = try FloorKey(.event, site: "bj", unit: "many", entity: "x")
            let before = hub.statistics.borrowed
            for number in 1...3000 {
                let key = number % 7 == 0 ? many : try Floor.event()
                while (try? desk.post(.happening(UInt32(number)), to: key)) == nil {
                    await desk.flush()
                }
            }
            #expect(await desk.flush())
            let seen = try await reading.value
            #expect(seen.compactMap(\.record?.number) == (1...3000).map { UInt32($0) })
            #expect(!seen.hasGap)
            let borrowed = hub.statistics.borrowed - before
            #expect(borrowed > 0 && borrowed < 3000, "\(borrowed) of 3000 were borrowed")
            for client in crowd.map(\.0) + [desk, wall] { await client.close() }
        }

        @Test("While the hub is busy a full outbox refuses, and nothing it took is lost")
        func busyHub() async throws {
            let gate = Gate()
            var configuration = HubConfiguration()
            configuration.drainMilliseconds = 50
            let hub = try EmbeddedHub(configuration) { _ throws(HubServerError) in gate.open() }
            defer { hub.stop() }
            var options = FloorBusClient.Options(principal: "desk")
            options.outboxOperations = 100
            let desk = try hub.connect(options)
            let wall = try hub.connect(as: "wall")
            let events = try wall.subscribe(to: try KeyFilter("event/"))
            try await events.events(until: \.isSnapshotEnd)
            #expect(await holds { desk.isConnected })
            gate.close()
            let stuck = Task.detached { try wall.post(.happening(1000), to: try Floor.event()) }
            #expect(await holds { gate.isWaitedFor })
            var taken: [UInt32] = []
            let key = try Floor.event()
            for number in 1...150 {
                do throws(FloorBusError) {
                    try desk.post(.happening(UInt32(number)), to: key)
                    taken.append(UInt32(number))
                } catch {
                    #expect(error.status == .limit)
                }
            }
            #expect(taken == (1...100).map { UInt32($0) })
            #expect(desk.unacknowledged == 100)
            gate.release()
            try await stuck.value
            #expect(await desk.flush())
            let seen = try await events.events { $0.brings(100) }.compactMap(\.record?.number)
            #expect(seen.filter { $0 <= 100 } == taken)
            await desk.close()
            await wall.close()
        }
    }
}
