/// mod_callcenter's agent status: what the agent wants.
///
/// The row says what one does who has no call, and where one goes after a call: an agent on
/// demand the module sets Idle then.
private let statuses: [StateRow] = [
    StateRow("Logged Out", .unknown, session: .loggedOff),
    StateRow("Available", .ready),
    StateRow("Available (On Demand)", .ready, pending: .notReady),
    StateRow("On Break", .notReady, pending: .notReady),
    StateRow("Unknown", .unknown, session: .unknown),
]

/// mod_callcenter's agent state: what the module does with the agent.
///
/// Waiting is ready only if the status is; Idle gets no calls.
private let states: [StateRow] = [
    StateRow("Idle", .notReady),
    StateRow("Waiting", .ready),
    StateRow("Receiving", .reserved, call: .offered),
    StateRow("Reserved", .reserved, call: .offered),
    StateRow("In a queue call", .busy, call: .connected),
    StateRow("Unknown", .unknown),
]

extension AgentStanding {
    /// As `AgentState`'s, which documents it.
    package init(freeSwitch status: String, state: String) throws(StandardError) {
        guard let wish = statuses.row(status) else {
            throw StandardError(.freeSwitch, "agent status", text: status)
        }
        guard let work = states.row(state) else {
            throw StandardError(.freeSwitch, "agent state", text: state)
        }
        self.init(work)
        session = wish.session
        switch work.activity {
        case .ready: activity = wish.activity
        case .notReady: activity = session == .loggedOn ? .notReady : .unknown
        case .reserved, .busy: pending = wish.pending
        default: break
        }
    }

    /// As `AgentState.freeSwitch`.
    package var freeSwitch: (status: StaticString, state: StaticString)? {
        if session == .loggedOff {
            switch activity {
            case .busy: return ("Logged Out", "In a queue call")
            case .reserved: return ("Logged Out", "Receiving")
            default: return ("Logged Out", "Waiting")
            }
        }
        switch (activity, pending) {
        case (.unknown, nil): return ("Unknown", "Unknown")
        case (.notReady, nil): return ("On Break", "Waiting")
        case (.ready, nil): return ("Available", "Waiting")
        case (.reserved, nil), (.reserved, .ready?): return ("Available", "Receiving")
        case (.reserved, .notReady?): return ("On Break", "Receiving")
        case (.busy, nil), (.busy, .ready?): return ("Available", "In a queue call")
        case (.busy, .notReady?): return ("On Break", "In a queue call")
        default: return nil
        }
    }
}
