import FloorEvents
import FloorWire

// A durable hub stores in batches: the events applied since the last one, the values changed
// since then, and the producers who did it. Batches are decided in order and a lost one takes
// all behind it along, so every stored state is one the hub was in (rule 3; R12).

/// A batch that the journal has in hand.
struct OpenBatch {
    var number: UInt64
    /// The state lane's head before and at the batch.
    var before: Revision
    var through: Revision
    var producers: [Producer]
    /// Keys of flags and notes that the journal is to forget with it.
    var forgotten: [FloorKey]
}

/// What a durable hub has not handed to the journal yet.
struct UnsavedState {
    /// Values up to this revision are in a batch.
    var handedOver: Revision
    var producers: [Producer] = []
    var open: [OpenBatch] = []
    /// Boot time of the next checkpoint of the state lane.
    var nextCheckpoint: Int64 = 0
}

extension Hub {
    /// Remembers that a producer's row is to be stored.
    mutating func noteUnsaved(_ producer: Producer) {
        guard options.isDurable, !producer.isUnsaved else { return }
        producer.isUnsaved = true
        unsaved.producers.append(producer)
    }

    private var hasUnsaved: Bool {
        // Without an event, values wait for the batch before theirs: a slow disk gets no queue.
        options.isDurable && unsaved.open.isEmpty
            && (table.head > unsaved.handedOver || !unsaved.producers.isEmpty
                || !forgottenKeys.isEmpty)
    }

    /// When the state lane is to be stored although no event asks for it.
    var checkpointDeadline: Int64 { hasUnsaved ? unsaved.nextCheckpoint : .max }

    /// Hands what this turn applied to the journal; values alone at most every half second.
    mutating func closeBatch(_ effects: inout HubEffects) {
        let isDue = hasUnsaved && (isShutDown || now.boot >= unsaved.nextCheckpoint)
        guard lane.hasUncommitted || isDue else { return }
        var next = lane.firstUncommitted.counter
        while next <= lane.applied.counter {
            let run = lane.window.run(from: next, through: lane.applied.counter)
            let start = effects.bytes.count
            effects.bytes.append(span: lane.window.bytes.span.extracting(run.bytes))
            effects.list.append(.append(start..<effects.bytes.count))
            next = run.last + 1
        }
        let batch = lane.closeBatch()
        if options.isDurable { save(batch, &effects) }
        effects.list.append(.commit(batch: batch))
    }

    private mutating func save(_ batch: UInt64, _ effects: inout HubEffects) {
        let log = table.log
        for place in log.firstPlace(from: unsaved.handedOver.next)..<log.count {
            let entry = table.entries[Int(log.slots[place])]
            // A later place has the value as it is now.
            guard entry.revision == log.revisions[place] else { continue }
            let start = effects.bytes.count
            effects.bytes.append(bytes: entry.record)
            effects.list.append(.saveValue(start..<effects.bytes.count))
        }
        saveHistory(&effects)
        saveFlags(&effects)
        saveProducers(&effects)
        unsaved.open.append(
            OpenBatch(
                number: batch,
                before: unsaved.handedOver,
                through: table.head,
                producers: unsaved.producers,
                forgotten: forgottenKeys
            )
        )
        forgottenKeys.removeAll()
        unsaved.producers.removeAll()
        unsaved.handedOver = table.head
        unsaved.nextCheckpoint = now.boot + Limits.checkpointMicroseconds
    }

    /// Producers as they will be once everything handed over is stored: pending events are in
    /// this batch or an earlier one, so they are stored as done.
    private mutating func saveProducers(_ effects: inout HubEffects) {
        for producer in unsaved.producers {
            producer.isUnsaved = false
            let known = producer.firstUnacknowledged
            producer.saving = producer.runs.filter { $0.first + UInt64($0.count) > known }
        }
        var revision = lane.committed
        for origin in lane.pending {
            var run = origin.result ?? ResultRun(origin.first, .ok, revision: revision.next)
            if origin.result == nil { run.count = UInt32(origin.count) }
            origin.producer?.addSaving(run)
            revision = Revision(epoch: revision.epoch, counter: revision.counter + origin.records)
        }
        for producer in unsaved.producers {
            let stored = StoredProducer(
                id: producer.id,
                principal: producer.principal.presenceKey,
                last: producer.last,
                incarnation: producer.incarnation,
                usedAt: now.wall - (producer.session == nil ? now.boot - producer.lastUsed : 0),
                results: producer.saving.suffix(Results.maximumRuns)
            )
            let start = effects.bytes.count
            stored.append(to: &effects.bytes)
            effects.list.append(.saveProducer(start..<effects.bytes.count))
        }
        for producer in unsaved.producers { producer.saving = [] }
        for origin in lane.pending { origin.producer?.saving = [] }
    }

    /// The journal holds a batch: what it saved need not be saved again.
    mutating func confirmSaved(_ batch: UInt64, _ effects: inout HubEffects) {
        guard unsaved.open.contains(where: { $0.number == batch }) else { return }
        for open in unsaved.open where open.number <= batch {
            history.forget(through: open.through)
        }
        unsaved.open.removeAll { $0.number <= batch }
        eventLaneRetryAt = nil
        tellWhetherStoring(true, &effects)
    }

    /// The key under which a durable hub says whether its journal works.
    private static var journalKey: [UInt8] { Array("presence/-/hub/journal/".utf8) }

    /// Says on its key, and in the figures, whether events are stored.
    ///
    /// The change is a value to be stored itself, so a hub that cannot store has something to try
    /// again with, also on a floor where nothing happens.
    mutating func tellWhetherStoring(_ isStoring: Bool, _ effects: inout HubEffects) {
        guard options.isDurable, counts.isStoring != isStoring else { return }
        counts.isStoring = isStoring
        let presence = Presence(sessions: isStoring ? 1 : 0, since: stamp())
        putPresence(Self.journalKey.span, presence, &effects)
    }

    /// The journal lost a batch: what it and those behind it saved goes into the next one.
    mutating func takeBackSaved(_ batch: UInt64) {
        guard let place = unsaved.open.firstIndex(where: { $0.number == batch }) else { return }
        unsaved.handedOver = unsaved.open[place].before
        for lost in unsaved.open[place...] {
            for producer in lost.producers { noteUnsaved(producer) }
        }
        forgottenKeys = unsaved.open[place...].flatMap { $0.forgotten } + forgottenKeys
        unsaved.open.removeLast(unsaved.open.count - place)
        unsaved.nextCheckpoint = now.boot + Limits.storageRetryMicroseconds
    }

    // MARK: the next life

    /// Takes back what the last life has stored: values are suspect until their owners speak.
    mutating func restore(_ contents: HubContents) {
        lastStamp = contents.lastStamp
        for stored in contents.producers where producers.count < options.maximumProducers {
            restore(stored)
        }
        // Before the presences, which say what people have in hand.
        restoreFlags(contents.kept)
        // In the order of their last change, so that two restarts from one store are equal.
        let values = contents.values.sorted { $0.span.u64(8) < $1.span.u64(8) }
        for record in values where table.used < options.maximumKeys { restore(record) }
        unsaved.handedOver = table.head
        unsaved.producers.removeAll()
    }

    private mutating func restore(_ stored: StoredProducer) {
        let principal =
            principals[stored.principal] ?? Principal(presenceKey: stored.principal)
        principals[stored.principal] = principal
        let producer = Producer(
            id: stored.id,
            principal: principal,
            last: stored.last,
            now: now.boot
        )
        producer.lastUsed = now.boot - max(0, now.wall - stored.usedAt)
        // One grace for the owner to come back; then its values are stale.
        producer.lastHeard = now.boot - options.suspectMicroseconds
        producer.freshness = .suspect
        producer.runs = stored.results
        producer.incarnation = stored.incarnation
        for run in stored.results where run.status.isRetryable {
            for offset in 0..<UInt64(run.count) { producer.addRetryable(run.first + offset) }
        }
        producers[stored.id] = producer
        principal.producers += 1
    }

    private mutating func restore(_ record: [UInt8]) {
        let bytes = record.span
        guard let view = try? RecordView(bytes, at: 0), view.range.count == bytes.count else {
            preconditionFailure("the journal returned bytes that are no record")
        }
        let key = bytes.extracting(view.key)
        var header = view.header(bytes)
        var payload = bytes.copy(view.payload)
        let owner = header.flags.contains(.unleased) ? nil : producers[header.producer]
        header.flags.subtract([.suspect, .stale])
        if owner != nil {
            header.flags.insert(.suspect)
        } else if !header.flags.contains(.unleased) {
            header.flags.insert(.stale)  // nobody is left who could renew it
        }
        if header.kind == .presence {
            // Nobody is connected to a hub that has just started, but its journal has opened.
            let isJournal = bytes.copy(view.key) == Self.journalKey
            var presence = Presence(sessions: isJournal ? 1 : 0, since: stamp())
            if let old = try? Presence(payload: bytes.extracting(view.payload)),
                let key = try? FloorKey(bytes: bytes.copy(view.key))
            {
                restoreDuty(old, key)
                tellHelp(&presence, of: key.entity, duty: principals[key]?.duty ?? .unknown)
            }
            payload.removeAll()
            presence.append(to: &payload)
        }
        let hash = ByteIndex.hash(key)
        let slot = table.insert(key, hash: hash)
        table.write(slot, header, key: key, payload: payload.span, boot: now.boot)
        if options.hasTap, let kind = header.kind {
            partitions.noteRestored(key, kind: kind, revision: table.head, boot: now.boot)
        }
        guard let owner else { return }
        table.take(slot, for: owner)
        if !owner.isListedHolder {
            owner.isListedHolder = true
            holders.append(owner)
        }
    }
}
