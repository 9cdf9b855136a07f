import FloorBus
import FloorJournal

/// Publishes a stretch of a journal again, paced by the clock that the events carry.
struct JournalReplay: Sendable {
    /// What was published.
    struct Counts: Sendable {
        var events = 0
        /// Records of kinds that cannot be published again.
        var skipped = 0
        /// Events that retention removed before they could be read.
        var missing: UInt64 = 0
        /// Hub times of the first and the last event that was published.
        var first: Int64?
        var last: Int64?
        /// Whether the stretch was published to its end.
        var isWhole = false
    }

    let journal: JournalFile
    /// Hub times, microseconds since 1970.
    let stretch: Range<Int64>
    let speed: ReplaySpeed
    /// The site the events are moved to; nil = where they were.
    let site: String?
    let client: FloorBusClient
    /// The longest wait for a hub that gives no sign of life.
    let timeout: Duration

    /// Publishes everything, or what it comes to until it is cancelled.
    func run() async throws -> Counts {
        var counts = Counts()
        var bar = ProgressBar()
        defer { bar.clear() }
        var before: Revision?
        let start = ContinuousClock.now
        while true {
            // A page at a time: a read of hours would keep the hub's log from shrinking.
            let page = try journal.events(
                after: before ?? .zero,
                from: stretch.lowerBound,
                to: stretch.upperBound
            )
            if page.isEmpty {
                counts.isWhole = true
                return counts
            }
            for event in page {
                counts.missing += Self.missing(between: before, event.revision)
                before = event.revision
                let first = counts.first ?? event.hubTime
                counts.first = first
                while let pause = pause(until: event.hubTime.clampedDifference(first), since: start)
                {
                    bar.show(fraction(event.hubTime), "\(counts.events) events")
                    // Cancelled by the signal, and then done.
                    try? await Task.sleep(for: min(pause, .milliseconds(100)))
                    if Task.isCancelled { return counts }
                }
                if Task.isCancelled { return counts }
                try await publish(event, &counts)
                bar.show(fraction(event.hubTime), "\(counts.events) events")
            }
        }
    }

    /// Waits until the hub has answered everything, as long as it makes progress.
    func settle() async throws {
        var left = client.unacknowledged
        while !(await client.flush(timeout: timeout)) {
            if Task.isCancelled { return }
            let now = client.unacknowledged
            guard now < left else { throw ReplayWatchdog.failure(of: client, timeout) }
            left = now
        }
    }

    /// How much longer to wait for a moment of the stretch; nil when it is due.
    private func pause(until time: Int64, since start: ContinuousClock.Instant) -> Duration? {
        guard case .times(let factor) = speed else { return nil }
        let due = start + .microseconds(Int64(min(Double(time) / factor, 9e18)))
        let left = ContinuousClock.now.duration(to: due)
        return left > .zero ? left : nil
    }

    private func publish(_ event: JournalEvent, _ counts: inout Counts) async throws {
        guard event.kindCode == RecordKind.event.rawValue, let key = key(of: event) else {
            counts.skipped += 1
            return
        }
        var options = PublishOptions.unleased
        options.sourceTime = FloorMoment(event.sourceTime) ?? FloorMoment(event.hubTime)
        let content = FloorContent.event(event.payload, schema: event.schema)
        while true {
            do {
                try client.post(content, to: key, options: options)
                counts.events += 1
                counts.last = event.hubTime
                return
            } catch {
                guard error.status == .limit else { throw CommandFailure(error) }
                try await settle()
                if Task.isCancelled { return }
            }
        }
    }

    /// nil for a key of a kind that only a later version knows; it is counted as skipped.
    private func key(of event: JournalEvent) -> FloorKey? {
        guard let key = try? FloorKey(event.key) else { return nil }
        guard let site else { return key }
        let parts = key.segments
        return try? FloorKey(key.kind, site: site, unit: parts[2], entity: parts[3])
    }

    private func fraction(_ time: Int64) -> Double {
        let whole = stretch.upperBound - stretch.lowerBound
        return Double(time - stretch.lowerBound) / Double(max(1, whole))
    }

    /// Events that must have been between two; a new life of the hub starts at 1.
    private static func missing(between before: Revision?, _ revision: Revision) -> UInt64 {
        guard let before else { return 0 }
        let isNewLife = revision.epoch > before.epoch
        return revision.counter - (isNewLife ? 0 : before.counter) - 1
    }
}
