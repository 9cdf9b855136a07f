import FloorBus
import FloorBusTestKit
import Synchronization
import Testing

/// An operation that a client was told is done.
struct DoneStep: Hashable, Sendable {
    let flag: FloorID
    let operation: RecordOperation
    let producer: FloorID
    /// The flag's token after it; 0 for a raising.
    let token: UInt32
}

/// Askers, supporters and a station of one hub that comes and goes.
///
/// Each asker raises one flag after the other: some are cancelled at once, some left alone, with
/// some the asker waits for the answer, rates it and closes the flag. Each supporter claims every
/// flag they see, and answers most that they win; some they engage first, some they give back, some
/// they forget.
final class HelpFloor: Sendable {
    private let askers: [FloorBusClient]
    private let supporters: [FloorBusClient]
    private let station: FloorBusClient
    private let done = Mutex<[DoneStep]>([])
    private let ends = Mutex<[FloorID: FlagStatus]>([:])
    private let gapCount = Atomic(0)
    private let refusals = Mutex<[String]>([])
    private let isStopping = Atomic(false)
    private let raised = Atomic(0)
    private let ready = Atomic(0)
    private let askersLeft: Atomic<Int>
    private let asking = Mutex<[Task<Void, any Error>]>([])
    private let helping = Mutex<[Task<Void, any Error>]>([])

    /// The people as a roster file has them, with times of a fraction of a second.
    static func roster(askers: Int, supporters: Int) -> String {
        var lines = ["teams: [{ site: bj, team: sales }]", "people:"]
        lines += (0..<askers).map { "  - { id: asker-\($0), roles: agent, site: bj, team: sales }" }
        let names = (0..<supporters).map { "supporter-\($0)" } + ["station"]
        lines += names.map { "  - { id: \($0), roles: supporter, site: bj }" }
        let times = "lease: 400ms, engage: 150ms, escalate: 200ms, unanswered: 400ms"
        lines.append("times: { \(times), autoClose: 300ms, keep: 1h }")
        return lines.joined(separator: "\n") + "\n"
    }

    init(endpoint: String, askers askerCount: Int, supporters supporterCount: Int) throws {
        let client = { (name: String) in
            var options = FloorBusClient.Options(principal: name)
            options.reconnect = .milliseconds(20)...(.milliseconds(100))
            return try FloorBusClient(endpoints: [endpoint], options: options)
        }
        askers = try (0..<askerCount).map { try client("asker-\($0)") }
        supporters = try (0..<supporterCount).map { try client("supporter-\($0)") }
        station = try client("station")
        askersLeft = Atomic(askerCount)
    }

    /// Everything that was acknowledged as done.
    var acknowledged: [DoneStep] { done.withLock { $0 } }
    /// How each flag that the station saw stands: the last it was told.
    var seen: [FloorID: FlagStatus] { ends.withLock { $0 } }
    var gaps: Int { gapCount.load(ordering: .relaxed) }
    /// Refusals that no rule explains, as sentences.
    var surprises: [String] { refusals.withLock { $0 } }

    /// Sets everybody to work, and returns when each has a snapshot: who is cut off before is
    /// told by a gap that they may have missed flags.
    func start() async throws {
        for client in supporters {
            let task = Task { try await self.help(client) }
            helping.withLock { $0.append(task) }
        }
        let watch = Task { try await self.watch() }
        helping.withLock { $0.append(watch) }
        for client in askers {
            let task = Task {
                defer { self.askersLeft.subtract(1, ordering: .releasing) }
                try await self.ask(client)
            }
            asking.withLock { $0.append(task) }
        }
        let all = askers.count + supporters.count + 1
        try #require(await holds { ready.load(ordering: .relaxed) >= all })
    }

    /// Waits until so many more flags have been raised; false when that takes too long.
    func raises(another count: Int) async -> Bool {
        let wanted = raised.load(ordering: .relaxed) + count
        return await holds { raised.load(ordering: .relaxed) >= wanted }
    }

    /// Lets the askers finish, waits until no flag that the station knows is open, and lets
    /// everybody go home.
    func stop() async throws {
        isStopping.store(true, ordering: .releasing)
        let allDone = await holds { askersLeft.load(ordering: .acquiring) == 0 }
        #expect(allDone, "an asker waits for a flag that nobody knows")
        for task in asking.withLock({ $0 }) {
            task.cancel()
            try await task.value
        }
        let flags = Set(acknowledged.lazy.filter { $0.operation == .raise }.map(\.flag))
        let allEnd = await holds {
            let seen = self.seen
            return flags.allSatisfy { seen[$0]?.isTerminal == true }
        }
        #expect(allEnd, "flags are open for ever, or the station does not know of their end")
        for client in askers + supporters + [station] { await client.close() }
        for task in helping.withLock({ $0 }) { try await task.value }
    }

    // MARK: askers

    private func ask(_ client: FloorBusClient) async throws {
        let words = try client.subscribe(to: KeyFilter("private/bj/" + client.principal + "/"))
        var events = words.makeAsyncIterator()
        while let event = try await events.next() {
            guard case .snapshotEnd = event else { continue }
            ready.add(1, ordering: .relaxed)
            break
        }
        var number = 0
        while !isStopping.load(ordering: .acquiring) {
            number += 1
            var help = HelpRequest(.knowledge, category: "refund")
            help.callReference = "call-\(number)"
            let receipt = try await client.raiseFlag(help, site: "bj", team: "sales")
            #expect(receipt.isNew)
            note(.raise, receipt.key, client, .done(claimGeneration: 0))
            raised.add(1, ordering: .relaxed)
            if number % 6 == 1 { try await perform(.cancel, receipt.key, client) }
            guard number % 3 == 0, try await isAnswered(receipt.id, &events) else { continue }
            note(.rate, receipt.key, client, try await client.rateFlag(receipt.key, stars: 5))
            // The others close by themselves.
            if number % 2 == 0 { try await perform(.close, receipt.key, client) }
        }
    }

    /// Waits until a flag is answered; false when it has ended otherwise.
    private func isAnswered(
        _ id: FloorID,
        _ events: inout Subscription.Iterator
    ) async throws -> Bool {
        while let event = try await events.next() {
            if case .gap = event { gapCount.add(1, ordering: .relaxed) }
            guard case .record(let record) = event, record.key.entity == id.text,
                let flag = try record.helpFlag
            else { continue }
            if flag.stamps.answered > 0 { return true }
            if flag.isEnded { return false }
        }
        return false
    }

    // MARK: supporters and the station

    private func help(_ client: FloorBusClient) async throws {
        try await client.setDuty(.available)
        var tried: [FloorID: UInt32] = [:]
        try await withThrowingDiscardingTaskGroup { group in
            for try await event in try client.subscribe(to: KeyFilter("flag/bj/")) {
                notice(event)
                guard case .record(let record) = event, let flag = try record.helpFlag,
                    flag.status == .raised || flag.status == .pending,
                    let id = FloorID(record.key.entity), tried[id] != flag.claimGeneration
                else { continue }
                tried[id] = flag.claimGeneration
                let token = flag.claimGeneration
                group.addTask { try await self.work(client, record.key, id, token) }
            }
        }
    }

    private func work(
        _ client: FloorBusClient,
        _ key: FloorKey,
        _ id: FloorID,
        _ token: UInt32
    ) async throws {
        guard let claim = try await perform(.claim, key, client, token: token) else { return }
        // The first claim alone is played with: later ones are to come to an end.
        switch (id.low % 16, claim) {
        case (0, 1): try await perform(.release, key, client, token: claim)
        case (1, 1): return
        case (2, _):
            guard try await perform(.engage, key, client, token: claim) != nil else { return }
            try await perform(.answer, key, client, token: claim)
        default: try await perform(.answer, key, client, token: claim)
        }
    }

    private func watch() async throws {
        for try await event in try station.subscribe(to: KeyFilter("flag/bj/")) {
            notice(event)
            guard case .record(let record) = event, let flag = try record.helpFlag,
                let id = FloorID(record.key.entity)
            else { continue }
            ends.withLock { $0[id] = flag.status }
        }
    }

    /// Counts snapshots, and gaps, of which there must be none.
    private func notice(_ event: FloorBusEvent) {
        switch event {
        case .gap: gapCount.add(1, ordering: .relaxed)
        case .snapshotEnd: ready.add(1, ordering: .relaxed)
        case .record, .removed, .linkUp, .linkDown: break
        }
    }

    // MARK: operations

    /// Does one thing; returns the flag's token after it, or nil when it was not to be done.
    @discardableResult
    private func perform(
        _ operation: RecordOperation,
        _ key: FloorKey,
        _ client: FloorBusClient,
        token: UInt32 = 0
    ) async throws -> UInt32? {
        var request = FlagRequest()
        request.claimGeneration = token
        if operation == .engage { request.channel = .chat }
        if operation == .answer {
            request.outcome = .answered
            request.text = "\(client.principal) \(token)"
        }
        let result: FlagResult
        do throws(FloorBusError) {
            result = try await client.changeFlag(key, operation, request)
        } catch {
            if error.status == .closed { return nil }
            throw error
        }
        note(operation, key, client, result)
        if case .done(let generation) = result { return generation }
        return nil
    }

    private func note(
        _ operation: RecordOperation,
        _ key: FloorKey,
        _ client: FloorBusClient,
        _ result: FlagResult
    ) {
        guard let id = FloorID(key.entity) else { return }
        switch result {
        case .done(let token):
            let step = DoneStep(
                flag: id,
                operation: operation,
                producer: client.producer,
                token: token
            )
            done.withLock { $0.append(step) }
        case .lost, .wrongState: break
        case .notEligible, .notFound, .expired, .exists:
            refusals.withLock { $0.append("\(operation) of \(key.text): \(result)") }
        }
    }
}
