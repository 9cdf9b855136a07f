import FloorBus
import FloorBusTestKit
import FloorPosix
import Foundation
import Synchronization
import Testing

extension RealSockets {
    /// Many threads on one hub; `./scripts/test-races` runs these under ThreadSanitizer.
    @Suite struct FastPathStressTests {
        private static let publishers = 16
        /// Events of each publisher; `./scripts/test --long` makes it ten times as many.
        private static let events: UInt32 =
            ProcessInfo.processInfo.environment["FLOORBUS_LONG"] == nil ? 400 : 4000

        /// A publisher that waits for the hub soon: under ThreadSanitizer sixteen that do not take
        /// the processors from the hub for seconds.
        private func desk(_ hub: EmbeddedHub, _ number: Int) throws -> FloorBusClient {
            var options = FloorBusClient.Options(principal: "desk\(number)")
            options.outboxOperations = 64
            return try hub.connect(options)
        }

        /// Posts, and waits for acknowledgements while the outbox is full and it is not over.
        @Sendable private func post(
            _ client: FloorBusClient,
            _ content: FloorContent,
            _ key: FloorKey,
            until isDone: Flag? = nil
        ) {
            while isDone?.isSet != true, (try? client.post(content, to: key)) == nil {
                guard let flushed = try? WakeDescriptor() else { return }
                Task {
                    await client.flush(timeout: .milliseconds(50))
                    flushed.signal()
                }
                var set = PollSet()
                _ = set.add(flushed.descriptor)
                _ = try? set.wait(timeoutMilliseconds: nil)
            }
        }

        /// Reads until every publisher's last event and last value have come.
        @Sendable private func readAll(_ subscription: Subscription) async throws -> [FloorRecord] {
            try await within(.seconds(90)) {
                var seen: [FloorRecord] = []
                var lasts: Set<FloorKey> = []
                for try await event in subscription {
                    #expect(!event.isGap)
                    guard let record = event.record else { continue }
                    seen.append(record)
                    if record.number == Self.events { lasts.insert(record.key) }
                    if lasts.count == Self.publishers * 2 { return seen }
                }
                throw NeverCame(seen: [])
            }
        }

        /// Comes, reads a little, and goes in one of three ways, until the work is done.
        private func comeAndGo(_ hub: EmbeddedHub, _ number: Int, _ isDone: Flag) async throws {
            var round = number
            while !isDone.isSet {
                round += 1
                let client =
                    try round % 2 == 0
                    ? Floor.client(hub.endpoints[0], "guest\(number)", heartbeat: 1500)
                    : hub.connect(as: "guest\(number)")
                let subscription = try client.subscribe(
                    to: try KeyFilter("event/"),
                    try KeyFilter("custom/")
                )
                try await subscription.events(until: \.isSnapshotEnd)
                try client.post(.value(UInt32(round)), to: try Floor.custom("guest"))
                switch round % 3 {
                case 0: await client.close()
                case 1: client.abandon()
                default: break
                }
            }
        }

        @Test("Sixteen publish while readers come and go: who stays gets all of it once, in order")
        func sixteenPublishers() async throws {
            let hub = try Floor.hub()
            defer { hub.stop() }
            let far = try Floor.client(hub.endpoints[0], "far", heartbeat: 1500)
            let stayers = [far, try hub.connect(as: "near")]
            var readings: [Task<[FloorRecord], any Error>] = []
            for stayer in stayers {
                let subscription = try stayer.subscribe(
                    to: try KeyFilter("event/bj/sales/"),
                    try KeyFilter("custom/bj/sales/")
                )
                try await subscription.events(until: \.isSnapshotEnd)
                try await subscription.events(until: \.isSnapshotEnd)
                readings.append(Task { try await readAll(subscription) })
            }
            let isDone = Flag()
            defer { isDone.set() }
            let guests = (0..<3).map { number in
                Task { try await comeAndGo(hub, number, isDone) }
            }
            let clients = try (0..<Self.publishers).map { try desk(hub, $0) }
            let crew = try Crew(Self.publishers) { number in
                guard let event = try? Floor.event("\(number)"),
                    let value = try? Floor.custom("\(number)")
                else { return }
                for index in 1...Self.events {
                    post(clients[number], .happening(index), event, until: isDone)
                    post(clients[number], .value(index), value, until: isDone)
                }
            }
            await crew.ended()
            for client in clients {
                #expect(await client.flush(timeout: .seconds(60)))
                #expect(client.statistics.refused == 0)
            }
            for reading in readings { check(try await reading.value) }
            isDone.set()
            for guest in guests { try await guest.value }
            for client in clients + stayers { await client.close() }
            #expect(hub.statistics.borrowed > 0)
            #expect(hub.failure == nil)
        }

        /// I7 and I2: events contiguous and once, values only forward.
        private func check(_ seen: [FloorRecord]) {
            var numbers: [FloorKey: [UInt32]] = [:]
            var revisions: [FloorKey: Revision] = [:]
            for record in seen {
                numbers[record.key, default: []].append(record.number ?? 0)
                // On a busy machine a publisher may have been silent for a while:
                // a value comes again when its freshness changes, under the revision it had.
                let last = revisions[record.key] ?? .zero
                let isRenewed = record.key.kind != .event && record.revision == last
                #expect(record.revision > last || isRenewed)
                revisions[record.key] = record.revision
            }
            let mine = numbers.filter { $0.key.text.contains("guest") == false }
            #expect(mine.count == Self.publishers * 2)
            for (key, numbers) in mine {
                #expect(numbers.last == Self.events)
                if key.kind == .event {
                    #expect(numbers == (1...Self.events).map { $0 }, "\(key.text)")
                } else {
                    #expect(numbers == numbers.sorted(), "\(key.text)")
                }
            }
        }

        @Test("A hub that is stopped while sixteen publish stops, and their clients close")
        func stopWhilePublishing() async throws {
            for round in 0..<6 {
                let hub = try Floor.hub()
                let reader = try Floor.client(hub.endpoints[0], "wall", heartbeat: 1500)
                let subscription = try reader.subscribe(to: try KeyFilter("event/"))
                try await subscription.events(until: \.isSnapshotEnd)
                let clients = try (0..<Self.publishers).map { try desk(hub, $0) }
                let isDone = Flag()
                defer { isDone.set() }
                let crew = try Crew(Self.publishers) { number in
                    guard let key = try? Floor.event("\(number)") else { return }
                    var index: UInt32 = 0
                    while !isDone.isSet {
                        index += 1
                        post(clients[number], .happening(index), key, until: isDone)
                    }
                }
                try await subscription.events { $0.brings(20) }
                hub.stop()
                hub.stop()
                isDone.set()
                await crew.ended()
                for (number, client) in clients.enumerated() {
                    if (number + round) % 2 == 0 { client.abandon() }
                    await client.close(flush: .zero)
                }
                await reader.close(flush: .zero)
            }
        }

        @Test("Hub, publisher, reader and bystander go in any order, in the middle of the work")
        func anyOrder() async throws {
            for order in 0..<24 {
                let hub = try Floor.hub { $0.drainMilliseconds = 5 }
                let desk = try hub.connect(as: "desk")
                let wall = try hub.connect(as: "wall")
                var bystander: FloorBusClient? = try hub.connect(as: "bystander")
                let subscription = try wall.subscribe(to: try KeyFilter("event/"))
                try await subscription.events(until: \.isSnapshotEnd)
                let unread = try bystander?.subscribe(to: try KeyFilter("event/"))
                let isDone = Flag()
                defer { isDone.set() }
                let crew = try Crew(1) { _ in
                    guard let key = try? Floor.event() else { return }
                    var index: UInt32 = 0
                    while !isDone.isSet {
                        index += 1
                        post(desk, .happening(index), key, until: isDone)
                    }
                }
                try await subscription.events { $0.brings(3) }
                var left = [0, 1, 2, 3]
                var choice = order
                while !left.isEmpty {
                    switch left.remove(at: choice % left.count) {
                    case 0: hub.stop()
                    case 1: await desk.close(flush: .zero)
                    case 2: wall.abandon()
                    default: bystander = nil
                    }
                    choice /= left.count + 1
                }
                isDone.set()
                await crew.ended()
                let rest = try await within(.seconds(10)) {
                    for try await _ in subscription {}
                    return !Task.isCancelled
                }
                #expect(rest)
                withExtendedLifetime(unread) {}
            }
        }
    }

    /// Runs a body on each of some threads: tasks would share two.
    private final class Crew: Sendable {
        private let threads: [FloorThread]
        private let working: Working

        private final class Working: Sendable {
            let count = Atomic(0)
        }

        init(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) throws {
            let working = Working()
            working.count.store(count, ordering: .releasing)
            self.working = working
            threads = try (0..<count).map { number in
                try FloorThread.start(name: "publisher \(number)") {
                    body(number)
                    working.count.subtract(1, ordering: .acquiringAndReleasing)
                }
            }
        }

        /// Waits for all of them.
        func ended() async {
            #expect(
                await holds(within: .seconds(90)) {
                    working.count.load(ordering: .acquiring) == 0
                }
            )
            for thread in threads { thread.join() }
        }
    }

    /// Tells threads that it is over.
    private final class Flag: Sendable {
        private let value = Atomic(false)
        var isSet: Bool { value.load(ordering: .acquiring) }
        func set() { value.store(true, ordering: .releasing) }
    }
}
