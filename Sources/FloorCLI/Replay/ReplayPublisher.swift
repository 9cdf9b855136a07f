import FloorBus
import FloorImport

/// How fast a log is replayed.
enum ReplaySpeed: Sendable, Equatable {
    /// As fast as the subscriber takes it.
    case max
    /// So many times the log's own clock.
    case times(Double)
}

/// The publishing half of a replay: the log's steps, paced by the clock and by the window.
struct ReplayPublisher {
    let script: FloorScript
    let records: ReplayRecords
    let client: FloorBusClient
    let window: ReplayWindow
    /// The longest wait without any sign of life.
    let timeout: Duration
    /// Whether values last only as long as this program: those of a log that is still written.
    let isLeased: Bool
    /// Why the log ends before its end, if it does.
    private(set) var damage: ImportError?
    private var bar = ProgressBar()
    private(set) var clock: ReplayClock

    init(
        script: FloorScript,
        records: ReplayRecords,
        clock: ReplayClock,
        client: FloorBusClient,
        window: ReplayWindow,
        timeout: Duration,
        isLeased: Bool
    ) {
        self.script = script
        self.records = records
        self.clock = clock
        self.client = client
        self.window = window
        self.timeout = timeout
        self.isLeased = isLeased
    }

    /// Publishes everything and returns when the subscriber has it, or when it was told that it
    /// will not get it.
    mutating func run() async throws {
        try await window.wait { $0.isReady }
        do {
            reading: while !window.now.isStopped {
                switch nextStep() {
                case .step(let step): try await publish(step)
                case .waiting: try await pause()
                case .ended: break reading
                }
            }
        } catch {
            bar.clear()
            throw error
        }
        bar.clear()
        try await settle()
    }

    /// The log's next step; damage ends it, and what came before is published all the same.
    private mutating func nextStep() -> FloorScript.Outcome {
        do { return try script.poll() } catch {
            damage = error
            return .ended
        }
    }

    /// Waits a moment for a silent pipe or a log that is still written.
    private mutating func pause() async throws {
        if let failure = window.now.failure { throw failure }
        bar.show(nil, "\(window.now.published.events) events")
        try await Task.sleep(for: .milliseconds(50))
    }

    private mutating func publish(_ step: FloorStep) async throws {
        guard try await waitUntil(step.timestampSeconds) else { return }
        let record: (key: FloorKey, content: FloorContent)
        do { record = try records.record(of: step) } catch {
            throw CommandFailure(.failed, error.sentence)
        }
        while !window.take(record.key.kind) { try await makeRoom() }
        var options = isLeased ? PublishOptions() : .unleased
        options.sourceTime = FloorMoment(step.timestampSeconds.clampedProduct(1_000_000))
        while true {
            do {
                try client.post(record.content, to: record.key, options: options)
                break
            } catch {
                guard error.status == .limit else { throw CommandFailure(error) }
                try await flush()
            }
        }
        let published = window.now.published
        if published.records.isMultiple(of: 256) {
            bar.show(script.progress, "\(published.events) events")
        }
    }

    private func makeRoom() async throws {
        guard window.now.hasOutstanding else {
            try await flush()
            return window.allArrived()
        }
        try await window.wait { $0.hasRoom || !$0.hasOutstanding }
    }

    /// Waits until the log's clock has come so far; false when stopped meanwhile.
    private mutating func waitUntil(_ seconds: Int64) async throws -> Bool {
        guard let due = clock.due(seconds) else { return true }
        while ContinuousClock.now < due {
            if window.now.isStopped { return false }
            if let failure = window.now.failure { throw failure }
            bar.show(script.progress, "\(window.now.published.events) events")
            // In slices, so that a signal is answered soon.
            try await Task.sleep(until: min(due, .now + .milliseconds(50)), clock: .continuous)
        }
        return true
    }

    /// Waits until the hub has acknowledged everything, as long as it makes progress.
    private func flush() async throws {
        var left = client.unacknowledged
        while !(await client.flush(timeout: timeout)) {
            if let failure = window.now.failure { throw failure }
            let now = client.unacknowledged
            guard now < left else { throw ReplayWatchdog.failure(of: client, timeout) }
            left = now
        }
    }

    /// Waits for the subscriber; after a loss an end mark tells that nothing follows.
    private func settle() async throws {
        try await flush()
        try await window.wait { $0.received >= $0.published.events || $0.losses > 0 }
        while window.now.losses > 0 {
            let losses = window.now.losses
            window.markPublished()
            do {
                try client.post(
                    .event([], schema: ReplayRecords.markSchema),
                    to: try records.markKey()
                )
            } catch let error as FloorBusError {
                throw CommandFailure(error)
            }
            try await flush()
            try await window.wait { $0.marksReceived >= $0.marks || $0.losses > losses }
            if window.now.losses == losses { return }
        }
    }
}

/// When a log's moments are due; the time between two of them never runs backwards.
///
/// It runs by the log's own activity: a clock that leaps (a machine that starts in 1970 and then
/// learns the time) and a day without a line are passed over, and no pause is longer than one
/// tolerates waiting; each such is told.
struct ReplayClock {
    /// A step of the log's clock that is passed over, in seconds: a day.
    static let leapSeconds: Int64 = 86_400

    /// What became of a pause that was not kept.
    struct Skip: Sendable, Equatable {
        /// How many.
        var count = 0
        /// Seconds of the log in them.
        var seconds: Int64 = 0
    }

    /// Pauses that were passed over or cut.
    private(set) var skipped = Skip()
    private let speed: ReplaySpeed
    private let longest: Duration
    private var last: (seconds: Int64, due: ContinuousClock.Instant)?

    /// - Parameters:
    ///   - speed: how many times as fast as the log's clock.
    ///   - longest: the longest pause between two lines.
    init(speed: ReplaySpeed, longest: Duration = .seconds(60)) {
        self.speed = speed
        self.longest = longest
    }

    /// When a moment of the log is due; nil = at once.
    mutating func due(_ seconds: Int64) -> ContinuousClock.Instant? {
        guard case .times(let factor) = speed else { return nil }
        let due: ContinuousClock.Instant
        if let last {
            let step = Swift.max(0, seconds - last.seconds)
            var pause = Duration.seconds(Double(step) / factor)
            if step >= Self.leapSeconds { pause = .zero }
            if pause == .zero && step > 0 || pause > longest {
                skipped.count += 1
                skipped.seconds += step
                Output.note(Self.sentence(step, pause > longest ? longest : nil))
                pause = min(pause, longest)
            }
            due = last.due + pause
        } else {
            due = .now
        }
        last = (seconds, due)
        return due
    }

    private static func sentence(_ step: Int64, _ longest: Duration?) -> String {
        let days = step / 86_400
        let pause = days > 0 ? "\(days) days" : "\(step) s"
        guard let longest else { return "the log's clock goes on by \(pause): passed over" }
        return "a pause of \(pause) in the log is cut to \(longest.components.seconds) s "
            + "(--max-pause)"
    }
}

/// Ends a replay that waits for a hub that gives no sign of life.
struct ReplayWatchdog: Sendable {
    let window: ReplayWindow
    let client: FloorBusClient
    let timeout: Duration

    /// Runs until cancelled.
    func run() async {
        var last = window.waiting
        var since = ContinuousClock.now
        while !Task.isCancelled {
            // Cancelled at the end, which the loop looks at.
            try? await Task.sleep(for: min(timeout, .milliseconds(250)))
            let now = window.waiting
            if !now.isWaiting || now.progress != last.progress || !last.isWaiting {
                since = .now
            } else if ContinuousClock.now - since >= timeout {
                window.fail(Self.failure(of: client, timeout))
            }
            last = now
        }
    }

    static func failure(of client: FloorBusClient, _ timeout: Duration) -> CommandFailure {
        if let reason = client.finalRefusal ?? client.delay { return CommandFailure(reason) }
        return client.isConnected
            ? CommandFailure(
                .failed,
                "the replay made no progress for \(timeout.components.seconds) s although the "
                    + "hub is there; look at 'floorbus stats'"
            )
            : CommandFailure(
                .notReachable,
                "no hub answered for \(timeout.components.seconds) s; start it again, or say "
                    + "--timeout to wait longer"
            )
    }
}
