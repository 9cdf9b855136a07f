import FloorBusTestKit
import FloorEvents
import FloorHub
import FloorRoster
import FloorWire
import Testing

/// What the roster says for desktops to show, and flags about what others wait for already.
@Suite("The catalogue, and incidents joined")
struct CatalogueTests {
    /// And somebody who may read words.
    private static let people =
        SmallFloor.people + [RosterPerson("reader", roles: .supporter, site: "bj")]

    private static func roster(
        _ categories: [RosterCategory],
        people: [RosterPerson] = people
    ) throws -> Roster {
        try Roster(
            people: people,
            teams: SmallFloor.teams,
            categories: categories,
            reasons: [RosterReason(14, label: "lunch", .meal)]
        )
    }

    private static let categories = [
        RosterCategory("billing", label: "Billing"),
        RosterCategory("refund", label: "Refunds", parent: "billing", answer: "Up to 50."),
        RosterCategory("outage", label: "Service is down"),
    ]

    private func floor(_ roster: Roster? = nil) throws -> HubHarness {
        let roster = try roster ?? Self.roster(Self.categories)
        return HubHarness {
            $0.isDurable = true
            $0.hasTap = true
            $0.roster = roster
        }
    }

    /// What a client is told of keys, by key: revision and entry.
    private func entries(
        _ client: HarnessClient,
        _ hub: HubHarness,
        _ filter: String = "catalogue/"
    ) throws -> [String: (revision: Revision, entry: CatalogueEntry)] {
        _ = client.take()
        client.ask(.get, filter)
        hub.turn()
        var found: [String: (Revision, CatalogueEntry)] = [:]
        for record in client.take().flatMap(\.records) {
            let entry = try CatalogueEntry(payload: record.payload.span)
            found[record.key] = (record.header.revision, entry)
        }
        return found
    }

    // MARK: the catalogue

    @Test("Whoever may connect reads categories with answers, reasons and names; nobody writes")
    func all() throws {
        let hub = try floor()
        for name in ["ana", "wall", "pbx", "head"] {
            let client = hub.join(name)
            let found = try entries(client, hub)
            #expect(found.count == 3 + 1 + Self.people.count, "\(name)")
            let refund = try #require(found["catalogue/-/category/refund/"]?.entry)
            #expect(refund.label == "Refunds" && refund.parent == "billing")
            #expect(refund.answer == "Up to 50." && refund.subject == .category)
            let lunch = try #require(found["catalogue/-/reason/14/"]?.entry)
            #expect(lunch.label == "lunch" && lunch.reasonClass == .meal)
            let bo = try #require(found["catalogue/-/person/bo/"]?.entry)
            #expect(bo.subject == .person && bo.site == "bj" && bo.team == "sales")
            client.publish([.put("catalogue/-/category/refund/", "mine")])
            hub.turn()
            let refused = client.takeResults().last
            #expect(refused?.status == .denied && refused?.owner == "the hub alone writes there")
        }
        #expect(hub.violations == [])
    }

    @Test("Nobody writes under the hub's own name, whatever they are granted")
    func hubsOwn() throws {
        let hub = try floor()
        let pbx = hub.join("pbx")
        let keys = [
            "team/-/hub/stats/", "team/-/hub/x/", "team/bj/sales/flags/",
            "team/bj/sales/categories/", "team/ny/new/flags/",
        ]
        for key in keys {
            var header = RecordHeader(.team, .put, schema: PayloadSchema.team)
            header.flags = [.unleased]
            var payload: [UInt8] = []
            try TeamFigures([]).append(to: &payload)
            pbx.publish([HarnessOperation(header, key, payload)])
            hub.turn()
            let refused = pbx.takeResults().last
            #expect(refused?.status == .denied, "\(key)")
            #expect(refused?.owner == "the hub alone writes there", "\(key)")
        }
        let own = "team/bj/sales/own-flags/"
        let figures: HarnessOperation = try .team(own, [])
        pbx.publish([figures])
        hub.turn()
        #expect(pbx.takeResults().last?.status == .ok)
        #expect(hub.violations == [])
    }

    @Test("Nor does a will write there, with a roster or without one")
    func hubsOwnWills() throws {
        for hub in [try floor(), HubHarness()] {
            for (kind, key) in [
                (RecordKind.team, "team/bj/sales/flags/"), (.team, "team/-/hub/x/"),
                (.catalogue, "catalogue/-/category/refund/"),
            ] {
                let pbx = hub.client("pbx")
                var will: [UInt8] = []
                let header = RecordHeader(kind, .put)
                let bytes = (Array(key.utf8), [UInt8]())
                RecordWriter.append(header, key: bytes.0.span, payload: bytes.1.span, to: &will)
                pbx.hello { $0.will = will }
                let refusal = pbx.takeRefusal()
                #expect(refusal?.status == .denied, "\(key)")
                let sentence = "the will would write \(key): the hub alone writes there"
                #expect(refusal?.sentence == sentence)
            }
        }
    }

    @Test("Another roster changes what it changes, ends what it has no longer, and the rest stays")
    func another() throws {
        let hub = try floor()
        let ana = hub.join("ana")
        let before = try entries(ana, hub)
        ana.subscribe(1, "catalogue/")
        hub.turn()
        _ = ana.take()
        var categories = Self.categories
        categories[1].answer = "Up to 80."
        categories.removeLast()
        hub.step(.roster(try Self.roster(categories)))
        hub.advance(milliseconds: 10)
        let told = ana.take().flatMap(\.records).map { ($0.key, $0.header.operation) }
        #expect(told.map(\.0) == ["catalogue/-/category/refund/", "catalogue/-/category/outage/"])
        #expect(told.map(\.1) == [.put, .delete])
        let after = try entries(ana, hub)
        #expect(after.count == before.count - 1)
        #expect(after["catalogue/-/category/refund/"]?.entry.answer == "Up to 80.")
        for (key, value) in after where !key.contains("refund") {
            #expect(value.revision == before[key]?.revision, "\(key)")
        }
        hub.step(.roster(.open))
        hub.advance(milliseconds: 10)
        #expect(try entries(hub.join("anybody"), hub).isEmpty)
    }

    @Test("The next life says nothing again")
    func restart() throws {
        let hub = try floor()
        let before = try entries(hub.join("ana"), hub)
        hub.advance(milliseconds: 1000)
        hub.restart()
        hub.forgetTapped()
        hub.turn()
        let after = try entries(hub.join("ana"), hub)
        #expect(after.mapValues(\.entry) == before.mapValues(\.entry))
        #expect(!hub.tapped.contains { $0.key.hasPrefix("catalogue/") })
        #expect(hub.violations == [])
    }

    @Test("Ten thousand names follow some at a time, and the tap has each once")
    func many() throws {
        let people =
            Self.people
            + (0..<1000).map { RosterPerson("n\($0)", name: "N \($0)", roles: .agent) }
        let hub = try floor(try Self.roster(Self.categories, people: people))
        var parts: [Int] = []
        for _ in 0..<8 {
            hub.forgetTapped()
            hub.advance(milliseconds: 10)
            parts.append(hub.tapped.count { $0.key.hasPrefix("catalogue/") })
        }
        #expect(parts.max() ?? 0 <= Limits.renewalsAtOnce)
        let found = try entries(hub.join("ana"), hub, "catalogue/-/category/")
        #expect(found.count == 3)
        #expect(hub.hub.statistics.keys >= UInt64(people.count + 4))
    }

    // MARK: incidents

    @Test("A flag about what others wait for waits with them, and hears the same answer")
    func joins() throws {
        let hub = try floor()
        let (ana, bo, cy) = (hub.join("ana"), hub.join("bo"), hub.join("cy"))
        let sun = hub.join("sun")
        func raise(
            _ client: HarnessClient,
            _ number: UInt64,
            _ kind: FlagKind = .systemFault
        )
            -> ResultRun
        {
            client.flag(.raise, number, hub) {
                $0.kind = kind
                $0.category = "outage"
                $0.callReference = "c\(number)"
            }
        }
        #expect(raise(ana, 1).owner.isEmpty && raise(bo, 2).owner.isEmpty)
        #expect(sun.flag(.merge, 2, hub) { $0.incident = flagID(1) }.status == .ok)
        // Another team's asker too, but nobody whose flag is about themselves or about safety.
        let joined = cy.operate(.raise, "flag/bj/care/\(flagID(3).text)/", hub) {
            $0.kind = .systemFault
            $0.category = "outage"
        }
        #expect(joined.status == .ok && joined.owner == flagID(1).text)
        let late = sun.operate(.merge, "flag/bj/care/\(flagID(3).text)/", hub) {
            $0.incident = flagID(1)
        }
        #expect(late.status == .ok && late.revision == .zero, "it has joined already")
        // Whoever has a question of their own after all makes it louder, and waits for themselves.
        #expect(raise(ana, 7).owner == flagID(1).text)
        #expect(ana.flag(.escalate, 7, hub).status == .ok)
        let own = try #require(hub.flag(7))
        #expect(own.status == .pending && own.incident == .zero && own.escalation == 1)
        #expect(raise(bo, 4, .safety).owner.isEmpty && raise(bo, 5, .personal).owner.isEmpty)
        #expect(hub.flag(1)?.merged == 3)
        #expect(hub.flag(4)?.status == .raised)
        sun.flag(.claim, 1, hub)
        let token = try #require(hub.flag(1)?.claimGeneration)
        sun.flag(.answer, 1, hub) {
            $0.claimGeneration = token
            $0.text = "back at ten"
            $0.outcome = .answered
        }
        hub.turn()
        #expect(hub.flag(7)?.status == .pending)
        #expect(hub.flag(2, withWords: "bo")?.words.answer == "back at ten")
        // Whoever comes while the answered incident is still open hears its answer at once.
        #expect(raise(ana, 6).owner == flagID(1).text)
        hub.turn()
        #expect(hub.flag(6, withWords: "ana")?.words.answer == "back at ten")
        #expect(hub.flag(6, withWords: "ana")?.status == .answered)
        #expect(hub.violations == [])
    }

    @Test("Nobody joins what is about one person, or what nobody had an answer to")
    func notJoined() throws {
        let hub = try floor()
        let (ana, bo, sun) = (hub.join("ana"), hub.join("bo"), hub.join("sun"))
        func raise(_ client: HarnessClient, _ number: UInt64, _ kind: FlagKind) -> ResultRun {
            client.flag(.raise, number, hub) {
                $0.kind = kind
                $0.category = "outage"
                $0.callReference = "c\(number)"
            }
        }
        for kind in [FlagKind.personal, .safety] {
            let first = UInt64(kind.rawValue) * 10
            _ = (raise(ana, first, kind), raise(bo, first + 1, .knowledge))
            let merged = sun.flag(.merge, first + 1, hub) { $0.incident = flagID(first) }
            #expect(merged.status == .ok)
            #expect(raise(ana, first + 2, .knowledge).owner.isEmpty, "\(kind)")
        }
        _ = (raise(ana, 1, .knowledge), raise(bo, 2, .knowledge))
        sun.flag(.merge, 2, hub) { $0.incident = flagID(1) }
        sun.flag(.claim, 1, hub)
        let token = try #require(hub.flag(1)?.claimGeneration)
        sun.flag(.answer, 1, hub) {
            $0.claimGeneration = token
            $0.text = "no idea"
            $0.outcome = .noAnswerKnown
        }
        hub.turn()
        #expect(raise(ana, 3, .knowledge).owner.isEmpty)
        #expect(hub.flag(3)?.status == .raised)
        #expect(hub.violations == [])
    }

    @Test("Whoever is above an asker answers none of their flags, joined or not")
    func chain() throws {
        let hub = try floor()
        // The head is above everybody but the bridge's people; here of bo, cy and ana.
        let (ana, bo, cy) = (hub.join("ana"), hub.join("bo"), hub.join("cy"))
        let (head, sun, deputy) = (hub.join("head"), hub.join("sun"), hub.join("deputy"))
        _ = head
        func raise(_ client: HarnessClient, _ number: UInt64) -> ResultRun {
            client.flag(.raise, number, hub) {
                $0.kind = .systemFault
                $0.category = "outage"
            }
        }
        // The deputy is above ana alone: claims the incident of bo, and answers it.
        _ = raise(bo, 1)
        let second = cy.operate(.raise, "flag/bj/care/\(flagID(2).text)/", hub) {
            $0.kind = .systemFault
            $0.category = "outage"
        }
        #expect(second.status == .ok)
        #expect(
            sun.operate(.merge, "flag/bj/care/\(flagID(2).text)/", hub) {
                $0.incident = flagID(1)
            }.status == .ok
        )
        #expect(raise(ana, 3).owner == flagID(1).text, "nobody has it yet")
        let claim = deputy.flag(.claim, 1, hub)
        #expect(claim.status == .ok)
        deputy.flag(.answer, 1, hub) {
            $0.claimGeneration = claim.claimGeneration
            $0.text = "back at ten"
            $0.outcome = .answered
        }
        hub.turn()
        #expect(hub.flag(3)?.status == .pending && hub.flag(3)?.owner == "")
        let heard = hub.flag(1, withWords: "bo")?.words.answer
        #expect(heard == "back at ten")
        #expect(hub.violations == [])
    }

    @Test("A flag says whether its category had a standard answer, to those who read words alone")
    func standardAnswer() throws {
        let hub = try floor()
        let (ana, bo) = (hub.join("ana"), hub.join("bo"))
        ana.flag(.raise, 1, hub) { $0.category = "refund" }
        bo.flag(.raise, 2, hub) { $0.category = "outage" }
        #expect(hub.flag(1, withWords: "ana")?.words.hadStandardAnswer == true)
        #expect(hub.flag(2, withWords: "bo")?.words.hadStandardAnswer == false)
        #expect(hub.flag(1)?.words.hadStandardAnswer == false)
    }
}
