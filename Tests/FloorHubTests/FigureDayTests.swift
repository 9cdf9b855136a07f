import FloorBusTestKit
import FloorEvents
import FloorHub
import FloorRoster
import FloorWire
import Testing

/// What "today" is in figures, and what a restart leaves of it.
///
/// The harness begins on 14 November 2023 at 22:13:20 UTC.
struct FigureDayTests {
    private static let shanghai = FloorZone("Asia/Shanghai", first: 8 * 3600)

    private func hub(_ roster: Roster = .open, _ zone: Int16 = 0) -> HubHarness {
        HubHarness {
            $0.isDurable = true
            $0.roster = roster
            $0.zoneMinutes = zone
        }
    }

    private func pass(_ hub: HubHarness, hours: Int64, minutes: Int64 = 0) {
        hub.advance(milliseconds: (hours * 60 + minutes) * 60_000)
        hub.advance(milliseconds: 1100)
    }

    @Test("Today is the day of the site's zone, and figures carry its offset")
    func zones() throws {
        let newYork = FloorZone("America/New_York", first: -5 * 3600)
        let roster = try figureRoster(
            teams: [
                RosterTeam(site: "bj", team: "sales"), RosterTeam(site: "ny", team: "sales"),
            ],
            sites: [RosterSite("ny", zone: newYork)],
            zone: Self.shanghai
        )
        let hub = hub(roster)
        hub.flagOnce(.raise, 1) { $0.agent = "ana" }
        // 08:15 UTC on the 15th: UTC's day is another one, Shanghai's is not.
        pass(hub, hours: 10)
        let same = try hub.figures()["flagsRaised sinceMidnight count"]
        #expect(same?.value == 1 && same?.zoneMinutes == 480)
        let other = try hub.figures("team/ny/sales/flags/")["flagsRaised sinceMidnight count"]
        #expect(other?.zoneMinutes == -300)
        // 16:01 UTC: midnight in Shanghai is past.
        pass(hub, hours: 7, minutes: 48)
        #expect(try hub.figures()["flagsRaised sinceMidnight count"]?.value == 0)
    }

    @Test("Without a zone in the roster the hub's own holds, and a new roster's from then on")
    func ownZone() throws {
        let hub = hub(try figureRoster(), 120)
        hub.flagOnce(.raise, 1) { $0.agent = "ana" }
        hub.pass(seconds: 2)
        let own = try hub.figures()["flagsRaised sinceMidnight count"]
        #expect(own?.value == 1 && own?.zoneMinutes == 120)
        hub.step(.roster(try figureRoster(zone: Self.shanghai)))
        hub.pass(seconds: 2)
        let other = try hub.figures()["flagsRaised sinceMidnight count"]
        #expect(other?.value == 1 && other?.zoneMinutes == 480)
    }

    @Test("The window of 15 minutes goes on across midnight")
    func window() throws {
        let hub = hub(try figureRoster())
        // 23:55 UTC.
        pass(hub, hours: 1, minutes: 41)
        hub.flagOnce(.raise, 1) { $0.agent = "ana" }
        hub.pass(seconds: 2)
        hub.flagOnce(.claim, 1)
        pass(hub, hours: 0, minutes: 7)
        let found = try hub.figures()
        #expect(found["timeToClaim 15min median"]?.n == 1)
        #expect(found["timeToClaim sinceMidnight median"] == nil)
        #expect(found["flagsRaised sinceMidnight count"]?.value == 0)
    }

    @Test("After a restart each response time is at its own moment, in order")
    func responseTimes() throws {
        let hub = hub(try figureRoster())
        for number in 1...2 as ClosedRange<UInt64> {
            hub.flagOnce(.raise, number) { $0.agent = "a\(number)" }
        }
        pass(hub, hours: 0, minutes: 5)
        // The second flag is helped first, the first only now and then: in the order of the
        // flags the moments go back.
        for (number, minutes) in [(UInt64(2), Int64(15)), (1, 2)] {
            let pbx = hub.visitor("pbx")
            let token = pbx.flag(.claim, number, hub).claimGeneration
            pbx.flag(.answer, number, hub) {
                $0.claimGeneration = token
                $0.outcome = .answered
                $0.text = "so it is"
            }
            pbx.bye()
            pass(hub, hours: 0, minutes: minutes)
        }
        let before = try hub.figures()
        hub.restart()
        hub.advance(milliseconds: 1100)
        let after = try hub.figures()
        #expect(after["timeToAnswer 15min median"]?.n == 1)
        for name in ["timeToAnswer", "timeToClaim"] {
            for part in ["15min median", "15min maximum", "sinceMidnight median"] {
                let (old, new) = (before["\(name) \(part)"], after["\(name) \(part)"])
                #expect(old != nil && old?.value == new?.value && old?.n == new?.n, "\(part)")
            }
        }
        // 22:35 UTC now; the claim of 22:33 leaves the window at 22:48.
        pass(hub, hours: 0, minutes: 16)
        #expect(try hub.figures()["timeToClaim 15min median"] == nil)
        #expect(try hub.figures()["timeToClaim sinceMidnight median"]?.n == 2)
    }

    @Test("After a restart flags for each 100 calls are of the time since, until midnight")
    func callsAfterRestart() throws {
        let hub = hub(try figureRoster())
        for number in 1...3 as ClosedRange<UInt64> {
            hub.flagOnce(.raise, number) { $0.agent = "a\(number)" }
        }
        hub.say(try .call(.connected, "c1"))
        hub.pass(seconds: 2)
        #expect(try hub.figures()["flagsPer100Calls sinceMidnight mean"]?.value == 30_000)
        hub.restart()
        hub.pass(seconds: 2)
        let silent = try hub.figures()
        #expect(silent["flagsRaised sinceMidnight count"]?.value == 3)
        #expect(!silent.keys.contains { $0.hasPrefix("flagsPer100Calls") }, "no call is known")
        hub.say(try .call(.ended), try .call(.connected, "c2"))
        hub.flagOnce(.raise, 4) { $0.agent = "a4" }
        hub.pass(seconds: 2)
        let since = try hub.figures()["flagsPer100Calls sinceStart mean"]
        #expect(since?.value == 10_000 && since?.n == 1, "one flag beside one call, not four")
        pass(hub, hours: 2)
        hub.say(try .call(.ended), try .call(.connected, "c3"))
        hub.pass(seconds: 2)
        #expect(try hub.figures()["flagsPer100Calls sinceMidnight mean"]?.n == 1)
    }

    @Test("A call that replaces another without an end counts, one that goes on does not")
    func replacedCalls() throws {
        let steps: [(CallPhase, String, UInt32)] = [
            (.connected, "c1", 1), (.connected, "c1", 1), (.held, "c1", 1),
            (.connected, "c1", 1), (.connected, "c2", 2), (.consulting, "c2", 2),
            (.connected, "c2", 2), (.connected, "", 2), (.ended, "", 2), (.connected, "", 3),
            (.held, "c4", 3), (.connected, "c5", 4),
        ]
        let hub = hub(try figureRoster())
        for (place, (phase, reference, calls)) in steps.enumerated() {
            hub.say(try .call(phase, reference))
            hub.pass(seconds: 1)
            hub.pass(seconds: 1)
            let found = try hub.figures()["zeroFlags sinceMidnight count"]?.n
            #expect(found == calls, "step \(place)")
        }
    }

    @Test("Whoever may not take a flag, or has one in hand, is not eligible for it")
    func eligible() throws {
        let sales = RosterTeam(site: "bj", team: "sales")
        let roster = try Roster(
            people: [
                RosterPerson("ana", roles: .agent, site: "bj", team: "sales"),
                RosterPerson("ben", roles: .agent, site: "bj", team: "sales"),
                RosterPerson("sun", roles: .supporter, site: "bj"),
                RosterPerson("tom", roles: .supporter, site: "bj"),
                RosterPerson("far", roles: .supporter, site: "sh"),
            ],
            teams: [sales, RosterTeam(site: "sh", team: "care")]
        )
        let hub = hub(roster)
        let people = ["ana", "ben", "sun", "tom", "far"].map { hub.join($0) }
        for supporter in people[2...] { supporter.goOnDuty(hub) }
        #expect(people[0].flag(.raise, 1, hub).claimGeneration == 2, "not those of another site")
        people[2].flag(.claim, 1, hub)
        #expect(people[1].flag(.raise, 2, hub).claimGeneration == 1, "sun has her hands full")
        people[1].flag(.cancel, 2, hub)
        people[3].goOnDuty(hub, .onBreak)
        #expect(people[1].flag(.raise, 3, hub).claimGeneration == 0)
    }
}
