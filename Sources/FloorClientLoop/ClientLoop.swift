public import FloorClient
import FloorEvents
import FloorPosix
public import FloorZeroMQ
import Synchronization

/// A running client: the thread and the socket around the pure core.
///
///     let loop = try ClientLoop.make(endpoints: ["tcp://hub:7410"], options: options) {
///         mailboxes in
///         …                                     // wake whoever waits for these mailboxes
///     }
///     try loop.start()
///     let ticket = try loop.withCore { core throws(FloorStatus) in try core.publish(…) }
///
/// One lock guards the core and the socket. The client's thread waits with poll(2) outside the
/// lock; inside it receives, steps the core, and performs the effects. Commands of the
/// application take the lock for the length of a table look-up and wake the thread, which sends
/// everything that has gathered as one message.
///
/// - Thread: every member may be used from any thread. `onReady` runs on the client's thread,
///   with no lock held; it must be short and must not call `close`. Called with no mailbox, it
///   says that the last operation has its result: `unacknowledged` is 0 again. `onNotice`
///   and `onLink` run there too, under the same rules.
///
/// @unchecked Sendable because every mutable property is touched only with `lock` held, and the
/// socket is touched only by its holder, as libzmq asks.
@safe public final class ClientLoop: @unchecked Sendable {
    let lock = Lock()
    private let wake: WakeDescriptor
    private let onReady: @Sendable ([MailboxID]) -> Void
    private let toTell: Told
    private let corePlace: UnsafeMutablePointer<ClientCore>
    /// The core, for the holder of `lock`.
    ///
    /// In a place of its own, because the checks of a class's property at run time took a tenth
    /// of a publish.
    var core: ClientCore {
        _read { yield unsafe corePlace.pointee }
        _modify { yield unsafe &corePlace.pointee }
    }
    private let outboxFile: OutboxFile?
    var link: ClientLink
    var effects = ClientEffects()
    var ready: [MailboxID] = []
    private var notices: [ClientNotice] = []
    var isEnded = false
    var failed: PosixError?
    var linkFailed: ZeroMQError?
    var toldLink: LinkNotice?  // what was last said of the link
    /// Whether `onReady` is to be called, with no mailbox, when nothing is unacknowledged.
    var tellsWhenIdle = false
    var sleepsUntil: Int64 = .min  // the deadline that the client's thread knows of
    /// Signalled after a turn while `waiting` threads wait for the core to change.
    let turned = Condition()
    var waiting = 0
    private var thread: FloorThread?
    /// Whether the thread has been told that there is something to do.
    private let isWoken = Atomic(false)

    /// Most messages received before the application is told.
    static let messagesPerTurn = 256

    /// A client that connects to the first endpoint that answers; they are addresses of one hub.
    ///
    /// Not an initializer, because Embedded Swift (6.3) leaks an object whose initializer throws.
    ///
    /// - Parameters:
    ///   - endpoints: where the hub may be.
    ///   - options: what the application wants.
    ///   - outboxPath: the file that keeps operations over the process's end; nil = memory alone.
    ///   - onNotice: told what the application may want to show.
    ///   - onLink: told when the link comes and goes.
    ///   - onReady: told which mailboxes have something.
    /// - Returns: the client, which has not started.
    /// - Throws: `ClientLoopError`, whose `sentence` says what to do.
    public static func make(
        endpoints: [String],
        options: ClientOptions,
        outboxPath: String? = nil,
        onNotice: @escaping @Sendable (ClientNotice) -> Void = { _ in },
        onLink: @escaping @Sendable (LinkNotice) -> Void = { _ in },
        onReady: @escaping @Sendable ([MailboxID]) -> Void
    ) throws(ClientLoopError) -> ClientLoop {
        if endpoints.isEmpty { throw .badEndpoint("") }
        var known: [String] = []
        for endpoint in endpoints { known.append(try Endpoint.known(endpoint)) }
        return try make(options, outboxPath, Told(onNotice, onLink), onReady) { _ in .at(known) }
    }

    /// A client of a hub in this process.
    ///
    /// What it publishes the hub serves, where that is little work, on the publishing thread.
    ///
    /// - Throws: `ClientLoopError`, whose `sentence` says what to do.
    public static func make(
        hub: any DirectPort,
        options: ClientOptions,
        outboxPath: String? = nil,
        onNotice: @escaping @Sendable (ClientNotice) -> Void = { _ in },
        onLink: @escaping @Sendable (LinkNotice) -> Void = { _ in },
        onReady: @escaping @Sendable ([MailboxID]) -> Void
    ) throws(ClientLoopError) -> ClientLoop {
        try make(options, outboxPath, Told(onNotice, onLink), onReady) { .here(hub, waking: $0) }
    }

    private static func make(
        _ options: ClientOptions,
        _ outboxPath: String?,
        _ toTell: Told,
        _ onReady: @escaping @Sendable ([MailboxID]) -> Void,
        _ hub: (WakeDescriptor) -> ClientLink.Hub
    ) throws(ClientLoopError) -> ClientLoop {
        var contents = OutboxContents(of: FloorID(high: randomWord(), low: randomWord() | 1))
        let file = try OutboxFile.open(outboxPath, options.principal, &contents)
        var core: ClientCore
        do {
            core = try ClientCore(
                options,
                producer: contents.producer,
                incarnation: contents.incarnation(at: Clocks.wallMicroseconds()),
                randomWord: randomWord
            )
        } catch {
            throw .options(error)
        }
        if let file { try file.keep(&core, contents) }
        let wake: WakeDescriptor
        do { wake = try WakeDescriptor() } catch { throw .system(error) }
        return ClientLoop(core, file, wake, ClientLink(hub(wake)), toTell, onReady)
    }

    private init(
        _ core: consuming ClientCore,
        _ outboxFile: OutboxFile?,
        _ wake: WakeDescriptor,
        _ link: consuming ClientLink,
        _ toTell: Told,
        _ onReady: @escaping @Sendable ([MailboxID]) -> Void
    ) {
        unsafe corePlace = UnsafeMutablePointer<ClientCore>.allocate(capacity: 1)
        unsafe corePlace.initialize(to: core)
        self.outboxFile = outboxFile
        self.wake = wake
        self.link = link
        self.toTell = toTell
        self.onReady = onReady
    }

    deinit {
        unsafe corePlace.deinitialize(count: 1)
        unsafe corePlace.deallocate()
    }

    /// Descriptors, and bytes of memory, that a client takes until it is connected, with room to
    /// spare: what is not there is said here, and not found by libzmq, which ends the process.
    private static let triedDescriptors = 12
    private static let triedBytes = 4 * 1024 * 1024

    /// Starts the client's thread, which connects and stays connected.
    ///
    /// - Throws: `ClientLoopError.system` or `.socket` when the system has no thread, descriptor or
    ///   memory left.
    public func start() throws(ClientLoopError) {
        if link.usesSockets {
            do { try ZeroMQContext.start() } catch { throw .socket(error) }
        }
        do {
            try SystemTrial.run(
                descriptors: Self.triedDescriptors,
                threads: 1,
                bytes: Self.triedBytes
            )
        } catch {
            throw .system(error)
        }
        lock.withLock { core.step(.start, at: Self.now(), into: &effects) }
        do {
            thread = try FloorThread.start(name: "floorbus client") { [self] in run() }
        } catch {
            throw .system(error)
        }
    }

    /// Says BYE, ends the thread and closes the socket.
    ///
    /// What is not acknowledged by then is lost, unless a file keeps it for the next process: wait
    /// for `unacknowledged` to become 0 first.
    /// A second call does nothing. Blocks for a moment. Never call it from `onReady`.
    public func close() {
        lock.lock()
        let thread = thread
        self.thread = nil
        core.close()
        lock.unlock()
        guard let thread else { return }
        wakeUp()
        thread.join()
        lock.withLock { outboxFile?.close() }
    }

    /// Ends the thread and closes the socket without a word to the hub, as if the process had
    /// been killed.
    ///
    /// For demonstrations and tests of what a hub makes of silence. What is not acknowledged is
    /// lost. A second call, or one after `close`, does nothing. Never call it from `onReady`.
    public func abandon() {
        lock.lock()
        let thread = thread
        self.thread = nil
        if thread != nil { isEnded = true }
        lock.unlock()
        guard let thread else { return }
        wakeUp()
        thread.join()
        lock.withLock { outboxFile?.close() }
    }

    /// Calls `onReady` once, with no mailbox, as soon as every operation has its result.
    public func tellWhenIdle() {
        lock.withLock { tellsWhenIdle = true }
        wakeUp()
    }

    func wakeUp() {
        // One system call for many commands: the thread clears the flag before it looks.
        if !isWoken.exchange(true, ordering: .acquiringAndReleasing) { wake.signal() }
    }

    // MARK: the client's thread

    private func run() {
        var set = PollSet()
        var told: [MailboxID] = []
        var timeout: Int64 = 0
        while true {
            set.removeAll()
            let wakeSlot = set.add(wake.descriptor)
            lock.withLock { link.join(&set) }
            do {
                _ = try set.wait(timeoutMilliseconds: timeout)
            } catch {
                return end(error, &told)
            }
            if set.events(at: wakeSlot).contains(.readable) { wake.drain() }
            isWoken.store(false, ordering: .sequentiallyConsistent)
            lock.lock()
            link.look(at: set)
            let attempt = link.attempt
            let isMore = isEnded ? false : receive()
            if !ready.isEmpty {
                // The application comes first. What it does now needs no waking: the turn's end
                // follows.
                isWoken.store(true, ordering: .sequentiallyConsistent)
                tell(&told)
                isWoken.store(false, ordering: .sequentiallyConsistent)
            }
            if isEnded { link.close() } else { timeout = endTurn(attempt, isMore) }
            let ended = isEnded
            tell(&told)
            lock.unlock()
            if ended { return }
        }
    }

    /// Tells the application what waits for it, with the lock given up meanwhile.
    private func tell(_ told: inout [MailboxID]) {
        swap(&told, &ready)
        let isIdle = tellsWhenIdle && core.unacknowledged == 0
        if isIdle { tellsWhenIdle = false }
        if waiting > 0 { turned.broadcast() }
        let linkNotice = linkNotice()
        guard isIdle || !told.isEmpty || !notices.isEmpty || linkNotice != nil else { return }
        var notices: [ClientNotice] = []
        swap(&notices, &self.notices)
        lock.unlock()
        if let linkNotice { toTell.link(linkNotice) }
        for notice in notices { toTell.work(notice) }
        if !told.isEmpty { onReady(told) }
        if isIdle { onReady([]) }
        lock.lock()
        told.removeAll(keepingCapacity: true)
    }

    /// The system refuses to wait: nothing goes on, and nobody is left waiting for it.
    private func end(_ error: PosixError, _ told: inout [MailboxID]) {
        lock.lock()
        failed = error
        core.close()
        core.step(.turnEnd, at: Self.now(), into: &effects)
        perform()
        isEnded = true
        tell(&told)
        lock.unlock()
        // Those who wait for nothing in particular look at `failure`.
        onReady([])
    }

    /// Takes what has come; true when there may be more.
    private func receive() -> Bool {
        let now = Self.now()
        while let event = link.connectionEvent() { core.step(event, at: now, into: &effects) }
        let attempt = link.attempt
        var count = 0
        while count < Self.messagesPerTurn,
            link.receive({ core.receive($0, attempt: attempt, at: now, into: &effects) })
        {
            count += 1
        }
        if count < Self.messagesPerTurn { core.step(.tick, at: now, into: &effects) }
        perform()
        return count == Self.messagesPerTurn
    }

    /// Sends what has gathered; returns how long to wait, in milliseconds.
    private func endTurn(_ attempt: UInt64, _ isMore: Bool) -> Int64 {
        core.step(.turnEnd, at: Self.now(), into: &effects)
        perform()
        if isMore || link.isReadable() { return 0 }
        // A fresh socket's monitor was never read: libzmq signals its descriptor only to a reader
        // that has found it empty once.
        if link.attempt != attempt { return 0 }
        sleepsUntil = core.nextDeadline
        let left = sleepsUntil - Self.now().boot
        return max(0, min(left / 1000 + 1, 1000))
    }

    /// Performs the effects, and those that performing causes.
    private func perform() {
        while !effects.list.isEmpty {
            var work = ClientEffects()
            swap(&work, &effects)
            perform(work.list, work.bytes.span)
            // Keep the larger storage for the next turn.
            if effects.list.isEmpty {
                work.removeAll()
                swap(&work, &effects)
            }
        }
    }

    /// How long a goodbye may take to leave.
    private static let goodbyeMilliseconds: Int32 = 500

    private func perform(_ list: [ClientEffect], _ bytes: Span<UInt8>) {
        var isFull = false
        for effect in list {
            switch effect {
            case .openLink(let attempt):
                do {
                    try link.open(attempt: attempt)
                    linkFailed = nil
                } catch {
                    linkFailed = error
                    step(.linkDown(attempt: attempt, .broken))
                }
            case .closeLink(let attempt):
                guard attempt == link.attempt else { continue }
                // The goodbye just before it is still in the pipe. Otherwise nothing lingers, so
                // that nothing old arrives late (R14).
                if case .closed? = list.last {
                    link.close(lingerMilliseconds: Self.goodbyeMilliseconds)
                } else {
                    link.close()
                }
            case .send(let range):
                // The window keeps this far below the high-water mark; a full pipe means the
                // hub has stopped reading, and a fresh link starts from what is acknowledged.
                if !isFull, !link.send(bytes.extracting(range)) {
                    isFull = true
                    step(.linkDown(attempt: link.attempt, .blocked))
                }
            case .mailboxReady(let mailbox): ready.append(mailbox)
            case .notice(let notice): notices.append(notice)
            case .closed:
                link.close()
                isEnded = true
            }
        }
    }

    private func step(_ input: ClientInput) { core.step(input, at: Self.now(), into: &effects) }

    static func now() -> FloorTime {
        FloorTime(boot: Int64(Clocks.bootMicroseconds()), wall: Clocks.wallMicroseconds())
    }
}

/// One unpredictable word; producer ids are made of these.
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
