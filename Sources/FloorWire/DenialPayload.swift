public import FloorEvents

// The audit's payload. Byte table: docs/wire-protocol.md, section 7.6.

extension PayloadSchema {
    /// `Denial`, first layout; of `private/-/hub/audit/`.
    public static let denial: UInt16 = 16
}

extension Denial {
    static let fixedSize = 8
    private static let principalTag: UInt16 = 1
    private static let keyTag: UInt16 = 2
    private static let reasonTag: UInt16 = 3

    /// Appends the payload, schema `PayloadSchema.denial`; texts over their limit are cut.
    public func append(to out: inout [UInt8]) {
        out.append(action.rawValue)
        out.append(operation?.rawValue ?? 0)
        out.append(number: UInt16(0))
        out.append(number: missed)
        for (tag, text, limit) in [
            (Self.principalTag, principal, Limits.segmentBytes),
            (Self.keyTag, key, Limits.keyBytes),
            (Self.reasonTag, reason, Limits.sentenceBytes),
        ] {
            TLV.append(tag, String(decoding: text.utf8(atMost: limit), as: UTF8.self), to: &out)
        }
    }

    /// Reads the payload.
    ///
    /// - Throws: `WireError`; never traps.
    public init(payload bytes: Span<UInt8>) throws(WireError) {
        try bytes.need(Self.fixedSize)
        self.init(
            DeniedAction(rawValue: bytes.u8(0)) ?? .unknown,
            RecordOperation(rawValue: bytes.u8(1)),
            principal: "",
            key: "",
            reason: "",
            missed: bytes.u32(4)
        )
        var texts = ["", "", ""]
        try TLV.forEach(bytes, from: Self.fixedSize) { (tag, range) throws(WireError) in
            guard (1...3).contains(tag) else { return }
            texts[Int(tag) - 1] = try bytes.text(range, atMost: Limits.sentenceBytes)
        }
        (principal, key, reason) = (texts[0], texts[1], texts[2])
    }
}
