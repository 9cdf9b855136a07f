import FloorEvents
import FloorRoster
import Testing

@testable import FloorHub

/// Whom notes are for is looked up once for a place, whoever sends how many.
@Suite("Audiences of notes")
struct AudienceTests {
    private static let places = ["-/-", "bj/-", "bj/sales", "bj/care", "sh/-", "-/sales"]
    private static let roles: [Roles] = [
        [], .agent, .supporter, [.agent, .supervisor], .wallboard,
    ]

    private func audiences() throws -> [(key: FloorKey, roles: Roles)] {
        try Self.places.flatMap { place in
            let key = try FloorKey("note/\(place)/\(FloorID(high: 1, low: 1).text)/")
            return Self.roles.map { (key, $0) }
        }
    }

    @Test("They are those whom the roster addresses, but for the sender")
    func same() throws {
        let roster = try Roster(people: SmallFloor.people, teams: SmallFloor.teams)
        let grants = Grants(roster)
        for sender in ["ana", "lead", "pbx", "nobody"] {
            for (key, roles) in try audiences() {
                var note = FloorNote(.announcement, text: "x")
                note.roles = roles
                let meant: Roles = roles.isEmpty ? [.agent, .supporter, .supervisor] : roles
                let expected = roster.people.indices.filter {
                    roster.isAddressed($0, by: key.bytes.span, meant)
                }
                .map { roster.people[$0].id }
                #expect(grants.hasAnybody(roles, key) == !expected.isEmpty)
                let found = grants.audience(of: note, key, besides: sender)
                let others = expected.filter { $0 != sender }
                #expect(found.count == others.count && found.names == others, "\(key.text)")
            }
        }
    }

    @Test("A place costs a look at everybody once, and a new roster once more")
    func once() throws {
        let people = (0..<500).map {
            RosterPerson("a\($0)", roles: .agent, site: "bj", team: "sales")
        }
        let roster = try Roster(people: people, teams: SmallFloor.teams)
        let audiences = Audiences()
        let key = try FloorKey("note/bj/sales/\(FloorID(high: 1, low: 1).text)/")
        for _ in 0..<100 { #expect(audiences.audience(key, .agent, roster).count == 500) }
        #expect(audiences.looked == 500)
        #expect(audiences.audience(key, .agent, roster).people.count == Limits.noteReaders + 1)
        audiences.forget()
        _ = audiences.audience(key, .agent, roster)
        #expect(audiences.looked == 1000)
    }
}
