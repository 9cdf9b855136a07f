import FloorEvents
import FloorRoster
import Testing

/// A small floor: two teams at bj under one head, one at sh.
///
///     head (supervisor) ─ lead1 (bj/sales) ─ 4711
///                       └ lead2 (bj/care)  ─ 4712
///     lead3 (sh/sales) ─ 4811
private let people = [
    RosterPerson("head", roles: .supervisor, site: "bj"),
    RosterPerson("lead1", roles: .supervisor, site: "bj", team: "sales", manager: "head"),
    RosterPerson("lead2", roles: .supervisor, site: "bj", team: "care", manager: "head"),
    RosterPerson("lead3", roles: .supervisor, site: "sh", team: "sales"),
    RosterPerson("4711", roles: .agent, site: "bj", team: "sales", manager: "lead1"),
    RosterPerson("4712", roles: .agent, site: "bj", team: "care", manager: "lead2"),
    RosterPerson("4811", roles: .agent, site: "sh", team: "sales", manager: "lead3"),
    RosterPerson("sup", roles: .supporter, site: "bj"),
    RosterPerson("wall", roles: .wallboard),
    RosterPerson("pbx/1", roles: .system),
    RosterPerson("both", roles: [.agent, .supporter], site: "bj", team: "sales"),
]
private let teams = [
    RosterTeam(site: "bj", team: "sales"), RosterTeam(site: "bj", team: "care"),
    RosterTeam(site: "sh", team: "sales"),
]

private func floor() throws -> Roster { try Roster(people: people, teams: teams) }

extension Roster {
    /// A person by the id as it is written.
    fileprivate func named(_ id: String) throws -> Int {
        let found = find(FloorKey.segment(encoding: id))
        return try #require(found)
    }

    fileprivate func find(_ segment: String) -> Int? {
        person(segment: Array(segment.utf8).span)
    }

    fileprivate func mayPublish(_ id: String, _ key: String) throws -> Bool {
        let (permissions, key) = (permissions(of: try named(id)), try FloorKey(key))
        return permissions.mayPublish(key.bytes.span)
    }

    fileprivate func mayRead(_ id: String, _ filter: String) throws -> Bool {
        try permissions(of: named(id)).mayRead(KeyFilter(filter))
    }
}

@Suite("Who is who: the roster") struct RosterTests {
    @Test("a person is found by the id as it stands in a key, and nobody else is")
    func people() throws {
        let roster = try floor()
        #expect(try roster.people[roster.named("pbx/1")].id == "pbx/1")
        #expect(roster.find("pbx/1") == nil)
        for stranger in ["", "47", "47110", "Head", "zzz"] {
            #expect(roster.find(stranger) == nil)
        }
        #expect(try roster.roles(of: roster.named("both")) == [.agent, .supporter])
        #expect(Roles([.agent, .system]).names == ["agent", "system"])
        #expect(Roles(name: "supervisor") == .supervisor && Roles(name: "boss") == nil)
    }

    @Test("a manager is anybody above, however far; nobody manages themself or their manager")
    func management() throws {
        let roster = try floor()
        let (head, lead1) = (try roster.named("head"), try roster.named("lead1"))
        let agent = try roster.named("4711")
        #expect(roster.manages(lead1, agent) && roster.manages(head, agent))
        #expect(roster.manages(head, lead1))
        #expect(!roster.manages(agent, lead1) && !roster.manages(agent, agent))
        #expect(try !roster.manages(roster.named("lead2"), agent))
    }

    @Test("a supervisor looks after their own team and those of everybody below")
    func teamsLookedAfter() throws {
        let roster = try floor()
        #expect(try roster.teamsLookedAfter(by: roster.named("head")) == [0, 1])
        #expect(try roster.teamsLookedAfter(by: roster.named("lead3")) == [2])
        #expect(try roster.teamsLookedAfter(by: roster.named("wall")) == [])
        #expect(try roster.team(of: roster.named("4712")) == 1)
        #expect(try roster.team(of: roster.named("sup")) == nil)
        let key = try FloorKey("flag/bj/care/f1/")
        let isIn = { (id: String) in
            let person = try roster.named(id)
            return roster.isInTeam(person, ofKey: key.bytes.span)
        }
        #expect(try isIn("4712"))
        #expect(try !isIn("4711"))
        #expect(try !isIn("sup"))
    }

    @Test("a team without times of its own has the roster's, and so has a team nobody listed")
    func times() throws {
        var quick = FlagTimes()
        quick.escalate = 5000
        var slow = FlagTimes()
        slow.lease = 60_000
        let roster = try Roster(
            people: [],
            teams: [RosterTeam(site: "bj", team: "sales", times: quick)] + teams.suffix(2),
            times: slow
        )
        let times = try ["bj/sales", "bj/care", "bj/new"].map {
            let key = try FloorKey("flag/\($0)/f1/")
            return roster.times(ofKey: key.bytes.span)
        }
        #expect(times == [quick, slow, slow])
        #expect(FlagTimes().lease == 15_000 && FlagTimes().engage == 120_000)
        #expect(FlagTimes().named.map(\.milliseconds).max() == FlagTimes().keep)
    }

    @Test("a category is within each one above it")
    func categories() throws {
        let roster = try Roster(
            people: [],
            categories: [
                RosterCategory("refund", parent: "billing"), RosterCategory("billing"),
                RosterCategory("network", label: "Network", answer: "Restart the modem."),
            ],
            reasons: [RosterReason(14, label: "lunch", .meal)]
        )
        let place = { (code: String) in roster.category(segment: Array(code.utf8).span) }
        let (refund, billing) = (try #require(place("refund")), try #require(place("billing")))
        #expect(roster.isCategory(refund, within: billing))
        #expect(roster.isCategory(refund, within: refund))
        #expect(!roster.isCategory(billing, within: refund))
        #expect(place("fraud") == nil)
        #expect(roster.reasons[0].reasonClass == .meal)
    }

    @Test("without a roster everybody may do everything and nobody is known")
    func open() throws {
        #expect(Roster.open.isOpen && Roster.open.people.isEmpty)
        #expect(Roster.open.find("4711") == nil)
        let everything = Permissions.everything
        #expect(everything.roles == .all && everything.roles.rawValue == .max)
        let key = try FloorKey("agent/bj/sales/4711/")
        let mayPublish = everything.mayPublish(key.bytes.span)
        #expect(mayPublish)
        #expect(try everything.mayRead(KeyFilter("+/")))
        #expect(try !Roster(people: []).isOpen)
    }
}

@Suite("What each role may do") struct GrantTests {
    @Test(
        "an agent publishes their own state, their team's flags and their own events, nothing else"
    )
    func agentPublishes() throws {
        let roster = try floor()
        for key in ["agent/bj/sales/4711/", "flag/bj/sales/f1/", "event/bj/sales/4711/"] {
            #expect(try roster.mayPublish("4711", key), "\(key)")
        }
        for key in [
            "agent/bj/sales/4712/", "agent/bj/care/4711/", "agent/bj/sales/47110/",
            "flag/bj/care/f1/", "flag/sh/sales/f1/", "event/bj/sales/4712/", "queue/bj/sales/1/",
            "presence/-/-/4711/", "private/bj/4711/f1/", "team/bj/sales/x/",
            "custom/bj/sales/4711/",
        ] {
            #expect(try !roster.mayPublish("4711", key), "\(key)")
        }
    }

    @Test("an agent reads their own words and state, and nobody else's (R-08, R-41)")
    func agentReads() throws {
        let roster = try floor()
        for filter in [
            "agent/bj/sales/4711/", "private/bj/4711/", "private/bj/4711/f1/", "presence/",
            "presence/-/-/sup/", "queue/bj/", "queue/bj/+/", "note/",
        ] {
            #expect(try roster.mayRead("4711", filter), "\(filter)")
        }
        for filter in [
            "+/", "agent/", "agent/bj/sales/", "agent/bj/sales/+/", "agent/bj/+/4711/",
            "private/", "private/bj/", "private/bj/+/", "private/bj/4712/", "flag/bj/sales/",
            "queue/", "queue/+/", "team/bj/sales/",
        ] {
            #expect(try !roster.mayRead("4711", filter), "\(filter)")
        }
    }

    @Test("a supporter works on the flags of their site and reads their words")
    func supporter() throws {
        let roster = try floor()
        #expect(try roster.mayPublish("sup", "flag/bj/care/f1/"))
        #expect(try roster.mayPublish("sup", "presence/-/-/sup/"))
        #expect(try !roster.mayPublish("sup", "flag/sh/sales/f1/"))
        #expect(try !roster.mayPublish("sup", "agent/bj/sales/4711/"))
        #expect(try !roster.mayPublish("sup", "presence/-/-/4711/"))
        #expect(try roster.mayRead("sup", "flag/bj/") && roster.mayRead("sup", "private/bj/"))
        #expect(try !roster.mayRead("sup", "flag/") && !roster.mayRead("sup", "private/sh/"))
    }

    @Test("a supervisor reads their teams, sends notes, and never sees who asked what (R-08)")
    func supervisor() throws {
        let roster = try floor()
        for kind in ["agent", "flag", "queue", "team"] {
            #expect(try roster.mayRead("lead1", "\(kind)/bj/sales/"), "\(kind)")
            #expect(try roster.mayRead("head", "\(kind)/bj/care/"), "\(kind)")
            #expect(try !roster.mayRead("lead1", "\(kind)/bj/care/"), "\(kind)")
            #expect(try !roster.mayRead("lead1", "\(kind)/sh/sales/"), "\(kind)")
            #expect(try !roster.mayRead("head", "\(kind)/bj/"), "\(kind)")
        }
        #expect(try !roster.mayRead("head", "private/bj/4711/"))
        #expect(try roster.mayPublish("lead1", "note/bj/care/n1/"))
        #expect(try !roster.mayPublish("lead1", "note/sh/sales/n1/"))
        #expect(try !roster.mayPublish("lead1", "agent/bj/sales/4711/"))
    }

    @Test("a wallboard reads what hangs on the wall and writes nothing at all")
    func wallboard() throws {
        let roster = try floor()
        for filter in ["queue/", "team/", "agent/", "presence/", "agent/+/sales/"] {
            #expect(try roster.mayRead("wall", filter), "\(filter)")
        }
        for filter in ["+/", "flag/", "private/", "note/", "event/"] {
            #expect(try !roster.mayRead("wall", filter), "\(filter)")
        }
        #expect(try roster.permissions(of: roster.named("wall")).publish == [])
    }

    @Test("a telephone system's bridge speaks for everybody, but has no words to read")
    func system() throws {
        let roster = try floor()
        for key in ["agent/sh/sales/4811/", "flag/bj/care/f1/", "queue/x/y/z/", "event/a/b/c/"] {
            #expect(try roster.mayPublish("pbx/1", key), "\(key)")
        }
        for key in ["presence/-/-/4711/", "private/bj/4711/f1/"] {
            #expect(try !roster.mayPublish("pbx/1", key), "\(key)")
        }
        #expect(try roster.mayRead("pbx/1", "flag/") && roster.mayRead("pbx/1", "presence/"))
        #expect(try roster.mayRead("pbx/1", "private/-/hub/audit/"))
        #expect(try !roster.mayRead("pbx/1", "private/") && !roster.mayRead("pbx/1", "+/"))
    }

    @Test("who holds two roles may do what either may")
    func twoRoles() throws {
        let roster = try floor()
        #expect(try roster.mayPublish("both", "agent/bj/sales/both/"))
        #expect(try roster.mayPublish("both", "flag/bj/care/f1/"))
        #expect(try roster.mayRead("both", "private/bj/"))
        #expect(try !roster.mayPublish("both", "agent/bj/sales/4711/"))
    }

    @Test("a grant of the file replaces its role's whole standard grant, and no other role's")
    func ownGrants() throws {
        let roster = try Roster(
            people: people,
            teams: teams,
            grants: [RosterGrant(.agent, read: ["queue/+/%t/", "custom/%u/"])]
        )
        #expect(try roster.mayRead("4711", "queue/+/sales/"))
        #expect(try roster.mayRead("4711", "queue/sh/sales/1/"))
        #expect(try !roster.mayRead("4711", "queue/bj/"))
        #expect(try roster.mayRead("4711", "custom/4711/x/"))
        #expect(try !roster.mayPublish("4711", "agent/bj/sales/4711/"))
        #expect(try roster.mayPublish("sup", "flag/bj/care/f1/"))
        #expect(roster.grants.map(\.role) == Roles.each)
        #expect(RosterGrant.standard(.all) == RosterGrant(.all))
    }

    @Test("a pattern that needs what a person does not have grants nothing")
    func missing() throws {
        // An empty site must not leave `flag//`, and a name with a slash stays one segment.
        let roster = try Roster(
            people: [
                RosterPerson("nowhere", roles: .supporter), RosterPerson("a/b", roles: .agent),
            ],
            grants: [RosterGrant(.agent, publish: ["custom/-/-/%u/"])]
        )
        let granted = roster.permissions(of: 0).publish.map(\.text)
        #expect(granted == ["presence/-/-/nowhere/", "note/"])
        #expect(try !roster.mayRead("nowhere", "flag/"))
        #expect(try roster.mayPublish("a/b", "custom/-/-/a%2Fb/"))
        #expect(try !roster.mayPublish("a/b", "custom/-/-/a/"))
    }

    @Test("a filter covers another when every key of that is one of its own")
    func covering() throws {
        let yes = [
            ("agent/", "agent/"), ("agent/", "agent/bj/"), ("agent/+/", "agent/"),
            ("agent/+/+/+/", "agent/bj/"), ("+/", "agent/"), ("+/bj/", "agent/bj/sales/"),
            ("agent/+/sales/", "agent/bj/sales/1/"), ("agent/+/sales/", "agent/+/sales/"),
        ]
        let no = [
            ("agent/bj/", "agent/"), ("agent/bj/", "agent/+/"), ("agent/", "+/"),
            ("agent/bj/", "agent/bjx/"), ("agent/bjx/", "agent/bj/"), ("+/bj/", "agent/"),
            ("agent/+/sales/", "agent/bj/"), ("agent/+/sales/", "agent/bj/+/"),
            ("agent/", "queue/"),
        ]
        for (filter, other) in yes {
            #expect(try KeyFilter(filter).covers(KeyFilter(other)), "\(filter) \(other)")
        }
        for (filter, other) in no {
            #expect(try !KeyFilter(filter).covers(KeyFilter(other)), "\(filter) \(other)")
        }
    }
}
