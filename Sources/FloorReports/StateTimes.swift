import FloorEvents

/// What an agent was doing, as precisely as it was said: the rows of `report agents --states`.
struct StateLabel: Sendable, Hashable {
    let session: AgentSession
    let activity: AgentActivity
    let reasonClass: ReasonClass
    let reasonCode: UInt16
    let reason: String
    let cause: StateCause
    /// All but the reason, as one number: a label is compared with others for each change.
    private let code: UInt64

    init(_ state: AgentState) {
        session = state.session
        activity = state.activity
        reasonClass = state.reasonClass
        reasonCode = state.reasonCode
        reason = state.reason
        cause = state.cause
        code =
            UInt64(session.rawValue) | UInt64(activity.rawValue) << 8
            | UInt64(reasonClass.rawValue) << 16 | UInt64(reasonCode) << 24
            | UInt64(cause.rawValue) << 40
    }

    static func == (left: StateLabel, right: StateLabel) -> Bool {
        left.code == right.code && left.reason == right.reason
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(code)
        hasher.combine(reason)
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

    /// Changes the time of the state at a place.
    mutating func change(_ place: Int, _ body: (inout StateTime) -> Void) {
        body(&all[place].time)
    }

    /// The place of a state, whose time is none at first.
    mutating func place(of label: StateLabel) -> Int {
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
