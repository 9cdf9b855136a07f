/// One step of a floor's day: a call, an agent or a queue changed.
public enum FloorStep: Equatable, Sendable {
    /// Something happened to a call.
    case call(CallStep)
    /// An agent's state changed.
    case agent(AgentStep)
    /// A queue's level changed.
    case queue(QueueLevel)

    /// When, in seconds since the Unix epoch, as the log says.
    public var timestampSeconds: Int64 {
        switch self {
        case .call(let step): step.timestampSeconds
        case .agent(let step): step.timestampSeconds
        case .queue(let level): level.timestampSeconds
        }
    }
}

/// An agent's new state, derived from the log; given only when it changes.
///
/// Neither log says when an agent's telephone begins to ring or how long after-call work takes,
/// so there is no such state: after a call the agent is ready, paused or logged off.
public struct AgentStep: Equatable, Sendable {
    /// What an agent is doing.
    public enum State: Equatable, Sendable {
        /// Member of no queue and not logged in.
        case loggedOff
        /// Logged on and free, in at least one queue.
        case ready
        /// Paused in every queue the agent serves, with the last reason given, perhaps empty.
        case paused(reason: String)
        /// Not known: the telephone system was restarted, and nothing was said of them since.
        case unknown
        /// In a conversation. `calls` is how many at once, which can be 2; `callID` is the newest.
        case busy(callID: String, calls: Int)
    }

    /// When, in seconds since the Unix epoch, as the log says.
    public var timestampSeconds: Int64
    /// The agent's name in the log.
    public var agent: String
    /// The new state.
    public var state: State

    /// Makes a step from its parts.
    ///
    /// - Parameters:
    ///   - timestampSeconds: Seconds since the Unix epoch.
    ///   - agent: The agent's name.
    ///   - state: The new state.
    public init(timestampSeconds: Int64, agent: String, state: State) {
        self.timestampSeconds = timestampSeconds
        self.agent = agent
        self.state = state
    }
}

/// A queue after a change: who waits now, and the counts since the script began.
public struct QueueLevel: Equatable, Sendable {
    /// When, in seconds since the Unix epoch, as the log says.
    public var timestampSeconds: Int64
    /// The queue's name in the log.
    public var queue: String
    /// Callers waiting now.
    public var waiting = 0
    /// When the caller at the head of the line joined, in seconds since the Unix epoch.
    public var startOfOldestWait: Int64?
    /// Calls that joined so far.
    public var offered = 0
    /// Calls answered from the queue so far.
    public var answered = 0
    /// Calls abandoned in the queue so far.
    public var abandoned = 0
    /// Calls sent on by the queue's time limit so far.
    public var timedOut = 0

    /// An empty queue.
    ///
    /// - Parameters:
    ///   - timestampSeconds: Seconds since the Unix epoch.
    ///   - queue: The queue's name.
    public init(timestampSeconds: Int64, queue: String) {
        self.timestampSeconds = timestampSeconds
        self.queue = queue
    }
}
