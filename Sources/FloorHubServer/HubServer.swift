public import FloorEvents
public import FloorHub
import FloorPosix
public import FloorRoster
import FloorZeroMQ
import Synchronization

/// A running hub: its sockets, its thread, its journal, around the pure core.
///
///     let server = try HubServer(configuration)
///     try server.start()
///     …
///     server.stop()
///
/// One lock guards the core and its sockets. The core thread waits with poll(2) outside the
/// lock; inside it receives what is there, steps the core for each message, ends the turn, and
/// performs the effects in order. Nothing in it blocks: every send is DONTWAIT. A publisher of
/// this process may do the same for its own message, see HubServer+Direct.swift.
///
/// - Thread: every member may be used from any thread.
///
/// @unchecked Sendable because every mutable property is touched only with `lock` held, and the
/// sockets are touched only by its holder, as libzmq asks.
public final class HubServer: @unchecked Sendable {
    /// The session endpoints with their real ports, in the order of the configuration.
    public let endpoints: [String]
    /// The tap's endpoint with its real port, or nil.
    public let tapEndpoint: String?
    /// Identifies this data set; created with it.
    public let lineage: FloorID
    /// Which life of the hub this is.
    public let epoch: UInt32
    /// What the operator should know, for example a low descriptor limit; empty when all is well.
    public let notices: [String]

    let lock = Lock()
    var loop: HubLoop
    /// Whether the core's thread runs, so that messages may be served.
    var isServing = false
    /// Whether the core's thread waits for the lock: nobody borrows the core before it.
    let isCoreWaiting = Atomic(false)
    let inbox: Inbox
    /// On the data directory and on the paths of ipc endpoints; held until `stop`.
    private var locks: [FileLock]
    private let drainMilliseconds: Atomic<Int>
    private var thread: FloorThread?
    private let isStopping = Atomic(false)
    private let isStopped = Atomic(false)
    /// Why the core's thread ended by itself.
    private var failure: String?
    private let onNotice: (@Sendable (HubNotice) -> Void)?

    /// Takes the data directory and binds; no message is served before `start`.
    ///
    /// The journal is in memory; of the data directory only the hub's identity is used.
    ///
    /// - Throws: `HubServerError`, whose `sentence` says what to do.
    public convenience init(_ configuration: HubConfiguration) throws(HubServerError) {
        let identity: HubIdentity
        if let directory = configuration.dataDirectory {
            identity = try HubIdentity.inDirectory(directory)
        } else {
            identity = try HubIdentity.inMemory()
        }
        let locks = identity.lock.map { [$0] } ?? []
        try self.init(configuration, locks: locks) { _ throws(HubServerError) in
            OpenJournal(
                MemoryJournal(
                    epoch: identity.epoch,
                    maximumRecords: configuration.journalRecords,
                    maximumBytes: configuration.journalBytes
                ),
                lineage: identity.lineage,
                epoch: identity.epoch,
                contents: nil
            )
        }
    }

    /// Opens a journal and binds; no message is served before `start`.
    ///
    /// The configuration's data directory is the journal's business.
    ///
    /// - Throws: `HubServerError`, whose `sentence` says what to do.
    public convenience init(
        _ configuration: HubConfiguration,
        journal: JournalOpener
    ) throws(HubServerError) {
        try self.init(configuration, locks: [], journal: journal)
    }

    /// Does all that can fail, and only then makes the object: Embedded Swift (6.3) leaks one whose
    /// initializer throws.
    private convenience init(
        _ configuration: HubConfiguration,
        locks held: [FileLock],
        journal open: JournalOpener
    ) throws(HubServerError) {
        try configuration.checkEndpoints()
        var locks = held
        for endpoint in configuration.listen + (configuration.tap.map { [$0] } ?? []) {
            if let lock = try Self.pathLock(endpoint) { locks.append(lock) }
        }
        let wake: WakeDescriptor
        do { wake = try WakeDescriptor() } catch { throw .system(error) }
        let (sessions, ceiling, notices) = try Self.sessionLimit(configuration.maximumSessions)
        let opened = try open { wake.signal() }
        let sockets: HubSockets
        do {
            sockets = try HubSockets(
                configuration,
                from: HubLoop.directPlace + 1,
                ceiling: ceiling
            )
        } catch {
            opened.journal.close()
            throw .socket(error)
        }
        let hub = Self.hub(configuration, opened, maximumSessions: sessions)
        self.init(hub, opened, sockets, Inbox(wake), locks, configuration, notices)
    }

    private init(
        _ hub: consuming Hub,
        _ opened: OpenJournal,
        _ sockets: HubSockets,
        _ inbox: Inbox,
        _ locks: [FileLock],
        _ configuration: HubConfiguration,
        _ notices: [String]
    ) {
        self.locks = locks
        self.inbox = inbox
        self.notices = notices
        onNotice = configuration.onNotice
        drainMilliseconds = Atomic(configuration.drainMilliseconds)
        lineage = opened.lineage
        epoch = opened.epoch
        endpoints = sockets.endpoints
        tapEndpoint = sockets.tapEndpoint
        loop = HubLoop(
            hub: hub,
            journal: opened.journal,
            sockets: sockets,
            direct: DirectTransport(inbox, place: HubLoop.directPlace)
        )
    }

    private static func hub(
        _ configuration: HubConfiguration,
        _ opened: OpenJournal,
        maximumSessions: Int
    ) -> Hub {
        var options = HubOptions(
            lineage: opened.lineage,
            epoch: opened.epoch,
            randomWord: randomWord
        )
        options.maximumSessions = maximumSessions
        options.maximumKeys = configuration.maximumKeys
        options.suspectMicroseconds = Int64(configuration.suspectMilliseconds) * 1000
        options.staleMicroseconds = Int64(configuration.staleMilliseconds) * 1000
        options.hasTap = configuration.tap != nil
        options.roster = configuration.roster
        guard let contents = opened.contents else { return Hub(options) }
        options.isDurable = true
        options.keepsHistory = configuration.keepsHistory
        return Hub(options, restoring: contents, at: HubLoop.now())
    }

    /// libzmq takes an ipc path from whoever has it, so a lock beside it keeps others off (R24).
    private static func pathLock(_ endpoint: String) throws(HubServerError) -> FileLock? {
        guard Transport(endpoint) == .ipc else { return nil }
        let bytes = Array(endpoint.utf8.dropFirst("ipc://".utf8.count))
        // `*` is a fresh path, `@` a name outside the file system that bind refuses when taken.
        guard bytes.first == UInt8(ascii: "/") else { return nil }
        let path = String(decoding: bytes, as: UTF8.self)
        do {
            return try FileLock(path: path + ".lock")
        } catch {
            if error.code == ErrorNumber.tryAgain { throw .pathInUse(endpoint) }
            throw .directory(path, error)
        }
    }

    /// One descriptor a peer, some for the process itself: at the limit accept() spins.
    ///
    /// The descriptors from `ceiling` on are the process's.
    private static func sessionLimit(
        _ wanted: Int
    ) throws(HubServerError) -> (Int, ceiling: Int32, notices: [String]) {
        let soft: UInt64
        do { soft = try ThisProcess.openFileLimit().soft } catch { throw .system(error) }
        let reserve = 128
        let possible = max(1, Int(clamping: soft) - reserve)
        let ceiling = Int32(clamping: possible)
        let sessions = min(wanted, possible)
        // Who has said how many wants so many; else what a large floor needs will do.
        let needed = wanted == Limits.sessions ? Limits.sessionsUsual : wanted
        guard possible < needed else { return (sessions, ceiling, []) }
        return (
            sessions,
            ceiling,
            [
                "the descriptor limit is \(soft), so at most \(possible) clients can connect; "
                    + "raise it with 'ulimit -n' or LimitNOFILE"
            ]
        )
    }

    /// Starts the core thread.
    ///
    /// - Parameter onEnd: called once on that thread, as the last thing, when it ends: after
    ///   `beginStop` or `stop`, or by itself with a `failureSentence`.
    /// - Throws: `HubServerError.system` when the system allows no further thread.
    public func start(onEnd: @escaping @Sendable () -> Void = {}) throws(HubServerError) {
        lock.withLock { isServing = true }
        for notice in notices { onNotice?(HubNotice(.warning, .fewDescriptors, notice)) }
        do {
            thread = try FloorThread.start(name: "floorbus hub") { [self] in
                run()
                onEnd()
            }
        } catch {
            endServing()
            throw .system(error)
        }
    }

    /// Tells every session and lets them take their last messages; does not wait for that.
    ///
    /// The thread ends about `drainMilliseconds` later; then `stop` does not block any more.
    public func beginStop() {
        isStopping.store(true, ordering: .releasing)
        inbox.wake.signal()
    }

    /// Tells every session, lets them take their last messages, and ends the thread.
    ///
    /// A second call does nothing. Blocks for at most about `drainMilliseconds`.
    public func stop() {
        guard !isStopped.exchange(true, ordering: .acquiringAndReleasing) else { return }
        beginStop()
        thread?.join()
        endServing()
        let told = lock.withLock {
            defer { locks.removeAll() }
            return loop.close()
        }
        for notice in told { onNotice?(notice) }
    }

    /// As `stop`, with another drain time than the configuration's.
    public func stop(drainMilliseconds milliseconds: Int) {
        drainMilliseconds.store(milliseconds, ordering: .relaxed)
        stop()
    }

    /// Puts another roster in the place of the present one, at once.
    ///
    /// Sessions of people who are not in it are ended, and so are those that were told other
    /// roles or read what they may not read any more: these come back by themselves.
    public func setRoster(_ roster: Roster) {
        lock.withLock { loop.step(.roster(roster)) }
        inbox.wake.signal()
    }

    /// What the hub has counted since it started.
    public var statistics: HubStatistics { lock.withLock { loop.hub.statistics } }

    /// Why the core thread ended by itself, or nil.
    public var failureSentence: String? { lock.withLock { failure } }

    /// Takes the sockets away from under the core, as a broken libzmq would; for tests.
    package func breakSockets() {
        lock.withLock { loop.sockets.close() }
        inbox.wake.signal()
    }

    // MARK: the core thread

    private func run() {
        serve()
        endServing()
    }

    /// Nothing is served any more, and clients of this process are told.
    private func endServing() {
        lock.withLock {
            isServing = false
            loop.direct.close()
        }
    }

    /// Takes the lock before any publisher that wants to borrow the core.
    private func withCore<Result, Failure: Error>(
        _ body: (inout HubLoop) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        isCoreWaiting.store(true, ordering: .relaxed)
        lock.lock()
        isCoreWaiting.store(false, ordering: .relaxed)
        defer { lock.unlock() }
        return try body(&loop)
    }

    private func serve() {
        var set = PollSet()
        let wakeSlot = set.add(inbox.wake.descriptor)
        var newsSlots: [Int] = []
        withCore { loop in
            for descriptor in loop.descriptors { _ = set.add(descriptor) }
            for descriptor in loop.newsDescriptors { newsSlots.append(set.add(descriptor)) }
        }
        var drainUntil: Int64?
        var timeout: Int64 = 0
        while true {
            do { _ = try set.wait(timeoutMilliseconds: timeout) } catch {
                lock.withLock { failure = error.description }
                return
            }
            if set.events(at: wakeSlot).contains(.readable) { inbox.wake.drain() }
            inbox.noteAwake()
            if drainUntil == nil, isStopping.load(ordering: .acquiring) {
                let drain = Int64(drainMilliseconds.load(ordering: .relaxed))
                drainUntil = Self.bootTime() + drain * 1000
                withCore { loop in loop.step(.shutdown) }
            }
            if newsSlots.contains(where: { set.events(at: $0).contains(.readable) }) {
                withCore { $0.noteNews() }
            }
            let told: [HubNotice]
            do {
                (timeout, told) = try withCore { loop throws(HubServerError) in
                    (try loop.turn(), loop.takeNotices())
                }
            } catch {
                lock.withLock { failure = error.sentence }
                return
            }
            // Without the lock: whoever logs may be slow, and publishers go on meanwhile.
            for notice in told { onNotice?(notice) }
            if let end = drainUntil {
                let left = (end - Self.bootTime()) / 1000
                if left <= 0 { return }
                timeout = min(timeout, left)
            }
        }
    }

    static func bootTime() -> Int64 { Int64(Clocks.bootMicroseconds()) }
}

/// One unpredictable word; secrets and session numbers are made of these.
private func randomWord() -> UInt64 {
    var bytes = [UInt8](repeating: 0, count: 8)
    do {
        try Randomness.fill(&bytes)
    } catch {
        preconditionFailure("the kernel gives no random bytes")
    }
    var word: UInt64 = 0
    for byte in bytes { word = word << 8 | UInt64(byte) }
    return word
}
