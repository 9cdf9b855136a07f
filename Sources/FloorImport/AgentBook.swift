/// Every agent's state, brought up to date by what the log says; tells only changes.
///
/// A log may begin in the middle, and members named in a configuration file are never "added":
/// an agent seen at work in a queue is taken to serve it. A log may also have lost lines: a
/// conversation whose end is missing is closed by later words about the same person or call.
struct AgentBook {
    enum Event: Equatable {
        case loggedIn
        case loggedOff
        case joined(queue: String, isPaused: Bool = false)
        case left(queue: String)
        case paused(queue: String, reason: String)
        case unpaused(queue: String)
        case pausedEverywhere(reason: String)
        case unpausedEverywhere
        /// Their telephone rang for a queue, from that moment: they were a member then.
        case rang(queue: String, since: Int64)
        case talkStarted(callID: String, queue: String, since: Int64)
        case talkEnded(callID: String)
        /// A conversation that is not known by its identifier ended, begun at about that moment.
        case unknownTalkEnded(began: Int64)
    }

    private struct Talk {
        var callID: String
        var began: Int64
        /// Of the log's own activity, when it began.
        var activity: Int64
        /// Conversations of the same agent that began later and have ended.
        var passedBy = 0
    }

    /// What is known of one queue and one agent; kept when they leave, so that what happened
    /// before and is written after does not bring them back.
    private struct Membership {
        var isMember: Bool
        /// When they came or left.
        var since: Int64
        var isPaused = false
        var pausedSince = Int64.min
    }

    private struct Agent {
        var isLoggedIn = false
        var queues = NameTable<Membership>()
        var reason = ""
        var talks: [Talk] = []
        /// The system was restarted, and nothing was said of them since.
        var isUnknown = false
        /// When they left the last queue.
        var offSince: Int64?
        var shown = AgentStep.State.loggedOff

        var isOff: Bool { !isLoggedIn && !queues.values.contains { $0.isMember } }

        var state: AgentStep.State {
            if let talk = talks.last { return .busy(callID: talk.callID, calls: talks.count) }
            if isUnknown { return .unknown }
            var isMember = false
            var isPaused = true
            for queue in queues.values where queue.isMember {
                isMember = true
                if !queue.isPaused { isPaused = false }
            }
            guard isMember else { return isLoggedIn ? .ready : .loggedOff }
            return isPaused ? .paused(reason: reason) : .ready
        }

        /// Serves a queue, as something shows that happened at `since`; false if they had left
        /// it by then, or serve too many to follow one more.
        @discardableResult mutating func serve(_ queue: String, since: Int64) -> Bool {
            if let known = queues[queue] {
                guard !known.isMember else { return true }
                guard since > known.since else { return false }
            } else if queues.count >= ImportLimits.queuesPerAgent {
                return false
            }
            queues[queue] = Membership(isMember: true, since: since)
            return true
        }

        mutating func pause(_ queue: String, _ isPaused: Bool, at seconds: Int64) -> Bool {
            guard serve(queue, since: seconds), var known = queues[queue],
                !isLate(seconds, after: known.pausedSince)
            else { return false }
            known.isPaused = isPaused
            known.pausedSince = seconds
            queues[queue] = known
            return true
        }
    }

    /// Whether the ends of conversations show that older ones of the same agent are over, whose
    /// ends a log may have lost.
    let closesOlderTalks: Bool
    /// Seconds of the log's own activity so far.
    var activity: Int64 = 0
    private var agents = NameTable<Agent>()
    /// Who talks in which call.
    private var talkers = NameTable<String>()
    private var lastRestart = Int64.min

    init(closesOlderTalks: Bool) {
        self.closesOlderTalks = closesOlderTalks
    }

    /// Conversations going on.
    var talking: Int { talkers.count }

    /// Whether an event of this agent may be applied: the number of names is limited.
    func hasRoom(for agent: String) -> Bool {
        agents.count < ImportLimits.names || agents[agent] != nil
    }

    /// Who talks in a call.
    func talker(of callID: String) -> String? { talkers[callID] }

    /// Since when a conversation goes on.
    func talkBegan(_ callID: String) -> Int64? {
        talkers[callID].flatMap {
            agents[$0]?.talks.first { $0.callID.exact == callID.exact }?.began
        }
    }

    /// Applies an event; gives the agent's step if the state changed.
    mutating func apply(
        _ event: Event,
        to name: String,
        at seconds: Int64,
        oddity: (Oddity) -> Void
    ) -> AgentStep? {
        guard !isLate(seconds, after: lastRestart) else { return nil }
        var agent = agents.removeValue(forKey: name) ?? Agent()
        defer { agents[name] = agent }
        agent.isUnknown = false
        switch event {
        case .talkStarted(let callID, let queue, let since):
            agent.serve(queue, since: since)
            start(callID, of: name, &agent, at: seconds, oddity)
        case .talkEnded(let callID):
            let index = agent.talks.firstIndex { $0.callID.exact == callID.exact }
            guard let index else { break }
            agent.talks.remove(at: index)
            talkers[callID] = nil
            if closesOlderTalks { passBy(index, of: &agent, oddity) }
        case .unknownTalkEnded(let began):
            endUnknownTalk(&agent, began: began, oddity)
        default:
            present(event, &agent, at: seconds, oddity)
        }
        return change(&agent, name, at: seconds)
    }

    /// Applies what is about being there, not about calls.
    private mutating func present(
        _ event: Event,
        _ agent: inout Agent,
        at seconds: Int64,
        _ oddity: (Oddity) -> Void
    ) {
        switch event {
        case .loggedIn:
            closeOldTalks(&agent, oddity)
            agent.isLoggedIn = true
        case .loggedOff:
            agent.isLoggedIn = false
            // Members of the old kind (Agent/1301) stay in the queue's file, without a telephone.
            for queue in agent.queues.names { leave(queue, &agent, at: seconds) }
            agent.offSince = seconds
        case .joined(let queue, let isPaused):
            if let known = agent.queues[queue], isLate(seconds, after: known.since) { break }
            closeOldTalks(&agent, oddity)
            guard agent.queues[queue] != nil || agent.queues.count < ImportLimits.queuesPerAgent
            else { break }
            agent.queues[queue] = Membership(
                isMember: true,
                since: seconds,
                isPaused: isPaused,
                pausedSince: seconds
            )
        case .left(let queue):
            leave(queue, &agent, at: seconds)
            if agent.isOff { agent.offSince = seconds }
        case .paused(let queue, let reason):
            if agent.pause(queue, true, at: seconds) { agent.reason = reason }
        case .unpaused(let queue):
            _ = agent.pause(queue, false, at: seconds)
        case .pausedEverywhere(let reason):
            for queue in agent.queues.names where agent.queues[queue]?.isMember == true {
                if agent.pause(queue, true, at: seconds) { agent.reason = reason }
            }
        case .unpausedEverywhere:
            for queue in agent.queues.names where agent.queues[queue]?.isMember == true {
                _ = agent.pause(queue, false, at: seconds)
            }
        case .rang(let queue, let since):
            agent.serve(queue, since: since)
        case .talkStarted, .talkEnded, .unknownTalkEnded:
            break
        }
    }

    private func leave(_ queue: String, _ agent: inout Agent, at seconds: Int64) {
        if let known = agent.queues[queue] {
            if isLate(seconds, after: known.since) { return }
        } else if agent.queues.count >= ImportLimits.queuesPerAgent {
            return
        }
        agent.queues[queue] = Membership(isMember: false, since: seconds)
    }

    private mutating func start(
        _ callID: String,
        of name: String,
        _ agent: inout Agent,
        at seconds: Int64,
        _ oddity: (Oddity) -> Void
    ) {
        guard !agent.talks.contains(where: { $0.callID.exact == callID.exact }) else { return }
        if agent.talks.count >= ImportLimits.callsPerAgent { close(&agent, oddity) { $0 == 0 } }
        agent.talks.append(Talk(callID: callID, began: seconds, activity: activity))
        talkers[callID] = name
    }

    /// A conversation ended that began after the first so many: they may still go on, for a
    /// telephone may take a second call; but not when two have come and gone meanwhile.
    private mutating func passBy(
        _ count: Int,
        of agent: inout Agent,
        _ oddity: (Oddity) -> Void
    ) {
        for index in 0..<min(count, agent.talks.count) { agent.talks[index].passedBy += 1 }
        let talks = agent.talks
        close(&agent, oddity) { talks[$0].passedBy >= ImportLimits.talksPassedBy }
    }

    /// The conversation that began then has ended, under another identifier.
    private mutating func endUnknownTalk(
        _ agent: inout Agent,
        began: Int64,
        _ oddity: (Oddity) -> Void
    ) {
        let found = agent.talks.firstIndex { talk in
            abs(talk.began - began) <= ImportLimits.disorderSeconds
        }
        guard let index = found else {
            return passBy(agent.talks.count { $0.began <= began }, of: &agent, oddity)
        }
        oddity(.idChanged)
        talkers[agent.talks.remove(at: index).callID] = nil
        passBy(index, of: &agent, oddity)
    }

    /// Who comes back has no conversation from before they left.
    private mutating func closeOldTalks(_ agent: inout Agent, _ oddity: (Oddity) -> Void) {
        guard let left = agent.offSince, agent.isOff else { return }
        let talks = agent.talks
        close(&agent, oddity) { talks[$0].began < left }
        agent.offSince = nil
    }

    private mutating func close(
        _ agent: inout Agent,
        _ oddity: (Oddity) -> Void,
        _ isOver: (Int) -> Bool
    ) {
        for index in agent.talks.indices.reversed() where isOver(index) {
            talkers[agent.talks.remove(at: index).callID] = nil
            oddity(.talkWithoutEnd)
        }
    }

    private func change(_ agent: inout Agent, _ name: String, at seconds: Int64) -> AgentStep? {
        let state = agent.state
        guard state != agent.shown else { return nil }
        agent.shown = state
        return AgentStep(timestampSeconds: seconds, agent: name, state: state)
    }

    /// Makes one person of two names; gives the steps of both.
    mutating func merge(_ old: String, into name: String, at seconds: Int64) -> [AgentStep] {
        guard var from = agents.removeValue(forKey: old) else { return [] }
        var agent = agents.removeValue(forKey: name) ?? Agent()
        for queue in from.queues.names {
            guard let known = from.queues[queue] else { continue }
            if let own = agent.queues[queue], own.since > known.since, own.isMember { continue }
            var membership = known
            membership.isPaused = known.isPaused || agent.queues[queue]?.isPaused == true
            agent.queues[queue] = membership
        }
        for talk in from.talks { talkers[talk.callID] = name }
        agent.talks = from.talks + agent.talks
        agent.isLoggedIn = agent.isLoggedIn || from.isLoggedIn
        from = {
            var gone = Agent()
            gone.shown = from.shown
            return gone
        }()
        let steps = [change(&from, old, at: seconds), change(&agent, name, at: seconds)]
        agents[name] = agent
        return steps.compactMap(\.self)
    }

    /// Closes conversations that go on for longer than any does, and at the log's end those that
    /// others have passed by and those of people who have gone since.
    mutating func closeForgotten(
        at seconds: Int64,
        isEnd: Bool,
        oddity: (Oddity) -> Void
    ) -> [AgentStep] {
        var steps: [AgentStep] = []
        for name in Set(talkers.values.map(\.exact)).sorted().map(\.text) {
            guard var agent = agents.removeValue(forKey: name) else { continue }
            let (talks, isGone) = (agent.talks, isEnd && agent.isOff)
            let (now, left) = (activity, isGone ? agent.offSince : nil)
            close(&agent, oddity) { index in
                left.map { talks[index].began < $0 } == true
                    || isEnd && talks[index].passedBy > 0
                    || now - talks[index].activity > ImportLimits.openSeconds
            }
            if let step = change(&agent, name, at: seconds) { steps.append(step) }
            agents[name] = agent
        }
        return steps
    }

    /// Nobody talks, and of nobody is known whether they are there, as after a restart.
    ///
    /// Members that were added may be kept over it or not. Gives the steps of those who were there.
    mutating func restart(at seconds: Int64) -> [AgentStep] {
        lastRestart = seconds
        talkers = [:]
        var steps: [AgentStep] = []
        for name in agents.names.sorted() {
            guard var agent = agents.removeValue(forKey: name) else { continue }
            agent.talks = []
            if agent.shown != .loggedOff { agent.isUnknown = true }
            if let step = change(&agent, name, at: seconds) { steps.append(step) }
            agents[name] = agent
        }
        return steps
    }
}

/// Whether a line's time says that it happened before what a line above it said, although it
/// stands behind; a time further back is a clock that was set, and the order of lines counts.
func isLate(_ seconds: Int64, after last: Int64) -> Bool {
    seconds < last && last - seconds <= ImportLimits.disorderSeconds
}
