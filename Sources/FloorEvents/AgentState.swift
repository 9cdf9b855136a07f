/// What an agent is doing: the payload of an `agent/` key.
///
///     var state = AgentState(activity: .notReady, cause: .agent)
///     state.reasonClass = .meal
///     state.pending = .ready
///
/// - Units: times in microseconds since 1970, UTC, by the hub's clock.
/// - Limits: reason ≤ 128 bytes, the other texts ≤ 64 bytes each, UTF-8.
public struct AgentState: Hashable, Sendable {
    /// Whether the agent is logged on.
    public var session: AgentSession
    /// Whether the agent's telephone works.
    public var deviceInService: Bool
    /// What the agent is doing.
    public var activity: AgentActivity
    /// Where the agent goes when the present work ends; nil when not said.
    public var pending: AgentActivity?
    /// Where the agent's call is.
    public var call: CallPhase
    /// What lies over the call.
    public var overlays: CallOverlays
    /// Who or what changed the state.
    public var cause: StateCause
    /// The class of the reason.
    public var reasonClass: ReasonClass
    /// The site's own reason code; 0 when none.
    public var reasonCode: UInt16
    /// The customer's stars, 1 to 5; 0 when unknown.
    public var customerStar: UInt8
    /// The site's own label of the reason.
    public var reason: String
    /// The agent's extension.
    public var deviceExtension: String
    /// The agent's seat, so that a supporter can come.
    public var seat: String
    /// The call's reference; opaque to the bus.
    public var callReference: String

    /// A logged-on agent's state; everything not said is unknown or none.
    public init(activity: AgentActivity, cause: StateCause = .unknown) {
        session = .loggedOn
        deviceInService = true
        self.activity = activity
        pending = nil
        call = .none
        overlays = []
        self.cause = cause
        reasonClass = .none
        reasonCode = 0
        customerStar = 0
        reason = ""
        deviceExtension = ""
        seat = ""
        callReference = ""
    }

    /// The state of an agent who is not logged on.
    public static var loggedOff: AgentState {
        var state = AgentState(activity: .unknown)
        state.session = .loggedOff
        return state
    }
}
