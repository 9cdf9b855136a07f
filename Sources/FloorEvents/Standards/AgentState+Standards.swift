// The converters as applications use them; the tables are in the files beside this one.

extension AgentState {
    /// The state of an agent as CSTA III (ECMA-269) says it.
    ///
    ///     let state = try AgentState(csta: 4, pending: 2)   // after-call, then ready
    ///
    /// A busy agent whose connection is alerting is reserved in FloorBus; the agent state alone
    /// does not tell, so set that from the connection state.
    ///
    /// - Parameters:
    ///   - number: an AgentState, 0 to 4.
    ///   - pending: a PendingAgentState, 0 to 3, whose numbers are not AgentState's: 3 is
    ///     agentWorkingAfterCall. About to log off (1) becomes nil.
    /// - Throws: `StandardError` for every other number.
    public init(csta number: Int32, pending: Int32? = nil) throws(StandardError) {
        self.init(try AgentStanding(csta: number, pending: pending))
    }

    /// The state as CSTA's AgentState and PendingAgentState; nil where CSTA has no such value.
    ///
    /// That is reserved and unknown, also as pending, and busy as pending.
    public var csta: (state: Int32, pending: Int32?)? {
        AgentStanding(self).csta
    }

    /// The state of an agent as CSTA's XML (ECMA-323) names it.
    ///
    ///     let state = try AgentState(cstaXML: "agentBusy", pending: "agentNotReady")
    ///
    /// - Parameters:
    ///   - text: an AgentState, to the letter, for example `agentReady`.
    ///   - pending: a PendingAgentState, empty when there is none.
    /// - Throws: `StandardError` for every other text.
    public init(cstaXML text: String, pending: String = "") throws(StandardError) {
        self.init(try AgentStanding(cstaXML: text, pending: pending))
    }

    /// The state as the names of CSTA's XML, pending empty when there is none; nil as `csta`.
    public var cstaXML: (state: StaticString, pending: StaticString)? {
        AgentStanding(self).cstaXML
    }
}

extension AgentState {
    /// The state of an agent as TSAPI's AgentState_t says it, for example Avaya's.
    ///
    ///     let state = try AgentState(tsapi: 3)   // after-call, then not ready
    ///
    /// - Throws: `StandardError` for a number that is not -1 to 4.
    public init(tsapi number: Int32) throws(StandardError) {
        self.init(try AgentStanding(tsapi: number))
    }

    /// The state as TSAPI's AgentState_t; nil where TSAPI has no such value.
    ///
    /// That is reserved, busy, and after-call unless not ready or ready is pending. Other pending
    /// states are left out.
    public var tsapi: Int32? {
        AgentStanding(self).tsapi
    }

    /// The state of an agent as Avaya's TSAPI says it with its private data
    /// (ATTQueryAgentStateConfEvent), which tells what AgentState_t cannot: that the agent is on a
    /// call.
    ///
    ///     let state = try AgentState(avaya: 2, talkState: 0, pendingWorkMode: 1)
    ///     // busy, then not ready
    ///
    /// - Parameters:
    ///   - number: an AgentState_t, as `init(tsapi:)`.
    ///   - talkState: an ATTTalkState_t: 0 on a call, 1 idle. A call in auxiliary or after-call
    ///     work leads back there.
    ///   - pendingWorkMode: an ATTWorkMode_t: 1 auxiliary, 2 after-call, 3 and 4 ready, -1 none.
    ///     It counts before what the agent state says.
    /// - Throws: `StandardError` for every other number.
    public init(
        avaya number: Int32,
        talkState: Int32,
        pendingWorkMode: Int32 = -1
    ) throws(StandardError) {
        self.init(
            try AgentStanding(
                avaya: number,
                talkState: talkState,
                pendingWorkMode: pendingWorkMode
            )
        )
    }

    /// The state as AgentState_t, ATTTalkState_t and pending ATTWorkMode_t; nil where Avaya has no
    /// such value.
    ///
    /// That is reserved, after-call unless not ready or ready is pending, and busy or reserved as
    /// pending. Ready as pending is WM_AUTO_IN.
    public var avaya: (state: Int32, talkState: Int32, pendingWorkMode: Int32)? {
        AgentStanding(self).avaya
    }
}

extension AgentState {
    /// The state of an agent as Microsoft's TAPI 2 says it: dwState and dwNextState of a
    /// LINEAGENTSTATUS.
    ///
    ///     let state = try AgentState(tapi2: 0x80, next: 0x4)   // after-call, then ready
    ///
    /// Which kind of call an agent is busy with (0x8 to 0x40) is not kept. LINEAGENTSTATEEX_*, of
    /// TAPI 2.2, has other numbers.
    ///
    /// - Parameters:
    ///   - number: a LINEAGENTSTATE_*, 0x1 to 0x200: one bit.
    ///   - next: the same, or 0 for none. About to log off and unknown become nil.
    /// - Throws: `StandardError` for every other number.
    public init(tapi2 number: UInt32, next: UInt32 = 0) throws(StandardError) {
        self.init(try AgentStanding(tapi2: number, next: next))
    }

    /// The state as TAPI 2's LINEAGENTSTATE_* and the next one, 0 for none; nil where TAPI has no
    /// such value.
    ///
    /// That is reserved, also as pending, and unknown as pending. Busy is LINEAGENTSTATE_BUSYACD.
    public var tapi2: (state: UInt32, next: UInt32)? {
        AgentStanding(self).tapi2
    }

    /// The state of an agent as Microsoft's TAPI 3 AGENT_STATE says it.
    ///
    ///     let state = try AgentState(tapi3: 1)   // ready
    ///
    /// Which kind of call an agent is busy with (2, 3, 4) is not kept.
    ///
    /// - Throws: `StandardError` for a number that is not 0 to 5.
    public init(tapi3 number: Int32) throws(StandardError) {
        self.init(try AgentStanding(tapi3: number))
    }

    /// The state as TAPI 3's AGENT_STATE; nil where TAPI has no such value.
    ///
    /// That is logged off, reserved and after-call. Busy is AS_BUSY_ACD; a pending state is left
    /// out.
    public var tapi3: Int32? {
        AgentStanding(self).tapi3
    }
}

extension AgentState {
    /// The state of an agent as Cisco Finesse says it.
    ///
    ///     let state = try AgentState(finesse: "NOT_READY", reasonCode: 32763)
    ///     // not ready because of ring-no-answer; reasonCode is 0, for it is no site's code
    ///
    /// - Parameters:
    ///   - text: `state` of a User, to the letter.
    ///   - pending: `pendingState` of a User, empty when there is none. It counts before what
    ///     WORK and WORK_READY say. LOGOUT and UNKNOWN FloorBus cannot say as pending.
    ///   - reasonCode: the reason code, 0 = none. A code by which the system says what happened
    ///     becomes the cause, every other one the site's `reasonCode`. CCE's -1 and -2 are 65535
    ///     and 65534, as in the two bytes in which they travel.
    /// - Throws: `StandardError` for every other text.
    public init(
        finesse text: String,
        pending: String = "",
        reasonCode: UInt16 = 0
    ) throws(StandardError) {
        self.init(try AgentStanding(finesse: text, pending: pending, reasonCode: reasonCode))
    }

    /// The state as Finesse's state and pendingState; nil where Finesse has no such value.
    ///
    /// That is after-call unless not ready or ready is pending, and anything else but these two
    /// as pending. pendingState is empty when there is none. The reason code is `reasonCode`.
    public var finesse: (state: StaticString, pending: StaticString)? {
        AgentStanding(self).finesse
    }
}

extension AgentState {
    /// The state of a member of an Asterisk queue (app_queue), as QueueMemberStatus says it.
    ///
    ///     let state = try AgentState(asterisk: 2, paused: true, inCall: true)
    ///     // busy, then not ready
    ///
    /// Who is no member of any queue is logged off; wrap-up Asterisk does not tell.
    ///
    /// - Parameters:
    ///   - deviceState: `Status`, 0 to 8.
    ///   - paused: `Paused`. A member paused in a call is busy until it ends, others are not
    ///     ready whatever the telephone does.
    ///   - inCall: `InCall`: a call of the queue. A telephone not in use (1) counts before it:
    ///     app_queue takes InCall back late, and sends no event then.
    ///   - pausedReason: `PausedReason`, which becomes the reason; at most 128 bytes can be
    ///     published. "Auto-Pause" is the cause ringNoAnswer instead.
    /// - Throws: `StandardError` for every other number.
    public init(
        asterisk deviceState: Int32,
        paused: Bool = false,
        inCall: Bool = false,
        pausedReason: String = ""
    ) throws(StandardError) {
        self.init(
            try AgentStanding(
                asterisk: deviceState,
                paused: paused,
                inCall: inCall,
                pausedReason: pausedReason
            )
        )
        if paused, cause == .unknown { reason = pausedReason }
    }

    /// The same from the device state's name, `NOT_INUSE` and so on, without `AST_DEVICE_`.
    ///
    /// - Throws: `StandardError` for every other name.
    public init(
        asterisk deviceState: String,
        paused: Bool = false,
        inCall: Bool = false,
        pausedReason: String = ""
    ) throws(StandardError) {
        try self.init(
            asterisk: AgentStanding.deviceState(named: deviceState),
            paused: paused,
            inCall: inCall,
            pausedReason: pausedReason
        )
    }

    /// The state as a queue member's `Status`, `Paused`, `InCall`; nil where it has none.
    ///
    /// That is logged off, after-call, and a pending state but not ready (or ready) in a call.
    public var asterisk: (deviceState: Int32, paused: Bool, inCall: Bool)? {
        AgentStanding(self).asterisk
    }
}

extension AgentState {
    /// The state of an agent as FreeSWITCH's mod_callcenter says it.
    ///
    ///     let state = try AgentState(freeSwitch: "On Break", state: "In a queue call")
    ///     // busy, then not ready
    ///
    /// The module's events tell a change of one of the two; remember the other. An agent may log
    /// out in a call and is then both, logged off and busy. Wrap-up is no state there.
    ///
    /// - Parameters:
    ///   - status: `CC-Agent-Status`, to the letter.
    ///   - state: `CC-Agent-State`, to the letter.
    /// - Throws: `StandardError` for every other text.
    public init(freeSwitch status: String, state: String) throws(StandardError) {
        self.init(try AgentStanding(freeSwitch: status, state: state))
    }

    /// The state as mod_callcenter's status and state; nil where it has no such value.
    ///
    /// That is after-call, and a pending state but not ready (or ready) with a call.
    public var freeSwitch: (status: StaticString, state: StaticString)? {
        AgentStanding(self).freeSwitch
    }
}
