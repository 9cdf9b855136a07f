import FloorEvents

/// What a service level is computed from: how long each call waited.
struct CallWaits: Sendable {
    /// Calls that joined the queue.
    var offered: Int64 = 0
    /// Waits of those answered and of those who gave up, in milliseconds.
    var answered: [Int64] = []
    var abandoned: [Int64] = []

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
            (part, whole) = (within, offered - Int64(abandoned.count { $0 < short }))
        default: return nil
        }
        return (.permille(part, of: max(0, whole)), max(0, whole))
    }

    static let formulas: [Formula] = [
        .serviceLevelAnswered, .serviceLevelWithAbandon, .serviceLevelOffered,
        .serviceLevelOfferedLessShort,
    ]
}

/// A step of a call as `floorbus replay` publishes it (docs/cli.md, replay): schema 1001.
struct CallStepText {
    static let schema: UInt16 = 1001

    let step: Substring
    let queue: Substring
    /// The wait or the talk.
    let milliseconds: Int64

    init?(_ payload: [UInt8]) {
        guard let text = String(validating: payload, as: UTF8.self) else { return nil }
        let parts = text.split(separator: "\t", omittingEmptySubsequences: false)
        guard parts.count == 6, let number = Int64(parts[5]) else { return nil }
        step = parts[1]
        queue = parts[3]
        milliseconds = number.clampedProduct(1000)
    }
}
