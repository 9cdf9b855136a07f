import FloorEvents
import FloorWire

// What becomes of a batch: once the journal holds it, its results leave and its readers are told,
// in order; a lost one is taken back with everything that rested on it (rule 3; race R11).

extension Hub {
    /// The journal holds a batch: acknowledge and publish it, in order (rule 3, R11).
    mutating func commit(_ batch: UInt64, _ effects: inout HubEffects) {
        let last = lane.commit(batch)
        confirmSaved(batch, &effects)
        // A batch that was taken back before says nothing of the journal's health.
        if lane.committed < last { eventLaneRetryAt = nil }
        let first = lane.committed.next
        while let origin = lane.commitNext(through: last) {
            let revision = Revision(
                epoch: options.epoch,
                counter: lane.committed.counter - origin.records + 1
            )
            if let producer = origin.producer {
                producer.confirmPending(origin.sequences)
                var result = origin.result ?? ResultRun(origin.first, .ok, revision: revision)
                if origin.result == nil { result.count = UInt32(origin.count) }
                if result.status == .ok {
                    counts.recordsIn += origin.count
                } else {
                    counts.refused += 1
                }
                tellResult(result, of: producer)
            }
            if origin.records > 0 { announceEvents(from: revision, &effects) }
        }
        if lane.committed >= first { confirmFlags(&effects) }
    }

    private mutating func tellResult(_ result: ResultRun, of producer: Producer) {
        producer.store(result)
        guard let session = producer.session else { return }
        session.addResult(result)
        activate(session)
    }

    /// The journal lost a batch: it and everything behind it is taken back, to be tried again.
    mutating func rollBack(_ batch: UInt64, _ effects: inout HubEffects) {
        guard let origins = lane.rollBack(batch) else { return }
        counts.commitFailures += 1
        eventLaneRetryAt = now.boot + Limits.storageRetryMicroseconds
        takeBackSaved(batch)
        tellWhetherStoring(false, &effects)
        takeBackFlags()
        restoreAlerts()
        for origin in origins {
            guard let producer = origin.producer else { continue }
            for sequence in origin.sequences {
                producer.withdrawPending(sequence)
                producer.addRetryable(sequence)
            }
            var result = ResultRun(origin.first, .storage)
            result.count = UInt32(origin.count)
            counts.refused += origin.count
            tellResult(result, of: producer)
        }
    }

    /// Tells those who want them, and the tap, of the events committed from a revision on.
    private mutating func announceEvents(from first: Revision, _ effects: inout HubEffects) {
        var told: Int32 = -1
        var generation = filters.setGeneration
        var revision = first
        while revision <= lane.committed {
            let readers = lane.readers(revision, &filters)
            // Whoever wants this one too has been told.
            if readers != told || filters.setGeneration != generation {
                tellReaders(readers, from: revision)
            }
            told = readers
            generation = filters.setGeneration
            if options.hasTap {
                let start = effects.bytes.count
                effects.bytes.append(span: lane.window.bytes.span.extracting(lane.record(revision)))
                emitTap(from: start, &effects)
            }
            revision = revision.next
        }
    }

    private mutating func tellReaders(_ readers: Int32, from revision: Revision) {
        for node in filters.sets[Int(readers)] {
            for reader in filters.readers(node) {
                if !reader.session.hasEvents {
                    reader.session.hasEvents = true
                    reader.session.eventPosition = revision
                }
                activate(reader.session)
            }
        }
    }
}
