import FloorEvents
import FloorRoster
import FloorWire

// Help flags: an operation is decided on the flag as applied, its result leaves with the commit
// of everything it was decided on (rule 3; races R11, R16 to R18). What happens by itself is in
// Hub+FlagTimes.swift, how a change becomes records in Hub+FlagChanges.swift.

extension Hub {
    /// Applies one flag operation, to be committed, or says why it changes nothing.
    mutating func changeFlag(
        _ session: Session,
        _ header: RecordHeader,
        _ key: Span<UInt8>,
        _ payload: Span<UInt8>,
        _ result: inout ResultRun
    ) throws(DeskRefusal) {
        let (flagKey, id) = try checkObject(key, .flag)
        guard let operation = header.operation, operation.isOfFlags,
            header.schema == PayloadSchema.flagRequest,
            let request = try? FlagRequest(payload: payload)
        else { throw DeskRefusal(.invalid) }
        // Raised, and merged into an incident.
        let isRaise = header.operation == .raise
        try checkRoom(for: Self.mostRecordsPerChange + (isRaise ? 2 : 0))
        let asker = DeskOperator(session, header)
        if operation == .raise { return try raise(id, flagKey, request, asker, &result) }
        guard let slot = flags.slot(id) else { throw DeskRefusal(.notFound) }
        guard flags[slot].key == flagKey || (flagKey.isOfAnyPlace && mayPublish(session, slot))
        else { throw DeskRefusal(.notFound) }
        result.claimGeneration = flags[slot].flag.claimGeneration
        result.revision = try change(slot, operation, request, asker)
        result.claimGeneration = flags[slot].flag.claimGeneration
    }

    // MARK: raising

    private mutating func raise(
        _ id: FloorID,
        _ key: FloorKey,
        _ request: FlagRequest,
        _ by: DeskOperator,
        _ result: inout ResultRun
    ) throws(DeskRefusal) {
        guard request.text.utf8.count <= Limits.flagNoteBytes else {
            throw DeskRefusal(.tooBig, "note")
        }
        let agent = request.agent.isEmpty ? by.name : request.agent
        guard agent.exact == by.name.exact || grants.holds(.system, by.session) else {
            throw DeskRefusal(.denied, "only a system raises for another")
        }
        if let slot = flags.slot(id) {
            // The same button again, perhaps from a process that lost the first answer (R13).
            guard flags[slot].key == key, flags[slot].flag.words.agent.exact == agent.exact
            else {
                throw DeskRefusal(.denied, "another's flag has this id")
            }
            result.claimGeneration = UInt32(flags[slot].flag.eligible)
            result.revision = .zero
            return
        }
        try checkNames(agent, request.category, key)
        if let slot = flags.openFlag(agent: agent, call: request.callReference) {
            throw DeskRefusal(.exists, flags[slot].id.text)
        }
        let segments = key.segments
        guard
            let privateKey = try? FloorKey(
                .private,
                site: segments[1],
                unit: agent,
                entity: id.text
            )
        else { throw DeskRefusal(.badKey, "the asker's name makes no key") }
        try makeRoom(for: agent, by)
        var flag = HelpFlag(request.kind)
        flag.channelWanted = request.channel
        flag.customerStar = request.customerStar
        flag.category = request.category
        flag.team = segments[2]
        flag.words.agent = agent
        // Where the roster says they sit, when their desktop does not.
        flag.words.seat = request.seat.isEmpty ? grants.seat(of: agent) : request.seat
        flag.words.callReference = request.callReference
        flag.words.note = request.text
        flag.words.hadStandardAnswer = grants.present.hasStandardAnswer(request.category)
        flag.stamps.raised = clock.stamp()
        flag.eligible = UInt16(clamping: supporters.eligible(for: agent, key, grants))
        let slot = flags.reserve()
        var entry = FlagEntry(
            id: id,
            key: key,
            privateKey: privateKey,
            flag: flag,
            since: clock.boot
        )
        entry.account = by.session.principal.account
        result.revision = write(slot, .raise, nil, entry, by)
        result.claimGeneration = UInt32(flag.eligible)
        join(slot, &result)
    }

    /// A flag about what others wait for already waits with them, and hears the same answer.
    ///
    /// The same is one category and site. What is about a person, or about safety, is nobody
    /// else's.
    private mutating func join(_ slot: Int, _ result: inout ResultRun) {
        var flag = flags[slot].flag
        guard flag.isAboutMany, let incident = flags.incident(about: flags[slot]),
            incident != slot,
            !grants.manages(named: flags[incident].flag.owner, flag.words.agent)
        else { return }
        var target = flags[incident].flag
        // A flag that was raised this moment is nobody's, and nobody waits for it.
        guard (try? flag.merge(into: flags[incident].id, by: "")) != nil else { return }
        flag.cause = .incident
        result.revision = write(slot, .merge, flag, nil)
        result.owner = flags[incident].id.text
        target.merged.countUp()
        target.cause = .incident
        write(incident, .merge, target, nil)
        if target.status == .answered { flags.follow(flags[incident].id) }
    }

    /// Under a roster a flag is of a team, about a category and from a person that it has: what
    /// nobody knows is in nobody's list, figure or alert rule.
    private func checkNames(
        _ agent: String,
        _ category: String,
        _ key: FloorKey
    ) throws(DeskRefusal) {
        let unknown =
            grants.unknownTeam(of: key) ?? grants.unknownCategory(category)
            ?? grants.unknownPerson(agent)
        if let unknown { throw DeskRefusal(.notFound, unknown) }
    }

    /// Room for one more flag: in the asker's share, in that of whoever raises it, in the table.
    private mutating func makeRoom(
        for agent: String,
        _ by: DeskOperator
    ) throws(DeskRefusal) {
        let account = by.session.principal.account
        // Without a roster everybody is a system, for which its own share is enough.
        let isOwn = agent.exact == by.name.exact && account.isSystem
        let most = isOwn ? account.limit(.flags) : Limits.openFlagsPerAsker
        guard flags.openFlags(ofAgent: agent).count < most else {
            ledger.counts.note(.flags)
            throw DeskRefusal(.limit, Quota.flags.sentence)
        }
        if !account.has(roomFor: 1, .flags) { forgetOldestFlag(ofAgent: agent) }
        guard account.has(roomFor: 1, .flags) else {
            ledger.counts.note(.flags)
            throw DeskRefusal(.limit, Quota.flags.sentence)
        }
        if flags.count >= options.maximumFlags { forgetOldestFlags() }
        guard flags.count < options.maximumFlags else { throw DeskRefusal(.limit) }
    }

    // MARK: every other operation

    private mutating func change(
        _ slot: Int,
        _ operation: RecordOperation,
        _ request: FlagRequest,
        _ by: DeskOperator
    ) throws(DeskRefusal) -> Revision {
        try checkAuthority(operation, flags[slot], by)
        let before = flags[slot]
        var flag = before.flag
        let time = clock.stamp()
        var isNew = true
        switch operation {
        case .seen: isNew = try flag.see(by: by.name, at: time)
        case .claim:
            isNew = try flag.claim(by: by.name, generation: request.claimGeneration, at: time)
        case .engage: isNew = try flag.engage(by: by.name, request, at: time)
        case .release: try flag.release(by: by.name, request, rejecting: false)
        case .reject: try flag.release(by: by.name, request, rejecting: true)
        case .answer: try flag.answer(by: by.name, request, at: time)
        case .close: isNew = try flag.close(at: time)
        case .reopen:
            try flag.reopen(
                request,
                within: grants.times(ofKey: before.key).reopenMicroseconds,
                at: time
            )
            try checkNoOther(before)
        case .cancel: isNew = try flag.cancel(request, at: time)
        case .merge: return try merge(slot, request, by)
        case .escalate:
            // An asker who is not content to wait with the others has a question of their own.
            let isAskers = by.name.exact == flag.words.agent.exact
            if isAskers, flag.status == .merged { flag.goBack() }
            try flag.escalate(at: time)
        case .rate: try flag.rate(request, at: time)
        case .verdict: try flag.judge(by: by.name, request, at: time)
        default: throw DeskRefusal(.invalid)
        }
        guard isNew else { return .zero }
        flag.cause = .person
        return write(slot, operation, flag, by)
    }

    private mutating func merge(
        _ slot: Int,
        _ request: FlagRequest,
        _ by: DeskOperator
    ) throws(DeskRefusal) -> Revision {
        guard let incident = flags.slot(request.incident) else {
            throw DeskRefusal(.notFound, "no such incident")
        }
        // It has joined by itself while a supporter was about to merge it.
        let known = flags[slot].flag
        if known.status == .merged, known.incident == request.incident { return .zero }
        guard incident != slot else { throw DeskRefusal(.invalid, "a flag into itself") }
        var target = flags[incident].flag
        guard !target.isEnded, target.status != .merged else {
            throw DeskRefusal(.wrongState, "the incident is " + target.status.name)
        }
        var flag = flags[slot].flag
        try flag.merge(into: request.incident, by: by.name)
        flag.cause = .person
        let revision = write(slot, .merge, flag, by)
        target.merged.countUp()
        target.cause = .incident
        write(incident, .merge, target, nil)
        if target.status == .answered { flags.follow(request.incident) }
        return revision
    }

    /// One open flag for each agent and call.
    private func checkNoOther(_ entry: FlagEntry) throws(DeskRefusal) {
        let words = entry.flag.words
        guard
            let other = flags.openFlag(agent: words.agent, call: words.callReference),
            flags[other].id != entry.id
        else { return }
        throw DeskRefusal(.exists, flags[other].id.text)
    }

    // MARK: who may

    private func checkAuthority(
        _ operation: RecordOperation,
        _ entry: FlagEntry,
        _ by: DeskOperator
    ) throws(DeskRefusal) {
        let isAsker = by.name.exact == entry.flag.words.agent.exact
        switch operation {
        case .close, .reopen, .rate:
            guard isAsker else { throw DeskRefusal(.denied, "not the asker") }
        case .cancel:
            // A telephone system that may raise for an agent may also take it back.
            guard isAsker || grants.isSystem(by.session) else {
                throw DeskRefusal(.denied, "not the asker")
            }
        case .escalate where isAsker: break
        case .claim where by.session.principal.duty == .offFloor:
            throw DeskRefusal(.denied, "off the floor; say that you are available first")
        case .seen, .claim, .engage, .release, .reject, .answer, .merge, .escalate:
            try checkSupporter(entry, by)
        case .verdict:
            guard !isAsker else { throw DeskRefusal(.denied, "the asker") }
            guard grants.holds(.supporter, by.session) || grants.holds(.supervisor, by.session)
            else {
                throw DeskRefusal(.denied, "neither supporter nor supervisor")
            }
        default: break
        }
    }

    private func checkSupporter(_ entry: FlagEntry, _ by: DeskOperator) throws(DeskRefusal) {
        guard by.name.exact != entry.flag.words.agent.exact else {
            throw DeskRefusal(.denied, "the asker")
        }
        guard grants.holds(.supporter, by.session) else {
            throw DeskRefusal(.denied, "no supporter")
        }
        guard !grants.manages(by.session.principal, entry.flag.words.agent) else {
            throw DeskRefusal(.denied, "manages the asker")
        }
    }
}

extension RecordOperation {
    /// Whether clients may ask for it with a flag's key; `leaseLost` and `expire` are the hub's.
    var isOfFlags: Bool {
        switch self {
        case .raise, .seen, .claim, .engage, .release, .reject, .answer, .close, .reopen,
            .cancel, .merge, .escalate, .rate, .verdict:
            true
        case .put, .delete, .append, .leaseLost, .expire: false
        }
    }
}
