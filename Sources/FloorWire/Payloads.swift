public import FloorEvents

// Payloads of the built-in kinds: a fixed little-endian part, then TLVs {u16 tag, u16 length,
// bytes}. Unknown tags are skipped, so that a newer publisher can be read by an older reader.
// Enumerations that are unknown to this version read as 0 ("unknown"), for the same reason.

/// Layout numbers, per kind.
public enum PayloadSchema {
    /// `AgentState`, first layout.
    public static let agent: UInt16 = 1
    /// `QueueLevel`, first layout.
    public static let queue: UInt16 = 1
    /// `TeamFigures`, first layout.
    public static let team: UInt16 = 1
    /// `Presence`, first layout.
    public static let presence: UInt16 = 1
    /// `TapBeacon` and `TapSync`, first layout.
    public static let tap: UInt16 = 1
}

/// One tag-length-value in a payload's tail.
enum TLV {
    static func append(_ tag: UInt16, _ text: String, to out: inout [UInt8]) {
        guard !text.isEmpty else { return }
        out.append(number: tag)
        out.append(number: UInt16(text.utf8.count))
        out.append(contentsOf: text.utf8)
    }

    static func append(_ tag: UInt16, _ text: Span<UInt8>, to out: inout [UInt8]) {
        guard text.count > 0 else { return }
        out.append(number: UInt32(tag) | UInt32(text.count) << 16)
        out.append(span: text)
    }

    /// Calls `body` with every tag and the range of its value.
    static func forEach(
        _ bytes: Span<UInt8>,
        from start: Int,
        _ body: (UInt16, Range<Int>) throws(WireError) -> Void
    ) throws(WireError) {
        var at = start
        while at < bytes.count {
            guard bytes.count - at >= 4 else {
                throw .tooShort(needed: at + 4, got: bytes.count)
            }
            let length = Int(bytes.u16(at + 2))
            guard bytes.count - at - 4 >= length else {
                throw .tooShort(needed: at + 4 + length, got: bytes.count)
            }
            try body(bytes.u16(at), (at + 4)..<(at + 4 + length))
            at += 4 + length
        }
    }
}

/// A text of an agent's payload; its number is its tag.
public enum AgentText: UInt16, Sendable {
    /// The site's label of the reason.
    case reason = 1
    /// The agent's extension.
    case deviceExtension
    /// The agent's seat.
    case seat
    /// The call's reference.
    case callReference

    /// Most bytes of UTF-8.
    public var limit: Int { self == .reason ? Limits.reasonBytes : Limits.shortTextBytes }
}

extension AgentState {
    static let fixedSize = 16

    /// Appends the payload, schema `PayloadSchema.agent`.
    ///
    /// - Throws: `FloorStatus.tooBig` when a text is over its limit.
    public func append(to out: inout [UInt8]) throws(FloorStatus) {
        guard reason.utf8.count <= AgentText.reason.limit,
            deviceExtension.utf8.count <= AgentText.deviceExtension.limit,
            seat.utf8.count <= AgentText.seat.limit,
            callReference.utf8.count <= AgentText.callReference.limit
        else { throw .tooBig }
        try appendNumbers(to: &out)
        TLV.append(AgentText.reason.rawValue, reason, to: &out)
        TLV.append(AgentText.deviceExtension.rawValue, deviceExtension, to: &out)
        TLV.append(AgentText.seat.rawValue, seat, to: &out)
        TLV.append(AgentText.callReference.rawValue, callReference, to: &out)
    }

    /// Appends the payload's first part: everything but the texts, which `append` adds.
    ///
    /// For publishers whose texts are bytes, not `String`s:
    ///
    ///     try state.appendNumbers(to: &payload)
    ///     AgentState.append(.seat, utf8, to: &payload)
    public func appendNumbers(to out: inout [UInt8]) throws(FloorStatus) {
        guard customerStar <= 5 else { throw .invalid }
        // The table in docs/wire-protocol.md, eight bytes a line: a byte after the other would be
        // twelve appends.
        var line = UInt64(session.rawValue) | (deviceInService ? 1 << 8 : 0)
        line |= UInt64(activity.rawValue) << 16 | UInt64(pending.map { $0.rawValue } ?? 0) << 24
        line |= UInt64(call.rawValue) << 32 | UInt64(overlays.rawValue) << 40
        line |= UInt64(cause.rawValue) << 48 | UInt64(reasonClass.rawValue) << 56
        out.append(number: line)
        out.append(number: UInt64(reasonCode) | UInt64(customerStar) << 16)
    }

    /// Appends one text of the payload; an empty one is left out.
    ///
    /// - Precondition: the bytes are UTF-8, at most `text.limit`.
    public static func append(_ text: AgentText, _ utf8: Span<UInt8>, to out: inout [UInt8]) {
        precondition(utf8.count <= text.limit)
        TLV.append(text.rawValue, utf8, to: &out)
    }

    /// Reads the payload.
    public init(payload bytes: Span<UInt8>) throws(WireError) {
        try self.init(numbersOf: bytes)
        let texts = try AgentTexts(payload: bytes)
        reason = try bytes.text(texts.reason)
        deviceExtension = try bytes.text(texts.deviceExtension)
        seat = try bytes.text(texts.seat)
        callReference = try bytes.text(texts.callReference)
    }

    /// Reads everything of the payload but the texts, for which there is `AgentTexts`.
    public init(numbersOf bytes: Span<UInt8>) throws(WireError) {
        try bytes.need(Self.fixedSize)
        self.init(activity: AgentActivity(rawValue: bytes.u8(2)) ?? .unknown)
        session = AgentSession(rawValue: bytes.u8(0)) ?? .unknown
        deviceInService = bytes.u8(1) == 1
        pending = bytes.u8(3) == 0 ? nil : AgentActivity(rawValue: bytes.u8(3))
        call = CallPhase(rawValue: bytes.u8(4)) ?? .none
        overlays = CallOverlays(rawValue: bytes.u8(5))
        cause = StateCause(rawValue: bytes.u8(6)) ?? .unknown
        reasonClass = ReasonClass(rawValue: bytes.u8(7)) ?? .none
        reasonCode = bytes.u16(8)
        customerStar = bytes.u8(10)
        guard customerStar <= 5 else { throw .badValue(field: "customer_star") }
    }
}

/// Where the texts of an agent's payload lie, for readers that point at them instead of copying.
///
/// Each is well-formed UTF-8 within its limit; an empty range is an empty text.
public struct AgentTexts: Sendable {
    /// The site's label of the reason.
    public private(set) var reason = 0..<0
    /// The agent's extension.
    public private(set) var deviceExtension = 0..<0
    /// The agent's seat.
    public private(set) var seat = 0..<0
    /// The call's reference.
    public private(set) var callReference = 0..<0

    /// Finds the texts in a payload of schema `PayloadSchema.agent`.
    public init(payload bytes: Span<UInt8>) throws(WireError) {
        try bytes.need(AgentState.fixedSize)
        var found = Self()
        try TLV.forEach(bytes, from: AgentState.fixedSize) { (tag, range) throws(WireError) in
            // A newer publisher's tag is passed over; its bytes need not even be text.
            guard let text = AgentText(rawValue: tag) else { return }
            let range = try bytes.checkedText(range, atMost: text.limit)
            switch text {
            case .reason: found.reason = range
            case .deviceExtension: found.deviceExtension = range
            case .seat: found.seat = range
            case .callReference: found.callReference = range
            }
        }
        self = found
    }

    private init() {}
}
