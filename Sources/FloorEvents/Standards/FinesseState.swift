/// Finesse's User.States; LOGIN is an action, not a state.
private let states: [StateRow] = [
    StateRow("LOGOUT", .unknown, session: .loggedOff),
    StateRow("NOT_READY", .notReady),
    StateRow("READY", .ready),
    StateRow("RESERVED", .reserved, call: .offered),
    StateRow("RESERVED_OUTBOUND", .reserved, call: .offered),
    StateRow("RESERVED_OUTBOUND_PREVIEW", .reserved, call: .offered),
    StateRow("TALKING", .busy, call: .connected),
    StateRow("HOLD", .busy, call: .held),
    StateRow("WORK", .afterCall, pending: .notReady),
    StateRow("WORK_READY", .afterCall, pending: .ready),
    StateRow("UNKNOWN", .unknown, session: .unknown),
]

/// A reason code by which the system itself says who or what changed the state.
private struct SystemCode: Sendable {
    let code: UInt16
    let cause: StateCause
    /// The one session in which the code has this meaning; nil: not ready and logged off.
    var session: AgentSession?

    init(_ code: UInt16, _ cause: StateCause, only session: AgentSession? = nil) {
        self.code = code
        self.cause = cause
        self.session = session
    }
}

/// The codes of the systems behind Finesse, Contact Center Express (CCX) and Enterprise (CCE).
///
/// Only those that say who or what it was, and that the other system's sites do not take for
/// reasons of their own: 22 and 33 (CCX) and 999 (CCE), which say a supervisor, stay reason codes.
/// Sources: CCX, "Reason Codes for Agent State Change" of its CTI guide; CCE, "Predefined Not
/// Ready" and "Logout Reason Code" of its Database Schema Handbook.
private let systemCodes = [
    SystemCode(255, .connectionLost, only: .loggedOff),  // Finesse: the desktop's presence lost
    SystemCode(32757, .failover),  // CCX: Call Manager failover
    SystemCode(32758, .timer),  // CCX: the work timer expired
    SystemCode(32759, .deviceFault),  // CCX: the phone is down
    SystemCode(32763, .ringNoAnswer),  // CCX: the agent did not answer
    SystemCode(32764, .failover),  // CCX: the active server became the standby one
    SystemCode(32765, .connectionLost),  // CCX: the desktop stopped, or its connection
    SystemCode(32767, .ringNoAnswer, only: .loggedOn),  // CCE; CCX logs off with it: logged on anew
    SystemCode(50002, .connectionLost),  // CCE: the desktop closed, or its heartbeat timed out
    SystemCode(50003, .deviceFault, only: .loggedOff),  // CCE: the device is out of service
    SystemCode(50004, .timer, only: .loggedOff),  // CCE: logged off for inactivity
    SystemCode(50010, .ringNoAnswer, only: .loggedOn),  // CCE: several calls in a row unanswered
    SystemCode(50040, .deviceFault, only: .loggedOff),  // CCE: the call to a mobile agent failed
    SystemCode(50041, .deviceFault, only: .loggedOn),  // CCE: the agent's line was busy
    SystemCode(50042, .deviceFault, only: .loggedOff),  // CCE: a mobile agent's line was cut
    SystemCode(0xFFFF, .failover),  // CCE, -1: the peripheral restarted
    SystemCode(0xFFFE, .failover),  // CCE, -2: the peripheral gateway failed
]

extension AgentStanding {
    /// As `AgentState`'s, which documents it.
    package init(
        finesse text: String,
        pending: String,
        reasonCode: UInt16
    ) throws(StandardError) {
        guard let row = states.row(text) else {
            throw StandardError(.finesse, "state", text: text)
        }
        self.init(row)
        if !pending.isEmpty {
            guard let next = states.row(pending) else {
                throw StandardError(.finesse, "pending state", text: pending)
            }
            self.pending = next.asPending ?? self.pending
        }
        self.reasonCode = reasonCode
        guard activity == .notReady || session == .loggedOff else { return }
        for known in systemCodes where known.code == reasonCode {
            guard known.session == nil || known.session == session else { continue }
            cause = known.cause
            self.reasonCode = 0
        }
    }

    /// As `AgentState.finesse`.
    package var finesse: (state: StaticString, pending: StaticString)? {
        guard let row = states.row(for: self) else { return nil }
        switch row.pending == nil ? pending : nil {
        case nil: return (row.text, "")
        case .notReady: return (row.text, "NOT_READY")
        case .ready: return (row.text, "READY")
        default: return nil
        }
    }
}
