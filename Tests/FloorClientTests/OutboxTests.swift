import FloorClient
import FloorEvents
import FloorWire
import Testing

@Suite("Operations on their way up")
struct OutboxTests {
    private func linked(
        _ change: (inout ClientOptions) -> Void = { _ in }
    ) throws -> (Desk, MailboxID) {
        let desk = Desk(change)
        let mailbox = try desk.core.openMailbox()
        desk.connect()
        desk.take(mailbox)
        desk.lines.removeAll()
        return (desk, mailbox)
    }

    @Test("A PUB holds at most 64 KiB, and at most 64 PUBs are unacknowledged")
    func window() throws {
        let (desk, _) = try linked { $0.outboxOperations = 4096 }
        let text = String(repeating: "x", count: 1000)
        for _ in 0..<4000 { _ = try desk.publish("event/bj/ivr/1/", text, .append) }
        desk.sent.removeAll()
        desk.turn()
        let bytes = desk.sent.reduce(0) { $0 + $1.count }
        #expect(desk.sent.allSatisfy { $0.count <= Limits.publishBytes })
        #expect(desk.sent.count <= Limits.unacknowledgedMessages)
        #expect(bytes <= Limits.unacknowledgedBytes)
        #expect(bytes > Limits.unacknowledgedBytes - 2 * Limits.publishBytes)
        let before = desk.sent.count
        desk.turn()
        #expect(desk.sent.count == before)
        var run = ResultRun(1, .ok)
        run.count = 59
        desk.acknowledge(59, run)
        desk.turn()
        #expect(desk.sent.count == before + 1)
    }

    @Test("A full outbox refuses with limit, and takes more when results are known")
    func full() throws {
        let (desk, mailbox) = try linked { $0.outboxOperations = 2 }
        _ = try desk.publish("agent/bj/sales/1/", "a", results: mailbox)
        _ = try desk.publish("agent/bj/sales/2/", "b", results: mailbox)
        #expect(throws: FloorStatus.limit) { try desk.publish("agent/bj/sales/3/", "c") }
        desk.turn()
        var run = ResultRun(1, .ok)
        run.count = 2
        desk.acknowledge(2, run)
        _ = try desk.publish("agent/bj/sales/3/", "c")
        #expect(throws: FloorStatus.limit) {
            try desk.publish("agent/bj/sales/3/", "c", results: mailbox)
        }
        #expect(desk.take(mailbox) == ["result 1 ok", "result 2 ok"])
        _ = try desk.publish("agent/bj/sales/3/", "c", results: mailbox)
    }

    @Test("A flag operation that was refused is not done again for a hub that forgot it")
    func refusedOnce() throws {
        let (desk, mailbox) = try linked()
        let flag = "flag/bj/sales/000000000000f1a60000000000000001/"
        _ = try desk.publish("event/bj/ivr/1/", "a", .append, results: mailbox)
        _ = try desk.publish(flag, "b", .claim, results: mailbox)
        _ = try desk.publish("event/bj/ivr/1/", "c", .append, results: mailbox)
        desk.turn()
        desk.acknowledge(0, ResultRun(2, .notFound))
        #expect(desk.take(mailbox) == ["result 2 notFound"])
        // It dies before it has stored what it had refused.
        desk.loseLink()
        desk.connect(lastApplied: 0)
        desk.lines.removeAll()
        desk.turn()
        #expect(
            desk.lines == [
                "> PUB 1 first 1: append event/bj/ivr/1/ 'a', append event/bj/ivr/1/ 'c'"
            ]
        )
    }

    @Test("The cumulative value may run ahead of results that follow: none is lost")
    func splitResults() throws {
        let (desk, mailbox) = try linked()
        for number in 1...3 {
            _ = try desk.publish("agent/bj/sales/\(number)/", "a", results: mailbox)
        }
        desk.turn()
        desk.acknowledge(3, ResultRun(1, .ok))
        #expect(desk.unacknowledged == 2)
        desk.loseLink()
        desk.connect(lastApplied: 3)
        desk.lines.removeAll()
        desk.turn()
        #expect(
            desk.lines == [
                "> PUB 2 first 2: put agent/bj/sales/2/ 'a', put agent/bj/sales/3/ 'a'"
            ]
        )
        desk.acknowledge(3, ResultRun(2, .denied), ResultRun(3, .ok))
        desk.acknowledge(3, ResultRun(2, .ok), ResultRun(3, .ok))
        let taken = desk.take(mailbox)
        #expect(
            taken.filter { $0.hasPrefix("result") } == [
                "result 1 ok", "result 2 denied", "result 3 ok",
            ]
        )
    }

    @Test("NACK(expected) sends again from there, and an old one is passed over")
    func rewind() throws {
        let (desk, mailbox) = try linked()
        _ = try desk.publish("agent/bj/sales/1/", "a", results: mailbox)
        desk.turn()
        _ = try desk.publish("agent/bj/sales/2/", "b", results: mailbox)
        desk.turn()
        desk.lines.removeAll()
        desk.refuse(0, expected: 1)
        desk.turn()
        desk.acknowledge(2, ResultRun(1, .ok), ResultRun(2, .ok))
        desk.refuse(0, expected: 1)
        desk.refuse(0, expected: .max)
        desk.turn()
        #expect(
            desk.lines.filter { $0.hasPrefix("> PUB") } == [
                "> PUB 1 first 1: put agent/bj/sales/1/ 'a', put agent/bj/sales/2/ 'b'"
            ]
        )
        #expect(desk.take(mailbox) == ["result 1 ok", "result 2 ok"])
    }

    @Test("A PUB the hub calls malformed fails its tickets; the rest is numbered from there")
    func reject() throws {
        let (desk, mailbox) = try linked()
        _ = try desk.publish("agent/bj/sales/1/", "a", results: mailbox)
        desk.turn()
        _ = try desk.publish("agent/bj/sales/2/", "b", results: mailbox)
        desk.turn()
        desk.lines.removeAll()
        let refusal = Refusal(.protocolError, "", sequence: 1)
        desk.hub(.reject) { refusal.append(to: &$0) }
        desk.turn()
        desk.acknowledge(1, ResultRun(1, .ok))
        #expect(desk.lines.contains("> PUB 1 first 1: put agent/bj/sales/2/ 'b'"))
        #expect(desk.take(mailbox) == ["result 1 protocolError", "result 2 ok"])
        #expect(desk.statistics.outboxDepth == 0)
    }

    @Test("What a crashed hub has forgotten is numbered anew; voids leave no hole")
    func renumber() throws {
        let (desk, mailbox) = try linked()
        for text in ["a", "b", "c"] {
            _ = try desk.publish("event/bj/ivr/1/", text, .append, results: mailbox)
        }
        desk.turn()
        desk.refuse(0, retryAfter: 60_000, ResultRun(2, .storage))
        desk.loseLink()
        desk.connect(epoch: 2, lastApplied: 0)
        desk.lines.removeAll()
        desk.turn()
        #expect(
            desk.lines == [
                "> PUB 1 first 1: append event/bj/ivr/1/ 'a', append event/bj/ivr/1/ 'c'"
            ]
        )
        desk.acknowledge(2, ResultRun(1, .ok), ResultRun(2, .ok))
        desk.lines.removeAll()
        for _ in 0..<60 {
            desk.pass(1000)
            desk.pong(stable: .zero)
        }
        desk.acknowledge(3, ResultRun(3, .ok))
        #expect(desk.lines.contains("> PUB 3 first 3: append event/bj/ivr/1/ 'b'"))
        #expect(
            desk.take(mailbox).filter { $0.hasPrefix("result") } == [
                "result 1 ok", "result 3 ok", "result 2 ok",
            ]
        )
    }

    @Test("A waiting value does not come back over a newer one of its key")
    func superseded() throws {
        let (desk, mailbox) = try linked()
        _ = try desk.publish("agent/bj/sales/1/", "old", results: mailbox)
        desk.turn()
        desk.refuse(0, retryAfter: 1000, ResultRun(1, .limit))
        _ = try desk.publish("agent/bj/sales/1/", "new", results: mailbox)
        desk.turn()
        #expect(desk.take(mailbox) == ["result 1 limit"])
        #expect(desk.unacknowledged == 1)
    }

    @Test("Own values are said again to a hub of another epoch, but not over newer ones")
    func reassert() throws {
        let (desk, _) = try linked()
        _ = try desk.publish("agent/bj/sales/1/", "one")
        _ = try desk.publish("agent/bj/sales/2/", "two")
        _ = try desk.publish("agent/bj/sales/3/", "gone")
        _ = try desk.publish("agent/bj/sales/3/", "", .delete)
        var unleased = Publication(.put)
        unleased.isLeased = false
        _ = try desk.core.publish(
            unleased,
            key: Array("custom/bj/x/1/".utf8).span,
            payload: [1, 2].span
        )
        desk.turn()
        var run = ResultRun(1, .ok)
        run.count = 5
        desk.acknowledge(5, run)
        desk.loseLink()
        desk.lines.removeAll()
        desk.connect(lastApplied: 5)
        desk.turn()
        #expect(!desk.lines.contains { $0.hasPrefix("> PUB") })
        desk.loseLink()
        _ = try desk.publish("agent/bj/sales/2/", "newer")
        desk.lines.removeAll()
        desk.connect(epoch: 2, lastApplied: 5)
        desk.turn()
        #expect(
            desk.lines.filter { $0.hasPrefix("> PUB") } == [
                "> PUB 6 first 6: put agent/bj/sales/2/ 'newer', put agent/bj/sales/1/ 'one'"
            ]
        )
    }

    @Test("A client that is told that its values were overwritten says them again, and no other")
    func overwritten() throws {
        let changes: [((inout Welcome) -> Void, isSaidAgain: Bool)] = [
            ({ _ in }, false), ({ $0.isOverwritten = true }, true), ({ $0.isForeign = true }, true),
        ]
        for (change, isSaidAgain) in changes {
            let (desk, _) = try linked()
            _ = try desk.publish("agent/bj/sales/1/", "ready")
            _ = try desk.publish("custom/bj/sales/1/", "mine")
            desk.turn()
            desk.acknowledge(2, ResultRun(1, .ok), ResultRun(2, .ok))
            desk.step(.linkDown(attempt: desk.attempt, .broken))
            desk.pass(12_000)
            desk.connect(lastApplied: 2, change)
            desk.lines.removeAll()
            desk.turn()
            let again =
                "> PUB 3 first 3: put agent/bj/sales/1/ 'ready', put custom/bj/sales/1/ 'mine'"
            #expect(desk.lines == (isSaidAgain ? [again] : []))
        }
    }

    @Test("Bad publications are refused at once")
    func refused() throws {
        let (desk, mailbox) = try linked()
        #expect(throws: FloorStatus.badKey) { try desk.publish("agent/bj/", "a") }
        #expect(throws: FloorStatus.denied) { try desk.publish("presence/-/-/ann/", "", .delete) }
        #expect(throws: FloorStatus.denied) { try desk.publish("private/bj/s/1/", "a", .append) }
        #expect(throws: FloorStatus.invalid) { try desk.publish("event/bj/ivr/1/", "a", .put) }
        #expect(throws: FloorStatus.invalid) { try desk.publish("agent/bj/s/1/", "a", .delete) }
        #expect(throws: FloorStatus.tooBig) {
            try desk.publish("agent/bj/s/1/", String(repeating: "x", count: 16_385))
        }
        desk.core.closeMailbox(mailbox)
        #expect(throws: FloorStatus.badHandle) {
            try desk.publish("agent/bj/s/1/", "a", results: mailbox)
        }
        #expect(desk.unacknowledged == 0)
    }
}
