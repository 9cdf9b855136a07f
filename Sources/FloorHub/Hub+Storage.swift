import FloorEvents
import FloorWire

// A durable hub stores in batches: the events applied since the last one, the values changed
// since then, and the producers who did it. Batches are decided in order and a lost one takes
// all behind it along, so every stored state is one the hub was in (rule 3; R12).

extension Hub {
    private var hasUnsaved: Bool {
        options.isDurable && batches.isIdle
            && (state.hasUnsaved || producers.hasUnsaved || kept.hasUnsaved)
    }

    /// When the state lane is to be stored although no event asks for it.
    var checkpointDeadline: Int64 { hasUnsaved ? batches.due : .max }

    /// Hands what this turn applied to the journal; values alone at most every half second.
    mutating func closeBatch(_ effects: inout HubEffects) {
        let isDue = hasUnsaved && (isShutDown || clock.boot >= batches.due)
        guard events.hasUncommitted || isDue else { return }
        var next = events.firstUncommitted.counter
        while next <= events.applied.counter {
            let run = events.run(from: next, through: events.applied.counter)
            let start = effects.bytes.count
            let bytes = events.bytes
            effects.bytes.append(span: bytes.span.extracting(run.bytes))
            effects.list.append(.append(start..<effects.bytes.count))
            next = run.last + 1
        }
        let batch = events.closeBatch()
        if options.isDurable { save(batch, &effects) }
        effects.list.append(.commit(batch: batch))
    }

    private mutating func save(_ batch: UInt64, _ effects: inout HubEffects) {
        state.save(batch, &effects)
        saveDesks(batch, &effects)
        producers.save(batch, events, &effects)
        batches.add(batch, at: clock.boot)
    }

    /// Hands the last records of changed flags and notes to the journal, for the hub's next life.
    private mutating func saveDesks(_ batch: UInt64, _ effects: inout HubEffects) {
        var used: Set<FloorKey> = []
        for change in flags.unsaved {
            used.insert(change.after.key)
            used.insert(change.after.privateKey)
        }
        for change in notes.unsaved {
            used.insert(change.after.key)
            if let receipts = change.after.receiptKey { used.insert(receipts) }
        }
        kept.save(batch, except: used, &effects)
        for change in notes.unsaved {
            change.forEachRecord { saveKept($0, &effects) }
        }
        notes.noteSaved()
        for change in flags.unsaved {
            change.forEachRecord { saveKept($0, &effects) }
        }
        flags.noteSaved()
    }

    private func saveKept(_ revision: Revision, _ effects: inout HubEffects) {
        let start = effects.bytes.count
        let bytes = events.bytes
        effects.bytes.append(span: bytes.span.extracting(events.record(revision)))
        effects.list.append(.saveKept(start..<effects.bytes.count))
    }

    /// The journal holds a batch: what it saved need not be saved again.
    mutating func confirmSaved(_ batch: UInt64, _ effects: inout HubEffects) {
        guard batches.confirm(batch) else { return }
        state.confirm(batch)
        producers.confirm(batch)
        kept.confirm(batch)
        events.noteStored()
        tellWhetherStoring(true, &effects)
    }

    /// The journal lost a batch: what it and those behind it saved goes into the next one.
    mutating func takeBackSaved(_ batch: UInt64) {
        guard batches.takeBack(batch, at: clock.boot) else { return }
        state.takeBack(batch)
        producers.takeBack(batch)
        kept.takeBack(batch)
    }

    /// The key under which a durable hub says whether its journal works.
    private static var journalKey: [UInt8] { Array("presence/-/hub/journal/".utf8) }

    /// Says on its key, and in the figures, whether events are stored.
    ///
    /// The change is a value to be stored itself, so a hub that cannot store has something to try
    /// again with, also on a floor where nothing happens.
    mutating func tellWhetherStoring(_ isStoring: Bool, _ effects: inout HubEffects) {
        guard options.isDurable, ledger.counts.isStoring != isStoring else { return }
        ledger.counts.isStoring = isStoring
        let presence = Presence(sessions: isStoring ? 1 : 0, since: clock.stamp())
        putPresence(Self.journalKey.span, presence, &effects)
    }

    // MARK: the next life

    /// Takes back what the last life has stored: values are suspect until their owners speak.
    mutating func restore(_ contents: HubContents) {
        let back = clock.goOn(after: contents.lastStamp)
        if back > 0 {
            let sentence =
                "the clock is \(back / 1_000_000) s behind the journal's last stamp; "
                + "stamps go on from the clock, and the epoch says what came later"
            notices.append(HubNotice(.warning, .clockStepped, sentence))
        }
        for stored in contents.producers {
            guard let producer = producers.restore(stored) else { break }
            // One grace for the owner to come back; then its values are stale.
            state.restore(producer.lease)
            _ = grants.renew(producer.principal)
        }
        // Before the presences, which say what people have in hand.
        restoreFlags(contents.kept)
        // In the order of their last change, so that two restarts from one store are equal.
        for record in contents.values.sorted(by: { $0.span.u64(8) < $1.span.u64(8) })
        where state.hasRoom { restore(record) }
        state.endRestoring()
        producers.endRestoring()
        catalogue.take(options.roster)
    }

    /// Takes back one value.
    private mutating func restore(_ record: [UInt8]) {
        let bytes = record.span
        guard let view = try? RecordView(bytes, at: 0), view.range.count == bytes.count else {
            preconditionFailure("the journal returned bytes that are no record")
        }
        let key = bytes.extracting(view.key)
        var header = view.header(bytes)
        let producer = producers[header.producer]
        let lease = header.flags.contains(.unleased) ? nil : producer?.lease
        header.flags.subtract([.suspect, .stale])
        if lease != nil {
            header.flags.insert(.suspect)
        } else if !header.flags.contains(.unleased) {
            header.flags.insert(.stale)  // nobody is left who could renew it
        }
        var payload = bytes.copy(view.payload)
        if header.kind == .presence { payload = restorePresence(bytes, view) }
        let account = producer?.principal.account
        state.restore(header, key, payload.span, owner: lease, account: account)
        if let kind = header.kind { tap.noteRestored(key, kind, state.head) }
        if header.kind == .catalogue, let known = try? FloorKey(bytes: key.copy(0..<key.count)) {
            catalogue.noteRestored(known)
        }
    }

    /// Nobody is connected to a hub that has just started, but its journal has opened.
    private mutating func restorePresence(
        _ bytes: Span<UInt8>,
        _ view: RecordView
    ) -> [UInt8] {
        let isJournal = bytes.copy(view.key) == Self.journalKey
        var presence = Presence(sessions: isJournal ? 1 : 0, since: clock.stamp())
        if let old = try? Presence(payload: bytes.extracting(view.payload)),
            let key = try? FloorKey(bytes: bytes.copy(view.key))
        {
            let principal = producers.principal(key)
            if let principal { supporters.restoreDuty(old, principal) }
            let duty = principal?.duty ?? .unknown
            supporters.tellHelp(&presence, of: key.entity, duty: duty)
            // Whoever was gone before is gone since then, and forgotten in time.
            if old.sessions == 0, !isJournal { presence.since = min(old.since, presence.since) }
            if principal == nil, !isJournal {
                let gone = max(0, clock.lastStamp.subtractingReportingOverflow(presence.since).0)
                producers.noteOrphan(key, goneFor: gone)
            }
        }
        var payload: [UInt8] = []
        presence.append(to: &payload)
        return payload
    }
}
