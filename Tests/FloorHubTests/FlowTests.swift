import FloorBusTestKit
import FloorEvents
import FloorWire
import Testing

@testable import FloorHub

/// Credit, full pipes, intervals and memory of one reader (rules 4 and 6).
@Suite struct FlowTests {
    @Test(arguments: UInt64(1)...40)
    func creditIsNeverExceeded(_ seed: UInt64) {
        let hub = HubHarness(seed: seed)
        hub.transcript.isRecording = false
        let words = SeededWords(seed: seed)
        let ana = hub.join("ana")
        let bo = hub.join("bo") { $0.initialCredit = UInt64(words.next(below: 300_000)) }
        bo.reconnect()
        bo.hello { $0.initialCredit = UInt64(words.next(below: 300_000)) }
        bo.subscribe(1, "+/")
        for _ in 0..<150 {
            let text = String(repeating: "x", count: words.next(below: 9000))
            switch words.next(below: 4) {
            case 0: bo.grant(words.next(below: 40_000))
            case 1: ana.publish([.event(eventKey(words.next(below: 5)), text)])
            default: ana.publish(key(words.next(below: 30)), text)
            }
            if words.next(below: 3) == 0 { hub.turn() }
        }
        _ = bo.drain(hub)
        #expect(hub.violations == [], "seed \(seed)")
    }

    @Test func aSilentHubWakesForItsTimersAloneAndNeverAsksForMore() {
        let hub = HubHarness()
        let ana = hub.join("ana")
        let bo = hub.join("bo") { $0.initialCredit = 65_536 }
        bo.subscribe(1, "+/")
        for n in 1...9 { ana.publish([.put(key(n), bulk), .event(eventKey(n), bulk)]) }
        hub.turn()
        // Dirty keys and events wait, but there is no credit: nothing may turn on its own.
        #expect(hub.idle(milliseconds: 2000) <= 21)
        #expect(hub.violations == [])
    }

    @Test func aBlockedDeliverIsRetriedInOrderWithoutAnyInput() {
        let hub = HubHarness()
        let ana = hub.join("ana")
        let bo = hub.join("bo")
        bo.subscribe(1, "custom/")
        hub.turn()
        _ = bo.take()
        bo.pipeRoom = 1
        for n in 1...7 { ana.publish(key(n), bulk) }
        hub.turn()
        #expect(bo.takeRecords().map { $0.key } == [key(1), key(2), key(3), key(4)])
        ana.publish(key(1), "new")
        hub.turn()
        #expect(bo.take().isEmpty)
        bo.pipeRoom = .max
        hub.idle(milliseconds: 30)
        #expect(bo.takeRecords().map { $0.key } == [key(5), key(6), key(7), key(1)])
        #expect(hub.violations == [])
    }

    @Test func anAnswerGoesBehindABlockedDeliver() {
        let hub = HubHarness()
        let ana = hub.join("ana")
        let bo = hub.join("bo")
        bo.subscribe(1, "custom/")
        hub.turn()
        bo.pipeRoom = 0
        ana.publish(key(1), "a")
        hub.turn()
        _ = bo.take()
        bo.pipeRoom = .max
        bo.ping()
        hub.turn()
        #expect(bo.take().map { $0.header.type } == [.deliver, .pong])
        #expect(hub.violations == [])
    }

    @Test func aBlockedAnswerEndsTheSession() {
        let hub = HubHarness()
        let bo = hub.join("bo")
        bo.pipeRoom = 0
        bo.ping()
        hub.turn()
        #expect(hub.hub.statistics.sessions == 0)
        bo.pipeRoom = .max
        bo.ping()
        hub.turn()
        #expect(bo.takeRefusal()?.status == .fenced)
    }

    @Test func aMinimumIntervalIsKeptAndServedByTheClock() {
        let hub = HubHarness()
        let ana = hub.join("ana")
        let bo = hub.join("bo")
        bo.subscribe(1, "custom/", every: 50)
        hub.idle(milliseconds: 100)
        _ = bo.take()
        var delivers = 0
        for n in 1...100 {
            ana.publish(key(1), "\(n)")
            hub.turn()
            hub.idle(milliseconds: 5)
            delivers += bo.take().filter { $0.isDeliver }.count
        }
        #expect((9...11).contains(delivers))
        hub.idle(milliseconds: 60)
        let last = bo.takeRecords()
        #expect(last.isEmpty || last.map { $0.text } == ["100"])
        #expect(hub.idle(milliseconds: 1000) <= 11)
    }

    @Test func anAbandonedSubscriberCostsItsKeysAndNoMore() {
        let hub = HubHarness()
        hub.transcript.isRecording = false
        let ana = hub.join("ana")
        let bo = hub.join("bo") { $0.initialCredit = 65_536 }
        bo.subscribe(1, "+/")
        for round in 0..<200 {
            ana.publish(
                (0..<50).map { .put(key($0), "\(round)" + String(repeating: "x", count: 900)) }
            )
            hub.turn()
        }
        let session = hub.hub.sessions.all[1]
        #expect(session.reader.dirtyCount <= 52)
        #expect(session.reader.dirty.keys.count <= 2 * 4096)
        #expect(session.answers.isEmpty && !session.downlink.isBlocked)
    }

    @Test func theChangeLogIsCompactedAndLosesNoKey() {
        let hub = HubHarness()
        hub.transcript.isRecording = false
        let ana = hub.join("ana")
        for round in 0..<60 {
            ana.publish((0..<100).map { .put(key($0), "\(round)") })
            hub.turn()
        }
        let kept = hub.hub.state.changesKept
        #expect(kept < 4000)
        let bo = hub.join("bo")
        bo.subscribe(1, "custom/")
        hub.turn()
        #expect(Set(bo.takeRecords().map { $0.text }) == ["59"])
    }

    @Test func stampsGrowStrictlyAndAStepOfTheWallClockIsSlewed() {
        let hub = HubHarness()
        let ana = hub.join("ana")
        let bo = hub.join("bo")
        bo.subscribe(1, "custom/")
        var stamps: [Int64] = []
        for n in 0..<400 {
            if n == 100 { hub.time.wall += 3_600_000_000 }
            if n == 250 { hub.time.wall -= 7_200_000_000 }
            ana.publish([.put(key(1), "\(n)"), .put(key(2), "\(n)")])
            hub.advance(milliseconds: 10)
            bo.grant(5000)
            stamps += bo.takeRecords().map { $0.header.hubTime }
        }
        #expect(stamps.count == 800)
        for (before, after) in zip(stamps, stamps.dropFirst()) {
            #expect(after > before && after - before < 11_000)
        }
    }
}
