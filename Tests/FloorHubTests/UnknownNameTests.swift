import FloorBusTestKit
import FloorEvents
import FloorHub
import FloorRoster
import FloorWire
import Testing

/// Under a roster a flag is of a team, about a category and from a person that it has.
@Suite struct UnknownNameTests {
    private func hub(
        teams: [RosterTeam] = [RosterTeam(site: "bj", team: "sales")],
        categories: [RosterCategory]
    ) throws -> HubHarness {
        let roster = try Roster(
            people: [
                RosterPerson("anna", roles: .agent), RosterPerson("pbx", roles: .system),
            ],
            teams: teams,
            categories: categories,
            grants: [RosterGrant(.agent, publish: ["flag/"], read: ["flag/"])]
        )
        return HubHarness {
            $0.isDurable = true
            $0.roster = roster
        }
    }

    @Test("What the roster does not have is refused with what was meant, and nothing is written")
    func refused() throws {
        let hub = try hub(categories: [RosterCategory("refund")])
        let (anna, pbx) = (hub.join("anna"), hub.join("pbx"))
        let cases: [(HarnessClient, String, String, String)] = [
            (anna, "refnd", "", "no such category; did you mean refund?"),
            (anna, "weather", "", "no such category"),
            (pbx, "refund", "ana", "nobody of that name; did you mean anna?"),
            (pbx, "refund", "zoe", "nobody of that name"),
        ]
        for (client, category, agent, sentence) in cases {
            let result = client.flag(.raise, 1, hub) {
                $0.category = category
                $0.agent = agent
            }
            #expect(result.status == .notFound && result.owner == sentence, "\(result)")
        }
        #expect(hub.flag(1) == nil)
        let open = anna.flag(.raise, 1, hub) { $0.category = "refund" }
        #expect(open.status == .ok)
        // The same flag again is the same flag, whatever became of the roster's categories.
        #expect(anna.flag(.raise, 1, hub) { $0.category = "gone" }.status == .ok)
    }

    @Test("None is right, and everything is while the roster has no categories or teams")
    func nothingKnown() throws {
        let hasty = try hub(categories: [RosterCategory("refund")])
        let anna = hasty.join("anna")
        #expect(anna.flag(.raise, 1, hasty).status == .ok)
        let open = try hub(teams: [], categories: [])
        let other = open.join("anna")
        #expect(other.flag(.raise, 2, open) { $0.category = "anything" }.status == .ok)
    }

    @Test("A team that the roster does not have is refused")
    func teams() throws {
        let hub = try hub(teams: [RosterTeam(site: "bj", team: "sale")], categories: [])
        let anna = hub.join("anna")
        let result = anna.flag(.raise, 1, hub)
        #expect(result.status == .notFound, "\(result)")
        #expect(result.owner == "no such team; did you mean bj/sale?")
    }

    @Test("A name that the sentence has no room for is left out, and the sentence is whole")
    func longNames() throws {
        let code = String(repeating: "x", count: 32)
        let hub = try hub(categories: [RosterCategory(code)])
        let anna = hub.join("anna")
        let long = anna.flag(.raise, 1, hub) { $0.category = code.dropLast() + "y" }
        #expect(long.owner == "no such category; did you mean \(code)?", "\(long.owner)")
        let team = String(repeating: "t", count: 48)
        let wide = try self.hub(teams: [RosterTeam(site: "bj", team: team)], categories: [])
        let result = wide.join("anna").flag(.raise, 1, wide)
        #expect(result.owner == "no such team")
    }
}
