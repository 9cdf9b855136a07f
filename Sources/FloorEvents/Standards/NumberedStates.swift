// The standards whose agent states are numbers. They stand together because their numbers differ:
// 3 and 4 are busy and after-call in CSTA but both after-call in TSAPI, 1 and 2 are logged off and
// ready in both but ready and busy in TAPI. Hence no function takes a number without naming the
// standard.

// MARK: CSTA III

/// AgentState of ECMA-285, the ASN.1 of ECMA-269.
private let cstaStates: [StateRow] = [
    StateRow(0, .notReady),  // agentNotReady
    StateRow(1, .unknown, session: .loggedOff),  // agentNull
    StateRow(2, .ready),  // agentReady
    StateRow(3, .busy),  // agentBusy
    StateRow(4, .afterCall),  // agentWorkingAfterCall
]

/// PendingAgentState of ECMA-285: without a busy, so that 3 is not the 3 of AgentState.
///
/// The event Agent Working After Call numbers its pending state otherwise again (0 not ready,
/// 1 ready, 2 null); its reader has to translate.
private let cstaPendingStates: [StateRow] = [
    StateRow(0, .notReady),  // agentNotReady
    StateRow(1, .unknown, session: .loggedOff),  // agentNull
    StateRow(2, .ready),  // agentReady
    StateRow(3, .afterCall),  // agentWorkingAfterCall
]

extension AgentStanding {
    /// As `AgentState`'s, which documents it.
    package init(csta number: Int32, pending: Int32?) throws(StandardError) {
        guard let row = cstaStates.row(number) else {
            throw StandardError(.csta, "agent state", number: number)
        }
        self.init(row)
        guard let pending else { return }
        guard let next = cstaPendingStates.row(pending) else {
            throw StandardError(.csta, "pending agent state", number: pending)
        }
        self.pending = next.asPending
    }

    /// As `AgentState.csta`.
    package var csta: (state: Int32, pending: Int32?)? {
        guard let row = cstaStates.row(for: self) else { return nil }
        guard let pending else { return (row.number, nil) }
        guard let next = cstaPendingStates.first(where: { $0.asPending == pending }) else {
            return nil
        }
        return (row.number, next.number)
    }
}

// MARK: TSAPI

/// AgentState_t of csta.h, which has no busy; -1 is JTAPI's AG_NOT_INITIALIZED.
private let tsapiStates: [StateRow] = [
    StateRow(-1, .unknown, session: .unknown),  // AG_NOT_INITIALIZED
    StateRow(0, .notReady),  // AG_NOT_READY
    StateRow(1, .unknown, session: .loggedOff),  // AG_NULL
    StateRow(2, .ready),  // AG_READY
    StateRow(3, .afterCall, pending: .notReady),  // AG_WORK_NOT_READY
    StateRow(4, .afterCall, pending: .ready),  // AG_WORK_READY
]

extension AgentStanding {
    /// As `AgentState`'s, which documents it.
    package init(tsapi number: Int32) throws(StandardError) {
        guard let row = tsapiStates.row(number) else {
            throw StandardError(.tsapi, "agent state", number: number)
        }
        self.init(row)
    }

    /// As `AgentState.tsapi`.
    package var tsapi: Int32? { tsapiStates.row(for: self)?.number }
}

// MARK: TAPI 3

/// AGENT_STATE of tapi3.h.
///
/// AS_BUSY_INCOMING is busy, not reserved: of the same state LINEAGENTSTATEEX_BUSYINCOMING says
/// "busy handling an incoming call that was not transferred to the agent from an ACD queue".
private let tapiStates: [StateRow] = [
    StateRow(0, .notReady),  // AS_NOT_READY
    StateRow(1, .ready),  // AS_READY
    StateRow(2, .busy),  // AS_BUSY_ACD
    StateRow(3, .busy),  // AS_BUSY_INCOMING
    StateRow(4, .busy),  // AS_BUSY_OUTGOING
    StateRow(5, .unknown, session: .unknown),  // AS_UNKNOWN
]

extension AgentStanding {
    /// As `AgentState`'s, which documents it.
    package init(tapi number: Int32) throws(StandardError) {
        guard let row = tapiStates.row(number) else {
            throw StandardError(.tapi, "agent state", number: number)
        }
        self.init(row)
    }

    /// As `AgentState.tapi`.
    package var tapi: Int32? { tapiStates.row(for: self)?.number }
}
