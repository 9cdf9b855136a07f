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

    @Test("TAPI's three kinds of busy are one, and busy goes back as an ACD call")
    func tapi() {
        let listed: [Int32: String] = [
            0: "loggedOn notReady", 1: "loggedOn ready", 2: "loggedOn busy", 3: "loggedOn busy",
            4: "loggedOn busy", 5: "unknown unknown",
        ]
        for number in Int32(-300)...300 {
            let error =
                "\(number) is no agent state of TAPI 3; docs/standards.md lists those there are"
            #expect(
                stateLine { () throws(StandardError) in try AgentState(tapi: number) }
                    == listed[number] ?? error
            )
        }
    }

    @Test("A state goes to TAPI and comes back, but logged off, reserved and wrap-up do not")
    func toTAPI() throws {
        for state in allStates {
            guard let number = state.tapi else {
                let lacking = [.reserved, .afterCall].contains(state.activity)
                #expect(lacking || state.session == .loggedOff, "\(stateLine(state))")
                continue
            }
            #expect(
                isSame(try AgentState(tapi: number), state, pending: false),
                "\(stateLine(state))"
            )
        }
        for number: Int32 in [0, 1, 2, 5] { #expect(try AgentState(tapi: number).tapi == number) }
        #expect(try AgentState(tapi: 3).tapi == 2)
    }

    @Test("The same number means something else in each standard")
    func trap() throws {
        let three = [try AgentState(csta: 3), try AgentState(tsapi: 3), try AgentState(tapi: 3)]
        #expect(three.map(\.activity) == [.busy, .afterCall, .busy])
        let two = [try AgentState(csta: 2), try AgentState(tsapi: 2), try AgentState(tapi: 2)]
        #expect(two.map(\.activity) == [.ready, .ready, .busy])
    }

    @Test("An error names the value, the field and the standard")
    func errors() {
        #expect(
            AgentStandard.allCases.map(\.name) == [
                "CSTA III (ECMA-269)", "TSAPI", "TAPI 3", "Finesse", "Asterisk",
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
