import FloorBus

extension Wallboard.Content {
    /// The wall's content from what a subscriber knows.
    ///
    /// - Parameters:
    ///   - state: what was received.
    ///   - now: microseconds since 1970.
    ///   - clock: for ages in the floor's time.
    init(_ state: FloorView.State, now: Int64, clock: FloorClock) {
        speed = clock.speed
        floorSeconds = clock.floorTime(at: now) / 1000
        isLinked = state.isLinked
        queues = state.queues.keys.sorted().compactMap { key in
            guard let level = state.queues[key] else { return nil }
            return Wallboard.QueueRow(
                name: key.entity,
                level: level,
                longestWait: level.waiting == 0
                    ? nil : clock.age(of: level.oldestEnqueuedAt, at: now)
            )
        }
        var byTeam: [String: Wallboard.AgentCounts] = [:]
        for agent in state.agents.values {
            agents.add(agent)
            byTeam[agent.team, default: Wallboard.AgentCounts()].add(agent)
        }
        let figures = Dictionary(
            state.teams.map { ($0.key.segments[2], $0.value) },
            uniquingKeysWith: { first, _ in first }
        )
        teams = byTeam.keys.sorted().map { name in
            Wallboard.TeamRow(
                name: name,
                agents: byTeam[name] ?? Wallboard.AgentCounts(),
                figures: figures[name] ?? TeamFigures()
            )
        }
        remarks = Self.remarks(state, now: now)
        hub.gaps = state.gaps
        hub.resyncs = state.resyncs
    }

    /// The newest first, one a line and agent; what concerns dead desktops stays on top.
    private static func remarks(_ state: FloorView.State, now: Int64) -> [Wallboard.RemarkRow] {
        var named: Set<String> = []
        var troubled: [Wallboard.RemarkRow] = []
        var others: [Wallboard.RemarkRow] = []
        for remark in state.remarks.reversed() where named.insert(remark.agent.name).inserted {
            let age = max(0, now.clampedDifference(remark.time)) / 1_000_000
            let row = Wallboard.RemarkRow(agent: remark.agent, age: age)
            let isTroubled = remark.agent.freshness != .live || remark.agent.isWill
            if isTroubled { troubled.append(row) } else { others.append(row) }
        }
        // At least one line of ordinary life between the dead.
        let top = Array(troubled.prefix(2)) + others.prefix(1)
        return top + troubled.dropFirst(2) + others.dropFirst()
    }
}
