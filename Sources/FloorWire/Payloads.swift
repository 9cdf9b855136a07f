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

extension AgentState {
    static let fixedSize = 16
    fileprivate enum Tag {
        static let reason: UInt16 = 1
        static let deviceExtension: UInt16 = 2
        static let seat: UInt16 = 3
        static let callReference: UInt16 = 4
    }

    /// Appends the payload, schema `PayloadSchema.agent`.
    ///
    /// - Throws: `FloorStatus.tooBig` when a text is over its limit.
    public func append(to out: inout [UInt8]) throws(FloorStatus) {
        guard reason.utf8.count <= Limits.reasonBytes,
            deviceExtension.utf8.count <= Limits.shortTextBytes,
            seat.utf8.count <= Limits.shortTextBytes,
            callReference.utf8.count <= Limits.shortTextBytes
        else { throw .tooBig }
        guard customerStar <= 5 else { throw .invalid }
        out.append(session.rawValue)
        out.append(deviceInService ? 1 : 0)
        out.append(activity.rawValue)
        out.append(pending.map { $0.rawValue } ?? 0)
        out.append(call.rawValue)
        out.append(overlays.rawValue)
        out.append(cause.rawValue)
        out.append(reasonClass.rawValue)
        out.append(number: reasonCode)
        out.append(customerStar)
        out.append(0)
        out.append(number: UInt32(0))
        TLV.append(Tag.reason, reason, to: &out)
        TLV.append(Tag.deviceExtension, deviceExtension, to: &out)
        TLV.append(Tag.seat, seat, to: &out)
        TLV.append(Tag.callReference, callReference, to: &out)
    }

    /// Reads the payload.
    public init(payload bytes: Span<UInt8>) throws(WireError) {
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
        let texts = try AgentTexts(payload: bytes)
        reason = try bytes.text(texts.reason)
        deviceExtension = try bytes.text(texts.deviceExtension)
        seat = try bytes.text(texts.seat)
        callReference = try bytes.text(texts.callReference)
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
            switch tag {
            case AgentState.Tag.reason:
                found.reason = try bytes.checkedText(range, atMost: Limits.reasonBytes)
            case AgentState.Tag.deviceExtension:
                found.deviceExtension = try bytes.checkedText(range, atMost: Limits.shortTextBytes)
            case AgentState.Tag.seat:
                found.seat = try bytes.checkedText(range, atMost: Limits.shortTextBytes)
            case AgentState.Tag.callReference:
                found.callReference = try bytes.checkedText(range, atMost: Limits.shortTextBytes)
            default:
                // A newer publisher's tag; its bytes need not even be text.
                break
            }
        }
        self = found
    }

    private init() {}
}
