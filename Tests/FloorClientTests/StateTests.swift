import FloorClient
import FloorEvents
import FloorWire
import Testing

@Suite("The state lane at a client")
struct StateTests {
    private func watching(_ filters: String...) throws -> (Desk, MailboxID, [SubscriptionID]) {
        let desk = Desk()
        let mailbox = try desk.core.openMailbox()
        var ids: [SubscriptionID] = []
        for filter in filters {
            ids.append(try desk.core.subscribe(KeyFilter(filter), mailbox: mailbox))
        }
        desk.connect()
        desk.turn()
        for id in ids { desk.accept(id) }
        for id in ids { desk.endSnapshot(id, stable: .zero) }
        desk.take(mailbox)
        desk.lines.removeAll()
        return (desk, mailbox, ids)
    }

    @Test("A slow reader gets the present value once, with the number it passed over")
    func conflate() throws {
        let (desk, mailbox, _) = try watching("agent/bj/")
        desk.deliver(stable: rev(1), record("agent/bj/s/1/", "a", 1))
        desk.deliver(stable: rev(2), record("agent/bj/s/2/", "x", 2))
        desk.deliver(stable: rev(5), record("agent/bj/s/1/", "b", 5, coalesced: 2))
        #expect(
            desk.take(mailbox) == [
                "record 1: put agent/bj/s/1/ 'b' @1.5 +3",
                "record 1: put agent/bj/s/2/ 'x' @1.2",
            ]
        )
        desk.deliver(stable: rev(6), record("agent/bj/s/1/", "c", 6))
        #expect(desk.take(mailbox) == ["record 1: put agent/bj/s/1/ 'c' @1.6"])
    }

    @Test("An old or repeated revision changes nothing (I2)")
    func duplicates() throws {
        let (desk, mailbox, _) = try watching("agent/bj/")
        desk.deliver(stable: rev(2), record("agent/bj/s/1/", "b", 2))
        desk.take(mailbox)
        desk.deliver(stable: rev(2), record("agent/bj/s/1/", "b", 2))
        desk.deliver(stable: rev(2), record("agent/bj/s/1/", "a", 1))
        #expect(desk.take(mailbox) == [])
        #expect(desk.cached() == ["put agent/bj/s/1/ 'b' @1.2"])
        #expect(desk.statistics.duplicates == 2)
    }

    @Test("A deletion is told and leaves the cache when told")
    func deletion() throws {
        let (desk, mailbox, _) = try watching("agent/bj/")
        desk.deliver(stable: rev(1), record("agent/bj/s/1/", "a", 1))
        desk.take(mailbox)
        desk.deliver(stable: rev(2), record("agent/bj/s/1/", "", 2, .delete))
        #expect(desk.cached() == [])
        #expect(desk.statistics.keys == 1)
        #expect(desk.take(mailbox) == ["deleted 1: delete agent/bj/s/1/ '' @1.2"])
        #expect(desk.statistics.keys == 0)
        desk.deliver(stable: rev(3), record("agent/bj/s/9/", "", 3, .delete))
        #expect(desk.take(mailbox) == [])
    }

    @Test("After a new epoch a full snapshot sweeps what it does not confirm (R4, R10)")
    func sweep() throws {
        let (desk, mailbox, ids) = try watching("agent/bj/")
        desk.deliver(
            stable: rev(9),
            record("agent/bj/s/1/", "a", 7),
            record("agent/bj/s/2/", "b", 8),
            record("agent/bj/s/3/", "c", 9)
        )
        desk.take(mailbox)
        desk.loseLink()
        desk.connect(epoch: 2)
        desk.lines.removeAll()
        desk.turn()
        #expect(desk.lines == ["> SUBSCRIBE 1 agent/bj/ from 0 0"])
        desk.accept(ids[0])
        desk.deliver(
            stable: rev(2, epoch: 2),
            record("agent/bj/s/1/", "a", 1, epoch: 2),
            record("agent/bj/s/3/", "old", 3)
        )
        #expect(desk.cached().count == 3)
        desk.endSnapshot(ids[0], count: 2, stable: rev(2, epoch: 2))
        #expect(
            desk.take(mailbox)
                == [
                    "down offline", "up epoch 2 resynced",
                    "record 1: put agent/bj/s/1/ 'a' @2.1",
                    "record 1: put agent/bj/s/3/ 'old' @1.3",
                    "deleted 1: delete agent/bj/s/2/ ''",
                    "end 1 of 2",
                ].filter { $0 != "down offline" }
        )
        #expect(desk.cached().count == 2)
    }

    @Test("A delta sweeps nothing")
    func delta() throws {
        let (desk, mailbox, ids) = try watching("agent/bj/")
        desk.deliver(stable: rev(1), record("agent/bj/s/1/", "a", 1))
        desk.loseLink()
        desk.connect()
        desk.turn()
        desk.accept(ids[0], full: false)
        desk.endSnapshot(ids[0], full: false, stable: rev(1))
        #expect(desk.cached() == ["put agent/bj/s/1/ 'a' @1.1"])
        #expect(desk.take(mailbox).last == "end 1 of 0")
    }

    @Test("The token is the last stable revision, never the highest seen (R9)")
    func stableToken() throws {
        let (desk, _, _) = try watching("agent/bj/")
        desk.deliver(stable: rev(3), record("agent/bj/s/1/", "a", 8))
        desk.loseLink()
        desk.lines.removeAll()
        desk.connect()
        desk.turn()
        #expect(desk.lines.contains("> SUBSCRIBE 1 agent/bj/ from 1.3 0"))
    }

    @Test("Until its snapshot has ended a subscription keeps its old token (rule 7)")
    func tokenDuringSnapshot() throws {
        let (desk, _, ids) = try watching("agent/bj/")
        desk.pong(stable: rev(5))
        desk.loseLink()
        desk.connect()
        desk.turn()
        desk.accept(ids[0], full: false)
        desk.deliver(stable: rev(20), record("agent/bj/s/1/", "a", 20))
        desk.loseLink()
        desk.lines.removeAll()
        desk.connect()
        desk.turn()
        #expect(desk.lines.contains("> SUBSCRIBE 1 agent/bj/ from 1.5 0"))
    }

    @Test("Overlapping subscriptions of one mailbox give a record once, for the lowest")
    func overlap() throws {
        let (desk, mailbox, ids) = try watching("agent/+/s/", "agent/bj/")
        desk.deliver(
            stable: rev(2),
            record("agent/bj/s/1/", "a", 1),
            record("agent/bj/t/2/", "b", 2)
        )
        #expect(
            desk.take(mailbox) == [
                "record 1: put agent/bj/s/1/ 'a' @1.1", "record 2: put agent/bj/t/2/ 'b' @1.2",
            ]
        )
        desk.core.unsubscribe(ids[0])
        desk.turn()
        #expect(desk.lines.last == "> UNSUBSCRIBE 1")
        desk.deliver(stable: rev(3), record("agent/bj/s/1/", "c", 3))
        #expect(desk.take(mailbox) == ["record 2: put agent/bj/s/1/ 'c' @1.3"])
    }

    @Test("After the last subscription ends, its keys go and late records are dropped (R5)")
    func unsubscribe() throws {
        let (desk, mailbox, ids) = try watching("agent/bj/")
        desk.deliver(stable: rev(1), record("agent/bj/s/1/", "a", 1))
        desk.core.unsubscribe(ids[0])
        #expect(desk.statistics.keys == 0)
        desk.deliver(stable: rev(2), record("agent/bj/s/1/", "b", 2))
        #expect(desk.take(mailbox) == [])
        #expect(desk.statistics.unmatched == 1)
    }

    @Test("A second mailbox gets what is known at once, and its duplicates not again")
    func lateMailbox() throws {
        let (desk, first, _) = try watching("agent/bj/")
        desk.deliver(stable: rev(1), record("agent/bj/s/1/", "a", 1))
        desk.take(first)
        let second = try desk.core.openMailbox()
        let late = try desk.core.subscribe(KeyFilter("agent/"), mailbox: second)
        let again = try desk.core.subscribe(KeyFilter("agent/bj/s/"), mailbox: first)
        desk.turn()
        #expect(
            desk.take(second) == ["up epoch 1 first", "record 2: put agent/bj/s/1/ 'a' @1.1"]
        )
        desk.accept(late)
        desk.accept(again)
        desk.deliver(stable: rev(1), record("agent/bj/s/1/", "a", 1))
        desk.endSnapshot(late, count: 1, stable: rev(1))
        desk.endSnapshot(again, stable: rev(1))
        #expect(desk.take(second) == ["end 2 of 1"])
        #expect(desk.take(first) == ["end 3 of 0"])
    }

    @Test("Values stay readable while the link is down, and freshness is passed on")
    func offline() throws {
        let (desk, mailbox, _) = try watching("agent/bj/")
        desk.deliver(stable: rev(1), record("agent/bj/s/1/", "a", 1, flags: .suspect))
        desk.step(.linkDown(attempt: desk.attempt, .broken))
        #expect(desk.cached() == ["put agent/bj/s/1/ 'a' @1.1 suspect"])
        let key = try FloorKey("agent/bj/s/1/")
        #expect(desk.hasValue(key))
        #expect(desk.delivery.header.flags.freshness == .suspect)
        desk.take(mailbox)
        #expect(try !desk.hasValue(FloorKey("agent/bj/s/2/")))
    }

    @Test("A producer's freshness is that of all its leased values, whatever their mailbox")
    func producersFreshness() throws {
        let (desk, mailbox, _) = try watching("agent/bj/")
        let other = try desk.core.openMailbox()
        let id = try desk.core.subscribe(KeyFilter("agent/bj/s/2/"), mailbox: other)
        desk.turn()
        desk.accept(id)
        let (ana, bo) = (FloorID(high: 1, low: 1), FloorID(high: 1, low: 2))
        desk.deliver(
            stable: rev(4),
            record("agent/bj/s/1/", "a", 1, producer: ana),
            record("agent/bj/s/2/", "b", 2, producer: ana),
            record("agent/bj/s/3/", "c", 3, producer: ana, flags: .unleased),
            record("agent/bj/s/4/", "d", 4, producer: bo)
        )
        desk.take(mailbox)
        desk.take(other)
        desk.deliver(stable: rev(6), freshness(.suspect, of: ana, 6))
        #expect(
            Set(desk.take(mailbox)) == [
                "record 1: put agent/bj/s/1/ 'a' @1.1 suspect",
                "record 1: put agent/bj/s/2/ 'b' @1.2 suspect",
            ]
        )
        #expect(desk.take(other) == ["record 2: put agent/bj/s/2/ 'b' @1.2 suspect"])
        // It says nothing new, and nothing of anybody unknown.
        let strange = freshness(.stale, of: .zero, 6)
        desk.deliver(stable: rev(6), freshness(.suspect, of: ana, 6), strange)
        #expect(desk.take(mailbox) == [])
        // One value came under another lease since: the first in the list, then the other one.
        desk.deliver(stable: rev(7), record("agent/bj/s/1/", "A", 7, producer: bo))
        desk.deliver(stable: rev(9), freshness(.stale, of: bo, 9))
        #expect(
            Set(desk.take(mailbox)) == [
                "record 1: put agent/bj/s/1/ 'A' @1.7 +1 stale",
                "record 1: put agent/bj/s/4/ 'd' @1.4 stale",
            ]
        )
        desk.deliver(stable: rev(10), freshness(.live, of: ana, 10))
        #expect(desk.take(mailbox) == ["record 1: put agent/bj/s/2/ 'b' @1.2"])
        desk.deliver(stable: rev(11), record("agent/bj/s/2/", "", 11, .delete))
        desk.deliver(stable: rev(12), freshness(.stale, of: ana, 12))
        #expect(desk.take(mailbox) == ["deleted 1: delete agent/bj/s/2/ '' @1.11"])
    }

    @Test("A refused subscription is told and gone")
    func failed() throws {
        let desk = Desk()
        let mailbox = try desk.core.openMailbox()
        let id = try desk.core.subscribe(KeyFilter("private/"), mailbox: mailbox)
        desk.connect()
        desk.turn()
        let answer = Subscribed(id.rawValue, .denied)
        desk.hub(.subscribed) { answer.append(to: &$0) }
        #expect(desk.take(mailbox) == ["up epoch 1 first", "failed 1 denied"])
        desk.loseLink()
        desk.lines.removeAll()
        desk.connect()
        desk.turn()
        #expect(!desk.lines.contains { $0.hasPrefix("> SUBSCRIBE") })
    }

    @Test("A snapshot's end comes after its records; an unread one gives way to the next")
    func ends() throws {
        let (desk, mailbox, ids) = try watching("agent/bj/")
        desk.endSnapshot(ids[0], full: false, count: 1, stable: rev(1))
        desk.deliver(stable: rev(1), record("agent/bj/s/1/", "a", 1))
        desk.endSnapshot(ids[0], full: false, count: 2, stable: rev(1))
        #expect(
            desk.take(mailbox) == ["record 1: put agent/bj/s/1/ 'a' @1.1", "end 1 of 2"]
        )
    }
}
