import FloorBusTestKit
import FloorEvents
import FloorWire
import Testing

@testable import FloorClient

/// The outbox's memory against a plain list of records.
@Suite("Records of the outbox")
struct RecordChunksTests {
    @Test(
        "Whatever leaves, in order or not, what stays is whole, and the memory stays small",
        arguments: [UInt64(1), 2, 3]
    )
    func againstAList(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var chunks = RecordChunks()
        var model: [(home: RecordChunks.Home, bytes: [UInt8])] = []
        var used = 0
        var most = 0
        for slot in 0..<20_000 {
            let words = 11 + Int.random(in: 0..<(slot % 4000 > 3900 ? 2000 : 30), using: &random)
            let bytes = [UInt8](repeating: UInt8(truncatingIfNeeded: slot), count: words * 8)
            let home = chunks.append(bytes.count)
            chunks.write(home, bytes.span)
            model.append((home, bytes))
            used += bytes.count
            most = max(most, used)
            #expect(chunks.used == used)
            // Mostly the oldest goes; now and then another one, and one in a while stays long.
            while model.count > 40 {
                let place = random.oneIn(8) ? Int.random(in: 0..<40, using: &random) : 1
                used -= model[place].bytes.count
                chunks.remove(model[place].home)
                model.remove(at: place)
            }
        }
        for (home, bytes) in model { #expect(chunks.copy(home) == bytes) }
        #expect(chunks.taken <= max(4 * RecordChunks.size, 8 * most))
    }

    @Test("Chunks that have become many give their memory back when they are empty")
    func memory() {
        var chunks = RecordChunks()
        var homes: [RecordChunks.Home] = []
        for _ in 0..<700 { homes.append(chunks.append(16_384)) }
        #expect(chunks.taken == 350 * RecordChunks.size)
        for home in homes { chunks.remove(home) }
        #expect(chunks.taken == 129 * RecordChunks.size)
        #expect(chunks.used == 0)
    }

    @Test("One record left in each of many chunks is called wasteful")
    func waste() {
        var chunks = RecordChunks()
        var few: [RecordChunks.Home] = []
        for number in 0..<3200 {
            let home = chunks.append(1024)
            if number % 32 == 0 { few.append(home) } else { chunks.remove(home) }
        }
        #expect(chunks.isWasteful)
        for home in few.dropFirst(8) { chunks.remove(home) }
        #expect(!chunks.isWasteful)
    }
}
