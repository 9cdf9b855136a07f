public import FloorEvents

extension PayloadSchema {
    /// `CatalogueEntry`, first layout.
    public static let catalogue: UInt16 = 1
}

extension CatalogueEntry {
    static let fixedSize = 8

    private enum Tag {
        static let label: UInt16 = 1
        static let parent: UInt16 = 2
        static let answer: UInt16 = 3
        static let site: UInt16 = 4
        static let team: UInt16 = 5
    }

    /// Appends the payload, schema `PayloadSchema.catalogue`.
    ///
    /// - Throws: `FloorStatus.tooBig` when a text is over its limit; nothing is appended then.
    public func append(to out: inout [UInt8]) throws(FloorStatus) {
        guard label.utf8.count <= Limits.reasonBytes,
            parent.utf8.count <= Limits.categoryBytes,
            answer.utf8.count <= Limits.answerBytes,
            site.utf8.count <= Limits.segmentBytes, team.utf8.count <= Limits.segmentBytes
        else { throw .tooBig }
        out.append(subject.rawValue)
        out.append(reasonClass.rawValue)
        out.append(number: UInt16(0))
        out.append(number: UInt32(0))
        TLV.append(Tag.label, label, to: &out)
        TLV.append(Tag.parent, parent, to: &out)
        TLV.append(Tag.answer, answer, to: &out)
        TLV.append(Tag.site, site, to: &out)
        TLV.append(Tag.team, team, to: &out)
    }

    /// Reads the payload.
    public init(payload bytes: Span<UInt8>) throws(WireError) {
        try bytes.need(Self.fixedSize)
        guard let subject = CatalogueSubject(rawValue: bytes.u8(0)) else {
            throw .badValue(field: "subject")
        }
        self.init(subject)
        reasonClass = ReasonClass(rawValue: bytes.u8(1)) ?? .other
        var found = self
        try TLV.forEach(bytes, from: Self.fixedSize) { (tag, range) throws(WireError) in
            switch tag {
            case Tag.label: found.label = try bytes.text(range, atMost: Limits.reasonBytes)
            case Tag.parent: found.parent = try bytes.text(range, atMost: Limits.categoryBytes)
            case Tag.answer: found.answer = try bytes.text(range, atMost: Limits.answerBytes)
            case Tag.site: found.site = try bytes.text(range, atMost: Limits.segmentBytes)
            case Tag.team: found.team = try bytes.text(range, atMost: Limits.segmentBytes)
            default: break  // a newer hub's
            }
        }
        self = found
    }
}
