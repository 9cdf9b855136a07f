import FloorBus
import Testing

@testable import FloorCLI

/// The wallboard's picture as text: a fixed floor, a fixed moment.
@Suite("The wallboard draws what is known")
struct DemoWallboardTests {
    private static func agent(
        _ number: Int,
        _ activity: AgentActivity,
        team: String = "amber",
        cause: StateCause = .agent,
        reason: String = "",
        freshness: Freshness = .live,
        isWill: Bool = false
    ) -> FloorView.AgentView {
        var state = AgentState(activity: activity, cause: cause)
        state.reason = reason
        return FloorView.AgentView(
            name: String(number),
            team: team,
            state: state,
            freshness: freshness,
            isWill: isWill
        )
    }

    private static func content() -> Wallboard.Content {
        var content = Wallboard.Content()
        content.endpoint = "tcp://127.0.0.1:7410"
        content.speed = 60
        content.floorSeconds = 10 * 3600 + 5 * 60 + 59
        var level = QueueLevel(waiting: 12)
        level.counters.offered = 1325
        level.counters.answered = 1291
        level.counters.abandoned = 22
        level.agents.busyInbound = 39
        level.figures = [
            Figure(
                "serviceLevel",
                647,
                .permille,
                formula: .serviceLevelOffered,
                window: .rolling15Minutes,
                n: 98,
                thresholdMilliseconds: 20_000
            )
        ]
        content.queues = [
            Wallboard.QueueRow(name: "billing", level: level, longestWait: 107),
            Wallboard.QueueRow(name: "complaints", level: QueueLevel(), longestWait: nil),
        ]
        let agents = [
            agent(1001, .ready), agent(1002, .busy, freshness: .stale),
            agent(1003, .notReady, team: "birch", reason: "break"),
        ]
        for agent in agents { content.agents.add(agent) }
        var amber = Wallboard.TeamRow(name: "amber")
        for agent in agents.prefix(2) { amber.agents.add(agent) }
        amber.figures = TeamFigures([
            Figure("handled", 60, .count, window: .rolling15Minutes, n: 60),
            Figure("aht", 306_000, .milliseconds, formula: .mean, n: 60),
        ])
        content.teams = [amber, Wallboard.TeamRow(name: "birch")]
        content.remarks = [
            Wallboard.RemarkRow(agent: agents[1], age: 3),
            Wallboard.RemarkRow(
                agent: agent(
                    1010,
                    .notReady,
                    team: "birch",
                    cause: .connectionLost,
                    isWill: true
                ),
                age: 12
            ),
            Wallboard.RemarkRow(agent: agents[2], age: 0),
        ]
        content.hub.sessions = 29
        content.hub.keys = 244
        content.hub.recordsInPerSecond = 401
        content.hub.recordsOutPerSecond = 379
        content.hub.wills = 1
        return content
    }

    private static func text(width: Int, height: Int) -> String {
        Wallboard(content(), width: width, height: height).lines.map { $0.plain(width) }
            .joined(separator: "\n")
    }

    @Test("At 80 columns every figure has its place")
    func golden() {
        let expected = """
            FloorBus demo   floor time 10:05  at 60x   tcp://127.0.0.1:7410
            agents on 3 off 0  ready 1  reserved 0  busy 1  wrap-up 0  not ready 1
            queue        wait longest  SL<=20s    n  offered answered abandoned  ready  busy
            billing        12    1:47     65 %   98     1325     1291        22      0    39
            complaints      0       -        -    0        0        0         0      0     0
            team           on  ready  reserved  busy  wrap-up  not ready  handled   AHT    n
            amber           2      1         0     1        0          0       60  5:06   60
            birch           0      0         0     0        0          0        -     -    0
            agents lately   breaks, returns, dead desktops   1 stale
               3 s  1002  amber   busy                    by agent          stale
              12 s  1010  birch   notReady                by connectionLost live (will)
               0 s  1003  birch   notReady  break         by agent          live
            hub  sessions 29  keys 244  in 401/s  out 379/s  wills 1  gaps 0  resyncs 0
            """
        #expect(Self.text(width: 80, height: 13) == expected)
    }

    @Test("In a small terminal whole columns and rows are left out, and the rest is counted")
    func small() {
        let lines = Self.text(width: 44, height: 8).split(
            separator: "\n",
            omittingEmptySubsequences: false
        )
        #expect(lines.count == 8)
        #expect(lines.allSatisfy { $0.count <= 44 })
        #expect(lines[2] == "queue             wait longest  SL<=20s    n")
    }

    @Test("No size makes it draw more than fits", arguments: [1, 2, 5, 9, 24, 60], [1, 20, 200])
    func anySize(height: Int, width: Int) {
        let lines = Wallboard(Self.content(), width: width, height: height).lines
        #expect(lines.count <= height)
        #expect(lines.allSatisfy { $0.plain(width).count <= width })
    }

    @Test("A longest wait is told from its start: it grows while nothing is published")
    func longestWaitTicks() throws {
        var state = FloorView.State()
        var level = QueueLevel(waiting: 1)
        level.oldestEnqueuedAt = 5_000_000
        state.queues[try FloorKey("queue/demo/switch/sales/")] = level
        let clock = FloorClock(floorOrigin: 0, origin: 0, speed: 60)
        let first = Wallboard.Content(state, now: 6_000_000, clock: clock)
        let second = Wallboard.Content(state, now: 7_500_000, clock: clock)
        #expect(first.queues.first?.longestWait == 60)
        #expect(second.queues.first?.longestWait == 150)
    }

    @Test("Times and shares are written as people read them")
    func numbers() {
        #expect(Wallboard.duration(0) == "0:00")
        #expect(Wallboard.duration(107) == "1:47")
        #expect(Wallboard.duration(3725) == "1:02:05")
        #expect(Wallboard.clock(86_400 + 61) == "00:01")
        #expect(Wallboard.percent(1000) == "100 %")
        #expect(Wallboard.percent(647) == "65 %")
    }

    @Test("Looks are codes around the text, and never add to its width")
    func looks() {
        var line = ScreenLine("ab", .bad)
        line.add("cd")
        #expect(line.plain(3) == "abc")
        #expect(line.styled(3) == "\u{1B}[1;31mab\u{1B}[0mc")
        #expect(line.width == 4)
    }
}
