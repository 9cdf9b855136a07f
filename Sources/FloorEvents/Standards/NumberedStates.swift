// The standards whose agent states are numbers. They stand together because their numbers differ:
// 3 and 4 are busy and after-call in CSTA but both after-call in TSAPI, 1 and 2 are logged off and
// ready in both but ready and busy in TAPI 3, logged off and not ready in TAPI 2. Hence no function
// takes a number without naming the standard.

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
            throw StandardError(.csta, "agent state", number: Int64(number))
        }
        self.init(row)
        guard let pending else { return }
        guard let next = cstaPendingStates.row(pending) else {
            throw StandardError(.csta, "pending agent state", number: Int64(pending))
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

/// The names of AgentState and of PendingAgentState in CSTA's XML (ECMA-323), in the order of their
/// numbers.
private let cstaNames: [StaticString] = [
    "agentNotReady", "agentNull", "agentReady", "agentBusy", "agentWorkingAfterCall",
]
private let cstaPendingNames: [StaticString] = [
    "agentNotReady", "agentNull", "agentReady", "agentWorkingAfterCall",
]

extension AgentStanding {
    /// As `AgentState`'s, which documents it.
    package init(cstaXML text: String, pending: String) throws(StandardError) {
        try self.init(
            csta: cstaNames.number(of: text, "agent state"),
            pending: pending.isEmpty
                ? nil : cstaPendingNames.number(of: pending, "pending agent state")
        )
    }

    /// As `AgentState.cstaXML`.
    package var cstaXML: (state: StaticString, pending: StaticString)? {
        guard let said = csta else { return nil }
        let pending = said.pending.map { cstaPendingNames[Int($0)] }
        return (cstaNames[Int(said.state)], pending ?? "")
    }
}

extension [StaticString] {
    /// The place of a name, which is its number in CSTA.
    fileprivate func number(of name: String, _ field: String) throws(StandardError) -> Int32 {
        for index in indices where self[index].reads(name) { return Int32(index) }
        throw StandardError(.csta, field, text: name)
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
            throw StandardError(.tsapi, "agent state", number: Int64(number))
        }
        self.init(row)
    }

    /// As `AgentState.tsapi`.
    package var tsapi: Int32? { tsapiStates.row(for: self)?.number }
}
