import FloorEvents
import FloorWire

// Facts on their way from part to part: what a part says has happened, and whom it concerns. No
// part sees another's state; what follows from what reads here, from top to bottom.

extension Hub {
    // MARK: a value has changed

    /// Tells whoever wants it of a changed value.
    mutating func tell(_ change: StateChange, _ effects: inout HubEffects) {
        readers.mark(change, state, filters)
        note(change, &effects)
    }

    /// Figures and the tap learn of a changed value.
    private mutating func note(_ change: StateChange, _ effects: inout HubEffects) {
        let record = state.record(change.slot)
        figures.noteValue(change.slot, RecordKind(rawValue: record[4]))
        tap.publish(record.span, &effects)
    }

    /// Gives the values of a lease whose producer fell silent, or spoke again, another freshness.
    mutating func renew(_ lease: Lease, _ effects: inout HubEffects) {
        state.renew(lease)
        renewValues(&effects)
    }

    /// Values follow their leases, some at a time; who has them is told of the producer, once.
    mutating func renewValues(_ effects: inout HubEffects) {
        guard state.beginRenewals() else { return }
        readers.beginRenewals()
        while let (lease, change) = state.renewNext() {
            readers.mark(change, of: lease, state, filters)
            note(change, &effects)
        }
    }

    /// A message of a live session: its values are alive.
    mutating func noteTraffic(_ session: Session, _ effects: inout HubEffects) {
        session.lastHeard = clock.boot
        readers.noteTraffic(session)
        if state.hear(session.producer.lease) { renew(session.producer.lease, &effects) }
    }

    // MARK: somebody is there or gone

    mutating func changePresence(
        _ principal: Principal,
        by change: Int,
        _ effects: inout HubEffects
    ) {
        let before = principal.sessions
        principal.sessions += change
        if change > 0 {
            principal.account.take(change, .sessions)
        } else {
            principal.account.giveBack(-change, .sessions)
        }
        tellPresence(principal, &effects)
        if before == 0 { noteOwner(principal.name, isPresent: true) }
        if principal.sessions == 0 {
            principal.goneSince = clock.boot
            noteOwner(principal.name, isPresent: false)
        }
    }

    /// Says who is there, and with what in hand.
    @discardableResult
    mutating func tellPresence(
        _ principal: Principal,
        _ effects: inout HubEffects
    ) -> Revision {
        var presence = Presence(sessions: UInt32(principal.sessions), since: clock.stamp())
        supporters.tellHelp(&presence, of: principal.name, duty: principal.duty)
        let key = principal.presenceKey.bytes
        return putPresence(key.span, presence, &effects)
    }

    @discardableResult
    mutating func putPresence(
        _ key: Span<UInt8>,
        _ presence: Presence,
        _ effects: inout HubEffects
    ) -> Revision {
        var payload: [UInt8] = []
        presence.append(to: &payload)
        var header = RecordHeader(.presence, .put, schema: PayloadSchema.presence)
        header.flags = [.unleased]
        guard let change = state.putOwn(header, key, payload.span) else { return .zero }
        tell(change, &effects)
        return change.revision
    }

    /// A principal whose last producer is forgotten leaves no presence behind.
    mutating func forget(_ principal: Principal, _ effects: inout HubEffects) {
        supporters.setDuty(principal, .unknown)
        var header = RecordHeader(.presence, .delete)
        header.flags = [.unleased]
        let key = principal.presenceKey.bytes
        guard let change = try? state.delete(header, key.span, [UInt8]().span) else {
            return  // it never had one
        }
        tell(change, &effects)
    }

    /// A supporter says whether they are there to help: a PUT of their own presence key.
    mutating func putDuty(
        _ session: Session,
        _ header: RecordHeader,
        _ key: Span<UInt8>,
        _ payload: Span<UInt8>,
        _ effects: inout HubEffects
    ) -> ResultRun {
        var result = ResultRun(header.producerSequence, .ok)
        let principal = session.principal
        guard principal.presenceKey.bytes.holds(key, at: 0),
            key.count == principal.presenceKey.bytes.count
        else {
            result.status = .denied
            result.owner = "another's presence"
            return result
        }
        guard grants.holds(.supporter, session) else {
            result.status = .denied
            result.owner = "no supporter"
            return result
        }
        guard header.schema == PayloadSchema.presence,
            let duty = try? Presence(payload: payload).supporter,
            duty == .available || duty == .offFloor || duty == .onBreak
        else {
            result.status = .invalid
            return result
        }
        supporters.setDuty(principal, duty)
        result.revision = tellPresence(principal, &effects)
        return result
    }

    // MARK: another roster holds

    /// Tells some of what the roster says for desktops to show; what it says already is left alone.
    mutating func tellCatalogue(_ effects: inout HubEffects) {
        catalogue.begin(at: clock.boot)
        while let change = catalogue.next() {
            ledger.counts.work += 1
            let key = change.key.bytes.span
            var header = RecordHeader(
                .catalogue,
                change.payload == nil ? .delete : .put,
                schema: change.payload == nil ? 0 : PayloadSchema.catalogue
            )
            header.flags = [.unleased]
            if let payload = change.payload {
                if says(key, payload) { continue }
                guard let fact = state.putOwn(header, key, payload.span) else {
                    catalogue.giveUp()
                    return noteCatalogueLeftOut()
                }
                tell(fact, &effects)
            } else if let fact = try? state.delete(header, key, [UInt8]().span) {
                // One that has no value needs no end.
                tell(fact, &effects)
            }
        }
    }

    /// Whether a key has a value with this payload.
    private func says(_ key: Span<UInt8>, _ payload: [UInt8]) -> Bool {
        guard let slot = state.value(key) else { return false }
        let record = state.record(slot)
        let view = RecordView(checked: record.span, at: 0)
        return view.payload.count == payload.count
            && record.span.copy(view.payload) == payload
    }

    private mutating func noteCatalogueLeftOut() {
        notices.append(
            HubNotice(
                .warning,
                .tableFull,
                "the table of keys is full: the roster's catalogue is not whole"
            )
        )
    }

    // MARK: the journal has a batch

    /// The journal holds a batch: acknowledge and publish it, in order (rule 3, R11).
    mutating func commit(_ batch: UInt64, _ effects: inout HubEffects) {
        let last = events.commit(batch)
        confirmSaved(batch, &effects)
        // A batch that was taken back before says nothing of the journal's health.
        if events.committed < last { events.noteStored() }
        let first = events.committed.next
        while let origin = events.commitNext(through: last) {
            let revision = Revision(
                epoch: options.epoch,
                counter: events.committed.counter - origin.records + 1
            )
            if let producer = origin.producer {
                producer.confirmPending(origin.sequences)
                var result = origin.result ?? ResultRun(origin.first, .ok, revision: revision)
                if origin.result == nil { result.count = UInt32(origin.count) }
                if result.status == .ok {
                    ledger.counts.recordsIn += origin.count
                } else {
                    ledger.counts.refused += 1
                }
                tellResult(result, of: producer)
            }
            if origin.records > 0 { announceEvents(from: revision, &effects) }
        }
        if events.committed >= first { confirmDesks(&effects) }
    }

    private mutating func tellResult(_ result: ResultRun, of producer: Producer) {
        producer.store(result)
        guard let session = producer.session else { return }
        session.answers.add(result)
        readers.activate(session)
    }

    /// Tells those who want them, and the tap, of the events committed from a revision on.
    private mutating func announceEvents(from first: Revision, _ effects: inout HubEffects) {
        var told: Int32 = -1
        var generation = filters.setGeneration
        var revision = first
        while revision <= events.committed {
            let set = events.readers(revision, &filters)
            // Whoever wants this one too has been told.
            if set != told || filters.setGeneration != generation {
                readers.tell(set, from: revision, filters)
            }
            told = set
            generation = filters.setGeneration
            let bytes = events.bytes
            let record = bytes.span.extracting(events.record(revision))
            if grants.isForTap(record) { tap.publish(record, &effects) }
            revision = revision.next
        }
    }

    /// Flags and notes up to the lane's committed revision are certain: readers who come new get
    /// them, figures count them.
    private mutating func confirmDesks(_ effects: inout HubEffects) {
        guard !flags.changes.isEmpty || !notes.changes.isEmpty else { return }
        var noteChanges = notes.confirm(through: events.committed)
        for change in flags.confirm(through: events.committed) {
            // Flags and notes in one order, that of their revisions: kept records are sent in it,
            // and a reader takes none that lies before the last it was sent.
            while let note = noteChanges.first, note.revision < change.first {
                keep(noteChanges.removeFirst())
            }
            keep(change)
            for owner in supporters.note(change) { tellLoad(owner, &effects) }
            figures.note(change)
        }
        for change in noteChanges { keep(change) }
    }

    private mutating func tellLoad(_ owner: String, _ effects: inout HubEffects) {
        guard let key = try? FloorKey(.presence, site: "-", unit: "-", entity: owner),
            let principal = producers.principal(key)
        else { return }
        tellPresence(principal, &effects)
    }

    private mutating func keep(_ change: FlagChange) {
        keep(change, isOpen: !change.after.flag.isEnded)
    }

    private mutating func keep(_ change: NoteChange) {
        keep(change, isOpen: !change.after.note.status.isEnded)
    }

    private mutating func keep<Entry>(_ change: DeskChange<Entry>, isOpen: Bool) {
        change.forEachRecord { kept.put(events.copy($0), isOpen: isOpen) }
    }

    // MARK: the journal has lost one

    /// The journal lost a batch: it and everything behind it is taken back, to be tried again.
    mutating func rollBack(_ batch: UInt64, _ effects: inout HubEffects) {
        guard let origins = events.rollBack(batch) else { return }
        ledger.counts.commitFailures += 1
        events.noteFailure(at: clock.boot)
        takeBackSaved(batch)
        tellWhetherStoring(false, &effects)
        takeBackDesks()
        restoreAlerts()
        for origin in origins {
            guard let producer = origin.producer else { continue }
            for sequence in origin.sequences {
                producer.withdrawPending(sequence)
                producer.addRetryable(sequence)
            }
            var result = ResultRun(origin.first, .storage)
            result.count = UInt32(origin.count)
            ledger.counts.refused += origin.count
            tellResult(result, of: producer)
        }
    }

    /// Flags and notes are what they were, and flags' owners where they are now.
    private mutating func takeBackDesks() {
        notes.takeBack(after: events.applied)
        for change in flags.takeBack(after: events.applied).reversed() {
            guard let entry = flags.entries[change.slot] else { continue }
            if change.after.flag.cause == .callEnded { flags.noteCallOver(entry.id) }
            // It waits for its incident again, which may have been followed for good.
            if entry.flag.status == .merged { flags.follow(entry.flag.incident) }
            guard entry.flag.isHeld else { continue }
            noteOwner(change.slot, entry, isPresent: producers.isPresent(entry.flag.owner))
        }
    }
}
