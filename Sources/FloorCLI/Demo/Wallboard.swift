import FloorBus

/// The wall's picture of the floor as lines of text: a pure function of what is known.
///
///     let lines = Wallboard(content, width: 80, height: 24).lines
struct Wallboard {
    /// What is on the wall.
    struct Content: Sendable {
        var endpoint = ""
        var speed = 1
        /// The floor's time, seconds since its midnight.
        var floorSeconds: Int64 = 0
        var isLinked = true
        var queues: [QueueRow] = []
        var teams: [TeamRow] = []
        var agents = AgentCounts()
        var remarks: [RemarkRow] = []
        var hub = HubRow()
    }

    struct QueueRow: Sendable {
        var name: String
        var level: QueueLevel
        /// Age of the longest wait in seconds of the floor's time; nil when nobody waits.
        var longestWait: Int64?
    }

    struct TeamRow: Sendable {
        var name: String
        var agents = AgentCounts()
        var figures = TeamFigures()
    }

    struct AgentCounts: Sendable, Equatable {
        var byActivity: [AgentActivity: Int] = [:]
        var loggedOn = 0
        var loggedOff = 0
        var suspect = 0
        var stale = 0

        mutating func add(_ agent: FloorView.AgentView) {
            if agent.state.session == .loggedOn {
                loggedOn += 1
                byActivity[agent.state.activity, default: 0] += 1
            } else {
                loggedOff += 1
            }
            switch agent.freshness {
            case .live: break
            case .suspect: suspect += 1
            case .stale: stale += 1
            }
        }

        subscript(activity: AgentActivity) -> Int { byActivity[activity] ?? 0 }
    }

    struct RemarkRow: Sendable {
        var agent: FloorView.AgentView
        /// Seconds of our time since the hub applied it.
        var age: Int64
    }

    struct HubRow: Sendable {
        var sessions: Int64 = 0
        var keys: Int64 = 0
        var recordsInPerSecond: Int64 = 0
        var recordsOutPerSecond: Int64 = 0
        var wills: Int64 = 0
        var gaps = 0
        var resyncs = 0
    }

    let content: Content
    let width: Int
    let height: Int

    init(_ content: Content, width: Int, height: Int) {
        self.content = content
        self.width = width
        self.height = height
    }

    /// The lines, at most `height`.
    var lines: [ScreenLine] {
        var lines = [titleLine, agentsLine]
        // The strip keeps three rows, the hub one; queues come before teams.
        var room = height - lines.count - 1
        let strip = min(4, max(0, room - 4))
        room -= strip
        let queues = Self.cut(queueLines, to: room)
        room -= queues.count
        let teams = Self.cut(teamLines, to: room)
        room -= teams.count
        lines += queues + teams
        lines += remarkLines(strip + room)
        lines.append(hubLine)
        return Array(lines.prefix(height))
    }

    /// A table in fewer rows, saying how many are not shown.
    private static func cut(_ table: [ScreenLine], to rows: Int) -> [ScreenLine] {
        guard table.count > rows else { return table }
        guard rows > 2 else { return [] }
        let hidden = table.count - rows + 1
        return table.prefix(rows - 1) + [ScreenLine("  and \(hidden) more", .dim)]
    }

    private typealias Cell = (text: String, look: Look)

    /// A table: names at the left, the other columns right-aligned.
    ///
    /// Columns that do not fit are left out whole, from the right; a wide terminal gives the
    /// names more room.
    private func table(
        _ titles: [(title: String, width: Int)],
        name: String,
        _ rows: [(name: String, cells: [Cell])]
    ) -> [ScreenLine] {
        var columns = titles[...]
        func rest() -> Int { width - columns.reduce(0) { $0 + $1.width } }
        while rest() < 11, !columns.isEmpty { columns.removeLast() }
        let nameWidth = min(24, max(1, rest()))
        var header = ScreenLine()
        header.add(name, column: -nameWidth, .title)
        for column in columns { header.add(column.title, column: column.width, .dim) }
        return [header]
            + rows.map { row in
                var line = ScreenLine()
                line.add(row.name, column: -nameWidth)
                for (column, cell) in zip(columns, row.cells) {
                    line.add(cell.text, column: column.width, cell.look)
                }
                return line
            }
    }

    // MARK: rows

    private var titleLine: ScreenLine {
        var line = ScreenLine("FloorBus demo", .title)
        line.add("   floor time \(Self.clock(content.floorSeconds))")
        line.add("  at \(content.speed)x", .dim)
        line.add("   \(content.endpoint)", .dim)
        if !content.isLinked { line.add("   LINK DOWN", .bad) }
        return line
    }

    private var agentsLine: ScreenLine {
        let counts = content.agents
        var line = ScreenLine("agents", .title)
        line.add(" on \(counts.loggedOn) off \(counts.loggedOff)")
        line.add("  ready \(counts[.ready])", .good)
        line.add("  reserved \(counts[.reserved])  busy \(counts[.busy])")
        line.add("  wrap-up \(counts[.afterCall])  not ready \(counts[.notReady])")
        return line
    }

    private var queueLines: [ScreenLine] {
        table(
            [
                ("wait", 6), ("longest", 8), ("SL<=20s", 9), ("n", 5), ("offered", 9),
                ("answered", 9), ("abandoned", 10), ("ready", 7), ("busy", 6),
            ],
            name: "queue",
            content.queues.map { ($0.name, Self.cells($0)) }
        )
    }

    private static func cells(_ row: QueueRow) -> [Cell] {
        let level = row.level
        let service = level.figures.first { $0.name == "serviceLevel" }
        let wait = row.longestWait ?? 0
        return [
            (
                String(level.waiting),
                level.waiting > 10 ? .bad : level.waiting > 4 ? .warning : .plain
            ),
            (
                row.longestWait.map(duration) ?? "-",
                wait > 120 ? .bad : wait > 20 ? .warning : .plain
            ),
            (
                service.map { percent($0.value) } ?? "-",
                service.map { look(ofServiceLevel: $0.value) } ?? .plain
            ),
            (String(service?.n ?? 0), .dim),
            (String(level.counters.offered), .plain),
            (String(level.counters.answered), .plain),
            (String(level.counters.abandoned), .plain),
            (String(level.agents.ready), .plain),
            (String(level.agents.busyInbound), .plain),
        ]
    }

    private var teamLines: [ScreenLine] {
        table(
            [
                ("on", 6), ("ready", 7), ("reserved", 10), ("busy", 6), ("wrap-up", 9),
                ("not ready", 11), ("handled", 9), ("AHT", 6), ("n", 5),
            ],
            name: "team",
            content.teams.map { ($0.name, Self.cells($0)) }
        )
    }

    private static func cells(_ row: TeamRow) -> [Cell] {
        let handled = row.figures.figures.first { $0.name == "handled" }
        let aht = row.figures.figures.first { $0.name == "aht" }
        return [
            (String(row.agents.loggedOn), .plain),
            (String(row.agents[.ready]), .good),
            (String(row.agents[.reserved]), .plain),
            (String(row.agents[.busy]), .plain),
            (String(row.agents[.afterCall]), .plain),
            (String(row.agents[.notReady]), .plain),
            (handled.map { String($0.value) } ?? "-", .plain),
            (aht.map { duration($0.value / 1000) } ?? "-", .plain),
            (String(aht?.n ?? 0), .dim),
        ]
    }

    private func remarkLines(_ rows: Int) -> [ScreenLine] {
        guard rows > 1 else { return rows == 1 ? [ScreenLine()] : [] }
        var header = ScreenLine("agents lately", .title)
        header.add("   breaks, returns, dead desktops", .dim)
        let counts = content.agents
        if counts.suspect > 0 { header.add("   \(counts.suspect) suspect", .warning) }
        if counts.stale > 0 { header.add("   \(counts.stale) stale", .bad) }
        var lines = content.remarks.prefix(rows - 1).map(Self.line)
        while lines.count < rows - 1 { lines.append(ScreenLine()) }
        return [header] + lines
    }

    private static func line(_ remark: RemarkRow) -> ScreenLine {
        let agent = remark.agent
        var line = ScreenLine()
        line.add("\(remark.age) s", column: 6, .dim)
        line.add("  " + agent.name, column: -8)
        line.add(agent.team, column: -8)
        let isOn = agent.state.session == .loggedOn
        line.add(isOn ? agent.state.activity.name : agent.state.session.name, column: -10)
        line.add(agent.state.reason, column: -14)
        line.add("by " + agent.state.cause.name, column: -18)
        switch agent.freshness {
        case .live: line.add(agent.isWill ? "live (will)" : "live", .good)
        case .suspect: line.add("suspect", .warning)
        case .stale: line.add("stale", .bad)
        }
        return line
    }

    private var hubLine: ScreenLine {
        let hub = content.hub
        var line = ScreenLine("hub", .title)
        line.add("  sessions \(hub.sessions)  keys \(hub.keys)")
        line.add("  in \(hub.recordsInPerSecond)/s  out \(hub.recordsOutPerSecond)/s")
        line.add("  wills \(hub.wills)")
        line.add("  gaps \(hub.gaps)  resyncs \(hub.resyncs)", hub.gaps > 0 ? .bad : .plain)
        let hint = "  Ctrl-C ends"
        if line.width + hint.count <= width { line.add(hint, .dim) }
        return line
    }

    // MARK: figures as text

    /// `M:SS` below an hour, `H:MM:SS` from there on.
    static func duration(_ seconds: Int64) -> String {
        let minutes = seconds / 60
        guard minutes >= 60 else { return "\(minutes):" + twoDigits(seconds % 60) }
        return "\(minutes / 60):" + twoDigits(minutes % 60) + ":" + twoDigits(seconds % 60)
    }

    /// The time of day, `HH:MM`.
    static func clock(_ seconds: Int64) -> String {
        let minutes = seconds / 60 % 1440
        return twoDigits(minutes / 60) + ":" + twoDigits(minutes % 60)
    }

    private static func twoDigits(_ number: Int64) -> String {
        number < 10 ? "0\(number)" : String(number)
    }

    static func percent(_ permille: Int64) -> String { "\(permille.clampedSum(5) / 10) %" }

    private static func look(ofServiceLevel permille: Int64) -> Look {
        permille >= 800 ? .good : permille >= 600 ? .warning : .bad
    }
}
