import FloorEvents

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
