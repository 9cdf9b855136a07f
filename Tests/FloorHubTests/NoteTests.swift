import FloorBusTestKit
import FloorEvents
import FloorHub
import FloorRoster
import FloorWire
import Testing

/// Notes: to everybody, to a team, to one person; read, withdrawn, over.
struct NoteTests {
    private func durableHub() -> HubHarness { HubHarness { $0.isDurable = true } }

    private func noteKey(_ number: UInt64, _ place: String = "bj/sales") -> String {
        "note/\(place)/\(flagID(number).text)/"
    }

    private func send(
        _ client: HarnessClient,
        _ hub: HubHarness,
        _ number: UInt64,
        _ note: FloorNote,
        at place: String = "bj/sales"
    ) throws -> ResultRun {
        var payload: [UInt8] = []
        try note.append(to: &payload)
        let header = RecordHeader(.note, .append, schema: PayloadSchema.note)
        _ = client.take()
        client.publish([HarnessOperation(header, noteKey(number, place), payload)])
        hub.turn()
        return try #require(client.takeResults().last)
    }

    private func operate(
        _ client: HarnessClient,
        _ hub: HubHarness,
        _ operation: RecordOperation,
        _ number: UInt64
    ) -> FloorStatus? {
        _ = client.take()
        let header = RecordHeader(.note, operation, schema: PayloadSchema.note)
        client.publish([HarnessOperation(header, noteKey(number))])
        hub.turn()
        return client.takeResults().last?.status
    }

    @Test("A team's note reaches readers now and later, and its sender learns who has read it")
    func toTeam() throws {
        let hub = durableHub()
        let lead = hub.join("lead")
        let ana = hub.join("ana")
        ana.subscribe(1, "note/bj/sales/")
        lead.subscribe(1, "personal/bj/lead/")
        hub.turn()
        _ = (ana.take(), lead.take())
        #expect(try send(lead, hub, 1, FloorNote(.announcement, text: "new tariff")).status == .ok)
        let got = try #require(ana.takeRecords().first)
        let note = try FloorNote(payload: got.payload.span)
        #expect(note.text == "new tariff" && note.sender == "lead" && note.sentAt > 0)
        #expect(note.expiresAt == note.sentAt + Limits.noteLifeMicroseconds)
        _ = lead.take()
        #expect(operate(ana, hub, .seen, 1) == .ok)
        #expect(operate(ana, hub, .seen, 1) == .ok, "read twice is read once")
        #expect(ana.takeRecords().isEmpty, "who has read it is for the sender alone")
        let receipts = lead.takeRecords().compactMap { try? FloorNote(payload: $0.payload.span) }
        #expect(receipts.map(\.receipts) == [1] && receipts.first?.readers == ["ana"])
        let late = hub.join("late")
        late.subscribe(1, "note/")
        hub.turn()
        #expect(late.takeRecords().map(\.key) == [noteKey(1)])
        #expect(operate(ana, hub, .cancel, 1) == .denied)
        #expect(operate(lead, hub, .cancel, 1) == .ok)
        #expect(operate(ana, hub, .seen, 1) == .wrongState)
        let later = hub.join("later")
        later.subscribe(1, "note/")
        hub.turn()
        #expect(later.takeRecords().isEmpty)
        #expect(hub.violations == [])
    }

    @Test("A reminder is to one person, under a key of their own")
    func toPerson() throws {
        let hub = durableHub()
        let lead = hub.join("lead")
        let ana = hub.join("ana")
        let bo = hub.join("bo")
        ana.subscribe(1, "personal/bj/ana/")
        bo.subscribe(1, "note/")
        hub.turn()
        _ = (ana.take(), bo.take())
        var note = FloorNote(.reminder, text: "ask for the order number first")
        #expect(try send(lead, hub, 1, note).status == .invalid, "to whom?")
        note.person = "ana"
        #expect(try send(lead, hub, 1, note).status == .ok)
        #expect(try send(lead, hub, 1, note).revision == .zero, "sent again is the same note")
        #expect(ana.takeRecords().map(\.key) == ["personal/bj/ana/\(flagID(1).text)/"])
        #expect(bo.takeRecords().isEmpty)
        #expect(operate(bo, hub, .seen, 1) == .denied)
        #expect(try send(bo, hub, 1, note).status == .denied, "another's id")
    }

    @Test(
        "Whoever has written to one person sees the note before it is read, and what becomes of it"
    )
    func senderOfOne() throws {
        let hub = durableHub()
        let lead = hub.join("lead")
        _ = hub.join("ana")
        var note = FloorNote(.reminder, text: "ask for the order number first")
        note.person = "ana"
        for number: UInt64 in [1, 2] {
            #expect(try send(lead, hub, number, note).status == .ok)
        }
        func own() throws -> [NoteStatus] {
            _ = lead.take()
            lead.ask(.get, "personal/bj/lead/")
            hub.turn()
            return try lead.takeRecords().sorted { $0.key < $1.key }
                .map { try FloorNote(payload: $0.payload.span) }
                .map { found in
                    #expect(found.receipts == 0 && found.text == note.text)
                    return found.status
                }
        }
        #expect(try own() == [.active, .active])
        #expect(operate(lead, hub, .cancel, 1) == .ok)
        #expect(try own() == [.withdrawn, .active])
        hub.restart()
        lead.reconnect()
        lead.hello()
        hub.turn()
        #expect(try own() == [.withdrawn, .active])
        #expect(hub.violations == [])
    }

    @Test("Whoever has sent a note to a team reads at once who is yet to read it")
    func senderOfMany() throws {
        let hub = try SmallFloor.hub()
        let (lead, ana) = (hub.join("lead"), hub.join("ana"))
        var note = FloorNote(.announcement, text: "new tariff")
        note.roles = .agent
        #expect(try send(lead, hub, 1, note).status == .ok)
        func own() throws -> FloorNote {
            _ = lead.take()
            lead.ask(.get, "personal/bj/lead/")
            hub.turn()
            let last = try #require(lead.takeRecords().last)
            return try FloorNote(payload: last.payload.span)
        }
        #expect(try own().waiting == ["ana", "bo"] && own().addressed == 2)
        #expect(operate(ana, hub, .seen, 1) == .ok)
        #expect(try own().waiting == ["bo"] && own().readers == ["ana"])
        #expect(operate(lead, hub, .cancel, 1) == .ok)
        #expect(try own().status == .withdrawn && own().readers == ["ana"])
        #expect(hub.violations == [])
    }

    @Test("A note is over when its time has come, also across a restart")
    func expiry() throws {
        let hub = durableHub()
        let lead = hub.join("lead")
        var note = FloorNote(.announcement, text: "lunch at one")
        note.expiresAt = hub.time.wall - 1
        #expect(try send(lead, hub, 1, note).status == .expired)
        note.expiresAt = hub.time.wall + 60_000_000
        #expect(try send(lead, hub, 1, note).status == .ok)
        hub.restart()
        lead.reconnect()
        hub.advance(milliseconds: 58_000)
        let ana = hub.join("ana")
        ana.subscribe(1, "note/")
        hub.turn()
        #expect(ana.takeRecords().count == 1)
        ana.ping()
        hub.advance(milliseconds: 2_500)
        let ended = try #require(ana.takeRecords().last)
        #expect(ended.header.operation == .expire)
        #expect(try FloorNote(payload: ended.payload.span).status == .expired)
    }

    @Test("Whoever is told that a note is for nobody has sent none")
    func toNobody() throws {
        let roster = try Roster(
            people: [
                RosterPerson("lead", roles: .supervisor, site: "bj"),
                RosterPerson("ana", roles: .agent, site: "bj"),
            ],
            teams: [RosterTeam(site: "bj", team: "sales")]
        )
        let hub = HubHarness {
            $0.isDurable = true
            $0.roster = roster
        }
        let lead = hub.join("lead")
        var note = FloorNote(.reminder, text: "hello")
        note.person = "zoe"
        let refused = try send(lead, hub, 1, note)
        #expect(refused.status == .notFound && refused.owner == "nobody of that name")
        var toBoards = FloorNote(.announcement, text: "hello")
        toBoards.roles = .wallboard
        #expect(try send(lead, hub, 2, toBoards, at: "bj/-").status == .notFound)
        toBoards.roles = .agent
        #expect(try send(lead, hub, 2, toBoards, at: "bj/-").status == .ok)
    }
}
