import FloorBusTestKit
import FloorEvents
import FloorWire
import Testing

@testable import FloorClient

/// The outbox's buffer against a plain list of records.
@Suite("Records of the outbox")
struct RecordRingTests {
    @Test(
        "Whatever leaves, in order or not, what stays is whole, and the buffer stays small",
        arguments: [UInt64(1), 2, 3]
    )
    func againstAList(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var ring = RecordRing()
        var homes: [Int: RecordRing.Home] = [:]
        var model: [(slot: Int, bytes: [UInt8])] = []
        var used = 0
        var most = 0
        for slot in 0..<20_000 {
            let words = 11 + Int.random(in: 0..<(slot % 4000 > 3900 ? 2000 : 30), using: &random)
            let bytes = [UInt8](repeating: UInt8(truncatingIfNeeded: slot), count: words * 8)
            var home = ring.append(bytes.count, for: slot)
            if home == nil {
                for (slot, home) in ring.layOut(adding: bytes.count) { homes[slot] = home }
                home = ring.append(bytes.count, for: slot)
            }
            guard let home else {
                Issue.record("no room after laying out")
                return
            }
            ring.write(home, bytes.span)
            homes[slot] = home
            model.append((slot, bytes))
            used += bytes.count
            most = max(most, used)
            // Mostly the oldest goes; now and then another one, and one in a while stays long.
            while model.count > 40 {
                let place = random.oneIn(8) ? Int.random(in: 0..<40, using: &random) : 1
                used -= model[place].bytes.count
                if let home = homes.removeValue(forKey: model[place].slot) { ring.remove(home) }
                model.remove(at: place)
            }
        }
        for (slot, bytes) in model {
            #expect(homes[slot].map { Array(ring.bytes[$0.range]) } == bytes)
        }
        #expect(ring.bytes.count <= max(16 * 1024, 8 * most))
    }

    @Test("An empty ring that has become large gives its memory back")
    func memory() {
        var ring = RecordRing()
        var homes: [Int: RecordRing.Home] = [:]
        for slot in 0..<700 where ring.append(16_384, for: slot).map({ homes[slot] = $0 }) == nil {
            for (slot, home) in ring.layOut(adding: 16_384) { homes[slot] = home }
            homes[slot] = ring.append(16_384, for: slot)
        }
        #expect(ring.bytes.count > 700 * 16_384)
        for slot in 0..<700 {
            if let home = homes[slot] { ring.remove(home) }
        }
        #expect(ring.bytes.isEmpty)
    }
}
