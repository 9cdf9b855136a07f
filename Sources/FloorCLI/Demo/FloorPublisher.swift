import FloorBus

/// Publishes a simulated floor as its programs would: the telephone switch tells calls and
/// queues, a gateway per team the agents, and some agents have a desktop of their own.
///
/// Those desktops die as processes do, without goodbye: their sessions fall silent, their values
/// turn suspect and stale, their wills run.
actor FloorPublisher {
    /// How the publishers' operations came out, those of dead desktops included.
    struct Tally: Sendable, Equatable {
        var posted = 0
        var accepted = 0
        var refused = 0
        var unanswered = 0
        var events = 0
    }

    private let endpoint: String
    private let clock: FloorClock
    private var model: FloorModel
    private let bridge: FloorBusClient
    private var gateways: [FloorBusClient] = []
    private var desktops: [Int: FloorBusClient] = [:]
    /// Desktops that die as soon as their last operation is acknowledged.
    private var dying: [Int] = []
    /// What the dead desktops' clients had counted.
    private var buried = Tally()
    private var posted = 0
    private var events = 0
    private var agentKeys: [FloorKey] = []
    private var queueKeys: [FloorKey] = []
    private var teamKeys: [FloorKey] = []
    private var queueLevels: [QueueLevel?]
    private var teamFigures: [TeamFigures?]
    private var nextTeamFigures: Int64 = 0

    init(endpoint: String, model: FloorModel, clock: FloorClock) throws {
        self.endpoint = endpoint
        self.model = model
        self.clock = clock
        queueLevels = Array(repeating: nil, count: model.queues.count)
        teamFigures = Array(repeating: nil, count: model.teams.count)
        bridge = try Self.client(endpoint, "switch", outbox: 16_384)
        for team in model.teams {
            gateways.append(try Self.client(endpoint, "gateway-" + team.name, outbox: 8192))
            teamKeys.append(
                try FloorKey(.team, site: DemoOptions.site, unit: team.name, entity: "figures")
            )
        }
        for queue in model.queues {
            queueKeys.append(
                try FloorKey(.queue, site: DemoOptions.site, unit: "switch", entity: queue.name)
            )
        }
        for agent in model.agents {
            agentKeys.append(
                try FloorKey(
                    .agent,
                    site: DemoOptions.site,
                    unit: model.teams[agent.team].name,
                    entity: String(agent.number)
                )
            )
        }
        for (index, agent) in model.agents.enumerated() where agent.hasOwnDesktop {
            desktops[index] = try Self.desktop(endpoint, agent, agentKeys[index])
        }
    }

    private static func client(
        _ endpoint: String,
        _ principal: String,
        outbox: Int
    ) throws -> FloorBusClient {
        var options = FloorBusClient.Options(principal: principal, application: "floorbus demo")
        options.outboxOperations = outbox
        options.heartbeat = .milliseconds(DemoOptions.heartbeat)
        return try FloorBusClient(endpoints: [endpoint], options: options)
    }

    private static func desktop(
        _ endpoint: String,
        _ agent: FloorModel.Agent,
        _ key: FloorKey
    ) throws -> FloorBusClient {
        var options = FloorBusClient.Options(
            principal: "desktop-\(agent.number)",
            application: "floorbus demo"
        )
        options.heartbeat = .milliseconds(DemoOptions.heartbeat)
        options.will = (key, AgentState(activity: .notReady, cause: .connectionLost))
        options.willGrace = .milliseconds(DemoOptions.willGrace)
        return try FloorBusClient(endpoints: [endpoint], options: options)
    }

    /// Publishes the floor as it is; `tick` goes on from there.
    func begin() async throws {
        for index in model.agents.indices {
            try await publishAgent(index, model.agentState(index))
        }
        try await publishFigures(at: clock.origin)
    }

    /// Moves the floor on to a moment, in microseconds since 1970, and publishes what changed.
    func tick(at moment: Int64) async throws {
        buryTheDying()
        for change in model.step(to: clock.floorTime(at: moment)) {
            switch change {
            case .agent(let index, let state): try await publishAgent(index, state)
            case .call(let note): try await publishCall(note)
            case .desktopDied(let index): dying.append(index)
            case .desktopReturned(let index):
                dying.removeAll { $0 == index }
                if desktops[index] == nil {
                    desktops[index] = try Self.desktop(
                        endpoint,
                        model.agents[index],
                        agentKeys[index]
                    )
                }
            }
        }
        try await publishFigures(at: moment)
    }

    /// Waits until every operation has its result, and tells how they came out.
    func settle(within timeout: Duration) async -> Tally {
        for client in clients { await client.flush(timeout: timeout) }
        return tally
    }

    /// Ends every client; says goodbye.
    func close() async {
        for client in clients { await client.close(flush: .seconds(1)) }
    }

    var tally: Tally {
        var tally = buried
        for client in clients { Self.add(client, to: &tally) }
        tally.posted = posted
        tally.events = events
        return tally
    }

    private var clients: [FloorBusClient] {
        [bridge] + gateways + desktops.keys.sorted().compactMap { desktops[$0] }
    }

    private static func add(_ client: FloorBusClient, to tally: inout Tally) {
        let counted = client.statistics
        // What a client said again by itself was acknowledged too, but nobody posted it.
        tally.accepted += Int(counted.accepted) - Int(counted.reasserted)
        tally.refused += Int(counted.refused)
        tally.unanswered += client.unacknowledged
    }

    /// Kills desktops that have nothing unacknowledged.
    ///
    /// A killed process leaves open what became of its last operations. Ours die between two,
    /// so that the count of acknowledgements stays exact.
    private func buryTheDying() {
        dying.removeAll { index in
            guard let client = desktops[index] else { return true }
            guard client.unacknowledged == 0, client.isConnected else { return false }
            Self.add(client, to: &buried)
            client.abandon()
            desktops[index] = nil
            return true
        }
    }

    // MARK: publishing

    private func publishAgent(_ index: Int, _ state: AgentState) async throws {
        let desktop = desktops[index]
        let gateway = gateways[model.agents[index].team]
        try await post(.agent(state), to: agentKeys[index], by: desktop ?? gateway)
    }

    /// One event a step of a call: six fields with a tab between, as `floorbus replay` writes
    /// them, and the event's number in this run as a seventh.
    private func publishCall(_ note: CallNote) async throws {
        let fields = [
            String(clock.moment(of: note.time) / 1_000_000), note.step.rawValue,
            String(note.call), model.queues[note.queue].name,
            note.agent.map(String.init) ?? "",
            note.duration.map { String($0 / 1000) } ?? "", String(events),
        ]
        let key = try FloorKey(
            .event,
            site: DemoOptions.site,
            unit: model.queues[note.queue].name,
            entity: String(note.call)
        )
        events += 1
        let text = Array(fields.joined(separator: "\t").utf8)
        try await post(.event(text, schema: 1), to: key, by: bridge)
    }

    /// Queues and teams, as far as they have changed; teams at most once a second.
    private func publishFigures(at moment: Int64) async throws {
        for index in model.queues.indices {
            let level = model.queueLevel(index, clock)
            guard level != queueLevels[index] else { continue }
            queueLevels[index] = level
            try await post(.queue(level), to: queueKeys[index], by: bridge)
        }
        guard moment >= nextTeamFigures else { return }
        nextTeamFigures = moment + 1_000_000
        for index in model.teams.indices {
            let figures = model.teamFigures(index)
            guard figures != teamFigures[index] else { continue }
            teamFigures[index] = figures
            try await post(.team(figures), to: teamKeys[index], by: gateways[index])
        }
    }

    private func post(
        _ content: FloorContent,
        to key: FloorKey,
        by client: FloorBusClient
    ) async throws {
        do {
            try client.post(content, to: key)
        } catch {
            guard error.status == .limit else { throw error }
            // The outbox is full: the hub is slower than the floor for a moment.
            await client.flush(timeout: .seconds(10))
            try client.post(content, to: key)
        }
        posted += 1
    }
}
