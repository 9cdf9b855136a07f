import FloorEvents

/// What an agent was doing, as precisely as it was said: the rows of `report agents --states`.
struct StateLabel: Sendable, Hashable {
    var session: AgentSession
    var activity: AgentActivity
    var reasonClass: ReasonClass
    var reasonCode: UInt16
    var reason: String
    var cause: StateCause

    init(_ state: AgentState) {
        session = state.session
        activity = state.activity
        reasonClass = state.reasonClass
        reasonCode = state.reasonCode
        reason = state.reason
        cause = state.cause
    }

    /// The activity's name, or that the agent was not logged on.
    var name: String { session == .loggedOff ? session.name : activity.name }
}

/// How long somebody was in a state.
struct StateTime: Sendable, Hashable {
    /// How often it began.
    var count: Int64 = 0
    var total: Int64 = 0
    /// Of it, while nobody could be sure: the desktop was silent, or the hub was not running.
    var unsure: Int64 = 0
}
