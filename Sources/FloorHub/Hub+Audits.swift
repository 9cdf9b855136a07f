import FloorEvents
import FloorWire

// Denials on their way into the journal: what nobody was allowed is written down (AuditQueue).

extension Hub {
    /// The key under which denials are journalled, for whoever is granted `private/-/hub/`.
    static let auditKey = "private/-/hub/audit/"

    /// Notes a denial; it is written down at the end of the turn, for in the middle of a PUB the
    /// lane's records belong to its publisher.
    mutating func audit(_ denial: Denial) {
        ledger.counts.denied += 1
        audits.add(denial, at: clock.boot)
    }

    /// Gives the lane what was denied in this turn.
    mutating func writeAudits() {
        guard !audits.waiting.isEmpty else { return }
        guard let key = try? FloorKey(Self.auditKey) else {
            preconditionFailure("Hub: the audit's key is well-formed")
        }
        let before = events.applied
        for denial in audits.takeAll() {
            guard !events.isHeldBack(at: clock.boot), events.hasRoom(for: 1) else {
                audits.giveUp(denial)
                continue
            }
            var payload: [UInt8] = []
            denial.append(to: &payload)
            let header = RecordHeader(.private, .append, schema: PayloadSchema.denial)
            appendOwn(header, key, payload.span, nil)
        }
        guard events.applied > before else { return }
        events.noteOwn(records: events.applied.counter - before.counter)
    }
}
