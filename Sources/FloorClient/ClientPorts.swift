public import FloorEvents

// What goes into the client core and what comes out of it. The core has no clock, lock, thread,
// socket or randomness: every input carries its time, every effect is a value that
// FloorClientLoop performs in order.

/// One operation's number, unique in the client's life.
///
/// It stays the same when the operation is tried again under another sequence.
public struct Ticket: Hashable, Sendable {
    /// The number; 0 = none.
    public let rawValue: UInt64
    /// A ticket by its number.
    public init(rawValue: UInt64) { self.rawValue = rawValue }
    /// "None".
    public static let none = Ticket(rawValue: 0)
}

/// One place where an application takes its events.
public struct MailboxID: Hashable, Sendable {
    let index: Int
    let generation: UInt32
}

/// One subscription of a client.
public struct SubscriptionID: Hashable, Sendable {
    /// The number on the wire; 0 = none.
    public let rawValue: UInt32
    /// A subscription by its number.
    public init(rawValue: UInt32) { self.rawValue = rawValue }
    /// "None".
    public static let none = SubscriptionID(rawValue: 0)
}

/// One question of a client.
public struct RequestID: Hashable, Sendable {
    /// The client's number for it; 0 = none.
    public let rawValue: UInt32
    /// A question by its number.
    public init(rawValue: UInt32) { self.rawValue = rawValue }
    /// "None".
    public static let none = RequestID(rawValue: 0)
    /// The number on the wire.
    ///
    /// The high bit keeps it apart from producer sequences, because a REJECT names either.
    var wire: UInt64 { 1 << 63 | UInt64(rawValue) }
}

/// Why a link ended, as the socket saw it.
public enum LinkLoss: Sendable, Equatable {
    /// No connection came about, or it broke.
    case broken
    /// The encryption handshake was refused: this key is not known there.
    case notAuthenticated
    /// The pipe to the hub is full and stays full.
    case blocked

    var status: FloorStatus {
        switch self {
        case .broken, .blocked: .offline
        case .notAuthenticated: .notAuthenticated
        }
    }
}

/// One thing that happened to the client.
///
/// An attempt's number comes from `openLink`; inputs of earlier attempts are ignored.
public enum ClientInput: Sendable {
    /// Connect, and stay connected until `close`.
    case start
    /// The link of this attempt can send.
    case linkUp(attempt: UInt64)
    /// The link of this attempt is gone.
    case linkDown(attempt: UInt64, LinkLoss)
    /// A message of one frame arrived.
    case message(attempt: UInt64, [UInt8])
    /// Time has passed; comes after everything that waited in the socket has been stepped, so
    /// that a hub is not taken for dead while its messages lie unread (race R22).
    case tick
    /// Everything that waited has been stepped: send what has gathered.
    case turnEnd
}

/// One thing the loop has to do, in the order of the list.
public enum ClientEffect: Equatable, Sendable {
    /// Open a fresh link; answer with `linkUp` or `linkDown` of this attempt.
    case openLink(attempt: UInt64)
    /// Close the link; nothing more is said about it.
    case closeLink(attempt: UInt64)
    /// Send one message, one frame: these bytes of `ClientEffects.bytes`.
    case send(Range<Int>)
    /// The mailbox was empty and is not any more; take until `next` returns nil.
    case mailboxReady(MailboxID)
    /// Tell the application what it may want to show; nothing has to be done about it.
    case notice(ClientNotice)
    /// The client is closed; the loop may end.
    case closed
}

/// Something about the client's work as a whole.
public enum ClientNotice: Hashable, Sendable {
    /// The hub answers operations with this status, which is retryable: they wait and are tried
    /// again. Said once, until another status or `resumed`.
    case deferred(FloorStatus)
    /// No operation waits for that any more.
    case resumed
}

/// Effects of one or more steps; the ranges point into `bytes`.
///
/// The loop empties it after performing, keeping its storage, so that a steady state allocates
/// nothing.
public struct ClientEffects: Sendable {
    /// The messages, end to end.
    public var bytes: [UInt8] = []
    /// What to do, in order.
    public var list: [ClientEffect] = []

    /// Nothing to do.
    public init() {}

    /// Forgets everything, keeps the storage.
    public mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        list.removeAll(keepingCapacity: true)
    }
}

/// What one publish does beside its key and payload.
public struct Publication: Sendable, Hashable {
    /// What it does to the key: `put` or `delete` on the state lane, any other on the event lane.
    public var operation: RecordOperation
    /// The payload's layout, per kind.
    public var schema: UInt16
    /// Whether the value is under the client's lease; without it, it never turns suspect.
    public var isLeased = true
    /// The revision the key must have; zero = any.
    public var expectedRevision = Revision.zero
    /// When it happened by the publisher's clock, microseconds since 1970; advice only.
    public var sourceTime: Int64 = 0

    /// A publication; the rest has defaults.
    public init(_ operation: RecordOperation, schema: UInt16 = 0) {
        self.operation = operation
        self.schema = schema
    }
}

/// What a client has counted since it started.
public struct ClientStatistics: Equatable, Sendable {
    /// Whether a session is open.
    public var isLinked = false
    /// The hub's epoch; 0 before the first link.
    public var epoch: UInt32 = 0
    /// Live subscriptions.
    public var subscriptions = 0
    /// Keys in the cache.
    public var keys = 0
    /// Operations kept until acknowledged.
    public var outboxDepth = 0
    /// Operations taken over from an earlier process; part of `accepted` and `refused` later.
    public var recovered: UInt64 = 0
    /// Of those, leased values not sent because they were older than a lease lasts.
    public var outdated: UInt64 = 0
    /// Operations accepted from the application.
    public var published: UInt64 = 0
    /// Operations that came out well.
    public var accepted: UInt64 = 0
    /// Operations that came out otherwise.
    public var refused: UInt64 = 0
    /// Values that gave way in a full outbox to newer ones of their keys, while there was no hub.
    public var overtaken: UInt64 = 0
    /// Operations the hub asked to try again later.
    public var retried: UInt64 = 0
    /// Own values said again to a hub that had lost them.
    public var reasserted: UInt64 = 0
    /// Records received in DELIVER, both lanes.
    public var recordsIn: UInt64 = 0
    /// Records received that were known already.
    public var duplicates: UInt64 = 0
    /// Records received that no subscription wants (race R5).
    public var unmatched: UInt64 = 0
    /// Records of a kind or operation this version does not know.
    public var unknown: UInt64 = 0
    /// Values an application never saw because a newer one of the key took their place.
    public var coalesced: UInt64 = 0
    /// Gaps told.
    public var gaps: UInt64 = 0
    /// Keys dropped because the cache was full, events because mailboxes were.
    public var overflows: UInt64 = 0
    /// Links that opened a session.
    public var welcomed: UInt64 = 0
    /// Of those, the ones that had to start over: another epoch or lineage.
    public var resyncs: UInt64 = 0
    /// Links ended because the hub broke the protocol.
    public var faults: UInt64 = 0
    /// Bytes of messages in.
    public var bytesIn: UInt64 = 0
    /// Bytes of messages out.
    public var bytesOut: UInt64 = 0
    /// The least round trip of the last eight, microseconds; 0 = not measured.
    public var roundTrip: Int64 = 0

    /// All zero.
    public init() {}
}
