/// What became of the lines of a log so far: used, skipped and why, and what looked odd.
public struct ImportReport: Equatable, Sendable {
    /// Lines read, of every kind.
    public var linesRead = 0
    /// Rows understood; some, such as a configuration reload, make no step.
    public var rowsUsed = 0
    /// Rows understood that belong to another day than the one asked for.
    public var rowsOfOtherDays = 0
    /// Rows skipped, by ``SkipCause`` raw value.
    public var skipped: [String: Int] = [:]
    /// The first few skipped rows of each cause, in full.
    public var examples: [ImportError] = []
    /// Rows used although something about them is odd, by ``Oddity`` raw value.
    public var oddities: [String: Int] = [:]

    /// An empty report.
    public init() {}

    mutating func skip(_ problem: RowProblem, file: String, line: Int) {
        let count = skipped[problem.cause.rawValue, default: 0]
        skipped[problem.cause.rawValue] = count + 1
        if count < ImportLimits.examplesPerCause {
            examples.append(problem.error(file: file, line: line))
        }
    }

    mutating func note(_ oddity: Oddity) {
        oddities[oddity.rawValue, default: 0] += 1
    }

    /// The error for a file in which nothing at all could be used.
    func nothingUsable(file: String, format: LogFormat) -> ImportError {
        guard linesRead > 0 else { return ImportError(file: file, rule: "the file is empty") }
        var rule = "no line of this file is a row of the format \(format.rawValue)"
        if let first = examples.first { rule += "; the first reason was: \(first)" }
        return ImportError(file: file, rule: rule)
    }
}

/// Something odd in a log that is survived and counted.
///
/// The raw value is stable.
public enum Oddity: String, CaseIterable, Sendable {
    /// A line's time is before the line above it; it keeps its place and its time.
    case clockWentBack = "clock-went-back"
    /// A call left a queue it was not seen to enter: the log began in the middle.
    case leftWithoutEntering = "left-without-entering"
    /// A call entered a queue in which it was waiting already.
    case enteredTwice = "entered-twice"
    /// A queue has more than ``ImportLimits/waitingPerQueue`` callers; this one is not followed.
    case tooManyWaiting = "too-many-waiting"
}
