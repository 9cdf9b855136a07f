import FloorBusTestKit
import FloorEvents
import FloorHub
import FloorWire
import Testing

/// Freshness is said once for a producer; viewers derive it for the values they have.
@Suite("Freshness of a producer's values")
struct FreshnessTests {
    private func key(_ number: Int) -> String { "custom/bj/sales/\(number)/" }

    private func freshness(_ records: [ReceivedRecord]) -> [ReceivedRecord] {
        records.filter { $0.header.operationCode == LeaseOperation.freshness.rawValue }
    }

    @Test("Many values, two filters and one subscriber: one record, and none for others")
    func once() throws {
        let hub = HubHarness()
        let ana = hub.join("ana")
        let (bo, other) = (hub.join("bo"), hub.join("other"))
        bo.subscribe(1, "custom/")
        bo.subscribe(2, "custom/bj/")
        other.subscribe(1, "custom/sh/")
        ana.publish((1...50).map { .put(key($0), "x") })
        hub.turn()
        _ = bo.take()
        _ = other.take()
        ana.bye()
        hub.turn()
        let records = bo.take().flatMap(\.records)
        #expect(freshness(records).map(\.header.producer) == [ana.producer])
        // Beside it only ana's presence could come, which no filter here wants.
        #expect(records.count == 1)
        #expect(other.take().flatMap(\.records) == [])
    }

    @Test("What is not told yet is not in the stable revision")
    func stable() throws {
        let hub = HubHarness()
        let ana = hub.join("ana")
        let bo = hub.join("bo")
        bo.subscribe(1, "custom/", every: 1000)
        hub.turn()
        ana.publish(key(1), "x")
        hub.turn()
        _ = bo.take()
        ana.bye()
        hub.turn()
        bo.ping()
        hub.turn()
        let held = bo.take()
        #expect(held.flatMap(\.records) == [])
        let stable = try #require(held.compactMap(\.stableState).last)
        hub.advance(milliseconds: 1000)
        let told = bo.take()
        let change = try #require(freshness(told.flatMap(\.records)).first?.header)
        #expect(change.flags == [.suspect])
        #expect(stable < change.revision)
        #expect(try #require(told.compactMap(\.stableState).last) >= change.revision)
    }

    @Test("Whose snapshot is not through is told of each value")
    func late() throws {
        let hub = HubHarness()
        let ana = hub.join("ana")
        let bulk = String(repeating: "x", count: 15_000)
        for number in 1...8 {
            ana.publish(key(number), bulk)
            hub.turn()
        }
        let bo = hub.join("bo")
        bo.reconnect()
        bo.hello { $0.initialCredit = 65_536 }
        bo.subscribe(1, "custom/")
        hub.turn()
        let first = bo.take().flatMap(\.records)
        #expect(first.count > 0 && first.count < 8)
        ana.bye()
        hub.turn()
        let records = bo.drain(hub).flatMap(\.records)
        #expect(freshness(records) == [])
        let suspect = records.filter { $0.header.flags.contains(.suspect) }
        #expect(Set(suspect.map(\.key)) == Set((1...8).map(key)))
    }

    @Test("A value is the same whatever its freshness: a condition on its revision holds")
    func condition() throws {
        let hub = HubHarness()
        let ana = hub.join("ana")
        let bo = hub.join("bo")
        bo.subscribe(1, "custom/")
        ana.publish([.put(key(1), "a"), .put(key(2), "b")])
        hub.turn()
        let seen = bo.take().flatMap(\.records)
        let written = try #require(seen.first { $0.key == key(1) }?.header.revision)
        ana.bye()
        hub.turn()
        _ = bo.take()
        bo.publish([.put(key(1), "c", ifAt: written), .put(key(2), "d", ifAt: written)])
        hub.turn()
        #expect(bo.takeStatuses() == [.ok, .conflict])
        // The value that was written under it is gone.
        bo.publish([.put(key(1), "e", ifAt: written)])
        hub.turn()
        #expect(bo.takeStatuses() == [.conflict])
    }

    @Test("A value that came under another lease is not its former owner's any more")
    func takenOver() throws {
        let hub = HubHarness()
        let (ana, carl) = (hub.join("ana"), hub.join("carl"))
        let bo = hub.join("bo")
        bo.subscribe(1, "custom/", every: 1000)
        ana.publish(key(1), "a")
        hub.turn()
        _ = bo.take()
        ana.bye()
        hub.turn()
        carl.publish(key(1), "c")
        hub.turn()
        hub.advance(milliseconds: 1000)
        let records = bo.take().flatMap(\.records)
        #expect(freshness(records) == [])
        #expect(records.map(\.text) == ["c"])
        #expect(records.first?.header.flags.freshness == .live)
    }

    @Test("Many values follow in parts: the tap's readers have room for each, viewers know at once")
    func parts() throws {
        let hub = HubHarness { $0.hasTap = true }
        hub.transcript.isRecording = false
        let ana = hub.join("ana")
        let bo = hub.join("bo")
        bo.subscribe(1, "custom/")
        for start in stride(from: 0, to: 1000, by: 50) {
            ana.publish((start..<(start + 50)).map { .put(key($0), "x") })
            hub.turn()
        }
        _ = bo.take()
        hub.forgetTapped()
        ana.bye()
        hub.turn()
        #expect(freshness(bo.take().flatMap(\.records)).map(\.header.flags) == [.suspect])
        func changes() -> Int { hub.tapped.filter { $0.key.hasPrefix("custom/") }.count }
        #expect(changes() == Limits.renewalsAtOnce)
        // It speaks again before all have followed; those that did not yet are told of too.
        ana.reconnect()
        ana.hello()
        for part in 2...8 {
            hub.advance(milliseconds: 10)
            #expect(changes() <= part * Limits.renewalsAtOnce)
        }
        #expect(freshness(bo.take().flatMap(\.records)).last?.header.flags == [])
        var flags: Set<UInt16> = []
        for (_, record) in hub.lastTapped(under: "custom/") { flags.insert(record.flags.rawValue) }
        #expect(flags == [0])
        #expect(hub.violations == [])
    }
}

extension HubHarness {
    /// What the tap carried last of each key.
    fileprivate func lastTapped(under prefix: String) -> [String: RecordHeader] {
        var last: [String: RecordHeader] = [:]
        for record in tapped where record.key.hasPrefix(prefix) {
            last[record.key] = record.header
        }
        return last
    }
}
