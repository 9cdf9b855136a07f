import FloorBusTestKit
import FloorEvents
import FloorRoster
import FloorWire
import Testing

@testable import FloorHub

/// What a denial leaves behind, and what the rules of flags ask the roster.
extension GrantTests {
    // MARK: the audit

    @Test func everyDenialIsJournalledAndWhoeverMayReadsIt() throws {
        let hub = try hub()
        let (pbx, wall) = (hub.join("pbx"), hub.join("wall"))
        pbx.subscribe(1, "private/-/hub/")
        hub.turn()
        _ = pbx.take()
        wall.publish([.put("queue/bj/sales/1/", "x")])
        wall.ask(.get, "flag/bj/")
        hub.client("eve").hello()
        hub.turn()
        let records = pbx.takeRecords()
        let denials = try records.map { try Denial(payload: $0.payload.span) }
        #expect(
            denials == [
                Denial(
                    .publish,
                    .put,
                    principal: "wall",
                    key: "queue/bj/sales/1/",
                    reason: "no grant to publish"
                ),
                Denial(.get, principal: "wall", key: "flag/bj/", reason: "no grant to read"),
                Denial(
                    .hello,
                    principal: "eve",
                    key: "presence/-/-/eve/",
                    reason: "not in the roster"
                ),
            ]
        )
        #expect(records.allSatisfy { $0.key == "private/-/hub/audit/" })
        #expect(records.allSatisfy { $0.header.producer == .zero && $0.header.schema == 16 })
        #expect(hub.violations == [])
    }

    @Test func aLoopOfDenialsDoesNotFillTheJournalAndNoneIsForgotten() throws {
        let hub = try hub()
        let (pbx, wall) = (hub.join("pbx"), hub.join("wall"))
        pbx.subscribe(1, "private/-/hub/")
        hub.turn()
        _ = pbx.drain(hub)
        for _ in 0..<3 {
            wall.publish((0..<150).map { _ in .event("event/bj/sales/x/", "x") })
            hub.turn()
        }
        let first = pbx.drain(hub).flatMap(\.records)
        #expect(first.count == Limits.auditsPerSecond)
        hub.advance(milliseconds: 1000)
        wall.publish([.event("event/bj/sales/x/", "x")])
        hub.turn()
        let next = try pbx.drain(hub).flatMap(\.records).map {
            try Denial(payload: $0.payload.span)
        }
        #expect(next.map(\.missed) == [350])
        #expect(hub.hub.statistics.denied == 451)
    }

    @Test func anAuditThatTheJournalLosesTakesNobodysResultWithIt() throws {
        let hub = try hub()
        let (ana, wall) = (hub.join("ana"), hub.join("wall"))
        hub.journal.mode = .held
        wall.publish([.event("event/bj/sales/wall/", "x")])
        ana.publish([.event("event/bj/sales/ana/", "1")])
        hub.turn()
        #expect(wall.takeStatuses() == [.denied])
        hub.failHeld()
        #expect(ana.takeStatuses() == [.storage])
        #expect(hub.violations == [])
    }

    // MARK: flags

    @Test func aManagerOfTheAskerIsNoEligibleSupporterAndMayNotClaim() throws {
        var people = Self.people
        people[0].manager = "lead"
        people[2].roles = [.supervisor, .supporter]
        people.append(RosterPerson("sup", roles: .supporter, site: "bj"))
        let roster = try Roster(people: people, teams: Self.teams)
        let hub = HubHarness { $0.roster = roster }
        let (ana, lead, sup) = (hub.join("ana"), hub.join("lead"), hub.join("sup"))
        var payload: [UInt8] = []
        var presence = Presence(sessions: 0, since: 0)
        presence.supporter = .available
        presence.append(to: &payload)
        for (client, name) in [(lead, "lead"), (sup, "sup")] {
            let header = RecordHeader(.presence, .put, schema: PayloadSchema.presence)
            client.publish([HarnessOperation(header, "presence/-/-/\(name)/", payload)])
        }
        hub.turn()
        #expect(lead.takeStatuses() == [.ok] && sup.takeStatuses() == [.ok])
        let key = "flag/bj/sales/" + FloorID(high: 1, low: 2).text + "/"
        func operate(_ operation: RecordOperation) throws -> HarnessOperation {
            var payload: [UInt8] = []
            try FlagRequest().append(to: &payload)
            let header = RecordHeader(.flag, operation, schema: PayloadSchema.flagRequest)
            return HarnessOperation(header, key, payload)
        }
        ana.publish([try operate(.raise)])
        hub.turn()
        // One of the two who are available: the other one manages her.
        #expect(ana.takeResults().map(\.claimGeneration) == [1])
        lead.publish([try operate(.claim)])
        hub.turn()
        #expect(run(lead.takeResults()) == ["denied: manages the asker"])
        ana.publish([try operate(.claim)])
        hub.turn()
        #expect(ana.takeStatuses() == [.denied])
    }
}
