/// What somebody wanted to do who had no grant for it.
public enum DeniedAction: UInt8, FloorName {
    case unknown = 0
    case hello = 1
    case publish = 2
    case subscribe = 3
    case get = 4
    case replay = 5

    /// The name in JSON and in documents.
    public var name: String {
        switch self {
        case .unknown: "unknown"
        case .hello: "hello"
        case .publish: "publish"
        case .subscribe: "subscribe"
        case .get: "get"
        case .replay: "replay"
        }
    }
}

/// One denial, as the hub writes it down under `private/-/hub/audit/`.
public struct Denial: Equatable, Sendable {
    /// What was wanted.
    public var action: DeniedAction
    /// The operation of a publish; else nil.
    public var operation: RecordOperation?
    /// Who wanted it, as a key's segment.
    public var principal: String
    /// The key or filter.
    public var key: String
    /// Why it was denied.
    public var reason: String
    /// Denials before this one that were not written down, because there were too many.
    public var missed: UInt32

    /// A denial.
    public init(
        _ action: DeniedAction,
        _ operation: RecordOperation? = nil,
        principal: String,
        key: String,
        reason: String,
        missed: UInt32 = 0
    ) {
        self.action = action
        self.operation = operation
        self.principal = principal
        self.key = key
        self.reason = reason
        self.missed = missed
    }
}
