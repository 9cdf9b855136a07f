import FloorEvents
import FloorHub
import FloorRoster
import FloorWire

/// Who is on a floor of a given size, as ranges of `ScaleFloor.clients`.
///
/// Everything follows the agents: sites of 200, teams of 20, a tenth as many viewers with filters
/// of their own (at most 1,000), a fiftieth who look at everything (at most 200), a queue for each
/// 20 (at most 500).
struct ScalePlan {
    var agents = 0..<0
    /// Screens with one team and one site's queues each.
    var viewers = 0..<0
    /// Screens with everything.
    var boards = 0..<0
    /// Support stations, each for one site.
    var stations = 0..<0
    /// The telephone system's bridge: may publish everything of the floor.
    var bridge = 0
    var queues: [[UInt8]] = []

    static let agentsPerSite = 200
    static let agentsPerTeam = 20
    static let alertRules = 50

    static func site(_ agent: Int) -> String { "s\(agent / agentsPerSite)" }
    static func team(_ agent: Int) -> String {
        "t\(agent % agentsPerSite / agentsPerTeam)"
    }

    static func filters(ofAgent number: Int) -> [String] {
        let own = "agent/\(site(number))/\(team(number))/a\(number)/"
        return [own, "private/\(site(number))/a\(number)/", "note/", "queue/\(site(number))/"]
    }

    static func filters(ofViewer number: Int) -> [String] {
        ["agent/\(site(number))/\(team(number))/", "queue/\(site(number))/"]
    }
}

/// What is on a floor beside its agents.
struct ScaleParts: OptionSet {
    let rawValue: Int
    static let viewers = ScaleParts(rawValue: 1)
    static let boards = ScaleParts(rawValue: 2)
    static let stations = ScaleParts(rawValue: 4)
    static let alerts = ScaleParts(rawValue: 8)
    static let everything: ScaleParts = [.viewers, .boards, .stations, .alerts]
}

extension ScaleFloor {
    /// A floor whose roster has everybody; nobody is connected yet.
    static func make(
        agents: Int,
        _ parts: ScaleParts = [.viewers, .boards],
        restoring contents: HubContents? = nil,
        _ change: (inout HubOptions) -> Void = { _ in }
    ) throws -> ScaleFloor {
        var clients: [ScaleClient] = []
        var people: [RosterPerson] = []
        var plan = ScalePlan()
        func add(
            _ count: Int,
            _ name: String,
            _ roles: Roles,
            _ filters: (Int) -> [String]
        ) -> Range<Int> {
            let start = clients.count
            for number in 0..<count {
                let place = number * max(1, agents / max(1, count))
                let isPlaced = roles == .agent || roles == .supporter
                var client = ScaleClient("\(name)\(number)", clients.count)
                client.filters = filters(place).map { Array($0.utf8) }
                people.append(
                    RosterPerson(
                        client.principal,
                        roles: roles,
                        site: isPlaced ? ScalePlan.site(place) : "",
                        team: roles == .agent ? ScalePlan.team(place) : ""
                    )
                )
                clients.append(client)
            }
            return start..<clients.count
        }
        plan.agents = add(agents, "a", .agent) { number in
            ScalePlan.filters(ofAgent: number)
        }
        for index in plan.agents {
            clients[index].key = clients[index].filters[0]
            clients[index].hasWill = true
        }
        let viewers = parts.contains(.viewers) ? min(1000, agents / 10) : 0
        plan.viewers = add(viewers, "v", .wallboard) { number in
            ScalePlan.filters(ofViewer: number)
        }
        let boards = parts.contains(.boards) ? min(200, agents / 50) : 0
        plan.boards = add(boards, "e", .wallboard) { _ in
            ["agent/", "queue/", "team/", "presence/"]
        }
        let stations = parts.contains(.stations) ? min(400, agents / 25) : 0
        plan.stations = add(stations, "h", .supporter) { number in
            ["flag/\(ScalePlan.site(number))/", "private/\(ScalePlan.site(number))/"]
        }
        plan.bridge = add(1, "bridge", .system) { _ in [] }.lowerBound
        plan.queues = (0..<min(500, agents / 20)).map { number in
            Array("queue/\(ScalePlan.site(number * 20))/inbound/q\(number)/".utf8)
        }
        let roster = try Roster(
            people: people,
            teams: teams(agents),
            categories: [RosterCategory("outage")],
            alerts: parts.contains(.alerts) ? alerts(agents) : []
        )
        let floor = ScaleFloor(restoring: contents, epoch: contents == nil ? 1 : 2) { options in
            options.roster = roster
            change(&options)
        }
        floor.clients = clients
        floor.plan = plan
        return floor
    }

    private static func teams(_ agents: Int) -> [RosterTeam] {
        stride(from: 0, to: agents, by: ScalePlan.agentsPerTeam).map {
            RosterTeam(site: ScalePlan.site($0), team: ScalePlan.team($0))
        }
    }

    /// Rules of queues, by site and for all, and of storms.
    private static func alerts(_ agents: Int) -> [AlertRule] {
        let sites = max(1, agents / ScalePlan.agentsPerSite)
        return (0..<ScalePlan.alertRules).map { number in
            if number % 10 == 9 {
                let count = UInt32(100 * (number + 1))
                return AlertRule(
                    "storm \(number)",
                    filter: "team/",
                    .flagStorm(category: "outage", count: count, seconds: 60)
                )
            }
            let filter = number % 2 == 0 ? "queue/" : "queue/s\(number % sites)/"
            return AlertRule(
                "rule \(number)",
                filter: filter,
                .figure("waiting", .above, threshold: Int64(1000 + number), clear: 900)
            )
        }
    }

    /// Everybody is there, with the first states and levels published.
    func openAll() throws {
        let everybody = clients.indices
        try open(everybody)
        publishStates(plan.agents)
        publishQueues(waiting: 3)
    }

    /// The bridge says every queue's level.
    func publishQueues(waiting: UInt32) {
        forEach(0..<plan.queues.count) { number in
            publish(plan.bridge, .put(.queue, plan.queues[number], ScalePayloads.level(waiting)))
        }
    }
}

/// Payloads made once.
struct ScalePayloads: Sendable {
    static let shared = ScalePayloads()

    /// The states of one call, in order.
    let states: [[UInt8]]
    /// The will: nobody knows what the agent does.
    let gone: [UInt8]

    private init() {
        let phases: [(AgentActivity, CallPhase)] = [
            (.ready, .none), (.reserved, .alerting), (.busy, .connected), (.busy, .held),
            (.busy, .connected), (.busy, .held), (.busy, .connected), (.busy, .none),
            (.afterCall, .none), (.notReady, .none),
        ]
        states = phases.map { activity, phase in
            var state = AgentState(activity: activity)
            state.call = phase
            return Self.bytes(state)
        }
        gone = Self.bytes(AgentState(activity: .unknown))
    }

    private static func bytes(_ state: AgentState) -> [UInt8] {
        var out: [UInt8] = []
        do throws(FloorStatus) {
            try state.append(to: &out)
        } catch {
            preconditionFailure("ScalePayloads: a state without texts is within the limits")
        }
        return out
    }

    static func level(_ waiting: UInt32) -> [UInt8] {
        var out: [UInt8] = []
        do throws(FloorStatus) {
            try QueueLevel(waiting: waiting).append(to: &out)
        } catch {
            preconditionFailure("ScalePayloads: a level without figures is within the limits")
        }
        return out
    }
}
