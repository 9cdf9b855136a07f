public import FloorEvents

/// On which side of its threshold a figure is an alert.
public enum AlertComparison: UInt8, FloorName {
    case above = 1
    case below = 2

    /// The name in files and documents.
    public var name: String {
        switch self {
        case .above: "above"
        case .below: "below"
        }
    }
}

/// Which of a record's figures an alert rule looks at.
///
///     AlertFigure("timeToAnswer", .percentile90, .sinceMidnight, atLeast: 20)
///
/// One name may stand for several figures: the same stage as a median and as a maximum, of the last
/// 15 minutes and of today. A text alone is a name, with what is usual for it.
public struct AlertFigure: Hashable, Sendable, ExpressibleByStringLiteral {
    /// The figure's name, for example `longestWaitMs`; 1 to 32 bytes.
    public var name: String
    /// How it is computed; nil = what `usualFormula` says.
    public var formula: Formula?
    /// Over what time; nil = what `usualWindow` says.
    public var window: FigureWindow?
    /// How many observations it must rest on; nil = 1 for shares and means, else 0.
    ///
    /// A figure of fewer is none: it raises no alert, and clears one that stands.
    public var leastN: UInt32?

    /// A figure by its name, and what is said beyond it.
    public init(
        _ name: String,
        _ formula: Formula? = nil,
        _ window: FigureWindow? = nil,
        atLeast leastN: UInt32? = nil
    ) {
        self.name = name
        self.formula = formula
        self.window = window
        self.leastN = leastN
    }

    /// A figure by its name alone.
    public init(stringLiteral name: String) { self.init(name) }

    /// Figures of flags that the hub tells in three formulas and two windows.
    public static let stages = ["timeToSeen", "timeToClaim", "timeToEngage", "timeToAnswer"]

    /// Whether the name stands for several of the hub's figures and the rule says not which.
    public var isAmbiguous: Bool {
        Self.stages.contains(name) && (formula == nil || window == nil)
    }

    /// The formula that is looked at: as said, or for a stage the median; nil = any.
    public var usualFormula: Formula? {
        formula ?? (Self.stages.contains(name) ? .median : nil)
    }

    /// The window that is looked at: as said, or for a stage the last 15 minutes; nil = any.
    public var usualWindow: FigureWindow? {
        window ?? (Self.stages.contains(name) ? .rolling15Minutes : nil)
    }

    /// The first of some figures that this is, when it rests on enough.
    ///
    /// - Parameter figures: in the publisher's order.
    /// - Returns: nil for none, and for one that rests on too few observations.
    public func find(in figures: [Figure]) -> Figure? {
        let (formula, window) = (usualFormula, usualWindow)
        let found = figures.first { figure in
            figure.name == name && figure.formula == formula ?? figure.formula
                && figure.window == window ?? figure.window
        }
        guard let found, found.n >= leastN ?? Self.usualLeastN(found) else { return nil }
        return found
    }

    /// A share or a mean of nothing says nothing; a count of nothing is one.
    private static func usualLeastN(_ figure: Figure) -> UInt32 {
        switch figure.unit {
        case .permille, .hundredths: 1
        // It is 1 on a floor that has not begun, too: it rests on the team's calls.
        case .count where figure.name == "zeroFlags": 1
        case .unknown, .count, .milliseconds, .timestamp: 0
        }
    }
}

/// What an alert rule looks at.
public enum AlertMeasure: Equatable, Sendable {
    /// A figure of each queue or team, for example `longestWaitMs`.
    ///
    /// The rule raises while the value is above (or below) the threshold, in the figure's own
    /// unit, and clears once it is no longer above (below) the clear threshold.
    case figure(AlertFigure, AlertComparison, threshold: Int64, clear: Int64)
    /// A number of flags of one category, or of one below it, raised within some seconds.
    case flagStorm(category: String, count: UInt32, seconds: UInt32)
}

/// Whom something is for: everybody who fits all that is said.
public struct RosterAudience: Equatable, Sendable {
    /// One site; empty = all.
    public var site: String
    /// One team of that site; empty = all.
    public var team: String
    /// Holders of any of these roles; none = all.
    public var roles: Roles
    /// One person's id; empty = all.
    public var person: String

    /// An audience; nothing said = everybody.
    public init(site: String = "", team: String = "", roles: Roles = [], person: String = "") {
        self.site = site
        self.team = team
        self.roles = roles
        self.person = person
    }
}

/// When to warn whom: data only, the hub's alerts evaluate it.
public struct AlertRule: Equatable, Sendable {
    /// What the alert is called; 1 to 64 bytes as a key's segment.
    public var name: String
    /// Which queues or teams: a filter of class `queue` or `team`.
    public var filter: String
    /// What is looked at, and when it is an alert.
    public var measure: AlertMeasure
    /// How much it matters.
    public var severity: AlertSeverity
    /// Who is told.
    public var audience: RosterAudience

    /// A rule.
    public init(
        _ name: String,
        filter: String,
        _ measure: AlertMeasure,
        severity: AlertSeverity = .warning,
        audience: RosterAudience = RosterAudience()
    ) {
        self.name = name
        self.filter = filter
        self.measure = measure
        self.severity = severity
        self.audience = audience
    }
}
