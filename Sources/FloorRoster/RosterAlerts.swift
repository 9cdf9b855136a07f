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

/// What an alert rule looks at.
public enum AlertMeasure: Equatable, Sendable {
    /// A figure of each queue or team by its name, for example `longestWaitMs`.
    ///
    /// The rule raises while the value is above (or below) the threshold, in the figure's own
    /// unit, and clears once it is no longer above (below) the clear threshold.
    case figure(String, AlertComparison, threshold: Int64, clear: Int64)
    /// So many flags of one category, or of one below it, raised within so many seconds.
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
