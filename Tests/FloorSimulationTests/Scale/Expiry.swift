import FloorEvents
import FloorHub
import FloorWire

/// 12: what ends by itself: deletions, idle producers; and all sessions at once.
struct Expiry: CustomStringConvertible {
    var name: String
    /// What expired or ended.
    var items = 0
    var planned = 0
    var cost = ScaleCost()

    var workPerItem: Double { cost.work(per: items) }
    var description: String {
        "\(name): \(items) of \(planned), \(workPerItem) work each: \(cost)"
    }

    /// Deletions become too old to be told.
    static func tombstones(agents: Int) throws -> Expiry {
        let floor = ScaleFloor { $0.tombstoneMicroseconds = 10_000_000 }
        for number in 0..<3 {
            floor.clients.append(ScaleClient("c\(number)", number))
            if number > 0 { floor.clients[number].filters = [Array("custom/".utf8)] }
        }
        try floor.open(0..<3)
        let keys = agents * 2
        for start in stride(from: 0, to: keys, by: 64) {
            var records: [ScaleRecord] = []
            for number in start..<min(start + 64, keys) {
                let key = Array("custom/t/u/k\(number)/".utf8)
                records.append(.put(.custom, key, [1]))
                records.append(ScaleRecord(kind: .custom, operation: .delete, key: key))
            }
            floor.publish(0, records)
            floor.settle()
        }
        var counts = Expiry(name: "tombstones expire", planned: keys)
        counts.cost = floor.measure { floor.pass(milliseconds: 22_000) }
        counts.items = keys - Int(floor.statistics.tombstones)
        try floor.expectOpen(0..<3)
        return counts
    }

    /// Producers that nobody has used for a week make room for new ones.
    static func producers(agents: Int) throws -> Expiry {
        let floor = ScaleFloor { $0.maximumProducers = agents }
        let fresh = agents / 4
        for number in 0..<(agents + fresh) {
            floor.clients.append(ScaleClient("p\(number)", number))
        }
        floor.forEach(0..<agents) { floor.hello($0) }
        floor.forEach(0..<agents) { floor.loseLink($0) }
        floor.advance(microseconds: Limits.producerMemoryMicroseconds + 3600 * 1_000_000)
        floor.settle()
        var counts = Expiry(name: "producers idle out", planned: fresh)
        counts.cost = floor.measure {
            floor.forEach(agents..<(agents + fresh)) { floor.hello($0) }
        }
        counts.items = floor.clients[agents...].filter { $0.session != 0 }.count
        return counts
    }

    /// There is no room for producers: each is told so, and the next one tries.
    static func refusedProducers(agents: Int) throws -> Expiry {
        let floor = ScaleFloor { $0.maximumProducers = agents }
        let more = 100
        for number in 0..<(agents + more) {
            floor.clients.append(ScaleClient("p\(number)", number))
        }
        floor.forEach(0..<agents) { floor.hello($0) }
        try floor.expectOpen(0..<agents)
        var counts = Expiry(name: "HELLOs of new producers are refused", planned: more)
        counts.cost = floor.measure {
            floor.forEach(agents..<(agents + more)) { floor.hello($0) }
        }
        counts.items = floor.clients[agents...].filter { $0.refusal == .limit }.count
        return counts
    }

    /// The network is gone, and with it every session.
    static func sessions(agents: Int) throws -> Expiry {
        let floor = try ScaleFloor.make(agents: agents, .viewers)
        try floor.open(floor.clients.indices)
        floor.publishStates(floor.plan.agents)
        var counts = Expiry(name: "all sessions end", planned: floor.clients.count)
        counts.cost = floor.measure {
            for index in floor.clients.indices { floor.loseLink(index) }
            floor.settle()
        }
        counts.items = counts.planned - Int(floor.statistics.sessions)
        return counts
    }
}
