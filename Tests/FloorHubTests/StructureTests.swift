import FloorBusTestKit
import FloorEvents
import FloorWire
import Testing

@testable import FloorHub

/// The core's own containers against plain models.
@Suite struct StructureTests {
    @Test(arguments: UInt64(1)...10)
    func theByteIndexIsADictionary(_ seed: UInt64) {
        let words = SeededWords(seed: seed)
        var index = ByteIndex()
        var model: [Int: UInt32] = [:]
        for _ in 0..<5000 {
            let number = words.next(below: 400)
            // Few hashes, some at the end of the table, so that runs collide and wrap around.
            let hash = UInt32(truncatingIfNeeded: UInt64(number % 23) &* 0xFFFF_FFF7)
            if let known = model[number] {
                if words.next(below: 2) == 0 {
                    index.remove(known, number)
                    model[number] = nil
                }
            } else {
                index.insert(hash, number)
                model[number] = hash
            }
            let probe = words.next(below: 400)
            let probeHash = UInt32(truncatingIfNeeded: UInt64(probe % 23) &* 0xFFFF_FFF7)
            let found = index.find(probeHash) { $0 == probe }
            #expect((found != nil) == (model[probe] != nil), "seed \(seed)")
        }
        index.removeAll()
        #expect(index.find(0) { _ in true } == nil)
    }

    @Test func theFilterTreeFindsWhatTheFiltersMatchAndEndsEmpty() throws {
        let hub = HubHarness()
        let bo = hub.join("bo")
        let session = hub.hub.sessions.all[0]
        let words = SeededWords(seed: 3)
        let parts = ["+", "a", "b", "c"]
        var index = FilterIndex()
        var held: [(node: Int, filter: KeyFilter)] = []
        for _ in 0..<2000 {
            if held.count > 20 || (words.next(below: 3) == 0 && !held.isEmpty) {
                index.remove(held.remove(at: words.next(below: held.count)).node, session)
            } else {
                var text = ["custom/", "+/", "event/"][words.next(below: 3)]
                for _ in 0..<words.next(below: 4) { text += parts[words.next(below: 4)] + "/" }
                let filter = try KeyFilter(text)
                held.append((index.add(filter, session), filter))
            }
            let parts = (0..<3).map { _ in ["a", "b", "c", "d"][words.next(below: 4)] }
            let key = try FloorKey("custom/" + parts.joined(separator: "/") + "/")
            var found: [Int] = []
            index.match(key.bytes.span, into: &found)
            let wanted = Set(held.filter { $0.filter.matches(key) }.map { $0.node })
            #expect(Set(found) == wanted)
            #expect(found.count == wanted.count)
        }
        for one in held { index.remove(one.node, session) }
        #expect(index.nodeCount == 0)
        _ = bo.take()
    }

    @Test func aHubWhoseReadersHaveLeftHasAnEmptyTree() {
        let hub = HubHarness()
        for n in 0..<20 {
            let client = hub.join("c\(n)")
            client.subscribe(1, "custom/bj/+/\(n)/")
            client.subscribe(2, "event/")
            hub.turn()
            if n % 2 == 0 { client.bye() } else { client.loseLink() }
            hub.turn()
        }
        let nodes = hub.hub.filters.nodeCount
        #expect(nodes == 0)
        let isIdle = hub.hub.readers.isIdle
        #expect(isIdle && hub.hub.sessions.isEmpty)
    }
}
