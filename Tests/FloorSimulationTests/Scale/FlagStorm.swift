import FloorEvents
import FloorWire

/// 5: an outage: six flags for each ten agents, and a support station for each 25.
struct FlagStorm: CustomStringConvertible {
    var flags = 0
    var stations = 0
    var raising = [ScaleCost](repeating: ScaleCost(), count: 4)
    var claiming = ScaleCost()
    var answering = ScaleCost()
    private var quarter: Int { flags / 4 }

    /// How much more work the last flags are than the first.
    var growthPerFlag: Double {
        growth(from: raising[0].work(per: quarter), to: raising[3].work(per: quarter))
    }

    var description: String {
        let parts = raising.map { "\($0.work(per: quarter))" }.joined(separator: ", ")
        return "flag storm, \(flags) flags, \(stations) stations: work a flag in each quarter "
            + "\(parts): \(raising[3]); claims \(claiming); answers \(answering)"
    }

    static func run(agents: Int) throws -> FlagStorm {
        let floor = try ScaleFloor.make(agents: agents, [.boards, .stations, .alerts])
        try floor.openAll()
        floor.forEach(floor.plan.stations) { floor.goOnDuty($0) }
        var counts = FlagStorm(flags: agents * 6 / 10, stations: floor.plan.stations.count)
        // In a second each, so that each has one look at figures and alert rules.
        for part in 0..<4 {
            let range = (counts.flags * part / 4)..<(counts.flags * (part + 1) / 4)
            counts.raising[part] = try floor.measure {
                try floor.raise(range, inMilliseconds: 1000)
            }
        }
        let helped = 0..<counts.flags
        counts.claiming = try floor.measure {
            try floor.forEach(helped) { try floor.help(.claim, $0) { _ in } }
        }
        counts.answering = try floor.measure {
            try floor.forEach(helped) {
                try floor.help(.answer, $0) { request in
                    request.claimGeneration = 1
                    request.outcome = .answered
                    request.text = "the network is back"
                }
            }
        }
        try floor.expectOpen(floor.clients.indices)
        return counts
    }
}

extension ScaleFloor {
    fileprivate func goOnDuty(_ index: Int) {
        var presence = Presence(sessions: 0, since: 0)
        presence.supporter = .available
        var payload: [UInt8] = []
        presence.append(to: &payload)
        let key = Array("presence/-/-/\(clients[index].principal)/".utf8)
        publish(index, .put(.presence, key, payload))
    }

    /// Agents raise a flag each, evenly in that time.
    fileprivate func raise(_ agents: Range<Int>, inMilliseconds time: Int64) throws {
        let inTurn = 16
        let pause = time * 1000 * Int64(inTurn) / Int64(max(1, agents.count))
        try forEach(agents, inTurnsOf: inTurn, every: pause) { agent in
            try publish(
                agent,
                flag(.raise, agent) { request in
                    request.kind = .systemFault
                    request.category = "outage"
                    request.text = "nothing opens"
                }
            )
        }
        pass(milliseconds: 1)
    }

    /// The station of the agent's site does something for their flag.
    fileprivate func help(
        _ operation: RecordOperation,
        _ agent: Int,
        _ change: (inout FlagRequest) -> Void
    ) throws {
        let stations = plan.stations
        // They sit this far apart, which at the largest floor is no part of a site.
        let apart = max(1, plan.agents.count / stations.count)
        var station = agent / apart
        if ScalePlan.site(station * apart) != ScalePlan.site(agent) { station += 1 }
        station = min(station, stations.count - 1)
        publish(stations.lowerBound + station, try flag(operation, agent, change))
    }

    /// One operation on the flag of one agent; its id is the agent's number.
    fileprivate func flag(
        _ operation: RecordOperation,
        _ agent: Int,
        _ change: (inout FlagRequest) -> Void
    ) throws -> ScaleRecord {
        let id = FloorID(high: 0xF1A6, low: UInt64(agent) + 1).text
        return try ScaleRecord.flag(
            operation,
            "flag/\(ScalePlan.site(agent))/\(ScalePlan.team(agent))/\(id)/",
            change
        )
    }
}

extension ScaleRecord {
    static func flag(
        _ operation: RecordOperation,
        _ key: String,
        _ change: (inout FlagRequest) -> Void
    ) throws -> ScaleRecord {
        var request = FlagRequest()
        change(&request)
        var payload: [UInt8] = []
        try request.append(to: &payload)
        return ScaleRecord(
            kind: .flag,
            operation: operation,
            schema: PayloadSchema.flagRequest,
            key: Array(key.utf8),
            payload: payload
        )
    }
}
