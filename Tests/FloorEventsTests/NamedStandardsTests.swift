import FloorEvents
import Testing

@Suite("Other systems' agent states, by text") struct NamedStandardsTests {
    private func finesse(_ text: String, _ pending: String = "", _ code: UInt16 = 0) -> String {
        stateLine { () throws(StandardError) in
            try AgentState(finesse: text, pending: pending, reasonCode: code)
        }
    }

    @Test("Finesse says what its User.States lists, and every other text is an error")
    func finesseStates() throws {
        let listed = [
            "LOGOUT": "loggedOff unknown", "NOT_READY": "loggedOn notReady",
            "READY": "loggedOn ready", "RESERVED": "loggedOn reserved call offered",
            "RESERVED_OUTBOUND": "loggedOn reserved call offered",
            "RESERVED_OUTBOUND_PREVIEW": "loggedOn reserved call offered",
            "TALKING": "loggedOn busy call connected", "HOLD": "loggedOn busy call held",
            "WORK": "loggedOn afterCall then notReady",
            "WORK_READY": "loggedOn afterCall then ready", "UNKNOWN": "unknown unknown",
        ]
        for (text, said) in listed {
            #expect(finesse(text) == said)
            let state = try AgentState(finesse: text)
            let isOutbound = text.hasPrefix("RESERVED_OUTBOUND")
            #expect(state.finesse?.state.description == (isOutbound ? "RESERVED" : text))
            #expect(state.finesse?.pending.description == "")
        }
        for text in ["", "LOGIN", "ready", "READY ", "WORK_", "WORKING", "RESERVED_OUT", "2"] {
            #expect(
                finesse(text)
                    == "\"\(text)\" is no state of Finesse; docs/standards.md lists those there are"
            )
        }
    }

    @Test("Finesse's pending state counts before the flavour of wrap-up")
    func finessePending() throws {
        #expect(finesse("TALKING", "NOT_READY") == "loggedOn busy then notReady call connected")
        #expect(finesse("TALKING", "WORK") == "loggedOn busy then afterCall call connected")
        #expect(finesse("TALKING", "LOGOUT") == "loggedOn busy call connected")
        #expect(finesse("WORK", "READY") == "loggedOn afterCall then ready")
        #expect(finesse("WORK", "LOGOUT") == "loggedOn afterCall then notReady")
        #expect(
            finesse("TALKING", "LATER")
                == "\"LATER\" is no pending state of Finesse; docs/standards.md lists those "
                + "there are"
        )
        let talking = try AgentState(finesse: "TALKING", pending: "READY").finesse
        #expect(talking?.state.description == "TALKING" && talking?.pending.description == "READY")
    }

    @Test("A state goes to Finesse and comes back, or Finesse has no such value")
    func toFinesse() throws {
        for state in allStates {
            guard let said = state.finesse else {
                let sayable: [AgentActivity?] = [.notReady, .ready]
                #expect(state.pending != nil || state.activity == .afterCall, "\(stateLine(state))")
                #expect(!sayable.contains(state.pending), "\(stateLine(state))")
                continue
            }
            let back = try AgentState(
                finesse: said.state.description,
                pending: said.pending.description
            )
            #expect(isSame(back, state), "\(stateLine(state))")
        }
    }

    @Test("A system's code is the cause, a site's code stays the reason code")
    func finesseCodes() {
        let causes: [UInt16: (notReady: StateCause?, logout: StateCause?)] = [
            255: (nil, .connectionLost), 32757: (.failover, .failover), 32758: (.timer, .timer),
            32759: (.deviceFault, .deviceFault), 32763: (.ringNoAnswer, .ringNoAnswer),
            32764: (.failover, .failover), 32765: (.connectionLost, .connectionLost),
            32767: (.ringNoAnswer, nil), 50002: (.connectionLost, .connectionLost),
            50003: (nil, .deviceFault), 50004: (nil, .timer), 50010: (.ringNoAnswer, nil),
            50040: (nil, .deviceFault), 50041: (.deviceFault, nil), 50042: (nil, .deviceFault),
            UInt16(bitPattern: -1): (.failover, .failover),
            UInt16(bitPattern: -2): (.failover, .failover),
        ]
        func said(_ cause: StateCause?, _ code: UInt16) -> String {
            if code == 0 { return "" }
            return cause.map { " because " + $0.name } ?? " code \(code)"
        }
        let tried: [ClosedRange<UInt16>] = [
            0...1000, 32_700...32_800, 49_900...50_100, 65_500...65_535,
        ]
        for code in tried.joined() {
            let cause = causes[code]
            #expect(
                finesse("NOT_READY", "", code) == "loggedOn notReady" + said(cause?.notReady, code)
            )
            #expect(finesse("LOGOUT", "", code) == "loggedOff unknown" + said(cause?.logout, code))
        }
        // Elsewhere a code left over from before says nothing about this state.
        #expect(finesse("READY", "", 32763) == "loggedOn ready code 32763")
    }

    private func freeSwitch(_ status: String, _ state: String) -> String {
        stateLine { () throws(StandardError) in try AgentState(freeSwitch: status, state: state) }
    }

    @Test("FreeSWITCH says with two texts what the agent wants and what it does")
    func freeSwitchStates() {
        let states = ["Idle", "Waiting", "Receiving", "Reserved", "In a queue call", "Unknown"]
        let offered = "reserved call offered"
        let demand = "reserved then notReady call offered"
        let table: [(String, String, [String])] = [
            (
                "Logged Out", "loggedOff",
                ["unknown", "unknown", offered, offered, "busy call connected", "unknown"]
            ),
            (
                "Available", "loggedOn",
                ["notReady", "ready", offered, offered, "busy call connected", "unknown"]
            ),
            (
                "Available (On Demand)", "loggedOn",
                [
                    "notReady", "ready", demand, demand, "busy then notReady call connected",
                    "unknown",
                ]
            ),
            (
                "On Break", "loggedOn",
                [
                    "notReady", "notReady", demand, demand, "busy then notReady call connected",
                    "unknown",
                ]
            ),
            (
                "Unknown", "unknown",
                ["unknown", "unknown", offered, offered, "busy call connected", "unknown"]
            ),
        ]
        for (status, session, row) in table {
            for (state, said) in zip(states, row) {
                #expect(freeSwitch(status, state) == session + " " + said, "\(status), \(state)")
            }
        }
        let end = " of FreeSWITCH mod_callcenter; docs/standards.md lists those there are"
        for text in ["", "available", "Waiting", "Available (On Demand"] {
            #expect(freeSwitch(text, "Waiting") == "\"\(text)\" is no agent status" + end)
        }
        for text in ["", "waiting", "Available", "In a queue call "] {
            #expect(freeSwitch("Available", text) == "\"\(text)\" is no agent state" + end)
        }
    }

    @Test("A state goes to FreeSWITCH and comes back, or FreeSWITCH has no such value")
    func toFreeSwitch() throws {
        for state in allStates {
            guard let (status, text) = state.freeSwitch else {
                let isVague = state.pending != nil && state.activity != .afterCall
                #expect(isVague || state.activity == .afterCall, "\(stateLine(state))")
                continue
            }
            let back = try AgentState(freeSwitch: status.description, state: text.description)
            // Available in a call is both: ready afterwards, and nothing said.
            #expect(isSame(back, state, pending: state.pending != .ready), "\(stateLine(state))")
        }
        let gone = try AgentState(freeSwitch: "Logged Out", state: "In a queue call")
        #expect(gone.freeSwitch?.status.description == "Logged Out")
        #expect(gone.freeSwitch?.state.description == "In a queue call")
    }
}

@Suite("Asterisk's queue members") struct AsteriskStandardTests {
    private func asterisk(
        _ number: Int32,
        _ paused: Bool = false,
        _ inCall: Bool = false,
        reason: String = ""
    ) -> String {
        stateLine { () throws(StandardError) in
            try AgentState(
                asterisk: number,
                paused: paused,
                inCall: inCall,
                pausedReason: reason
            )
        }
    }

    @Test("Device state, paused and in-call together say the state")
    func states() throws {
        let free = [
            "unknown", "ready", "busy", "busy", "unknown out of service", "unknown out of service",
            "reserved call alerting", "busy", "busy call held",
        ]
        let names = [
            "UNKNOWN", "NOT_INUSE", "INUSE", "BUSY", "INVALID", "UNAVAILABLE", "RINGING",
            "RINGINUSE", "ONHOLD",
        ]
        for number in Int32(-300)...300 {
            guard 0...8 ~= number else {
                #expect(
                    asterisk(number)
                        == "\(number) is no device state of Asterisk; docs/standards.md lists "
                        + "those there are"
                )
                continue
            }
            let dead = [4, 5].contains(number) ? " out of service" : ""
            let call = number == 8 ? "held" : "connected"
            #expect(asterisk(number) == "loggedOn " + free[Int(number)])
            #expect(asterisk(number, true) == "loggedOn notReady" + dead)
            let named = try AgentState(asterisk: names[Int(number)], paused: true, inCall: true)
            #expect(try named == AgentState(asterisk: number, paused: true, inCall: true))
            // A free telephone counts before what the queue still says of its last call.
            guard number != 1 else {
                #expect(asterisk(number, false, true) == "loggedOn ready")
                #expect(asterisk(number, true, true) == "loggedOn notReady")
                continue
            }
            #expect(asterisk(number, false, true) == "loggedOn busy call " + call + dead)
            #expect(
                asterisk(number, true, true) == "loggedOn busy then notReady call " + call + dead
            )
        }
        for name in ["", "not_inuse", "AST_DEVICE_BUSY", "BUSY ", "IDLE"] {
            let said = stateLine { () throws(StandardError) in try AgentState(asterisk: name) }
            #expect(said.hasPrefix("\"\(name)\" is no device state of Asterisk"))
        }
    }

    @Test("A pause's reason is kept, but the queue's own pause is ring-no-answer")
    func pauses() {
        #expect(asterisk(1, true, reason: "lunch") == "loggedOn notReady reason lunch")
        #expect(
            asterisk(1, true, reason: "Auto-Pause") == "loggedOn notReady because ringNoAnswer"
        )
        #expect(asterisk(1, reason: "Auto-Pause") == "loggedOn ready")
    }

    @Test("A state goes to Asterisk and comes back, or Asterisk has no such value")
    func back() throws {
        for var state in allStates {
            for works in [true, false] {
                state.deviceInService = works
                guard let said = state.asterisk else {
                    let lost = state.session == .loggedOff || state.activity == .afterCall
                    let dead = !works && [.ready, .reserved].contains(state.activity)
                    #expect(lost || dead || state.pending != nil, "\(stateLine(state))")
                    continue
                }
                let back = try AgentState(
                    asterisk: said.deviceState,
                    paused: said.paused,
                    inCall: said.inCall
                )
                #expect(
                    isSame(back, state, pending: state.pending != .ready),
                    "\(stateLine(state))"
                )
                #expect(back.deviceInService == works, "\(stateLine(state))")
            }
        }
    }
}
