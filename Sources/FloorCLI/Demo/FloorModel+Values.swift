import FloorBus

// What the bus carries of the floor, in its vocabulary.

extension FloorModel {
    func agentState(_ index: Int) -> AgentState {
        let agent = agents[index]
        var state = AgentState(activity: .unknown, cause: agent.cause)
        switch agent.phase {
        case .loggedOff:
            state = .loggedOff
            state.cause = agent.cause
        case .ready: state.activity = .ready
        case .reserved: (state.activity, state.call) = (.reserved, .alerting)
        case .busy: (state.activity, state.call) = (.busy, .connected)
        case .held: (state.activity, state.call) = (.busy, .held)
        case .afterCall: (state.activity, state.call) = (.afterCall, .ended)
        case .notReady: state.activity = .notReady
        }
        if let pause = agent.pause {
            state.reasonClass = pause.reasonClass
            state.reasonCode = pause.code
            state.reason = pause.label
        }
        if agent.nextPause != nil { state.pending = .notReady }
        if let call = agent.call { state.callReference = String(call) }
        state.deviceExtension = String(agent.number)
        return state
    }

    /// A queue's level; its moments are real ones, by `clock`.
    mutating func queueLevel(_ index: Int, _ clock: FloorClock) -> QueueLevel {
        queues[index].outcomes.removeAll { $0.time <= now - Self.window }
        let queue = queues[index]
        var level = QueueLevel(waiting: UInt32(queue.waiting.count))
        if let oldest = queue.waiting.first, let call = calls[oldest] {
            level.oldestEnqueuedAt = clock.moment(of: call.enqueuedAt)
        }
        level.counters = queue.counters
        level.window = .sinceStart
        level.agents = agentCounts(index)
        let within = queue.outcomes.count { $0.wasAnswered && $0.wait <= Self.threshold }
        let answered = queue.outcomes.count { $0.wasAnswered }
        let waits = queue.outcomes.reduce(Int64(0)) { $0 + ($1.wasAnswered ? $1.wait : 0) }
        if !queue.outcomes.isEmpty {
            level.figures.append(
                Figure(
                    "serviceLevel",
                    Int64(within * 1000 / queue.outcomes.count),
                    .permille,
                    formula: .serviceLevelOffered,
                    window: .rolling15Minutes,
                    n: UInt32(queue.outcomes.count),
                    thresholdMilliseconds: UInt32(Self.threshold)
                )
            )
        }
        if answered > 0 {
            level.figures.append(
                Figure(
                    "asa",
                    waits / Int64(answered),
                    .milliseconds,
                    formula: .mean,
                    window: .rolling15Minutes,
                    n: UInt32(answered)
                )
            )
        }
        return level
    }

    /// The agents who serve a queue, each in one place.
    private func agentCounts(_ queue: Int) -> QueueLevel.Agents {
        var counts = QueueLevel.Agents()
        for agent in agents where agent.skills.contains(queue) {
            if agent.phase != .loggedOff { counts.loggedOn += 1 }
            switch agent.phase {
            case .loggedOff: break
            case .ready: counts.ready += 1
            case .reserved: counts.reserved += 1
            case .busy, .held:
                let isOurs = agent.call.flatMap { calls[$0]?.queue } == queue
                if isOurs { counts.busyInbound += 1 } else { counts.busyOther += 1 }
            case .afterCall: counts.afterCall += 1
            case .notReady: counts.notReady += 1
            }
        }
        return counts
    }

    /// A team's figures: how many do what now, and what the team did in the last quarter.
    mutating func teamFigures(_ index: Int) -> TeamFigures {
        teams[index].handled.removeAll { $0.time <= now - Self.window }
        let members = agents.filter { $0.team == index }
        let n = UInt32(members.count)
        func count(_ name: String, _ phases: Phase...) -> Figure {
            let value = members.count { phases.contains($0.phase) }
            return Figure(name, Int64(value), .count, n: n)
        }
        let handled = teams[index].handled
        var figures = [
            count("ready", .ready), count("reserved", .reserved), count("busy", .busy, .held),
            count("afterCall", .afterCall), count("notReady", .notReady),
            Figure(
                "handled",
                Int64(handled.count),
                .count,
                window: .rolling15Minutes,
                n: UInt32(handled.count)
            ),
        ]
        if !handled.isEmpty {
            figures.append(
                Figure(
                    "aht",
                    handled.reduce(0) { $0 + $1.duration } / Int64(handled.count),
                    .milliseconds,
                    formula: .mean,
                    window: .rolling15Minutes,
                    n: UInt32(handled.count)
                )
            )
        }
        return TeamFigures(figures)
    }
}
