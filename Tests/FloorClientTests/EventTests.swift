import FloorClient
import FloorEvents
import FloorWire
import Testing

@Suite("The event lane at a client")
struct EventTests {
    private func watching(_ filters: String...) throws -> (Desk, MailboxID, [SubscriptionID]) {
        let desk = Desk()
        let mailbox = try desk.core.openMailbox()
        var ids: [SubscriptionID] = []
        for filter in filters {
            ids.append(try desk.core.subscribe(KeyFilter(filter), mailbox: mailbox))
        }
        desk.connect()
        desk.turn()
        for id in ids {
            desk.accept(id, eventStart: rev(10))
            desk.endSnapshot(id, stable: .zero)
        }
        desk.take(mailbox)
        desk.lines.removeAll()
        return (desk, mailbox, ids)
    }

    private func event(_ counter: UInt64, _ text: String = "e", unit: String = "a") -> [UInt8] {
        record("event/bj/\(unit)/1/", text, counter, .append)
    }

    @Test("Every event is given once, in order, and not from before its subscription")
    func order() throws {
        let (desk, mailbox, _) = try watching("event/", "event/bj/a/")
        desk.deliver(stable: .zero, event: rev(12), event(9), event(11), event(12))
        desk.deliver(stable: .zero, event: rev(13), event(11), event(12), event(13))
        #expect(
            desk.take(mailbox)
                == [11, 12, 13].map {
                    "record 1: append event/bj/a/1/ 'e' @1.\($0)"
                }
        )
        #expect(desk.statistics.duplicates == 3)
    }

    @Test("A subscription that starts further back does not repeat events to the others")
    func overlap() throws {
        let (desk, first, _) = try watching("event/bj/a/")
        let second = try desk.core.openMailbox()
        let late = try desk.core.subscribe(KeyFilter("event/"), mailbox: second)
        desk.turn()
        desk.deliver(stable: .zero, event: rev(11), event(11))
        desk.take(first)
        desk.accept(late, eventStart: rev(5))
        desk.deliver(stable: .zero, event: rev(12), event(6), event(11), event(12))
        #expect(desk.take(first) == ["record 1: append event/bj/a/1/ 'e' @1.12"])
        #expect(desk.take(second).filter { $0.hasPrefix("record") }.count == 3)
    }

    @Test("The event token is where the hub was stable, over epochs, not over lineages")
    func token() throws {
        let (desk, mailbox, ids) = try watching("event/")
        desk.deliver(stable: .zero, event: rev(15), event(11))
        desk.pong(stable: .zero, event: rev(17))
        desk.pong(stable: .zero, event: rev(16), request: 9)
        desk.loseLink()
        desk.lines.removeAll()
        desk.connect(epoch: 2)
        desk.turn()
        #expect(desk.lines.last == "> SUBSCRIBE 1 event/ from 0 1.17")
        desk.accept(ids[0], eventStart: rev(17))
        desk.take(mailbox)
        desk.loseLink()
        desk.lines.removeAll()
        desk.connect(lineage: FloorID(high: 2, low: 2))
        desk.turn()
        #expect(desk.lines.last == "> SUBSCRIBE 1 event/ from 0 0")
        desk.accept(ids[0], eventStart: rev(2))
        desk.deliver(stable: .zero, event: rev(3), event(3))
        #expect(
            desk.take(mailbox) == [
                "up epoch 1 resynced", "gap 0-1.2 0",
                "record 1: append event/bj/a/1/ 'e' @1.3",
            ]
        )
    }

    @Test("A gap reaches mailboxes that want events and lack them, and no other (I7)")
    func gap() throws {
        let (desk, mailbox, _) = try watching("event/")
        let states = try desk.core.openMailbox()
        _ = try desk.core.subscribe(KeyFilter("agent/"), mailbox: states)
        desk.take(states)
        let gap = Gap(from: rev(11), to: rev(20), count: 10)
        desk.hub(.gap) { gap.append(to: &$0) }
        desk.hub(.gap) { gap.append(to: &$0) }
        desk.deliver(stable: .zero, event: rev(21), event(21))
        #expect(
            desk.take(mailbox) == [
                "gap 1.11-1.20 10", "record 1: append event/bj/a/1/ 'e' @1.21",
            ]
        )
        #expect(desk.take(states) == [])
    }

    @Test("State is credited when cached, events when taken by every mailbox")
    func credit() throws {
        let (desk, mailbox, _) = try watching("+/")
        let second = try desk.core.openMailbox()
        let also = try desk.core.subscribe(KeyFilter("event/"), mailbox: second)
        desk.turn()
        desk.accept(also, eventStart: rev(10))
        desk.take(second)
        desk.lines.removeAll()
        // 64 messages at the least charge of 1 KiB are a quarter of the window.
        for counter in 11..<75 {
            desk.deliver(stable: .zero, event: rev(UInt64(counter)), event(UInt64(counter)))
        }
        desk.turn()
        #expect(!desk.lines.contains { $0.hasPrefix("> CREDIT") })
        desk.take(mailbox)
        #expect(!desk.needsTurn)
        #expect(desk.take(second, atMost: 63).count == 63)
        #expect(!desk.needsTurn)
        desk.take(second)
        #expect(desk.needsTurn)
        desk.turn()
        #expect(desk.lines.last == "> CREDIT \(256 * 1024 + 64 * 1024)")
        for counter in 1...64 {
            desk.deliver(stable: .zero, record("agent/bj/s/1/", "a", UInt64(counter)))
        }
        desk.turn()
        #expect(desk.lines.last == "> CREDIT \(256 * 1024 + 128 * 1024)")
    }

    @Test("A hub that sends more than its credit breaks the protocol")
    func overrun() throws {
        let (desk, _, _) = try watching("event/")
        for counter in 11..<(11 + 256) {
            desk.deliver(stable: .zero, event(UInt64(counter)))
        }
        #expect(desk.isLinked)
        desk.deliver(stable: .zero, event(500))
        #expect(!desk.isLinked)
    }

    @Test("Unread events of lost links count against the next one's credit")
    func creditOverLinks() throws {
        let (desk, mailbox, ids) = try watching("event/")
        for counter in 11..<(11 + 128) {
            desk.deliver(stable: .zero, event(UInt64(counter)))
        }
        desk.loseLink()
        desk.lines.removeAll()
        desk.connect()
        #expect(desk.lines[0].contains("credit \(128 * 1024)"))
        desk.turn()
        desk.accept(ids[0], eventStart: rev(138))
        desk.take(mailbox)
        desk.turn()
        #expect(desk.lines.last == "> CREDIT \(256 * 1024)")
    }

    @Test("A fresh link has the least credit the hub needs; what is over it is paid back first")
    func creditDebt() throws {
        let (desk, mailbox, ids) = try watching("event/")
        for counter in 11..<(11 + 224) {
            desk.deliver(stable: .zero, event(UInt64(counter)))
        }
        desk.loseLink()
        desk.lines.removeAll()
        desk.connect()
        #expect(desk.lines[0].contains("credit \(64 * 1024)"))
        desk.turn()
        desk.accept(ids[0], eventStart: rev(234))
        desk.take(mailbox)
        desk.turn()
        #expect(desk.lines.last == "> CREDIT \(256 * 1024)")
    }

    @Test("A mailbox that is closed gives its credit back")
    func closedMailbox() throws {
        let (desk, mailbox, _) = try watching("event/")
        for counter in 11..<(11 + 128) {
            desk.deliver(stable: .zero, event(UInt64(counter)))
        }
        desk.core.closeMailbox(mailbox)
        desk.turn()
        #expect(desk.lines.suffix(2) == ["> UNSUBSCRIBE 1", "> CREDIT \(384 * 1024)"])
        #expect(desk.take(mailbox) == [])
        let fresh = try desk.core.openMailbox()
        #expect(fresh != mailbox)
        #expect(desk.take(fresh) == ["up epoch 1 first"])
    }

    @Test("An answer comes page by page as it is taken, and never enters the cache (R29)")
    func get() throws {
        let (desk, mailbox, _) = try watching("agent/")
        let request = try desk.core.get(KeyFilter("agent/"), mailbox: mailbox)
        #expect(desk.needsTurn)
        desk.turn()
        func reply(_ record: [UInt8]) {
            desk.hub(.reply) { out in
                let start = RecordBatch.begin(lead: 1 << 63 | 1, in: &out)
                out.append(contentsOf: record)
                RecordBatch.finish(start, lead: 1 << 63 | 1, count: 1, in: &out)
            }
        }
        reply(record("agent/bj/s/1/", "a", 1))
        var end = ReplyEnd(request: 1 << 63 | 1, .ok)
        end.more = true
        end.cursor = 7
        desk.hub(.replyEnd) { end.append(to: &$0) }
        desk.turn()
        #expect(desk.lines.filter { $0.hasPrefix("> GET") } == ["> GET 1 from 0"])
        #expect(desk.take(mailbox) == ["answer 1: put agent/bj/s/1/ 'a' @1.1"])
        #expect(desk.needsTurn)
        desk.turn()
        #expect(desk.lines.last == "> GET 1 from 7")
        reply(record("agent/bj/s/2/", "b", 2))
        end.more = false
        desk.hub(.replyEnd) { end.append(to: &$0) }
        #expect(
            desk.take(mailbox) == ["answer 1: put agent/bj/s/2/ 'b' @1.2", "answered 1 ok"]
        )
        #expect(request.rawValue == 1)
        #expect(desk.cached() == [])
        #expect(!desk.needsTurn)
    }

    @Test("A GET's cursor says nothing to the client: it goes on with a smaller one, not the same")
    func getCursor() throws {
        let (desk, mailbox, _) = try watching("agent/")
        _ = try desk.core.get(KeyFilter("agent/"), mailbox: mailbox)
        desk.turn()
        for (cursor, line) in [(7 as UInt64, "> GET 1 from 7"), (3, "> GET 1 from 3")] {
            var end = ReplyEnd(request: 1 << 63 | 1, .ok)
            end.more = true
            end.cursor = cursor
            desk.hub(.replyEnd) { end.append(to: &$0) }
            desk.turn()
            #expect(desk.lines.last == line)
        }
        var end = ReplyEnd(request: 1 << 63 | 1, .ok)
        end.more = true
        end.cursor = 3
        desk.hub(.replyEnd) { end.append(to: &$0) }
        #expect(desk.take(mailbox) == ["answered 1 protocolError"])
    }

    @Test("A question is answered with offline when the link goes, or is not there")
    func getOffline() throws {
        let (desk, mailbox, _) = try watching("agent/")
        _ = try desk.core.get(KeyFilter("agent/"), mailbox: mailbox)
        desk.turn()
        desk.step(.linkDown(attempt: desk.attempt, .broken))
        #expect(desk.take(mailbox) == ["answered 1 offline", "down offline"])
        #expect(throws: FloorStatus.offline) {
            _ = try desk.core.get(KeyFilter("agent/"), mailbox: mailbox)
        }
    }
}
