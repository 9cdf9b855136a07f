import FloorBusTestKit
import FloorClient
import FloorEvents
import FloorWire
import Testing

/// A desk whose process is killed: what its successor with the same store says to the hub.
@Suite("An outbox that is kept over the process's end")
struct KeptOutboxTests {
    private let store = MemoryOutboxStore()

    private func events(_ desk: Desk, _ texts: String...) throws {
        for text in texts { _ = try desk.publish("event/bj/ivr/1/", text, .append) }
    }

    /// What the next process sends when the hub has applied this much.
    private func next(_ lastApplied: UInt64, epoch: UInt32 = 1) throws -> (Desk, [String]) {
        let desk = try Desk(keptIn: store)
        desk.connect(epoch: epoch, lastApplied: lastApplied)
        desk.turn()
        return (desk, published(desk))
    }

    private func published(_ desk: Desk) -> [String] {
        desk.lines.filter { $0.hasPrefix("> PUB") }
    }

    private var kept: Int {
        get throws { try store.open(for: "ann", producer: .zero).count }
    }

    @Test("What was never sent is sent by the next process, and new operations number on")
    func offline() throws {
        let first = try Desk(keptIn: store)
        try events(first, "a", "b")
        #expect(try kept == 2)
        let second = try Desk(keptIn: store)
        try events(second, "c")
        second.connect()
        second.turn()
        #expect(
            second.transcript == """
                > open 1
                > HELLO first 1 credit 262144 tokens 0 0
                < WELCOME epoch 1 last 0
                > PING 1 first 1
                > PUB 1 first 1: append event/bj/ivr/1/ 'a', append event/bj/ivr/1/ 'b', \
                append event/bj/ivr/1/ 'c'
                """
        )
        #expect(second.statistics.recovered == 2)
        #expect(second.unacknowledged == 3)
        var run = ResultRun(1, .ok)
        run.count = 3
        second.acknowledge(3, run)
        #expect(second.statistics.accepted == 3)
        #expect(try kept == 0)
        let third = try Desk(keptIn: store)
        try events(third, "d")
        third.connect(lastApplied: 3)
        third.turn()
        #expect(published(third) == ["> PUB 4 first 4: append event/bj/ivr/1/ 'd'"])
        #expect(third.lines.contains("> HELLO first 4 credit 262144 tokens 0 0 secret"))
    }

    @Test("What was sent keeps its number: the hub knows it again")
    func sent() throws {
        let first = try Desk(keptIn: store)
        first.connect()
        try events(first, "a", "b", "c")
        first.turn()
        first.acknowledge(1, ResultRun(1, .ok))
        let (second, sent) = try next(2)
        #expect(
            sent == [
                "> PUB 2 first 2: append event/bj/ivr/1/ 'b', append event/bj/ivr/1/ 'c'"
            ]
        )
        second.acknowledge(3, ResultRun(2, .ok), ResultRun(3, .ok))
        #expect(second.statistics.outboxDepth == 0)
    }

    @Test("An operation to be tried again has lost its number, in the next process too")
    func waiting() throws {
        let first = try Desk(keptIn: store)
        first.connect()
        try events(first, "a", "b", "c")
        first.turn()
        first.refuse(0, retryAfter: 60_000, ResultRun(2, .storage), ResultRun(3, .storage))
        let (_, sent) = try next(3)
        #expect(
            sent == [
                "> PUB 1 first 1: append event/bj/ivr/1/ 'a'",
                "> PUB 4 first 1: append event/bj/ivr/1/ 'b', append event/bj/ivr/1/ 'c'",
            ]
        )
        // The new numbers stay, should it die as well.
        let (third, again) = try next(4)
        #expect(again == sent)
        third.acknowledge(1, ResultRun(1, .ok))
        third.acknowledge(5, ResultRun(4, .ok), ResultRun(5, .ok))
        #expect(try kept == 0)
    }

    @Test("A waiting value that a newer one has overtaken is not sent by the next process")
    func superseded() throws {
        let first = try Desk(keptIn: store)
        first.connect()
        _ = try first.publish("agent/bj/sales/1/", "old")
        first.turn()
        first.refuse(0, retryAfter: 60_000, ResultRun(1, .limit))
        _ = try first.publish("agent/bj/sales/1/", "new")
        #expect(try next(1).1 == ["> PUB 2 first 2: put agent/bj/sales/1/ 'new'"])
    }

    @Test("Numbers given anew, for a hub that has forgotten, are kept before they are used")
    func renumbered() throws {
        let first = try Desk(keptIn: store)
        first.connect()
        try events(first, "a", "b", "c")
        first.turn()
        first.refuse(0, retryAfter: 60_000, ResultRun(2, .storage))
        first.loseLink()
        first.connect(epoch: 2, lastApplied: 0)
        first.turn()
        #expect(store.replacements == 2)
        let (_, sent) = try next(2, epoch: 2)
        #expect(
            sent == [
                "> PUB 1 first 1: append event/bj/ivr/1/ 'a', append event/bj/ivr/1/ 'c', "
                    + "append event/bj/ivr/1/ 'b'"
            ]
        )
    }

    @Test("What the hub called malformed is not sent by the next process")
    func rejected() throws {
        let first = try Desk(keptIn: store)
        first.connect()
        try events(first, "a")
        first.turn()
        try events(first, "b")
        first.turn()
        let refusal = Refusal(.protocolError, "", sequence: 1)
        first.hub(.reject) { refusal.append(to: &$0) }
        first.turn()
        #expect(try next(0).1 == ["> PUB 1 first 1: append event/bj/ivr/1/ 'b'"])
    }

    @Test("Numbers that a power cut has taken from the file are not used again")
    func lostEnd() throws {
        let first = try Desk(keptIn: store)
        first.connect()
        try events(first, "a")
        let early = store.bytes
        try events(first, "b", "c")
        first.turn()
        store.bytes = early
        let second = try Desk(keptIn: store)
        try events(second, "new")
        second.connect(lastApplied: 3)
        second.turn()
        #expect(
            published(second) == [
                "> PUB 1 first 1: append event/bj/ivr/1/ 'a'",
                "> PUB 4 first 1: append event/bj/ivr/1/ 'new'",
            ]
        )
        #expect(try next(4).1 == published(second))
    }

    @Test("Leased values older than a lease lasts are not sent; events and unleased ones are")
    func outdated() throws {
        let first = try Desk(keptIn: store)
        first.step(.start)
        _ = try first.publish("agent/bj/sales/1/", "ready")
        try events(first, "a")
        var unleased = Publication(.put)
        unleased.isLeased = false
        let key = Array("custom/bj/x/1/".utf8)
        _ = try first.core.publish(unleased, key: key.span, payload: [65].span)
        _ = try first.publish("agent/bj/sales/2/", "", .delete)
        let everything =
            "> PUB 1 first 1: put agent/bj/sales/1/ 'ready', append event/bj/ivr/1/ 'a', "
            + "put custom/bj/x/1/ 'A', delete agent/bj/sales/2/ ''"
        #expect(try next(0).1 == [everything])
        let late = try Desk(keptIn: store)
        late.now.wall += Limits.staleMicroseconds + 1
        late.connect()
        late.turn()
        #expect(
            published(late) == [
                "> PUB 1 first 1: append event/bj/ivr/1/ 'a', put custom/bj/x/1/ 'A', "
                    + "delete agent/bj/sales/2/ ''"
            ]
        )
        #expect(late.statistics.outdated == 1)
        #expect(late.unacknowledged == 3)
    }

    @Test("Own values said again to a new hub are kept like everything that is sent")
    func reasserted() throws {
        let first = try Desk(keptIn: store)
        first.connect()
        _ = try first.publish("agent/bj/sales/1/", "ready")
        first.turn()
        first.acknowledge(1, ResultRun(1, .ok))
        first.loseLink()
        first.connect(epoch: 2, lastApplied: 1)
        first.turn()
        #expect(try next(1, epoch: 2).1 == ["> PUB 2 first 2: put agent/bj/sales/1/ 'ready'"])
    }

    @Test("A client that is closed leaves what is unanswered to the next")
    func closed() throws {
        let first = try Desk(keptIn: store)
        let mailbox = try first.core.openMailbox()
        _ = try first.publish("event/bj/ivr/1/", "a", .append, results: mailbox)
        first.core.close()
        first.turn()
        #expect(first.take(mailbox).last == "result 1 closed")
        #expect(try next(0).1 == ["> PUB 1 first 1: append event/bj/ivr/1/ 'a'"])
    }
}
