import FloorBus

/// A help flag as JSON, and as lines for a person; the fields are documented in docs/cli.md.
struct FlagLine: Encodable {
    var flagId: String
    var key: String
    var status: String
    var kind: String
    var category: String
    var team: String
    var owner: String
    var claimGen: UInt32
    var cause: String
    var channelWanted: String
    var channel: String
    var outcome: String
    var star: UInt8
    var escalation: UInt8
    var claims: UInt16
    var reopens: UInt16
    var viewers: UInt16
    var eligible: UInt16
    var merged: UInt32
    var incident: String?
    var raisedAt: Int64
    var seenAt: Int64
    var claimedAt: Int64
    var engagedAt: Int64
    var answeredAt: Int64
    var endedAt: Int64
    var escalatedAt: Int64
    var reopenedAt: Int64
    var words: FlagWordsLine?

    init(_ key: FloorKey, _ flag: HelpFlag) {
        flagId = key.entity
        self.key = key.text
        status = flag.status.name
        kind = flag.kind.name
        category = flag.category
        team = flag.team
        owner = flag.owner
        claimGen = flag.claimGeneration
        cause = flag.cause.name
        channelWanted = flag.channelWanted.name
        channel = flag.channel.name
        outcome = flag.outcome.name
        star = flag.customerStar
        escalation = flag.escalation
        claims = flag.claims
        reopens = flag.reopens
        viewers = flag.viewers
        eligible = flag.eligible
        merged = flag.merged
        incident = flag.incident == .zero ? nil : flag.incident.text
        raisedAt = flag.stamps.raised
        seenAt = flag.stamps.seen
        claimedAt = flag.stamps.claimed
        engagedAt = flag.stamps.engaged
        answeredAt = flag.stamps.answered
        endedAt = flag.stamps.ended
        escalatedAt = flag.stamps.escalated
        reopenedAt = flag.stamps.reopened
        if !flag.words.agent.isEmpty { words = FlagWordsLine(flag.words) }
    }

    /// What is known of the flag, a line each; stages that were not reached are left out.
    var sheet: [String] {
        var rows = [
            ("flag", flagId), ("key", key), ("status", status), ("kind", kind),
            ("category", category), ("owner", owner), ("claim-gen", "\(claimGen)"),
            ("cause", cause),
        ]
        let stages = [
            ("raised", raisedAt), ("seen", seenAt), ("claimed", claimedAt),
            ("engaged", engagedAt), ("answered", answeredAt), ("ended", endedAt),
            ("escalated", escalatedAt), ("reopened", reopenedAt),
        ]
        rows += stages.filter { $0.1 != 0 }.map { ($0.0, Output.time($0.1)) }
        if let words {
            rows += [
                ("agent", words.agent), ("seat", words.seat), ("call", words.call),
                ("question", words.note), ("answer", words.answer),
                ("knowledge", words.knowledge), ("reason", words.reason),
                ("rating", words.rating == 0 ? "" : "\(words.rating)"),
                ("comment", words.comment),
            ]
        }
        return rows.filter { !$0.1.isEmpty }.map { name, value in
            let pad = String(repeating: " ", count: max(1, 11 - name.count))
            return name + pad + Output.printable(value)
        }
    }
}

/// What only some may read of a flag, as JSON.
struct FlagWordsLine: Encodable {
    var agent: String
    var seat: String
    var call: String
    var note: String
    var answer: String
    var knowledge: String
    var reason: String
    var rating: UInt8
    var comment: String
    var ratedAt: Int64
    var verdict: String
    var verdictBy: String
    var verdictAt: Int64
    var viewers: [String]

    init(_ words: FlagWords) {
        agent = words.agent
        seat = words.seat
        call = words.callReference
        note = words.note
        answer = words.answer
        knowledge = words.knowledge
        reason = words.reason
        rating = words.rating
        comment = words.comment
        ratedAt = words.ratedAt
        verdict = words.verdict.name
        verdictBy = words.verdictBy
        verdictAt = words.verdictAt
        viewers = words.viewers
    }
}
