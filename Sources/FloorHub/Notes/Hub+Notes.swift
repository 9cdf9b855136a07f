import FloorEvents
import FloorWire

// Notes: sent, read, withdrawn, over. One record a change, under the key where it is to be read;
// receipts go to the sender alone.

extension Hub {
    /// Applies one note operation, to be committed, or says why it changes nothing.
    mutating func changeNote(
        _ session: Session,
        _ header: RecordHeader,
        _ key: Span<UInt8>,
        _ payload: Span<UInt8>,
        _ result: inout ResultRun
    ) throws(DeskRefusal) {
        let (noteKey, id) = try checkObject(key, .note)
        try checkRoom(for: Self.mostRecordsPerNote)
        let by = DeskOperator(session, header)
        switch header.operation {
        case .append?:
            guard header.schema == PayloadSchema.note,
                let note = try? FloorNote(payload: payload)
            else { throw DeskRefusal(.invalid) }
            result.revision = try send(note, id, noteKey, by)
        case .seen?: result.revision = try markRead(try slot(of: id), by)
        case .cancel?: result.revision = try withdraw(try slot(of: id), by)
        default: throw DeskRefusal(.invalid)
        }
    }

    private func slot(of id: FloorID) throws(DeskRefusal) -> Int {
        guard let slot = notes.slot(id) else { throw DeskRefusal(.notFound) }
        return slot
    }

    // MARK: sending

    private mutating func send(
        _ note: FloorNote,
        _ id: FloorID,
        _ key: FloorKey,
        _ by: DeskOperator
    ) throws(DeskRefusal) -> Revision {
        guard
            grants.holds(.supervisor, by.session) || grants.holds(.supporter, by.session)
                || grants.holds(.system, by.session)
        else { throw DeskRefusal(.denied, "agents and wallboards send no notes") }
        if let known = notes.slot(id) {
            guard notes[known].note.sender.exact == by.name.exact else {
                throw DeskRefusal(.denied, "another's note has this id")
            }
            return .zero
        }
        let segments = key.segments
        let path = try audience(of: note, id, key)
        guard
            let receipts = try? FloorKey(
                .personal,
                site: segments[1],
                unit: by.name,
                entity: id.text
            )
        else { throw DeskRefusal(.badKey, "the sender's name makes no key") }
        let account = by.session.principal.account
        guard account.has(roomFor: 1, .notes) else {
            ledger.counts.note(.notes)
            throw DeskRefusal(.limit, Quota.notes.sentence)
        }
        guard notes.count < Limits.notes else { throw DeskRefusal(.limit) }
        let time = clock.stamp()
        var fresh = FloorNote(note.kind, text: note.text)
        fresh.priority = note.priority == .unknown ? .normal : note.priority
        fresh.severity = note.severity
        fresh.roles = note.roles
        fresh.person = note.person
        fresh.sender = by.name
        fresh.sentAt = time
        fresh.expiresAt =
            note.expiresAt == 0 ? time + Limits.noteLifeMicroseconds : note.expiresAt
        guard fresh.expiresAt > time else { throw DeskRefusal(.expired) }
        guard fresh.expiresAt <= time + Limits.noteLifeMaximumMicroseconds else {
            throw DeskRefusal(.invalid, "a note lasts 7 days at most")
        }
        let audience = grants.audience(of: fresh, key, besides: by.name)
        fresh.addressed = UInt32(clamping: audience.count)
        var entry = NoteEntry(
            id: id,
            key: path,
            receiptKey: receipts,
            note: fresh,
            due: clock.boot + (fresh.expiresAt - time)
        )
        entry.audience = audience.names
        entry.account = account
        return writeNote(notes.reserve(), .append, nil, entry, path, by)
    }

    /// Where a note is to be read; a refusal when it is for nobody.
    private func audience(
        of note: FloorNote,
        _ id: FloorID,
        _ key: FloorKey
    ) throws(DeskRefusal) -> FloorKey {
        switch note.kind {
        case .unknown: throw DeskRefusal(.invalid, "what kind of note")
        case .reminder where note.person.isEmpty:
            throw DeskRefusal(.invalid, "a reminder is to one person")
        case .announcement, .reminder, .alert, .kudos: break
        }
        guard !note.text.isEmpty else { throw DeskRefusal(.invalid, "it says nothing") }
        if let unknown = grants.unknownPlace(of: key) { throw DeskRefusal(.notFound, unknown) }
        guard !note.person.isEmpty else {
            guard grants.hasAnybody(note.roles, key) else {
                throw DeskRefusal(.notFound, "for nobody")
            }
            return key
        }
        if let unknown = grants.unknownPerson(note.person) {
            throw DeskRefusal(.notFound, unknown)
        }
        guard
            let path = try? FloorKey(
                .personal,
                site: key.segments[1],
                unit: note.person,
                entity: id.text
            )
        else { throw DeskRefusal(.badKey, "the person's name makes no key") }
        return path
    }

    // MARK: reading

    private mutating func markRead(
        _ slot: Int,
        _ by: DeskOperator
    ) throws(DeskRefusal) -> Revision {
        let before = notes[slot]
        var entry = before
        guard !entry.note.status.isEnded else {
            throw DeskRefusal(.wrongState, entry.note.status.name)
        }
        guard isFor(entry, by) else {
            let isToOne = !entry.note.person.isEmpty
            throw DeskRefusal(.denied, isToOne ? "a note to another person" : "a note to others")
        }
        if entry.note.kind == .alert, entry.receiptKey == nil {
            guard entry.note.status == .active else { return .zero }
            entry.note.status = .acknowledged
            entry.note.acknowledgedAt = clock.stamp()
            entry.note.acknowledgedBy = by.name
            return writeNote(slot, .seen, before, entry, entry.key, by)
        }
        guard !entry.note.readers.contains(exactly: by.name) else { return .zero }
        entry.note.receipts.countUp()
        if entry.note.readers.count < Limits.noteReaders { entry.note.readers.append(by.name) }
        return writeNote(slot, .seen, before, entry, entry.receiptKey ?? entry.key, by)
    }

    /// Whether a note is for whoever asks: by name, or by role, site and team.
    private func isFor(_ entry: NoteEntry, _ by: DeskOperator) -> Bool {
        guard entry.note.person.isEmpty else { return entry.note.person.exact == by.name.exact }
        return by.session.principal.discretion.isAddressed(entry.key, entry.note.roles)
    }

    private mutating func withdraw(
        _ slot: Int,
        _ by: DeskOperator
    ) throws(DeskRefusal) -> Revision {
        let before = notes[slot]
        guard before.note.sender.exact == by.name.exact else {
            throw DeskRefusal(.denied, "not the sender")
        }
        if before.note.status == .withdrawn { return .zero }
        guard !before.note.status.isEnded else {
            throw DeskRefusal(.wrongState, before.note.status.name)
        }
        return writeNote(slot, .cancel, before, ended(before, .withdrawn), before.key, by)
    }

    /// A note that nobody needs to read any more; it is forgotten after a while.
    private mutating func ended(_ entry: NoteEntry, _ status: NoteStatus) -> NoteEntry {
        var entry = entry
        entry.note.status = status
        entry.note.endedAt = clock.stamp()
        entry.due = clock.boot + Limits.endedNoteMicroseconds
        return entry
    }

    // MARK: records

    /// A note is a record to those it is for, and one to its sender.
    static var mostRecordsPerNote: Int { 2 }

    @discardableResult
    private mutating func writeNote(
        _ slot: Int,
        _ operation: RecordOperation,
        _ before: NoteEntry?,
        _ entry: NoteEntry,
        _ key: FloorKey,
        _ by: DeskOperator?
    ) -> Revision {
        let first = events.applied.next
        appendNote(operation, entry, key, by)
        // Whoever has sent it reads there who has not read it yet, and what becomes of it.
        if key == entry.key, let receipts = entry.receiptKey, receipts != key {
            appendNote(operation, entry, receipts, by)
        }
        notes.apply(
            NoteChange(
                slot: slot,
                first: first,
                revision: events.applied,
                before: before,
                after: entry
            )
        )
        return events.applied
    }

    private mutating func appendNote(
        _ operation: RecordOperation,
        _ entry: NoteEntry,
        _ key: FloorKey,
        _ by: DeskOperator?
    ) {
        var shown = entry.note
        // Who has read it is for the sender alone.
        if key == entry.key {
            shown.readers = []
        } else {
            shown.waiting = entry.audience.filter { !shown.readers.contains(exactly: $0) }
        }
        var payload: [UInt8] = []
        do {
            try shown.append(to: &payload)
        } catch {
            preconditionFailure("Hub: a note's texts are checked when they come")
        }
        var header = RecordHeader(key.kind, operation, schema: PayloadSchema.note)
        header.sourceTime = by?.sourceTime ?? 0
        appendOwn(header, key, payload.span, by)
    }

    /// The hub's own: an alert, or the end of something.
    mutating func writeOwnNote(
        _ slot: Int,
        _ operation: RecordOperation,
        _ before: NoteEntry?,
        _ entry: NoteEntry
    ) {
        let applied = events.applied.counter
        writeNote(slot, operation, before, entry, entry.key, nil)
        events.noteOwn(records: events.applied.counter - applied)
    }

    /// Ends an alert whose cause is gone.
    mutating func clearAlert(_ slot: Int) {
        let before = notes[slot]
        writeOwnNote(slot, .close, before, ended(before, .cleared))
    }

    // MARK: by itself

    /// When the earliest note is due, if the hub could do something about it then.
    var noteDeadline: Int64 {
        guard notes.deadline != .max, events.hasRoom(for: Self.mostRecordsPerNote) else {
            return .max
        }
        return max(notes.deadline, events.nextTry)
    }

    mutating func runNoteTimers() {
        if events.isHeldBack(at: clock.boot) { return }
        while events.hasRoom(for: Self.mostRecordsPerNote),
            let (slot, entry) = notes.nextDue(at: clock.boot)
        {
            ledger.counts.work += 1
            if !entry.note.status.isEnded {
                writeOwnNote(slot, .expire, entry, ended(entry, .expired))
            } else if notes.isChanging(slot) {
                notes.setDue(slot, clock.boot + 1_000_000)
            } else {
                notes.set(slot, nil)
                forgetRecord(entry.key)
                if let receipts = entry.receiptKey { forgetRecord(receipts) }
            }
        }
    }

    // MARK: the journal

    /// Takes back one kept record of the last life, if it is a note's; receipts follow the note
    /// itself, whose revision is lower.
    mutating func restoreNote(_ stored: [UInt8], _ storedKey: FloorKey, _ view: RecordView) {
        let (record, key) = movedToPersonal(stored, storedKey, view)
        guard let id = FloorID(key.entity),
            let note = try? FloorNote(payload: stored.span.extracting(view.payload))
        else { return }
        kept.put(record, isOpen: !note.status.isEnded)
        if let slot = notes.slot(id) {
            var entry = notes[slot]
            entry.note.receipts = max(entry.note.receipts, note.receipts)
            if !note.readers.isEmpty { entry.note.readers = note.readers }
            return notes.set(slot, entry)
        }
        let receipts =
            note.sender.isEmpty
            ? nil
            : try? FloorKey(.personal, site: key.segments[1], unit: note.sender, entity: id.text)
        guard key != receipts || note.person.exact == note.sender.exact else { return }
        let left =
            note.status.isEnded
            ? Limits.endedNoteMicroseconds : note.expiresAt.clampedDifference(clock.lastStamp)
        var entry = NoteEntry(
            id: id,
            key: key,
            receiptKey: receipts,
            note: note,
            due: clock.boot.clampedSum(min(max(0, left), Limits.noteLifeMaximumMicroseconds))
        )
        entry.audience = grants.audience(of: note, key, besides: note.sender).names
        entry.account = producers.principal(named: note.sender)?.account
        notes.set(notes.reserve(), entry)
    }

    /// A note's record under its class of today: hubs before there was one wrote what is to one
    /// person among the words of flags.
    private func movedToPersonal(
        _ record: [UInt8],
        _ key: FloorKey,
        _ view: RecordView
    ) -> ([UInt8], FloorKey) {
        let parts = key.segments
        guard key.kind == .private,
            let moved = try? FloorKey(.personal, site: parts[1], unit: parts[2], entity: parts[3])
        else { return (record, key) }
        var header = view.header(record.span)
        header.kindCode = RecordKind.personal.rawValue
        let payload = record.span.extracting(view.payload)
        var out: [UInt8] = []
        RecordWriter.append(header, key: moved.bytes.span, payload: payload, to: &out)
        return (out, moved)
    }

    /// Forgets a key's record, and what an earlier hub's journal holds in its place.
    private mutating func forgetRecord(_ key: FloorKey) {
        kept.forget(key)
        let parts = key.segments
        guard key.kind == .personal,
            let old = try? FloorKey(.private, site: parts[1], unit: parts[2], entity: parts[3])
        else { return }
        kept.forget(old)
    }
}
