import FloorBusTestKit
import FloorEvents
import FloorHub
import FloorWire
import Testing

/// Every change of agents and queues reaches the journal's history, once, in order.
struct HistoryTests {
    private let agent = "agent/bj/sales/4711/"
    private let queue = "queue/bj/calls/sales/"

    private func hub() -> HubHarness {
        HubHarness {
            $0.isDurable = true
            $0.keepsHistory = true
        }
    }

    private func payloads(_ hub: HubHarness) -> [String] {
        hub.journal.history.map { String(decoding: $0.payload, as: UTF8.self) }
    }

    /// The hub's checkpoint of values comes after half a second.
    private func checkpoint(_ hub: HubHarness) {
        hub.advance(milliseconds: 600)
        hub.turn()
    }

    @Test("Of values that change within one checkpoint the last is stored, and all are history")
    func everyChange() {
        let hub = hub()
        let ana = hub.join("ana")
        for text in ["one", "two", "three"] { ana.publish(agent, text) }
        ana.publish(queue, "full")
        ana.publish("custom/bj/sales/1/", "not this")
        ana.publish([.delete(agent)])
        hub.turn()
        checkpoint(hub)
        #expect(payloads(hub) == ["one", "two", "three", "full", ""])
        let revisions = hub.journal.history.map { $0.header.revision }
        #expect(revisions == revisions.sorted())
        // Each names the one of its key before it: whoever reads sees that none is missing.
        let own = hub.journal.history.filter { $0.key == agent }
        for (before, after) in zip(own, own.dropFirst()) {
            #expect(after.header.previous == before.header.revision)
        }
        checkpoint(hub)
        #expect(payloads(hub).count == 5)
    }

    @Test("What a lost batch had is handed over again; nothing is missing, nothing twice")
    func lostBatch() {
        let hub = hub()
        let ana = hub.join("ana")
        ana.publish(agent, "one")
        checkpoint(hub)
        hub.journal.mode = .failing
        ana.publish(agent, "two")
        checkpoint(hub)
        ana.publish(agent, "three")
        checkpoint(hub)
        #expect(payloads(hub) == ["one"])
        hub.journal.mode = .immediate
        hub.advance(milliseconds: 1100)
        hub.turn()
        #expect(payloads(hub).filter { !$0.isEmpty } == ["one", "two", "three"])
        #expect(hub.hub.statistics.historyLost == 0)
    }

    @Test("A journal that cannot store for long loses history, and the hub counts what")
    func bounded() {
        let hub = hub()
        let ana = hub.join("ana")
        hub.journal.mode = .failing
        let big = String(repeating: "x", count: 16_000)
        let room = Limits.historyBytes / (big.utf8.count + 80 + agent.utf8.count)
        for _ in 0..<(room + 5) {
            ana.publish(agent, big)
            hub.turn()
        }
        let lost = hub.hub.statistics.historyLost
        #expect((1...6).contains(lost), "\(lost)")
        hub.journal.mode = .immediate
        hub.advance(milliseconds: 1100)
        hub.turn()
        #expect(hub.journal.history.count == room + 5 - Int(lost))
        ana.publish(agent, "late")
        checkpoint(hub)
        let last = hub.journal.history.suffix(2).map { $0.header }
        #expect(last[1].previous != last[0].revision)
        #expect(hub.hub.statistics.historyLost == lost)
    }

    @Test("A desktop that falls silent is history too, and a hub without one has none")
    func silence() {
        let hub = hub()
        let ana = hub.join("ana")
        ana.publish(agent, "one")
        hub.turn()
        hub.advance(milliseconds: 5000)
        hub.turn()
        checkpoint(hub)
        let freshness = hub.journal.history.map { $0.header.flags.freshness }
        #expect(freshness == [.live, .suspect])
        let plain = HubHarness { $0.isDurable = true }
        let ben = plain.join("ben")
        ben.publish(agent, "one")
        checkpoint(plain)
        #expect(plain.journal.history.isEmpty)
    }
}
