/// Whether an agent is logged on; separate from the activity, as in CSTA (ECMA-269).
public enum AgentSession: UInt8, FloorName {
    case unknown = 0
    case loggedOff = 1
    case loggedOn = 2

    /// The name on the command line, in JSON and in documents.
    public var name: String {
        switch self {
        case .unknown: "unknown"
        case .loggedOff: "loggedOff"
        case .loggedOn: "loggedOn"
        }
    }
}

/// What a logged-on agent is doing: the vocabulary's `state`.
///
/// The numbers are FloorBus's own; CSTA's 3 and 4 differ from TSAPI's, so raw integers of other
/// standards are never taken as these.
public enum AgentActivity: UInt8, FloorName {
    case unknown = 0
    case notReady = 2
    case ready = 3
    /// Offered a call that rings or is about to (Finesse RESERVED).
    case reserved = 4
    case busy = 5
    case afterCall = 6

    /// The name on the command line, in JSON and in documents.
    public var name: String {
        switch self {
        case .unknown: "unknown"
        case .notReady: "notReady"
        case .ready: "ready"
        case .reserved: "reserved"
        case .busy: "busy"
        case .afterCall: "afterCall"
        }
    }
}

/// The class of an agent's reason; the site's own code and label travel beside it.
public enum ReasonClass: UInt8, FloorName {
    case none = 0
    case shortBreak = 1
    case meal = 2
    case training = 3
    case meeting = 4
    case coaching = 5
    case backOffice = 6
    case systemFault = 7
    case personal = 8
    case other = 9

    /// The name on the command line, in JSON and in documents.
    public var name: String {
        switch self {
        case .none: "none"
        case .shortBreak: "break"
        case .meal: "meal"
        case .training: "training"
        case .meeting: "meeting"
        case .coaching: "coaching"
        case .backOffice: "backOffice"
        case .systemFault: "systemFault"
        case .personal: "personal"
        case .other: "other"
        }
    }
}

/// Who or what changed an agent's state; never mixed with the reason.
public enum StateCause: UInt8, FloorName {
    case unknown = 0
    case agent = 1
    case supervisor = 2
    case support = 3
    case timer = 4
    case ringNoAnswer = 5
    case rejected = 6
    case deviceFault = 7
    case connectionLost = 8
    case failover = 9
    case schedule = 10
    case api = 11

    /// The name on the command line, in JSON and in documents.
    public var name: String {
        switch self {
        case .unknown: "unknown"
        case .agent: "agent"
        case .supervisor: "supervisor"
        case .support: "support"
        case .timer: "timer"
        case .ringNoAnswer: "ringNoAnswer"
        case .rejected: "rejected"
        case .deviceFault: "deviceFault"
        case .connectionLost: "connectionLost"
        case .failover: "failover"
        case .schedule: "schedule"
        case .api: "api"
        }
    }
}

/// Where an agent's call is.
public enum CallPhase: UInt8, FloorName {
    case none = 0
    case offered = 1
    case alerting = 2
    case connected = 3
    case held = 4
    case consulting = 5
    case conferenced = 6
    case ended = 7
    case missed = 8
    case rejected = 9
    case failed = 10
    case paused = 11

    /// The name on the command line, in JSON and in documents.
    public var name: String {
        switch self {
        case .none: "none"
        case .offered: "offered"
        case .alerting: "alerting"
        case .connected: "connected"
        case .held: "held"
        case .consulting: "consulting"
        case .conferenced: "conferenced"
        case .ended: "ended"
        case .missed: "missed"
        case .rejected: "rejected"
        case .failed: "failed"
        case .paused: "paused"
        }
    }
}

/// What lies over a call without being a state of it; any number at once.
public struct CallOverlays: OptionSet, Sendable, Hashable {
    /// The overlays as bits.
    public let rawValue: UInt8
    /// Overlays from bits; unknown bits are kept.
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    /// The agent asks for help on this call.
    public static let helpSeeking = CallOverlays(rawValue: 1)
    /// A supervisor listens.
    public static let monitored = CallOverlays(rawValue: 2)
    /// A supporter speaks to the agent alone.
    public static let whispered = CallOverlays(rawValue: 4)
    /// A supporter has joined the call.
    public static let barged = CallOverlays(rawValue: 8)
    /// The agent's microphone is off.
    public static let muted = CallOverlays(rawValue: 16)
    /// Recording is paused.
    public static let recordingPaused = CallOverlays(rawValue: 32)
}
