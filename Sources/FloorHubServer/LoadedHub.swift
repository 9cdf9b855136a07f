public import FloorEvents
public import FloorHub
public import FloorZeroMQ

/// A hub as code sees it that does not contain the hub's: every call goes through the object.
///
/// The C library's client and its hub lie in two files that were built together; a reference to
/// this protocol is all that crosses, so that the client's file needs nothing of the core.
public protocol LoadedHub: DirectPort {
    /// As `HubServer.endpoints`.
    var endpoints: [String] { get }
    /// As `HubServer.tapEndpoint`.
    var tapEndpoint: String? { get }
    /// As `HubServer.epoch`.
    var epoch: UInt32 { get }
    /// As `HubServer.statistics`.
    var statistics: HubStatistics { get }
    /// As `HubServer.stop(drainMilliseconds:)`.
    func stop(drainMilliseconds: Int)
}

extension HubServer: LoadedHub {}

/// What one asks the hub's code for, and what it answers.
///
/// @unchecked Sendable because one thread makes, fills and reads it.
public final class HubWish: @unchecked Sendable {
    /// As `HubConfiguration.listen`.
    public var listen: [String] = []
    /// As `HubConfiguration.tap`.
    public var tap: String?
    /// As `HubConfiguration.isInsecureAllowed`.
    public var isInsecureAllowed = false
    /// As `HubConfiguration.maximumSessions`; 0 = its default, as in what follows.
    public var maximumSessions = 0
    /// As `HubConfiguration.maximumKeys`.
    public var maximumKeys = 0
    /// As `HubConfiguration.journalRecords`.
    public var journalRecords = 0
    /// As `HubConfiguration.suspectMilliseconds`.
    public var suspectMilliseconds = 0
    /// As `HubConfiguration.staleMilliseconds`.
    public var staleMilliseconds = 0
    /// As `HubConfiguration.onNotice`.
    public var onNotice: (@Sendable (HubNotice) -> Void)?
    /// The running hub, once there is one.
    public private(set) var hub: (any LoadedHub)?
    /// Why there is none.
    public private(set) var status = FloorStatus.ok
    /// The same in words.
    public private(set) var sentence = ""

    /// A start request with default values.
    ///
    /// Not made of a `HubConfiguration`, whose roster would bring its code along.
    public init() {}

    /// Starts the hub.
    public func fulfil() {
        var configuration = HubConfiguration()
        configuration.listen = listen
        configuration.tap = tap
        configuration.isInsecureAllowed = isInsecureAllowed
        configuration.onNotice = onNotice
        if maximumSessions > 0 {
            configuration.maximumSessions = min(maximumSessions, Limits.sessions)
        }
        if maximumKeys > 0 { configuration.maximumKeys = min(maximumKeys, Limits.stateKeys) }
        if journalRecords > 0 { configuration.journalRecords = journalRecords }
        if suspectMilliseconds > 0 { configuration.suspectMilliseconds = suspectMilliseconds }
        if staleMilliseconds > 0 { configuration.staleMilliseconds = staleMilliseconds }
        do {
            let server = try HubServer(configuration)
            try server.start()
            hub = server
        } catch {
            status = error.status
            sentence = error.sentence
        }
    }
}
