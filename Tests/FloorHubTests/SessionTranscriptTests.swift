import FloorBusTestKit
import FloorEvents
import FloorHub
import FloorWire
import Testing

/// How sessions, leases and wills come and go, each as a file that a person can read.
@Suite struct SessionTranscriptTests {
    @Test func theSecretTakesASessionOverAndNothingElseDoes() throws {
        let hub = HubHarness()
        let ana = hub.client("ana")
        ana.hello()
        hub.turn()
        ana.publish(key(1), "a")
        hub.turn()
        hub.transcript.add("-- a copy without the secret")
        let copy = hub.client("copy", principal: "ana", producer: 1)
        copy.hello()
        hub.turn()
        hub.transcript.add("-- a thief under another name")
        let thief = hub.client("thief", producer: 1)
        thief.hello { $0.resumeSecret = ana.secret }
        hub.turn()
        hub.transcript.add(
            "-- ana again, on a fresh link, before the hub knows the old one is dead"
        )
        ana.reconnect()
        ana.hello()
        ana.publish([.put(key(1), "a")], first: 1)
        ana.publish(key(1), "b")
        hub.turn()
        hub.transcript.add("-- when the session is gone the secret is not needed")
        ana.loseLink()
        copy.reconnect()
        copy.hello { $0.firstUnacknowledged = 3 }
        hub.turn()
        try hub.expectTranscript("takeover")
    }

    @Test func aSilentDesktopsValueTurnsSuspectAndStaleAndLiveAgain() throws {
        let hub = HubHarness()
        let bo = hub.join("bo")
        bo.subscribe(1, "custom/")
        let ana = hub.join("ana")
        ana.publish([.put(key(1), "a"), .put(key(2), "no lease", flags: .unleased)])
        hub.turn()
        for _ in 1...30 {
            hub.advance(milliseconds: 1000)
            hub.transcript.isRecording = false
            bo.ping()
            hub.turn()
            hub.transcript.isRecording = true
        }
        ana.reconnect()
        ana.hello()
        hub.turn()
        ana.bye()
        hub.turn()
        try hub.expectTranscript("lease")
    }

    @Test func aWillRunsWhenThePrincipalStaysAway() throws {
        let hub = HubHarness()
        let will = Self.will(key(1), "gone")
        let bo = hub.join("bo") { $0.heartbeatMilliseconds = 1500 }
        bo.subscribe(1, "custom/")
        let ana = hub.join("ana") { hello in
            hello.will = will
            hello.willGraceMilliseconds = 1000
        }
        ana.publish(key(1), "here")
        hub.turn()
        hub.transcript.add("-- back within the grace")
        ana.loseLink()
        hub.advance(milliseconds: 900)
        ana.hello { hello in
            hello.will = will
            hello.willGraceMilliseconds = 1000
        }
        bo.ping()
        hub.advance(milliseconds: 900)
        hub.transcript.add("-- not back")
        ana.loseLink()
        hub.advance(milliseconds: 500)
        bo.ping()
        hub.advance(milliseconds: 600)
        try hub.expectTranscript("will")
    }

    static func will(_ key: String, _ text: String) -> [UInt8] {
        var record: [UInt8] = []
        RecordWriter.append(
            RecordHeader(.custom, .put),
            key: Array(key.utf8).span,
            payload: Array(text.utf8).span,
            to: &record
        )
        return record
    }

    @Test func theHubStopsAndSaysSo() throws {
        let hub = HubHarness()
        let ana = hub.join("ana")
        let bo = hub.join("bo")
        bo.subscribe(1, "custom/")
        hub.turn()
        ana.publish(key(1), "a")
        hub.step(.shutdown)
        hub.turn()
        bo.reconnect()
        bo.hello()
        hub.turn()
        try hub.expectTranscript("shutdown")
    }
}
