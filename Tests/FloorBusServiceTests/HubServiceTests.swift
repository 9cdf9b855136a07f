import FloorBus
import FloorBusService
import ServiceLifecycle
import Synchronization
import Testing

/// A hub in an application's group of services.
@Suite("The hub as a service", .timeLimit(.minutes(1)))
struct HubServiceTests {
    /// A service that only waits, and notes how it ended.
    private final class Neighbour: Service {
        let ending = Mutex("")

        func run() async throws {
            do {
                try await gracefulShutdown()
                ending.withLock { $0 = "shut down" }
            } catch {
                ending.withLock { $0 = "cancelled" }
            }
        }
    }

    private func hub() throws -> EmbeddedHub {
        var configuration = HubConfiguration()
        configuration.listen = ["tcp://127.0.0.1:0"]
        return try EmbeddedHub(configuration)
    }

    private func group(_ services: [any Service]) -> ServiceGroup {
        ServiceGroup(services: services)
    }

    @Test("The group's shutdown drains the hub: readers get what was published, then its goodbye")
    func shutdown() async throws {
        let hub = try hub()
        let group = group([hub])
        async let running: Void = group.run()
        let desk = try FloorBusClient.connect(to: hub.endpoints[0], as: "desk")
        let board = try FloorBusClient.connect(to: hub.endpoints[0], as: "board")
        var events = try board.subscribe(to: try KeyFilter("custom/")).makeAsyncIterator()
        while let event = try await events.next() {
            if case .snapshotEnd = event { break }
        }
        let key = try FloorKey(.custom, site: "bj", unit: "sales", entity: "x")
        try await desk.publish(.custom([7], schema: 1), to: key)
        await group.triggerGracefulShutdown()
        var seen: [FloorBusEvent] = []
        while let event = try await events.next() {
            seen.append(event)
            if case .linkDown = event { break }
        }
        try await running
        #expect(seen.count == 2)
        guard case .record(let record)? = seen.first else { throw Unexpected() }
        #expect(record.payload == [7])
        #expect(seen.last == .linkDown(.closed))
        #expect(hub.failure == nil)
        await board.close(flush: .zero)
        await desk.close(flush: .zero)
    }

    @Test("A hub that fails by itself ends the group with its sentence")
    func failure() async throws {
        let hub = try hub()
        let neighbour = Neighbour()
        let group = group([neighbour, hub])
        async let running: Void = group.run()
        let client = try hub.connect(as: "cti")
        try await client.publish(
            .custom([1], schema: 1),
            to: try FloorKey(.custom, site: "bj", unit: "sales", entity: "x")
        )
        hub.breakDown()
        do {
            try await running
            Issue.record("the group ended as if all were well")
        } catch let error as FloorBusError {
            #expect(error.status == .internal)
            #expect(error.sentence.hasPrefix("the hub stopped by itself: "))
            #expect(error.sentence.contains(try #require(hub.failure)))
        }
        #expect(neighbour.ending.withLock { $0 } == "cancelled")
        await client.close(flush: .zero)
    }

    @Test("A cancelled task stops the hub too, and another one may take its place")
    func cancellation() async throws {
        let hub = try hub()
        let endpoint = hub.endpoints[0]
        let running = Task { try await hub.run() }
        running.cancel()
        _ = await running.result
        var configuration = HubConfiguration()
        configuration.listen = [endpoint]
        let next = try EmbeddedHub(configuration)
        #expect(next.endpoints == [endpoint])
        await next.drain()
    }

    @Test("Whoever waits for the end of a hub is told, early or late, and may give up")
    func waiting() async throws {
        let hub = try hub()
        let patient = Task { try await hub.waitUntilEnded() }
        let impatient = Task { try await hub.waitUntilEnded() }
        impatient.cancel()
        try await impatient.value
        await hub.drain()
        try await patient.value
        try await hub.waitUntilEnded()
        hub.stop()
        await hub.drain()
        #expect(hub.failure == nil)
    }
}

private struct Unexpected: Error {}
