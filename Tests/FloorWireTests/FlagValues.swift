import FloorEvents
import FloorWire

// Help flags and requests as the values of the golden vectors.

extension HelpFlag {
    var values: [String: JSON] {
        var values: [String: JSON] = [
            "status": JSON(status.rawValue), "kind": JSON(kind.rawValue),
            "channel_wanted": JSON(channelWanted.rawValue), "channel": JSON(channel.rawValue),
            "outcome": JSON(outcome.rawValue), "cause": JSON(cause.rawValue),
            "customer_star": JSON(customerStar), "escalation": JSON(escalation),
            "claim_gen": JSON(claimGeneration), "claims": JSON(claims),
            "reopens": JSON(reopens), "viewers": JSON(viewers), "eligible": JSON(eligible),
            "merged": JSON(merged), "incident": JSON(incident), "category": .text(category),
            "owner": .text(owner), "team": .text(team),
        ]
        values.merge(stamps.values) { first, _ in first }
        values.merge(words.values) { first, _ in first }
        return values
    }
}

extension FlagStamps {
    var values: [String: JSON] {
        [
            "raised_us": JSON(raised), "seen_us": JSON(seen), "claimed_us": JSON(claimed),
            "engaged_us": JSON(engaged), "answered_us": JSON(answered), "ended_us": JSON(ended),
            "escalated_us": JSON(escalated), "reopened_us": JSON(reopened),
        ]
    }
}

extension FlagWords {
    var values: [String: JSON] {
        [
            "agent": .text(agent), "seat": .text(seat), "call_reference": .text(callReference),
            "note": .text(note), "answer": .text(answer), "knowledge": .text(knowledge),
            "reason": .text(reason), "comment": .text(comment), "rating": JSON(rating),
            "rated_us": JSON(ratedAt), "verdict": JSON(verdict.rawValue),
            "verdict_by": .text(verdictBy), "verdict_us": JSON(verdictAt),
            "viewer": .list(viewers.map { .text($0) }),
            "had_standard_answer": hadStandardAnswer ? 1 : 0,
        ]
    }
}

extension FlagRequest {
    var values: [String: JSON] {
        [
            "claim_gen": JSON(claimGeneration), "kind": JSON(kind.rawValue),
            "channel": JSON(channel.rawValue), "outcome": JSON(outcome.rawValue),
            "customer_star": JSON(customerStar), "rating": JSON(rating),
            "verdict": JSON(verdict.rawValue), "incident": JSON(incident),
            "text": .text(text), "knowledge": .text(knowledge), "category": .text(category),
            "call_reference": .text(callReference), "seat": .text(seat), "agent": .text(agent),
        ]
    }
}

extension Samples {
    /// Every number another one, so that no two fields can be mistaken for each other.
    static let flag: HelpFlag = {
        var flag = HelpFlag(.authority)
        flag.status = .answered
        flag.channelWanted = .desk
        flag.channel = .whisper
        flag.outcome = .noAnswerKnown
        flag.cause = .incident
        flag.customerStar = 5
        flag.escalation = 3
        flag.claimGeneration = 77
        flag.claims = 12
        flag.reopens = 13
        flag.viewers = 14
        flag.eligible = 15
        flag.merged = 16
        flag.stamps.raised = time
        flag.stamps.seen = time + 1
        flag.stamps.claimed = time + 2
        flag.stamps.engaged = time + 3
        flag.stamps.answered = time + 4
        flag.stamps.ended = time + 5
        flag.stamps.escalated = time + 6
        flag.stamps.reopened = time + 7
        flag.incident = FloorID(high: 0x0102_0304_0506_0708, low: 0x090A_0B0C_0D0E_0F10)
        flag.category = "refund"
        flag.owner = "sün"
        flag.team = "sales"
        flag.words = words
        return flag
    }()

    private static let words: FlagWords = {
        var words = FlagWords()
        words.agent = "anna"
        words.seat = "2F-17"
        words.callReference = "uid:1700000000.42"
        words.note = "客户要求退款"
        words.answer = "yes, up to 50"
        words.knowledge = "KB-77"
        words.reason = "not my product"
        words.comment = "quick"
        words.rating = 4
        words.ratedAt = time + 8
        words.verdict = .partly
        words.verdictBy = "tom"
        words.verdictAt = time + 9
        words.hadStandardAnswer = true
        words.viewers = ["sün", "tom"]
        return words
    }()

    static let flagRequest: FlagRequest = {
        var request = FlagRequest()
        request.claimGeneration = 77
        request.kind = .systemFault
        request.channel = .barge
        request.outcome = .transferred
        request.customerStar = 4
        request.rating = 5
        request.verdict = .wrong
        request.incident = FloorID(high: 0x0102_0304_0506_0708, low: 0x090A_0B0C_0D0E_0F10)
        request.text = "客户要求退款"
        request.knowledge = "KB-77"
        request.category = "refund"
        request.callReference = "uid:1700000000.42"
        request.seat = "2F-17"
        request.agent = "anna"
        return request
    }()

    static let engaged: Presence = {
        var presence = Presence(sessions: 2, since: time)
        presence.supporter = .engaged
        presence.flags = 3
        return presence
    }()
}
