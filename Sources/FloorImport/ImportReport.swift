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
    /// Callers who wait and conversations that go on after the last line so far.
    public var open = OpenCalls()

    /// An empty report.
    public init() {}

    mutating func skip(_ problem: RowProblem, file: String, line: Int) {
        let count = skipped[problem.cause.rawValue, default: 0]
        skipped[problem.cause.rawValue] = count + 1
        if count < ImportLimits.examplesPerCause {
            examples.append(problem.error(file: file, line: line))
        }
    }

    mutating func note(_ oddity: Oddity, count: Int = 1) {
        guard count > 0 else { return }
        oddities[oddity.rawValue, default: 0] += count
    }

    /// The error for a file in which nothing at all could be used.
    func nothingUsable(file: String, format: LogFormat) -> ImportError {
        guard linesRead > 0 else { return ImportError(file: file, rule: "the file is empty") }
        var rule = "no line of this file is a row of the format \(format.rawValue)"
        if let first = examples.first { rule += "; the first reason was: \(first)" }
        return ImportError(file: file, rule: rule)
    }
}

/// What a log leaves open: begun and not ended.
public struct OpenCalls: Equatable, Sendable {
    /// Callers waiting.
    public var waiting = 0
    /// Conversations.
    public var talking = 0

    /// Nothing open.
    public init() {}
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
    /// A wait, a talk or a ring is missing or cannot be read; the line is used all the same.
    case numberMissing = "number-missing"
    /// Bytes that are no text in the log's character set were replaced by U+FFFD.
    case textRepaired = "text-repaired"
    /// A line that is the same as one just above it; it is not used a second time.
    case lineTwice = "line-twice"
    /// A line stands after another that happened later, by a second or two; it is used as if it
    /// stood in its place.
    case outOfOrder = "out-of-order"
    /// An event's name is cut off; what is left of it can mean one thing only.
    case eventCut = "event-cut"
    /// A caller waited whose leaving was never written: later words show that they are gone.
    case waitWithoutEnd = "wait-without-end"
    /// A conversation whose end was never written: later words show that it is over.
    case talkWithoutEnd = "talk-without-end"
    /// A conversation ended that was not seen to begin.
    case endedWithoutBeginning = "ended-without-beginning"
    /// A call went on under another identifier, as after an attended transfer.
    case idChanged = "id-changed"
    /// An interface and a member's name were found to be one person.
    case nameLinked = "name-linked"
    /// A block of NUL bytes: a loss of power, or a log that was cut while it was written.
    case nulBlock = "nul-block"
    /// Bytes behind the last part of a gzip file that are no such part; they are ignored.
    case trailingBytes = "trailing-bytes"
    /// A row of a table has an impossible value in a field that its counter does not need.
    case oddField = "odd-field"
}
