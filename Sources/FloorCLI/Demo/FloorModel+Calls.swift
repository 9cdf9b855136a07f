import FloorBus

extension FloorModel {
    /// A call comes in, and the next one is drawn: a Poisson process with the rate of the hour.
    mutating func arrive() {
        let rate = Self.arrivalsPerSecond(at: now, agents: agents.count)
        // Within the mean time between two calls the rate of the hour hardly changes.
        let wait = random.exponential(mean: 1000 / rate)
        agenda.add(.arrival, at: now + max(1, Time(wait)))
        lastCall += 1
        let queue = drawQueue()
        let call = Call(id: lastCall, queue: queue, enqueuedAt: now)
        calls[call.id] = call
        queues[queue].waiting.append(call.id)
        queues[queue].counters.offered += 1
        note(call, .enqueued)
        let patience = random.exponential(mean: 150_000)
        agenda.add(.patienceEnds(call: call.id), at: now + max(1000, Time(patience)))
        route(call.id)
    }

    /// Some queues are asked for more than others: one call in eight goes to the first instead.
    private mutating func drawQueue() -> Int {
        random.chance(0.125) ? 0 : random.index(below: queues.count)
    }

    /// Offers a waiting call to whoever has been ready longest.
    mutating func route(_ id: Int) {
        guard let call = calls[id] else { return }
        var best: Int?
        for agent in agents.indices
        where agents[agent].phase == .ready && agents[agent].skills.contains(call.queue) {
            if let known = best, agents[known].since <= agents[agent].since { continue }
            best = agent
        }
        if let best { offer(id, to: best) }
    }

    /// The call that has waited longest in a queue and rings nowhere.
    func oldestUnoffered(_ queue: Int) -> Call? {
        for id in queues[queue].waiting {
            if let call = calls[id], call.ringingAt == nil { return call }
        }
        return nil
    }

    mutating func offer(_ id: Int, to agent: Int) {
        guard var call = calls[id] else { return }
        call.ringingAt = agent
        calls[id] = call
        agents[agent].call = id
        set(agent, .reserved, cause: .api)
        note(call, .offered, agent: agent)
        schedule(.ringEnds, of: agent, inSeconds: random.uniform(1.5...6))
    }

    mutating func endRing(_ agent: Int) {
        guard let id = agents[agent].call, var call = calls[id] else { return }
        guard !random.chance(0.012) else { return miss(call, agent) }
        let wait = now - call.enqueuedAt
        call.ringingAt = nil
        call.answeredAt = now
        calls[id] = call
        queues[call.queue].waiting.removeAll { $0 == id }
        queues[call.queue].counters.answered += 1
        queues[call.queue].outcomes.append(Outcome(time: now, wait: wait, wasAnswered: true))
        // Whoever wants a pause says so while talking: the state that is pending.
        if random.chance(0.05) { agents[agent].nextPause = Pause.any(&random) }
        set(agent, .busy, cause: .agent)
        note(call, .answered, agent: agent, duration: wait)
        let talk = min(3600, max(10, random.logNormal(median: 240, sigma: 0.6)))
        if random.chance(0.25) {
            schedule(.hold, of: agent, inSeconds: talk * 0.4)
        } else {
            schedule(.talkEnds, of: agent, inSeconds: talk)
        }
    }

    private mutating func miss(_ call: Call, _ agent: Int) {
        var call = call
        call.ringingAt = nil
        calls[call.id] = call
        agents[agent].call = nil
        note(call, .ringNoAnswer, agent: agent, duration: now - agents[agent].since)
        pause(agent, .missedCall, cause: .ringNoAnswer)
        route(call.id)
    }

    mutating func abandon(_ id: Int) {
        guard let call = calls[id], call.answeredAt == 0 else { return }
        calls[id] = nil
        let wait = now - call.enqueuedAt
        queues[call.queue].waiting.removeAll { $0 == id }
        queues[call.queue].counters.abandoned += 1
        if wait < Self.shortAbandon { queues[call.queue].counters.abandonedShort += 1 }
        queues[call.queue].outcomes.append(Outcome(time: now, wait: wait, wasAnswered: false))
        note(call, .abandoned, duration: wait)
        if let agent = call.ringingAt {
            agents[agent].call = nil
            makeReady(agent, cause: .api)
        }
    }

    mutating func hold(_ agent: Int) {
        guard let id = agents[agent].call, let call = calls[id] else { return }
        set(agent, .held, cause: .agent)
        note(call, .held, agent: agent)
        schedule(.retrieve, of: agent, inSeconds: random.uniform(15...60))
    }

    mutating func retrieve(_ agent: Int) {
        guard let id = agents[agent].call, let call = calls[id] else { return }
        let held = now - agents[agent].since
        set(agent, .busy, cause: .agent)
        note(call, .retrieved, agent: agent, duration: held)
        // As long again as before the hold, and half of that.
        let before = Double(now - held - call.answeredAt) / 1000
        schedule(.talkEnds, of: agent, inSeconds: before * 1.5)
    }

    mutating func endTalk(_ agent: Int) {
        guard let id = agents[agent].call, let call = calls[id] else { return }
        set(agent, .afterCall, cause: .api)
        note(call, .talkEnded, agent: agent, duration: now - call.answeredAt)
        let work = random.logNormal(median: 30, sigma: 0.5)
        schedule(.afterCallEnds, of: agent, inSeconds: min(300, work))
    }

    mutating func note(
        _ call: Call,
        _ step: CallNote.Step,
        agent: Int? = nil,
        duration: Time? = nil
    ) {
        changes.append(
            .call(
                CallNote(
                    time: now,
                    call: call.id,
                    queue: call.queue,
                    agent: agent.map { agents[$0].number },
                    step: step,
                    duration: duration
                )
            )
        )
    }
}
