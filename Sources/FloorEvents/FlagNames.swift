// Names and numbers of help flags and notes.

/// What a help flag asks for.
public enum FlagKind: UInt8, FloorName {
    case unknown = 0
    case knowledge = 1
    case authority = 2
    case takeover = 3
    case systemFault = 4
    case policyBlocker = 5
    case safety = 6
    case personal = 7

    /// The name on the command line, in JSON and in documents.
    public var name: String {
        switch self {
        case .unknown: "unknown"
        case .knowledge: "knowledge"
        case .authority: "authority"
        case .takeover: "takeover"
        case .systemFault: "systemFault"
        case .policyBlocker: "policyBlocker"
        case .safety: "safety"
        case .personal: "personal"
        }
    }
}

/// Where a help flag stands in its life.
public enum FlagStatus: UInt8, FloorName {
    case unknown = 0
    case raised = 1
    case pending = 2
    case claimed = 3
    case engaged = 4
    case answered = 5
    case closed = 6
    case cancelled = 7
    case merged = 8
    case unanswered = 9

    /// The name on the command line, in JSON and in documents.
    public var name: String {
        switch self {
        case .unknown: "unknown"
        case .raised: "raised"
        case .pending: "pending"
        case .claimed: "claimed"
        case .engaged: "engaged"
        case .answered: "answered"
        case .closed: "closed"
        case .cancelled: "cancelled"
        case .merged: "merged"
        case .unanswered: "unanswered"
        }
    }

    /// Whether the flag's life has ended.
    ///
    /// A merged flag waits for its incident's answer, or for the incident to end without one, and
    /// then goes on (docs/decisions/0012-a-merged-flag-waits.md).
    public var isTerminal: Bool {
        switch self {
        case .closed, .cancelled, .unanswered: true
        case .unknown, .raised, .pending, .claimed, .engaged, .answered, .merged: false
        }
    }
}

/// How a supporter helps.
public enum SupportChannel: UInt8, FloorName {
    case unknown = 0
    case desk = 1
    case chat = 2
    case whisper = 3
    case barge = 4
    case takeover = 5

    /// The name on the command line, in JSON and in documents.
    public var name: String {
        switch self {
        case .unknown: "unknown"
        case .desk: "desk"
        case .chat: "chat"
        case .whisper: "whisper"
        case .barge: "barge"
        case .takeover: "takeover"
        }
    }
}

/// How a help flag's answer came out.
public enum FlagOutcome: UInt8, FloorName {
    case unknown = 0
    case answered = 1
    case transferred = 2
    case takenOver = 3
    case noAnswerKnown = 4

    /// The name on the command line, in JSON and in documents.
    public var name: String {
        switch self {
        case .unknown: "unknown"
        case .answered: "answered"
        case .transferred: "transferred"
        case .takenOver: "takenOver"
        case .noAnswerKnown: "noAnswerKnown"
        }
    }
}

/// What made a flag change.
public enum FlagCause: UInt8, FloorName {
    case unknown = 0
    /// Somebody did it.
    case person = 1
    /// Its time had come: nobody took it, nobody closed it.
    case timer = 2
    /// The call it was about has ended.
    case callEnded = 3
    /// Its owner was not heard from for the lease.
    case leaseLost = 4
    /// Its owner never came.
    case neverEngaged = 5
    /// The flag it was merged into has changed.
    case incident = 6

    /// The name on the command line, in JSON and in documents.
    public var name: String {
        switch self {
        case .unknown: "unknown"
        case .person: "person"
        case .timer: "timer"
        case .callEnded: "callEnded"
        case .leaseLost: "leaseLost"
        case .neverEngaged: "neverEngaged"
        case .incident: "incident"
        }
    }
}

/// Whether a flag's answer was right (R-10: wrong support has an owner).
public enum FlagVerdict: UInt8, FloorName {
    case unknown = 0
    case correct = 1
    case partly = 2
    case wrong = 3

    /// The name on the command line, in JSON and in documents.
    public var name: String {
        switch self {
        case .unknown: "unknown"
        case .correct: "correct"
        case .partly: "partly"
        case .wrong: "wrong"
        }
    }
}

/// What kind of note it is.
public enum NoteKind: UInt8, FloorName {
    case unknown = 0
    case announcement = 1
    case reminder = 2
    case alert = 3
    case kudos = 4

    /// The name on the command line, in JSON and in documents.
    public var name: String {
        switch self {
        case .unknown: "unknown"
        case .announcement: "announcement"
        case .reminder: "reminder"
        case .alert: "alert"
        case .kudos: "kudos"
        }
    }
}

/// What a supporter is doing.
public enum SupporterState: UInt8, FloorName {
    case unknown = 0
    case offFloor = 1
    case available = 2
    case committed = 3
    case engaged = 4
    case onBreak = 5

    /// The name on the command line, in JSON and in documents.
    public var name: String {
        switch self {
        case .unknown: "unknown"
        case .offFloor: "offFloor"
        case .available: "available"
        case .committed: "committed"
        case .engaged: "engaged"
        case .onBreak: "break"
        }
    }
}
