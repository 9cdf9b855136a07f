import CFloorBus
import FloorEvents
import FloorWire

// Help flags and notes between FloorEvents and the C header; the numbers are the same.

extension FlagRequest {
    /// The most bytes of `text` for an operation.
    private static func mostText(of operation: RecordOperation) -> Int {
        switch operation {
        case .raise: Limits.flagNoteBytes
        case .rate: Limits.flagCommentBytes
        case .reject, .cancel: Limits.flagReasonBytes
        default: Limits.flagAnswerBytes
        }
    }

    /// A caller's request; every number must be one of the vocabulary, and every text as short as
    /// the hub wants it.
    init(
        _ request: floorbus_flag_request,
        for operation: RecordOperation,
        _ encoding: HostEncoding?
    ) throws(Failure) {
        self.init()
        guard unsafe request.reserved0 == 0 else {
            throw Failure(.invalid, "reserved0 of the request must be 0")
        }
        claimGeneration = unsafe request.claim_gen
        kind = try unsafe named(request.kind, "kind")
        channel = try unsafe named(request.channel, "channel")
        outcome = try unsafe named(request.outcome, "outcome")
        customerStar = unsafe request.customer_star
        rating = unsafe request.rating
        guard customerStar <= 5, rating <= 5 else {
            throw Failure(.invalid, "customer_star or rating is more than 5")
        }
        verdict = try unsafe named(request.verdict, "verdict")
        incident = unsafe FloorID(request.incident)
        text = try unsafe request.text.text(
            "text",
            atMost: Self.mostText(of: operation),
            encoding
        )
        knowledge = try unsafe request.knowledge.text(
            "knowledge",
            atMost: Limits.knowledgeBytes,
            encoding
        )
        category = try unsafe request.category.text(
            "category",
            atMost: Limits.categoryBytes,
            encoding
        )
        callReference = try unsafe request.call_ref.text(
            "call_ref",
            atMost: Limits.shortTextBytes,
            encoding
        )
        seat = try unsafe request.seat.text("seat", atMost: Limits.shortTextBytes, encoding)
        agent = try unsafe request.agent.text("agent", atMost: Limits.nameBytes, encoding)
    }
}

/// Every bit of FLOORBUS_ROLE_*.
private let allRoles = UInt32(
    FLOORBUS_ROLE_AGENT | FLOORBUS_ROLE_SUPPORTER | FLOORBUS_ROLE_SUPERVISOR
        | FLOORBUS_ROLE_WALLBOARD | FLOORBUS_ROLE_SYSTEM
)

extension FloorNote {
    /// A caller's note; every number must be one of the vocabulary.
    init(_ note: floorbus_note, _ encoding: HostEncoding?) throws(Failure) {
        self.init(
            try unsafe named(note.kind, "kind"),
            text: try unsafe note.text.text("text", atMost: Limits.noteBytes, encoding)
        )
        let wanted: NotePriority = try unsafe named(note.priority, "priority")
        if wanted != .unknown { priority = wanted }
        severity = try unsafe named(note.severity, "severity")
        roles = Roles(rawValue: try unsafe bits(note.roles, allRoles, "roles"))
        expiresAt = unsafe note.expires_us
        person = try unsafe note.person.text("person", atMost: Limits.nameBytes, encoding)
    }
}

extension Event {
    /// The help flag, with texts that live as long as this event.
    func helpFlag() throws(Failure) -> floorbus_flag {
        let isWithWords = unsafe info.kind == RecordKind.private.rawValue
        let isFlag = unsafe info.kind == RecordKind.flag.rawValue
        return try unsafe decode(
            "help flag",
            when: (isFlag || isWithWords) && info.schema == PayloadSchema.flag && hasPayload
        ) { bytes throws(WireError) in
            let flag = try unsafe HelpFlag(payload: bytes.span)
            var result = unsafe floorbus_flag(flag)
            unsafe result.has_words = isWithWords ? 1 : 0
            unsafe result.flag_id = floorbus_id(keyID)
            unsafe result.category = made(flag.category)
            unsafe result.owner = made(flag.owner)
            unsafe result.team = made(flag.team)
            unsafe result.agent = made(flag.words.agent)
            unsafe result.seat = made(flag.words.seat)
            unsafe result.call_ref = made(flag.words.callReference)
            unsafe result.text = made(flag.words.note)
            unsafe result.answer = made(flag.words.answer)
            unsafe result.knowledge = made(flag.words.knowledge)
            unsafe result.reason = made(flag.words.reason)
            unsafe result.comment = made(flag.words.comment)
            unsafe result.verdict_by = made(flag.words.verdictBy)
            return unsafe result
        }
    }

    /// The note, with texts that live as long as this event.
    func note() throws(Failure) -> floorbus_note {
        let isNote = unsafe info.kind == RecordKind.note.rawValue
        let isDirected = unsafe info.kind == RecordKind.personal.rawValue
        return try unsafe decode(
            "note",
            when: (isNote || isDirected) && info.schema == PayloadSchema.note && hasPayload
        ) { bytes throws(WireError) in
            let note = try unsafe FloorNote(payload: bytes.span)
            var result = unsafe floorbus_note()
            unsafe result.kind = note.kind.rawValue
            unsafe result.status = note.status.rawValue
            unsafe result.priority = note.priority.rawValue
            unsafe result.severity = note.severity.rawValue
            unsafe result.roles = note.roles.rawValue
            unsafe result.receipts = note.receipts
            unsafe result.expires_us = note.expiresAt
            unsafe result.sent_us = note.sentAt
            unsafe result.acknowledged_us = note.acknowledgedAt
            unsafe result.ended_us = note.endedAt
            unsafe result.value = note.value
            unsafe result.note_id = floorbus_id(keyID)
            unsafe result.text = made(note.text)
            unsafe result.person = made(note.person)
            unsafe result.sender = made(note.sender)
            unsafe result.rule = made(note.rule)
            unsafe result.subject = made(note.subject)
            unsafe result.acknowledged_by = made(note.acknowledgedBy)
            return unsafe result
        }
    }
}

extension Event {
    /// The entry of the catalogue, with texts that live as long as this event.
    func catalogueEntry() throws(Failure) -> floorbus_catalogue {
        let isOne = unsafe info.kind == RecordKind.catalogue.rawValue
        return try unsafe decode("entry of the catalogue", when: isOne && hasPayload) {
            bytes throws(WireError) in
            let entry = try unsafe CatalogueEntry(payload: bytes.span)
            var result = unsafe floorbus_catalogue()
            unsafe result.subject = entry.subject.rawValue
            unsafe result.reason_class = entry.reasonClass.rawValue
            unsafe result.code = made(keyEntity)
            unsafe result.label = made(entry.label)
            unsafe result.parent = made(entry.parent)
            unsafe result.answer = made(entry.answer)
            unsafe result.site = made(entry.site)
            unsafe result.team = made(entry.team)
            return unsafe result
        }
    }
}

extension floorbus_flag {
    /// Everything but ids and texts.
    fileprivate init(_ flag: HelpFlag) {
        unsafe self.init()
        unsafe claim_gen = flag.claimGeneration
        unsafe status = flag.status.rawValue
        unsafe kind = flag.kind.rawValue
        unsafe channel_wanted = flag.channelWanted.rawValue
        unsafe channel = flag.channel.rawValue
        unsafe outcome = flag.outcome.rawValue
        unsafe cause = flag.cause.rawValue
        unsafe customer_star = flag.customerStar
        unsafe escalation = flag.escalation
        unsafe claims = flag.claims
        unsafe reopens = flag.reopens
        unsafe viewers = flag.viewers
        unsafe eligible = flag.eligible
        unsafe merged = flag.merged
        unsafe rating = flag.words.rating
        unsafe verdict = flag.words.verdict.rawValue
        unsafe raised_us = flag.stamps.raised
        unsafe seen_us = flag.stamps.seen
        unsafe claimed_us = flag.stamps.claimed
        unsafe engaged_us = flag.stamps.engaged
        unsafe answered_us = flag.stamps.answered
        unsafe ended_us = flag.stamps.ended
        unsafe escalated_us = flag.stamps.escalated
        unsafe reopened_us = flag.stamps.reopened
        unsafe rated_us = flag.words.ratedAt
        unsafe verdict_us = flag.words.verdictAt
        unsafe merged_into = floorbus_id(flag.incident)
    }
}
