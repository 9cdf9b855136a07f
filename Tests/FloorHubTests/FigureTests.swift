import FloorBusTestKit
import FloorEvents
import FloorHub
import FloorRoster
import FloorWire
import Testing

/// Live figures of flags, and the alerts that rules of the roster make of figures.
struct FigureTests {
    private func values(_ hub: HubHarness, _ key: String) throws -> [String: Figure] {
        let reader = hub.join("reader")
        reader.ask(.get, key)
        hub.turn()
        let record = reader.takeRecords().last
        reader.bye()
        hub.turn()
        guard let record else { return [:] }
        let figures = try TeamFigures(payload: record.payload.span).figures
        return Dictionary(
            figures.map { ("\($0.name) \($0.window.name) \($0.formula.name)", $0) },
            uniquingKeysWith: { first, _ in first }
        )
    }

    @Test("A team's flags as figures: open, response times, ratings, categories")
    func figures() throws {
        let hub = HubHarness { $0.isDurable = true }
        let sun = hub.join("sun")
        for number in 1...3 as ClosedRange<UInt64> {
            let agent = hub.join("a\(number)")
            agent.flag(.raise, number, hub) { $0.category = number == 3 ? "tariff" : "refund" }
            hub.time.boot += 2_000_000
            hub.time.wall += 2_000_000
            let token = sun.flag(.claim, number, hub).claimGeneration
            hub.time.boot += 1_000_000
            hub.time.wall += 1_000_000
            guard number < 3 else { continue }
            sun.flag(.answer, number, hub) {
                $0.claimGeneration = token
                $0.outcome = .answered
                $0.text = "so it is"
            }
            agent.flag(.rate, number, hub) { $0.rating = UInt8(number) + 2 }
        }
        hub.advance(milliseconds: 1100)
        let found = try values(hub, "team/bj/sales/flags/")
        #expect(found["flagsOpen now count"]?.value == 3, "answered is not ended")
        #expect(found["flagsPending now count"]?.value == 0)
        #expect(found["flagsRaised sinceMidnight count"]?.value == 3)
        let claim = try #require(found["timeToClaim 15min median"])
        #expect(claim.n == 3 && (1_999...2_000).contains(claim.value), "\(claim)")
        let answer = try #require(found["timeToAnswer sinceMidnight maximum"])
        #expect(answer.n == 2 && (2_999...3_000).contains(answer.value), "\(answer)")
        let rating = try #require(found["ratingMean sinceMidnight mean"])
        #expect(rating.value == 350 && rating.n == 2 && rating.unit == .hundredths)
        let categories = try values(hub, "team/bj/sales/categories/")
        #expect(categories["refund sinceMidnight count"]?.value == 2)
        #expect(categories["tariff sinceMidnight count"]?.value == 1)
        // Windows pass.
        hub.advance(milliseconds: 20 * 60 * 1000)
        hub.advance(milliseconds: 1100)
        let later = try values(hub, "team/bj/sales/flags/")
        #expect(later["timeToClaim 15min median"] == nil)
        #expect(later["timeToClaim sinceMidnight median"]?.n == 3)
        #expect(hub.violations == [])
    }

    @Test("Flags per hundred calls count a call once, held or not")
    func calls() throws {
        let hub = HubHarness { $0.isDurable = true }
        let ana = hub.join("ana")
        for phase in [CallPhase.connected, .held, .connected, .ended, .connected, .ended] {
            var state = AgentState(activity: .busy)
            state.call = phase
            var payload: [UInt8] = []
            try state.append(to: &payload)
            let header = RecordHeader(.agent, .put, schema: PayloadSchema.agent)
            ana.publish([HarnessOperation(header, "agent/bj/sales/ana/", payload)])
            hub.turn()
        }
        ana.flag(.raise, 1, hub)
        hub.advance(milliseconds: 1100)
        let rate = try values(hub, "team/bj/sales/flags/")["flagsPer100Calls sinceMidnight mean"]
        #expect(rate?.n == 2 && rate?.value == 5000)
    }

    @Test("A team that raises no flag has a figure too, and a rule may warn of it")
    func zeroFlags() throws {
        let rule = AlertRule(
            "zero-flags",
            filter: "team/",
            .figure("zeroFlags", .above, threshold: 0, clear: 0)
        )
        let roster = try Roster(
            people: [RosterPerson("reader", roles: .system)],
            teams: [RosterTeam(site: "bj", team: "sales")],
            alerts: [rule]
        )
        let hub = HubHarness {
            $0.isDurable = true
            $0.roster = roster
        }
        hub.advance(milliseconds: 1100)
        hub.advance(milliseconds: 1100)
        let found = try values(hub, "team/bj/sales/flags/")
        #expect(found["zeroFlags sinceMidnight count"]?.value == 1)
        let pbx = hub.join("reader")
        pbx.publish([try .call(.connected)])
        hub.turn()
        pbx.bye()
        hub.advance(milliseconds: 1100)
        hub.advance(milliseconds: 1100)
        let reader = hub.join("reader")
        reader.subscribe(1, "note/")
        hub.turn()
        let notes = reader.takeRecords().compactMap { try? FloorNote(payload: $0.payload.span) }
        #expect(notes.map(\.subject) == ["team/bj/sales/flags/"])
    }

    @Test("A rule raises an alert once, shows who takes care of it, and clears it")
    func alerts() throws {
        let rule = AlertRule(
            "long-wait",
            filter: "queue/bj/",
            .figure("waiting", .above, threshold: 10, clear: 5),
            severity: .critical,
            audience: RosterAudience(site: "bj", roles: .supervisor)
        )
        let roster = try Roster(
            people: [
                RosterPerson("lead", roles: [.supervisor, .system], site: "bj"),
                RosterPerson("reader", roles: .system),
            ],
            teams: [RosterTeam(site: "bj", team: "sales")],
            alerts: [rule]
        )
        let hub = HubHarness {
            $0.isDurable = true
            $0.roster = roster
        }
        let lead = hub.join("lead")
        lead.subscribe(1, "note/")
        hub.turn()
        func show(_ waiting: UInt32) throws {
            var payload: [UInt8] = []
            try QueueLevel(waiting: waiting).append(to: &payload)
            let header = RecordHeader(.queue, .put, schema: PayloadSchema.queue)
            lead.publish([HarnessOperation(header, "queue/bj/calls/billing/", payload)])
            hub.turn()
            hub.advance(milliseconds: 1100)
        }
        func notes() -> [(FloorNote, RecordOperation?)] {
            lead.takeRecords().filter { $0.key.hasPrefix("note/") }.compactMap { record in
                (try? FloorNote(payload: record.payload.span)).map {
                    ($0, record.header.operation)
                }
            }
        }
        try show(8)
        #expect(notes().isEmpty)
        try show(12)
        let raised = try #require(notes().first)
        #expect(raised.0.rule == "long-wait" && raised.0.subject == "queue/bj/calls/billing/")
        #expect(raised.0.value == 12 && raised.0.severity == .critical)
        try show(11)
        try show(7)
        #expect(notes().isEmpty, "between clearing and raising nothing changes")
        hub.restart()
        lead.reconnect()
        lead.firstUnacknowledged = lead.nextSequence
        lead.hello()
        lead.subscribe(2, "note/")
        hub.turn()
        _ = lead.take()
        try show(6)
        #expect(notes().isEmpty, "the alert of the last life stands")
        try show(4)
        let cleared = try #require(notes().first)
        #expect(cleared.0.status == .cleared && cleared.1 == .close)
        #expect(hub.violations == [])
    }

    @Test("Many flags of one category within seconds are a storm")
    func storm() throws {
        let rule = AlertRule(
            "storm",
            filter: "team/",
            .flagStorm(category: "billing", count: 3, seconds: 60)
        )
        let roster = try Roster(
            people: [RosterPerson("pbx", roles: .system)] + figureAgents,
            categories: [
                RosterCategory("billing"), RosterCategory("refund", parent: "billing"),
            ],
            alerts: [rule]
        )
        let hub = HubHarness {
            $0.isDurable = true
            $0.roster = roster
        }
        let pbx = hub.join("pbx")
        pbx.subscribe(1, "note/")
        hub.turn()
        for number in 1...3 as ClosedRange<UInt64> {
            pbx.flag(.raise, number, hub) {
                $0.agent = "a\(number)"
                $0.category = number == 2 ? "refund" : "billing"
            }
        }
        hub.advance(milliseconds: 1100)
        let notes = pbx.takeRecords().filter { $0.key.hasPrefix("note/") }
        #expect(notes.count == 1)
        for _ in 0..<31 {
            pbx.ping()
            hub.advance(milliseconds: 2_000)
        }
        let cleared = pbx.takeRecords().filter { $0.key.hasPrefix("note/") }
        #expect(cleared.map { $0.header.operation } == [.close])
    }
}
