import FloorEvents
import FloorWire

// How a flag's change becomes records, and what happens once the journal has them: each change
// is the flag as it stands, in `private/` with its words and in `flag/` without.

extension Hub {
    /// A merge changes two flags, each with two records.
    static var mostRecordsPerChange: Int { 4 }

    /// Applies a flag's new state and gives the lane its records.
    ///
    /// - Parameters:
    ///   - slot: the flag's place.
    ///   - operation: what the records say was done.
    ///   - flag: the state after it.
    ///   - by: who asked for it; nil when it happened by itself.
    /// - Returns: the revision of its last record: the one under the flag's key, or for what only
    ///   some may know the one under the private key.
    @discardableResult
    mutating func write(
        _ slot: Int,
        _ operation: RecordOperation,
        _ flag: HelpFlag,
        _ by: FlagOperator?
    ) -> Revision {
        let before = flags[slot]
        var entry = before
        entry.flag = flag
        if operation.restartsWaiting { entry.since = now.boot }
        return write(slot, operation, before, entry, by)
    }

    /// The same for what happens by itself: the hub's own records.
    mutating func writeOwn(_ slot: Int, _ operation: RecordOperation, _ flag: HelpFlag) {
        let before = lane.applied
        write(slot, operation, flag, nil)
        lane.noteOwn(records: lane.applied.counter - before.counter)
    }

    /// The same with the whole entry; `before` is nil for a flag that is new.
    @discardableResult
    mutating func write(
        _ slot: Int,
        _ operation: RecordOperation,
        _ before: FlagEntry?,
        _ after: FlagEntry,
        _ by: FlagOperator?
    ) -> Revision {
        var entry = after
        if !entry.flag.isHeld {
            entry.ownerGoneSince = nil
        } else if before?.flag.owner != entry.flag.owner || before?.flag.isHeld != true {
            entry.ownerGoneSince = isPresent(entry.flag.owner) ? nil : now.boot
        }
        entry.due = dueTime(entry)
        let first = lane.applied.next
        if operation.isPrivate {
            appendRecord(entry.privateKey, operation, entry.flag, withWords: true, by)
        } else {
            appendRecord(entry.privateKey, operation, entry.flag, withWords: true, nil)
            appendRecord(entry.key, operation, entry.flag, withWords: false, by)
        }
        flags.apply(
            FlagChange(
                slot: slot,
                revision: lane.applied,
                first: first,
                before: before,
                after: entry
            )
        )
        let isFinished = entry.flag.isEnded || entry.flag.status == .answered
        if entry.flag.merged > 0, isFinished, before?.flag.status != entry.flag.status {
            flags.following.append(entry.id)
        }
        return lane.applied
    }

    private mutating func appendRecord(
        _ key: FloorKey,
        _ operation: RecordOperation,
        _ flag: HelpFlag,
        withWords: Bool,
        _ by: FlagOperator?
    ) {
        var payload: [UInt8] = []
        do {
            try flag.append(withWords: withWords, to: &payload)
        } catch {
            preconditionFailure("Hub: a flag's texts are checked when they come")
        }
        var header = RecordHeader(key.kind, operation, schema: PayloadSchema.flag)
        header.sourceTime = by?.sourceTime ?? 0
        appendOwn(header, key, payload.span, by)
    }

    /// Gives the lane a record that the hub has written, as somebody's operation or its own.
    mutating func appendOwn(
        _ header: RecordHeader,
        _ key: FloorKey,
        _ payload: Span<UInt8>,
        _ by: FlagOperator?
    ) {
        var record: [UInt8] = []
        RecordWriter.append(header, key: key.bytes.span, payload: payload, to: &record)
        let hash = ByteIndex.hash(key.bytes.span)
        let place = lane.find(key.bytes.span, hash: hash) ?? lane.insert(key.bytes.span, hash: hash)
        let stamp = RecordStamp(
            flags: [],
            revision: .zero,
            previous: .zero,
            hubTime: stamp(),
            producer: by?.session.producer.id ?? .zero,
            producerSequence: by?.sequence ?? 0
        )
        lane.apply(record.span, key: place, stamp, &filters)
    }

    // MARK: once the journal has them

    /// Everything up to the lane's committed revision is certain: readers who come new get it.
    mutating func confirmFlags(_ effects: inout HubEffects) {
        guard !flags.changes.isEmpty || !notes.changes.isEmpty else { return }
        var noteChanges = notes.confirm(through: lane.committed)
        for change in flags.confirm(through: lane.committed) {
            // Flags and notes in one order, that of their revisions: kept records are found by it,
            // and a reader takes none that lies before the last it was sent.
            while let note = noteChanges.first, note.revision < change.first {
                keep(noteChanges.removeFirst())
            }
            keep(change)
            noteLoad(change, &effects)
            figures.note(change)
        }
        for change in noteChanges { keep(change) }
    }

    private mutating func keep(_ change: FlagChange) {
        var revision = change.first
        while revision <= change.revision {
            let record = lane.window.bytes.span.copy(lane.record(revision))
            kept.put(record, isOpen: !change.after.flag.isEnded)
            revision = revision.next
        }
    }

    /// Hands the last records of changed flags to the journal, for the hub's next life.
    mutating func saveFlags(_ effects: inout HubEffects) {
        forgetInJournal(&effects)
        saveNotes(&effects)
        for change in flags.changes[flags.handedOver...] {
            var revision = change.first
            while revision <= change.revision {
                let start = effects.bytes.count
                let range = lane.record(revision)
                effects.bytes.append(span: lane.window.bytes.span.extracting(range))
                effects.list.append(.saveKept(start..<effects.bytes.count))
                revision = revision.next
            }
        }
        flags.handedOver = flags.changes.count
    }

    /// Has the journal forget what is forgotten here, but for ids that were raised anew: a batch
    /// has no order among its keys, and their new records stand in it.
    private mutating func forgetInJournal(_ effects: inout HubEffects) {
        guard !forgottenKeys.isEmpty else { return }
        var saved: Set<FloorKey> = []
        for change in flags.changes[flags.handedOver...] {
            saved.insert(change.after.key)
            saved.insert(change.after.privateKey)
        }
        for change in notes.changes[notes.handedOver...] {
            saved.insert(change.after.key)
            if let receipts = change.after.receiptKey { saved.insert(receipts) }
        }
        for key in forgottenKeys where !saved.contains(key) {
            let start = effects.bytes.count
            effects.bytes.append(contentsOf: key.bytes)
            effects.list.append(.forgetKept(start..<effects.bytes.count))
        }
    }

    /// The journal lost changes: flags are what they were, and their owners where they are now.
    mutating func takeBackFlags() {
        notes.takeBack(after: lane.applied)
        let lost = flags.changes.filter { $0.revision > lane.applied }
        guard !lost.isEmpty else { return }
        flags.takeBack(after: lane.applied)
        for change in lost {
            guard let entry = flags.entries[change.slot] else { continue }
            if change.after.flag.cause == .callEnded { flags.callsOver.append(entry.id) }
            // It waits for its incident again, which may have been followed for good.
            if entry.flag.status == .merged { follow(incident: entry.flag.incident) }
            guard entry.flag.isHeld else { continue }
            noteOwner(change.slot, entry, isPresent: isPresent(entry.flag.owner))
        }
    }

    // MARK: the next life

    /// Takes back the flags of the last life, from the last records of their keys.
    ///
    /// Whoever has one gets the whole lease again; other times go on (design, leases).
    mutating func restoreFlags(_ records: [[UInt8]]) {
        let sorted = records.sorted { $0.span.u64(8) < $1.span.u64(8) }
        var privates: [FloorID: (key: FloorKey, flag: HelpFlag)] = [:]
        var publics: [(id: FloorID, key: FloorKey)] = []
        for record in sorted {
            guard let view = try? RecordView(record.span, at: 0),
                let key = try? FloorKey(bytes: record.span.copy(view.key))
            else { continue }
            if view.header(record.span).schema == PayloadSchema.note, key.kind != .flag {
                restoreNote(record, key, view)
                continue
            }
            guard let id = FloorID(key.entity),
                let flag = try? HelpFlag(payload: record.span.extracting(view.payload))
            else { continue }  // of a later version
            if key.kind == .flag { publics.append((id, key)) }
            if key.kind == .private { privates[id] = (key, flag) }
            kept.put(record, isOpen: !flag.isEnded)
        }
        for (id, key) in publics {
            guard let (privateKey, flag) = privates[id], flags.slot(id) == nil else { continue }
            restore(id, key, privateKey, flag)
        }
        figures.restore(flags.entries.compactMap { $0 }, at: figuresMoment)
        restoreAlerts()
    }

    private mutating func restore(
        _ id: FloorID,
        _ key: FloorKey,
        _ privateKey: FloorKey,
        _ flag: HelpFlag
    ) {
        var entry = FlagEntry(
            id: id,
            key: key,
            privateKey: privateKey,
            flag: flag,
            since: now.boot
        )
        if flag.isHeld {
            entry.ownerGoneSince = now.boot
            changeLoad(of: flag.owner, engaged: flag.status == .engaged, by: 1)
        } else {
            let stamps = flag.stamps
            let last = flag.isEnded ? stamps.ended : max(stamps.answered, stamps.escalated)
            let reached = max(last, flag.isEnded ? 0 : max(stamps.raised, stamps.reopened))
            entry.since = now.boot - max(0, lastStamp.clampedDifference(reached))
        }
        entry.due = dueTime(entry)
        flags.set(flags.reserve(), entry)
        if flag.status == .merged { follow(incident: flag.incident) }
    }
}

extension RecordOperation {
    /// Whether its record goes under the private key alone: ratings and verdicts.
    var isPrivate: Bool { self == .rate || self == .verdict }

    /// Whether the flag waits anew after it.
    var restartsWaiting: Bool { !isPrivate && self != .seen && self != .merge }
}
