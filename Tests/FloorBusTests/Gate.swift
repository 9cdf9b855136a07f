import FloorBus
import FloorHub
import FloorHubServer
import FloorPosix
import Synchronization

/// A journal in memory whose commits wait while the gate is closed: whoever commits holds the
/// hub's lock, so the hub is busy for as long.
final class Gate: Sendable {
    private let lock = Lock()
    private let changed = Condition()
    private let isClosed = Atomic(false)
    private let waiting = Atomic(0)

    var isWaitedFor: Bool { waiting.load(ordering: .acquiring) > 0 }

    func close() { isClosed.store(true, ordering: .releasing) }

    func release() {
        lock.withLock { isClosed.store(false, ordering: .releasing) }
        changed.broadcast()
    }

    func open() -> OpenJournal {
        OpenJournal(
            GatedJournal(self),
            lineage: FloorID(high: 7, low: 7),
            epoch: 1,
            contents: nil
        )
    }

    fileprivate func pass() {
        guard isClosed.load(ordering: .acquiring) else { return }
        lock.lock()
        defer { lock.unlock() }
        waiting.add(1, ordering: .acquiringAndReleasing)
        while isClosed.load(ordering: .acquiring) { changed.wait(lock) }
        waiting.subtract(1, ordering: .acquiringAndReleasing)
    }
}

private final class GatedJournal: EventJournal {
    private let gate: Gate
    private let memory = MemoryJournal(epoch: 1)

    init(_ gate: Gate) { self.gate = gate }

    func append(_ record: Span<UInt8>) { memory.append(record) }
    func saveValue(_ record: Span<UInt8>) {}
    func saveProducer(_ producer: Span<UInt8>) {}
    func saveHistory(_ records: Span<UInt8>) {}
    func saveKept(_ record: Span<UInt8>) {}
    func forgetKept(_ key: Span<UInt8>) {}
    func commit(batch: UInt64) {
        gate.pass()
        memory.commit(batch: batch)
    }
    func takeOutcomes() -> [JournalOutcome] { memory.takeOutcomes() }
    func read(_ request: ReadRequest) { memory.read(request) }
    func cancelRead(token: UInt64) { memory.cancelRead(token: token) }
    func close() {}
}
