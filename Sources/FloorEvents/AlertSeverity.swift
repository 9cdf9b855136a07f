/// How much an alert matters.
public enum AlertSeverity: UInt8, FloorName {
    case unknown = 0
    case information = 1
    case warning = 2
    case critical = 3

    /// The name on the command line, in JSON and in documents.
    public var name: String {
        switch self {
        case .unknown: "unknown"
        case .information: "information"
        case .warning: "warning"
        case .critical: "critical"
        }
    }
}
