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

/// The states of one agent: a few as a rule, which are found sooner without a hash of each.
struct StateList: Sendable {
    private(set) var all: [(label: StateLabel, time: StateTime)] = []
    /// Places of labels, once there are many.
    private var places: [StateLabel: Int] = [:]
    private static let few = 16

    var isEmpty: Bool { all.isEmpty }

    /// Changes the time of a state, which is none at first.
    mutating func change(_ label: StateLabel, _ body: (inout StateTime) -> Void) {
        body(&all[place(of: label)].time)
    }

    private mutating func place(of label: StateLabel) -> Int {
        if all.count <= Self.few {
            if let place = all.firstIndex(where: { $0.label == label }) { return place }
        } else if let place = places[label] {
            return place
        }
        all.append((label, StateTime()))
        if all.count == Self.few + 1 {
            for (place, state) in all.enumerated() { places[state.label] = place }
        } else if all.count > Self.few {
            places[label] = all.count - 1
        }
        return all.count - 1
    }
}
