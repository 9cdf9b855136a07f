import FloorBus
import FloorBusTestKit
import Testing

extension RealSockets {
    /// Links that break, stall and lie, through a real TCP proxy.
    @Suite struct BrokenLinkTests {
        @Test(
            "After ten cuts every event has come once and in order, and every publish is answered"
        )
        func cuts() async throws {
            let hub = try Floor.hub()
            defer { hub.stop() }
            let proxy = try TCPProxy(to: hub.endpoints[0])
            defer { proxy.stop() }
            let desk = try Floor.client(proxy.endpoint)
            let wall = try Floor.client(proxy.endpoint, "wall")
            let events = try wall.subscribe(to: try KeyFilter("event/"))
            try await events.events(until: \.isSnapshotEnd)
            let key = try Floor.event()
            let last: UInt32 = 1000
            let reading = Task { try await events.events { $0.brings(last) } }
            for number in 1...last {
                try desk.post(.happening(number), to: key)
                if number % 100 == 0 {
                    proxy.cut()
                    try #require(await desk.flush(timeout: .seconds(20)))
                }
            }
            let seen = try await reading.value
            #expect(seen.records.map(\.number) == (1...last).map { $0 })
            // A reader that comes late is told where the link is, not where it was meanwhile.
            #expect(wall.statistics.welcomed > 1)
            #expect(seen.compactMap(\.linkUp).allSatisfy { $0.continuity == .resumed })
            #expect(!seen.hasGap)
            #expect(desk.statistics.accepted == UInt64(last))
            #expect(hub.statistics.recordsIn >= UInt64(last))
            await desk.close()
            await wall.close()
        }

        @Test("State that changed and went while a wallboard was away is told on its return")
        func awayAndBack() async throws {
            let hub = try Floor.hub()
            defer { hub.stop() }
            let proxy = try TCPProxy(to: hub.endpoints[0])
            defer { proxy.stop() }
            let desk = try Floor.client(hub.endpoints[0])
            let wall = try Floor.client(proxy.endpoint, "wall")
            let screen = try wall.subscribe(to: try KeyFilter("custom/"))
            for (name, number) in [("stays", 1), ("changes", 2), ("goes", 3)] {
                try await desk.publish(.value(UInt32(number)), to: try Floor.custom(name))
            }
            try await screen.events { $0.brings(3) }
            proxy.refuse(true)
            proxy.cut()
            try await screen.events(until: \.isLinkDown)
            try await desk.publish(.value(20), to: try Floor.custom("changes"))
            try await desk.remove(try Floor.custom("goes"))
            proxy.refuse(false)
            let seen = try await screen.events(until: \.isSnapshotEnd)
            #expect(seen.compactMap(\.linkUp).map(\.continuity) == [.resumed])
            #expect(seen.records.map(\.number) == [20], "only what changed comes again")
            #expect(seen.compactMap(\.removed).map(\.key) == [try Floor.custom("goes")])
            let missing = await #expect(throws: FloorBusError.self) {
                try await desk.remove(try Floor.custom("goes"))
            }
            #expect(missing?.status == .notFound)
            await desk.close()
            await wall.close()
        }

        @Test("A stalled link is noticed by both sides, and nothing is lost when it flows again")
        func stall() async throws {
            let hub = try Floor.hub()
            defer { hub.stop() }
            let proxy = try TCPProxy(to: hub.endpoints[0])
            defer { proxy.stop() }
            let desk = try Floor.client(hub.endpoints[0])
            let wall = try Floor.client(proxy.endpoint, "wall", heartbeat: 50)
            let events = try wall.subscribe(to: try KeyFilter("event/"))
            try await events.events(until: \.isSnapshotEnd)
            proxy.set(.stalled)
            for number in 1...50 {
                try desk.post(.happening(UInt32(number)), to: try Floor.event())
            }
            try await events.events(until: \.isLinkDown)
            #expect(await holds { hub.statistics.sessions == 1 })
            proxy.set(.forwarding)
            let seen = try await events.events { $0.brings(50) }
            #expect(seen.records.map(\.number) == (1...50).map { UInt32($0) })
            await desk.close()
            await wall.close()
        }

        @Test("A client whose side of the link ended takes its own silent session over")
        func takeover() async throws {
            let hub = try Floor.hub()
            defer { hub.stop() }
            let proxy = try TCPProxy(to: hub.endpoints[0])
            defer { proxy.stop() }
            let key = try Floor.agent()
            let desk = try Floor.client(proxy.endpoint, heartbeat: 1500) { options in
                options.will = (key, .loggedOff)
                options.willGrace = .milliseconds(0)
            }
            let wall = try Floor.client(hub.endpoints[0], "wall")
            let screen = try wall.subscribe(to: try KeyFilter("agent/"), try KeyFilter("presence/"))
            try await desk.publish(.ready, to: key)
            try await screen.events { $0.record?.key == key }
            let welcomed = desk.statistics.welcomed
            proxy.cut(.client)
            #expect(await holds { desk.statistics.welcomed == welcomed + 1 })
            try await desk.publish(.value(1), to: try Floor.custom())
            #expect(hub.statistics.fenced == 1, "the old session has been ended at once")
            #expect(hub.statistics.wills == 0, "whoever is back needs no will")
            let presence = try await wall.get(try KeyFilter("presence/-/-/ana/"))
            #expect(try presence.first?.presence?.sessions == 1)
            let state = try await wall.get(try KeyFilter("agent/"))
            #expect(state.map(\.freshness) == [.live])
            await desk.close()
            await wall.close()
        }

        @Test("Over a slow line a wallboard gets the newest of each key, not all there was")
        func slowLine() async throws {
            let hub = try Floor.hub()
            defer { hub.stop() }
            let proxy = try TCPProxy(to: hub.endpoints[0])
            defer { proxy.stop() }
            let desk = try Floor.client(hub.endpoints[0])
            let wall = try Floor.client(proxy.endpoint, "wall", heartbeat: 1500) { options in
                options.creditBytes = 64 * 1024
            }
            let screen = try wall.subscribe(to: try KeyFilter("custom/"))
            try await screen.events(until: \.isSnapshotEnd)
            proxy.slow(bytesPerSecond: 200_000)
            let last: UInt32 = 20_000
            for number in 1...last {
                let key = try Floor.custom("\(number % 100)")
                while (try? desk.post(.value(number), to: key)) == nil { await desk.flush() }
            }
            proxy.slow(bytesPerSecond: nil)
            #expect(await desk.flush(timeout: .seconds(20)))
            var seen: [FloorRecord] = []
            let isComplete = try await holds {
                seen += try screen.drain().records
                return seen.changes == Int(last)
            }
            #expect(isComplete, "what was passed over is counted: \(seen.changes)")
            #expect(seen.count < Int(last) / 2)
            #expect(seen.contains { $0.number == last })
            await desk.close()
            await wall.close()
        }
    }
}
