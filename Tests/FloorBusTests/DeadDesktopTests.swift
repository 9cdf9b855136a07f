import FloorBus
import FloorBusTestKit
import Synchronization
import Testing

extension RealSockets {
    /// Desktops that die: leases, wills, presence.
    @Suite struct DeadDesktopTests {
        @Test("A desktop that falls silent is suspect, then stale; its will runs; it may come back")
        func silence() async throws {
            let hub = try Floor.hub {
                $0.suspectMilliseconds = 400
                $0.staleMilliseconds = 900
            }
            defer { hub.stop() }
            let proxy = try TCPProxy(to: hub.endpoints[0])
            defer { proxy.stop() }
            let willed = try Floor.agent("4711")
            let other = try Floor.agent("4712")
            let desk = try Floor.client(proxy.endpoint) { options in
                options.will = (willed, .loggedOff)
                options.willGrace = .milliseconds(100)
            }
            let wall = try Floor.client(hub.endpoints[0], "wall")
            let screen = try wall.subscribe(to: try KeyFilter("agent/"))
            let presence = try wall.subscribe(to: try KeyFilter("presence/-/-/ana/"))
            try await desk.publish(.ready, to: willed)
            try await desk.publish(.ready, to: other)
            try await screen.events { $0.record?.key == other }

            let start = ContinuousClock.now
            proxy.set(.discarding)
            let suspect = try await screen.events {
                $0.record?.key == other && $0.record?.freshness == .suspect
            }
            let untilSuspect = ContinuousClock.now - start
            #expect(untilSuspect > .milliseconds(250), "the last heartbeat counts")
            #expect(untilSuspect < .seconds(3))
            let stale = try await screen.events {
                $0.record?.key == other && $0.record?.freshness == .stale
            }
            #expect(ContinuousClock.now - start < .seconds(4))
            let will = try #require((suspect + stale).wills.first)
            #expect(will.key == willed)
            #expect(try will.agentState == .loggedOff)
            #expect(hub.statistics.wills == 1)
            try await presence.events { (try? $0.record?.presence?.sessions) == 0 }

            proxy.set(.forwarding)
            proxy.cut()
            let back = try await screen.events {
                $0.record?.key == willed && $0.record?.freshness == .live
                    && (try? $0.record?.agentState?.activity) == .ready
            }
            #expect(back.records.contains { $0.key == other && $0.freshness == .live })
            try await presence.events { (try? $0.record?.presence?.sessions) == 1 }
            await desk.close()
            await wall.close()
        }

        @Test("The will waits for the principal's last session, and a goodbye needs none")
        func lastSession() async throws {
            let hub = try Floor.hub()
            defer { hub.stop() }
            let proxy = try TCPProxy(to: hub.endpoints[0])
            defer { proxy.stop() }
            let key = try Floor.agent()
            let first = try Floor.client(proxy.endpoint) { options in
                options.will = (key, .loggedOff)
                options.willGrace = .milliseconds(0)
            }
            let second = try Floor.client(hub.endpoints[0])
            let wall = try Floor.client(hub.endpoints[0], "wall")
            let presence = try wall.subscribe(to: try KeyFilter("presence/-/-/ana/"))
            try await first.publish(.ready, to: key)
            try await presence.events { (try? $0.record?.presence?.sessions) == 2 }
            proxy.refuse(true)
            proxy.cut()
            try await presence.events { (try? $0.record?.presence?.sessions) == 1 }
            #expect(hub.statistics.wills == 0)
            await second.close()
            try await presence.events { (try? $0.record?.presence?.sessions) == 0 }
            #expect(await holds { hub.statistics.wills == 1 })
            proxy.refuse(false)
            try await presence.events { (try? $0.record?.presence?.sessions) == 1 }
            await first.close()
            try await presence.events { (try? $0.record?.presence?.sessions) == 0 }
            try await wall.publish(.value(1), to: try Floor.custom())
            #expect(hub.statistics.wills == 1)
            await wall.close()
        }

        @Test("R22: a goodbye is heard though the hub was just sending, and no will runs")
        func goodbyeUnderLoad() async throws {
            let hub = try Floor.hub()
            defer { hub.stop() }
            let busy = try hub.connect(as: "busy")
            let key = try Floor.agent()
            let isOver = Atomic(false)
            let talker = Task {
                var number: UInt32 = 0
                while !isOver.load(ordering: .relaxed) {
                    number &+= 1
                    try await busy.publish(.value(number), to: try Floor.custom("busy"))
                }
            }
            for _ in 0..<40 {
                let desk = try Floor.client(hub.endpoints[0]) { options in
                    options.will = (key, .loggedOff)
                    options.willGrace = .milliseconds(0)
                }
                let seen = try desk.subscribe(to: try KeyFilter("custom/"))
                try await seen.events { $0.record != nil }
                await desk.close()
            }
            #expect(await holds { hub.statistics.sessions == 1 })
            isOver.store(true, ordering: .relaxed)
            try await talker.value
            #expect(hub.statistics.wills == 0)
            await busy.close()
        }

        @Test("A client that says goodbye leaves its leased values suspect, others as they are")
        func goodbye() async throws {
            let hub = try Floor.hub()
            defer { hub.stop() }
            let desk = try Floor.client(hub.endpoints[0])
            let wall = try Floor.client(hub.endpoints[0], "wall")
            try await desk.publish(.value(1), to: try Floor.custom("leased"))
            try await desk.publish(.value(2), to: try Floor.custom("kept"), options: .unleased)
            await desk.close()
            let screen = try wall.subscribe(to: try KeyFilter("custom/"))
            try await screen.events { $0.record?.freshness == .suspect }
            let values = try await wall.get(try KeyFilter("custom/"))
            let freshness = Dictionary(
                uniqueKeysWithValues: values.map { ($0.key.entity, $0.freshness) }
            )
            #expect(freshness == ["leased": .suspect, "kept": .live])
            await wall.close()
        }

        @Test("An expected revision that is not the key's is a conflict")
        func conflict() async throws {
            let hub = try Floor.hub()
            defer { hub.stop() }
            let desk = try Floor.client(hub.endpoints[0])
            let key = try Floor.custom()
            let first = try await desk.publish(.value(1), to: key)
            var options = PublishOptions()
            options.expectedRevision = first.revision
            options.sourceTime = FloorMoment(12)
            let second = try await desk.publish(.value(2), to: key, options: options)
            let error = await #expect(throws: FloorBusError.self) {
                try await desk.publish(.value(3), to: key, options: options)
            }
            #expect(error?.status == .conflict)
            #expect(error == FloorBusError(.conflict))
            let value = try await desk.get(KeyFilter(key)).first
            #expect(value?.revision == second.revision)
            #expect(value?.previousRevision == first.revision)
            #expect(value?.sourceTime == FloorMoment(12))
            #expect(value?.schema == 1)
            #expect(value?.operation == .put)
            #expect(value?.hubTime != nil)
            #expect(value?.isReplayed == false)
            #expect(value?.producer != nil)
            let wrong = await #expect(throws: FloorBusError.self) {
                try await desk.publish(.ready, to: key)
            }
            #expect(wrong?.status == .badKey)
            await desk.close()
        }
    }
}
