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
    let speed: ReplaySpeed
    let client: FloorBusClient
    let window: ReplayWindow
    /// The longest wait without any sign of life.
    let timeout: Duration
    private var bar = ProgressBar()
    private var clock: ReplayClock

    init(
        script: FloorScript,
        records: ReplayRecords,
        speed: ReplaySpeed,
        client: FloorBusClient,
        window: ReplayWindow,
        timeout: Duration
    ) {
        self.script = script
        self.records = records
        self.speed = speed
        self.client = client
        self.window = window
        self.timeout = timeout
        clock = ReplayClock(speed: speed)
    }

    /// Publishes everything and returns when the subscriber has it, or when it was told that it
    /// will not get it.
    mutating func run() async throws {
        try await window.wait { $0.isReady }
        do {
            while !window.now.isStopped {
                let step: FloorStep?
                do { step = try script.next() } catch {
                    throw CommandFailure(.failed, error.description)
                }
                guard let step else { break }
                try await publish(step)
            }
        } catch {
            bar.clear()
            throw error
        }
        bar.clear()
        try await settle()
    }

    private mutating func publish(_ step: FloorStep) async throws {
        guard try await waitUntil(step.timestampSeconds) else { return }
        let record: (key: FloorKey, content: FloorContent)
        do { record = try records.record(of: step) } catch {
            throw CommandFailure(.failed, error.sentence)
        }
        while !window.take(record.key.kind) { try await makeRoom() }
        var options = PublishOptions.unleased
        options.sourceTime = step.timestampSeconds * 1_000_000
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
struct ReplayClock {
    private let speed: ReplaySpeed
    private var last: (seconds: Int64, due: ContinuousClock.Instant)?

    init(speed: ReplaySpeed) { self.speed = speed }

    /// When a moment of the log is due; nil = at once.
    mutating func due(_ seconds: Int64) -> ContinuousClock.Instant? {
        guard case .times(let factor) = speed else { return nil }
        let due: ContinuousClock.Instant
        if let last {
            due = last.due + .seconds(Double(Swift.max(0, seconds - last.seconds)) / factor)
        } else {
            due = .now
        }
        last = (seconds, due)
        return due
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
