public import FloorEvents

// Payloads of help flags: the request of whoever asks, the flag as the hub says it stands.
// Byte tables: docs/wire-protocol.md, section 9.

extension PayloadSchema {
    /// `HelpFlag`, first layout; of `flag/` and `private/` records alike.
    public static let flag: UInt16 = 1
    /// `FlagRequest`, first layout; of a flag operation on its way to the hub.
    public static let flagRequest: UInt16 = 1
}

private enum FlagTag {
    static let category: UInt16 = 1
    static let owner: UInt16 = 2
    static let team: UInt16 = 3
    static let agent: UInt16 = 16
    static let seat: UInt16 = 17
    static let callReference: UInt16 = 18
    static let note: UInt16 = 19
    static let answer: UInt16 = 20
    static let knowledge: UInt16 = 21
    static let reason: UInt16 = 22
    static let comment: UInt16 = 23
    static let verdictBy: UInt16 = 24
    static let viewer: UInt16 = 25
}

extension HelpFlag {
    static let fixedSize = 128

    /// Appends the payload, schema `PayloadSchema.flag`.
    ///
    /// - Parameters:
    ///   - withWords: whether what only some may read goes in, for a `private/` record.
    ///   - out: the payload is appended.
    /// - Throws: `FloorStatus.tooBig` when a text is over its limit; nothing is appended then.
    public func append(withWords: Bool, to out: inout [UInt8]) throws(FloorStatus) {
        guard category.utf8.count <= Limits.categoryBytes,
            owner.utf8.count <= Limits.nameBytes, team.utf8.count <= Limits.segmentBytes
        else { throw .tooBig }
        if withWords { try words.check() }
        for byte in [
            status.rawValue, kind.rawValue, channelWanted.rawValue, channel.rawValue,
            outcome.rawValue, cause.rawValue, customerStar, escalation,
        ] {
            out.append(byte)
        }
        out.append(number: claimGeneration)
        out.append(number: claims)
        out.append(number: reopens)
        out.append(number: viewers)
        out.append(number: eligible)
        out.append(number: merged)
        stamps.append(to: &out)
        out.append(id: incident)
        out.append(withWords ? words.rating : 0)
        out.append(withWords ? words.verdict.rawValue : 0)
        out.append(number: UInt16(withWords && words.hadStandardAnswer ? 1 : 0))
        out.append(number: UInt32(0))
        out.append(number: withWords ? words.ratedAt : 0)
        out.append(number: withWords ? words.verdictAt : 0)
        TLV.append(FlagTag.category, category, to: &out)
        TLV.append(FlagTag.owner, owner, to: &out)
        TLV.append(FlagTag.team, team, to: &out)
        if withWords { words.appendTexts(to: &out) }
    }

    /// Reads the payload; `words` stay empty when the record carries none.
    public init(payload bytes: Span<UInt8>) throws(WireError) {
        try bytes.need(Self.fixedSize)
        self.init(FlagKind(rawValue: bytes.u8(1)) ?? .unknown)
        status = FlagStatus(rawValue: bytes.u8(0)) ?? .unknown
        channelWanted = SupportChannel(rawValue: bytes.u8(2)) ?? .unknown
        channel = SupportChannel(rawValue: bytes.u8(3)) ?? .unknown
        outcome = FlagOutcome(rawValue: bytes.u8(4)) ?? .unknown
        cause = FlagCause(rawValue: bytes.u8(5)) ?? .unknown
        customerStar = bytes.u8(6)
        guard customerStar <= 5 else { throw .badValue(field: "customer_star") }
        escalation = bytes.u8(7)
        claimGeneration = bytes.u32(8)
        claims = bytes.u16(12)
        reopens = bytes.u16(14)
        viewers = bytes.u16(16)
        eligible = bytes.u16(18)
        merged = bytes.u32(20)
        stamps = FlagStamps(bytes, at: 24)
        incident = bytes.floorID(88)
        words.rating = bytes.u8(104)
        guard words.rating <= 5 else { throw .badValue(field: "rating") }
        words.verdict = FlagVerdict(rawValue: bytes.u8(105)) ?? .unknown
        words.hadStandardAnswer = bytes.u16(106) & 1 != 0
        words.ratedAt = bytes.i64(112)
        words.verdictAt = bytes.i64(120)
        try readTexts(bytes)
    }

    private mutating func readTexts(_ bytes: Span<UInt8>) throws(WireError) {
        var found = self
        try TLV.forEach(bytes, from: Self.fixedSize) { (tag, range) throws(WireError) in
            switch tag {
            case FlagTag.category:
                found.category = try bytes.text(range, atMost: Limits.categoryBytes)
            case FlagTag.owner: found.owner = try bytes.text(range, atMost: Limits.nameBytes)
            case FlagTag.team: found.team = try bytes.text(range, atMost: Limits.segmentBytes)
            default: try found.words.readText(tag, bytes, range)
            }
        }
        self = found
    }
}

extension FlagStamps {
    fileprivate func append(to out: inout [UInt8]) {
        for stamp in [raised, seen, claimed, engaged, answered, ended, escalated, reopened] {
            out.append(number: stamp)
        }
    }

    fileprivate init(_ bytes: Span<UInt8>, at start: Int) {
        self.init()
        raised = bytes.i64(start)
        seen = bytes.i64(start + 8)
        claimed = bytes.i64(start + 16)
        engaged = bytes.i64(start + 24)
        answered = bytes.i64(start + 32)
        ended = bytes.i64(start + 40)
        escalated = bytes.i64(start + 48)
        reopened = bytes.i64(start + 56)
    }
}

extension FlagWords {
    fileprivate func check() throws(FloorStatus) {
        guard agent.utf8.count <= Limits.nameBytes, seat.utf8.count <= Limits.shortTextBytes,
            callReference.utf8.count <= Limits.shortTextBytes,
            note.utf8.count <= Limits.flagNoteBytes, answer.utf8.count <= Limits.flagAnswerBytes,
            knowledge.utf8.count <= Limits.knowledgeBytes,
            reason.utf8.count <= Limits.flagReasonBytes,
            comment.utf8.count <= Limits.flagCommentBytes,
            verdictBy.utf8.count <= Limits.nameBytes, viewers.count <= Limits.flagViewers,
            viewers.allSatisfy({ $0.utf8.count <= Limits.nameBytes })
        else { throw .tooBig }
        guard rating <= 5 else { throw .invalid }
    }

    fileprivate func appendTexts(to out: inout [UInt8]) {
        TLV.append(FlagTag.agent, agent, to: &out)
        TLV.append(FlagTag.seat, seat, to: &out)
        TLV.append(FlagTag.callReference, callReference, to: &out)
        TLV.append(FlagTag.note, note, to: &out)
        TLV.append(FlagTag.answer, answer, to: &out)
        TLV.append(FlagTag.knowledge, knowledge, to: &out)
        TLV.append(FlagTag.reason, reason, to: &out)
        TLV.append(FlagTag.comment, comment, to: &out)
        TLV.append(FlagTag.verdictBy, verdictBy, to: &out)
        for viewer in viewers { TLV.append(FlagTag.viewer, viewer, to: &out) }
    }

    fileprivate mutating func readText(
        _ tag: UInt16,
        _ bytes: Span<UInt8>,
        _ range: Range<Int>
    ) throws(WireError) {
        switch tag {
        case FlagTag.agent: agent = try bytes.text(range, atMost: Limits.nameBytes)
        case FlagTag.seat: seat = try bytes.text(range, atMost: Limits.shortTextBytes)
        case FlagTag.callReference:
            callReference = try bytes.text(range, atMost: Limits.shortTextBytes)
        case FlagTag.note: note = try bytes.text(range, atMost: Limits.flagNoteBytes)
        case FlagTag.answer: answer = try bytes.text(range, atMost: Limits.flagAnswerBytes)
        case FlagTag.knowledge: knowledge = try bytes.text(range, atMost: Limits.knowledgeBytes)
        case FlagTag.reason: reason = try bytes.text(range, atMost: Limits.flagReasonBytes)
        case FlagTag.comment: comment = try bytes.text(range, atMost: Limits.flagCommentBytes)
        case FlagTag.verdictBy: verdictBy = try bytes.text(range, atMost: Limits.nameBytes)
        case FlagTag.viewer:
            guard viewers.count < Limits.flagViewers else { throw .badValue(field: "viewers") }
            let name = try bytes.text(range, atMost: Limits.nameBytes)
            if !name.isEmpty { viewers.append(name) }
        default: break  // a newer hub's
        }
    }
}

extension FlagRequest {
    static let fixedSize = 32
    private enum Tag {
        static let text: UInt16 = 1
        static let knowledge: UInt16 = 2
        static let category: UInt16 = 3
        static let callReference: UInt16 = 4
        static let seat: UInt16 = 5
        static let agent: UInt16 = 6
    }

    /// Appends the payload, schema `PayloadSchema.flagRequest`.
    ///
    /// - Throws: `FloorStatus.tooBig` when a text is over its limit, `.invalid` for stars or a
    ///   rating above 5; nothing is appended then.
    public func append(to out: inout [UInt8]) throws(FloorStatus) {
        guard text.utf8.count <= Limits.flagAnswerBytes,
            knowledge.utf8.count <= Limits.knowledgeBytes,
            category.utf8.count <= Limits.categoryBytes,
            callReference.utf8.count <= Limits.shortTextBytes,
            seat.utf8.count <= Limits.shortTextBytes, agent.utf8.count <= Limits.nameBytes
        else { throw .tooBig }
        guard customerStar <= 5, rating <= 5 else { throw .invalid }
        out.append(number: claimGeneration)
        for byte in [
            kind.rawValue, channel.rawValue, outcome.rawValue, customerStar, rating,
            verdict.rawValue,
        ] {
            out.append(byte)
        }
        out.append(number: UInt16(0))
        out.append(number: UInt32(0))
        out.append(id: incident)
        TLV.append(Tag.text, text, to: &out)
        TLV.append(Tag.knowledge, knowledge, to: &out)
        TLV.append(Tag.category, category, to: &out)
        TLV.append(Tag.callReference, callReference, to: &out)
        TLV.append(Tag.seat, seat, to: &out)
        TLV.append(Tag.agent, agent, to: &out)
    }

    /// Reads the payload.
    public init(payload bytes: Span<UInt8>) throws(WireError) {
        try bytes.need(Self.fixedSize)
        self.init()
        claimGeneration = bytes.u32(0)
        kind = FlagKind(rawValue: bytes.u8(4)) ?? .unknown
        channel = SupportChannel(rawValue: bytes.u8(5)) ?? .unknown
        outcome = FlagOutcome(rawValue: bytes.u8(6)) ?? .unknown
        customerStar = bytes.u8(7)
        rating = bytes.u8(8)
        guard customerStar <= 5, rating <= 5 else { throw .badValue(field: "stars or rating") }
        verdict = FlagVerdict(rawValue: bytes.u8(9)) ?? .unknown
        incident = bytes.floorID(16)
        var found = self
        try TLV.forEach(bytes, from: Self.fixedSize) { (tag, range) throws(WireError) in
            switch tag {
            case Tag.text: found.text = try bytes.text(range, atMost: Limits.flagAnswerBytes)
            case Tag.knowledge:
                found.knowledge = try bytes.text(range, atMost: Limits.knowledgeBytes)
            case Tag.category: found.category = try bytes.text(range, atMost: Limits.categoryBytes)
            case Tag.callReference:
                found.callReference = try bytes.text(range, atMost: Limits.shortTextBytes)
            case Tag.seat: found.seat = try bytes.text(range, atMost: Limits.shortTextBytes)
            case Tag.agent: found.agent = try bytes.text(range, atMost: Limits.nameBytes)
            default: break  // a newer client's
            }
        }
        self = found
    }
}
