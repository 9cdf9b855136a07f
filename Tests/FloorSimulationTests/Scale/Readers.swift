import FloorEvents
import FloorHub
import FloorWire

/// 10: readers that asked for an interval wait for it, while somebody else says something.
struct IntervalReaders: CustomStringConvertible {
    static let turns = 50
    var readers = 0
    /// Turns in which none of them is due.
    var waiting = ScaleCost()
    var workPerTurn: Double { waiting.work(per: Self.turns) }

    var description: String {
        "\(readers) readers with an interval: \(workPerTurn) work a turn: \(waiting)"
    }

    static func run(readers: Int) throws -> IntervalReaders {
        let floor = ScaleFloor()
        for number in 0...readers {
            var client = ScaleClient("r\(number)", number)
            if number > 0 {
                client.filters = [Array("custom/x/".utf8)]
                client.interval = 1000
            }
            floor.clients.append(client)
        }
        try floor.open(0..<(readers + 1))
        for value in 0..<2 as Range<UInt8> {
            floor.publish(0, .put(.custom, Array("custom/x/y/z/".utf8), [value]))
            floor.settle()
        }
        var counts = IntervalReaders(readers: readers)
        counts.waiting = floor.measure {
            for _ in 0..<turns {
                floor.advance(microseconds: 1000)
                floor.ping(0)
                floor.settle()
            }
        }
        guard counts.waiting.recordsOut == 0 else { throw ScaleError("nobody waited") }
        floor.advance(microseconds: 1_000_000)
        let due = floor.measure { floor.settle() }
        guard due.recordsOut == UInt64(readers) else {
            throw ScaleError("of \(readers) readers \(due.recordsOut) got the last value")
        }
        return counts
    }
}

/// 11: ten readers come back for events that only the journal still has.
struct CatchingUp: CustomStringConvertible {
    static let readers = 10
    var events = 0
    var publishes = (calm: 0, busy: 0)
    /// PUBs of others while nobody catches up, and between the pages that ten read.
    var calm = ScaleCost()
    var busy = ScaleCost()
    /// Everything for those who catch up.
    var pages = ScaleCost()

    var growthPerPublish: Double {
        growth(from: calm.work(per: publishes.calm), to: busy.work(per: publishes.busy))
    }

    var description: String {
        "\(Self.readers) readers catch up \(events) events: work a PUB "
            + "\(calm.work(per: publishes.calm)) before, \(busy.work(per: publishes.busy)) "
            + "meanwhile; pages \(pages)"
    }

    static func run(agents: Int) throws -> CatchingUp {
        let floor = ScaleFloor()
        for number in 0..<(readers + 2) {
            var client = ScaleClient("r\(number)", number)
            if number == 1 { client.filters = [Array("custom/".utf8)] }
            if number > 1 { client.filters = [Array("event/".utf8)] }
            floor.clients.append(client)
        }
        try floor.open(0..<2)
        // So many that most of them are not in the core's memory any more.
        let events = 20_000 + agents
        for start in stride(from: 0, to: events, by: 128) {
            let batch = start..<min(start + 128, events)
            floor.publish(0, batch.map { .event(Array("event/s/u/k\($0 % 100)/".utf8)) })
            floor.settle()
        }
        var counts = CatchingUp(events: events)
        func say(_ cost: inout ScaleCost, _ count: inout Int) {
            let said = floor.measure {
                floor.publish(0, .put(.custom, Array("custom/x/y/z/".utf8), [UInt8(count % 250)]))
                floor.settle()
            }
            cost = cost + said
            count += 1
        }
        for _ in 0..<50 { say(&counts.calm, &counts.publishes.calm) }
        floor.holdsReads = true
        let first = Revision(epoch: 1, counter: 1)
        floor.forEach(2..<(readers + 2)) { floor.hello($0) }
        floor.forEach(2..<(readers + 2)) {
            floor.subscribe($0, after: floor.heads.state, events: first)
        }
        while floor.heldReads > 0 {
            counts.pages =
                counts.pages
                + floor.measure {
                    floor.answerReads(1)
                    floor.settle()
                }
            say(&counts.busy, &counts.publishes.busy)
        }
        let expected = UInt64(readers * (events - 1))
        guard counts.pages.recordsOut == expected else {
            throw ScaleError("\(counts.pages.recordsOut) of \(expected) events were caught up")
        }
        return counts
    }
}
