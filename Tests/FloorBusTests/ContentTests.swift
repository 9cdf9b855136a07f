import FloorBus
import FloorBusTestKit
import Testing

extension RealSockets {
    /// What can be published comes out as it went in.
    @Suite struct ContentTests {
        @Test("Queue levels and team figures arrive as they were published")
        func figures() async throws {
            let hub = try Floor.hub()
            defer { hub.stop() }
            let client = try hub.connect(as: "pbx")
            let queue = try FloorKey(.queue, site: "bj", unit: "sales", entity: "calls")
            let team = try FloorKey(.team, site: "bj", unit: "sales", entity: "day")
            let level = QueueLevel(waiting: 3)
            let result: PublishResult = try await client.publish(.queue(level), to: queue)
            #expect(result.status == .ok)
            #expect(result.owner == nil)
            try await client.publish(.team(TeamFigures()), to: team)

            let filters = [try KeyFilter("queue/"), try KeyFilter("team/bj/")]
            let subscription = try client.subscribe(toAny: filters)
            var iterator: Subscription.Iterator = subscription.makeAsyncIterator()
            var values: [FloorKey: FloorRecord] = [:]
            while values.count < 2 {
                let next: Subscription.Element? = try await iterator.next()
                guard let next else { break }
                if case .record(let record) = next { values[record.key] = record }
            }
            #expect(try values[queue]?.queueLevel == level)
            #expect(try values[team]?.teamFigures == TeamFigures())
            #expect(try values[queue]?.teamFigures == nil)
            #expect(try values[queue]?.agentState == nil)
            #expect(values[queue]?.revision == result.revision)
            await client.close()
        }

        @Test("Errors are equal by their status; link changes by all they say")
        func equality() {
            let left = FloorBusError(.limit, "one sentence")
            let right: Subscription.Failure = FloorBusError(.limit, "another")
            let iteratorFailure: Subscription.Iterator.Failure = right
            #expect(left == right && left == iteratorFailure)
            #expect(left != FloorBusError(.closed))
            let all: [LinkChange.Continuity] = [.first, .resumed, .resynced]
            #expect(Set(all.map(\.rawValue)).count == 3)
        }
    }
}
