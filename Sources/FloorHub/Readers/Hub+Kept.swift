import FloorEvents
import FloorWire

// What a reader without a token is told of the event lane's past: open flags and unexpired notes,
// as one run in the order of their revisions, before any event that happens from now on (rule 5).

extension Hub {
    /// Sends one DELIVER of kept records to a session that awaits some; true when one was sent.
    mutating func deliverKept(_ session: Session, _ effects: inout HubEffects) -> Bool {
        guard let position = session.keptPosition else { return false }
        let reserve = Int(session.initialCredit / 4)
        var frame = DeliverFrame(capacity: session.creditLeft - reserve)
        guard frame.hasRoom else { return false }
        frame.begin(session, &effects.bytes)
        var place = kept.log.firstPlace(from: position)
        while place < kept.log.count {
            counts.work += 1
            let entry = kept.entries[Int(kept.log.slots[place])]
            let revision = kept.log.revisions[place]
            // A later place has the record as it is now; what changes meanwhile comes as an event.
            if entry.revision == revision, entry.isOpen, isAwaited(session, entry) {
                guard frame.fits(entry.record.count, effects.bytes) else {
                    session.keptPosition = revision
                    return finish(session, &frame, &effects)
                }
                frame.add(entry.record, flags: [.snapshot], coalesced: 0, &effects.bytes)
                noteKeptSent(session, entry)
            }
            place += 1
        }
        session.keptPosition = nil
        for index in session.subscriptions.indices {
            session.subscriptions[index].awaitsKept = false
        }
        return finish(session, &frame, &effects)
    }

    private func isAwaited(_ session: Session, _ entry: KeptTable.Entry) -> Bool {
        session.subscriptions.contains { $0.awaits(entry) }
    }

    private func noteKeptSent(_ session: Session, _ entry: KeptTable.Entry) {
        for index in session.subscriptions.indices
        where session.subscriptions[index].awaits(entry) {
            session.subscriptions[index].keptSent += 1
        }
    }
}

extension Subscription {
    fileprivate func awaits(_ entry: KeptTable.Entry) -> Bool {
        guard awaitsKept, entry.revision <= eventStart else { return false }
        let length = Int(entry.record.span.u16(68))
        let key = RecordHeader.size..<(RecordHeader.size + length)
        return filter.matches(entry.record.span.extracting(key))
    }
}
