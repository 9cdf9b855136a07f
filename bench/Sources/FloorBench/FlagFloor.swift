import CBench
import FloorBus
import Synchronization

/// Desks that raise flags for agents, each a session with some of them; a supporter and a station.
///
/// Every agent raises one flag; its id is its number, so that everybody knows it.
final class FlagFloor: Sendable {
    /// What a raising is timed to.
    enum Target {
        case station
        case acknowledgement
    }

    private struct Times {
        var raised: UInt64 = 0
        var acknowledged: UInt64 = 0
        var seen: UInt64 = 0
    }

    private struct Progress {
        var seen = 0
        var answered = 0
        var ready = 0
        var failure: (any Error)?
    }

    private static let answerText = "the network is down; back at noon"
    /// Operations of the supporter under way.
    private static let window = 256

    private let desks: [FloorBusClient]
    private let agentsEach: Int
    private let station: FloorBusClient
    private let supporter: FloorBusClient
    private let times: Mutex<[Times]>
    private let progress = Mutex(Progress())
    private let reading = Mutex<[Task<Void, Never>]>([])

    var count: Int { desks.count * agentsEach }

    init(_ endpoint: String, desks deskCount: Int, agentsEach: Int) throws {
        desks = try (0..<deskCount).map {
            try FloorBusClient.connect(to: endpoint, as: "desk-\($0)")
        }
        self.agentsEach = agentsEach
        station = try FloorBusClient.connect(to: endpoint, as: "station")
        supporter = try FloorBusClient.connect(to: endpoint, as: "supporter")
        times = Mutex([Times](repeating: Times(), count: deskCount * agentsEach))
    }

    /// Subscribes everybody, and returns when all have their snapshots.
    func start() async throws {
        read(try station.subscribe(to: KeyFilter("private/bj/"))) { floor, number, flag, record in
            guard record.operation == .raise else { return }
            floor.times.withLock { $0[number].seen = cbench_now_ns() }
            floor.progress.withLock { $0.seen += 1 }
        }
        for (desk, client) in desks.enumerated() {
            let filters = try stride(from: desk, to: count, by: desks.count).map {
                try KeyFilter("private/bj/" + agent($0) + "/")
            }
            read(try client.subscribe(toAny: filters)) { floor, _, flag, record in
                guard record.operation == .answer, flag.words.answer == Self.answerText else {
                    return
                }
                floor.progress.withLock { $0.answered += 1 }
            }
        }
        try await wait("snapshots") { $0.ready == self.count + 1 }
    }

    /// Raises every agent's flag, one every `interval` nanoseconds or all at once; returns when the
    /// station has seen all of them.
    func raise(interval: UInt64?) async throws {
        var next = ContinuousClock.now
        try await withThrowingDiscardingTaskGroup { group in
            for number in 0..<count {
                if let interval {
                    try await Task.sleep(until: next, tolerance: .zero)
                    next += .nanoseconds(interval)
                }
                group.addTask { try await self.raise(number) }
            }
        }
        try await wait("all flags at the station") { $0.seen == self.count }
    }

    /// Merges all flags into the first one.
    func merge() async throws {
        guard case .done = try await supporter.claimFlag(try key(0)) else {
            throw BenchError("the incident could not be claimed")
        }
        var request = FlagRequest()
        request.incident = id(0)
        let asked = request
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 1..<count {
                if number > Self.window { try await group.next() }
                group.addTask {
                    let result = try await self.supporter.changeFlag(
                        try self.key(number),
                        .merge,
                        asked
                    )
                    guard case .done = result else {
                        throw BenchError("flag \(number) was not merged: \(result)")
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    /// Answers the incident; returns when every agent's desk has the answer.
    func answer() async throws {
        let result = try await supporter.answerFlag(
            try key(0),
            claimGeneration: 1,
            text: Self.answerText
        )
        guard case .done = result else { throw BenchError("no answer: \(result)") }
        try await wait("the answer at all askers") { $0.answered == self.count }
    }

    /// Nanoseconds from each raising, as the desk calls it, to where it is to be seen.
    func delays(to target: Target) -> [UInt64] {
        times.withLock { list in
            list.map { (target == .station ? $0.seen : $0.acknowledged) - $0.raised }
        }
    }

    func close() async {
        for client in desks + [station, supporter] { await client.close() }
        for task in reading.withLock({ $0 }) { await task.value }
    }

    // MARK: one flag

    private func agent(_ number: Int) -> String { "agent-\(number)" }

    private func id(_ number: Int) -> FloorID { FloorID(high: 1, low: UInt64(number) + 1) }

    private func key(_ number: Int) throws -> FloorKey {
        try FloorKey(.flag, site: "bj", unit: "sales", entity: id(number).text)
    }

    private func raise(_ number: Int) async throws {
        var help = HelpRequest(.systemFault, category: "outage")
        help.text = "the customer's page does not open"
        help.agent = agent(number)
        times.withLock { $0[number].raised = cbench_now_ns() }
        let desk = desks[number % desks.count]
        let receipt = try await desk.raiseFlag(help, site: "bj", team: "sales", id: id(number))
        times.withLock { $0[number].acknowledged = cbench_now_ns() }
        guard receipt.isNew else { throw BenchError("flag \(number) was there already") }
    }

    // MARK: reading

    private func read(
        _ subscription: Subscription,
        _ take: @escaping @Sendable (FlagFloor, Int, HelpFlag, FloorRecord) -> Void
    ) {
        let task = Task {
            do {
                for try await event in subscription {
                    switch event {
                    case .record(let record):
                        guard let flag = try record.helpFlag, let id = FloorID(record.key.entity)
                        else { continue }
                        take(self, Int(id.low) - 1, flag, record)
                    case .snapshotEnd: progress.withLock { $0.ready += 1 }
                    case .gap: throw BenchError("a reader lost flags")
                    case .removed, .linkUp, .linkDown: break
                    }
                }
            } catch {
                progress.withLock { $0.failure = error }
            }
        }
        reading.withLock { $0.append(task) }
    }

    private func wait(_ what: String, until condition: (Progress) -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(60)
        while true {
            let now = progress.withLock { $0 }
            if let failure = now.failure { throw failure }
            if condition(now) { return }
            guard ContinuousClock.now < deadline else {
                throw BenchError("waited a minute for \(what); \(now)")
            }
            try await Task.sleep(for: .milliseconds(1))
        }
    }
}
