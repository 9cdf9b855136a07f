import FloorEvents
import FloorWire

// What happens to help flags by themselves: nobody takes them, their owner is gone, nobody
// closes them, the call ends, their incident is answered. A flag always ends.

extension Hub {
    /// When something happens to a flag by itself, on the boot clock.
    func dueTime(_ entry: FlagEntry) -> Int64 {
        let times = grants.times(ofKey: entry.key)
        let leaseEnds = entry.ownerGoneSince.map { $0 + times.leaseMicroseconds } ?? .max
        let callEnds = entry.callDoneSince.map { $0 + Limits.callDoneMicroseconds } ?? .max
        switch entry.flag.status {
        case .raised, .pending:
            let isLoud = entry.flag.escalation >= Limits.flagEscalations
            let wait = isLoud ? times.unansweredMicroseconds : times.escalateMicroseconds
            return min(entry.since + wait, callEnds)
        case .claimed: return min(entry.since + times.engageMicroseconds, leaseEnds, callEnds)
        case .engaged: return min(entry.since + times.helpMicroseconds, leaseEnds)
        case .answered: return entry.since + times.autoCloseMicroseconds
        case .merged: return min(entry.since + times.unansweredMicroseconds, callEnds)
        case .unknown: return .max
        case .closed, .cancelled, .unanswered: return entry.since + times.keepMicroseconds
        }
    }

    /// When the earliest flag is due, if the hub could do something about it then.
    var flagDeadline: Int64 {
        guard events.hasRoom(for: Self.mostRecordsPerChange) else { return .max }
        let earliest = flags.hasWaiting ? clock.boot : flags.deadline
        return earliest == .max ? .max : max(earliest, events.nextTry)
    }

    /// Does what is due.
    mutating func runFlagTimers() {
        if events.isHeldBack(at: clock.boot) { return }
        while events.hasRoom(for: Self.mostRecordsPerChange),
            let (slot, entry) = flags.nextDue(at: clock.boot)
        {
            ledger.counts.work += 1
            fire(slot, entry)
        }
        cancelCallsOver()
        followIncidents()
    }

    private mutating func fire(_ slot: Int, _ entry: FlagEntry) {
        var flag = entry.flag
        flag.cause = .timer
        let time = clock.stamp()
        let isCallDone = entry.callDoneSince.map {
            $0 + Limits.callDoneMicroseconds <= clock.boot
        }
        if isCallDone == true, flag.losesPointWithCall {
            flags.noteCallOver(entry.id)
            return cancelCallsOver()
        }
        switch flag.status {
        case .raised, .pending:
            if (try? flag.escalate(at: time)) != nil {
                writeOwn(slot, .escalate, flag)
            } else {
                flag.end(.unanswered, at: time)
                writeOwn(slot, .expire, flag)
                alertUnanswered(entry)
            }
        case .engaged where !isOwnerGone(entry): age(slot, entry, at: time)
        case .claimed, .engaged:
            let isGone = isOwnerGone(entry)
            flag.cause = isGone ? .leaseLost : .neverEngaged
            flag.goBack()
            writeOwn(slot, isGone ? .leaseLost : .release, flag)
        case .answered:
            flag.stamps.ended = time
            flag.status = .closed
            writeOwn(slot, .close, flag)
        case .closed, .cancelled, .unanswered: forget(slot, entry)
        case .merged:
            flag.end(.unanswered, at: time)
            writeOwn(slot, .expire, flag)
            alertUnanswered(entry)
        case .unknown: break
        }
    }

    private func isOwnerGone(_ entry: FlagEntry) -> Bool {
        let lease = grants.times(ofKey: entry.key).leaseMicroseconds
        return entry.ownerGoneSince.map { $0 + lease <= clock.boot } ?? false
    }

    /// A flag that somebody has been helping with for too long: louder and an alert first, and
    /// after as long again back to those who wait.
    private mutating func age(_ slot: Int, _ entry: FlagEntry, at time: Int64) {
        var flag = entry.flag
        flag.cause = .timer
        guard flag.stamps.escalated < flag.stamps.engaged else {
            flag.goBack()
            return writeOwn(slot, .release, flag)
        }
        if flag.escalation < Limits.flagEscalations { flag.escalation += 1 }
        flag.stamps.escalated = time
        writeOwn(slot, .escalate, flag)
        alertUnfinished(entry)
    }

    // MARK: memory

    private mutating func forget(_ slot: Int, _ entry: FlagEntry) {
        // The journal is to have its end first.
        guard !flags.isChanging(slot) else {
            return flags.setDue(slot, clock.boot + 1_000_000, ownerGoneSince: nil)
        }
        flags.forget(slot)
        kept.forget(entry.key)
        kept.forget(entry.privateKey)
    }

    /// Makes room by forgetting the flags that ended first, some of them.
    mutating func forgetOldestFlags() {
        for _ in 0..<Limits.flagsForgottenAtOnce {
            guard let slot = flags.nextEnded() else { return }
            ledger.counts.work += 1
            forget(slot, flags[slot])
        }
    }

    /// Makes room in an asker's share by forgetting the flag of theirs that ended first.
    mutating func forgetOldestFlag(ofAgent agent: String) {
        guard let slot = flags.oldestEnded(ofAgent: agent) else { return }
        forget(slot, flags[slot])
    }

    // MARK: owners

    /// A principal's first session has come or its last one gone: its claims' leases with it.
    mutating func noteOwner(_ name: String, isPresent: Bool) {
        for slot in flags.flags(ofOwner: name) {
            noteOwner(slot, flags[slot], isPresent: isPresent)
        }
    }

    mutating func noteOwner(_ slot: Int, _ entry: FlagEntry, isPresent: Bool) {
        var entry = entry
        if isPresent {
            entry.ownerGoneSince = nil
        } else if entry.ownerGoneSince == nil {
            entry.ownerGoneSince = clock.boot
        }
        flags.setDue(slot, dueTime(entry), ownerGoneSince: entry.ownerGoneSince)
    }

    // MARK: the call

    /// An agent's state says something of calls: their flags about one that is over have lost their
    /// point, unless somebody is helping already (design, vocabulary 5: autoCancel).
    ///
    /// A state that names the call says so at once. One without calls may be a moment between two,
    /// or another of several contacts: whoever is ready or logged off has to stay so for a while.
    mutating func cancelFlags(ofAgentKey key: Span<UInt8>, _ payload: Span<UInt8>) {
        guard !flags.isEmpty, let agentKey = try? FloorKey(bytes: key.copy(0..<key.count)) else {
            return
        }
        let open = flags.openFlags(ofAgent: agentKey.entity)
        guard !open.isEmpty, let state = try? AgentState(payload: payload) else { return }
        for slot in open where !flags[slot].flag.words.callReference.isEmpty {
            var entry = flags[slot]
            let isThis = state.callReference.exact == entry.flag.words.callReference.exact
            if isThis, state.call == .ended {
                flags.noteCallOver(entry.id)
                continue
            }
            let isDone =
                state.isDoneWithCalls && !(isThis && state.call != .none)
                && !saysOtherwise(entry, than: agentKey)
            guard isDone != (entry.callDoneSince != nil) else { continue }
            entry.callDoneSince = isDone ? clock.boot : nil
            flags.setDue(slot, dueTime(entry), callDoneSince: entry.callDoneSince)
        }
        cancelCallsOver()
    }

    /// Whether the asker's own state, where the flag was raised, says that its call goes on while a
    /// value under another key has it that they are done: one of another system or another site, or
    /// of a team that somebody has misspelt.
    private func saysOtherwise(_ entry: FlagEntry, than other: FloorKey) -> Bool {
        let (place, elsewhere) = (entry.key.segments, other.segments)
        guard place[1].exact != elsewhere[1].exact || place[2].exact != elsewhere[2].exact,
            let key = try? FloorKey(.agent, site: place[1], unit: place[2], entity: elsewhere[3]),
            let slot = state.value(key.bytes.span)
        else { return false }
        let record = state.record(slot)
        guard let view = try? RecordView(record.span, at: 0),
            view.header(record.span).flags.freshness != .stale,
            let own = try? AgentState(payload: record.span.extracting(view.payload))
        else { return false }
        let isThis = own.callReference.exact == entry.flag.words.callReference.exact
        return isThis && own.call != .none && own.call != .ended
    }

    /// Cancels what has lost its point, unless the journal takes nothing now: then later.
    private mutating func cancelCallsOver() {
        if events.isHeldBack(at: clock.boot) { return }
        while events.hasRoom(for: Self.mostRecordsPerChange), let id = flags.takeCallOver() {
            guard let slot = flags.slot(id) else { continue }
            var flag = flags[slot].flag
            guard flag.losesPointWithCall,
                (try? flag.cancel(FlagRequest(), at: clock.stamp())) == true
            else { continue }
            flag.cause = .callEnded
            writeOwn(slot, .cancel, flag)
        }
    }

    // MARK: incidents

    /// Gives merged flags their incident's answer, or back to those who wait when it has ended
    /// without one; some in each turn, so that a storm of thousands holds nobody up.
    private mutating func followIncidents() {
        var left = Limits.mergedAnswersPerTurn
        while let incident = flags.nextFollowed {
            let waiting = flags.merged(into: incident)
            let source = flags.slot(incident).map { flags[$0].flag }
            if let source, !source.isEnded, source.stamps.answered == 0 {
                // It is open again: who waits goes on waiting.
                flags.endFollowing()
                continue
            }
            for slot in waiting {
                guard left > 0, events.hasRoom(for: Self.mostRecordsPerChange) else { return }
                left -= 1
                follow(slot, source)
            }
            flags.endFollowing()
        }
    }

    private mutating func follow(_ slot: Int, _ incident: HelpFlag?) {
        var flag = flags[slot].flag
        flag.cause = .incident
        // Nobody is answered by whoever is above them, whoever it was for.
        if let incident, incident.stamps.answered > 0,
            !grants.manages(named: incident.owner, flag.words.agent)
        {
            flag.takeAnswer(of: incident, at: clock.stamp())
            writeOwn(slot, .answer, flag)
        } else {
            flag.goBack()
            writeOwn(slot, .release, flag)
        }
    }
}

extension HelpFlag {
    /// Whether it is for nothing once its call is over: whoever is being helped is helped on.
    fileprivate var losesPointWithCall: Bool {
        switch status {
        case .raised, .pending, .claimed, .merged: true
        case .unknown, .engaged, .answered, .closed, .cancelled, .unanswered: false
        }
    }
}

extension AgentState {
    /// Whether the agent has no call, as far as the state says.
    fileprivate var isDoneWithCalls: Bool { session == .loggedOff || activity == .ready }
}
