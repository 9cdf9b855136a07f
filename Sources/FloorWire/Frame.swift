import FloorEvents

/// What a message of the session channel is.
public enum FrameType: UInt8, CaseIterable, Sendable {
    case hello = 0x01
    case subscribe = 0x02
    case unsubscribe = 0x03
    case credit = 0x04
    case publish = 0x05
    case ping = 0x06
    case get = 0x07
    case replay = 0x08
    case bye = 0x09
    case welcome = 0x81
    case reject = 0x82
    case deliver = 0x83
    case acknowledge = 0x84
    case pong = 0x85
    case subscribed = 0x86
    case snapshotBegin = 0x87
    case snapshotEnd = 0x88
    case gap = 0x89
    case goAway = 0x8A
    case replyEnd = 0x8B
    case reply = 0x8C
    case refuse = 0x8D

    /// Whether a client sends it.
    public var isUplink: Bool { rawValue < 0x80 }
}

/// The 32 bytes every message of the session channel starts with.
public struct FrameHeader: Equatable, Sendable {
    /// Bytes of the header.
    public static let size = 32
    /// "FLB1", as a little-endian number.
    public static let magic: UInt32 = 0x3142_4C46
    /// The protocol's major version.
    public static let version: UInt8 = 1

    /// What the message is.
    public var type: FrameType
    /// Flags of the message, `FrameFlags`; what a type does not name is 0.
    public var flags: UInt16
    /// The session, 0 before WELCOME.
    public var session: UInt32
    /// Number in the session (downlink), first producer sequence (PUB), else the request.
    public var sequence: UInt64
    /// What the type says; the byte tables of docs/wire-protocol.md name it for each.
    ///
    /// DELIVER, PONG: stable state revision. ACK, NACK: cumulative sequence. CREDIT: total
    /// bytes. PUB, PING: the client's first unacknowledged operation.
    public var argument: UInt64

    /// A header; the body's length is written by `FrameWriter`.
    public init(_ type: FrameType, session: UInt32, sequence: UInt64 = 0, argument: UInt64 = 0) {
        self.type = type
        flags = 0
        self.session = session
        self.sequence = sequence
        self.argument = argument
    }

    /// The header of a whole message, checked against the message's length.
    public init(_ message: Span<UInt8>) throws(WireError) {
        guard message.count >= Self.size else {
            throw .tooShort(needed: Self.size, got: message.count)
        }
        guard message.count <= Limits.frameBytes else {
            throw .tooLong(limit: Limits.frameBytes, got: message.count)
        }
        guard message.u32(0) == Self.magic else { throw .badMagic }
        guard message.u8(4) == Self.version else { throw .badVersion(message.u8(4)) }
        guard let type = FrameType(rawValue: message.u8(5)) else {
            throw .unknownType(message.u8(5))
        }
        let body = message.length(12)
        guard body == message.count - Self.size else {
            throw .lengthMismatch(stated: body, got: message.count - Self.size)
        }
        self.type = type
        flags = message.u16(6)
        session = message.u32(8)
        sequence = message.u64(16)
        argument = message.u64(24)
    }
}

/// What a message's header says beside its type; older peers ignore it.
public enum FrameFlags {
    /// GET: a part of what the filter matches will do, where not all of it may be read.
    public static let asMayBeRead: UInt16 = 1
    /// REPLY_END of such a GET: not all of it might be read.
    public static let partial: UInt16 = 1
}

/// Writing messages into a growing buffer, many behind each other.
public enum FrameWriter {
    /// Appends a header; returns where the message starts, for `end`.
    public static func begin(_ header: FrameHeader, in out: inout [UInt8]) -> Int {
        let start = out.count
        out.reserve(adding: FrameHeader.size)
        let versionAndType = UInt64(FrameHeader.version) | UInt64(header.type.rawValue) << 8
        out.append(
            number: UInt64(FrameHeader.magic) | (versionAndType | UInt64(header.flags) << 16) << 32
        )
        out.append(number: UInt64(header.session))  // the body's length is not known yet
        out.append(number: header.sequence)
        out.append(number: header.argument)
        return start
    }

    /// Writes the body's length, now known, into the header at `start`.
    public static func end(_ start: Int, in out: inout [UInt8]) {
        let body = out.count - start - FrameHeader.size
        precondition(body >= 0 && body + FrameHeader.size <= Limits.frameBytes)
        out.overwrite(UInt32(body), at: start + 12)
    }
}
