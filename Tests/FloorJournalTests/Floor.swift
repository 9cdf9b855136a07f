import FloorBus
import Synchronization

/// Publishers and readers of one hub that comes and goes.
final class Floor: Sendable {
    private let desks: [FloorBusClient]
    private let walls: [FloorBusClient]
    private let ready: AsyncStream<Void>
    private let readyDesk: AsyncStream<Void>.Continuation
    private let accepted: AsyncStream<Void>
    private let acceptedDesk: AsyncStream<Void>.Continuation
    private let isStopping = Atomic(false)
    private let gapCount = Atomic(0)
    private let publishing = Mutex<[Task<Set<String>, any Error>]>([])
    private let reading = Mutex<[Task<[String], any Error>]>([])

    /// What a wall reads, and the payload that tells it that nothing more will come.
    struct Wall: Sendable {
        var filter: String
        var last: String
        /// Whether it is to receive an event with this payload.
        func wants(_ payload: String) -> Bool {
            filter == "event/" || payload.hasPrefix(filter == Self.even.filter ? "even" : "odd")
        }
        static let all = Wall(filter: "event/", last: "odd end")
        static let even = Wall(filter: "event/bj/even/", last: "even end")
        static let odd = Wall(filter: "event/bj/odd/", last: "odd end")
    }
    let kinds = [Wall.all, .even, .odd, .all]

    init(endpoint: String, desks deskCount: Int) throws {
        let client = { (name: String) in
            var options = FloorBusClient.Options(principal: name)
            options.reconnect = .milliseconds(20)...(.milliseconds(100))
            return try FloorBusClient(endpoints: [endpoint], options: options)
        }
        desks = try (0..<deskCount).map { try client("desk-\($0)") }
        walls = try kinds.indices.map { try client("wall-\($0)") }
        (ready, readyDesk) = AsyncStream.makeStream()
        (accepted, acceptedDesk) = AsyncStream.makeStream()
    }

    var gaps: Int { gapCount.load(ordering: .relaxed) }

    /// Starts the readers and waits until each has its snapshot.
    func readersAreReady() async throws {
        for (wall, kind) in zip(walls, kinds) {
            let subscription = try wall.subscribe(to: try KeyFilter(kind.filter))
            let task = Task { try await self.read(subscription, until: kind.last) }
            reading.withLock { $0.append(task) }
        }
        var count = 0
        for await _ in ready {
            count += 1
            if count == walls.count { return }
        }
    }

    private func read(_ subscription: Subscription, until last: String) async throws -> [String] {
        var seen: [String] = []
        var isReady = false
        for try await event in subscription {
            switch event {
            case .record(let record):
                let text = String(decoding: record.payload, as: UTF8.self)
                seen.append(text)
                if text == last { return seen }
            case .gap: gapCount.add(1, ordering: .relaxed)
            case .snapshotEnd:
                if !isReady { readyDesk.yield() }
                isReady = true
            case .removed, .linkUp, .linkDown: break
            }
        }
        return seen
    }

    /// Every desk publishes one event after the other; half of them states as well.
    func startPublishing() {
        for (number, desk) in desks.enumerated() {
            let task = Task { try await self.publish(desk, number) }
            publishing.withLock { $0.append(task) }
        }
    }

    private func publish(_ desk: FloorBusClient, _ number: Int) async throws -> Set<String> {
        let half = number.isMultiple(of: 2) ? "even" : "odd"
        let calls = try FloorKey(.event, site: "bj", unit: half, entity: "\(number)")
        let agent = try FloorKey(.agent, site: "bj", unit: "sales", entity: "\(number)")
        var done: Set<String> = []
        var counter = 0
        while !isStopping.load(ordering: .acquiring) {
            counter += 1
            let text = "\(half) \(number) \(counter)"
            if number.isMultiple(of: 2) {
                try desk.post(.agent(AgentState(activity: .ready, cause: .agent)), to: agent)
            }
            try await desk.publish(.event(Array(text.utf8), schema: 0), to: calls)
            done.insert(text)
            acceptedDesk.yield()
        }
        return done
    }

    /// Waits until so many more events have been accepted.
    func accepts(another count: Int) async {
        var left = count
        for await _ in accepted {
            left -= 1
            if left == 0 { return }
        }
    }

    /// Lets the desks finish what they are at; returns every event that was accepted.
    func stopPublishing() async throws -> Set<String> {
        isStopping.store(true, ordering: .releasing)
        var all: Set<String> = []
        for task in publishing.withLock({ $0 }) { all.formUnion(try await task.value) }
        for half in ["even", "odd"] {
            let key = try FloorKey(.event, site: "bj", unit: half, entity: "end")
            try await desks[0].publish(.event(Array("\(half) end".utf8), schema: 0), to: key)
            all.insert("\(half) end")
        }
        return all
    }

    /// Waits until every reader has read the last event; returns what each has read.
    func stopReading() async throws -> [[String]] {
        var lists: [[String]] = []
        for task in reading.withLock({ $0 }) { lists.append(try await task.value) }
        for client in desks + walls { await client.close() }
        return lists
    }
}
