import FloorEvents

/// What a service level is computed from: how long each call waited.
struct CallWaits: Sendable {
    /// Calls that joined the queue.
    var offered: Int64 = 0
    /// Waits of those answered and of those who gave up, in milliseconds.
    var answered: [Int64] = []
    var abandoned: [Int64] = []
    /// Those whose wait the log did not say: they count, and are in no service level.
    var answeredUnknown: Int64 = 0
    var abandonedUnknown: Int64 = 0

    mutating func answer(_ seconds: Int64?) {
        guard let seconds else {
            answeredUnknown += 1
            return
        }
        answered.append(seconds.clampedProduct(1000))
    }

    mutating func abandon(_ seconds: Int64?) {
        guard let seconds else {
            abandonedUnknown += 1
            return
        }
        abandoned.append(seconds.clampedProduct(1000))
    }

    /// A service level by a named formula (docs/reports.md), in thousandths, and what it is of.
    ///
    /// - Parameters:
    ///   - formula: one of the four that are not about one moment.
    ///   - threshold: milliseconds; a wait as long as it is within it.
    ///   - short: gave up before so many milliseconds: a short abandon.
    /// - Returns: the value and the number it is a share of; nil for another formula.
    func serviceLevel(
        _ formula: Formula,
        threshold: Int64,
        short: Int64
    ) -> (value: ReportValue, n: Int64)? {
        let within = Int64(answered.count { $0 <= threshold })
        let (all, lost) = (Int64(answered.count), Int64(abandoned.count))
        let part: Int64
        let whole: Int64
        switch formula {
        case .serviceLevelAnswered: (part, whole) = (within, all)
        case .serviceLevelWithAbandon:
            part = within + Int64(abandoned.count { $0 <= threshold })
            whole = all + lost
        case .serviceLevelOffered: (part, whole) = (within, all + lost)
        case .serviceLevelOfferedLessShort:
            (part, whole) = (
                within,
                offered - Int64(abandoned.count { $0 < short }) - answeredUnknown - abandonedUnknown
            )
        default: return nil
        }
        return (.permille(part, of: max(0, whole)), max(0, whole))
    }

    static let formulas: [Formula] = [
        .serviceLevelAnswered, .serviceLevelWithAbandon, .serviceLevelOffered,
        .serviceLevelOfferedLessShort,
    ]
}
