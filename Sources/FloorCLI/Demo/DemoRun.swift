import FloorBus

/// A hub, a floor that publishes through it, and a subscriber of everything: the demonstration
/// without a screen.
///
/// All of them talk over tcp, as programs on different machines would.
final class DemoRun: Sendable {
    let options: DemoOptions
    let hub: EmbeddedHub
    let endpoint: String
    let clock: FloorClock
    let view = FloorView()
    private let publisher: FloorPublisher
    private let wall: FloorBusClient
    private let subscription: Subscription

    /// Binds the hub and connects everybody.
    init(_ options: DemoOptions) throws {
        self.options = options
        hub = try EmbeddedHub(options.hubConfiguration())
        guard let first = hub.endpoints.first else {
            throw FloorBusError(.internal, "the hub listens nowhere")
        }
        endpoint = first
        let model = options.model()
        clock = FloorClock(
            floorOrigin: model.now,
            origin: FloorClock.wallMicroseconds(),
            speed: options.speed
        )
        wall = try FloorBusClient.connect(
            to: first,
            as: "wallboard",
            application: "floorbus demo"
        )
        subscription = try wall.subscribe(to: try KeyFilter("+/"))
        publisher = try FloorPublisher(endpoint: first, model: model, clock: clock)
    }

    /// Reads the subscription until the client is closed or the task cancelled.
    func read() async throws {
        for try await event in subscription { view.take(event) }
    }

    /// Publishes the floor until the task is cancelled.
    func live(until end: ContinuousClock.Instant? = nil) async throws {
        try await publisher.begin()
        while end.map({ ContinuousClock.now < $0 }) ?? true {
            try await Task.sleep(for: .milliseconds(100))
            try await publisher.tick(at: FloorClock.wallMicroseconds())
        }
    }

    /// The hub's figures by name, asked for as any client would.
    func hubFigures() async throws -> [String: Int64] {
        let records = try await wall.get(try KeyFilter("team/-/hub/stats/"))
        guard let figures = try records.first?.teamFigures else { return [:] }
        return Dictionary(figures.figures.map { ($0.name, $0.value) }) { first, _ in first }
    }

    /// Waits until all is acknowledged and the subscriber is level with the hub, then compares.
    ///
    /// Values go on changing for a moment, as dead desktops' leases run out: it compares until
    /// both sides agree or the time is up.
    func compare(within timeout: Duration = .seconds(10)) async throws -> DemoReport {
        let tally = await publisher.settle(within: timeout)
        let deadline = ContinuousClock.now + timeout
        while true {
            do {
                let (report, isLevel) = try await measure(tally)
                if isLevel || ContinuousClock.now >= deadline { return report }
            } catch let error as FloorBusError {
                // No answer now: the link may come back before the time is up.
                if ContinuousClock.now >= deadline { throw error }
            }
            try await Task.sleep(for: .milliseconds(100))
        }
    }

    private func measure(
        _ tally: FloorPublisher.Tally
    ) async throws -> (DemoReport, isLevel: Bool) {
        let eventHead = try await hubFigures()["eventHead"] ?? 0
        let values = try await wall.get(try KeyFilter("+/"))
        let hub = Dictionary(values.map { ($0.key, HeldValue($0)) }) { first, _ in first }
        let state = view.present
        let report = DemoReport(
            publisher: tally,
            events: state.eventNumbers.count,
            repeatedEvents: state.eventNumbers.repeated,
            missingEvents: state.eventNumbers.missing(below: tally.events),
            agents: state.values.keys.count { $0.kind == .agent },
            queues: state.values.keys.count { $0.kind == .queue },
            gaps: state.gaps,
            unreadable: state.unreadable,
            differences: DemoCheck.differences(subscriber: state.values, hub: hub)
        )
        let isLevel =
            state.eventHead.counter == UInt64(clamping: eventHead)
            && report.missingEvents == 0 && report.differences.isEmpty
        return (report, isLevel)
    }

    /// Ends clients and hub.
    func close() async {
        await publisher.close()
        await wall.close()
        hub.stop()
    }

    /// Runs for some seconds and compares: what `--check` does.
    func check(seconds: Int) async throws -> DemoReport {
        try await withThrowingTaskGroup(of: DemoReport?.self) { group in
            group.addTask {
                try await self.read()
                return nil
            }
            group.addTask {
                try await self.live(until: .now + .seconds(seconds))
                return try await self.compare()
            }
            defer { group.cancelAll() }
            guard let report = try await group.next() ?? nil else {
                throw FloorBusError(.closed, "the subscription ended before the check")
            }
            return report
        }
    }
}
