import FloorBusTestKit
import FloorEvents
import FloorHub
import FloorWire
import Testing

/// A help flag's life on one hub: who may do what, and what comes of it.
struct FlagTests {
    private func durableHub() -> HubHarness { HubHarness { $0.isDurable = true } }

    private func raised(_ hub: HubHarness) -> (HarnessClient, HarnessClient) {
        let ana = hub.join("ana")
        let sun = hub.join("sun")
        sun.goOnDuty(hub)
        ana.flag(.raise, 1, hub) {
            $0.kind = .authority
            $0.category = "refund"
            $0.text = "may I?"
            $0.seat = "B12"
            $0.callReference = "call-7"
        }
        return (ana, sun)
    }

    @Test("Raised, seen, claimed, engaged, answered, closed and rated: each with its time")
    func wholeLife() throws {
        let hub = durableHub()
        let (ana, sun) = raised(hub)
        #expect(sun.flag(.seen, 1, hub).status == .ok)
        let claim = sun.flag(.claim, 1, hub)
        #expect(claim.status == .ok && claim.claimGeneration == 1)
        #expect(
            sun.flag(.engage, 1, hub) {
                $0.claimGeneration = 1
                $0.channel = .desk
            }.status == .ok
        )
        let answer = sun.flag(.answer, 1, hub) {
            $0.claimGeneration = 1
            $0.outcome = .answered
            $0.text = "yes, up to 50"
            $0.knowledge = "KB-77"
        }
        #expect(answer.status == .ok)
        #expect(ana.flag(.close, 1, hub).status == .ok)
        #expect(
            ana.flag(.rate, 1, hub) {
                $0.rating = 5
                $0.text = "quick"
            }.status == .ok
        )
        let flag = try #require(hub.flag(1, withWords: "ana"))
        #expect(flag.status == .closed && flag.owner == "sun" && flag.claims == 1)
        #expect(flag.words.answer == "yes, up to 50" && flag.words.knowledge == "KB-77")
        #expect(flag.words.rating == 5 && flag.words.comment == "quick")
        #expect(flag.words.viewers == ["sun"] && flag.words.seat == "B12")
        let stamps = flag.stamps
        let times = [
            stamps.raised, stamps.seen, stamps.claimed, stamps.engaged, stamps.answered,
            stamps.ended, flag.words.ratedAt,
        ]
        #expect(times == times.sorted() && times[0] > 0 && Set(times).count == times.count)
        #expect(hub.violations == [])
    }

    @Test("Who asks, where they sit, what was said and rated is never under the flag's own key")
    func privacy() throws {
        let hub = HubHarness {
            $0.isDurable = true
            $0.hasTap = true
        }
        let (_, sun) = raised(hub)
        sun.flag(.claim, 1, hub)
        let open = try #require(hub.flag(1))
        #expect(open.words == FlagWords() && open.category == "refund" && open.owner == "sun")
        #expect(hub.tapped.contains { $0.key == flagKey(1) })
        #expect(!hub.tapped.contains { $0.key.hasPrefix("private/") })
    }

    @Test("Raising says how many may help; the same button again is the same flag")
    func raising() {
        let hub = durableHub()
        let ana = hub.join("ana")
        #expect(ana.flag(.raise, 1, hub).claimGeneration == 0)
        let again = ana.flag(.raise, 1, hub)
        #expect(again.status == .ok && again.revision == .zero)
        let second = ana.flag(.raise, 2, hub)
        #expect(second.status == .exists && second.owner == flagID(1).text)
        let sun = hub.join("sun")
        sun.goOnDuty(hub)
        let other = ana.flag(.raise, 3, hub) { $0.callReference = "call-8" }
        #expect(other.status == .ok && other.claimGeneration == 1)
        #expect(hub.join("bo").flag(.raise, 1, hub).status == .denied)
        sun.goOnDuty(hub, .onBreak)
        #expect(hub.join("cy").flag(.raise, 4, hub).claimGeneration == 0)
    }

    @Test("Who asks again after an answer has a new question, unless it is about the same call")
    func afterAnAnswer() {
        let hub = durableHub()
        let (ana, sun) = (hub.join("ana"), hub.join("sun"))
        ana.flag(.raise, 1, hub)
        sun.flag(.claim, 1, hub)
        #expect(ana.flag(.raise, 2, hub).owner == flagID(1).text, "nobody has answered yet")
        sun.flag(.answer, 1, hub) {
            $0.claimGeneration = 1
            $0.outcome = .answered
            $0.text = "up to 50"
        }
        let next = ana.flag(.raise, 2, hub) { $0.text = "and 80?" }
        #expect(next.status == .ok && hub.flag(2)?.status == .raised)
        let again = ana.flag(.raise, 3, hub)
        #expect(again.status == .exists && again.owner == flagID(2).text)
        // The answered one is the asker's still; only two of them cannot wait at a time.
        #expect(ana.flag(.reopen, 1, hub).owner == flagID(2).text)
        ana.flag(.cancel, 2, hub)
        #expect(ana.flag(.reopen, 1, hub).status == .ok)
        #expect(ana.flag(.raise, 4, hub).owner == flagID(1).text)

        #expect(ana.flag(.raise, 5, hub) { $0.callReference = "call-8" }.status == .ok)
        sun.flag(.claim, 5, hub)
        sun.flag(.answer, 5, hub) {
            $0.claimGeneration = 1
            $0.outcome = .answered
            $0.text = "yes"
        }
        let same = ana.flag(.raise, 6, hub) { $0.callReference = "call-8" }
        #expect(same.status == .exists && same.owner == flagID(5).text)
        ana.flag(.close, 5, hub)
        #expect(ana.flag(.raise, 6, hub) { $0.callReference = "call-8" }.status == .ok)
        #expect(hub.violations == [])
    }

    @Test("Of two claims one wins; the loser learns who, and a stale token does nothing")
    func claims() {
        let hub = durableHub()
        let (ana, sun) = raised(hub)
        let tom = hub.join("tom")
        sun.publish([.flag(.claim, 1)])
        tom.publish([.flag(.claim, 1)])
        hub.turn()
        #expect(sun.takeResults().map(\.status) == [.ok])
        let lost = tom.takeResults().last
        #expect(lost?.status == .conflict && lost?.owner == "sun" && lost?.claimGeneration == 1)
        #expect(sun.flag(.claim, 1, hub).claimGeneration == 1, "claimed already, by the same")
        let stale = sun.flag(.answer, 1, hub) {
            $0.claimGeneration = 9
            $0.outcome = .answered
        }
        #expect(stale.status == .conflict && stale.owner == "sun")
        #expect(ana.flag(.claim, 1, hub).status == .denied, "nobody helps themself")
        #expect(tom.flag(.release, 1, hub) { $0.claimGeneration = 1 }.status == .conflict)
        #expect(sun.flag(.release, 1, hub) { $0.claimGeneration = 1 }.status == .ok)
        #expect(tom.flag(.claim, 1, hub).claimGeneration == 3)
        let zombie = sun.flag(.answer, 1, hub) {
            $0.claimGeneration = 1
            $0.outcome = .answered
        }
        #expect(zombie.status == .conflict && zombie.owner == "tom")
    }

    @Test("R11: nobody sees a transition, and no loser is told, before the journal has it")
    func speculation() {
        let hub = durableHub()
        let (_, sun) = raised(hub)
        let tom = hub.join("tom")
        tom.subscribe(1, "flag/")
        hub.turn()
        _ = (sun.take(), tom.take())
        hub.journal.mode = .held
        sun.publish([.flag(.claim, 1)])
        tom.publish([.flag(.claim, 1)])
        hub.turn()
        #expect(sun.takeResults().isEmpty && tom.take().isEmpty)
        hub.failHeld()
        hub.turn()
        // The loser's answer rested on a claim that the journal has lost.
        #expect(sun.takeStatuses() == [.storage])
        #expect(tom.takeStatuses() == [.storage])
        hub.journal.mode = .immediate
        hub.advance(milliseconds: 1100)
        #expect(tom.flag(.claim, 1, hub).claimGeneration == 1)
    }

    @Test("An owner who is gone for the lease loses the flag; its age stays, their token is void")
    func lease() throws {
        let hub = durableHub()
        let (_, sun) = raised(hub)
        sun.flag(.claim, 1, hub)
        let before = try #require(hub.flag(1))
        sun.loseLink()
        hub.advance(milliseconds: 14_000)
        #expect(hub.flag(1)?.status == .claimed)
        hub.advance(milliseconds: 2_000)
        let after = try #require(hub.flag(1))
        #expect(after.status == .pending && after.cause == .leaseLost && after.owner.isEmpty)
        #expect(after.claimGeneration == 2 && after.stamps.raised == before.stamps.raised)
    }

    @Test("A flag that nobody takes grows louder, and in the end is said to be unanswered")
    func escalation() {
        let hub = durableHub()
        let ana = hub.join("ana") { $0.heartbeatMilliseconds = 1500 }
        ana.flag(.raise, 1, hub)
        for level in 1...3 as ClosedRange<UInt8> {
            hub.advance(milliseconds: 20_500)
            #expect(hub.flag(1)?.escalation == level)
        }
        hub.advance(milliseconds: 4 * 3600 * 1000)
        #expect(hub.flag(1)?.status == .unanswered)
        hub.advance(milliseconds: 8 * 3600 * 1000 + 1000)
        #expect(hub.flag(1) == nil, "forgotten once nobody can rate it any more")
    }

    @Test("Merged flags get their incident's answer; an incident without one gives them back")
    func incidents() throws {
        let hub = durableHub()
        let sun = hub.join("sun")
        var askers: [HarnessClient] = []
        for number in 1...5 as ClosedRange<UInt64> {
            askers.append(hub.join("a\(number)"))
            askers[Int(number) - 1].flag(.raise, number, hub)
        }
        for number in 2...5 as ClosedRange<UInt64> {
            #expect(sun.flag(.merge, number, hub) { $0.incident = flagID(1) }.status == .ok)
        }
        #expect(hub.flag(1)?.merged == 4)
        let generation = sun.flag(.claim, 1, hub).claimGeneration
        sun.flag(.answer, 1, hub) {
            $0.claimGeneration = generation
            $0.outcome = .answered
            $0.text = "it is back"
        }
        for number in 2...5 as ClosedRange<UInt64> {
            let flag = try #require(hub.flag(number, withWords: "a\(number)"))
            #expect(flag.status == .answered && flag.words.answer == "it is back")
            #expect(flag.cause == .incident && flag.owner == "sun")
        }
        #expect(askers[1].flag(.rate, 2, hub) { $0.rating = 4 }.status == .ok)
        askers[2].flag(.reopen, 3, hub)
        #expect(hub.flag(3)?.status == .pending && hub.flag(1)?.status == .answered)
        // A second incident, which is cancelled.
        let bo = hub.join("bo")
        bo.flag(.raise, 6, hub)
        sun.flag(.merge, 3, hub) { $0.incident = flagID(6) }
        #expect(hub.flag(3)?.status == .merged)
        bo.flag(.cancel, 6, hub)
        #expect(hub.flag(3)?.status == .pending)
    }

    @Test("A hub that starts again has its flags, with their times, owners and merged ones")
    func restart() throws {
        let hub = durableHub()
        let (ana, sun) = raised(hub)
        let cy = hub.join("cy")
        cy.flag(.raise, 2, hub)
        sun.flag(.merge, 2, hub) { $0.incident = flagID(1) }
        sun.flag(.claim, 1, hub)
        let before = try #require(hub.flag(1, withWords: "ana"))
        hub.restart()
        for client in [ana, sun, cy] {
            client.reconnect()
            client.firstUnacknowledged = client.nextSequence
            client.hello()
        }
        hub.turn()
        #expect(hub.flag(1, withWords: "ana") == before)
        #expect(
            sun.flag(.answer, 1, hub) {
                $0.claimGeneration = 1
                $0.outcome = .answered
                $0.text = "it is back"
            }.status == .ok
        )
        #expect(hub.flag(2)?.status == .answered)
        #expect(ana.flag(.close, 1, hub).status == .ok)
    }

    @Test("A station that joins late is sent the open flags, then what happens")
    func lateJoiner() throws {
        let hub = durableHub()
        let (ana, sun) = raised(hub)
        for number in 2...4 as ClosedRange<UInt64> {
            hub.join("a\(number)").flag(.raise, number, hub)
        }
        ana.flag(.cancel, 1, hub)
        let late = hub.join("late")
        late.subscribe(1, "flag/")
        hub.turn()
        let records = late.takeRecords()
        #expect(records.map(\.key) == [flagKey(2), flagKey(3), flagKey(4)])
        #expect(records.allSatisfy { $0.header.flags.contains(.snapshot) })
        sun.flag(.claim, 2, hub)
        let live = late.takeRecords()
        #expect(live.map(\.key) == [flagKey(2)] && live[0].header.operation == .claim)
        #expect(!live[0].header.flags.contains(.snapshot))
        #expect(hub.violations == [])
    }
}
