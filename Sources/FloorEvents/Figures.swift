/// The unit of a figure's value.
public enum FigureUnit: UInt8, FloorName {
    case unknown = 0
    case count = 1
    case milliseconds = 2
    /// Thousandths: 1000 is 100 %.
    case permille = 3
    /// Microseconds since 1970, UTC: a moment, not a duration.
    case timestamp = 4
    /// Hundredths, for means of small numbers such as ratings.
    case hundredths = 5

    /// The name on the command line, in JSON and in documents.
    public var name: String {
        switch self {
        case .unknown: "unknown"
        case .count: "count"
        case .milliseconds: "ms"
        case .permille: "permille"
        case .timestamp: "timestamp"
        case .hundredths: "hundredths"
        }
    }
}

/// How a figure was computed: two vendors' "service level" are rarely the same formula.
public enum Formula: UInt8, FloorName {
    case unknown = 0
    /// A plain count.
    case count = 1
    /// A plain mean over n.
    case mean = 2
    /// An exponentially weighted mean, as Asterisk's integer (3·old + new) / 4.
    case weightedMean = 3
    case maximum = 4
    case median = 5
    case percentile90 = 6
    /// Answered within the threshold / answered (Asterisk SL).
    case serviceLevelAnswered = 16
    /// (Answered + abandoned within it) / (answered + abandoned) (Asterisk SL2).
    case serviceLevelWithAbandon = 17
    /// Answered within it / (answered + abandoned).
    case serviceLevelOffered = 18
    /// Answered within it / (offered − short abandons).
    case serviceLevelOfferedLessShort = 19
    /// (In queue − over it) / in queue, now.
    case serviceLevelInstant = 20

    /// The name on the command line, in JSON and in documents.
    public var name: String {
        switch self {
        case .unknown: "unknown"
        case .count: "count"
        case .mean: "mean"
        case .weightedMean: "weightedMean"
        case .maximum: "maximum"
        case .median: "median"
        case .percentile90: "p90"
        case .serviceLevelAnswered: "SL.answered"
        case .serviceLevelWithAbandon: "SL.withAbandon"
        case .serviceLevelOffered: "SL.offered"
        case .serviceLevelOfferedLessShort: "SL.offeredLessShort"
        case .serviceLevelInstant: "SL.instant"
        }
    }
}

/// Over what time a figure was computed.
public enum FigureWindow: UInt8, FloorName {
    case unknown = 0
    case now = 1
    case sinceMidnight = 2
    case rolling15Minutes = 3
    case rollingHour = 4
    case rolling24Hours = 5
    case sinceStart = 6

    /// The name on the command line, in JSON and in documents.
    public var name: String {
        switch self {
        case .unknown: "unknown"
        case .now: "now"
        case .sinceMidnight: "sinceMidnight"
        case .rolling15Minutes: "15min"
        case .rollingHour: "1h"
        case .rolling24Hours: "24h"
        case .sinceStart: "sinceStart"
        }
    }
}

/// One computed number with all that is needed to read it right.
///
///     Figure("asa", 4200, .milliseconds, formula: .mean, window: .rolling15Minutes, n: 37)
///
/// - Limits: name 1 to 32 bytes; at most 64 figures in a record.
public struct Figure: Hashable, Sendable {
    /// What is measured, for example `serviceLevel`, `asa`, `flagsOpen`.
    public var name: String
    /// The value, in `unit`.
    public var value: Int64
    /// The value's unit.
    public var unit: FigureUnit
    /// How it was computed.
    public var formula: Formula
    /// Over what time.
    public var window: FigureWindow
    /// Minutes east of UTC at which the window's midnight lies.
    public var zoneMinutes: Int16
    /// The threshold of a service level, in milliseconds; 0 when the formula has none.
    public var thresholdMilliseconds: UInt32
    /// How many observations it rests on.
    public var n: UInt32
    /// The moment it describes, in microseconds since 1970, UTC; 0 = the record's own time.
    public var asOf: Int64

    /// A figure; the longest name is 32 bytes.
    public init(
        _ name: String,
        _ value: Int64,
        _ unit: FigureUnit,
        formula: Formula = .count,
        window: FigureWindow = .now,
        n: UInt32 = 0,
        thresholdMilliseconds: UInt32 = 0
    ) {
        self.name = name
        self.value = value
        self.unit = unit
        self.formula = formula
        self.window = window
        self.n = n
        self.thresholdMilliseconds = thresholdMilliseconds
        zoneMinutes = 0
        asOf = 0
    }
}

/// A team's figures: the payload of a `team/` key.
public struct TeamFigures: Hashable, Sendable {
    /// The figures, at most 64, in the publisher's order.
    public var figures: [Figure]

    /// A team's figures.
    public init(_ figures: [Figure] = []) { self.figures = figures }
}
