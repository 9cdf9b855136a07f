import FloorBus
import Foundation

// A call-centre floor without a clock, a thread or a bus: `step(to:)` moves it on and says what
// changed. The same configuration always gives the same day. Agents are in FloorModel+Agents,
// calls in FloorModel+Calls, and what of it is published in FloorModel+Values.

/// A simulated floor.
///
///     var floor = FloorModel(.init(agents: 200, queues: 6, seed: 1))
///     for change in floor.step(to: floor.now + 60_000) { publish(change) }
///
/// - Units: times in milliseconds of the floor's own clock since its midnight.
struct FloorModel {
    typealias Time = Int64

    /// What a floor is to be.
    struct Configuration {
        var agents: Int
        var queues: Int
        var seed: UInt64
        /// Mean time between two deaths of a desktop; nil = they live for ever.
        var desktopDeathEvery: Time?
        /// When the first one dies.
        var firstDesktopDeath: Time = 0
        /// How long a dead desktop stays away.
        var desktopAway: ClosedRange<Time> = 600_000...1_200_000

        init(agents: Int, queues: Int, seed: UInt64) {
            self.agents = agents
            self.queues = queues
            self.seed = seed
        }
    }

    enum Phase: Equatable {
        case loggedOff
        case ready
        case reserved
        case busy
        case held
        case afterCall
        case notReady
    }

    struct Agent {
        let number: Int
        let team: Int
        /// The queues the agent serves.
        let skills: [Int]
        /// Whether the agent's desktop has a session of its own; the others share their team's.
        let hasOwnDesktop: Bool
        var phase = Phase.ready
        var since: Time
        var cause = StateCause.agent
        /// Why the agent is not ready.
        var pause: Pause?
        /// The pause that begins after the present call.
        var nextPause: Pause?
        var call: Int?
        var isDesktopDead = false
        /// Grows with every change of phase, so that a timer of an earlier one does nothing.
        var generation = 0
    }

    struct Call {
        let id: Int
        let queue: Int
        let enqueuedAt: Time
        /// Whose telephone rings; the call waits on until it is answered.
        var ringingAt: Int?
        var answeredAt: Time = 0
    }

    struct Queue {
        let name: String
        /// Calls that wait, ringing ones included, the oldest first.
        var waiting: [Int] = []
        var counters = QueueLevel.Counters()
        /// Waits of the calls of the last 15 minutes.
        var outcomes: [Outcome] = []
    }

    struct Outcome {
        var time: Time
        var wait: Time
        var wasAnswered: Bool
    }

    /// A call that a team has finished, for its mean handling time.
    struct Handled {
        var time: Time
        var duration: Time
    }

    struct Team {
        let name: String
        var handled: [Handled] = []
    }

    enum AgentTimer {
        case ringEnds
        case hold
        case retrieve
        case talkEnds
        case afterCallEnds
        case pauseEnds
    }

    enum Happening {
        case arrival
        case patienceEnds(call: Int)
        case agent(Int, generation: Int, AgentTimer)
        case desktopDies
        case desktopReturns(Int)
    }

    let configuration: Configuration
    private(set) var now: Time
    var random: SplitMix64
    var agenda = TimedQueue<Happening>()
    var agents: [Agent] = []
    var queues: [Queue] = []
    var teams: [Team] = []
    var calls: [Int: Call] = [:]
    var lastCall = 0
    var changes: [FloorChange] = []

    static let queueNames = [
        "sales", "billing", "support", "cards", "orders", "complaints", "fraud", "returns",
        "mobile", "internet", "loans", "english",
    ]
    static let teamNames = [
        "amber", "birch", "cedar", "dune", "ember", "fjord", "grove", "heron",
    ]
    /// The floor's clock when it opens.
    static let opening: Time = 9 * 3_600_000
    /// Rolling figures look back this far.
    static let window: Time = 15 * 60_000
    /// Answered within this counts for the service level.
    static let threshold: Time = 20_000
    /// Whoever gives up before this is a short abandon.
    static let shortAbandon: Time = 5000

    /// A floor that opens at nine with everybody ready.
    init(_ configuration: Configuration) {
        precondition(configuration.agents >= configuration.queues, "somebody serves each queue")
        precondition((1...Self.queueNames.count).contains(configuration.queues), "names for all")
        self.configuration = configuration
        now = Self.opening
        random = SplitMix64(seed: configuration.seed)
        queues = Self.queueNames.prefix(configuration.queues).map { Queue(name: $0) }
        let teamCount = min(Self.teamNames.count, max(1, configuration.agents / 4))
        teams = Self.teamNames.prefix(teamCount).map { Team(name: $0) }
        // Every tenth desktop has a session of its own, but no more than forty in all.
        let stride = max(10, configuration.agents / 40)
        for index in 0..<configuration.agents {
            let first = index % configuration.queues
            let second = (first + 1) % configuration.queues
            agents.append(
                Agent(
                    number: 1001 + index,
                    team: index * teamCount / configuration.agents,
                    skills: first == second ? [first] : [first, second],
                    hasOwnDesktop: index % stride == stride / 2,
                    // Not all idle for equally long: the longest idle gets the first call.
                    since: now - Time(random.index(below: 60_000))
                )
            )
        }
        agenda.add(.arrival, at: now)
        if configuration.desktopDeathEvery != nil {
            agenda.add(.desktopDies, at: max(now, configuration.firstDesktopDeath))
        }
    }

    /// Moves the floor on and tells what changed, in order.
    mutating func step(to time: Time) -> [FloorChange] {
        changes.removeAll(keepingCapacity: true)
        while let next = agenda.nextTime, next <= time, let happening = agenda.popFirst() {
            now = happening.time
            perform(happening.element)
        }
        now = max(now, time)
        return changes
    }

    private mutating func perform(_ happening: Happening) {
        switch happening {
        case .arrival: arrive()
        case .patienceEnds(let call): abandon(call)
        case .agent(let agent, let generation, let timer):
            guard agents[agent].generation == generation else { return }
            perform(timer, of: agent)
        case .desktopDies: killDesktop()
        case .desktopReturns(let agent): returnDesktop(agent)
        }
    }

    /// Calls a second at a time of day: two peaks, half-past ten and half-past three, with the
    /// staff a little short at their height, so that there is something to see.
    static func arrivalsPerSecond(at time: Time, agents: Int) -> Double {
        let hour = Double(time) / 3_600_000
        let factor = 0.88 + 0.2 * cos(2 * .pi * (hour - 10.5) / 5)
        // Ring, talk and after-call work take 325 s in the mean; a tenth of the staff is paused.
        return Double(agents) * 0.9 / 325 * factor
    }
}

/// One thing that changed on the floor.
enum FloorChange: Equatable {
    /// An agent's new state.
    case agent(Int, AgentState)
    /// A step of a call.
    case call(CallNote)
    /// A desktop's process is gone, without a word.
    case desktopDied(Int)
    /// It has been started again.
    case desktopReturned(Int)
}

/// One step of one call.
struct CallNote: Equatable {
    enum Step: String {
        case enqueued
        case offered
        case answered
        case abandoned
        case ringNoAnswer = "ring-no-answer"
        case held
        case retrieved
        case talkEnded = "talk-ended"
        case failed
        case wrappedUp = "wrapped-up"
    }

    var time: FloorModel.Time
    var call: Int
    var queue: Int
    /// The agent's number, if one took part.
    var agent: Int?
    var step: Step
    /// The wait, ring or talk that ended, in milliseconds of the floor's time.
    var duration: FloorModel.Time?
}
