import FloorBus

/// A reason not to be ready, as the site has named it.
struct Pause: Equatable {
    var reasonClass: ReasonClass
    var code: UInt16
    var label: String
    /// Its usual length in seconds.
    var seconds: ClosedRange<Double>
    /// How often, compared with the others.
    var weight: Double

    static let table = [
        Pause(
            reasonClass: .shortBreak,
            code: 2,
            label: "break",
            seconds: 240...600,
            weight: 10
        ),
        Pause(reasonClass: .meal, code: 1, label: "lunch", seconds: 1500...2100, weight: 2),
        Pause(
            reasonClass: .meeting,
            code: 3,
            label: "team meeting",
            seconds: 600...1200,
            weight: 2
        ),
        Pause(
            reasonClass: .training,
            code: 6,
            label: "training",
            seconds: 900...1800,
            weight: 1
        ),
        Pause(
            reasonClass: .coaching,
            code: 8,
            label: "coaching",
            seconds: 300...900,
            weight: 2
        ),
        Pause(
            reasonClass: .backOffice,
            code: 7,
            label: "case work",
            seconds: 300...1200,
            weight: 3
        ),
    ]

    static let missedCall = Pause(
        reasonClass: .none,
        code: 0,
        label: "",
        seconds: 45...90,
        weight: 0
    )

    static func any(_ random: inout SplitMix64) -> Pause {
        var rest = random.unit() * table.reduce(0) { $0 + $1.weight }
        for pause in table {
            rest -= pause.weight
            if rest < 0 { return pause }
        }
        return table[0]
    }
}

extension FloorModel {
    mutating func perform(_ timer: AgentTimer, of agent: Int) {
        switch timer {
        case .ringEnds: endRing(agent)
        case .hold: hold(agent)
        case .retrieve: retrieve(agent)
        case .talkEnds: endTalk(agent)
        case .afterCallEnds: endAfterCall(agent)
        case .pauseEnds: makeReady(agent, cause: .agent)
        }
    }

    /// The agent's new phase, told unless nobody is there to tell it.
    mutating func set(_ agent: Int, _ phase: Phase, cause: StateCause) {
        agents[agent].phase = phase
        agents[agent].since = now
        agents[agent].cause = cause
        agents[agent].generation += 1
        if phase != .notReady { agents[agent].pause = nil }
        if !agents[agent].isDesktopDead {
            changes.append(.agent(agent, agentState(agent)))
        }
    }

    mutating func schedule(_ timer: AgentTimer, of agent: Int, inSeconds seconds: Double) {
        agenda.add(
            .agent(agent, generation: agents[agent].generation, timer),
            at: now + Time(seconds * 1000)
        )
    }

    mutating func makeReady(_ agent: Int, cause: StateCause) {
        set(agent, .ready, cause: cause)
        let oldest = agents[agent].skills.compactMap(oldestUnoffered).min {
            ($0.enqueuedAt, $0.id) < ($1.enqueuedAt, $1.id)
        }
        if let oldest { offer(oldest.id, to: agent) }
    }

    mutating func pause(_ agent: Int, _ pause: Pause, cause: StateCause) {
        agents[agent].pause = pause
        set(agent, .notReady, cause: cause)
        schedule(.pauseEnds, of: agent, inSeconds: random.uniform(pause.seconds))
    }

    mutating func endAfterCall(_ agent: Int) {
        if let id = agents[agent].call, let call = calls.removeValue(forKey: id) {
            let duration = now - call.answeredAt
            teams[agents[agent].team].handled.append(Handled(time: now, duration: duration))
            note(call, .wrappedUp, agent: agent, duration: now - agents[agent].since)
        }
        agents[agent].call = nil
        guard let next = agents[agent].nextPause else { return makeReady(agent, cause: .timer) }
        agents[agent].nextPause = nil
        // Now and then it is the end of the shift, and somebody else takes the seat.
        guard random.chance(0.04) else { return pause(agent, next, cause: .agent) }
        set(agent, .loggedOff, cause: .agent)
        schedule(.pauseEnds, of: agent, inSeconds: random.uniform(120...900))
    }

    // MARK: desktops

    /// Somebody's desktop process is gone, and with it the call.
    mutating func killDesktop() {
        guard let mean = configuration.desktopDeathEvery else { return }
        agenda.add(.desktopDies, at: now + Time(random.exponential(mean: Double(mean))))
        let alive = agents.indices.filter {
            agents[$0].hasOwnDesktop && !agents[$0].isDesktopDead
                && agents[$0].phase != .loggedOff
        }
        guard !alive.isEmpty else { return }
        let agent = alive[random.index(below: alive.count)]
        agents[agent].isDesktopDead = true
        agents[agent].nextPause = nil
        changes.append(.desktopDied(agent))
        let id = agents[agent].call
        let phase = agents[agent].phase
        agents[agent].call = nil
        set(agent, .notReady, cause: .connectionLost)
        if let id { lose(id, of: agent, in: phase) }
        let away = configuration.desktopAway
        let extra = random.index(below: Int(away.upperBound - away.lowerBound) + 1)
        agenda.add(.desktopReturns(agent), at: now + away.lowerBound + Time(extra))
    }

    private mutating func lose(_ id: Int, of agent: Int, in phase: Phase) {
        guard var call = calls[id] else { return }
        if phase == .reserved {
            // Nobody had answered: the caller waits on at the head of the queue.
            call.ringingAt = nil
            calls[id] = call
            return route(id)
        }
        calls[id] = nil
        note(call, .failed, agent: agent, duration: now - call.answeredAt)
    }

    mutating func returnDesktop(_ agent: Int) {
        agents[agent].isDesktopDead = false
        changes.append(.desktopReturned(agent))
        makeReady(agent, cause: .agent)
    }
}
