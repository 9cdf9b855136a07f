public import FloorClient
import FloorClientLoop
public import FloorEvents
import FloorHubServer
import FloorWire
import Synchronization

/// A client of a hub: publishes, subscribes, asks.
///
///     let client = try FloorBusClient.connect(to: "tcp://127.0.0.1:7410", as: "ana")
///     let key = try FloorKey(.agent, site: "bj", unit: "sales", entity: "4711")
///     let state = AgentState(activity: .ready, cause: .agent)
///     let result = try await client.publish(.agent(state), to: key)
///     print(result.revision.counter)
///     await client.close()
///
/// It connects in the background and reconnects by itself; operations are kept until the hub
/// has acknowledged them, subscriptions resume where they were.
///
/// - Thread: every member may be used from any thread or task.
/// - Lifetime: `close` ends it; a client that is dropped without `close` is closed without
///   waiting for acknowledgements.
public final class FloorBusClient: Sendable {
    /// How a client behaves; the defaults suit a desktop.
    public struct Options: Sendable {
        /// Who the client is, on trusted local links; at most 64 bytes.
        public var principal: String
        /// The application's name, for people; at most 64 bytes.
        public var application: String
        /// How often the client and the hub hear of each other; nil = as the hub says.
        public var heartbeat: Duration?
        /// Bytes the hub may send ahead, 64 KiB to 1 MiB; bounds the events not yet consumed.
        public var creditBytes = Limits.creditDefaultBytes
        /// Most operations kept until acknowledged; more are refused with `limit`.
        public var outboxOperations = Limits.outboxOperations
        /// A file that keeps operations over the process's end; nil = memory alone.
        ///
        /// Its directory exists; one client at a time uses it. A later client with the same path
        /// and principal is the same producer to the hub: it sends what was left, and the hub
        /// applies each operation once. docs/outbox.md says what the file survives and what not.
        public var outboxPath: String?
        /// The first and the longest wait before reconnecting.
        public var reconnect =
            Duration.milliseconds(
                Limits.reconnectMilliseconds.first
            )...Duration.milliseconds(Limits.reconnectMilliseconds.last)
        /// The agent whose state the hub sets when this principal is gone, and to what.
        public var will: (key: FloorKey, state: AgentState)?
        /// How long after the principal's last session the will runs.
        public var willGrace = Duration.milliseconds(Limits.willGraceMilliseconds)
        /// Whether own values are said again to a hub that has lost them.
        public var reasserts = true

        /// Options with defaults.
        public init(principal: String, application: String = "") {
            self.principal = principal
            self.application = application
        }

        func engineOptions() throws(FloorStatus) -> ClientOptions {
            var options = ClientOptions(principal: principal, application: application)
            options.heartbeatMilliseconds = heartbeat?.optionMilliseconds ?? 0
            options.creditBytes = creditBytes
            options.outboxOperations = outboxOperations
            options.reconnectMilliseconds = (
                reconnect.lowerBound.optionMilliseconds, reconnect.upperBound.optionMilliseconds
            )
            options.willGraceMilliseconds = willGrace.optionMilliseconds
            options.reasserts = reasserts
            if let will { try options.setWill(will.state, for: will.key) }
            return options
        }
    }

    /// Who the client is.
    public let principal: String
    let loop: ClientLoop
    let waiters: Waiters
    let results: ResultDesk

    /// Starts a client.
    ///
    /// Returns at once; the link comes up in the background. A subscription's first event, or
    /// the first result, tells when it is there.
    ///
    /// - Parameters:
    ///   - endpoints: addresses of one hub, tried in turn: `tcp://HOST:PORT`, `ipc:///PATH`.
    ///   - options: who the client is and how it behaves.
    /// - Throws: `FloorBusError`: `invalid` for malformed endpoints and options out of bounds,
    ///   `tooBig` for long names, `internal` when the system allows no further thread or file; for
    ///   an outbox file `exists` when another client uses it, `denied` when it is another
    ///   principal's, `storage` when it cannot be used otherwise.
    public convenience init(endpoints: [String], options: Options) throws(FloorBusError) {
        try self.init(options) { engine, waiters throws(ClientLoopError) in
            try ClientLoop.make(
                endpoints: endpoints,
                options: engine,
                outboxPath: options.outboxPath,
                onNotice: { waiters.tell($0) },
                onReady: { waiters.resume($0) }
            )
        }
    }

    /// Starts a client of a hub in this process.
    convenience init(hub: HubServer, options: Options) throws(FloorBusError) {
        try self.init(options) { engine, waiters throws(ClientLoopError) in
            try ClientLoop.make(
                hub: hub,
                options: engine,
                outboxPath: options.outboxPath,
                onNotice: { waiters.tell($0) },
                onReady: { waiters.resume($0) }
            )
        }
    }

    private init(
        _ options: Options,
        make: (ClientOptions, Waiters) throws(ClientLoopError) -> ClientLoop
    ) throws(FloorBusError) {
        let waiters = Waiters()
        self.waiters = waiters
        principal = options.principal
        let engineOptions: ClientOptions
        do { engineOptions = try options.engineOptions() } catch { throw FloorBusError(error) }
        do {
            loop = try make(engineOptions, waiters)
        } catch {
            throw FloorBusError(error.status, error.sentence)
        }
        results = try ResultDesk(loop: loop)
        waiters.setDesk(results)
        do { try loop.start() } catch { throw FloorBusError(error.status, error.sentence) }
    }

    /// Starts a client of the hub at one endpoint.
    ///
    /// - Parameters:
    ///   - endpoint: `tcp://HOST:PORT` or `ipc:///PATH`.
    ///   - principal: who the client is.
    ///   - application: its name, for people.
    /// - Returns: the client; it connects in the background.
    /// - Throws: as `init(endpoints:options:)`.
    public static func connect(
        to endpoint: String,
        as principal: String,
        application: String = ""
    ) throws(FloorBusError) -> FloorBusClient {
        try FloorBusClient(
            endpoints: [endpoint],
            options: Options(principal: principal, application: application)
        )
    }

    deinit {
        loop.close()
        // Readers of its subscriptions are not left waiting for ever.
        waiters.close()
    }

    /// The identity that records of this client carry as `FloorRecord.producer`.
    public var producer: FloorID { loop.peek { $0.producer } }

    /// Whether a session with the hub is open now.
    public var isConnected: Bool { loop.peek { $0.isLinked } }

    /// Why the hub has refused or ended the last session; nil while all is well.
    ///
    ///     if let refusal = client.refusal { print(refusal.sentence) }
    ///
    /// The client goes on trying by itself. The sentence holds the hub's own words.
    public var refusal: FloorBusError? { loop.peek { $0.lastRefusal }.map { FloorBusError($0) } }

    /// The refusal that ends waits: one that the next session would get as well.
    package var finalRefusal: FloorBusError? { loop.finalRefusal }

    /// Why the last attempt to connect could not even begin; nil when it could.
    ///
    ///     if let trouble = client.linkFailure { print(trouble.sentence) }
    ///
    /// For example an endpoint's port out of range, or no file left to open. The client goes on
    /// trying by itself.
    public var linkFailure: FloorBusError? {
        loop.linkFailure.map { FloorBusError($0.status, $0.sentence) }
    }

    /// Why the hub lets operations wait although it answers; nil when it lets none.
    ///
    ///     if let delay = client.delay { print(delay.sentence) }
    ///
    /// `storage` while its journal cannot store, `limit` while it is full. They are tried again by
    /// themselves; `notices` tells when this changes.
    public var delay: FloorBusError? { loop.peek { $0.deferral }.map { FloorBusError(delay: $0) } }

    /// What happens to the client's work as a whole, from now on.
    ///
    ///     for await notice in client.notices {
    ///         if case .delayed(let reason) = notice { show(reason.sentence) }
    ///     }
    ///
    /// Begins with a delay that there is already. Each use is a sequence of its own, which ends
    /// with the client; a slow reader gets the newest 16.
    public var notices: AsyncStream<ClientNotice> { results.notices() }

    /// Operations the hub has not answered yet.
    public var unacknowledged: Int { loop.peek { $0.unacknowledged } }

    /// What the client has counted.
    public var statistics: ClientStatistics { loop.peek { $0.statistics } }

    /// The hub's clock now, by which it stamps records; nil until a ping has measured it.
    ///
    ///     if let now = client.hubTime, let then = record.hubTime { age = now.time - then }
    ///
    /// Right however wrong this machine's clock is; `time` is off by `error` at most, half the best
    /// round trip of the last eight pings. A hub that was so busy as to answer that ping late in a
    /// turn may be ahead by the turn's length.
    public var hubTime: (time: FloorMoment, error: Duration)? {
        loop.hubTime().map { time, error in
            (FloorMoment(microsecondsSince1970: time), .microseconds(error))
        }
    }

    /// Waits until every operation so far has its result, or the time is up.
    ///
    /// Ends at once when the task is cancelled, and when the hub refuses the session for good.
    ///
    /// - Parameter timeout: the longest wait.
    /// - Returns: whether all are answered.
    @discardableResult
    public func flush(timeout: Duration = .seconds(5)) async -> Bool {
        await results.waitUntilAnswered(timeout: timeout)
    }

    /// Waits for results, says goodbye to the hub and ends.
    ///
    /// What is not answered by then is lost, or kept for the next client in the outbox file.
    /// Leased values of this client turn suspect at once: publish `loggedOff` first. In a task
    /// that is cancelled it does not wait.
    ///
    /// - Parameter flush: the longest wait for results.
    /// - Returns: whether every operation was answered.
    @discardableResult
    public func close(flush: Duration = .seconds(5)) async -> Bool {
        let complete = unacknowledged == 0 ? true : await self.flush(timeout: flush)
        loop.close()
        waiters.close()
        return complete
    }

    /// Ends as a killed process does: without waiting for results and without goodbye.
    ///
    /// The hub notices by the silence: leased values turn suspect and stale, the will runs. For
    /// demonstrations and tests.
    package func abandon() {
        loop.abandon()
        waiters.close()
    }
}
