import FloorBusTestKit
import FloorEvents
import FloorHub
import FloorRoster
import FloorWire
import Testing

/// Two spellings of one letter are two names, wherever the hub asks who somebody is.
@Suite("Names by their bytes")
struct ExactNameTests {
    /// Composed and decomposed: equal as Swift's texts.
    private static let names = ["Z\u{e9}", "Ze\u{301}"]

    private func floor() throws -> HubHarness {
        #expect(Self.names[0] == Self.names[1])
        var people = Self.names.map { RosterPerson($0, roles: .agent, site: "bj", team: "sales") }
        people += Self.names.map {
            RosterPerson("s" + $0, roles: [.supporter, .supervisor], site: "bj")
        }
        people.append(RosterPerson("reader", roles: .supporter, site: "bj"))
        let roster = try Roster(
            people: people,
            teams: [RosterTeam(site: "bj", team: "sales")]
        )
        return HubHarness {
            $0.isDurable = true
            $0.roster = roster
        }
    }

    @Test("Each has flags of their own, and nobody ends or rates another's")
    func flags() throws {
        let hub = try floor()
        let (one, other) = (hub.join(Self.names[0]), hub.join(Self.names[1]))
        for (place, client) in [one, other].enumerated() {
            let result = client.flag(.raise, UInt64(place + 1), hub) { $0.callReference = "c1" }
            #expect(result.status == .ok, "\(result)")
        }
        #expect(other.flag(.cancel, 1, hub).status == .denied)
        #expect(one.flag(.cancel, 2, hub).status == .denied)
        let helper = hub.join("s" + Self.names[0])
        let second = hub.join("s" + Self.names[1])
        #expect(helper.flag(.claim, 1, hub).status == .ok)
        let late = second.flag(.claim, 1, hub)
        #expect(late.status == .conflict && late.owner.exact == ("s" + Self.names[0]).exact)
        #expect(second.flag(.claim, 2, hub).status == .ok)
        #expect(hub.flag(1)?.owner.exact == ("s" + Self.names[0]).exact)
        #expect(hub.flag(2)?.owner.exact == ("s" + Self.names[1]).exact)
        #expect(other.flag(.cancel, 2, hub).status == .ok)
        #expect(hub.flag(1)?.isEnded == false)
        #expect(hub.violations == [])
    }

    @Test("Order and hash follow the bytes")
    func values() {
        let (one, other) = (Self.names[0].exact, Self.names[1].exact)
        #expect(one != other && other < one && !(one < other))
        #expect(Set([one, other, Self.names[0].exact]).count == 2)
        #expect(Self.names.prefix(1).contains(exactly: Self.names[0]))
        #expect(!Self.names.prefix(1).contains(exactly: Self.names[1]))
        #expect(one.text.utf8.elementsEqual(Self.names[0].utf8))
    }
}
