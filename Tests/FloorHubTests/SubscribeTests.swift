import FloorBusTestKit
import FloorEvents
import FloorHub
import FloorWire
import Testing

/// Snapshots, live changes and resume on the state lane (rules 4, 7 and 8).
@Suite struct SubscribeTests {
    @Test func overlappingFiltersDeliverAChangeOnce() {
        let hub = HubHarness()
        let ana = hub.join("ana")
        let bo = hub.join("bo")
        for (n, filter) in ["custom/", "custom/bj/", "custom/+/sales/", key(1), "+/"].enumerated() {
            bo.subscribe(UInt32(n + 1), filter)
        }
        hub.turn()
        _ = bo.take()
        ana.publish([.put(key(1), "a"), .event(eventKey(1), "e")])
        hub.turn()
        #expect(bo.takeRecords().map { $0.text } == ["a", "e"])
    }

    @Test func aKeyThatChangesDuringASnapshotIsSentOnceAndTheEndWaitsForIt() {
        let hub = HubHarness()
        let ana = hub.join("ana")
        ana.publish((1...8).map { .put(key($0), bulk) }.prefix(4) + [])
        ana.publish((5...8).map { .put(key($0), bulk) })
        hub.turn()
        let bo = hub.join("bo") { $0.initialCredit = 65_536 }
        bo.subscribe(1, "custom/")
        hub.turn()
        var seen = bo.take()
        #expect(!seen.contains { $0.isSnapshotEnd })
        ana.publish([.put(key(8), "late"), .put(key(1), "again")])
        hub.turn()
        seen += bo.drain(hub)
        let keys = seen.flatMap { $0.records }.map { $0.key }
        #expect(keys.filter { $0 == key(8) }.count == 1)
        #expect(keys.filter { $0 == key(1) }.count == 2)
        let end = seen.firstIndex { $0.isSnapshotEnd }
        let late = seen.firstIndex { $0.records.contains { $0.text == "late" } }
        #expect(late.map { $0 < end ?? 0 } == true)
        #expect(hub.violations == [])
    }

    @Test func aHotKeyStarvesNobody() {
        let hub = HubHarness()
        let ana = hub.join("ana")
        let bo = hub.join("bo") { $0.initialCredit = 65_536 }
        bo.subscribe(1, "custom/")
        hub.turn()
        ana.publish((1...4).map { .put(key($0), bulk) }.prefix(3) + [])
        ana.publish([.put(key(4), bulk), .put(key(5), bulk)])
        hub.turn()
        var arrived: Set<String> = []
        for round in 0..<20 {
            ana.publish(key(0), "hot \(round)")
            hub.turn()
            bo.grant(2000)
            hub.turn()
            arrived.formUnion(bo.takeRecords().map { $0.key })
        }
        #expect(arrived.contains(key(5)))
        #expect(arrived.contains(key(0)))
        #expect(hub.violations == [])
    }

    @Test func liveChangesAndSnapshotAreServedAlternately() {
        let hub = HubHarness()
        let ana = hub.join("ana")
        for n in 0..<40 { ana.publish(key(n), bulk) }
        hub.turn()
        let bo = hub.join("bo")
        bo.subscribe(1, "custom/")
        hub.turn()
        _ = bo.take()
        for n in 100..<130 { ana.publish(key(n), bulk) }
        hub.turn()
        bo.grant(140_000)
        hub.turn()
        let flags = bo.takeRecords().map { $0.header.flags.contains(.snapshot) }
        #expect(flags.contains(true) && flags.contains(false))
    }

    @Test func afterTheAnswerToUnsubscribeNothingOfItComes() {
        let hub = HubHarness()
        let ana = hub.join("ana")
        let bo = hub.join("bo") { $0.initialCredit = 65_536 }
        bo.subscribe(1, "custom/bj/")
        bo.subscribe(2, "custom/sh/")
        hub.turn()
        for n in 1...5 { ana.publish(key(n), bulk) }
        ana.publish("custom/sh/s/1/", "kept")
        hub.turn()
        _ = bo.take()
        bo.unsubscribe(1)
        bo.grant(200_000)
        hub.turn()
        #expect(bo.takeRecords().map { $0.text } == ["kept"])
        bo.unsubscribe(1)
        bo.unsubscribe(2)
        hub.turn()
        let statuses = bo.take().map { message -> FloorStatus in
            if case .subscribed(let answer) = message.content { answer.status } else { .internal }
        }
        #expect(statuses == [.notFound, .ok])
        ana.publish("custom/sh/s/1/", "unwanted")
        hub.turn()
        #expect(bo.take().isEmpty)
    }

    @Test(arguments: [
        ("nonsense/", UInt32(0), FloorStatus.badKey), ("custom", 0, .badKey), ("", 0, .badKey),
        ("custom/bj/s/1/x/", 0, .badKey), ("custom/", 60_001, .invalid),
    ])
    func aBadSubscriptionIsRefusedAndLeavesNothing(
        _ filter: String,
        _ interval: UInt32,
        _ status: FloorStatus
    ) {
        let hub = HubHarness()
        let bo = hub.join("bo")
        bo.subscribe(1, filter, every: interval)
        hub.turn()
        let answers = bo.take()
        #expect(answers.count == 1)
        guard case .subscribed(let answer) = answers[0].content else {
            Issue.record("no SUBACK")
            return
        }
        #expect(answer.status == status)
        #expect(hub.hub.statistics.subscriptions == 0)
    }

    @Test func aSubscriptionNumberIsUsedOnceAndTheirCountIsLimited() {
        let hub = HubHarness()
        let bo = hub.join("bo")
        for n in 1...UInt32(Limits.subscriptionsPerSession) { bo.subscribe(n, "custom/\(n)/") }
        bo.subscribe(7, "custom/")
        bo.subscribe(9999, "custom/")
        hub.turn()
        let statuses = bo.take().compactMap { message -> FloorStatus? in
            if case .subscribed(let answer) = message.content { answer.status } else { nil }
        }
        #expect(statuses.filter { $0 == .ok }.count == Limits.subscriptionsPerSession)
        #expect(statuses.suffix(2) == [.exists, .limit])
    }

    @Test func aDeletionWhoseTimeIsOverIsNotMissedByASlowDelta() {
        let hub = HubHarness { $0.tombstoneMicroseconds = 5_000_000 }
        let ana = hub.join("ana")
        ana.publish(key(1), "a")
        for n in 2...7 { ana.publish(key(n), bulk) }
        hub.turn()
        let token = hub.hub.heads.state
        let bo = hub.join("bo")
        bo.loseLink()
        for n in 2...7 { ana.publish(key(n), bulk) }
        ana.publish([.delete(key(1))])
        hub.turn()
        bo.hello { $0.initialCredit = 65_536 }
        bo.subscribe(1, "custom/", state: token)
        hub.turn()
        for _ in 0..<20 {
            hub.advance(milliseconds: 1000)
            bo.ping()
            ana.ping()
        }
        // Either the deletion was sent or the session was ended, so that a snapshot tells it.
        let messages = bo.take()
        let told = messages.contains { $0.records.contains { $0.header.operation == .delete } }
        var ended = false
        for message in messages { if case .goAway = message.content { ended = true } }
        #expect(told || ended)
        #expect(hub.hub.statistics.tombstones == 0)
    }
}
