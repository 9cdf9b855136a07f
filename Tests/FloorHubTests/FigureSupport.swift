import FloorBusTestKit
import FloorEvents
import FloorHub
import FloorRoster
import FloorWire
import Synchronization

/// Producers of visitors; each is a new one, also for a hub that has started again.
private let visitors = Mutex(UInt64(1000))

/// Those for whom a bridge raises flags in tests of figures.
let figureAgents = (["ana"] + (0...9).map { "a\($0)" }).map { RosterPerson($0, roles: .agent) }

/// A roster of one bridge that may do everything, and of what else a test says.
func figureRoster(
    alerts: [AlertRule] = [],
    teams: [RosterTeam] = [],
    categories: [RosterCategory] = [],
    sites: [RosterSite] = [],
    zone: FloorZone? = nil
) throws(RosterError) -> Roster {
    let all = RosterGrant(
        .system,
        publish: ["agent/", "flag/", "queue/", "team/", "note/"],
        read: ["agent/", "flag/", "queue/", "team/", "note/", "private/"]
    )
    return try Roster(
        people: [
            RosterPerson("pbx", roles: [.system, .supporter]),
            RosterPerson("reader", roles: .system),
        ] + figureAgents,
        teams: teams,
        categories: categories,
        grants: [all],
        alerts: alerts,
        sites: sites,
        zone: zone
    )
}

extension HarnessOperation {
    /// A value that lives on when its publisher goes.
    static func queue(_ key: String, _ level: QueueLevel) throws(FloorStatus) -> Self {
        var payload: [UInt8] = []
        try level.append(to: &payload)
        var header = RecordHeader(.queue, .put, schema: PayloadSchema.queue)
        header.flags = [.unleased]
        return Self(header, key, payload)
    }

    static func team(_ key: String, _ figures: [Figure]) throws(FloorStatus) -> Self {
        var payload: [UInt8] = []
        try TeamFigures(figures).append(to: &payload)
        var header = RecordHeader(.team, .put, schema: PayloadSchema.team)
        header.flags = [.unleased]
        return Self(header, key, payload)
    }

    /// An agent's state with a call.
    static func call(
        _ phase: CallPhase,
        _ reference: String = ""
    ) throws(FloorStatus) -> Self {
        var state = AgentState(activity: .busy)
        state.call = phase
        state.callReference = reference
        var payload: [UInt8] = []
        try state.append(to: &payload)
        var header = RecordHeader(.agent, .put, schema: PayloadSchema.agent)
        header.flags = [.unleased]
        return Self(header, "agent/bj/sales/ana/", payload)
    }
}

extension HubHarness {
    /// A client with a session that nobody has heard of before.
    func visitor(_ name: String) -> HarnessClient {
        let number = visitors.withLock { number in
            number += 1
            return number
        }
        let client = client(name, producer: number)
        client.hello()
        turn()
        _ = client.take()
        return client
    }

    /// A team's or a queue's figures as a reader who asks gets them, by name, window and formula.
    func figures(_ key: String = "team/bj/sales/flags/") throws -> [String: Figure] {
        let reader = visitor("reader")
        reader.ask(.get, key)
        turn()
        let record = reader.takeRecords().last
        reader.bye()
        turn()
        guard let record else { return [:] }
        let figures = try TeamFigures(payload: record.payload.span).figures
        return Dictionary(
            figures.map { ("\($0.name) \($0.window.name) \($0.formula.name)", $0) },
            uniquingKeysWith: { first, _ in first }
        )
    }

    /// The alerts that stand, by rule and subject, as a reader who asks gets them.
    func alerts() -> [String] {
        let reader = visitor("reader")
        reader.subscribe(1, "note/")
        turn()
        let notes = reader.takeRecords().compactMap { try? FloorNote(payload: $0.payload.span) }
        reader.bye()
        turn()
        return notes.filter { $0.kind == .alert && !$0.status.isEnded }
            .map { $0.rule + " " + $0.subject }.sorted()
    }

    /// What the bridge says, by a session that is gone when this returns.
    func say(_ operations: HarnessOperation...) {
        let pbx = visitor("pbx")
        pbx.publish(operations)
        turn()
        pbx.bye()
        turn()
    }

    /// One flag operation of the bridge, likewise.
    @discardableResult
    func flagOnce(
        _ operation: RecordOperation,
        _ number: UInt64,
        _ change: (inout FlagRequest) -> Void = { _ in }
    ) -> ResultRun {
        let pbx = visitor("pbx")
        let result = pbx.flag(operation, number, self, change)
        pbx.bye()
        turn()
        return result
    }

    /// Seconds pass, on both clocks.
    func pass(seconds: Int64) { advance(milliseconds: seconds * 1000) }
}
