import FloorEvents
import FloorRoster
import Testing

/// The name that was meant by one that is not there, and where notes can go.
@Suite("Names nearly in a roster") struct MisspellingTests {
    private func roster(people: [String] = [], categories: [String] = []) throws -> Roster {
        try Roster(
            people: people.map { RosterPerson($0, roles: .agent) },
            teams: [
                RosterTeam(site: "bj", team: "sales"), RosterTeam(site: "bj", team: "care"),
                RosterTeam(site: "new york", team: "care/night"),
            ],
            categories: categories.map { RosterCategory($0) }
        )
    }

    @Test("One or two letters away, capitals and changed neighbours, and nothing further")
    func distances() throws {
        let roster = try roster(categories: ["refund", "outage", "tax", "login page"])
        for (written, meant) in [
            ("refnd", "refund"), ("refunds", "refund"), ("Refund", "refund"), ("refnud", "refund"),
            ("reefunnd", "refund"), ("ouatge", "outage"), ("taxi", "tax"),
            ("tx", "tax"), ("login-page", "login page"), ("LOGIN PAGE", "login page"),
        ] {
            #expect(roster.categoryNear(written) == meant, "\(written)")
        }
        for far in ["", "t", "rfnd", "weather", "rnd", "ref", "login", "refundoutage"] {
            #expect(roster.categoryNear(far) == nil, "\(far)")
        }
    }

    @Test("Several that are as near are none; one that is nearer than the others is meant")
    func ties() throws {
        let roster = try roster(people: ["4711", "4712", "wall-1", "anna", "annabel", "annabell"])
        #expect(roster.personNear("4713") == nil && roster.personNear("4711x") == "4711")
        #expect(roster.personNear("wall-2") == "wall-1" && roster.personNear("ana") == "anna")
        #expect(roster.personNear("annabella") == "annabell")
        #expect(roster.personNear("annabeel") == nil)
    }

    @Test("Of a long list those around the name in order are looked at, whoever is asked for")
    func long() throws {
        let names = (10_000..<18_000).map { "agent-\($0)" } + ["zoe-1"]
        let roster = try roster(people: names)
        #expect(roster.personNear("zoe-2") == "zoe-1")
        #expect(roster.personNear("agent-10000x") == "agent-10000")
        #expect(roster.personNear("!") == nil && roster.personNear("\u{10FFFF}") == nil)
    }

    private func bytes(_ place: String) throws -> [UInt8] {
        try FloorKey("note/" + place + "/x/").bytes
    }

    @Test("A place is a team, a site or everywhere")
    func places() throws {
        let roster = try roster()
        for place in ["bj/sales", "bj/-", "-/care", "-/-", "new york/care%2Fnight", "new york/-"] {
            let key = try bytes(place)
            let has = roster.hasPlace(ofKey: key.span)
            #expect(has, "\(place)")
        }
        for place in ["bj/night", "ny/-", "-/night", "ny/care", "b/-", "bjx/-", "-/car", "-/cares"]
        {
            let key = try bytes(place)
            let has = roster.hasPlace(ofKey: key.span)
            #expect(!has, "\(place)")
        }
        let written = try bytes("bj/saels")
        let near = roster.teamNear(key: written.span)
        #expect(near == "bj/sales")
        let none = try Roster(people: [RosterPerson("ana", roles: .agent)])
        let anywhere = try bytes("anywhere/at all")
        let has = none.hasPlace(ofKey: anywhere.span)
        #expect(has)
    }
}
