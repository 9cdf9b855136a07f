import FloorBusTestKit
import FloorEvents
import FloorHub
import FloorWire
import Testing

/// R21: two clients with one producer id, a copied image or an outbox file that exists twice.
struct CopiedClientTests {
    private let key = "event/bj/calls/1/"

    /// What the last WELCOME said of the numbers; nil when there was none.
    private func numbersAreForeign(_ client: HarnessClient) -> Bool? {
        for case .welcome(let welcome) in client.take().map(\.content) { return welcome.isForeign }
        return nil
    }

    private func status(_ client: HarnessClient) -> FloorStatus? {
        for case .reject(let refusal) in client.take().map(\.content) { return refusal.status }
        return nil
    }

    private func pair(_ hub: HubHarness) -> (HarnessClient, HarnessClient) {
        (
            hub.client("ana", producer: 7),
            hub.client("copy", principal: "ana", producer: 7)
        )
    }

    @Test("While the one lives the other stays outside")
    func oneLives() {
        let hub = HubHarness()
        let (ana, copy) = pair(hub)
        ana.hello()
        #expect(numbersAreForeign(ana) == false)
        copy.hello()
        #expect(status(copy) == .exists)
    }

    @Test("Whoever comes after the other numbers anew, whoever comes back to their own does not")
    func turns() {
        let hub = HubHarness()
        let (ana, copy) = pair(hub)
        ana.hello()
        ana.publish([.event(key, "one")])
        hub.turn()
        _ = ana.take()
        ana.loseLink()
        ana.hello()
        #expect(numbersAreForeign(ana) == false)
        ana.loseLink()
        copy.hello()
        #expect(numbersAreForeign(copy) == true)
        copy.publish([.event(key, "two")], first: 2)
        hub.turn()
        copy.loseLink()
        ana.hello()
        #expect(numbersAreForeign(ana) == true)
    }

    @Test("A WELCOME that was lost is asked for again with the secret before it")
    func lostWelcome() {
        let hub = HubHarness()
        let ana = hub.client("ana", producer: 7)
        ana.hello()
        ana.publish([.event(key, "one")])
        hub.turn()
        let before = ana.secret
        ana.reconnect()
        ana.hello()
        // The hub does not know yet that this link is dead too.
        ana.reconnect()
        ana.hello { $0.resumeSecret = before }
        #expect(numbersAreForeign(ana) == false)
        #expect(hub.hub.statistics.sessions == 1)
    }

    @Test("A HELLO that arrives late does not make its own client a stranger")
    func zombie() {
        let hub = HubHarness()
        let ana = hub.client("ana", producer: 7)
        ana.hello()
        ana.publish([.event(key, "one")])
        hub.turn()
        let first = ana.secret
        ana.loseLink()
        ana.hello()
        let second = ana.secret
        // The HELLO of an attempt that was given up comes last and ends the session.
        ana.reconnect()
        ana.hello { $0.resumeSecret = first }
        ana.loseLink()
        ana.hello { $0.resumeSecret = second }
        #expect(numbersAreForeign(ana) == false)
    }

    @Test("After a restart the incarnation tells them apart")
    func restart() {
        let hub = HubHarness { $0.isDurable = true }
        let (ana, copy) = pair(hub)
        ana.hello { $0.incarnation = 1 }
        ana.publish([.event(key, "one")])
        hub.turn()
        hub.restart()
        copy.reconnect()
        copy.hello { $0.incarnation = 2 }
        #expect(numbersAreForeign(copy) == true)
        copy.loseLink()
        hub.restart()
        ana.reconnect()
        ana.hello { $0.incarnation = 1 }
        #expect(numbersAreForeign(ana) == false)
    }

    @Test("What a copy knows the results of says nothing about the other one's")
    func results() {
        let hub = HubHarness { $0.isDurable = true }
        let (ana, copy) = pair(hub)
        ana.firstUnacknowledged = 1
        ana.hello { $0.incarnation = 1 }
        // Refused, and she does not hear of it.
        ana.publish([.flag(.claim, 9)])
        hub.turn()
        ana.loseLink()
        copy.firstUnacknowledged = 2
        copy.hello { $0.incarnation = 2 }
        copy.ping()
        hub.turn()
        copy.loseLink()
        // Her next operation stores her results anew.
        ana.hello { $0.incarnation = 1 }
        ana.publish([.event(key, "one")])
        hub.turn()
        hub.restart()
        ana.reconnect()
        ana.hello { $0.incarnation = 1 }
        #expect(numbersAreForeign(ana) == false)
        ana.publish([.flag(.claim, 9)], first: 1)
        hub.turn()
        #expect(ana.takeResults().map(\.status) == [.notFound])
    }
}
