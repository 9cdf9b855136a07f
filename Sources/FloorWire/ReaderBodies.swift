public import FloorEvents

// Bodies of the messages between the hub and readers. Byte tables: docs/wire-protocol.md.

/// SUBSCRIBE: which keys a session wants, and from where.
public struct Subscribe: Equatable, Sendable {
    static let fixedSize = 32

    /// The client's number for the subscription, unique in the session.
    public var subscription: UInt32
    /// Resume the state lane after this; zero = a full snapshot.
    public var stateToken: Revision
    /// Resume the event lane after this; zero = from now.
    public var eventToken: Revision
    /// Least time between DELIVERs of the session, in milliseconds; 0 = none.
    public var minimumIntervalMilliseconds: UInt32
    /// Whether another SUBSCRIBE follows at once: the hub sends nothing before the last one.
    ///
    /// Subscriptions that resume together start together; otherwise the event cursor would run
    /// ahead for the first and go back for the second.
    public var hasMore = false
    /// The filter as written.
    public var filter: [UInt8]

    /// A subscription from the start.
    public init(_ subscription: UInt32, filter: [UInt8]) {
        self.subscription = subscription
        self.filter = filter
        stateToken = .zero
        eventToken = .zero
        minimumIntervalMilliseconds = 0
    }

    /// Reads the body.
    public init(_ body: Span<UInt8>) throws(WireError) {
        try body.need(Self.fixedSize)
        let length = Int(body.u16(4))
        guard body.u16(6) <= 1, body.u32(28) == 0 else { throw .reservedNotZero }
        guard body.count == Self.fixedSize + length else {
            throw .lengthMismatch(stated: Self.fixedSize + length, got: body.count)
        }
        subscription = body.u32(0)
        hasMore = body.u16(6) == 1
        stateToken = Revision(rawValue: body.u64(8))
        eventToken = Revision(rawValue: body.u64(16))
        minimumIntervalMilliseconds = body.u32(24)
        filter = body.copy(Self.fixedSize..<body.count)
    }

    /// Appends the body.
    public func append(to out: inout [UInt8]) {
        out.append(number: subscription)
        out.append(number: UInt16(filter.count))
        out.append(number: UInt16(hasMore ? 1 : 0))
        out.append(number: stateToken.rawValue)
        out.append(number: eventToken.rawValue)
        out.append(number: minimumIntervalMilliseconds)
        out.append(number: UInt32(0))
        out.append(contentsOf: filter)
    }
}

/// SUBACK: SUBSCRIBE or UNSUBSCRIBE was done, or why not.
public struct Subscribed: Equatable, Sendable {
    static let fixedSize = 32

    /// The subscription.
    public var subscription: UInt32
    /// Whether this answers an UNSUBSCRIBE.
    public var ended: Bool
    /// How it came out.
    public var status: FloorStatus
    /// The last revision of the state lane.
    public var stateHead: Revision
    /// The event lane is delivered after this revision.
    public var eventStart: Revision
    /// Whether open flags and unexpired notes of earlier revisions come first, until SNAP_END.
    public var hasKept = false

    /// An answer.
    public init(_ subscription: UInt32, _ status: FloorStatus, ended: Bool = false) {
        self.subscription = subscription
        self.status = status
        self.ended = ended
        stateHead = .zero
        eventStart = .zero
    }

    /// Reads the body.
    public init(_ body: Span<UInt8>) throws(WireError) {
        try body.need(exactly: Self.fixedSize)
        self.init(body.u32(0), try body.status(4), ended: body.u32(8) == 1)
        hasKept = body.u32(12) & 1 == 1
        stateHead = Revision(rawValue: body.u64(16))
        eventStart = Revision(rawValue: body.u64(24))
    }

    /// Appends the body.
    public func append(to out: inout [UInt8]) {
        out.append(number: subscription)
        out.append(number: status.rawValue)
        out.append(number: UInt32(ended ? 1 : 0))
        out.append(number: UInt32(hasKept ? 1 : 0))
        out.append(number: stateHead.rawValue)
        out.append(number: eventStart.rawValue)
    }
}

/// UNSUBSCRIBE's body.
public struct Unsubscribe: Equatable, Sendable {
    /// The subscription to end.
    public var subscription: UInt32

    /// An UNSUBSCRIBE.
    public init(_ subscription: UInt32) { self.subscription = subscription }

    /// Reads the body.
    public init(_ body: Span<UInt8>) throws(WireError) {
        try body.need(exactly: 8)
        guard body.u32(4) == 0 else { throw .reservedNotZero }
        subscription = body.u32(0)
    }

    /// Appends the body.
    public func append(to out: inout [UInt8]) {
        out.append(number: subscription)
        out.append(number: UInt32(0))
    }
}

/// SNAP_BEGIN and SNAP_END: the edges of a subscription's snapshot.
public struct SnapshotMark: Equatable, Sendable {
    static let fixedSize = 24

    /// The subscription.
    public var subscription: UInt32
    /// Whether it is a full one (keys not confirmed in between are gone) or a delta.
    public var full: Bool
    /// 0 in BEGIN; in END the records the cursor sent.
    public var count: UInt64
    /// In BEGIN the lane head at its start; in END the session's stable state revision.
    public var revision: Revision

    /// A mark.
    public init(_ subscription: UInt32, full: Bool, count: UInt64 = 0, revision: Revision) {
        self.subscription = subscription
        self.full = full
        self.count = count
        self.revision = revision
    }

    /// Reads the body.
    public init(_ body: Span<UInt8>) throws(WireError) {
        try body.need(exactly: Self.fixedSize)
        let mode = body.u32(4)
        guard mode == 1 || mode == 2 else { throw .badValue(field: "mode") }
        self.init(
            body.u32(0),
            full: mode == 1,
            count: body.u64(8),
            revision: Revision(rawValue: body.u64(16))
        )
    }

    /// Appends the body.
    public func append(to out: inout [UInt8]) {
        out.append(number: subscription)
        out.append(number: UInt32(full ? 1 : 2))
        out.append(number: count)
        out.append(number: revision.rawValue)
    }
}

/// GAP: event-lane records that can no longer be sent.
public struct Gap: Equatable, Sendable {
    /// First and last revision that retention has removed.
    public var from: Revision
    /// The last one.
    public var to: Revision
    /// How many records that were, whether or not they matched.
    public var count: UInt64

    /// A gap.
    public init(from: Revision, to: Revision, count: UInt64) {
        self.from = from
        self.to = to
        self.count = count
    }

    /// Reads the body.
    public init(_ body: Span<UInt8>) throws(WireError) {
        try body.need(exactly: 24)
        self.init(
            from: Revision(rawValue: body.u64(0)),
            to: Revision(rawValue: body.u64(8)),
            count: body.u64(16)
        )
    }

    /// Appends the body.
    public func append(to out: inout [UInt8]) {
        out.append(number: from.rawValue)
        out.append(number: to.rawValue)
        out.append(number: count)
    }
}

/// GET and REPLAY: a question outside any subscription.
public struct Request: Equatable, Sendable {
    static let fixedSize = 40

    /// Most bytes of records in the answer.
    public var maximumBytes: UInt32
    /// In GET the last answer's cursor, 0 at first; in REPLAY records after this revision.
    public var cursor: UInt64
    /// REPLAY: hub time from, microseconds since 1970; GET: 0.
    public var from: Int64
    /// REPLAY: hub time up to and including; GET: 0.
    public var to: Int64
    /// The filter as written.
    public var filter: [UInt8]

    /// A question.
    public init(filter: [UInt8], maximumBytes: UInt32 = UInt32(Limits.replyBytes)) {
        self.filter = filter
        self.maximumBytes = maximumBytes
        cursor = 0
        from = 0
        to = 0
    }

    /// Reads the body.
    public init(_ body: Span<UInt8>) throws(WireError) {
        try body.need(Self.fixedSize)
        let length = Int(body.u16(0))
        guard body.u16(2) == 0, body.u64(32) == 0 else { throw .reservedNotZero }
        guard body.count == Self.fixedSize + length else {
            throw .lengthMismatch(stated: Self.fixedSize + length, got: body.count)
        }
        maximumBytes = body.u32(4)
        cursor = body.u64(8)
        from = body.i64(16)
        to = body.i64(24)
        filter = body.copy(Self.fixedSize..<body.count)
    }

    /// Appends the body.
    public func append(to out: inout [UInt8]) {
        out.append(number: UInt16(filter.count))
        out.append(number: UInt16(0))
        out.append(number: maximumBytes)
        out.append(number: cursor)
        out.append(number: from)
        out.append(number: to)
        out.append(number: UInt64(0))
        out.append(contentsOf: filter)
    }
}

/// REPLY_END: the answer to GET or REPLAY is complete up to its bound.
public struct ReplyEnd: Equatable, Sendable {
    /// The request.
    public var request: UInt64
    /// How it came out.
    public var status: FloorStatus
    /// Whether there is more behind `cursor`.
    public var more: Bool
    /// Where to go on.
    public var cursor: UInt64
    /// Records in this answer.
    public var count: UInt64

    /// An end.
    public init(request: UInt64, _ status: FloorStatus) {
        self.request = request
        self.status = status
        more = false
        cursor = 0
        count = 0
    }

    /// Reads the body.
    public init(_ body: Span<UInt8>) throws(WireError) {
        try body.need(exactly: 32)
        self.init(request: body.u64(0), try body.status(8))
        more = body.u32(12) == 1
        cursor = body.u64(16)
        count = body.u64(24)
    }

    /// Appends the body.
    public func append(to out: inout [UInt8]) {
        out.append(number: request)
        out.append(number: status.rawValue)
        out.append(number: UInt32(more ? 1 : 0))
        out.append(number: cursor)
        out.append(number: count)
    }
}
