// Notes: what somebody tells people at work, and what the hub warns of.

/// Where a note stands.
public enum NoteStatus: UInt8, FloorName {
    case unknown = 0
    /// It is to be read.
    case active = 1
    /// An alert that somebody takes care of.
    case acknowledged = 2
    /// An alert whose cause is gone.
    case cleared = 3
    /// Its time is over.
    case expired = 4
    /// Its sender took it back.
    case withdrawn = 5

    /// The name on the command line, in JSON and in documents.
    public var name: String {
        switch self {
        case .unknown: "unknown"
        case .active: "active"
        case .acknowledged: "acknowledged"
        case .cleared: "cleared"
        case .expired: "expired"
        case .withdrawn: "withdrawn"
        }
    }

    /// Whether nobody needs to read it any more.
    public var isEnded: Bool {
        switch self {
        case .cleared, .expired, .withdrawn: true
        case .unknown, .active, .acknowledged: false
        }
    }
}

/// How soon a note is to be read.
public enum NotePriority: UInt8, FloorName {
    case unknown = 0
    /// When the reader is not on a call.
    case normal = 1
    /// At once, whatever the reader is doing.
    case urgent = 2

    /// The name on the command line, in JSON and in documents.
    public var name: String {
        switch self {
        case .unknown: "unknown"
        case .normal: "normal"
        case .urgent: "urgent"
        }
    }
}

/// A note as it stands: the payload of `note/` records, and of `personal/` ones.
///
/// To a site, a team or roles it travels under `note/SITE/TEAM/ID/`, where `-` stands for all; to
/// one person under `personal/SITE/PERSON/ID/`. Who has read it is told to the sender alone, under
/// `personal/SITE/SENDER/ID/`.
public struct FloorNote: Sendable, Hashable {
    /// What kind of note.
    public var kind: NoteKind
    /// Where it stands; the hub's.
    public var status = NoteStatus.active
    /// How soon it is to be read.
    public var priority = NotePriority.normal
    /// Of an alert: how much it matters.
    public var severity = AlertSeverity.unknown
    /// For holders of any of these roles; none = for all whom the key names.
    public var roles: Roles = []
    /// When it was sent, microseconds since 1970; the hub's.
    public var sentAt: Int64 = 0
    /// When it is over, microseconds since 1970; 0 = 24 hours after it was sent.
    public var expiresAt: Int64 = 0
    /// Of an alert: when somebody took care of it.
    public var acknowledgedAt: Int64 = 0
    /// When it ended.
    public var endedAt: Int64 = 0
    /// Of an alert: the figure that raised it, in its own unit.
    public var value: Int64 = 0
    /// How many have read it; the hub's.
    public var receipts: UInt32 = 0
    /// How many it is for, by the roster when it was sent; 0 = not known, the hub's.
    public var addressed: UInt32 = 0
    /// What it says; at most 2 KiB.
    public var text: String
    /// Who sent it, as authenticated; empty = the hub.
    public var sender = ""
    /// For one person alone; empty = for all whom the key and the roles name.
    public var person = ""
    /// Of an alert: the rule's name.
    public var rule = ""
    /// Of an alert: the key it is about.
    public var subject = ""
    /// Of an alert: who takes care of it.
    public var acknowledgedBy = ""
    /// Who has read it, the first `Limits.noteReaders` of them; in the sender's records alone.
    public var readers: [String] = []
    /// Who has not read it yet, when it is for at most `Limits.noteReaders`; in the sender's
    /// records alone.
    public var waiting: [String] = []

    /// A note that says something; the rest has defaults.
    public init(_ kind: NoteKind, text: String) {
        self.kind = kind
        self.text = text
    }
}
