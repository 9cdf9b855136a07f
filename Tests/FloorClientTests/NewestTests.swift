import FloorBusTestKit
import FloorEvents
import FloorWire
import Testing

@testable import FloorClient

/// What an outbox keeps when there is no hub, and what publishing costs when it is large.
@Suite("The newest value of each key")
struct NewestTests {
    private let a = "agent/bj/sales/1/"
    private let b = "agent/bj/sales/2/"
    private let event = "event/bj/ivr/1/"

    private func published(_ desk: Desk) -> [String] {
        desk.lines.filter { $0.hasPrefix("> PUB") }
    }

    @Test("A full outbox without a hub keeps the newest value of each key, and every event")
    func offline() throws {
        let desk = Desk { $0.outboxOperations = 6 }
        let mailbox = try desk.core.openMailbox()
        func put(_ key: String, _ text: String) throws {
            _ = try desk.publish(key, text, results: mailbox)
            // What gave way has its result, which takes a place until it is taken.
            let results = desk.take(mailbox).filter { $0.hasPrefix("result") }
            #expect(results.allSatisfy { $0.hasSuffix(" expired") })
        }
        for number in 1...20 {
            try put(a, "a\(number)")
            if number % 10 == 0 { _ = try desk.publish(event, "e\(number)", .append) }
            try put(b, "b\(number)")
        }
        #expect(desk.unacknowledged == 6)
        #expect(desk.statistics.overtaken == 36)
        // Values of the same keys make room for others, until there are only the newest.
        _ = try desk.publish(event, "e21", .append)
        _ = try desk.publish("agent/bj/sales/3/", "c")
        #expect(throws: FloorStatus.limit) { try desk.publish(event, "e22", .append) }
        desk.connect()
        desk.turn()
        #expect(
            published(desk) == [
                "> PUB 1 first 1: append \(event) 'e10', put \(a) 'a20', append \(event) 'e20', "
                    + "put \(b) 'b20', append \(event) 'e21', put agent/bj/sales/3/ 'c'"
            ]
        )
    }

    @Test("While there is room nothing gives way; what gives way last is the value before")
    func room() throws {
        let desk = Desk { $0.outboxOperations = 3 }
        for text in ["one", "two", "three"] { _ = try desk.publish(a, text) }
        #expect(desk.statistics.overtaken == 0)
        for text in ["four", "five"] { _ = try desk.publish(a, text) }
        #expect(desk.statistics.overtaken == 2)
        _ = try desk.publish(b, String(repeating: "l", count: 9000))
        _ = try desk.publish(event, "e", .append)
        _ = try desk.publish(a, "six")
        desk.connect()
        desk.turn()
        #expect(
            published(desk).first?.hasSuffix("append \(event) 'e', put \(a) 'six'") == true
        )
        #expect(desk.unacknowledged == 3)
    }

    @Test("What may have been sent stays, and so does what expects a revision")
    func stays() throws {
        let desk = Desk { $0.outboxOperations = 4 }
        desk.connect()
        _ = try desk.publish(a, "sent")
        desk.turn()
        desk.loseLink()
        var publication = Publication(.put)
        publication.expectedRevision = Revision(epoch: 1, counter: 5)
        _ = try desk.core.publish(publication, key: Array(b.utf8).span, payload: [UInt8(120)].span)
        for text in ["one", "two", "three"] {
            _ = try desk.publish(a, text)
            _ = try desk.publish(b, text)
        }
        #expect(desk.unacknowledged == 4)
        desk.lines.removeAll()
        desk.connect()
        desk.turn()
        #expect(
            published(desk) == [
                "> PUB 1 first 1: put \(a) 'sent', put \(b) 'x', put \(a) 'three', "
                    + "put \(b) 'three'"
            ]
        )
    }

    @Test("A long time without a hub takes no more memory than the outbox has operations")
    func longTime() throws {
        let desk = Desk { $0.outboxOperations = 8 }
        desk.isLogging = false
        for number in 0..<20_000 { _ = try desk.publish(number % 2 == 0 ? a : b, "\(number)") }
        desk.isLogging = true
        desk.connect()
        desk.turn()
        #expect(
            published(desk).first?.hasSuffix("put \(a) '19998', put \(b) '19999'") == true
        )
        #expect(desk.unacknowledged == 8)
    }

    @Test("While a session is open every value is sent")
    func linked() throws {
        let desk = Desk()
        desk.connect()
        for text in ["one", "two"] { _ = try desk.publish(a, text) }
        desk.turn()
        #expect(published(desk) == ["> PUB 1 first 1: put \(a) 'one', put \(a) 'two'"])
    }

    @Test("A publisher who is told at once gets no result, and is never refused for results")
    func toldAtOnce() throws {
        let desk = Desk { $0.outboxOperations = 2 }
        let mailbox = try desk.core.openMailbox()
        var replaced: [UInt64] = []
        for number in 1...50 {
            var old = Ticket.none
            var isTurnDue = false
            let ticket = try desk.core.publish(
                Publication(.put),
                key: Array(a.utf8).span,
                payload: [UInt8(number)].span,
                results: mailbox,
                isTurnDue: &isTurnDue,
                replaced: &old
            )
            #expect(ticket.rawValue == UInt64(number))
            replaced.append(old.rawValue)
        }
        #expect(replaced == [0, 0] + (1..<49).map { UInt64($0) })
        #expect(desk.take(mailbox).filter { $0.hasPrefix("result") } == [])
        #expect(desk.statistics.overtaken == 48)
    }

    @Test("The next process sends what had not given way, in its order")
    func kept() throws {
        let store = MemoryOutboxStore()
        let first = try Desk(keptIn: store) { $0.outboxOperations = 3 }
        _ = try first.publish(event, "e", .append)
        for number in 1...3000 { _ = try first.publish(a, "\(number)") }
        let next = try Desk(keptIn: store) { $0.outboxOperations = 3 }
        #expect(next.statistics.recovered == 3)
        var left = next.core.unacknowledgedRecovered
        #expect(left == 3)
        next.connect()
        next.turn()
        #expect(
            published(next) == [
                "> PUB 1 first 1: append \(event) 'e', put \(a) '2999', put \(a) '3000'"
            ]
        )
        var run = ResultRun(1, .ok)
        run.count = 3
        next.acknowledge(3, run)
        left = next.core.unacknowledgedRecovered
        #expect(left == 0)
    }

    @Test("A full store that nothing is left in takes operations again, although it is full")
    func fullAndEmptied() throws {
        let store = MemoryOutboxStore()
        let desk = try Desk(keptIn: store)
        desk.connect()
        for number in 0..<100 { _ = try desk.publish(event, "e\(number)", .append) }
        let grown = store.bytes.count
        store.isFull = true
        #expect(throws: FloorStatus.storage) { try desk.publish(event, "no", .append) }
        desk.turn()
        var run = ResultRun(1, .ok)
        run.count = 100
        desk.acknowledge(100, run)
        desk.turn()
        #expect(store.bytes.count < grown / 10)
        store.isFull = false  // the room that was given back
        _ = try desk.publish(event, "yes", .append)
        let next = try Desk(keptIn: store)
        next.connect(lastApplied: 100)
        next.turn()
        #expect(published(next) == ["> PUB 101 first 101: append \(event) 'yes'"])
    }

    @Test("Publishing looks at no other operation, however many are kept or wait")
    func work() throws {
        let desk = Desk { $0.outboxOperations = Limits.outboxOperationsCeiling }
        desk.isLogging = false
        desk.connect()
        // Flags that the hub has tried again later, in one message after the other.
        let waiting = 20_000
        for number in 0..<waiting { _ = try desk.publish(event, "e\(number)", .append) }
        var refused = 0
        while refused < waiting {
            desk.turn()
            var run = ResultRun(UInt64(refused + 1), .storage)
            run.count = UInt32(min(500, waiting - refused))
            desk.refuse(UInt64(refused) + UInt64(run.count), retryAfter: 60_000, run)
            refused += Int(run.count)
        }
        let deferral = desk.core.deferral
        #expect(deferral == .storage)
        let before = desk.core.looked
        for number in 0..<1000 {
            _ = try desk.publish("agent/bj/sales/\(number % 100)/", "\(number)")
            desk.turn()
        }
        let looked = desk.core.looked - before
        #expect(looked <= 3000)
    }
}
