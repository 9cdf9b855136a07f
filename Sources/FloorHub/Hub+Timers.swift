import FloorEvents
import FloorWire

// What time does: sessions end, leased values turn suspect and then stale, wills run, tombstones
// and idle producers are forgotten. Each timer is a heap: what is not due is not looked at; and
// each re-checks what it is about (R20).

extension Hub {
    /// When the next timer is due, microseconds on the boot clock.
    public var nextDeadline: Int64 {
        var next = min(sessions.deadline, state.leaseDeadline, wills.deadline)
        next = min(next, state.renewalDeadline)
        next = min(next, readers.deadline, checkpointDeadline, tap.deadline)
        next = min(next, state.tombstoneDeadline(options.tombstoneMicroseconds))
        next = min(next, producers.deadline, catalogue.deadline)
        return min(next, flagDeadline, noteDeadline, figuresDeadline)
    }

    mutating func runTimers(_ effects: inout HubEffects) {
        while let session = sessions.nextSilent(at: clock.boot) {
            ledger.counts.work += 1
            fence(session.link, .timedOut, "no heartbeat was heard", &effects)
        }
        while let lease = state.nextDueLease() {
            ledger.counts.work += 1
            renew(lease, &effects)
        }
        renewValues(&effects)
        while let will = wills.nextDue(at: clock.boot) {
            ledger.counts.work += 1
            run(will, &effects)
        }
        tellCatalogue(&effects)
        runFlagTimers()
        runNoteTimers()
        runFigures(&effects)
        expireTombstones(&effects)
        for principal in producers.forgetIdle() { forget(principal, &effects) }
        tap.run(heads: heads, &effects)
    }

    private mutating func run(_ will: Will, _ effects: inout HubEffects) {
        let record = will.record.span
        guard let view = try? RecordView(record, at: 0) else {
            preconditionFailure("Hub.run: HELLO checks the will")
        }
        let key = record.extracting(view.key)
        // Somebody else has spoken for the key since: the will is about a past (R19).
        if state.isTakenOver(key, from: will.producer.id) { return }
        var header = view.header(record)
        header.flags = [.will, .unleased]
        header.previous = .zero
        header.producer = will.producer.id
        header.producerSequence = 0
        let payload = record.extracting(view.payload)
        let account = will.principal.account
        guard let change = state.putOwn(header, key, payload, account: account) else { return }
        ledger.counts.wills += 1
        will.producer.isOverwritten = true
        tell(change, &effects)
    }

    /// A reader that has not taken a deletion in all that time starts again with a full snapshot:
    /// it may neither miss the deletion nor keep the table full for everyone.
    private mutating func expireTombstones(_ effects: inout HubEffects) {
        let memory = options.tombstoneMicroseconds
        guard clock.boot >= state.tombstoneDeadline(memory) else { return }
        let expired = state.expiredTombstones(before: clock.boot - memory)
        let last = expired.slots.reduce(Revision.zero) { max($0, state.revision($1)) }
        // Whoever is past the last of them needs none; the others are looked at closely.
        ledger.counts.work += UInt64(sessions.count)
        let late = sessions.all.filter { session in
            guard session.reader.stableRevision(head: state.head) < last else { return false }
            ledger.counts.work += UInt64(expired.slots.count)
            return expired.slots.contains {
                session.reader.awaits(deletion: state.revision($0), of: $0)
            }
        }
        for session in late {
            fence(session.link, .timedOut, "deletions were not read in time", &effects)
        }
        for slot in expired.slots {
            let record = state.record(slot)
            tap.forgetKey(record.span.extracting(state.keyRange(slot)))
        }
        state.expire(expired)
    }
}
