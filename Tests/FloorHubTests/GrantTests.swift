import FloorBusTestKit
import FloorEvents
import FloorRoster
import FloorWire
import Testing

@testable import FloorHub

/// What a hub with a roster lets whom do (docs/roster.md).
@Suite struct GrantTests {
    static let people = [
        RosterPerson("ana", roles: .agent, site: "bj", team: "sales"),
        RosterPerson("bo", roles: .agent, site: "bj", team: "care"),
        RosterPerson("lead", roles: .supervisor, site: "bj", team: "sales"),
        RosterPerson("wall", roles: .wallboard),
        RosterPerson("pbx", roles: .system),
    ]
    static let teams = [
        RosterTeam(site: "bj", team: "sales"), RosterTeam(site: "bj", team: "care"),
    ]
    private static let own = "agent/bj/sales/ana/"

    private static let will: [UInt8] = {
        var record: [UInt8] = []
        let (header, key, payload) = (RecordHeader(.agent, .put), Array(own.utf8), [UInt8]())
        RecordWriter.append(header, key: key.span, payload: payload.span, to: &record)
        return record
    }()

    func hub() throws -> HubHarness {
        let roster = try Roster(people: Self.people, teams: Self.teams)
        return HubHarness { $0.roster = roster }
    }

    /// Another roster takes the place of the first.
    private func reload(
        _ hub: HubHarness,
        _ people: [RosterPerson],
        grants: [RosterGrant] = []
    ) throws {
        hub.step(.roster(try Roster(people: people, teams: Self.teams, grants: grants)))
        hub.turn()
    }

    func run(_ result: [ResultRun]) -> [String] {
        result.map { $0.owner.isEmpty ? "\($0.status)" : "\($0.status): \($0.owner)" }
    }

    // MARK: HELLO

    @Test func aStrangerIsRefusedAndLeavesNothing() throws {
        let hub = try hub()
        let eve = hub.client("eve")
        eve.hello()
        let refusal = try #require(eve.takeRefusal())
        #expect(refusal.status == .denied && refusal.sentence == "'eve' is not in the hub's roster")
        #expect(hub.knowsNobody)
        #expect(hub.hub.statistics.rejected == 1 && hub.hub.statistics.denied == 1)
        // Whatever else is wrong with a HELLO is still told as that.
        eve.hello { $0.principal = "" }
        #expect(eve.takeRefusal()?.status == .invalid)
    }

    @Test func welcomeTellsTheRolesAndWithoutARosterAllOfThem() throws {
        let hub = try hub()
        for (name, roles) in [("ana", Roles.agent), ("lead", .supervisor), ("pbx", .system)] {
            let client = hub.client(name)
            client.hello()
            let welcomes = client.take().compactMap { message -> UInt32? in
                if case .welcome(let welcome) = message.content { welcome.roles } else { nil }
            }
            #expect(welcomes == [roles.rawValue])
        }
        let open = HubHarness()
        let anybody = open.client("anybody")
        anybody.hello()
        guard case .welcome(let welcome)? = anybody.take().first?.content else {
            Issue.record("no WELCOME")
            return
        }
        #expect(welcome.roles == .max)
    }

    @Test func aWillMayWriteOnlyWhatItsOwnerMay() throws {
        let hub = try hub()
        let wall = hub.client("wall")
        wall.hello { $0.will = Self.will }
        let refusal = try #require(wall.takeRefusal())
        #expect(refusal.status == .denied)
        #expect(refusal.sentence.hasPrefix("no grant to publish agent/bj/sales/ana/"))
        let ana = hub.client("ana")
        ana.hello { $0.will = Self.will }
        #expect(ana.takeRefusal() == nil && ana.session != 0)
    }

    // MARK: PUB

    @Test func anAgentPublishesHisOwnStateAndIsToldWhyNotAnothers() throws {
        let hub = try hub()
        let ana = hub.join("ana")
        ana.publish([
            .put(Self.own, "ready"), .put("agent/bj/sales/bo/", "ready"), .delete(Self.own),
            .put("queue/bj/sales/1/", "3"),
        ])
        hub.turn()
        #expect(
            run(ana.takeResults()) == [
                "ok", "denied: no grant to publish agent/bj/sales/bo/", "ok",
                "denied: no grant to publish queue/bj/sales/1/",
            ]
        )
        #expect(hub.hub.statistics.denied == 2 && hub.hub.statistics.refused == 2)
        #expect(hub.hub.statistics.recordsIn == 2)
        #expect(hub.violations == [])
    }

    @Test func anEventAmongOthersIsDeniedAloneAndTheOthersAreCommitted() throws {
        let hub = try hub()
        let ana = hub.join("ana")
        let pbx = hub.join("pbx")
        pbx.subscribe(1, "event/")
        hub.turn()
        ana.publish([
            .event("event/bj/sales/ana/", "1"), .event("event/bj/sales/bo/", "2"),
            .event("event/bj/sales/ana/", "3"),
        ])
        hub.turn()
        let results = ana.takeResults().sorted { $0.first < $1.first }
        #expect(
            run(results) == ["ok", "denied: no grant to publish event/bj/sales/bo/", "ok"]
        )
        #expect(pbx.takeRecords().map(\.text) == ["1", "3"])
    }

    @Test func aFlagOperationNeedsAGrantForTheFlagsKey() throws {
        let hub = try hub()
        let ana = hub.join("ana")
        let raise = { (team: String) in
            HarnessOperation(RecordHeader(.flag, .raise), "flag/bj/\(team)/f1/")
        }
        ana.publish([raise("care")])
        hub.turn()
        #expect(run(ana.takeResults()) == ["denied: no grant to publish flag/bj/care/f1/"])
        ana.publish([raise("sales")])
        hub.turn()
        #expect(!ana.takeStatuses().contains(.denied))
    }

    @Test func aWallboardWritesNothingAndNobodyButTheHubWritesPresence() throws {
        let hub = try hub()
        let wall = hub.join("wall")
        wall.publish([
            .put("queue/bj/sales/1/", "x"), .event("event/bj/sales/wall/", "x"),
            .put("presence/-/-/wall/", "x"),
        ])
        hub.turn()
        #expect(wall.takeStatuses() == [.denied, .denied, .denied])
    }

    @Test func aBadKeyIsToldAsSuchAlsoToWhoeverHasNoGrant() throws {
        let hub = try hub()
        let wall = hub.join("wall")
        wall.publish([.put("custom/bj/sales", "x"), .event("event//x/y/", "x")])
        hub.turn()
        #expect(wall.takeStatuses() == [.badKey])
        #expect(hub.hub.statistics.denied == 0)
    }

    @Test func theReasonFitsTheResultAndEqualOnesAreOneRun() throws {
        let hub = try hub()
        let wall = hub.join("wall")
        let key = "custom/bj/" + String(repeating: "\u{E9}", count: 30) + "/1/"
        wall.publish((0..<200).map { _ in .put(key, "x") })
        hub.turn()
        let results = wall.takeResults()
        #expect(results.count == 1 && results[0].count == 200)
        #expect(results[0].owner.utf8.count <= Limits.nameBytes)
        #expect(results[0].owner.hasPrefix("no grant to publish custom/bj/\u{E9}"))
        // The same operations again have the same answer, from the producer's memory.
        wall.publish([.put(key, "x")], first: 200)
        hub.turn()
        #expect(run(wall.takeResults()) == run(results))
    }

    // MARK: SUBSCRIBE, GET, REPLAY

    @Test func whoMayNotReadAFilterMayNotSubscribeGetOrReplayIt() throws {
        let hub = try hub()
        let lead = hub.join("lead")
        for filter in ["agent/bj/care/", "agent/bj/", "agent/", "+/", "private/bj/ana/"] {
            lead.subscribe(1, filter)
            lead.ask(.get, filter)
            lead.ask(.replay, filter)
            hub.turn()
            let answers = lead.take().compactMap { message -> FloorStatus? in
                switch message.content {
                case .subscribed(let answer): answer.status
                case .replyEnd(let end): end.status
                default: nil
                }
            }
            #expect(answers == [.denied, .denied, .denied], "\(filter)")
        }
        #expect(hub.hub.statistics.denied == 15 && hub.hub.statistics.subscriptions == 0)
        lead.subscribe(1, "agent/bj/sales/")
        hub.turn()
        #expect(lead.take().contains { $0.isSnapshotEnd })
    }

    @Test func everybodyMaySeeTheHubsOwnFigures() throws {
        let hub = try hub()
        let ana = hub.join("ana")
        ana.ask(.get, "team/-/hub/stats/")
        hub.turn()
        #expect(ana.takeRecords().count == 1)
        ana.ask(.get, "team/-/hub/")
        hub.turn()
        #expect(ana.takeRecords().isEmpty)
    }

    // MARK: another roster

    @Test func whoeverIsRemovedIsToldToGoAndMayNotComeBack() throws {
        let hub = try hub()
        let (ana, bo) = (hub.join("ana"), hub.join("bo"))
        try reload(hub, Self.people.filter { $0.id != "ana" })
        #expect(ana.takeRefusal()?.status == .denied)
        #expect(bo.takeRefusal() == nil && bo.session != 0)
        ana.reconnect()
        ana.hello()
        #expect(ana.takeRefusal()?.status == .denied)
        try reload(hub, Self.people)
        ana.hello()
        #expect(ana.takeRefusal() == nil && ana.session != 0)
    }

    @Test func whoReadsWhatHeMayNotReadAnyMoreBeginsAnewAndTheOthersGoOn() throws {
        let hub = try hub()
        let (wall, pbx) = (hub.join("wall"), hub.join("pbx"))
        wall.subscribe(1, "queue/")
        wall.subscribe(2, "agent/")
        hub.turn()
        _ = wall.take()
        try reload(hub, Self.people, grants: [RosterGrant(.wallboard, read: ["queue/"])])
        #expect(wall.takeRefusal()?.status == .again)
        #expect(pbx.session != 0 && pbx.takeRefusal() == nil)
        wall.reconnect()
        wall.hello()
        wall.subscribe(1, "queue/")
        wall.subscribe(2, "agent/")
        hub.turn()
        let answers = wall.take().compactMap { message -> FloorStatus? in
            if case .subscribed(let answer) = message.content { answer.status } else { nil }
        }
        #expect(answers == [.ok, .denied])
        // Nothing of what is denied reaches them, and what is not does.
        pbx.publish([.put("agent/bj/sales/ana/", "ready"), .put("queue/bj/sales/1/", "3")])
        hub.turn()
        #expect(wall.takeRecords().map(\.key) == ["queue/bj/sales/1/"])
    }

    @Test func whoHasOtherRolesIsToldThemByANewWelcome() throws {
        let hub = try hub()
        let (ana, again) = (hub.join("ana"), hub.join("again", principal: "ana"))
        let bo = hub.join("bo")
        var people = Self.people
        people[0].roles = [.agent, .supporter]
        try reload(hub, people)
        // All their sessions, and nobody else's.
        #expect(ana.takeRefusal()?.status == .again && again.takeRefusal()?.status == .again)
        #expect(bo.takeRefusal() == nil)
        ana.reconnect()
        ana.hello()
        guard case .welcome(let welcome)? = ana.take().first?.content else {
            Issue.record("no WELCOME")
            return
        }
        #expect(welcome.roles == 3)
    }

    @Test func aNewGrantHoldsFromTheNextRecordOn() throws {
        let hub = try hub()
        let ana = hub.join("ana")
        ana.publish("custom/bj/sales/1/", "x")
        hub.turn()
        #expect(ana.takeStatuses() == [.denied])
        let publish = RosterGrant.standard(.agent).publish + ["custom/%s/%t/"]
        try reload(hub, Self.people, grants: [RosterGrant(.agent, publish: publish)])
        ana.publish("custom/bj/sales/1/", "x")
        hub.turn()
        #expect(ana.takeStatuses() == [.ok])
        try reload(hub, Self.people)
        ana.publish("custom/bj/sales/1/", "x")
        hub.turn()
        #expect(ana.takeStatuses() == [.denied])
    }

    @Test func aReplayThatWaitsForTheJournalIsDeniedWhenTheGrantIsGone() throws {
        let hub = try hub()
        let pbx = hub.join("pbx")
        pbx.publish([.event("event/bj/sales/1/", "secret")])
        hub.turn()
        _ = pbx.take()
        hub.journal.holdsReads = true
        pbx.ask(.replay, "event/", to: .max)
        hub.turn()
        try reload(hub, Self.people, grants: [RosterGrant(.system)])
        hub.releaseReads()
        let answers = pbx.take()
        #expect(answers.allSatisfy { $0.records.isEmpty })
        guard case .replyEnd(let end)? = answers.last?.content else {
            Issue.record("no answer")
            return
        }
        #expect(end.status == .denied)
    }
}
