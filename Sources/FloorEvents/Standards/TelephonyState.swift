// Microsoft's TAPI, whose versions 2 and 3 have numbers of their own each.

/// LINEAGENTSTATE of tapi.h, one bit each, for dwState and dwNextState of LINEAGENTSTATUS.
///
/// BUSYINCOMING is busy, not reserved, as AS_BUSY_INCOMING below. UNAVAIL says that the state will
/// never be known.
private let tapi2States: [StateRow] = [
    StateRow(0x1, .unknown, session: .loggedOff),  // LOGGEDOFF
    StateRow(0x2, .notReady),  // NOTREADY
    StateRow(0x4, .ready),  // READY
    StateRow(0x8, .busy),  // BUSYACD
    StateRow(0x10, .busy),  // BUSYINCOMING
    StateRow(0x20, .busy),  // BUSYOUTBOUND
    StateRow(0x40, .busy),  // BUSYOTHER
    StateRow(0x80, .afterCall),  // WORKINGAFTERCALL
    StateRow(0x100, .unknown, session: .unknown),  // UNKNOWN
    StateRow(0x200, .unknown, session: .unknown),  // UNAVAIL
]

extension AgentStanding {
    /// As `AgentState`'s, which documents it.
    package init(tapi2 number: UInt32, next: UInt32) throws(StandardError) {
        guard let row = tapi2States.row(Int32(truncatingIfNeeded: number)) else {
            throw StandardError(.tapi2, "agent state", number: Int64(number))
        }
        self.init(row)
        guard next != 0 else { return }
        guard let row = tapi2States.row(Int32(truncatingIfNeeded: next)) else {
            throw StandardError(.tapi2, "next agent state", number: Int64(next))
        }
        pending = row.asPending
    }

    /// As `AgentState.tapi2`.
    package var tapi2: (state: UInt32, next: UInt32)? {
        guard let row = tapi2States.row(for: self) else { return nil }
        guard let pending else { return (UInt32(row.number), 0) }
        guard let next = tapi2States.first(where: { $0.asPending == pending }) else { return nil }
        return (UInt32(row.number), UInt32(next.number))
    }
}

/// AGENT_STATE of tapi3.h.
///
/// AS_BUSY_INCOMING is busy, not reserved: of the same state LINEAGENTSTATEEX_BUSYINCOMING says
/// "busy handling an incoming call that was not transferred to the agent from an ACD queue".
private let tapi3States: [StateRow] = [
    StateRow(0, .notReady),  // AS_NOT_READY
    StateRow(1, .ready),  // AS_READY
    StateRow(2, .busy),  // AS_BUSY_ACD
    StateRow(3, .busy),  // AS_BUSY_INCOMING
    StateRow(4, .busy),  // AS_BUSY_OUTGOING
    StateRow(5, .unknown, session: .unknown),  // AS_UNKNOWN
]

extension AgentStanding {
    /// As `AgentState`'s, which documents it.
    package init(tapi3 number: Int32) throws(StandardError) {
        guard let row = tapi3States.row(number) else {
            throw StandardError(.tapi3, "agent state", number: Int64(number))
        }
        self.init(row)
    }

    /// As `AgentState.tapi3`.
    package var tapi3: Int32? { tapi3States.row(for: self)?.number }
}
