import FloorBusTestKit
import FloorEvents
import FloorHub
import FloorRoster
import FloorWire
import Testing

/// Which of the figures of one name a rule looks at, and on how much it must rest.
struct AlertFigureTests {
    private func hub(_ figure: AlertFigure, above limit: Int64 = 10) throws -> HubHarness {
        let rule = AlertRule(
            "slow",
            filter: "team/",
            .figure(figure, .above, threshold: limit, clear: limit)
        )
        let roster = try figureRoster(alerts: [rule])
        return HubHarness {
            $0.isDurable = true
            $0.roster = roster
        }
    }

    private static let figures = [
        Figure("timeToAnswer", 1, .milliseconds, formula: .median, window: .sinceMidnight, n: 90),
        Figure("timeToAnswer", 2, .milliseconds, formula: .median, window: .rolling15Minutes, n: 9),
        Figure(
            "timeToAnswer",
            50,
            .milliseconds,
            formula: .percentile90,
            window: .sinceMidnight,
            n: 90
        ),
        Figure(
            "timeToAnswer",
            60,
            .milliseconds,
            formula: .percentile90,
            window: .rolling15Minutes,
            n: 9
        ),
    ]

    private func isRaised(_ figure: AlertFigure) throws -> Bool {
        let hub = try hub(figure)
        hub.say(try .team("team/bj/sales/own/", Self.figures))
        hub.pass(seconds: 2)
        return !hub.alerts().isEmpty
    }

    @Test("A rule names figure and formula, window and how many it must rest on")
    func choice() throws {
        let name = "timeToAnswer"
        #expect(try !isRaised("timeToAnswer"), "the median of the last 15 minutes")
        #expect(try isRaised(AlertFigure(name, .percentile90)))
        #expect(try isRaised(AlertFigure(name, .percentile90, .sinceMidnight)))
        #expect(try !isRaised(AlertFigure(name, .maximum, .sinceMidnight)), "there is none")
        #expect(try isRaised(AlertFigure(name, .percentile90, .sinceMidnight, atLeast: 90)))
        #expect(try !isRaised(AlertFigure(name, .percentile90, .sinceMidnight, atLeast: 91)))
        #expect(try !isRaised(AlertFigure(name, .percentile90, .rolling15Minutes, atLeast: 10)))
    }

    @Test("A figure of too few observations clears the alert that stands")
    func tooFew() throws {
        let hub = try hub(AlertFigure("share", atLeast: 20), above: 500)
        for (n, isRaised) in [(19, false), (20, true), (19, false)] as [(UInt32, Bool)] {
            hub.say(
                try .team("team/bj/sales/own/", [Figure("share", 900, .permille, n: n)])
            )
            hub.pass(seconds: 2)
            #expect(hub.alerts().isEmpty == !isRaised, "n \(n)")
        }
    }

    @Test("A share of nothing raises nothing unless the rule says so")
    func shareOfNothing() throws {
        let nothing = Figure("share", 900, .permille, n: 0)
        for (figure, isRaised) in [
            ("share", false), (AlertFigure("share", atLeast: 0), true),
        ] as [(AlertFigure, Bool)] {
            let hub = try hub(figure)
            hub.say(try .team("team/bj/sales/own/", [nothing]))
            hub.pass(seconds: 2)
            #expect(hub.alerts().isEmpty == !isRaised)
        }
    }

    @Test("No flag at all is worth an alert once there are calls, not at the start")
    func zeroFlags() throws {
        let hub = try hub("zeroFlags", above: 0)
        hub.say(try .call(.ended))
        hub.flagOnce(.raise, 1) { $0.agent = "ana" }
        hub.pass(seconds: 2)
        // 22:13 UTC: the next day begins without a flag.
        hub.advance(milliseconds: 2 * 3600 * 1000)
        hub.pass(seconds: 2)
        #expect(try hub.figures()["zeroFlags sinceMidnight count"]?.value == 1)
        #expect(hub.alerts() == [])
        hub.say(try .call(.connected, "c1"))
        hub.pass(seconds: 2)
        hub.pass(seconds: 2)
        #expect(hub.alerts() == ["slow team/bj/sales/flags/"])
    }
}
