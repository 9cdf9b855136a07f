import FloorEvents
import FloorWire

/// Denials on their way into the journal.
///
/// At most `Limits.auditsPerSecond` in any second: whoever is denied in a loop must not fill the
/// disk. What is left out is counted in the next record.
struct AuditQueue {
    private(set) var waiting: [Denial] = []
    private var missed: UInt32 = 0
    private var second: Int64 = .min
    private var inSecond = 0

    mutating func add(_ denial: Denial, at boot: Int64) {
        if boot / 1_000_000 != second {
            second = boot / 1_000_000
            inSecond = 0
        }
        guard inSecond < Limits.auditsPerSecond else {
            missed &+= missed == .max ? 0 : 1
            return
        }
        inSecond += 1
        var denial = denial
        denial.missed = missed
        missed = 0
        waiting.append(denial)
    }

    mutating func takeAll() -> [Denial] {
        defer { waiting.removeAll(keepingCapacity: true) }
        return waiting
    }

    /// A denial that could not be written down after all, and those it would have told of.
    mutating func giveUp(_ denial: Denial) {
        missed = missed.addingReportingOverflow(denial.missed).partialValue
        missed &+= missed == .max ? 0 : 1
    }
}

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
