import FloorBusTestKit
import FloorEvents
import FloorHub
import FloorRoster
import FloorWire
import Testing

/// Each figure of docs/figures.md against numbers computed by hand.
struct FigureNumbersTests {
    /// A hub, those on it, and the seconds that pass for all of them.
    private struct Floor {
        let hub = HubHarness { $0.isDurable = true }
        let agents: [HarnessClient]
        let sun: HarnessClient

        init() {
            agents = (1...3).map { [hub] in hub.join("a\($0)") }
            sun = hub.join("sun")
        }

        func wait(_ seconds: Int) {
            for _ in 0..<seconds {
                for client in agents + [sun] { client.ping() }
                hub.advance(milliseconds: 1000)
            }
        }

        func raise(_ number: UInt64, by agent: Int, _ category: String = "refund") {
            agents[agent - 1].flag(.raise, number, hub) { $0.category = category }
        }

        func claim(_ number: UInt64) -> UInt32 {
            sun.flag(.claim, number, hub).claimGeneration
        }

        func answer(_ number: UInt64, _ claim: UInt32) {
            sun.flag(.answer, number, hub) {
                $0.claimGeneration = claim
                $0.outcome = .answered
                $0.text = "so it is"
            }
        }

        func engage(_ number: UInt64, _ claim: UInt32) {
            sun.flag(.engage, number, hub) {
                $0.claimGeneration = claim
                $0.channel = .desk
            }
        }
    }

    /// Stages at these seconds of each flag's life: seen 1, 2, 3; claimed 2, 4, 11; engaged 3, 6;
    /// answered 5, 10.
    private func morning() -> Floor {
        let floor = Floor()
        floor.raise(1, by: 1)
        floor.wait(1)
        floor.sun.flag(.seen, 1, floor.hub)
        floor.wait(1)
        let one = floor.claim(1)
        floor.wait(1)
        floor.engage(1, one)
        floor.wait(2)
        floor.answer(1, one)
        floor.agents[0].flag(.rate, 1, floor.hub) { $0.rating = 4 }
        floor.raise(2, by: 2)
        floor.wait(2)
        floor.sun.flag(.seen, 2, floor.hub)
        floor.wait(2)
        let two = floor.claim(2)
        floor.wait(2)
        floor.engage(2, two)
        floor.wait(4)
        floor.answer(2, two)
        floor.agents[1].flag(.reopen, 2, floor.hub) { $0.text = "none" }
        floor.wait(1)
        _ = floor.claim(2)
        floor.raise(3, by: 3, "")
        floor.wait(3)
        floor.sun.flag(.seen, 3, floor.hub)
        floor.wait(2)
        return floor
    }

    @Test("Each stage's median, p90 and maximum, in a quarter of an hour and since midnight")
    func stages() throws {
        let found = try morning().hub.figures()
        let expected: [(String, n: UInt32, median: Int64, p90: Int64, maximum: Int64)] = [
            ("timeToSeen", 3, 2000, 3000, 3000), ("timeToClaim", 3, 4000, 11_000, 11_000),
            ("timeToEngage", 2, 3000, 6000, 6000), ("timeToAnswer", 2, 5000, 10_000, 10_000),
        ]
        for (name, n, median, p90, maximum) in expected {
            for window in ["15min", "sinceMidnight"] {
                let values = [("median", median), ("p90", p90), ("maximum", maximum)]
                for (formula, value) in values {
                    let label = "\(name) \(window) \(formula)"
                    let figure = try #require(found[label], "\(label) of \(found.keys)")
                    // Stamps of one moment are a microsecond apart each.
                    #expect((value - 2...value + 2).contains(figure.value), "\(label)")
                    #expect(figure.n == n && figure.unit == .milliseconds, "\(label)")
                }
            }
        }
    }

    @Test("After a restart a reopened answer is still one of those that were given")
    func restarted() throws {
        let floor = morning()
        floor.hub.restart()
        floor.wait(2)
        let rate = try #require(try floor.hub.figures()["reopenRate sinceMidnight mean"])
        #expect(rate.value == 500 && rate.n == 2, "\(rate)")
    }

    @Test("Flags open, pending and oldest; reopened of answered ones, ratings, unanswered of all")
    func counts() throws {
        let floor = morning()
        let found = try floor.hub.figures()
        let oldest = try #require(floor.hub.flag(1)).stamps.raised
        let expected: [(String, value: Int64, n: UInt32?)] = [
            ("flagsOpen now count", 3, nil), ("flagsPending now count", 1, nil),
            ("flagsOldestAt now maximum", oldest, 3),
            ("flagsRaised sinceMidnight count", 3, 3),
            ("flagsUnanswered sinceMidnight count", 0, 3),
            ("reopenRate sinceMidnight mean", 500, 2),
            ("ratingMean sinceMidnight mean", 400, 1),
            ("zeroFlags sinceMidnight count", 0, 0),
        ]
        for (name, value, n) in expected {
            let figure = try #require(found[name], "\(name) of \(found.keys)")
            #expect(figure.value == value && (n == nil || figure.n == n), "\(name): \(figure)")
        }
        let categories = try floor.hub.figures("team/bj/sales/categories/")
        #expect(categories["refund sinceMidnight count"]?.value == 2)
        #expect(categories["- sinceMidnight count"]?.value == 1)
        #expect(categories["refund sinceMidnight count"]?.n == 3)
    }

    @Test("A flag that ended without an answer is one of those raised that day")
    func unanswered() throws {
        var times = FlagTimes()
        times.unanswered = 120_000
        let team = RosterTeam(site: "bj", team: "sales", times: times)
        let roster = try figureRoster(teams: [team])
        let hub = HubHarness {
            $0.isDurable = true
            $0.roster = roster
        }
        for number in 1...2 as ClosedRange<UInt64> {
            hub.flagOnce(.raise, number) { $0.agent = "a\(number)" }
        }
        let claim = hub.flagOnce(.claim, 2).claimGeneration
        let answer = hub.flagOnce(.answer, 2) {
            $0.claimGeneration = claim
            $0.outcome = .answered
            $0.text = "so it is"
        }
        #expect(answer.status == .ok)
        for _ in 0..<20 { hub.pass(seconds: 15) }
        #expect(hub.flag(1)?.status == .unanswered)
        let figure = try hub.figures()["flagsUnanswered sinceMidnight count"]
        #expect(figure?.value == 1 && figure?.n == 2)
    }

    @Test("Most frequent are ten categories and five askers, most first")
    func tops() throws {
        let hub = HubHarness { $0.isDurable = true }
        let reader = hub.join("reader")
        reader.subscribe(1, "private/-/")
        hub.turn()
        let pbx = hub.join("pbx")
        var number: UInt64 = 0
        // The asker and the category numbered 12 have raised 12 flags, those numbered 1 one.
        for name in 1...12 {
            for _ in 0..<name {
                number += 1
                pbx.flag(.raise, number, hub) {
                    $0.agent = "a\(name)"
                    $0.category = "k\(name)"
                    $0.callReference = "c\(number)"
                }
            }
        }
        for _ in 0..<62 {
            pbx.ping()
            reader.ping()
            hub.advance(milliseconds: 1000)
        }
        let figures = try hub.figures("team/bj/sales/categories/")
        let expected = (3...12).map { ("k\($0) sinceMidnight count", Int64($0)) }
        #expect(figures.mapValues(\.value) == Dictionary(uniqueKeysWithValues: expected))
        let record = try #require(reader.takeRecords().last)
        #expect(record.key == "private/-/bj/sales/")
        let top = try TopAskers(payload: record.payload.span)
        #expect(top.askers.map(\.name) == ["a12", "a11", "a10", "a9", "a8"])
        #expect(top.askers.map(\.flags) == [12, 11, 10, 9, 8] && top.raised == 78)
    }
}
