import FloorBus
import FloorImport

/// A log's steps as keys and contents of the bus.
///
/// Names of a log may be longer than a segment may be: such a name is written as its beginning,
/// `~` and a hash, so that different names stay different keys. An event's content has the
/// whole names.
struct ReplayRecords {
    /// The layout of a call step's event: the text of `CallStep.encode()` in UTF-8.
    static let callStepSchema: UInt16 = 1001
    /// The layout of an end mark: nothing.
    static let markSchema: UInt16 = 1002
    /// The unit of agents and of queues; a log knows no units.
    static let agentUnit = "floor"
    static let queueUnit = "calls"
    /// Bytes of a name in a key: three of these and the longest site fit into a key.
    private static let nameBytes = 48

    let site: String

    /// A step as what is published.
    func record(of step: FloorStep) throws(KeyError) -> (key: FloorKey, content: FloorContent) {
        switch step {
        case .call(let call):
            (
                try key(.event, call.queue, call.callID),
                .event(Array(call.encode().utf8), schema: Self.callStepSchema)
            )
        case .agent(let agent):
            (
                try key(.agent, Self.agentUnit, agent.agent),
                .agent(Self.state(of: agent.state))
            )
        case .queue(let level):
            (try key(.queue, Self.queueUnit, level.queue), .queue(Self.level(of: level)))
        }
    }

    /// The key of end marks.
    func markKey() throws(KeyError) -> FloorKey { try key(.event, "-", "replay-end") }

    /// What a replay's subscriber reads.
    func filters() throws(KeyError) -> [KeyFilter] {
        let site = FloorKey.segment(encoding: site)
        return [
            try KeyFilter("event/\(site)/"),
            try KeyFilter("agent/\(site)/\(Self.agentUnit)/"),
            try KeyFilter("queue/\(site)/\(Self.queueUnit)/"),
        ]
    }

    private func key(
        _ kind: RecordKind,
        _ unit: String,
        _ entity: String
    ) throws(KeyError) -> FloorKey {
        try FloorKey(
            kind,
            site: site,
            unit: Self.shortened(unit),
            entity: Self.shortened(entity)
        )
    }

    /// A name that fits into a key.
    static func shortened(_ name: String) -> String {
        guard FloorKey.segment(encoding: name).utf8.count > nameBytes else { return name }
        // FNV-1a, 64 bits: http://www.isthe.com/chongo/tech/comp/fnv/
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        let digits = String(hash, radix: 16)
        let tail = "~" + String(repeating: "0", count: 16 - digits.count) + digits
        var head = String.UnicodeScalarView()
        for scalar in name.unicodeScalars {
            let longer = String(head) + String(scalar) + tail
            guard FloorKey.segment(encoding: longer).utf8.count <= nameBytes else { break }
            head.append(scalar)
        }
        return String(head) + tail
    }

    /// A label's beginning, whole characters of it.
    private static func cut(_ text: String, to bytes: Int) -> String {
        var head = text
        while head.utf8.count > bytes { head.removeLast() }
        return head
    }

    private static func state(of state: AgentStep.State) -> AgentState {
        switch state {
        case .loggedOff: return .loggedOff
        case .ready: return AgentState(activity: .ready)
        case .paused(let reason):
            var agent = AgentState(activity: .notReady)
            agent.reason = cut(reason, to: Limits.reasonBytes)
            return agent
        case .unknown:
            return AgentState(activity: .unknown)
        case .busy(let callID, _):
            var agent = AgentState(activity: .busy)
            agent.call = .connected
            agent.callReference = shortened(callID)
            return agent
        }
    }

    private static func level(of step: FloorImport.QueueLevel) -> FloorEvents.QueueLevel {
        var level = FloorEvents.QueueLevel(waiting: UInt32(clamping: step.waiting))
        level.oldestEnqueuedAt = (step.startOfOldestWait ?? 0) * 1_000_000
        level.counters.offered = UInt32(clamping: step.offered)
        level.counters.answered = UInt32(clamping: step.answered)
        level.counters.abandoned = UInt32(clamping: step.abandoned)
        level.counters.timedOut = UInt32(clamping: step.timedOut)
        return level
    }
}
