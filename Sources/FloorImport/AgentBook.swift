/// Every agent's state, brought up to date by what the log says; tells only changes.
///
/// A log may begin in the middle, and members named in a configuration file are never "added":
/// an agent seen at work in a queue is taken to serve it.
struct AgentBook {
    enum Event: Equatable {
        case loggedIn
        case loggedOff
        case joined(queue: String)
        case left(queue: String)
        case paused(queue: String, reason: String)
        case unpaused(queue: String)
        case pausedEverywhere(reason: String)
        case unpausedEverywhere
        case talkStarted(callID: String, queue: String)
        case talkEnded(callID: String)
    }

    private struct Agent {
        var isLoggedIn = false
        var queues: Set<String> = []
        var pausedQueues: Set<String> = []
        var reason = ""
        var calls: [String] = []
        var shown = AgentStep.State.loggedOff

        var state: AgentStep.State {
            if let call = calls.last { return .busy(callID: call, calls: calls.count) }
            if queues.isEmpty { return isLoggedIn ? .ready : .loggedOff }
            return pausedQueues.isSuperset(of: queues) ? .paused(reason: reason) : .ready
        }

        /// Returns false if the agent serves too many queues to follow one more.
        @discardableResult mutating func serve(_ queue: String) -> Bool {
            guard queues.count < ImportLimits.queuesPerAgent || queues.contains(queue) else {
                return false
            }
            queues.insert(queue)
            return true
        }
    }

    private var agents: [String: Agent] = [:]

    /// Whether an event of this agent may be applied: the number of names is limited.
    func hasRoom(for agent: String) -> Bool {
        agents.count < ImportLimits.names || agents[agent] != nil
    }

    /// Applies an event; gives the agent's step if the state changed.
    mutating func apply(_ event: Event, to name: String, at seconds: Int64) -> AgentStep? {
        var agent = agents.removeValue(forKey: name) ?? Agent()
        defer { agents[name] = agent }
        switch event {
        case .loggedIn:
            agent.isLoggedIn = true
        case .loggedOff:
            agent.isLoggedIn = false
        case .joined(let queue):
            agent.serve(queue)
        case .left(let queue):
            agent.queues.remove(queue)
            agent.pausedQueues.remove(queue)
        case .paused(let queue, let reason):
            if agent.serve(queue) { agent.pausedQueues.insert(queue) }
            agent.reason = reason
        case .unpaused(let queue):
            agent.serve(queue)
            agent.pausedQueues.remove(queue)
        case .pausedEverywhere(let reason):
            agent.pausedQueues = agent.queues
            agent.reason = reason
        case .unpausedEverywhere:
            agent.pausedQueues = []
        case .talkStarted(let callID, let queue):
            agent.serve(queue)
            if agent.calls.count < ImportLimits.callsPerAgent { agent.calls.append(callID) }
        case .talkEnded(let callID):
            if let index = agent.calls.firstIndex(of: callID) { agent.calls.remove(at: index) }
        }
        let state = agent.state
        guard state != agent.shown else { return nil }
        agent.shown = state
        return AgentStep(timestampSeconds: seconds, agent: name, state: state)
    }

    /// Forgets everybody, as a restart does; gives the steps of those who were logged on.
    mutating func restart(at seconds: Int64) -> [AgentStep] {
        let present = agents.filter { entry in entry.value.shown != .loggedOff }
        agents = [:]
        return present.keys.sorted().map { name in
            AgentStep(timestampSeconds: seconds, agent: name, state: .loggedOff)
        }
    }
}
