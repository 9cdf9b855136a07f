import FloorBusTestKit
import FloorEvents
import FloorRoster
import FloorWire
import Testing

@testable import FloorHub

/// A floor with every role, as most rosters have it.
enum SmallFloor {
    static let people = [
        RosterPerson("ana", roles: .agent, site: "bj", team: "sales", manager: "deputy"),
        RosterPerson("bo", roles: .agent, site: "bj", team: "sales", manager: "lead"),
        RosterPerson("cy", roles: .agent, site: "bj", team: "care", manager: "head"),
        RosterPerson("sun", roles: .supporter, site: "bj"),
        RosterPerson("tom", roles: .supporter, site: "bj"),
        RosterPerson("lead", roles: .supervisor, site: "bj", team: "sales", manager: "head"),
        // Above ana alone of those in sales, and a supporter too.
        RosterPerson(
            "deputy",
            roles: [.supervisor, .supporter],
            site: "bj",
            team: "sales",
            manager: "lead"
        ),
        // Above everybody, and a supporter too.
        RosterPerson("head", roles: [.supervisor, .supporter], site: "bj"),
        RosterPerson("region", roles: .supervisor),
        RosterPerson("wall", roles: .wallboard),
        RosterPerson("pbx", roles: .system),
    ]
    static let teams = [
        RosterTeam(site: "bj", team: "sales"), RosterTeam(site: "bj", team: "care"),
    ]

    static func hub(seed: UInt64 = 1) throws -> HubHarness {
        let roster = try Roster(people: people, teams: teams)
        return HubHarness(seed: seed) {
            $0.isDurable = true
            $0.hasTap = true
            $0.roster = roster
        }
    }
}

extension HarnessClient {
    /// What a GET says: status, keys in their order, and whether that is a part.
    func readable(
        _ filter: String,
        _ hub: HubHarness,
        asMayBeRead: Bool = true,
        maximumBytes: UInt32 = UInt32(Limits.replyBytes)
    ) -> (status: FloorStatus, keys: [String], isPartial: Bool) {
        _ = take()
        var keys: [String] = []
        var cursor: UInt64 = 0
        var isPartial = false
        while true {
            ask(
                .get,
                filter,
                cursor: cursor,
                maximumBytes: maximumBytes,
                asMayBeRead: asMayBeRead
            )
            hub.turn()
            var ending: ReplyEnd?
            for message in take() {
                keys += message.records.map(\.key)
                guard case .replyEnd(let end) = message.content else { continue }
                ending = end
                isPartial = isPartial || message.header.flags & FrameFlags.partial != 0
            }
            guard let ending else { return (.timedOut, keys, isPartial) }
            guard ending.more else { return (ending.status, keys, isPartial) }
            cursor = ending.cursor
        }
    }
}

/// An unbounded question means "what I may read", and an id is found within that.
@Suite struct ReadableTests {
    private func floor() throws -> HubHarness {
        let hub = try SmallFloor.hub()
        let (ana, cy) = (hub.join("ana"), hub.join("cy"))
        #expect(ana.flag(.raise, 1, hub).status == .ok)
        #expect(cy.operate(.raise, "flag/bj/care/\(flagID(2).text)/", hub).status == .ok)
        return hub
    }

    @Test("A question that is wider than the grants is answered with what may be read")
    func parts() throws {
        let hub = try floor()
        let sales = flagKey(1)
        let care = "flag/bj/care/\(flagID(2).text)/"
        let (ana, sun, lead) = (hub.join("ana"), hub.join("sun"), hub.join("lead"))
        let (wall, pbx) = (hub.join("wall"), hub.join("pbx"))
        for filter in ["flag/", "flag/+/+/\(flagID(1).text)/", "+/+/sales/"] {
            let found = lead.readable(filter, hub)
            #expect(found.status == .ok && found.isPartial, "\(filter)")
            #expect(found.keys.filter { $0.hasPrefix("flag/") } == [sales], "\(filter)")
        }
        let all = pbx.readable("flag/", hub)
        #expect(all.keys.sorted() == [care, sales] && !all.isPartial)
        let supporters = sun.readable("flag/", hub)
        #expect(supporters.keys.sorted() == [care, sales] && supporters.isPartial)
        let own = ana.readable("private/+/+/\(flagID(1).text)/", hub)
        #expect(own.keys == ["private/bj/ana/\(flagID(1).text)/"] && own.isPartial)
        #expect(ana.readable("private/+/+/\(flagID(2).text)/", hub).keys == [])
        // Of what nothing may be read there is no part; and old clients are told all or nothing.
        #expect(ana.readable("flag/", hub).status == .denied)
        #expect(wall.readable("private/", hub).status == .denied)
        #expect(lead.readable("flag/", hub, asMayBeRead: false).status == .denied)
        #expect(hub.violations == [])
    }

    @Test("Nobody is written down for asking what they may read, wherever; a place is a place")
    func nothingIsNoDenial() throws {
        let hub = try floor()
        let (ana, wall) = (hub.join("ana"), hub.join("wall"))
        for filter in ["flag/", "flag/+/+/\(flagID(1).text)/", "flag/+/", "private/+/+/"] {
            #expect(wall.readable(filter, hub).status != .timedOut)
        }
        #expect(ana.readable("flag/", hub).status == .denied)
        #expect(ana.readable("flag/+/+/\(flagID(2).text)/", hub).status == .denied)
        #expect(wall.readable("private/", hub).status == .denied)
        #expect(hub.hub.statistics.denied == 0)
        // Of a place or a person the question is whether one may.
        var count: UInt64 = 0
        for filter in ["flag/bj/", "private/+/cy/", "flag/+/sales/", "flag/bj/+/x/"] {
            #expect(ana.readable(filter, hub).status == .denied, "\(filter)")
            count += 1
            #expect(hub.hub.statistics.denied == count, "\(filter)")
        }
        #expect(ana.readable("flag/", hub, asMayBeRead: false).status == .denied)
        #expect(hub.hub.statistics.denied == count + 1)
        #expect(hub.violations == [])
    }

    @Test("Parts that overlap tell each key once, page by page")
    func pages() throws {
        let roster = try Roster(
            people: [
                RosterPerson("pbx", roles: .system), RosterPerson("eye", roles: .wallboard),
            ],
            teams: SmallFloor.teams,
            grants: [
                RosterGrant(
                    .wallboard,
                    read: ["custom/bj/", "custom/+/sales/", "queue/", "custom/sh/care/"]
                )
            ]
        )
        let hub = HubHarness { $0.roster = roster }
        let pbx = hub.join("pbx")
        var wanted: Set<String> = []
        var number = 0
        for site in ["bj", "sh", "gz"] {
            for team in ["sales", "care"] {
                for _ in 0..<40 {
                    number += 1
                    let key = "custom/\(site)/\(team)/\(number)/"
                    pbx.publish([.put(key, String(repeating: "x", count: 2_000))])
                    if (site, team) != ("gz", "care") { wanted.insert(key) }
                }
                hub.turn()
            }
        }
        let eye = hub.join("eye")
        // What the roster says of itself is everybody's: two people.
        wanted.formUnion(["catalogue/-/person/pbx/", "catalogue/-/person/eye/"])
        let found = eye.readable("+/", hub, maximumBytes: 20_000)
        #expect(found.keys.count == wanted.count && Set(found.keys) == wanted)
        #expect(found.isPartial && found.status == .ok)
    }

    @Test("A flag is operated on by its id alone, within what whoever asks may do")
    func byID() throws {
        let hub = try floor()
        let key = "flag/-/-/\(flagID(1).text)/"
        let (ana, bo, cy) = (hub.join("ana"), hub.join("bo"), hub.join("cy"))
        let (sun, wall) = (hub.join("sun"), hub.join("wall"))
        #expect(wall.operate(.claim, key, hub).status == .denied)
        #expect(cy.operate(.cancel, key, hub).status == .denied, "another team's")
        let others = bo.operate(.cancel, key, hub)
        #expect(others.status == .denied && others.owner == "not the asker")
        #expect(sun.operate(.claim, "flag/-/-/\(flagID(9).text)/", hub).status == .notFound)
        #expect(sun.operate(.claim, "flag/bj/care/\(flagID(1).text)/", hub).status == .notFound)
        #expect(sun.operate(.claim, key, hub).status == .ok)
        #expect(ana.operate(.cancel, key, hub).status == .ok)
        // What does not exist yet has no other key.
        #expect(ana.operate(.raise, "flag/-/-/\(flagID(3).text)/", hub).status == .denied)
    }
}

extension HarnessClient {
    /// One operation on a flag or a note and its result, with the commit that it waits for.
    func operate(
        _ operation: RecordOperation,
        _ key: String,
        _ hub: HubHarness,
        _ change: (inout FlagRequest) -> Void = { _ in }
    ) -> ResultRun {
        _ = take()
        let isFlag = key.hasPrefix("flag/")
        var payload: [UInt8] = []
        if isFlag {
            var request = FlagRequest()
            change(&request)
            try? request.append(to: &payload)
        }
        let schema = isFlag ? PayloadSchema.flagRequest : PayloadSchema.note
        let kind: RecordKind = isFlag ? .flag : .note
        let header = RecordHeader(kind, operation, schema: schema)
        publish([HarnessOperation(header, key, payload)])
        hub.turn()
        return takeResults().last ?? ResultRun(1, .internal)
    }

    /// Sends a note, and its result.
    func send(
        _ note: FloorNote,
        _ number: UInt64,
        at place: String,
        _ hub: HubHarness
    ) throws
        -> ResultRun
    {
        _ = take()
        var payload: [UInt8] = []
        try note.append(to: &payload)
        let header = RecordHeader(.note, .append, schema: PayloadSchema.note)
        let key = "note/\(place)/\(flagID(number).text)/"
        publish([HarnessOperation(header, key, payload)])
        hub.turn()
        return takeResults().last ?? ResultRun(1, .internal)
    }
}
