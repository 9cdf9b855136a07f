import FloorBus
import FloorBusTestKit
import Testing

extension RealSockets {
    /// Readers that are slow, or do not read at all.
    @Suite struct SlowReaderTests {
        @Test("Who did not read 10,000 changes of 100 keys sees the newest of each, counted")
        func unreadState() async throws {
            let hub = try Floor.hub()
            defer { hub.stop() }
            let desk = try Floor.client(hub.endpoints[0])
            let wall = try Floor.client(hub.endpoints[0], "wall")
            let other = try Floor.client(hub.endpoints[0], "other")
            let unread = try wall.subscribe(to: try KeyFilter("custom/bj/sales/"))
            let marker = try wall.subscribe(to: try KeyFilter("custom/bj/marker/"))
            let live = try other.subscribe(to: try KeyFilter("custom/bj/sales/"))
            for subscription in [unread, marker, live] {
                try await subscription.events(until: \.isSnapshotEnd)
            }
            let last: UInt32 = 10_000
            let reading = Task { try await live.events { $0.brings(last) } }
            for number in 1...last {
                let key = try Floor.custom("\(number % 100)")
                while (try? desk.post(.value(number), to: key)) == nil { await desk.flush() }
            }
            // Behind all others in the one queue of the session: then the client has them too.
            let end = try FloorKey(.custom, site: "bj", unit: "marker", entity: "end")
            try await desk.publish(.value(1), to: end)
            try await marker.events { $0.brings(1) }
            #expect(wall.statistics.keys == 101, "one place a key, however many changes")

            let seen = try unread.drain().records
            #expect(seen.count == 100)
            #expect(Set(seen.compactMap(\.number)) == Set((last - 99)...last))
            #expect(seen.changes == Int(last))
            var others = try await reading.value.records
            let isComplete = try await holds {
                others += try live.drain().records
                return others.changes == Int(last)
            }
            #expect(isComplete, "the other reader was served all the while")
            for client in [desk, wall, other] { await client.close() }
        }

        @Test("Unread events wait at the hub, and starve neither state values nor other readers")
        func unreadEvents() async throws {
            let hub = try Floor.hub()
            defer { hub.stop() }
            let desk = try Floor.client(hub.endpoints[0])
            let wall = try Floor.client(hub.endpoints[0], "wall") { options in
                options.creditBytes = 64 * 1024
            }
            let other = try Floor.client(hub.endpoints[0], "other")
            let unread = try wall.subscribe(to: try KeyFilter("event/"))
            let screen = try wall.subscribe(to: try KeyFilter("custom/"))
            let live = try other.subscribe(to: try KeyFilter("event/"))
            for subscription in [unread, screen, live] {
                try await subscription.events(until: \.isSnapshotEnd)
            }
            let last: UInt32 = 20_000
            let reading = Task { try await live.events { $0.brings(last) } }
            for number in 1...last {
                while (try? desk.post(.happening(number), to: try Floor.event())) == nil {
                    await desk.flush()
                }
            }
            #expect(try await reading.value.records.count == Int(last))
            for number in 1...20 {
                try await desk.publish(.value(UInt32(number)), to: try Floor.custom())
                try await screen.events { $0.brings(UInt32(number)) }
            }
            let held = wall.statistics.recordsIn
            #expect(held < 2000, "the hub sends no more than the credit: \(held)")
            let seen = try await unread.events { $0.brings(last) }
            #expect(seen.records.map(\.number) == (1...last).map { $0 })
            #expect(!seen.hasGap)
            for client in [desk, wall, other] { await client.close() }
        }

        @Test("Events that the journal forgot before a reader came for them are told as a gap")
        func forgottenEvents() async throws {
            let hub = try Floor.hub { $0.journalRecords = 2000 }
            defer { hub.stop() }
            let desk = try Floor.client(hub.endpoints[0])
            let wall = try Floor.client(hub.endpoints[0], "wall") { options in
                options.creditBytes = 64 * 1024
            }
            let unread = try wall.subscribe(to: try KeyFilter("event/"))
            try await unread.events(until: \.isSnapshotEnd)
            let last: UInt32 = 10_000
            for number in 1...last {
                while (try? desk.post(.happening(number), to: try Floor.event())) == nil {
                    await desk.flush()
                }
            }
            #expect(await desk.flush())
            let seen = try await unread.events { $0.brings(last) }
            let missing = seen.reduce(0) { sum, event in
                if case .gap(_, _, let count) = event { return sum + Int(count ?? 0) }
                return sum
            }
            #expect(missing > 0)
            #expect(seen.records.count + missing == Int(last), "every event, or counted")
            await desk.close()
            await wall.close()
        }

        @Test("Two subscriptions of one client are read at their own paces")
        func twoPaces() async throws {
            let hub = try Floor.hub()
            defer { hub.stop() }
            let client = try hub.connect(as: "ana")
            let fast = try client.subscribe(to: try KeyFilter("event/"))
            let slow = try client.subscribe(to: try KeyFilter("event/"))
            let gathered = try client.subscribe(
                to: try KeyFilter("custom/"),
                minimumInterval: .milliseconds(20)
            )
            try await fast.events(until: \.isSnapshotEnd)
            try await gathered.events(until: \.isSnapshotEnd)
            for number in 1...100 {
                try await client.publish(.happening(UInt32(number)), to: try Floor.event())
                try await client.publish(.value(UInt32(number)), to: try Floor.custom())
                try await fast.events { $0.brings(UInt32(number)) }
            }
            let seen = try await slow.events { $0.brings(100) }
            #expect(seen.records.map(\.number) == (1...100).map { UInt32($0) })
            #expect(try await gathered.events { $0.brings(100) }.records.changes == 100)
            await client.close()
        }

        @Test("A key that overlapping filters match comes once")
        func overlap() async throws {
            let hub = try Floor.hub()
            defer { hub.stop() }
            let client = try Floor.client(hub.endpoints[0])
            let both = try client.subscribe(
                to: try KeyFilter("custom/bj/"),
                try KeyFilter("custom/"),
                try KeyFilter("event/"),
                try KeyFilter("event/+/sales/")
            )
            for number in 1...20 {
                try await client.publish(.value(UInt32(number)), to: try Floor.custom())
                try await both.events { $0.brings(UInt32(number)) }
            }
            for number in 21...40 {
                try await client.publish(.happening(UInt32(number)), to: try Floor.event())
            }
            let seen = try await both.events { $0.brings(40) }
            #expect(seen.records.map(\.number) == (21...40).map { UInt32($0) })
            #expect(try both.drain().records.isEmpty)
            await client.close()
        }
    }
}
