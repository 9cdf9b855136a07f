import FloorBusTestKit
import FloorClient
import FloorEvents
import FloorWire
import Testing

/// Stores that are full, torn or damaged.
@Suite("What can happen to a kept outbox")
struct OutboxStoreTests {
    private let store = MemoryOutboxStore()

    private func event(_ desk: Desk, _ text: String) throws {
        _ = try desk.publish("event/bj/ivr/1/", text, .append)
    }

    @Test("A full store refuses with storage; nothing of it counts, and it goes on with room")
    func full() throws {
        let desk = try Desk(keptIn: store)
        let mailbox = try desk.core.openMailbox()
        desk.connect()
        try event(desk, "a")
        let before = store.bytes
        store.isFull = true
        #expect(throws: FloorStatus.storage) {
            try desk.publish("event/bj/ivr/1/", "b", .append, results: mailbox)
        }
        #expect(desk.unacknowledged == 1)
        #expect(desk.statistics.published == 1)
        #expect(store.bytes == before)
        // What is kept already is sent.
        desk.turn()
        #expect(desk.lines.last == "> PUB 1 first 1: append event/bj/ivr/1/ 'a'")
        store.isFull = false
        try event(desk, "c")
        desk.turn()
        #expect(desk.lines.last == "> PUB 2 first 1: append event/bj/ivr/1/ 'c'")
    }

    @Test("A new outbox on a full disk is refused")
    func fullFromTheStart() throws {
        store.isFull = true
        #expect(throws: FloorStatus.storage) { try Desk(keptIn: store) }
    }

    @Test("What the store lacks is neither sent nor told to the hub as known")
    func behind() throws {
        let desk = try Desk(keptIn: store)
        desk.connect()
        try event(desk, "a")
        desk.turn()
        store.isFull = true
        desk.refuse(0, ResultRun(1, .storage))
        desk.lines.removeAll()
        desk.pass(1000)
        #expect(desk.lines == ["> PING 2 first 1"])
        #expect(throws: FloorStatus.storage) { try event(desk, "b") }
        store.isFull = false
        desk.lines.removeAll()
        desk.pass(1000)
        // Its old number is over, its new one is 2; the store has both now.
        #expect(desk.lines == ["> PING 3 first 1", "> PUB 2 first 2: append event/bj/ivr/1/ 'a'"])
        let next = try Desk(keptIn: store)
        next.connect(lastApplied: 2)
        next.turn()
        #expect(next.lines.last == "> PUB 2 first 2: append event/bj/ivr/1/ 'a'")
    }

    @Test("The store does not grow without end while operations come and go")
    func compaction() throws {
        let desk = try Desk(keptIn: store)
        desk.isLogging = false
        desk.connect()
        let text = String(repeating: "x", count: 16_000)
        var largest = 0
        for number in UInt64(1)...1500 {
            try event(desk, text)
            desk.turn()
            desk.acknowledge(number, ResultRun(number, .ok))
            largest = max(largest, store.bytes.count)
        }
        desk.turn()
        #expect(store.replacements > 3)
        #expect(largest <= Limits.outboxGarbageBytes + 2 * 17_000)
        try event(desk, "last")
        let next = try Desk(keptIn: store)
        next.connect(lastApplied: 1500)
        next.turn()
        #expect(next.lines.last == "> PUB 1501 first 1501: append event/bj/ivr/1/ 'last'")
    }

    @Test("Everything an outbox may hold fits into its file")
    func relations() {
        let entry = 40 + 8
        let most = Limits.outboxBytes + Limits.outboxOperationsCeiling * entry
        #expect(most + Limits.outboxGarbageBytes + 32 * 1024 <= Limits.outboxFileBytes)
    }

    // MARK: bytes

    /// A store with every kind of entry, and how many operations it holds after each.
    private func variety() throws -> [(length: Int, count: Int)] {
        var ends: [(length: Int, count: Int)] = []
        func note(_ desk: Desk) { ends.append((store.bytes.count, desk.statistics.outboxDepth)) }
        let desk = try Desk(keptIn: store)
        note(desk)
        desk.connect()
        for text in ["a", "b", "c"] {
            try event(desk, text)
            note(desk)
        }
        desk.turn()
        desk.refuse(0, retryAfter: 1000, ResultRun(3, .storage))
        note(desk)
        desk.acknowledge(1, ResultRun(1, .ok))
        note(desk)
        desk.pass(1000)
        note(desk)
        _ = try desk.publish("custom/bj/x/1/", "payload")
        note(desk)
        return ends
    }

    @Test("A torn end is cut to the last whole entry, wherever it tears")
    func torn() throws {
        let ends = try variety()
        let bytes = store.bytes
        for length in 96..<bytes.count {
            let torn = MemoryOutboxStore(Array(bytes[..<length]))
            let contents = try torn.open(for: "ann", producer: .zero)
            // Before the first of these ends lie only entries of the store's own beginning.
            if let whole = ends.last(where: { $0.length <= length }) {
                #expect(torn.bytes.count == whole.length, "torn at \(length)")
                #expect(contents.count == whole.count, "torn at \(length)")
            }
            // It goes on behind the cut.
            let desk = try Desk(keptIn: torn)
            try event(desk, "new")
            #expect(try torn.open(for: "ann", producer: .zero).count == contents.count + 1)
        }
        for length in 1..<96 {
            let torn = MemoryOutboxStore(Array(bytes[..<length]))
            #expect(throws: OutboxFault.self) { try torn.open(for: "ann", producer: .zero) }
        }
    }

    @Test("A flipped bit anywhere is refused, or costs the last entry and nothing else")
    func flipped() throws {
        let ends = try variety()
        let bytes = store.bytes
        let lastEntry = ends[ends.count - 2].length
        for place in bytes.indices {
            let flipped = MemoryOutboxStore(bytes)
            flipped.bytes[place] ^= 1 << UInt8(place * 5 % 8)
            let contents = try? flipped.open(for: "ann", producer: .zero)
            if place < lastEntry {
                #expect(contents == nil, "byte \(place)")
            } else {
                #expect(contents?.length == lastEntry, "byte \(place)")
            }
        }
    }

    @Test("What is not this principal's outbox of this version is refused, each for its reason")
    func refused() throws {
        _ = try Desk(keptIn: store)
        let bytes = store.bytes
        func fault(
            _ change: (MemoryOutboxStore) -> Void,
            as principal: String = "ann"
        ) -> OutboxFault? {
            let other = MemoryOutboxStore(bytes)
            change(other)
            do {
                _ = try other.open(for: principal, producer: .zero)
                return nil
            } catch {
                return error
            }
        }
        #expect(fault { _ in } == nil)
        #expect(fault({ _ in }, as: "bob") == .otherPrincipal("ann"))
        #expect(fault { $0.bytes[8] = 2 } == .version(2))
        #expect(fault { $0.bytes[20] ^= 1 } == .damagedHeader)
        #expect(fault { $0.bytes = Array("#!/bin/sh\nrm -rf precious".utf8) } == .notAnOutbox)
        #expect(fault { $0.bytes = [UInt8](repeating: 0, count: 200) } == .notAnOutbox)
    }

    @Test("Damage with whole entries behind it names its place")
    func damaged() throws {
        let ends = try variety()
        store.bytes[ends[1].length - 1] ^= 1
        #expect(throws: OutboxFault.damaged(at: ends[0].length)) {
            try store.open(for: "ann", producer: .zero)
        }
    }
}
