import FloorBusTestKit
import FloorEvents
import FloorWire
import Testing

@testable import FloorHub

/// HELLO, its refusals and what stays behind, presence and wills (rule 10).
@Suite struct SessionTests {
    @Test func aHelloThatBreaksARuleIsRefusedAndLeavesNothing() {
        let will = SessionTranscriptTests.will(key(1), "gone")
        let badWill = SessionTranscriptTests.will("presence/-/-/x/", "gone")
        let cases: [(FloorStatus, (inout Hello) -> Void)] = [
            (.unsupported, { $0.versions = 2...3 }),
            (.invalid, { $0.producer = .zero }),
            (.invalid, { $0.principal = "" }),
            (.invalid, { $0.principal = String(repeating: "%", count: 64) }),
            (.invalid, { $0.firstUnacknowledged = 1 << 63 }),
            (.invalid, { $0.firstUnacknowledged = .max }),
            (.invalid, { $0.will = Array(will.dropLast(8)) }),
            (.invalid, { $0.will = will + will }),
            (.invalid, { $0.will = badWill }),
            (.invalid, { $0.willGraceMilliseconds = 25_001 }),
        ]
        let hub = HubHarness()
        for (status, change) in cases {
            let client = hub.client("x")
            client.hello(change)
            #expect(client.takeRefusal()?.status == status)
        }
        #expect(hub.hub.statistics.rejected == UInt64(cases.count))
        #expect(hub.knowsNobody)
        let sizes = hub.hub.state.sizes
        #expect(sizes == (0, 0))
    }

    @Test func aFirstNumberFarAheadIsTakenFromAStrangerAndNotFromAKnownProducer() {
        let hub = HubHarness()
        let ana = hub.client("ana")
        ana.hello { $0.firstUnacknowledged = (1 << 63) - 1 }
        ana.loseLink()
        ana.hello { $0.firstUnacknowledged = (1 << 63) - 1 }
        ana.nextSequence = (1 << 63) - 1
        ana.publish(key(1), "a")
        hub.turn()
        #expect(ana.takeStatuses() == [.ok])
        let bo = hub.join("bo")
        bo.loseLink()
        bo.hello { $0.firstUnacknowledged = 65_538 }
        #expect(bo.takeRefusal()?.status == .invalid)
    }

    @Test func sessionsProducersAndPresenceKeysAreLimited() {
        let hub = HubHarness { options in
            options.maximumSessions = 2
            options.maximumProducers = 3
            options.maximumKeys = 3
        }
        let ana = hub.join("ana")
        let bo = hub.join("bo")
        let carl = hub.client("carl")
        carl.hello()
        #expect(carl.takeRefusal()?.status == .limit)
        bo.loseLink()
        carl.reconnect()
        carl.hello()
        #expect(carl.session != 0)
        carl.loseLink()
        let dora = hub.client("dora")
        dora.hello()
        #expect(dora.takeRefusal()?.sentence == "too many keys")
        // The longest idle producer makes room for one more of a principal known already.
        let second = hub.client("ana2", principal: "ana", producer: 99)
        second.hello()
        #expect(second.session != 0)
        let count = hub.hub.producers.count
        #expect(count == 3)
        #expect(ana.session != 0)
    }

    @Test func namesAreBytesNotUnicodeTexts() {
        let hub = HubHarness()
        let composed = hub.join("a", principal: "\u{E9}")
        let thief = hub.client("b", principal: "e\u{301}", producer: 1)
        thief.hello { $0.resumeSecret = composed.secret }
        #expect(thief.takeRefusal()?.status == .denied)
    }

    @Test func presenceCountsThePrincipalsSessions() throws {
        let hub = HubHarness()
        let bo = hub.join("bo")
        bo.subscribe(1, "presence/-/-/ana/")
        let first = hub.join("ana")
        let second = hub.join("ana-phone", principal: "ana")
        first.bye()
        hub.turn()
        second.loseLink()
        hub.turn()
        let counts = try bo.takeRecords().map { try Presence(payload: $0.payload.span).sessions }
        #expect(counts == [1, 2, 1, 0])
    }

    @Test func aWillsGraceBeginsWithThePrincipalsLastSession() {
        let hub = HubHarness()
        let bo = hub.join("bo")
        bo.subscribe(1, "custom/")
        hub.turn()
        let phone = hub.join("phone", principal: "ana")
        let desk = hub.join("desk", principal: "ana") { hello in
            hello.will = SessionTranscriptTests.will(key(1), "gone")
            hello.willGraceMilliseconds = 1000
        }
        desk.loseLink()
        for _ in 0..<5 {
            hub.idle(milliseconds: 800)
            phone.ping()
            bo.ping()
        }
        phone.bye()
        hub.turn()
        hub.idle(milliseconds: 900)
        #expect(bo.takeRecords().isEmpty)
        hub.idle(milliseconds: 200)
        #expect(bo.takeRecords().map { $0.text } == ["gone"])
    }

    @Test("Whoever closes before the WELCOME has come says goodbye all the same: no will runs")
    func earlyGoodbye() {
        let hub = HubHarness()
        let bo = hub.join("bo")
        bo.subscribe(1, "custom/")
        hub.turn()
        let desk = hub.client("desk", principal: "ana")
        desk.hello { hello in
            hello.will = SessionTranscriptTests.will(key(1), "gone")
            hello.willGraceMilliseconds = 0
        }
        desk.bye()
        hub.turn()
        hub.idle(milliseconds: 500)
        #expect(bo.takeRecords().isEmpty && hub.hub.statistics.wills == 0)
        #expect(hub.hub.statistics.sessions == 1 && hub.violations == [])
    }

    @Test func willsOfDifferentGraceRunEachInTimeAndNeverSpin() {
        let hub = HubHarness()
        let clients = [(5000, 1), (1000, 2)].map { grace, n in
            hub.client("c\(n)", principal: "ana", producer: UInt64(n))
        }
        for (index, client) in clients.enumerated() {
            client.hello { hello in
                hello.will = SessionTranscriptTests.will(key(index), "gone")
                hello.willGraceMilliseconds = index == 0 ? 5000 : 1000
            }
        }
        for client in clients { client.loseLink() }
        #expect(hub.idle(milliseconds: 1100) < 30)
        #expect(hub.hub.statistics.wills == 1)
        #expect(hub.idle(milliseconds: 4000) < 60)
        #expect(hub.hub.statistics.wills == 2)
    }

    @Test("Whose will has run is told so in WELCOME, until somebody publishes under its id")
    func toldOfWill() {
        let hub = HubHarness()
        let ana = hub.join("ana") { hello in
            hello.will = SessionTranscriptTests.will(key(1), "gone")
            hello.willGraceMilliseconds = 1000
        }
        func comeBack() -> Bool? {
            _ = ana.take()
            ana.hello()
            for case .welcome(let welcome) in ana.take().map(\.content) {
                return welcome.isOverwritten
            }
            return nil
        }
        ana.publish(key(1), "here")
        hub.turn()
        ana.loseLink()
        hub.idle(milliseconds: 900)
        #expect(comeBack() == false, "its grace was not over")
        ana.reconnect()
        ana.hello { hello in
            hello.will = SessionTranscriptTests.will(key(1), "gone")
            hello.willGraceMilliseconds = 1000
        }
        ana.loseLink()
        hub.idle(milliseconds: 1100)
        #expect(hub.hub.statistics.wills == 1)
        #expect(comeBack() == true)
        // As if that WELCOME had never arrived.
        ana.reconnect()
        #expect(comeBack() == true)
        // Heard, but whether it says its values again is not known.
        ana.ping()
        ana.reconnect()
        #expect(comeBack() == true)
        ana.publish(key(1), "here again")
        hub.turn()
        ana.reconnect()
        #expect(comeBack() == false)
        #expect(hub.violations == [])
    }

    @Test func aWillDoesNotSpeakOverSomebodyElse() {
        let hub = HubHarness()
        let carl = hub.join("carl")
        let ana = hub.join("ana") { hello in
            hello.will = SessionTranscriptTests.will(key(1), "gone")
            hello.willGraceMilliseconds = 0
        }
        ana.publish(key(1), "here")
        hub.turn()
        carl.publish(key(1), "taken over")
        ana.loseLink()
        hub.turn()
        #expect(hub.hub.statistics.wills == 0)
    }

    @Test func aTakeoverKeepsTheLeaseAndEndsTheOldSessionsWork() {
        let hub = HubHarness()
        let ana = hub.join("ana")
        ana.subscribe(1, "custom/")
        ana.publish(key(1), "a")
        hub.turn()
        let old = ana.link
        ana.reconnect()
        ana.hello()
        #expect(hub.hub.sessions[old] == nil)
        #expect(hub.hub.statistics.subscriptions == 0)
        hub.step(.message(old, []))
        hub.step(.linkGone(old))
        hub.step(.controlBlocked(old))
        hub.step(.deliverBlocked(old, Array(repeating: 0, count: 32)))
        ana.ping()
        hub.turn()
        #expect(hub.hub.statistics.sessions == 1)
    }
}
