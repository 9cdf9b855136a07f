import FloorBus

extension DemoRun {
    /// Runs with a wallboard, or with a line a second where there is no terminal, until the
    /// task is cancelled.
    func show() async throws {
        try await withThrowingTaskGroup { group in
            group.addTask { try await self.read() }
            group.addTask { try await self.live() }
            if TerminalScreen.isTerminal {
                group.addTask { try await self.draw() }
            } else {
                group.addTask { try await self.summarize() }
            }
            defer { group.cancelAll() }
            // Whoever ends first, ends because something is wrong or everything is to end.
            try await group.next()
        }
    }

    private func draw() async throws {
        var screen = TerminalScreen()
        Suspension.listen()
        try screen.open()
        defer { screen.close() }
        var meter = HubMeter()
        while true {
            try await Task.sleep(for: .milliseconds(200))
            if Suspension.isDue() {
                screen.close()
                Suspension.stop()
                try screen.open()
            }
            // Without an answer the meter stays as it was; the screen shows a link that is down.
            if meter.isDue, let figures = try? await hubFigures() { meter.take(figures) }
            let size = TerminalScreen.currentSize()
            var content = Wallboard.Content(
                view.present,
                now: FloorClock.wallMicroseconds(),
                clock: clock
            )
            content.endpoint = endpoint
            meter.fill(&content.hub)
            let board = Wallboard(content, width: size.width, height: size.height)
            try screen.show(board.lines, width: size.width, height: size.height)
        }
    }

    private func summarize() async throws {
        var meter = HubMeter()
        while true {
            try await Task.sleep(for: .seconds(1))
            if let figures = try? await hubFigures() { meter.take(figures) }
            var content = Wallboard.Content(
                view.present,
                now: FloorClock.wallMicroseconds(),
                clock: clock
            )
            meter.fill(&content.hub)
            try Output.line(Wallboard.summary(content))
        }
    }
}

extension Wallboard {
    /// The floor in one line, for logs and pipes.
    static func summary(_ content: Content) -> String {
        let agents = content.agents
        let waiting = content.queues.reduce(0) { $0 + Int($1.level.waiting) }
        let longest = content.queues.compactMap(\.longestWait).max()
        return "floor \(clock(content.floorSeconds)) agents=\(agents.loggedOn) "
            + "ready=\(agents[.ready]) busy=\(agents[.busy]) notReady=\(agents[.notReady]) "
            + "suspect=\(agents.suspect) stale=\(agents.stale) waiting=\(waiting) "
            + "longest=\(longest.map(duration) ?? "-") sessions=\(content.hub.sessions) "
            + "in=\(content.hub.recordsInPerSecond)/s gaps=\(content.hub.gaps)"
    }
}

/// Rates from the hub's counters.
struct HubMeter {
    private var figures: [String: Int64] = [:]
    private var previous: [String: Int64] = [:]
    private var takenAt: ContinuousClock.Instant?
    private var seconds = 1.0

    /// Whether a second has passed.
    var isDue: Bool { takenAt.map { .now - $0 >= .seconds(1) } ?? true }

    mutating func take(_ fresh: [String: Int64], at now: ContinuousClock.Instant = .now) {
        if let takenAt { seconds = max(0.001, (now - takenAt) / .seconds(1)) }
        previous = takenAt == nil ? fresh : figures
        figures = fresh
        takenAt = now
    }

    func fill(_ row: inout Wallboard.HubRow) {
        row.sessions = figures["sessions"] ?? 0
        row.keys = figures["keys"] ?? 0
        row.wills = figures["wills"] ?? 0
        row.recordsInPerSecond = rate("recordsIn")
        row.recordsOutPerSecond = rate("recordsOut")
    }

    private func rate(_ name: String) -> Int64 {
        Int64(Double((figures[name] ?? 0) - (previous[name] ?? 0)) / seconds)
    }
}
