// The vocabulary as numbers, once. The wire, the C header, the command line and the screens all
// take their numbers and names from this folder; where each name comes from in other systems is
// in the design's vocabulary. Zero is always "unknown" or "none", so that zeroed memory is
// harmless.

/// A numbered name: what every enumeration of the vocabulary is.
///
///     let state = AgentActivity(name: "ready")   // .ready, its number is 3
public protocol FloorName: CaseIterable, RawRepresentable, Sendable, Hashable
where RawValue == UInt8 {
    /// The name on the command line, in JSON and in documents.
    var name: String { get }
}

extension FloorName {
    /// The value with this name, or nil.
    public init?(name: String) {
        for value in Self.allCases where value.name == name {
            self = value
            return
        }
        return nil
    }
}

/// Which of the two orders of the bus a record belongs to.
public enum Lane: UInt8, FloorName {
    /// Last value per key, conflated for slow readers, published before it is journalled.
    case state = 1
    /// Every record in order, published only once the journal holds it.
    case event = 2

    /// The name on the command line, in JSON and in documents.
    public var name: String {
        switch self {
        case .state: "state"
        case .event: "event"
        }
    }
}

/// What a record is about: the first segment of its key.
public enum RecordKind: UInt8, FloorName {
    /// What an agent is doing.
    case agent = 1
    /// A help flag's transition.
    case flag = 2
    /// How full a queue is.
    case queue = 3
    /// Who is connected; written by the hub alone.
    case presence = 4
    /// An application's own last value.
    case custom = 5
    /// An application's own event, for example one step of a call.
    case event = 6
    /// A team's figures.
    case team = 7
    /// An announcement, a reminder or an alert.
    case note = 8
    /// Words of flags, which only some may read: question, answer, rating. Never on the tap.
    case `private` = 9
    /// Notes to one person, and receipts to a note's sender. Never on the tap.
    case personal = 10
    /// What of the hub's roster a desktop shows; written by the hub alone.
    case catalogue = 11

    /// The first segment of the kind's keys.
    public var name: String {
        switch self {
        case .agent: "agent"
        case .flag: "flag"
        case .queue: "queue"
        case .presence: "presence"
        case .custom: "custom"
        case .event: "event"
        case .team: "team"
        case .note: "note"
        case .private: "private"
        case .personal: "personal"
        case .catalogue: "catalogue"
        }
    }

    /// The lane the kind travels in.
    public var lane: Lane {
        switch self {
        case .agent, .queue, .team, .presence, .custom, .catalogue: .state
        case .flag, .note, .event, .private, .personal: .event
        }
    }
}

/// What a record does to its key.
public enum RecordOperation: UInt8, FloorName {
    /// Set the last value.
    case put = 1
    /// Remove the last value, leaving a tombstone.
    case delete = 2
    /// Add one event.
    case append = 3
    /// The flag operations, in the order of the flag's life.
    case raise = 16
    case seen = 17
    case claim = 18
    case engage = 19
    case release = 20
    case reject = 21
    case answer = 22
    case close = 23
    case reopen = 24
    case cancel = 25
    case merge = 26
    case escalate = 27
    case leaseLost = 28
    case expire = 29
    case rate = 30
    case verdict = 31

    /// The name on the command line, in JSON and in documents.
    public var name: String {
        switch self {
        case .put: "put"
        case .delete: "delete"
        case .append: "append"
        case .raise: "raise"
        case .seen: "seen"
        case .claim: "claim"
        case .engage: "engage"
        case .release: "release"
        case .reject: "reject"
        case .answer: "answer"
        case .close: "close"
        case .reopen: "reopen"
        case .cancel: "cancel"
        case .merge: "merge"
        case .escalate: "escalate"
        case .leaseLost: "leaseLost"
        case .expire: "expire"
        case .rate: "rate"
        case .verdict: "verdict"
        }
    }
}

/// What the hub itself says on the tap, beside the operations of records.
///
/// The numbers are of one series with `RecordOperation`'s and stand in the same byte; these two
/// never come to a session, and a publisher may not send them.
public enum TapOperation: UInt8, FloorName {
    /// How much of one partition the tap has carried (guarantee T2).
    case beacon = 4
    /// The answer to a join barrier (guarantee T3).
    case sync = 5

    /// The name in documents and transcripts.
    public var name: String {
        switch self {
        case .beacon: "beacon"
        case .sync: "sync"
        }
    }
}

/// What the hub itself says in a DELIVER, beside the operations of records.
///
/// The numbers are of one series with `RecordOperation`'s and stand in the same byte; a publisher
/// may not send them.
public enum LeaseOperation: UInt8, FloorName {
    /// The record's flags say how fresh all leased values of its producer are.
    case freshness = 6

    /// The name in documents and transcripts.
    public var name: String { "freshness" }
}

/// How sure the bus is that a leased value still holds.
public enum Freshness: UInt8, FloorName {
    /// Its owner was heard from within the lease.
    case live = 0
    /// Its owner has been silent for a while.
    case suspect = 1
    /// Its owner is gone.
    case stale = 2

    /// The name on the command line, in JSON and in documents.
    public var name: String {
        switch self {
        case .live: "live"
        case .suspect: "suspect"
        case .stale: "stale"
        }
    }
}
