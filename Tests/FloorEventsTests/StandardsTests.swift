import FloorEvents
import Testing

/// A state in one line: session, activity, then what else is said.
func stateLine(_ state: AgentState) -> String {
    var words = [state.session.name, state.activity.name]
    if let pending = state.pending { words.append("then " + pending.name) }
    if state.call != .none { words.append("call " + state.call.name) }
    if state.cause != .unknown { words.append("because " + state.cause.name) }
    if state.reasonCode != 0 { words.append("code \(state.reasonCode)") }
    if !state.reason.isEmpty { words.append("reason " + state.reason) }
    if !state.deviceInService { words.append("out of service") }
    return words.joined(separator: " ")
}

/// What a conversion says, or its error's sentence.
func stateLine(_ state: () throws(StandardError) -> AgentState) -> String {
    do { return stateLine(try state()) } catch { return error.sentence }
}

/// Every session, activity, pending state and place of the call together.
let allStates: [AgentState] = AgentSession.allCases.flatMap { session in
    AgentActivity.allCases.flatMap { activity in
        ([nil] + AgentActivity.allCases.map(Optional.some)).flatMap { pending in
            [CallPhase.none, .connected, .held].map { call in
                var state = AgentState(activity: activity)
                state.session = session
                state.pending = pending
                state.call = call
                return state
            }
        }
    }
}

/// What must come back from a round trip: all but how the call is.
///
/// Logged off and unknown are one value each in every standard.
func isSame(_ back: AgentState, _ state: AgentState, pending: Bool = true) -> Bool {
    if state.session == .loggedOff { return back.session == .loggedOff }
    if state.activity == .unknown { return back.activity == .unknown }
    return back.activity == state.activity && (!pending || back.pending == state.pending)
}

@Suite("Other systems' agent states, by number") struct NumberedStandardsTests {
    @Test("CSTA III says what ECMA-269 lists, and every other number is an error")
    func csta() {
        let listed: [Int32: String] = [
            0: "loggedOn notReady", 1: "loggedOff unknown", 2: "loggedOn ready",
            3: "loggedOn busy", 4: "loggedOn afterCall",
        ]
        for number in Int32(-300)...300 {
            let error =
                "\(number) is no agent state of CSTA III (ECMA-269); docs/standards.md lists those "
                + "there are"
            #expect(
                stateLine { () throws(StandardError) in try AgentState(csta: number) }
                    == listed[number] ?? error
            )
        }
    }

    @Test("CSTA's pending states have numbers of their own: 3 is after-call, and there is no 4")
    func cstaPending() {
        let listed: [Int32: String] = [
            0: "loggedOn busy then notReady", 1: "loggedOn busy", 2: "loggedOn busy then ready",
            3: "loggedOn busy then afterCall",
        ]
        for number in Int32(-300)...300 {
            let error =
                "\(number) is no pending agent state of CSTA III (ECMA-269); docs/standards.md "
                + "lists those there are"
            #expect(
                stateLine { () throws(StandardError) in try AgentState(csta: 3, pending: number) }
                    == listed[number] ?? error
            )
        }
    }

    @Test("A state goes to CSTA and comes back, or CSTA has no such value")
    func toCSTA() throws {
        for state in allStates {
            guard let said = state.csta else {
                let lacking = [.reserved, .unknown].contains(state.activity)
                let pending: [AgentActivity?] = [.unknown, .reserved, .busy]
                #expect(lacking || pending.contains(state.pending), "\(stateLine(state))")
                continue
            }
            let back = try AgentState(csta: said.state, pending: said.pending)
            #expect(isSame(back, state), "\(stateLine(state))")
        }
        var state = AgentState(activity: .afterCall)
        #expect(state.csta?.state == 4 && state.csta?.pending == nil)
        state.pending = .ready
        #expect(state.csta?.state == 4 && state.csta?.pending == 2)
        state.activity = .busy
        state.pending = .afterCall
        #expect(state.csta?.state == 3 && state.csta?.pending == 3)
        #expect(AgentState.loggedOff.csta?.state == 1)
    }

    @Test("TSAPI keeps the two flavours of wrap-up")
    func tsapi() {
        let listed: [Int32: String] = [
            -1: "unknown unknown", 0: "loggedOn notReady", 1: "loggedOff unknown",
            2: "loggedOn ready", 3: "loggedOn afterCall then notReady",
            4: "loggedOn afterCall then ready",
        ]
        for number in Int32(-300)...300 {
            let error =
                "\(number) is no agent state of TSAPI; docs/standards.md lists those there are"
            #expect(
                stateLine { () throws(StandardError) in try AgentState(tsapi: number) }
                    == listed[number] ?? error
            )
        }
    }

    @Test("A state goes to TSAPI and comes back, but busy, reserved and wrap-up to nowhere do not")
    func toTSAPI() throws {
        for state in allStates {
            guard let number = state.tsapi else {
                let flavour: [AgentActivity?] = [.notReady, .ready]
                let isVague = state.activity == .afterCall && !flavour.contains(state.pending)
                #expect(
                    isVague || [.busy, .reserved].contains(state.activity),
                    "\(stateLine(state))"
                )
                continue
            }
            let back = try AgentState(tsapi: number)
            #expect(
                isSame(back, state, pending: state.activity == .afterCall),
                "\(stateLine(state))"
            )
        }
        for number in Int32(-1)...4 { #expect(try AgentState(tsapi: number).tsapi == number) }
    }

    @Test("Avaya's talk state tells busy, and the pending work mode where it leads")
    func avaya() throws {
        func said(_ number: Int32, _ talk: Int32, _ mode: Int32) -> String {
            stateLine { () throws(StandardError) in
                try AgentState(avaya: number, talkState: talk, pendingWorkMode: mode)
            }
        }
        for number in Int32(-1)...4 {
            let state = stateLine { () throws(StandardError) in try AgentState(tsapi: number) }
            #expect(said(number, 1, -1) == state)
        }
        #expect(said(2, 0, -1) == "loggedOn busy call connected")
        #expect(said(0, 0, -1) == "loggedOn busy then notReady call connected")
        #expect(said(3, 0, -1) == "loggedOn busy then afterCall call connected")
        #expect(said(4, 0, -1) == "loggedOn busy then afterCall call connected")
        #expect(said(1, 0, -1) == "loggedOff busy call connected")
        let modes: [Int32: String] = [1: "notReady", 2: "afterCall", 3: "ready", 4: "ready"]
        for mode in Int32(-300)...300 where mode != -1 {
            let wrong = "\(mode) is no work mode of TSAPI; docs/standards.md lists those there are"
            let right = modes[mode].map { "loggedOn busy then \($0) call connected" }
            #expect(said(2, 0, mode) == right ?? wrong)
        }
        #expect(said(3, 1, 3) == "loggedOn afterCall then ready")
        #expect(said(3, 1, 2) == "loggedOn afterCall then notReady")
        for talk: Int32 in [-1, 2, 77] {
            #expect(said(2, talk, -1).hasPrefix("\(talk) is no talk state of TSAPI"))
        }
        #expect(said(5, 0, -1).hasPrefix("5 is no agent state of TSAPI"))
    }

    @Test("A state goes to Avaya and comes back, but reserved and wrap-up to nowhere do not")
    func toAvaya() throws {
        for state in allStates {
            guard let said = state.avaya else {
                let flavour: [AgentActivity?] = [.notReady, .ready]
                let isVague = state.activity == .afterCall && !flavour.contains(state.pending)
                let pending: [AgentActivity?] = [.unknown, .reserved, .busy]
                let lacks = state.activity == .reserved || pending.contains(state.pending)
                #expect(isVague || lacks, "\(stateLine(state))")
                continue
            }
            let back = try AgentState(
                avaya: said.state,
                talkState: said.talkState,
                pendingWorkMode: said.pendingWorkMode
            )
            #expect(isSame(back, state, pending: state.pending != state.activity))
        }
    }

    @Test("CSTA's XML names are its numbers' names, to the letter")
    func cstaXML() throws {
        let names = [
            "agentNotReady", "agentNull", "agentReady", "agentBusy", "agentWorkingAfterCall",
        ]
        for (number, name) in names.enumerated() {
            let state = try AgentState(cstaXML: name)
            #expect(try state == AgentState(csta: Int32(number)))
            #expect(state.cstaXML?.state.description == name)
            #expect(state.cstaXML?.pending.description == "")
            guard name != "agentBusy" else { continue }
            let busy = try AgentState(cstaXML: "agentBusy", pending: name)
            #expect(try busy == AgentState(csta: 3, pending: Int32(number > 3 ? 3 : number)))
            let isKept = name != "agentNull"
            #expect(busy.cstaXML?.pending.description == (isKept ? name : ""))
        }
        for name in ["", "AgentReady", "agentReady ", "ready", "2"] {
            let said = stateLine { () throws(StandardError) in try AgentState(cstaXML: name) }
            #expect(said.hasPrefix("\"\(name)\" is no agent state of CSTA"))
        }
        let said = stateLine { () throws(StandardError) in
            try AgentState(cstaXML: "agentReady", pending: "agentBusy")
        }
        #expect(said.hasPrefix("\"agentBusy\" is no pending agent state of CSTA"))
    }

    @Test("TAPI 2 says each state with a bit, and the next one too")
    func tapi2() throws {
        let listed: [UInt32: String] = [
            0x1: "loggedOff unknown", 0x2: "loggedOn notReady", 0x4: "loggedOn ready",
            0x8: "loggedOn busy", 0x10: "loggedOn busy", 0x20: "loggedOn busy",
            0x40: "loggedOn busy", 0x80: "loggedOn afterCall", 0x100: "unknown unknown",
            0x200: "unknown unknown",
        ]
        let bits = (UInt32(0)..<32).map { UInt32(1) << $0 }
        for number in Array(UInt32(0)...300) + bits {
            let said = stateLine { () throws(StandardError) in try AgentState(tapi2: number) }
            #expect(
                said == listed[number]
                    ?? "\(number) is no agent state of TAPI 2; docs/standards.md lists those "
                    + "there are"
            )
            guard number > 0 else { continue }
            let next = stateLine { () throws(StandardError) in
                try AgentState(tapi2: 0x8, next: number)
            }
            let words = listed[number]?.split(separator: " ").last.map(String.init)
            let right = words.map { "loggedOn busy" + ($0 == "unknown" ? "" : " then " + $0) }
            #expect(next == right || words == nil && next.hasPrefix("\(number) is no next agent"))
        }
        for state in allStates {
            guard let said = state.tapi2 else {
                let pending: [AgentActivity?] = [.unknown, .reserved]
                #expect(state.activity == .reserved || pending.contains(state.pending))
                continue
            }
            #expect(isSame(try AgentState(tapi2: said.state, next: said.next), state))
        }
    }

    @Test("TAPI 3's three kinds of busy are one, and busy goes back as an ACD call")
    func tapi3() {
        let listed: [Int32: String] = [
            0: "loggedOn notReady", 1: "loggedOn ready", 2: "loggedOn busy", 3: "loggedOn busy",
            4: "loggedOn busy", 5: "unknown unknown",
        ]
        for number in Int32(-300)...300 {
            let error =
                "\(number) is no agent state of TAPI 3; docs/standards.md lists those there are"
            #expect(
                stateLine { () throws(StandardError) in try AgentState(tapi3: number) }
                    == listed[number] ?? error
            )
        }
    }

    @Test("A state goes to TAPI 3 and comes back, but logged off, reserved and wrap-up do not")
    func toTAPI3() throws {
        for state in allStates {
            guard let number = state.tapi3 else {
                let lacking = [.reserved, .afterCall].contains(state.activity)
                #expect(lacking || state.session == .loggedOff, "\(stateLine(state))")
                continue
            }
            #expect(
                isSame(try AgentState(tapi3: number), state, pending: false),
                "\(stateLine(state))"
            )
        }
        for number: Int32 in [0, 1, 2, 5] { #expect(try AgentState(tapi3: number).tapi3 == number) }
        #expect(try AgentState(tapi3: 3).tapi3 == 2)
    }

    @Test("The same number means something else in each standard")
    func trap() throws {
        let three = [try AgentState(csta: 3), try AgentState(tsapi: 3), try AgentState(tapi3: 3)]
        #expect(three.map(\.activity) == [.busy, .afterCall, .busy])
        let two = [try AgentState(csta: 2), try AgentState(tsapi: 2), try AgentState(tapi3: 2)]
        #expect(two.map(\.activity) == [.ready, .ready, .busy])
    }

    @Test("An error names the value, the field and the standard")
    func errors() {
        #expect(
            AgentStandard.allCases.map(\.name) == [
                "CSTA III (ECMA-269)", "TSAPI", "TAPI 2", "TAPI 3", "Finesse", "Asterisk",
                "FreeSWITCH mod_callcenter",
            ]
        )
        do {
            _ = try AgentState(tsapi: 9)
            Issue.record("9 was taken")
        } catch {
            #expect(error.standard == .tsapi && error.value == "9" && error.field == "agent state")
        }
    }
}
