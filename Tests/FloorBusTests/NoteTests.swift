import FloorBus
import FloorEvents
import Testing

extension RealSockets {
    /// Notes through the Swift API.
    @Suite struct NoteTests {
        @Test("A reminder waits while its reader is on a call; the sender learns that it was read")
        func inbox() async throws {
            var configuration = HubConfiguration()
            configuration.listen = ["tcp://127.0.0.1:0"]
            let hub = try EmbeddedHub(configuration)
            defer { hub.stop() }
            let lead = try FloorBusClient.connect(to: hub.endpoints[0], as: "lead")
            let ana = try FloorBusClient.connect(to: hub.endpoints[0], as: "ana")
            let desk = try FloorKey(.agent, site: "bj", unit: "sales", entity: "ana")
            try await ana.publish(.agent(AgentState(activity: .busy)), to: desk)
            let inbox: NoteInbox = try ana.inbox(site: "bj", team: "sales")
            let receipts = try lead.subscribe(to: try KeyFilter("personal/bj/lead/"))
            var reminder = FloorNote(.reminder, text: "order number first")
            reminder.person = "ana"
            let sent: NoteReceipt = try await lead.sendNote(reminder, site: "bj")
            var urgent = FloorNote(.announcement, text: "system down")
            urgent.priority = .urgent
            let warning = try await lead.sendNote(urgent, site: "bj", team: "sales")
            var iterator = inbox.makeAsyncIterator()
            #expect(try await iterator.next()?.text == "system down")
            try await ana.publish(.agent(AgentState(activity: .ready)), to: desk)
            #expect(try await iterator.next()?.text == "order number first")
            #expect(sent.key.text == "note/bj/-/\(sent.id.text)/")
            #expect(try await ana.acknowledgeNote(sent.key) != .notFound)
            for try await event in receipts {
                guard case .record(let record) = event, let note = try record.note else {
                    continue
                }
                // First as it was sent.
                guard note.receipts > 0 else { continue }
                #expect(note.receipts == 1 && note.readers == ["ana"])
                break
            }
            #expect(try await ana.withdrawNote(warning.key) == .notEligible("not the sender"))
            #expect(try await lead.withdrawNote(warning.key) != .notFound)
            #expect(try await iterator.next()?.status == .withdrawn)
            for client in [ana, lead] { await client.close() }
        }
    }
}
