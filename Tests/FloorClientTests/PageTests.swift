import FloorClient
import FloorEvents
import FloorWire
import Testing

@Suite("Events taken a page at a time")
struct PageTests {
    private func event(_ counter: UInt64, unit: String = "a") -> [UInt8] {
        record("event/bj/\(unit)/1/", "e", counter, .append)
    }

    private func desk(_ filters: String...) throws -> (Desk, [MailboxID], [SubscriptionID]) {
        let desk = Desk()
        var mailboxes: [MailboxID] = []
        var ids: [SubscriptionID] = []
        for filter in filters {
            let mailbox = try desk.core.openMailbox()
            mailboxes.append(mailbox)
            ids.append(try desk.core.subscribe(KeyFilter(filter), mailbox: mailbox))
        }
        desk.connect()
        desk.turn()
        for id in ids {
            desk.accept(id)
            desk.endSnapshot(id, stable: .zero)
        }
        for mailbox in mailboxes { desk.take(mailbox) }
        return (desk, mailboxes, ids)
    }

    /// The revisions of the next page; nil when there is none.
    private func page(_ desk: Desk, _ mailbox: MailboxID) -> [UInt64]? {
        var page = EventPage()
        guard desk.core.next(mailbox, into: &page) else { return nil }
        var revisions: [UInt64] = []
        while let view = page.next() {
            revisions.append(view.revision(page.bytes.span).counter)
        }
        return revisions
    }

    @Test("A page is what came together, and pages and single events follow one another")
    func order() throws {
        let (desk, mailboxes, _) = try desk("event/")
        desk.deliver(stable: .zero, event: rev(3), event(1), event(2), event(3))
        desk.deliver(stable: .zero, event: rev(5), event(4), event(5))
        #expect(desk.core.next(mailboxes[0], into: &desk.delivery) == .record)
        #expect(page(desk, mailboxes[0]) == [2, 3])
        #expect(page(desk, mailboxes[0]) == [4, 5])
        #expect(page(desk, mailboxes[0]) == nil)
        #expect(desk.core.next(mailboxes[0], into: &desk.delivery) == nil)
    }

    @Test("A page stops before what is no event")
    func gap() throws {
        let (desk, mailboxes, _) = try desk("event/")
        desk.deliver(stable: .zero, event: rev(1), event(1))
        desk.hub(.gap) { Gap(from: rev(2), to: rev(4), count: 3).append(to: &$0) }
        desk.deliver(stable: .zero, event: rev(5), event(5))
        #expect(page(desk, mailboxes[0]) == [1])
        #expect(page(desk, mailboxes[0]) == nil)
        #expect(desk.core.next(mailboxes[0], into: &desk.delivery) == .gap)
        #expect(page(desk, mailboxes[0]) == [5])
    }

    @Test("Two readers of one message each get their own part of it")
    func shared() throws {
        let (desk, mailboxes, _) = try desk("event/", "event/bj/b/")
        let b = { event($0, unit: "b") }
        desk.deliver(stable: .zero, event: rev(4), event(1), b(2), event(3), b(4))
        #expect(page(desk, mailboxes[1]) == [2])
        #expect(page(desk, mailboxes[0]) == [1, 2, 3, 4])
        #expect(page(desk, mailboxes[1]) == [4])
    }

    @Test("Events of a subscription that has ended are not given, and their credit comes back")
    func ended() throws {
        let (desk, mailboxes, ids) = try desk("event/")
        for number in UInt64(1)...200 {
            let text = String(repeating: "x", count: 1000)
            let bytes = record("event/bj/a/1/", text, number, .append)
            desk.deliver(stable: .zero, event: rev(number), bytes)
            if number == 100 { #expect(page(desk, mailboxes[0]) == [1]) }
        }
        desk.core.unsubscribe(ids[0])
        #expect(page(desk, mailboxes[0]) == nil)
        let needsTurn = desk.core.needsTurn
        #expect(needsTurn)
    }
}
