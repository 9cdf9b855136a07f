import FloorEvents
import FloorRoster
import Testing

/// Each way in which a roster can be wrong, the rule it breaks, where, and what the sentence names.
@Suite("What a roster must be") struct RosterRuleTests {
    private func problems(
        people: [RosterPerson] = [],
        teams: [RosterTeam] = [],
        times: FlagTimes = FlagTimes(),
        categories: [RosterCategory] = [],
        reasons: [RosterReason] = [],
        grants: [RosterGrant] = [],
        alerts: [AlertRule] = []
    ) -> [RosterProblem] {
        do throws(RosterError) {
            _ = try Roster(
                people: people,
                teams: teams,
                times: times,
                categories: categories,
                reasons: reasons,
                grants: grants,
                alerts: alerts
            )
            return []
        } catch {
            #expect(!error.problems.isEmpty)
            #expect(error.sentence.hasPrefix(error.problems[0].sentence))
            return error.problems
        }
    }

    private func expect(
        _ found: [RosterProblem],
        _ rule: RosterRule,
        at list: RosterPlace.List,
        _ index: Int = 0,
        _ field: String = "",
        says words: String...,
        location: SourceLocation = #_sourceLocation
    ) {
        let wanted = [RosterProblem(RosterPlace(list, index, field), rule)]
        #expect(found == wanted, sourceLocation: location)
        for word in words {
            #expect(rule.sentence.contains(word), "\(rule.sentence)", sourceLocation: location)
        }
    }

    private let sales = [RosterTeam(site: "bj", team: "sales")]

    @Test("a person is there once, by bytes, under a name that a key can carry")
    func ids() {
        let twice = [RosterPerson("4711", roles: .agent), RosterPerson("4711", roles: .supporter)]
        expect(
            problems(people: twice),
            .duplicatePerson("4711"),
            at: .people,
            1,
            "id",
            says: "\"4711\"",
            "twice"
        )
        // One letter, and the same letter as two scalars: two people.
        let accents = [
            RosterPerson("ren\u{E9}", roles: .agent), RosterPerson("rene\u{301}", roles: .agent),
        ]
        #expect(problems(people: accents) == [])
        for id in ["", String(repeating: "x", count: 65), String(repeating: "/", count: 22)] {
            let found = problems(people: [RosterPerson(id, roles: .agent)])
            expect(found, .badPersonID(id), at: .people, 0, "id", says: "no key's segment")
        }
    }

    @Test("a person has roles, and they exist")
    func roles() {
        let none = [RosterPerson("a", roles: [])]
        expect(problems(people: none), .noRole(person: "a"), at: .people, 0, "roles", says: "\"a\"")
        let odd = [RosterPerson("a", roles: Roles(rawValue: 33))]
        expect(problems(people: odd), .unknownRole(person: "a"), at: .people, 0, "roles")
    }

    @Test("sites and teams of people are among the teams")
    func teams() {
        let astray = [RosterPerson("a", roles: .agent, site: "sh", team: "sales")]
        expect(
            problems(people: astray, teams: sales),
            .unknownTeam(person: "a", team: "sh/sales"),
            at: .people,
            0,
            "team",
            says: "\"sh/sales\"",
            "not among the teams"
        )
        let nowhere = [RosterPerson("a", roles: .agent, site: "sh")]
        expect(
            problems(people: nowhere, teams: sales),
            .unknownSite(person: "a", site: "sh"),
            at: .people,
            0,
            "site",
            says: "\"sh\""
        )
        let twice = sales + sales
        expect(problems(teams: twice), .duplicateTeam("bj/sales"), at: .teams, 1, says: "twice")
        let unnamed = [RosterTeam(site: "bj", team: "")]
        expect(problems(teams: unnamed), .badTeam("bj/"), at: .teams, says: "\"bj/\"")
    }

    @Test("managers exist, and nobody is above themself")
    func managers() {
        let orphan = [RosterPerson("a", roles: .agent, manager: "ghost")]
        expect(
            problems(people: orphan),
            .unknownManager(person: "a", manager: "ghost"),
            at: .people,
            0,
            "manager",
            says: "\"ghost\""
        )
        let own = [RosterPerson("a", roles: .agent, manager: "a")]
        expect(problems(people: own), .managementCycle(["a"]), at: .people, 0, "manager")
        let circle = [
            RosterPerson("x", roles: .agent, manager: "a"),
            RosterPerson("a", roles: .agent, manager: "b"),
            RosterPerson("b", roles: .agent, manager: "c"),
            RosterPerson("c", roles: .agent, manager: "a"),
        ]
        expect(
            problems(people: circle),
            .managementCycle(["a", "b", "c"]),
            at: .people,
            1,
            "manager",
            says: "\"a\", \"b\", \"c\"",
            "circle"
        )
    }

    @Test("a chain of managers has an end that is near")
    func depth() {
        let chain = (0...Limits.rosterDepth + 1).map {
            RosterPerson("p\($0)", roles: .agent, manager: $0 == 0 ? "" : "p\($0 - 1)")
        }
        #expect(problems(people: Array(chain.dropLast())) == [])
        let last = "p\(Limits.rosterDepth + 1)"
        let place = Limits.rosterDepth + 1
        // Whatever the order in which the file names them.
        expect(
            problems(people: chain),
            .tooManyManagers(person: last),
            at: .people,
            place,
            "manager"
        )
        expect(
            problems(people: chain.reversed()),
            .tooManyManagers(person: last),
            at: .people,
            0,
            "manager",
            says: "more than 32"
        )
    }

    @Test("texts fit where they travel")
    func texts() {
        let long = [RosterPerson("a", roles: .agent, seat: String(repeating: "s", count: 65))]
        let seat = RosterRule.tooLong(entry: "a", field: "seat", limit: 64)
        expect(problems(people: long), seat, at: .people, 0, "seat", says: "seat of \"a\"", "64")
        let answer = [RosterCategory("c", answer: String(repeating: "x", count: 4097))]
        let rule = RosterRule.tooLong(entry: "c", field: "answer", limit: 4096)
        expect(problems(categories: answer), rule, at: .categories, 0, "answer")
    }

    @Test("times are neither nothing nor for ever")
    func times() {
        var none = FlagTimes()
        none.lease = 0
        expect(
            problems(times: none),
            .badTime(name: "lease"),
            at: .times,
            0,
            "lease",
            says: "7 days"
        )
        var long = FlagTimes()
        long.keep = Limits.flagTimeMilliseconds + 1
        let team = [RosterTeam(site: "bj", team: "sales", times: long)]
        expect(problems(teams: team), .badTime(name: "keep"), at: .teams, 0, "keep")
    }

    @Test("categories are there once and form trees")
    func categories() {
        let twice = [RosterCategory("a"), RosterCategory("a")]
        expect(problems(categories: twice), .duplicateCategory("a"), at: .categories, 1, "code")
        let orphan = [RosterCategory("a", parent: "b")]
        expect(
            problems(categories: orphan),
            .unknownParent(category: "a", parent: "b"),
            at: .categories,
            0,
            "parent",
            says: "\"b\"",
            "does not exist"
        )
        let circle = [RosterCategory("a", parent: "b"), RosterCategory("b", parent: "a")]
        let rule = RosterRule.categoryCycle(["a", "b"])
        expect(problems(categories: circle), rule, at: .categories, 0, "parent", says: "circle")
        expect(
            problems(categories: [RosterCategory("")]),
            .badCategory(""),
            at: .categories,
            0,
            "code"
        )
        let chain = (0...Limits.rosterDepth + 1).map {
            RosterCategory("c\($0)", parent: $0 == 0 ? "" : "c\($0 - 1)")
        }
        let deep = RosterRule.tooManyParents(category: "c33")
        expect(problems(categories: chain), deep, at: .categories, 33, "parent")
    }

    @Test("reasons are there once and are not 0")
    func reasons() {
        let zero = [RosterReason(0, label: "x", .other)]
        expect(problems(reasons: zero), .badReason(0), at: .reasons, 0, "code")
        let twice = [RosterReason(7, label: "x", .meal), RosterReason(7, label: "y", .meal)]
        expect(problems(reasons: twice), .duplicateReason(7), at: .reasons, 1, "code", says: "7")
    }

    @Test("a grant is for one role, once, and its patterns are filters")
    func grants() {
        expect(problems(grants: [RosterGrant([.agent, .system])]), .grantOfNoRole, at: .grants)
        let twice = [RosterGrant(.agent), RosterGrant(.agent)]
        expect(problems(grants: twice), .duplicateGrant(role: "agent"), at: .grants, 1)
        let bad: [(String, KeyError)] = [
            ("", .empty), ("agent/%u", .noFinalSlash), ("agnt/%u/", .unknownClass),
            ("agent/%s/%t/%u/x/", .segmentCount(5)), ("agent/%x/", .badEscape(index: 1)),
            ("agent//", .emptySegment(index: 1)), ("agent/%m/%u/x/", .segmentCount(5)),
            ("%u/", .unknownClass),
        ]
        for (pattern, error) in bad {
            let rule = RosterRule.badPattern(role: "agent", pattern: pattern, error)
            let found = problems(grants: [RosterGrant(.agent, read: [pattern])])
            expect(found, rule, at: .grants, 0, "read", says: "\"agent\"", error.sentence)
        }
        let many = RosterGrant(.agent, publish: Array(repeating: "agent/", count: 65))
        let rule = RosterRule.tooMany(list: "patterns to publish for role agent", limit: 64)
        expect(problems(grants: [many]), rule, at: .grants, 0, "publish")
    }

    @Test("an alert looks at figures that can be, and clears on the quiet side")
    func alerts() {
        let wait = AlertMeasure.figure("wait", .above, threshold: 60, clear: 30)
        let good = AlertRule("long", filter: "queue/bj/", wait)
        #expect(problems(alerts: [good]) == [])
        expect(problems(alerts: [good, good]), .duplicateAlert("long"), at: .alerts, 1, "name")
        expect(
            problems(alerts: [AlertRule("", filter: "queue/", wait)]),
            .badAlertName(""),
            at: .alerts,
            0,
            "name"
        )
        let filter = RosterRule.badAlertFilter(alert: "a", .noFinalSlash)
        let slashless = AlertRule("a", filter: "queue", wait)
        expect(problems(alerts: [slashless]), filter, at: .alerts, 0, "filter")
        for other in ["agent/bj/", "+/bj/"] {
            let found = problems(alerts: [AlertRule("a", filter: other, wait)])
            expect(found, .alertFilterClass(alert: "a"), at: .alerts, 0, "filter", says: "queue/")
        }
        let upside: [AlertMeasure] = [
            .figure("wait", .above, threshold: 60, clear: 61),
            .figure("level", .below, threshold: 800, clear: 799),
        ]
        for measure in upside {
            let found = problems(alerts: [AlertRule("a", filter: "team/", measure)])
            expect(found, .clearBeyondThreshold(alert: "a"), at: .alerts, 0, "clear")
        }
        let nameless = AlertMeasure.figure("", .above, threshold: 1, clear: 1)
        expect(
            problems(alerts: [AlertRule("a", filter: "team/", nameless)]),
            .badFigureName(alert: "a"),
            at: .alerts,
            0,
            "figure"
        )
    }

    @Test("a flag storm counts a category that exists, and whom it is for is in the roster")
    func stormsAndAudiences() {
        let storm = AlertMeasure.flagStorm(category: "net", count: 20, seconds: 120)
        let rule = AlertRule("storm", filter: "team/bj/", storm, severity: .critical)
        let category = [RosterCategory("net")]
        #expect(problems(categories: category, alerts: [rule]) == [])
        expect(
            problems(alerts: [rule]),
            .unknownCategory(alert: "storm", category: "net"),
            at: .alerts,
            0,
            "flagStorm",
            says: "\"net\""
        )
        let never = AlertMeasure.flagStorm(category: "net", count: 0, seconds: 120)
        expect(
            problems(categories: category, alerts: [AlertRule("a", filter: "team/", never)]),
            .badStorm(alert: "a"),
            at: .alerts,
            0,
            "flagStorm"
        )
        for (audience, name) in [
            (RosterAudience(site: "sh"), "sh"), (RosterAudience(site: "bj", team: "x"), "bj/x"),
            (RosterAudience(roles: .supervisor, person: "ghost"), "ghost"),
        ] {
            var astray = rule
            astray.audience = audience
            expect(
                problems(teams: sales, categories: category, alerts: [astray]),
                .unknownAudience(alert: "storm", name: name),
                at: .alerts,
                0,
                "audience",
                says: "\"\(name)\""
            )
        }
    }

    @Test("lists have ends, and everything that is wrong is told at once")
    func limits() {
        let crowd = (0...Limits.alertRules).map { _ in
            AlertRule("", filter: "", .figure("", .above, threshold: 0, clear: 0))
        }
        let rule = RosterRule.tooMany(list: "alert rules", limit: Limits.alertRules)
        expect(problems(alerts: crowd), rule, at: .alerts)
        let all = problems(
            people: [RosterPerson("", roles: [], manager: "ghost")],
            categories: [RosterCategory("a", parent: "b")]
        )
        #expect(all.count == 4)
        #expect(RosterError(all).sentence.hasSuffix("(and 3 more)"))
    }

    @Test("no name of a roster has a control character in it; all of them are told at once")
    func controlCharacters() throws {
        let odd = ["a\u{1}b", "\u{7F}", "x\n", "\u{85}y", "\u{9B}2J"]
        for name in odd {
            var person = RosterPerson(name, roles: .agent, site: "bj", team: "sales")
            expect(
                problems(people: [person], teams: sales),
                .controlCharacter(entry: name, field: "id"),
                at: .people,
                0,
                "id",
                says: "control character"
            )
            person.id = "4711"
            person.name = name
            person.seat = name
            let found = problems(
                people: [person],
                teams: sales + [RosterTeam(site: name, team: name)],
                categories: [RosterCategory(name, label: name, answer: "one\n\ttwo" + name)],
                reasons: [RosterReason(7, label: name, .meal)],
                alerts: [
                    AlertRule(
                        name,
                        filter: "queue/",
                        .figure(AlertFigure(name), .above, threshold: 1, clear: 1)
                    )
                ]
            )
            let fields = found.map { "\($0.place.list) \($0.place.field)" }
            let isLine = name.contains("\n")
            #expect(
                fields == [
                    "people name", "people seat", "teams site", "teams team", "categories code",
                    "categories label",
                ] + (isLine ? [] : ["categories answer"])
                    + ["reasons label", "alerts name", "alerts figure"],
                "\(fields)"
            )
        }
        let fine = [RosterPerson("\u{A0}\u{E9}\u{4E2D}/%+ !", roles: .agent)]
        #expect(problems(people: fine) == [])
    }

    @Test("a name that would steer a terminal is shown without what does it")
    func terminal() {
        let found = problems(people: [RosterPerson("a\u{1B}[2Jb", roles: [])])
        #expect(
            found.map(\.sentence) == [
                "the id of \"a?[2Jb\" has a control character in it: take it out",
                "\"a?[2Jb\" has no role; without one nothing is allowed",
            ]
        )
    }
}
