import FloorBusTestKit
import Testing

@testable import FloorBus

extension RealSockets {
    /// A hub that ends and comes back under its clients.
    @Suite struct RestartTests {
        @Test("A hub that comes back with its directory is the next epoch of the same lineage")
        func sameLineage() async throws {
            try await Floor.withDirectory { directory in
                let first = try Floor.hub { $0.dataDirectory = directory }
                let endpoint = first.endpoints[0]
                let desk = try Floor.client(endpoint)
                let wall = try Floor.client(endpoint, "wall")
                let screen = try wall.subscribe(
                    to: try KeyFilter("agent/"),
                    try KeyFilter("custom/")
                )
                let events = try wall.subscribe(to: try KeyFilter("event/"))
                try await desk.publish(.ready, to: try Floor.agent())
                try await desk.publish(
                    .value(1),
                    to: try Floor.custom("orphan"),
                    options: .unleased
                )
                try await desk.publish(.happening(1), to: try Floor.event())
                var seen = try await screen.events { $0.brings(1) }
                try await events.events { $0.brings(1) }
                first.stop()
                seen += try await screen.events(until: \.isLinkDown)

                let second = try Floor.hub {
                    $0.dataDirectory = directory
                    $0.listen = [endpoint]
                }
                defer { second.stop() }
                #expect(second.lineage == first.lineage)
                #expect(second.epoch == first.epoch + 1)
                let after = try await screen.events { $0.record?.key.kind == .agent }
                #expect(
                    after.compactMap(\.linkUp) == [
                        LinkChange.resynced(epoch: second.epoch, lineage: first.lineage)
                    ]
                )
                seen += after
                try await desk.publish(.happening(2), to: try Floor.event())
                let told = try await events.events { $0.brings(2) }
                #expect(told.hasGap, "the events of the first life are gone")
                #expect(desk.statistics.reasserted == 1, "only the leased value is said again")

                // Values nobody vouches for are gone: what the wall holds is what the hub holds.
                let values = try await wall.get(try KeyFilter("agent/"))
                #expect(try await wall.get(try KeyFilter("custom/")).isEmpty)
                let isSame = try await holds {
                    seen += try screen.drain()
                    return Set(seen.values.keys) == Set(values.map(\.key))
                }
                #expect(isSame, "\(seen.values)")
                #expect(seen.values[try Floor.agent()]?.revision.epoch == second.epoch)
                await desk.close()
                await wall.close()
            }
        }

        @Test("A hub that comes back without data is another lineage, and events have a gap")
        func otherLineage() async throws {
            let first = try Floor.hub()
            let endpoint = first.endpoints[0]
            let desk = try Floor.client(endpoint)
            let wall = try Floor.client(endpoint, "wall")
            let events = try wall.subscribe(to: try KeyFilter("event/"))
            try await events.events(until: \.isSnapshotEnd)
            try await desk.publish(.happening(1), to: try Floor.event())
            try await events.events { $0.brings(1) }
            first.stop()
            try await events.events(until: \.isLinkDown)
            let second = try Floor.hub { $0.listen = [endpoint] }
            defer { second.stop() }
            #expect(second.lineage != first.lineage)
            try await desk.publish(.happening(2), to: try Floor.event())
            let seen = try await events.events(until: \.isGap)
            #expect(seen.compactMap(\.linkUp).map(\.continuity) == [.resynced])
            #expect(seen.compactMap(\.linkUp).map(\.lineage) == [second.lineage])
            await desk.close()
            await wall.close()
        }

        @Test("Clients in the middle of their work lose nothing when the hub is replaced")
        func busyClients() async throws {
            let first = try Floor.hub()
            let endpoint = first.endpoints[0]
            let desks = try (0..<5).map { try Floor.client(endpoint, "desk\($0)") }
            let wall = try Floor.client(endpoint, "wall")
            let screen = try wall.subscribe(to: try KeyFilter("custom/"))
            let last: UInt32 = 2000
            let work = Task {
                for number in 1...last {
                    for (place, desk) in desks.enumerated() {
                        let key = try Floor.custom("\(place)")
                        while (try? desk.post(.value(number), to: key)) == nil {
                            try Task.checkCancellation()
                            await desk.flush(timeout: .milliseconds(100))
                        }
                    }
                }
            }
            try await screen.events { ($0.record?.number ?? 0) > 100 }
            first.stop()
            try await screen.events(until: \.isLinkDown)
            let second = try Floor.hub { $0.listen = [endpoint] }
            defer { second.stop() }
            try await within { try await work.value }
            for desk in desks {
                #expect(await desk.flush(timeout: .seconds(20)))
                #expect(desk.statistics.refused == 0)
                #expect(desk.unacknowledged == 0)
            }
            var seen: [FloorBusEvent] = []
            let isSame = try await holds {
                seen += try screen.drain()
                let numbers = seen.values.values.map(\.number)
                return numbers == [last, last, last, last, last]
            }
            #expect(isSame, "\(seen.suffix(5))")
            for desk in desks { await desk.close() }
            await wall.close()
        }

        @Test("Flush sees values that were said again answered, without waiting its time out")
        func flushAfterRestart() async throws {
            let first = try Floor.hub()
            let proxy = try TCPProxy(to: first.endpoints[0])
            defer { proxy.stop() }
            let desk = try Floor.client(proxy.endpoint, heartbeat: 1500)
            for number in 0..<50 {
                try await desk.publish(.value(1), to: try Floor.custom("\(number)"))
            }
            let second = try Floor.hub()
            defer { second.stop() }
            proxy.redirect(to: second.endpoints[0])
            proxy.cut()
            #expect(await holds { desk.statistics.reasserted > 0 })
            let start = ContinuousClock.now
            #expect(await desk.flush(timeout: .seconds(10)))
            #expect(ContinuousClock.now - start < .seconds(5))
            #expect(second.statistics.keys >= 50)
            await desk.close()
            first.stop()
        }

        @Test("A client of an embedded hub that stops is told, and closes in peace")
        func embeddedHubStops() async throws {
            let hub = try Floor.hub()
            let client = try hub.connect(as: "cti", application: "test")
            let subscription = try client.subscribe(to: try KeyFilter("agent/"))
            try await subscription.events(until: \.isSnapshotEnd)
            hub.stop()
            let seen = try await subscription.events(until: \.isLinkDown)
            #expect(seen.last == .linkDown(.closed))
            #expect(await client.close())
        }
    }
}

extension LinkChange {
    fileprivate static func resynced(epoch: UInt32, lineage: FloorID) -> LinkChange {
        LinkChange(continuity: .resynced, epoch: epoch, lineage: lineage)
    }
}
