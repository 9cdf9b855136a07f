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
        _ by: DeskOperator?
    ) -> Revision {
        let before = flags[slot]
        var entry = before
        entry.flag = flag
        // Whoever makes a flag louder that somebody has gives them no more time for it.
        let isOnlyLouder = operation == .escalate && by != nil && before.flag.isHeld
        if operation.restartsWaiting, !isOnlyLouder { entry.since = clock.boot }
        if operation == .reopen { entry.callDoneSince = nil }
        return write(slot, operation, before, entry, by)
    }

    /// The same for what happens by itself: the hub's own records.
    mutating func writeOwn(_ slot: Int, _ operation: RecordOperation, _ flag: HelpFlag) {
        let before = events.applied
        write(slot, operation, flag, nil)
        events.noteOwn(records: events.applied.counter - before.counter)
    }

    /// The same with the whole entry; `before` is nil for a flag that is new.
    @discardableResult
    mutating func write(
        _ slot: Int,
        _ operation: RecordOperation,
        _ before: FlagEntry?,
        _ after: FlagEntry,
        _ by: DeskOperator?
    ) -> Revision {
        var entry = after
        if !entry.flag.isHeld {
            entry.ownerGoneSince = nil
        } else if before?.flag.owner.exact != entry.flag.owner.exact || before?.flag.isHeld != true
        {
            entry.ownerGoneSince = producers.isPresent(entry.flag.owner) ? nil : clock.boot
        }
        entry.due = dueTime(entry)
        let first = events.applied.next
        // Who did it is among the words: a producer id, and a client's clock, would link a flag to
        // whatever else its asker publishes.
        appendRecord(entry.privateKey, operation, entry.flag, withWords: true, by)
        if !operation.isPrivate {
            appendRecord(entry.key, operation, entry.flag.withoutAsker, withWords: false, nil)
        }
        flags.apply(
            FlagChange(
                slot: slot,
                first: first,
                revision: events.applied,
                before: before,
                after: entry
            )
        )
        let isFinished = entry.flag.isEnded || entry.flag.status == .answered
        if entry.flag.merged > 0, isFinished, before?.flag.status != entry.flag.status {
            flags.follow(entry.id)
        }
        return events.applied
    }

    private mutating func appendRecord(
        _ key: FloorKey,
        _ operation: RecordOperation,
        _ flag: HelpFlag,
        withWords: Bool,
        _ by: DeskOperator?
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
        _ by: DeskOperator?
    ) {
        var record: [UInt8] = []
        RecordWriter.append(header, key: key.bytes.span, payload: payload, to: &record)
        let hash = ByteIndex.hash(key.bytes.span)
        let place =
            events.find(key.bytes.span, hash: hash) ?? events.insert(key.bytes.span, hash: hash)
        let stamp = RecordStamp(
            flags: [],
            revision: .zero,
            previous: .zero,
            hubTime: clock.stamp(),
            producer: by?.session.producer.id ?? .zero,
            producerSequence: by?.sequence ?? 0
        )
        events.apply(record.span, key: place, stamp, &filters)
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
            since: clock.boot
        )
        entry.account = producers.principal(named: flag.words.agent)?.account
        if flag.isHeld {
            entry.ownerGoneSince = clock.boot
            supporters.changeLoad(of: flag.owner, engaged: flag.status == .engaged, by: 1)
        } else {
            let stamps = flag.stamps
            let last = flag.isEnded ? stamps.ended : max(stamps.answered, stamps.escalated)
            let reached = max(last, flag.isEnded ? 0 : max(stamps.raised, stamps.reopened))
            entry.since = clock.boot - max(0, clock.lastStamp.clampedDifference(reached))
        }
        entry.due = dueTime(entry)
        flags.set(flags.reserve(), entry)
        if flag.status == .merged { flags.follow(flag.incident) }
    }
}

extension HelpFlag {
    /// The flag without what depends on who has asked: those who may take it are fewer for an
    /// asker whom some of them manage.
    fileprivate var withoutAsker: HelpFlag {
        var flag = self
        flag.eligible = 0
        return flag
    }
}

extension RecordOperation {
    /// Whether its record goes under the private key alone: ratings and verdicts.
    var isPrivate: Bool { self == .rate || self == .verdict }

    /// Whether the flag waits anew after it.
    var restartsWaiting: Bool { !isPrivate && self != .seen && self != .merge }
}
