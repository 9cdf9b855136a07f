import FloorBusTestKit
import FloorEvents
import FloorHub
import FloorWire
import Testing

/// What a transport knows of a link's peer, and what a HELLO says of itself.
@Suite struct IdentityLinkTests {
    @Test("A HELLO that names another than the connection's principal is denied and audited")
    func disagreement() {
        let hub = HubHarness()
        let eve = hub.client("eve")
        hub.step(.linkIdentity(eve.link, LinkIdentity(.key, principal: "ana")))
        eve.hello()
        #expect(eve.takeRefusal()?.status == .denied)
        #expect(hub.hub.statistics.denied == 1 && hub.hub.statistics.sessions == 0)
    }

    @Test("One that agrees, or that nobody vouches for, has its session")
    func agreement() {
        let hub = HubHarness()
        let ana = hub.client("ana")
        hub.step(.linkIdentity(ana.link, LinkIdentity(.key, principal: "ana")))
        // Bound once: a second word changes nothing.
        hub.step(.linkIdentity(ana.link, LinkIdentity(.key, principal: "eve")))
        ana.hello()
        #expect(ana.session != 0)
        let bo = hub.client("bo")
        hub.step(.linkIdentity(bo.link, LinkIdentity(.local)))
        bo.hello()
        #expect(bo.session != 0)
    }

    @Test("What is known of a link ends with the link")
    func end() {
        let hub = HubHarness()
        let ana = hub.client("ana")
        hub.step(.linkIdentity(ana.link, LinkIdentity(.key, principal: "bo")))
        hub.step(.linkGone(ana.link))
        ana.hello()
        #expect(ana.session != 0)
    }
}
