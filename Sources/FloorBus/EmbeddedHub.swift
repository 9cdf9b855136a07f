public import FloorEvents
public import FloorHub
public import FloorHubServer
import FloorRoster

/// A hub inside this process.
///
///     var configuration = HubConfiguration()
///     configuration.listen = ["tcp://127.0.0.1:7410"]
///     let hub = try EmbeddedHub(configuration)
///     defer { hub.stop() }
///     let client = try hub.connect(as: "cti")     // no network in between
///
/// What such a client publishes the hub serves, as long as few read it, on the publisher's own
/// thread: it is on its way to subscribers of other processes when `publish` or `post` goes on.
///
/// Without a journal of its own it keeps everything in memory: what was published is gone with
/// the process, and event subscribers that resume afterwards are told by a gap.
///
/// - Thread: every member may be used from any thread.
/// - Lifetime: stops when `stop` is called or the last reference is gone.
public final class EmbeddedHub: Sendable {
    private let server: HubServer
    private let ending = Ending()

    /// Binds, and starts serving.
    ///
    /// - Throws: `FloorBusError`: `exists` for an address in use and a directory that another hub
    ///   has, `invalid` for an address that strangers reach or that is none, `storage` for a
    ///   directory that cannot be used, `internal` for what the system refuses otherwise.
    public init(_ configuration: HubConfiguration = HubConfiguration()) throws(FloorBusError) {
        do {
            server = try HubServer(configuration)
            try server.start { [ending] in ending.come() }
        } catch {
            throw FloorBusError(error.status, error.sentence)
        }
    }

    /// Opens a journal, binds, and starts serving; what was published outlives the process.
    ///
    ///     let journal = SQLiteJournal.opener(directory: "/var/lib/floorbus")  // FloorJournal
    ///     let hub = try EmbeddedHub(configuration, journal: journal)
    ///
    /// - Parameters:
    ///   - configuration: its data directory is not used.
    ///   - journal: opens the journal.
    /// - Throws: `FloorBusError`: as above, and `storage` for a journal that cannot be used.
    public init(
        _ configuration: HubConfiguration,
        journal: JournalOpener
    ) throws(FloorBusError) {
        do {
            server = try HubServer(configuration, journal: journal)
            try server.start { [ending] in ending.come() }
        } catch {
            throw FloorBusError(error.status, error.sentence)
        }
    }

    deinit { server.stop() }

    /// The session endpoints with their real ports.
    public var endpoints: [String] { server.endpoints }
    /// The tap's endpoint with its real port, or nil.
    public var tapEndpoint: String? { server.tapEndpoint }
    /// Which life of the hub this is.
    public var epoch: UInt32 { server.epoch }
    /// Identifies this data set; created with it.
    public var lineage: FloorID { server.lineage }
    /// What the operator should know; empty when all is well.
    public var notices: [String] { server.notices }
    /// What the hub has counted since it started.
    public var statistics: HubStatistics { server.statistics }
    /// Why the hub stopped by itself, or nil.
    public var failure: String? { server.failureSentence }

    /// Puts another roster in the place of the present one (`HubConfiguration.roster`), at once.
    ///
    ///     hub.setRoster(try RosterFile.read("roster.yaml"))    // FloorRosterFile
    ///
    /// Sessions of people who are not in it are ended; those who were told other roles, or read
    /// what they may not read any more, come back by themselves. A client of this process has to
    /// be in the roster like every other one.
    public func setRoster(_ roster: Roster) { server.setRoster(roster) }

    /// Tells every session, lets them take their last messages, and stops.
    ///
    /// Blocks for the drain time, a fraction of a second; a second call does nothing.
    public func stop() { server.stop() }

    /// As `stop`, without blocking the thread: returns when the hub has stopped.
    ///
    /// It is not cut short when the task is cancelled.
    public func drain() async {
        server.beginStop()
        let ending = ending
        // A task of its own: the wait would return at once in one that is cancelled.
        await Task { await ending.wait() }.value
        server.stop()
    }

    /// Waits until the hub has ended.
    ///
    ///     try await hub.waitUntilEnded()
    ///
    /// Returns after `stop` or `drain`, or when the task is cancelled.
    ///
    /// - Throws: `FloorBusError` with the reason when the hub ended by itself.
    public func waitUntilEnded() async throws(FloorBusError) {
        await ending.wait()
        guard let failure else { return }
        throw FloorBusError(.internal, "the hub stopped by itself: \(failure)")
    }

    /// Makes the hub fail as a broken libzmq would; for tests.
    package func breakDown() { server.breakSockets() }

    /// A client of this hub, in this process.
    ///
    /// - Parameters:
    ///   - principal: who the client is.
    ///   - application: its name, for people.
    /// - Returns: the client; it connects in the background.
    /// - Throws: `FloorBusError` for a principal or a name out of bounds.
    public func connect(
        as principal: String,
        application: String = ""
    ) throws(FloorBusError) -> FloorBusClient {
        try connect(FloorBusClient.Options(principal: principal, application: application))
    }

    /// A client of this hub, in this process.
    ///
    /// - Parameter options: who the client is and how it behaves.
    /// - Returns: the client; it connects in the background. It does not keep the hub running.
    /// - Throws: `FloorBusError` for options out of bounds.
    public func connect(_ options: FloorBusClient.Options) throws(FloorBusError) -> FloorBusClient {
        try FloorBusClient(hub: server, options: options)
    }
}
