public import FloorEvents

// Bodies of the messages that open, keep and end a session. Byte tables: docs/wire-protocol.md.

/// HELLO: a client asks for a session.
public struct Hello: Equatable, Sendable {
    static let fixedSize = 112

    /// Lowest and highest protocol version the client speaks.
    public var versions: ClosedRange<UInt16>
    /// Who numbers the operations; survives reconnects.
    public var producer: FloorID
    /// The secret of the last WELCOME, zero at first.
    public var resumeSecret: FloorID
    /// Grows with every start of the client's process.
    public var incarnation: UInt64
    /// The lineage of the last hub, zero at first.
    public var lineage: FloorID
    /// The last stable state revision.
    public var stateToken: Revision
    /// The last stable event revision.
    public var eventToken: Revision
    /// The lowest operation not acknowledged yet; the next one when there is none.
    public var firstUnacknowledged: UInt64
    /// The heartbeat the client wants, in milliseconds; 0 = the hub's.
    public var heartbeatMilliseconds: UInt32
    /// How long after the principal's last session the will runs, in milliseconds.
    public var willGraceMilliseconds: UInt32
    /// Bytes of DELIVER the hub may send at first.
    public var initialCredit: UInt64
    /// Identity on a trusted local link; elsewhere the key decides.
    public var principal: String
    /// The application's name, for people.
    public var application: String
    /// One record the hub applies when the principal is gone; empty = none.
    public var will: [UInt8]

    /// A first HELLO.
    public init(producer: FloorID, principal: String, application: String) {
        versions = 1...1
        self.producer = producer
        resumeSecret = .zero
        incarnation = 0
        lineage = .zero
        stateToken = .zero
        eventToken = .zero
        firstUnacknowledged = 1
        heartbeatMilliseconds = 0
        willGraceMilliseconds = Limits.willGraceMilliseconds
        initialCredit = UInt64(Limits.creditDefaultBytes)
        self.principal = principal
        self.application = application
        will = []
    }

    /// Reads the body.
    public init(_ body: Span<UInt8>) throws(WireError) {
        try body.need(Self.fixedSize)
        let lowest = body.u16(0)
        let highest = body.u16(2)
        guard lowest <= highest else { throw .badValue(field: "versions") }
        guard body.u32(4) == 0 else { throw .reservedNotZero }
        versions = lowest...highest
        producer = body.floorID(8)
        resumeSecret = body.floorID(24)
        incarnation = body.u64(40)
        lineage = body.floorID(48)
        stateToken = Revision(rawValue: body.u64(64))
        eventToken = Revision(rawValue: body.u64(72))
        firstUnacknowledged = body.u64(80)
        heartbeatMilliseconds = body.u32(88)
        willGraceMilliseconds = body.u32(92)
        initialCredit = body.u64(96)
        let names = (Int(body.u16(104)), Int(body.u16(106)))
        let willLength = body.length(108)
        guard names.0 <= Limits.nameBytes, names.1 <= Limits.nameBytes else {
            throw .badValue(field: "principal or application length")
        }
        let textEnd = Self.fixedSize + names.0 + names.1
        let willStart = roundedUp8(textEnd)
        guard body.count - willStart == willLength else {
            let (stated, isTooMuch) = willStart.addingReportingOverflow(willLength)
            throw .lengthMismatch(stated: isTooMuch ? .max : stated, got: body.count)
        }
        try body.needZeros(textEnd..<willStart)
        principal = try body.text(Self.fixedSize..<(Self.fixedSize + names.0))
        application = try body.text((Self.fixedSize + names.0)..<textEnd)
        will = []
        will.append(span: body.extracting(willStart..<body.count))
    }

    /// Appends the body.
    public func append(to out: inout [UInt8]) {
        let start = out.count
        out.append(number: versions.lowerBound)
        out.append(number: versions.upperBound)
        out.append(number: UInt32(0))
        out.append(id: producer)
        out.append(id: resumeSecret)
        out.append(number: incarnation)
        out.append(id: lineage)
        out.append(number: stateToken.rawValue)
        out.append(number: eventToken.rawValue)
        out.append(number: firstUnacknowledged)
        out.append(number: heartbeatMilliseconds)
        out.append(number: willGraceMilliseconds)
        out.append(number: initialCredit)
        out.append(number: UInt16(principal.utf8.count))
        out.append(number: UInt16(application.utf8.count))
        out.append(number: UInt32(will.count))
        out.append(contentsOf: principal.utf8)
        out.append(contentsOf: application.utf8)
        out.pad8(from: start)
        out.append(contentsOf: will)
    }
}

/// WELCOME: the hub opens a session.
public struct Welcome: Equatable, Sendable {
    static let fixedSize = 96

    /// Identifies this data set; created with it.
    public var lineage: FloorID
    /// Which life of the hub this is.
    public var epoch: UInt32
    /// The session's number on this link.
    public var session: UInt32
    /// What the next HELLO shows to take over at once.
    public var resumeSecret: FloorID
    /// The hub's clock, microseconds since 1970.
    public var hubTime: Int64
    /// The heartbeat both sides keep, in milliseconds.
    public var heartbeatMilliseconds: UInt32
    /// Most bytes of a payload.
    public var maximumPayload: UInt32
    /// The producer's last applied operation.
    public var lastApplied: UInt64
    /// Most PUB messages unacknowledged.
    public var maximumMessages: UInt32
    /// Most PUB bytes unacknowledged.
    public var maximumBytes: UInt32
    /// Whether state subscriptions may resume by token.
    public var stateDelta: Bool
    /// Whether event subscriptions may resume by token.
    public var eventDelta: Bool
    /// Whether somebody else has numbered operations under this producer id since the client did.
    public var isForeign: Bool
    /// Whether a will has written under this producer id since the client was heard: what it said
    /// last is not what readers see.
    public var isOverwritten: Bool
    /// Whether the hub's journal is on a disk: what it acknowledges outlives its process.
    public var isDurable: Bool
    /// Granted roles as bits; all ones without a roster.
    public var roles: UInt32
    /// Silence after which leased values are suspect, in milliseconds.
    public var suspectMilliseconds: UInt32
    /// Silence after which leased values are stale, in milliseconds.
    public var staleMilliseconds: UInt32

    /// A WELCOME; the caller fills in what differs.
    public init(lineage: FloorID, epoch: UInt32, session: UInt32, resumeSecret: FloorID) {
        self.lineage = lineage
        self.epoch = epoch
        self.session = session
        self.resumeSecret = resumeSecret
        hubTime = 0
        heartbeatMilliseconds = Limits.heartbeatMilliseconds
        maximumPayload = UInt32(Limits.payloadBytes)
        lastApplied = 0
        maximumMessages = UInt32(Limits.unacknowledgedMessages)
        maximumBytes = UInt32(Limits.unacknowledgedBytes)
        stateDelta = false
        eventDelta = false
        isForeign = false
        isOverwritten = false
        isDurable = false
        roles = .max
        suspectMilliseconds = UInt32(Limits.suspectMicroseconds / 1000)
        staleMilliseconds = UInt32(Limits.staleMicroseconds / 1000)
    }

    /// Reads the body.
    public init(_ body: Span<UInt8>) throws(WireError) {
        try body.need(exactly: Self.fixedSize)
        self.init(
            lineage: body.floorID(0),
            epoch: body.u32(16),
            session: body.u32(20),
            resumeSecret: body.floorID(24)
        )
        hubTime = body.i64(40)
        heartbeatMilliseconds = body.u32(48)
        maximumPayload = body.u32(52)
        lastApplied = body.u64(56)
        maximumMessages = body.u32(64)
        maximumBytes = body.u32(68)
        stateDelta = body.u8(72) == 1
        eventDelta = body.u8(73) == 1
        isForeign = body.u8(74) == 1
        isDurable = body.u8(75) == 1
        roles = body.u32(76)
        suspectMilliseconds = body.u32(80)
        staleMilliseconds = body.u32(84)
        isOverwritten = body.u8(88) == 1
        guard heartbeatMilliseconds > 0 else { throw .badValue(field: "heartbeat_ms") }
        guard session != 0 else { throw .badValue(field: "session_id") }
    }

    /// Appends the body.
    public func append(to out: inout [UInt8]) {
        out.append(id: lineage)
        out.append(number: epoch)
        out.append(number: session)
        out.append(id: resumeSecret)
        out.append(number: hubTime)
        out.append(number: heartbeatMilliseconds)
        out.append(number: maximumPayload)
        out.append(number: lastApplied)
        out.append(number: maximumMessages)
        out.append(number: maximumBytes)
        out.append(stateDelta ? 1 : 2)
        out.append(eventDelta ? 1 : 2)
        out.append(isForeign ? 1 : 0)
        out.append(isDurable ? 1 : 0)
        out.append(number: roles)
        out.append(number: suspectMilliseconds)
        out.append(number: staleMilliseconds)
        out.append(number: UInt64(isOverwritten ? 1 : 0))
    }
}

/// REJECT and GOAWAY: the hub refuses a message or ends a session, and says why.
public struct Refusal: Error, Equatable, Sendable {
    static let fixedSize = 24

    /// Why, as a number.
    public var status: FloorStatus
    /// When to try again, in milliseconds; 0 = do not.
    public var retryAfterMilliseconds: UInt32
    /// The refused message's sequence or request; 0 = the session as a whole.
    public var sequence: UInt64
    /// Why, for a person.
    public var sentence: String

    /// A refusal; a sentence over the limit is cut.
    public init(
        _ status: FloorStatus,
        _ sentence: String,
        sequence: UInt64 = 0,
        retryAfterMilliseconds: UInt32 = 0
    ) {
        self.status = status
        self.sentence = sentence
        self.sequence = sequence
        self.retryAfterMilliseconds = retryAfterMilliseconds
    }

    /// Reads the body.
    public init(_ body: Span<UInt8>) throws(WireError) {
        try body.need(Self.fixedSize)
        status = try body.status(0)
        retryAfterMilliseconds = body.u32(4)
        sequence = body.u64(8)
        let length = Int(body.u16(16))
        guard body.count == Self.fixedSize + length else {
            throw .lengthMismatch(stated: Self.fixedSize + length, got: body.count)
        }
        sentence = try body.text(Self.fixedSize..<body.count, atMost: Limits.sentenceBytes)
    }

    /// Appends the body.
    public func append(to out: inout [UInt8]) {
        let text = sentence.utf8(atMost: Limits.sentenceBytes)
        out.append(number: status.rawValue)
        out.append(number: retryAfterMilliseconds)
        out.append(number: sequence)
        out.append(number: UInt16(text.count))
        out.append(number: UInt16(0))
        out.append(number: UInt32(0))
        out.append(contentsOf: text)
    }
}

/// PING's body: the client's clock, echoed.
public struct Ping: Equatable, Sendable {
    /// The client's clock when it sent, microseconds.
    public var clientTime: Int64

    /// A PING.
    public init(clientTime: Int64) { self.clientTime = clientTime }

    /// Reads the body.
    public init(_ body: Span<UInt8>) throws(WireError) {
        try body.need(exactly: 8)
        clientTime = body.i64(0)
    }

    /// Appends the body.
    public func append(to out: inout [UInt8]) { out.append(number: clientTime) }
}

/// PONG's body: clocks as in NTP, and where the lanes are.
public struct Pong: Equatable, Sendable {
    static let fixedSize = 56

    /// The PING's client time, echoed (t0).
    public var clientTime: Int64
    /// When the hub received it (t1), microseconds since 1970.
    public var received: Int64
    /// When the hub answered (t2), microseconds since 1970.
    public var sent: Int64
    /// The last revision of each lane.
    public var stateHead: Revision
    /// The last committed revision of the event lane.
    public var eventHead: Revision
    /// Every matching event up to here was sent on this session.
    public var stableEvent: Revision
    /// The PING's request number.
    public var request: UInt64

    /// A PONG; the caller fills in the rest.
    public init(clientTime: Int64, request: UInt64) {
        self.clientTime = clientTime
        self.request = request
        received = 0
        sent = 0
        stateHead = .zero
        eventHead = .zero
        stableEvent = .zero
    }

    /// Reads the body.
    public init(_ body: Span<UInt8>) throws(WireError) {
        try body.need(exactly: Self.fixedSize)
        self.init(clientTime: body.i64(0), request: body.u64(48))
        received = body.i64(8)
        sent = body.i64(16)
        stateHead = Revision(rawValue: body.u64(24))
        eventHead = Revision(rawValue: body.u64(32))
        stableEvent = Revision(rawValue: body.u64(40))
    }

    /// Appends the body.
    public func append(to out: inout [UInt8]) {
        out.append(number: clientTime)
        out.append(number: received)
        out.append(number: sent)
        out.append(number: stateHead.rawValue)
        out.append(number: eventHead.rawValue)
        out.append(number: stableEvent.rawValue)
        out.append(number: request)
    }
}
