import FloorBusTestKit
import FloorEvents
import FloorHub
import FloorRoster
import FloorWire
import Testing

/// A flag ends with its own call, always ends, and says only what is true of it.
@Suite struct FlagRuleTests {
    private func raised(call: String = "c200") -> (HubHarness, HarnessClient, HarnessClient) {
        let hub = HubHarness { $0.isDurable = true }
        let ana = hub.join("ana")
        let sun = hub.join("sun")
        ana.flag(.raise, 1, hub) {
            $0.callReference = call
            $0.text = "may I?"
        }
        return (hub, ana, sun)
    }

    private func show(
        _ ana: HarnessClient,
        _ hub: HubHarness,
        _ activity: AgentActivity,
        _ call: CallPhase = .none,
        _ reference: String = "",
        session: AgentSession = .loggedOn,
        at key: String = "agent/bj/sales/ana/"
    ) throws {
        var state = AgentState(activity: activity)
        state.session = session
        state.call = call
        state.callReference = reference
        var payload: [UInt8] = []
        try state.append(to: &payload)
        var header = RecordHeader(.agent, .put, schema: PayloadSchema.agent)
        header.flags = [.unleased]
        ana.publish([HarnessOperation(header, key, payload)])
        hub.turn()
    }

    /// Lets time pass with both clients alive.
    private func pass(_ hub: HubHarness, _ clients: [HarnessClient], seconds: Int) {
        var left = seconds
        while left > 0 {
            for client in clients { client.ping() }
            hub.advance(milliseconds: Int64(min(left, 2)) * 1000)
            left -= 2
        }
    }

    // MARK: its call

    @Test("A flag ends with its call, and with no other: not with a consultation or a second chat")
    func ownCall() throws {
        let (hub, ana, sun) = raised()
        try show(ana, hub, .busy, .connected, "c200")
        for (call, reference) in [
            (CallPhase.consulting, "c201"), (.connected, "c201"), (.ended, "c201"), (.none, ""),
            (.connected, ""), (.connected, "chat-7"), (.ended, "chat-7"),
        ] {
            try show(ana, hub, .busy, call, reference)
            pass(hub, [ana, sun], seconds: 1)
            #expect(hub.flag(1)?.isEnded == false, "\(call) \(reference)")
        }
        sun.flag(.claim, 1, hub)
        try show(ana, hub, .afterCall)
        pass(hub, [ana, sun], seconds: 15)
        #expect(hub.flag(1)?.status == .claimed)
        try show(ana, hub, .afterCall, .ended, "c200")
        let flag = try #require(hub.flag(1))
        #expect(flag.status == .cancelled && flag.cause == .callEnded)
        #expect(sun.flag(.engage, 1, hub).status == .wrongState)
    }

    @Test("Whoever is ready or logged off for a while has no call; a moment is none")
    func doneWithCalls() throws {
        for session in [AgentSession.loggedOn, .loggedOff] {
            let (hub, ana, sun) = raised()
            let activity: AgentActivity = session == .loggedOn ? .ready : .notReady
            try show(ana, hub, .busy, .connected, "c200")
            try show(ana, hub, activity, session: session)
            pass(hub, [ana, sun], seconds: 9)
            #expect(hub.flag(1)?.isEnded == false)
            try show(ana, hub, .busy, .connected, "c200")
            pass(hub, [ana, sun], seconds: 30)
            #expect(hub.flag(1)?.isEnded == false)
            // Ready for more while a chat goes on is not done with it.
            try show(ana, hub, .ready, .connected, "c200")
            pass(hub, [ana, sun], seconds: 12)
            #expect(hub.flag(1)?.isEnded == false)
            try show(ana, hub, activity, session: session)
            pass(hub, [ana, sun], seconds: 11)
            let flag = try #require(hub.flag(1))
            #expect(flag.status == .cancelled && flag.cause == .callEnded, "\(session)")
        }
    }

    @Test("The asker's own state goes before what stands under their name elsewhere")
    func elsewhere() throws {
        let (hub, ana, sun) = raised()
        try show(ana, hub, .busy, .connected, "c200")
        for key in ["agent/bj/saels/ana/", "agent/hq/floor/ana/"] {
            try show(ana, hub, .ready, at: key)
            pass(hub, [ana, sun], seconds: 15)
            #expect(hub.flag(1)?.isEnded == false, "\(key)")
        }
        // Who says so where no state of their own contradicts is believed.
        try show(ana, hub, .busy, .connected, "c300")
        try show(ana, hub, .notReady, at: "agent/hq/floor/ana/")
        try show(ana, hub, .ready, at: "agent/hq/floor/ana/")
        pass(hub, [ana, sun], seconds: 12)
        #expect(hub.flag(1)?.cause == .callEnded)
    }

    @Test("Who is being helped is helped on; a flag about no call ends with none; one of two ends")
    func others() throws {
        let (hub, ana, sun) = raised()
        let token = sun.flag(.claim, 1, hub).claimGeneration
        sun.flag(.engage, 1, hub) {
            $0.claimGeneration = token
            $0.channel = .whisper
        }
        ana.flag(.raise, 2, hub)
        ana.flag(.raise, 3, hub) { $0.callReference = "chat-7" }
        try show(ana, hub, .busy, .ended, "c200")
        #expect(hub.flag(1)?.status == .engaged && hub.flag(3)?.isEnded == false)
        try show(ana, hub, .ready)
        pass(hub, [ana, sun], seconds: 12)
        #expect(hub.flag(1)?.status == .engaged && hub.flag(2)?.isEnded == false)
        #expect(hub.flag(3)?.cause == .callEnded)
        sun.flag(.answer, 1, hub) {
            $0.claimGeneration = token
            $0.outcome = .answered
        }
        // The answer was none, and the agent has been ready for long: that is asking again.
        #expect(ana.flag(.reopen, 1, hub).status == .ok)
        pass(hub, [ana, sun], seconds: 1)
        #expect(hub.flag(1)?.status == .pending)
    }

    // MARK: it always ends

    @Test("A flag somebody helps with for too long is told of, and then goes back")
    func engagedAges() throws {
        let roster = try Roster(people: SmallFloor.people, teams: SmallFloor.teams)
        let hub = HubHarness {
            $0.isDurable = true
            $0.roster = roster
        }
        let (ana, sun, lead) = (hub.join("ana"), hub.join("sun"), hub.join("lead"))
        lead.subscribe(1, "note/")
        ana.flag(.raise, 1, hub)
        let token = sun.flag(.claim, 1, hub).claimGeneration
        sun.flag(.engage, 1, hub) {
            $0.claimGeneration = token
            $0.channel = .desk
        }
        func state() -> HelpFlag? {
            let found = hub.join("again", principal: "ana")
            found.ask(.get, "private/bj/ana/")
            hub.turn()
            let record = found.takeRecords().last
            found.bye()
            hub.turn()
            return record.flatMap { try? HelpFlag(payload: $0.payload.span) }
        }
        pass(hub, [ana, sun, lead], seconds: 29 * 60)
        #expect(state()?.status == .engaged && state()?.escalation == 0)
        _ = lead.take()
        pass(hub, [ana, sun, lead], seconds: 61)
        #expect(state()?.status == .engaged && state()?.escalation == 1)
        let alerts = lead.takeRecords().compactMap { try? FloorNote(payload: $0.payload.span) }
        #expect(alerts.count == 1 && alerts.first?.kind == .alert)
        #expect(alerts.first?.text.hasPrefix("a help flag is long without an answer") == true)
        pass(hub, [ana, sun, lead], seconds: 30 * 60)
        let back = try #require(state())
        #expect(back.status == .pending && back.cause == .timer && back.owner.isEmpty)
        #expect(back.claimGeneration == token + 1)
    }

    @Test("A merged flag that its incident leaves without an answer ends as unanswered")
    func mergedAges() throws {
        let (hub, ana, sun) = raised(call: "")
        let bo = hub.join("bo")
        bo.flag(.raise, 2, hub)
        sun.flag(.merge, 2, hub) { $0.incident = flagID(1) }
        var token = sun.flag(.claim, 1, hub).claimGeneration
        // Somebody keeps the incident, and never answers.
        for _ in 0..<9 {
            sun.flag(.engage, 1, hub) {
                $0.claimGeneration = token
                $0.channel = .desk
            }
            pass(hub, [ana, sun, bo], seconds: 29 * 60)
            sun.flag(.release, 1, hub) { $0.claimGeneration = token }
            token = sun.flag(.claim, 1, hub).claimGeneration
        }
        let flag = try #require(hub.flag(2))
        #expect(flag.status == .unanswered && flag.cause == .timer)
        #expect(hub.flag(1)?.status == .claimed)
    }

    @Test("The asker may cancel or escalate at any time while the flag is open")
    func askerAtAnyTime() {
        let steps: [(RecordOperation, FlagStatus)] = [
            (.seen, .pending), (.claim, .claimed), (.engage, .engaged),
        ]
        for last in 0...steps.count {
            let (hub, ana, sun) = raised(call: "")
            for (operation, status) in steps[..<last] {
                sun.flag(operation, 1, hub) {
                    $0.claimGeneration = operation == .engage ? 1 : 0
                    $0.channel = .desk
                }
                #expect(hub.flag(1)?.status == status)
            }
            #expect(ana.flag(.escalate, 1, hub).status == .ok, "\(last)")
            #expect(hub.flag(1)?.escalation == 1)
            #expect(ana.flag(.cancel, 1, hub).status == .ok, "\(last)")
            #expect(hub.flag(1)?.status == .cancelled)
            #expect(ana.flag(.escalate, 1, hub).status == .wrongState)
        }
        // Whoever is only claimed has no more time to arrive because it was made louder.
        let (hub, ana, sun) = raised(call: "")
        sun.flag(.claim, 1, hub)
        pass(hub, [ana, sun], seconds: 100)
        ana.flag(.escalate, 1, hub)
        pass(hub, [ana, sun], seconds: 21)
        #expect(hub.flag(1)?.cause == .neverEngaged)
    }

    // MARK: who has said what

    @Test("Whoever is off the floor claims nothing; whoever has said nothing may")
    func offFloor() {
        let (hub, _, sun) = raised()
        sun.goOnDuty(hub, .offFloor)
        let refused = sun.flag(.claim, 1, hub)
        #expect(refused.status == .denied && refused.owner.hasPrefix("off the floor"))
        sun.goOnDuty(hub, .onBreak)
        #expect(sun.flag(.claim, 1, hub).status == .ok)
        sun.flag(.release, 1, hub) { $0.claimGeneration = 1 }
        let tom = hub.join("tom")
        #expect(tom.flag(.claim, 1, hub).status == .ok)
    }

    @Test("A flag is answered once; an answer says something, or how it came out")
    func answers() {
        let (hub, _, sun) = raised()
        sun.flag(.claim, 1, hub)
        func answer(_ change: (inout FlagRequest) -> Void) -> ResultRun {
            sun.flag(.answer, 1, hub) {
                $0.claimGeneration = 1
                change(&$0)
            }
        }
        #expect(answer { $0.text = "yes" }.status == .invalid, "how did it come out?")
        let empty = answer { $0.outcome = .answered }
        #expect(empty.status == .invalid && empty.owner.hasPrefix("an answer without text"))
        #expect(answer { $0.outcome = .transferred }.status == .ok)
        let again = answer {
            $0.outcome = .answered
            $0.text = "yes"
        }
        #expect(again.status == .wrongState && again.owner == "answered")
        let release = sun.flag(.release, 1, hub) { $0.claimGeneration = 1 }
        #expect(release.status == .wrongState && release.owner == "answered")
    }

    @Test("An answer given in person needs no text")
    func spoken() {
        let (hub, _, sun) = raised()
        sun.flag(.claim, 1, hub)
        sun.flag(.engage, 1, hub) {
            $0.claimGeneration = 1
            $0.channel = .desk
        }
        let spoken = sun.flag(.answer, 1, hub) {
            $0.claimGeneration = 1
            $0.outcome = .answered
        }
        #expect(spoken.status == .ok)
    }
}
