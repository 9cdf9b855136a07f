import FloorEvents

// What each operation makes of a flag, or why it may not be: rules on one value, without the hub
// around it (design, vocabulary 5). Who may ask for an operation at all is in Hub+Flags.swift.

extension HelpFlag {
    /// A supporter's station shows the flag; false when that is nothing new.
    mutating func see(by name: String, at now: Int64) throws(DeskRefusal) -> Bool {
        guard status == .raised || status == .pending else { return false }
        if status == .pending {
            if words.viewers.contains(exactly: name) { return false }
            if words.viewers.count == Limits.flagViewers { return false }
        }
        if stamps.seen == 0 { stamps.seen = now }
        if !words.viewers.contains(exactly: name), words.viewers.count < Limits.flagViewers {
            words.viewers.append(name)
            viewers = UInt16(words.viewers.count)
        }
        status = .pending
        return true
    }

    /// A supporter takes the flag; false when they have it already.
    mutating func claim(
        by name: String,
        generation: UInt32,
        at now: Int64
    ) throws(DeskRefusal) -> Bool {
        switch status {
        case .claimed, .engaged:
            guard owner.exact == name.exact else { throw DeskRefusal(.conflict, owner) }
            return false
        case .raised, .pending: break
        case .unknown, .answered, .merged, .closed, .cancelled, .unanswered:
            throw DeskRefusal(.wrongState, status.name)
        }
        guard generation == 0 || generation == claimGeneration else {
            throw DeskRefusal(.conflict)
        }
        claimGeneration.countUp()
        if claims < .max { claims += 1 }
        owner = name
        stamps.claimed = now
        status = .claimed
        return true
    }

    /// The owner begins to help; false when they have begun already, the same way.
    mutating func engage(
        by name: String,
        _ request: FlagRequest,
        at now: Int64
    ) throws(DeskRefusal) -> Bool {
        try checkOwner(name, request.claimGeneration)
        if status == .engaged, channel == request.channel { return false }
        channel = request.channel
        if stamps.engaged == 0 { stamps.engaged = now }
        status = .engaged
        return true
    }

    /// The owner gives the flag back; `reason` when they reject it.
    mutating func release(
        by name: String,
        _ request: FlagRequest,
        rejecting: Bool
    ) throws(DeskRefusal) {
        try checkOwner(name, request.claimGeneration)
        if rejecting {
            guard !request.text.isEmpty else { throw DeskRefusal(.invalid, "reason missing") }
            guard request.text.utf8.count <= Limits.flagReasonBytes else {
                throw DeskRefusal(.tooBig, "reason")
            }
            words.reason = request.text
        }
        goBack()
    }

    /// The owner answers.
    mutating func answer(
        by name: String,
        _ request: FlagRequest,
        at now: Int64
    ) throws(DeskRefusal) {
        try checkOwner(name, request.claimGeneration)
        guard request.outcome != .unknown else { throw DeskRefusal(.invalid, "outcome missing") }
        // Whoever has engaged may have said it; of a claim alone the asker has heard nothing.
        let saysSomething = !request.text.isEmpty || !request.knowledge.isEmpty
        guard saysSomething || status == .engaged || request.outcome != .answered else {
            throw DeskRefusal(.invalid, "an answer without text, reference or outcome")
        }
        words.answer = request.text
        words.knowledge = request.knowledge
        outcome = request.outcome
        stamps.answered = now
        status = .answered
    }

    /// The asker says that they have been helped; false when they have said so already.
    mutating func close(at now: Int64) throws(DeskRefusal) -> Bool {
        if status == .closed { return false }
        guard status == .answered || status == .engaged else {
            throw DeskRefusal(.wrongState, status.name)
        }
        stamps.ended = now
        status = .closed
        return true
    }

    /// The asker says that the answer was none: those who wait get it back.
    mutating func reopen(
        _ request: FlagRequest,
        within limit: Int64,
        at now: Int64
    ) throws(DeskRefusal) {
        guard status == .answered || status == .closed else {
            throw DeskRefusal(.wrongState, status.name)
        }
        let finished = max(stamps.answered, stamps.ended)
        guard now.clampedDifference(finished) <= limit else { throw DeskRefusal(.expired) }
        goBack()
        if reopens < .max { reopens += 1 }
        stamps.reopened = now
        stamps.answered = 0
        stamps.ended = 0
        outcome = .unknown
        escalation = 0
    }

    /// The asker needs no help any more; false when they have said so already.
    mutating func cancel(_ request: FlagRequest, at now: Int64) throws(DeskRefusal) -> Bool {
        if status == .cancelled { return false }
        switch status {
        case .raised, .pending, .claimed, .engaged, .merged: break
        case .unknown, .answered, .closed, .cancelled, .unanswered:
            throw DeskRefusal(.wrongState, status.name)
        }
        guard request.text.utf8.count <= Limits.flagReasonBytes else {
            throw DeskRefusal(.tooBig, "reason")
        }
        words.reason = request.text
        end(.cancelled, at: now)
        return true
    }

    /// The flag waits for another's answer from now on.
    mutating func merge(into incident: FloorID, by name: String) throws(DeskRefusal) {
        switch status {
        case .raised, .pending: break
        case .claimed where owner.exact == name.exact: break
        case .claimed, .engaged: throw DeskRefusal(.conflict, owner)
        case .unknown, .answered, .merged, .closed, .cancelled, .unanswered:
            throw DeskRefusal(.wrongState, status.name)
        }
        guard merged == 0 else { throw DeskRefusal(.invalid, "others wait for this flag") }
        claimGeneration.countUp()
        owner = ""
        self.incident = incident
        status = .merged
    }

    /// More supporters are to see it.
    mutating func escalate(at now: Int64) throws(DeskRefusal) {
        guard !isEnded, status != .answered else { throw DeskRefusal(.wrongState, status.name) }
        guard escalation < Limits.flagEscalations else {
            throw DeskRefusal(.wrongState, "escalated as far as it goes")
        }
        escalation += 1
        stamps.escalated = now
    }

    /// What the asker says of the help; 0 withdraws it.
    mutating func rate(_ request: FlagRequest, at now: Int64) throws(DeskRefusal) {
        guard claims > 0 || stamps.answered > 0 else {
            throw DeskRefusal(.wrongState, "nobody has helped yet")
        }
        guard request.text.utf8.count <= Limits.flagCommentBytes else {
            throw DeskRefusal(.tooBig, "comment")
        }
        words.rating = request.rating
        words.comment = request.rating == 0 ? "" : request.text
        words.ratedAt = now
    }

    /// Somebody found whether the answer was right.
    mutating func judge(
        by name: String,
        _ request: FlagRequest,
        at now: Int64
    ) throws(DeskRefusal) {
        guard stamps.answered > 0 else { throw DeskRefusal(.wrongState, "not answered") }
        guard name.exact != owner.exact else { throw DeskRefusal(.denied, "their own answer") }
        words.verdict = request.verdict
        words.verdictBy = request.verdict == .unknown ? "" : name
        words.verdictAt = now
    }

    // MARK: what happens by itself

    /// Back to those who wait, with its age: the owner's token is void.
    mutating func goBack() {
        claimGeneration.countUp()
        owner = ""
        channel = .unknown
        incident = .zero
        stamps.claimed = 0
        stamps.engaged = 0
        status = .pending
    }

    /// The end without an answer.
    mutating func end(_ status: FlagStatus, at now: Int64) {
        claimGeneration.countUp()
        stamps.ended = now
        self.status = status
    }

    /// The answer of the incident it was merged into.
    mutating func takeAnswer(of incident: HelpFlag, at now: Int64) {
        words.answer = incident.words.answer
        words.knowledge = incident.words.knowledge
        outcome = incident.outcome
        owner = incident.owner
        stamps.answered = now
        status = .answered
    }

    private func checkOwner(_ name: String, _ generation: UInt32) throws(DeskRefusal) {
        guard isHeld else {
            let isOver = isEnded || status == .answered
            throw DeskRefusal(isOver ? .wrongState : .conflict, isOver ? status.name : owner)
        }
        guard owner.exact == name.exact, generation == claimGeneration else {
            throw DeskRefusal(.conflict, owner)
        }
    }
}
