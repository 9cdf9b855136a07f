public import FloorEvents

/// A help flag as JSON, and as lines for a person; the fields are in docs/cli.md.
///
///     let text = FlagText(record.key, flag)
///     print(try text.json())
public struct FlagText: Sendable {
    private let key: FloorKey
    private let flag: HelpFlag

    /// A flag as it stands under its key.
    public init(_ key: FloorKey, _ flag: HelpFlag) {
        self.key = key
        self.flag = flag
    }

    /// The flag as one JSON object; its words are there when the flag has them.
    public func json() throws -> String { try JSONText.line(self) }

    /// What is known of the flag, a line each; stages that were not reached are left out.
    public var sheet: [String] {
        var rows = [
            ("flag", key.entity), ("key", key.text), ("status", flag.status.name),
            ("kind", flag.kind.name), ("category", flag.category), ("owner", flag.owner),
            ("claim-gen", "\(flag.claimGeneration)"), ("cause", flag.cause.name),
            ("incident", flag.incident == .zero ? "" : flag.incident.text),
            ("merged", flag.merged == 0 ? "" : "\(flag.merged)"),
            ("escalation", flag.escalation == 0 ? "" : "\(flag.escalation)"),
        ]
        let stamps = flag.stamps
        let stages = [
            ("raised", stamps.raised), ("seen", stamps.seen), ("claimed", stamps.claimed),
            ("engaged", stamps.engaged), ("answered", stamps.answered), ("ended", stamps.ended),
            ("escalated", stamps.escalated), ("reopened", stamps.reopened),
        ]
        rows += stages.filter { $0.1 != 0 }.map { ($0.0, PlainText.time($0.1)) }
        if let words {
            rows += [
                ("agent", words.agent), ("seat", words.seat), ("call", words.callReference),
                ("question", words.note), ("answer", words.answer),
                ("knowledge", words.knowledge), ("reason", words.reason),
                ("rating", words.rating == 0 ? "" : "\(words.rating)"),
                ("comment", words.comment),
            ]
        }
        return rows.filter { !$0.1.isEmpty }.map { name, value in
            let pad = String(repeating: " ", count: max(1, 11 - name.count))
            return name + pad + PlainText.printable(value)
        }
    }

    /// What only some may read; nil for others, who get a flag without its agent.
    private var words: FlagWords? { flag.words.agent.isEmpty ? nil : flag.words }
}

extension FlagText: Encodable {
    /// Writes the flag's fields, for a JSON that it is a part of.
    public func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: FieldName.self)
        try fields.encode(key.entity, forKey: "flagId")
        try fields.encode(key.text, forKey: "key")
        try fields.encode(flag.status.name, forKey: "status")
        try fields.encode(flag.kind.name, forKey: "kind")
        try fields.encode(flag.category, forKey: "category")
        try fields.encode(flag.team, forKey: "team")
        try fields.encode(flag.owner, forKey: "owner")
        try fields.encode(flag.claimGeneration, forKey: "claimGen")
        try fields.encode(flag.cause.name, forKey: "cause")
        try fields.encode(flag.channelWanted.name, forKey: "channelWanted")
        try fields.encode(flag.channel.name, forKey: "channel")
        try fields.encode(flag.outcome.name, forKey: "outcome")
        try fields.encode(flag.customerStar, forKey: "star")
        try fields.encode(flag.escalation, forKey: "escalation")
        try fields.encode(flag.claims, forKey: "claims")
        try fields.encode(flag.reopens, forKey: "reopens")
        try fields.encode(flag.viewers, forKey: "viewers")
        try fields.encode(flag.eligible, forKey: "eligible")
        try fields.encode(flag.merged, forKey: "merged")
        if flag.incident != .zero { try fields.encode(flag.incident.text, forKey: "incident") }
        try fields.encode(flag.stamps.raised, forKey: "raisedAt")
        try fields.encode(flag.stamps.seen, forKey: "seenAt")
        try fields.encode(flag.stamps.claimed, forKey: "claimedAt")
        try fields.encode(flag.stamps.engaged, forKey: "engagedAt")
        try fields.encode(flag.stamps.answered, forKey: "answeredAt")
        try fields.encode(flag.stamps.ended, forKey: "endedAt")
        try fields.encode(flag.stamps.escalated, forKey: "escalatedAt")
        try fields.encode(flag.stamps.reopened, forKey: "reopenedAt")
        try fields.encodeIfPresent(words.map(FlagWordsJSON.init), forKey: "words")
    }
}

/// What only some may read of a flag, as JSON.
private struct FlagWordsJSON: Encodable {
    var words: FlagWords

    func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: FieldName.self)
        try fields.encode(words.agent, forKey: "agent")
        try fields.encode(words.seat, forKey: "seat")
        try fields.encode(words.callReference, forKey: "call")
        try fields.encode(words.note, forKey: "note")
        try fields.encode(words.answer, forKey: "answer")
        try fields.encode(words.knowledge, forKey: "knowledge")
        try fields.encode(words.reason, forKey: "reason")
        try fields.encode(words.rating, forKey: "rating")
        try fields.encode(words.comment, forKey: "comment")
        try fields.encode(words.ratedAt, forKey: "ratedAt")
        try fields.encode(words.verdict.name, forKey: "verdict")
        try fields.encode(words.verdictBy, forKey: "verdictBy")
        try fields.encode(words.verdictAt, forKey: "verdictAt")
        try fields.encode(words.viewers, forKey: "viewers")
        try fields.encode(words.hadStandardAnswer, forKey: "hadStandardAnswer")
    }
}

extension HelpFlag {
    /// The flag in a few words.
    public var summary: String {
        var parts = [status.name, kind.name]
        if !category.isEmpty { parts.append("about \(PlainText.printable(category))") }
        if !owner.isEmpty { parts.append("by \(PlainText.printable(owner))") }
        if escalation > 0 { parts.append("escalated \(escalation)") }
        if cause != .person { parts.append("(\(cause.name))") }
        return parts.joined(separator: " ")
    }
}
