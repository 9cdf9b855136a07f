import FloorClient
import FloorEvents
import FloorWire
import Testing

/// Golden transcripts: what a client and a hub say to each other, as a person reads it.
@Suite("Golden transcripts of a client")
struct TranscriptTests {
    @Test("A client connects, subscribes, publishes and takes what comes")
    func firstMinute() throws {
        let desk = Desk()
        let mailbox = try desk.core.openMailbox()
        let agents = try desk.core.subscribe(KeyFilter("agent/bj/"), mailbox: mailbox)
        _ = try desk.publish("agent/bj/sales/1/", "ready", results: mailbox)
        _ = try desk.publish("agent/bj/sales/2/", "busy", results: mailbox)
        desk.connect()
        desk.turn()
        desk.accept(agents)
        desk.deliver(
            stable: rev(2),
            record("agent/bj/sales/1/", "ready", 1),
            record("agent/bj/sales/2/", "busy", 2)
        )
        desk.endSnapshot(agents, count: 2, stable: rev(2))
        desk.acknowledge(2, ResultRun(1, .ok, revision: rev(1)), ResultRun(2, .ok))
        desk.take(mailbox)
        desk.pass(1000)
        #expect(
            desk.transcript == """
                > open 1
                > HELLO first 1 credit 262144 tokens 0 0
                < WELCOME epoch 1 last 0
                > PING 1 first 1
                > ready
                > SUBSCRIBE 1 agent/bj/ from 0 0
                > PUB 1 first 1: put agent/bj/sales/1/ 'ready', put agent/bj/sales/2/ 'busy'
                < SUBACK 1
                < SNAP_BEGIN 1 full
                < DELIVER stable 1.2: put agent/bj/sales/1/ 'ready' @1.1, \
                put agent/bj/sales/2/ 'busy' @1.2
                < SNAP_END 1 full
                < ACK 2: 1 ok, 2 ok
                * up epoch 1 first
                * record 1: put agent/bj/sales/1/ 'ready' @1.1
                * record 1: put agent/bj/sales/2/ 'busy' @1.2
                * end 1 of 2
                * result 1 ok
                * result 2 ok
                > PING 2 first 3
                """
        )
    }

    @Test("A lost link is opened anew and resumes where the hub was stable")
    func resume() throws {
        let desk = Desk(random: 250_000)
        let mailbox = try desk.core.openMailbox()
        let all = try desk.core.subscribe(KeyFilter("+/"), mailbox: mailbox)
        desk.connect()
        desk.turn()
        desk.accept(all, eventStart: rev(4))
        desk.endSnapshot(all, stable: rev(9))
        desk.take(mailbox)
        _ = try desk.publish("event/bj/ivr/1/", "a", .append, results: mailbox)
        _ = try desk.publish("event/bj/ivr/1/", "b", .append, results: mailbox)
        desk.turn()
        desk.lines.removeAll()
        desk.step(.linkDown(attempt: 1, .broken))
        desk.pass(249)
        desk.pass(1)
        desk.connect(lastApplied: 1)
        desk.turn()
        desk.acknowledge(2, ResultRun(1, .ok, revision: rev(5)), ResultRun(2, .ok))
        desk.take(mailbox)
        #expect(
            desk.transcript == """
                > ready
                > open 2
                > HELLO first 1 credit 262144 tokens 1.9 1.4 secret
                < WELCOME epoch 1 last 1
                > PING 2 first 1
                > SUBSCRIBE 1 +/ from 1.9 1.4
                > PUB 1 first 1: append event/bj/ivr/1/ 'a', append event/bj/ivr/1/ 'b'
                < ACK 2: 1 ok, 2 ok
                * up epoch 1 resumed
                * result 1 ok
                * result 2 ok
                """
        )
    }

    @Test("What the hub cannot store now is tried again later under a new number")
    func retry() throws {
        let desk = Desk()
        let mailbox = try desk.core.openMailbox()
        desk.connect()
        desk.take(mailbox)
        _ = try desk.publish("event/bj/ivr/1/", "a", .append, results: mailbox)
        _ = try desk.publish("agent/bj/sales/1/", "ready", results: mailbox)
        desk.lines.removeAll()
        desk.turn()
        desk.refuse(0, retryAfter: 1000, ResultRun(1, .storage))
        desk.acknowledge(0, ResultRun(2, .ok, revision: rev(1)))
        desk.take(mailbox)
        desk.pass(999)
        desk.pass(1)
        desk.acknowledge(3, ResultRun(3, .ok, revision: rev(1)))
        desk.take(mailbox)
        #expect(
            desk.transcript == """
                > PUB 1 first 1: append event/bj/ivr/1/ 'a', put agent/bj/sales/1/ 'ready'
                < NACK 0: after 1000 ms, 1 storage
                > deferred: storage
                < ACK 0: 2 ok
                > ready
                * result 2 ok
                > PING 2 first 2
                > PUB 3 first 2: append event/bj/ivr/1/ 'a'
                < ACK 3: 3 ok
                > resumed
                > ready
                * result 1 ok
                """
        )
        #expect(desk.unacknowledged == 0)
        #expect(desk.statistics.outboxDepth == 0)
    }

    @Test("Closing sends what may go, says BYE and settles the rest")
    func close() throws {
        let desk = Desk()
        let mailbox = try desk.core.openMailbox()
        desk.connect()
        desk.take(mailbox)
        desk.lines.removeAll()
        _ = try desk.publish("agent/bj/sales/1/", "ready", results: mailbox)
        #expect(desk.unacknowledged == 1)
        desk.core.close()
        desk.turn()
        desk.take(mailbox)
        #expect(throws: FloorStatus.closed) { try desk.publish("agent/bj/sales/1/", "busy") }
        #expect(
            desk.transcript == """
                > PUB 1 first 1: put agent/bj/sales/1/ 'ready'
                > BYE
                > close 1
                > closed
                > ready
                * down closed
                * result 1 closed
                """
        )
        desk.pass(60_000)
        #expect(desk.nextDeadline == .max)
    }

    @Test("Closing between HELLO and WELCOME says BYE too: the hub has a session by then")
    func closeBeforeWelcome() {
        let desk = Desk()
        desk.step(.start)
        desk.step(.linkUp(attempt: desk.attempt))
        desk.lines.removeAll()
        desk.core.close()
        desk.turn()
        #expect(desk.transcript == "> BYE\n> close 1\n> closed")
    }
}
