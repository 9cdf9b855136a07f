import FloorBusTestKit
import FloorEvents
import FloorHub
import FloorWire
import Testing

/// The state lane's conversations, each as a file that a person can read.
@Suite struct StateTranscriptTests {
    @Test func aFirstPublishReachesASubscriber() throws {
        let hub = HubHarness()
        let ana = hub.client("ana")
        let bo = hub.client("bo")
        ana.hello()
        bo.hello()
        hub.turn()
        bo.subscribe(1, "custom/bj/")
        hub.turn()
        ana.publish(key(1), "ready")
        hub.turn()
        bo.ping()
        ana.bye()
        hub.turn()
        try hub.expectTranscript("first-publish")
    }

    @Test func aSnapshotIsFollowedByWhatIsLive() throws {
        let hub = HubHarness()
        let ana = hub.join("ana")
        ana.publish([.put(key(1), "a"), .put(key(2), "b"), .put("custom/sh/sales/1/", "c")])
        hub.turn()
        let bo = hub.join("bo")
        bo.subscribe(1, "custom/bj/")
        ana.publish(key(2), "B")
        hub.turn()
        ana.publish([.put(key(3), "d"), .put(key(1), "A")])
        hub.turn()
        try hub.expectTranscript("snapshot-then-live")
    }

    @Test func aReaderWithoutCreditGetsThePresentValueAndTheCountOfThePassedOver() throws {
        let hub = HubHarness()
        let ana = hub.join("ana")
        let bo = hub.join("bo") { $0.initialCredit = 65_536 }
        bo.subscribe(1, "custom/bj/")
        hub.turn()
        for n in 1...4 {
            ana.publish(key(n), String(repeating: "x", count: 16_000))
            hub.turn()
        }
        for text in ["a", "b", "c"] {
            ana.publish([.put(key(1), text), .put(key(9), text)])
            hub.turn()
        }
        ana.publish(key(5), "once")
        ana.publish([.delete(key(9))])
        hub.turn()
        bo.grant(20_000)
        hub.turn()
        try hub.expectTranscript("conflation")
    }

    @Test func aTokenBringsTheDifferenceAndAStrangeOneEverything() throws {
        let hub = HubHarness()
        let ana = hub.join("ana")
        let bo = hub.join("bo")
        bo.subscribe(1, "custom/")
        ana.publish([.put(key(1), "a"), .put(key(2), "b"), .put(key(3), "c")])
        hub.turn()
        let token = try #require(bo.take().compactMap { $0.stableState }.last)
        bo.loseLink()
        ana.publish([.put(key(2), "B"), .delete(key(3)), .put(key(4), "d")])
        hub.turn()
        hub.transcript.add("-- by token: the difference")
        bo.hello { $0.stateToken = token }
        bo.subscribe(1, "custom/", state: token)
        hub.turn()
        bo.loseLink()
        hub.transcript.add("-- without the lineage: everything")
        bo.hello { $0.lineage = .zero }
        bo.subscribe(1, "custom/", state: token)
        hub.turn()
        hub.restart()
        hub.transcript.add("-- in the next epoch: everything")
        ana.reconnect()
        ana.hello()
        ana.publish(key(2), "again")
        bo.reconnect()
        bo.hello { $0.stateToken = token }
        bo.subscribe(1, "custom/", state: token)
        hub.turn()
        try hub.expectTranscript("resume")
    }

    @Test func aDeletedKeyIsToldOnlyToWhoMayHoldIt() throws {
        let hub = HubHarness { $0.tombstoneMicroseconds = 20_000_000 }
        let ana = hub.join("ana") { $0.heartbeatMilliseconds = 1500 }
        ana.publish([.put(key(1), "a"), .put(key(2), "b")])
        hub.turn()
        let before = hub.hub.heads.state
        ana.publish([.delete(key(1))])
        hub.turn()
        hub.transcript.add("-- full: no word of it")
        let bo = hub.join("bo")
        bo.subscribe(1, "custom/")
        hub.turn()
        hub.transcript.add("-- delta: the deletion")
        bo.subscribe(2, "custom/bj/")
        bo.loseLink()
        bo.hello()
        bo.subscribe(3, "custom/", state: before)
        hub.turn()
        hub.transcript.add("-- after its time: the token counts as none")
        bo.bye()
        ana.bye()
        hub.advance(milliseconds: 21_000)
        hub.advance(milliseconds: 1)
        bo.reconnect()
        bo.hello { $0.stateToken = before }
        bo.subscribe(4, "custom/", state: before)
        hub.turn()
        try hub.expectTranscript("tombstones")
    }

    @Test func theCursorsOfAGetAscendAndNoKeyComesTwice() throws {
        let hub = HubHarness()
        hub.transcript.isRecording = false
        let ana = hub.join("ana")
        // Units and sites interleaved, so that births do not ascend with the order of the walk.
        let keys = (0..<60).map { "custom/s\($0 % 3)/u\($0 % 5)/\($0)/" }
        for key in keys { ana.publish(key, String(repeating: "x", count: 3000)) }
        hub.turn()
        _ = ana.take()
        for filter in ["custom/", "custom/+/u1/", "+/"] {
            var cursor: UInt64 = 0
            var seen: [String] = []
            var more = true
            while more {
                ana.ask(.get, filter, cursor: cursor)
                hub.turn()
                for message in ana.take() {
                    seen += message.records.map(\.key)
                    guard case .replyEnd(let end) = message.content else { continue }
                    more = end.more
                    if more { #expect(end.cursor > cursor) }
                    cursor = end.cursor
                }
            }
            let wanted = try KeyFilter(filter)
            let expected = try keys.filter { wanted.matches(try FloorKey($0)) }
            #expect(seen.filter { $0.hasPrefix("custom/") }.sorted() == expected.sorted())
        }
    }

    @Test func aGetIsPagedAndTellsTheHubsFigures() throws {
        let hub = HubHarness()
        let ana = hub.join("ana")
        for n in 1...4 { ana.publish(key(n), bulk) }
        ana.publish([.delete(key(3))])
        hub.turn()
        ana.ask(.get, "custom/bj/")
        ana.ask(.get, key(2))
        ana.ask(.get, key(3))
        ana.ask(.get, "custom/nowhere/")
        ana.ask(.get, "nonsense/")
        hub.turn()
        let ends = ana.take().compactMap { message -> ReplyEnd? in
            if case .replyEnd(let end) = message.content { end } else { nil }
        }
        // Where it goes on is the hub's business; a place that never was begins anew.
        let cursor = try #require(ends.first).cursor
        ana.ask(.get, "custom/bj/", cursor: cursor)
        ana.ask(.get, "custom/bj/", cursor: cursor &+ 1, maximumBytes: 1)
        ana.ask(.get, "custom/bj/", cursor: 2, maximumBytes: 1)
        ana.ask(.get, "custom/bj/", cursor: .max)
        hub.turn()
        try hub.expectTranscript("get")
    }
}
