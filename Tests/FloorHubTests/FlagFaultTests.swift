import FloorBusTestKit
import FloorEvents
import FloorHub
import FloorWire
import Testing

/// Faults of help flags that once were there, each as the story that shows it.
struct FlagFaultTests {
    private func durableHub() -> HubHarness { HubHarness { $0.isDurable = true } }

    private let shift: Int64 = 8 * 3600 * 1000 + 60_000

    @Test("Merged flags whose answers were lost with a batch get them again")
    func lostFollowers() throws {
        let hub = durableHub()
        let sun = hub.join("sun")
        hub.join("boss").flag(.raise, 1, hub)
        // More than one turn's answers, so that the last come in a batch of their own.
        let last = UInt64(Limits.mergedAnswersPerTurn) + 2
        for number in 2...last {
            hub.join("a\(number)").flag(.raise, number, hub)
            sun.flag(.merge, number, hub) { $0.incident = flagID(1) }
        }
        let generation = sun.flag(.claim, 1, hub).claimGeneration
        hub.journal.mode = .held
        sun.publish([
            .flag(.answer, 1) {
                $0.claimGeneration = generation
                $0.outcome = .answered
                $0.text = "so it is"
            }
        ])
        hub.turn()
        hub.commitHeld()
        #expect(hub.flag(1)?.status == .answered && hub.journal.heldBatches == 1)
        hub.failHeld()
        hub.journal.mode = .immediate
        hub.advance(milliseconds: 2000)
        for number in 2...last { #expect(hub.flag(number)?.status == .answered, "\(number)") }
    }

    @Test("A flag that is raised anew under a forgotten one's id outlives the hub")
    func sameIDAgain() {
        let hub = durableHub()
        let ana = hub.join("ana") { $0.heartbeatMilliseconds = 1500 }
        ana.flag(.raise, 1, hub)
        ana.flag(.cancel, 1, hub)
        hub.advance(milliseconds: shift)
        // Whether the journal has forgotten it by now is a matter of its batches.
        ana.reconnect()
        ana.hello()
        #expect(ana.flag(.raise, 1, hub).status == .ok)
        #expect(hub.flag(1)?.status == .raised)
        hub.restart()
        ana.reconnect()
        ana.hello()
        #expect(hub.flag(1)?.status == .raised)
    }

    @Test("A forgotten flag is forgotten in the journal too, although a commit was lost")
    func lostForgetting() {
        let hub = durableHub()
        let ana = hub.join("ana")
        ana.flag(.raise, 1, hub)
        ana.flag(.cancel, 1, hub)
        hub.advance(milliseconds: 1000)
        hub.journal.mode = .failing
        hub.advance(milliseconds: shift)
        hub.advance(milliseconds: 2000)
        hub.journal.mode = .immediate
        hub.advance(milliseconds: 2000)
        hub.advance(milliseconds: 2000)
        #expect(hub.flag(1) == nil && hub.journal.contents.kept.isEmpty)
    }

    @Test("Asking for flags where none is open holds up no event")
    func noFlagsToSend() {
        let hub = durableHub()
        let reader = hub.join("reader")
        reader.subscribe(1, "event/")
        hub.turn()
        _ = reader.take()
        hub.journal.mode = .held
        hub.join("ana").publish([.event(eventKey(1), "hello")])
        hub.turn()
        // In the turn in which the event is committed.
        reader.subscribe(2, "flag/")
        hub.commitHeld()
        #expect(reader.takeRecords().map(\.key) == [eventKey(1)])
    }

    @Test("Flags and notes of one batch are told to who comes new in one order")
    func flagAndNoteTogether() throws {
        let hub = durableHub()
        let ana = hub.join("ana")
        hub.journal.mode = .held
        ana.publish([.flag(.raise, 1)])
        var payload: [UInt8] = []
        try FloorNote(.announcement, text: "new tariff").append(to: &payload)
        let header = RecordHeader(.note, .append, schema: PayloadSchema.note)
        let key = "note/bj/sales/\(flagID(7).text)/"
        hub.join("lead").publish([HarnessOperation(header, key, payload)])
        hub.turn()
        hub.commitHeld()
        hub.journal.mode = .immediate
        let late = hub.join("late")
        late.subscribe(1, "flag/")
        late.subscribe(2, "note/")
        hub.turn()
        #expect(late.takeRecords().map(\.key) == [flagKey(1), key])
    }

    @Test("A call that ends while the journal fails cancels its flag when it works again")
    func callEndsWithoutJournal() throws {
        let hub = durableHub()
        let ana = hub.join("ana")
        let bo = hub.join("bo")
        ana.flag(.raise, 1, hub) { $0.callReference = "call-7" }
        bo.flag(.raise, 2, hub) { $0.callReference = "call-8" }
        hub.journal.mode = .failing
        // Of the first the cancelling is lost with its batch; of the second it is not tried.
        try ana.endCall("call-7", hub)
        try bo.endCall("call-8", hub)
        #expect(hub.flag(1)?.status == .raised && hub.flag(2)?.status == .raised)
        hub.journal.mode = .immediate
        hub.advance(milliseconds: 1100)
        #expect(hub.flag(1)?.status == .cancelled && hub.flag(2)?.status == .cancelled)
    }

    @Test("An agent's state in another layout ends no call")
    func foreignState() throws {
        let hub = durableHub()
        let ana = hub.join("ana")
        ana.flag(.raise, 1, hub) { $0.callReference = "call-7" }
        try ana.endCall("call-7", hub, schema: 99)
        #expect(hub.flag(1)?.status == .raised)
    }

    @Test("A claim that was lost is still lost when its answer has to be told again, late")
    func manyAnswers() {
        let hub = durableHub()
        hub.join("ana").flag(.raise, 1, hub)
        let tom = hub.join("tom")
        let sun = hub.join("sun")
        tom.flag(.claim, 1, hub)
        sun.firstUnacknowledged = sun.nextSequence
        let first = sun.nextSequence
        let again = HarnessOperation.flag(.claim, 1)
        sun.publish([again])
        for _ in 0..<(Limits.resultRunsPerProducer * 2) {
            sun.publish([.flag(.claim, 1) { $0.claimGeneration = 1 }])
        }
        hub.turn()
        // Everything that was answered is lost on the way.
        sun.reconnect()
        sun.hello()
        _ = sun.take()
        sun.publish([again], first: first)
        hub.turn()
        let result = sun.takeResults().first { $0.contains(first) }
        #expect(result?.status == .conflict && result?.owner == "tom")
        #expect(Limits.resultRunsUnacknowledged > Limits.resultRunsPerProducer * 2)
    }
}

extension HarnessClient {
    /// Its telephone says that a call is over.
    fileprivate func endCall(
        _ call: String,
        _ hub: HubHarness,
        schema: UInt16 = PayloadSchema.agent
    ) throws {
        var state = AgentState(activity: .busy)
        state.call = .ended
        state.callReference = call
        var payload: [UInt8] = []
        try state.append(to: &payload)
        var header = RecordHeader(.agent, .put, schema: schema)
        header.flags = [.unleased]
        publish([HarnessOperation(header, "agent/bj/sales/\(name)/", payload)])
        hub.turn()
    }
}
