import FloorBusTestKit
import FloorEvents
import FloorHub
import FloorWire
import Testing

/// A durable hub dies and lives again: nothing acknowledged is lost, nothing is applied twice.
struct RestartTests {
    private let agent = "agent/bj/sales/4711/"
    private let call = "event/bj/calls/1/"

    private func durableHub() -> HubHarness { HubHarness { $0.isDurable = true } }

    private func results(_ client: HarnessClient) -> [ResultRun] {
        client.take().flatMap { message -> [ResultRun] in
            switch message.content {
            case .acknowledge(let results), .refuse(let results): results.runs
            default: []
            }
        }
    }

    /// Everything a GET of a filter answers.
    private func values(_ hub: HubHarness, _ client: HarnessClient) -> [String: ReceivedRecord] {
        _ = client.take()
        client.ask(.get, "+/")
        hub.turn()
        let records = client.take().flatMap { $0.records }
        return Dictionary(uniqueKeysWithValues: records.map { ($0.key, $0) })
    }

    private func lastApplied(_ client: HarnessClient) -> UInt64? {
        var last: UInt64?
        for case .welcome(let welcome) in client.take().map(\.content) {
            last = welcome.lastApplied
        }
        return last
    }

    /// A client with the identity of another, on a hub that has started again.
    private func comeBack(_ hub: HubHarness, _ client: HarnessClient, first: UInt64) {
        client.reconnect()
        client.firstUnacknowledged = first
        client.hello()
        hub.turn()
    }

    @Test("R12: a commit whose acknowledgement was lost is answered again, not applied again")
    func lostAcknowledgement() {
        let hub = durableHub()
        let ana = hub.client("ana")
        ana.hello()
        ana.publish([.event(call, "one")])
        hub.turn()
        let told = results(ana)
        hub.restart()
        comeBack(hub, ana, first: 1)
        #expect(lastApplied(ana) == 1)
        ana.publish([.event(call, "one")], first: 1)
        hub.turn()
        #expect(results(ana) == told)
        #expect(hub.journal.records.map(\.text) == ["one"])
        #expect(hub.violations == [])
    }

    @Test("A crash before the commit: what is sent again is applied once")
    func lostCommit() {
        let hub = durableHub()
        hub.journal.mode = .held
        let ana = hub.client("ana")
        ana.hello()
        ana.publish([.put(agent, "ready"), .event(call, "one")])
        hub.turn()
        hub.restart()
        hub.journal.mode = .immediate
        comeBack(hub, ana, first: 1)
        #expect(lastApplied(ana) == 0)
        ana.publish([.put(agent, "ready"), .event(call, "one")], first: 1)
        hub.turn()
        #expect(hub.journal.records.map(\.text) == ["one"])
        #expect(values(hub, ana)[agent]?.text == "ready")
    }

    @Test("An event's transaction has the values that were applied before it")
    func valuesBeforeEvent() {
        let hub = durableHub()
        let ana = hub.client("ana")
        ana.hello()
        ana.publish([.put(agent, "talking", flags: .unleased), .event(call, "one")])
        hub.turn()
        hub.restart()
        comeBack(hub, ana, first: 1)
        // Both are decided, so neither will be applied again: both must be there.
        #expect(lastApplied(ana) == 2)
        #expect(values(hub, ana)[agent]?.text == "talking")
    }

    @Test("A value is in the journal within a second, without any event")
    func checkpoint() {
        let hub = durableHub()
        let ana = hub.client("ana")
        ana.hello()
        hub.turn()
        ana.publish([.put(agent, "ready", flags: .unleased)])
        hub.turn()
        ana.publish([.put(agent, "talking", flags: .unleased)])
        hub.turn()
        #expect(hub.hub.nextDeadline <= hub.time.boot + 1_000_000)
        hub.idle(milliseconds: 1000)
        hub.restart()
        let wall = hub.client("wall", producer: 99)
        wall.hello()
        hub.turn()
        #expect(values(hub, wall)[agent]?.text == "talking")
    }

    @Test("A deleted key does not come back")
    func deletion() {
        let hub = durableHub()
        let ana = hub.client("ana")
        ana.hello()
        ana.publish(agent, "ready")
        hub.idle(milliseconds: 1000)
        ana.publish([.delete(agent)])
        hub.turn()
        hub.idle(milliseconds: 1000)
        hub.restart()
        comeBack(hub, ana, first: 3)
        #expect(values(hub, ana)[agent] == nil)
    }

    @Test("A hub at rest writes nothing and does not wake up for it")
    func rest() {
        let hub = durableHub()
        let ana = hub.client("ana")
        ana.hello()
        ana.publish([.put(agent, "ready", flags: .unleased)])
        ana.bye()
        hub.turn()
        hub.idle(milliseconds: 2000)
        let memory = HubHarness()
        memory.turn()
        memory.idle(milliseconds: 2000)
        hub.transcript = Transcript()
        let wakes = hub.idle(milliseconds: 10_000)
        #expect(wakes <= memory.idle(milliseconds: 10_000) + 1)
        #expect(!hub.transcript.text.contains("commit"))
    }

    @Test("R10: values are suspect until their owner speaks, and stale after one grace")
    func suspect() {
        for ownerReturns in [true, false] {
            let hub = durableHub()
            let ana = hub.client("ana")
            ana.hello()
            ana.publish([
                .put(agent, "ready"), .put("custom/bj/sales/1/", "mine", flags: .unleased),
            ])
            hub.turn()
            hub.idle(milliseconds: 1000)
            hub.restart()
            let wall = hub.client("wall", producer: 99)
            wall.hello()
            hub.turn()
            var seen = values(hub, wall)
            #expect(seen[agent]?.header.flags.freshness == .suspect)
            #expect(seen["custom/bj/sales/1/"]?.header.flags.freshness == .live)
            if ownerReturns { comeBack(hub, ana, first: 3) }
            for _ in 0..<25 {
                hub.advance(milliseconds: 1000)
                wall.ping()
                if ownerReturns { ana.ping() }
                hub.turn()
            }
            seen = values(hub, wall)
            #expect(seen[agent]?.header.flags.freshness == (ownerReturns ? .live : .stale))
            #expect(hub.violations == [])
        }
    }

    @Test("Nobody is present at a hub that has just started")
    func presence() throws {
        let hub = durableHub()
        let ana = hub.client("ana")
        ana.hello()
        hub.turn()
        hub.idle(milliseconds: 1000)
        hub.restart()
        let wall = hub.client("wall", producer: 99)
        wall.hello()
        hub.turn()
        let seen = values(hub, wall)
        let gone = try #require(seen["presence/-/-/ana/"])
        #expect(try Presence(payload: gone.payload.span).sessions == 0)
        let here = try #require(seen["presence/-/-/wall/"])
        #expect(try Presence(payload: here.payload.span).sessions == 1)
    }

    @Test("R21: a producer id still belongs to its principal")
    func principal() {
        let hub = durableHub()
        let ana = hub.client("ana", producer: 7)
        ana.hello()
        ana.publish([.event(call, "one")])
        hub.turn()
        hub.restart()
        let thief = hub.client("thief", producer: 7)
        thief.hello()
        hub.turn()
        guard case .reject(let refusal)? = thief.take().first?.content else {
            Issue.record("the thief was let in")
            return
        }
        #expect(refusal.status == .denied)
    }

    @Test("What a failed batch held goes into the next one, values and producers too")
    func failedBatch() {
        let hub = durableHub()
        let ana = hub.client("ana")
        ana.hello()
        hub.turn()
        hub.journal.mode = .failing
        ana.publish([.put(agent, "ready", flags: .unleased), .event(call, "one")])
        hub.turn()
        #expect(results(ana).map(\.status).contains(.storage))
        hub.journal.mode = .immediate
        hub.idle(milliseconds: 2000)
        hub.restart()
        ana.reconnect()
        ana.firstUnacknowledged = 1
        ana.hello()
        hub.turn()
        #expect(lastApplied(ana) == 2)
        // The refusal is kept with the rest: the client may not have heard it.
        ana.publish([.put(agent, "ready", flags: .unleased), .event(call, "one")], first: 1)
        hub.turn()
        let again = results(ana).sorted { $0.first < $1.first }
        #expect(again.map(\.status) == [.ok, .storage])
        #expect(hub.journal.records.isEmpty)
        #expect(values(hub, ana)[agent]?.text == "ready")
    }

    @Test("A journal that fails is told to everybody, and works again although nobody publishes")
    func trouble() throws {
        let key = "presence/-/hub/journal/"
        let hub = durableHub()
        let ana = hub.client("ana")
        ana.hello()
        hub.turn()
        var looks: UInt64 = 100
        // Each look is a fresh client's: a silent one's session ends.
        let sessions = { () throws -> UInt32? in
            looks += 1
            let wall = hub.client("wall \(looks)", producer: looks)
            wall.hello()
            hub.turn()
            guard let record = self.values(hub, wall)[key] else { return nil }
            return try Presence(payload: record.payload.span).sessions
        }
        #expect(try sessions() == nil)
        hub.journal.mode = .failing
        ana.publish([.event(call, "one")])
        hub.turn()
        #expect(try sessions() == 0)
        #expect(!hub.hub.statistics.isStoring)
        ana.publish([.event(call, "two")])
        hub.turn()
        #expect(results(ana).map(\.status) == [.storage, .storage])
        hub.idle(milliseconds: 5000)
        #expect(try sessions() == 0, "still nothing can be stored")
        hub.journal.mode = .immediate
        hub.idle(milliseconds: 2000)
        #expect(try sessions() == 1)
        #expect(hub.hub.statistics.isStoring)
        // A next life begins with a journal that has just been opened.
        hub.journal.mode = .failing
        ana.publish([.event(call, "three")])
        hub.turn()
        hub.journal.mode = .immediate
        hub.restart()
        #expect(try sessions() == 1)
        #expect(hub.violations == [])
    }

    @Test("A checkpoint while events are under way does not call them done")
    func outstanding() {
        let hub = durableHub()
        let ana = hub.client("ana")
        ana.hello()
        hub.turn()
        hub.journal.mode = .held
        ana.publish([.event(call, "one")])
        hub.turn()
        ana.publish([.put(agent, "ready", flags: .unleased)])
        hub.idle(milliseconds: 900)
        hub.failHeld()
        hub.journal.mode = .immediate
        hub.idle(milliseconds: 400)
        hub.restart()
        comeBack(hub, ana, first: 1)
        #expect(hub.journal.records.isEmpty)
        ana.publish([.event(call, "one")], first: 1)
        hub.turn()
        // Refused before or forgotten and applied now; never "ok" without a record.
        let status = results(ana).first?.status
        #expect(status == .storage || hub.journal.records.map(\.text) == ["one"])
    }

    @Test("A clock that went back by hours between two lives is stepped: nothing stands still")
    func steppedClock() {
        let hub = durableHub()
        let ana = hub.client("ana")
        ana.hello()
        ana.publish([.event(call, "one")])
        hub.turn()
        hub.time.wall -= 20 * 3600 * 1_000_000
        hub.restart()
        comeBack(hub, ana, first: 2)
        ana.publish([.event(call, "two")], first: 2)
        hub.turn()
        let stamps = hub.journal.records.map(\.header.hubTime)
        #expect(stamps.count == 2)
        let late = (stamps.last ?? 0) - hub.time.wall
        #expect(late >= 0 && late < 1_000_000)
        #expect(hub.journal.records.map(\.header.revision.epoch) == [1, 2])
        // The second lies before the first by the clock, and a question by time finds it.
        ana.ask(.replay, call, from: hub.time.wall - 1_000_000, to: hub.time.wall + 1_000_000)
        hub.turn()
        #expect(ana.takeRecords().map(\.text).contains("two"))
    }

    @Test("A presence that nobody remembers leaves the table and the journal after a week")
    func forgottenPresence() throws {
        let hub = durableHub()
        let ana = hub.client("ana")
        ana.hello()
        hub.turn()
        ana.bye()
        hub.idle(milliseconds: 1000)
        for _ in 0..<3 {
            hub.advance(milliseconds: 2 * 24 * 3_600_000)
            hub.restart()
        }
        #expect(hub.hub.statistics.keys == 1)
        hub.advance(milliseconds: 2 * 24 * 3_600_000)
        hub.idle(milliseconds: 1000)
        #expect(hub.hub.statistics.keys == 0)
        hub.idle(milliseconds: 1000)
        hub.restart()
        #expect(hub.hub.statistics.keys == 0)
    }

    @Test("Stamps go on where the last life stopped, even if the clock went back a little")
    func stamps() {
        let hub = durableHub()
        let ana = hub.client("ana")
        ana.hello()
        ana.publish([.event(call, "one")])
        hub.turn()
        let before = hub.journal.records.map(\.header.hubTime)
        hub.time.wall -= 30_000_000
        hub.restart()
        comeBack(hub, ana, first: 2)
        ana.publish([.event(call, "two")], first: 2)
        hub.turn()
        let after = hub.journal.records.map(\.header.hubTime)
        #expect(after.count == 2)
        #expect(after.last ?? 0 > before.last ?? .max)
    }

    @Test("A hub in memory hands over events alone")
    func memory() {
        let hub = HubHarness()
        let ana = hub.client("ana")
        ana.hello()
        ana.publish([.put(agent, "ready"), .event(call, "one")])
        hub.turn()
        hub.idle(milliseconds: 2000)
        #expect(hub.journal.contents.values.isEmpty)
        #expect(hub.journal.contents.producers.isEmpty)
    }
}
