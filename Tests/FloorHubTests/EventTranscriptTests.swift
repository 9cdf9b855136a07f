import FloorBusTestKit
import FloorEvents
import FloorHub
import FloorWire
import Testing

/// The event lane's conversations, each as a file that a person can read.
@Suite struct EventTranscriptTests {
    @Test func anEventIsPublishedAndAcknowledgedOnceTheJournalHoldsIt() throws {
        let hub = HubHarness()
        let ana = hub.join("ana")
        let bo = hub.join("bo")
        bo.subscribe(1, "event/")
        hub.turn()
        hub.journal.mode = .held
        ana.publish([.event(eventKey(1), "ring"), .put(key(1), "busy"), .event(eventKey(1), "up")])
        hub.turn()
        hub.transcript.add("-- nobody has seen anything of the events")
        hub.commitHeld()
        try hub.expectTranscript("event-commit")
    }

    @Test func aLostCommitIsRefusedTakenBackAndTriedAgain() throws {
        let hub = HubHarness()
        let ana = hub.join("ana")
        let bo = hub.join("bo")
        bo.subscribe(1, "event/")
        hub.turn()
        hub.journal.mode = .failing
        ana.firstUnacknowledged = 1
        ana.publish([.put(key(1), "a"), .event(eventKey(1), "ring"), .put(key(1), "b")])
        hub.turn()
        hub.transcript.add("-- within a second the journal is not asked")
        ana.publish([.event(eventKey(1), "ring")])
        hub.turn()
        hub.transcript.add("-- then it is, and the client has heard of both refusals")
        hub.journal.mode = .immediate
        hub.advance(milliseconds: 1000)
        ana.firstUnacknowledged = 5
        ana.publish([.event(eventKey(1), "ring")])
        hub.turn()
        try hub.expectTranscript("event-rollback")
    }

    @Test func aReturningReaderCatchesUpFromTheJournalAndIsToldOfAGap() throws {
        let hub = HubHarness()
        let ana = hub.join("ana")
        ana.publish((1...6).map { .event(eventKey($0), "e\($0)") })
        hub.turn()
        hub.restart()
        hub.journal.maximumRecords = 3
        hub.transcript.add("-- another epoch: events 1.4 and later are still in the journal")
        ana.reconnect()
        ana.hello()
        ana.publish([.event(eventKey(7), "e7")])
        hub.turn()
        let bo = hub.join("bo")
        let old = Revision(epoch: 1, counter: 2)
        bo.reconnect()
        bo.hello()
        bo.subscribe(1, "event/", event: old)
        hub.turn()
        ana.publish([.event(eventKey(8), "e8")])
        hub.turn()
        try hub.expectTranscript("event-gap")
    }

    @Test func aReaderThatDoesNotConsumeEventsStillGetsItsState() throws {
        let hub = HubHarness()
        let ana = hub.join("ana")
        let bo = hub.join("bo") { $0.initialCredit = 65_536 }
        bo.subscribe(1, "+/bj/")
        hub.turn()
        for n in 1...5 {
            ana.publish([.event(eventKey(n), bulk)])
            hub.turn()
        }
        hub.transcript.add("-- the events' share is used up; state goes on")
        ana.publish(key(1), "a")
        hub.turn()
        bo.grant(60_000)
        hub.turn()
        try hub.expectTranscript("slow-events-reader")
    }
}
