import FloorPosix
import Synchronization
import Testing

/// Paths that no other test of this process and no other process uses.
private let pathCount = Atomic<Int>(0)

private func temporaryPath(_ name: String) -> String {
    let number = pathCount.add(1, ordering: .relaxed).newValue
    return "/tmp/floorbus-test-\(ThisProcess.id)-\(number)-\(name)"
}

// @unchecked Sendable because `value` is touched under `lock` only.
private final class Counter: @unchecked Sendable {
    let lock = Lock()
    let changed = Condition()
    var value = 0
}

private final class Flag: Sendable {
    let value = Atomic(true)
}

@Suite struct LockTests {
    @Test func fourThreadsIncrementWithoutLosingOne() throws {
        let counter = Counter()
        let threads = try (0..<4).map { number in
            try FloorThread.start(name: "counter \(number)") {
                for _ in 0..<50_000 { counter.lock.withLock { counter.value += 1 } }
            }
        }
        for thread in threads { thread.join() }
        let value = counter.lock.withLock { counter.value }
        #expect(value == 200_000)
    }

    @Test func aHeldLockIsNotTakenByTrying() throws {
        let counter = Counter()
        let wasTaken = Flag()
        counter.lock.lock()
        let thread = try FloorThread.start(name: "trier") {
            let taken = counter.lock.withLockIfFree { true } ?? false
            wasTaken.value.store(taken, ordering: .releasing)
        }
        thread.join()
        counter.lock.unlock()
        let taken = wasTaken.value.load(ordering: .acquiring)
        let takenLater = counter.lock.withLockIfFree { true } ?? false
        #expect(!taken && takenLater)
    }

    @Test func aConditionWakesTheThreadThatWaits() throws {
        let counter = Counter()
        let thread = try FloorThread.start(name: "setter") {
            counter.lock.withLock { counter.value = 7 }
            counter.changed.signal()
        }
        counter.lock.lock()
        while counter.value == 0 { counter.changed.wait(counter.lock) }
        #expect(counter.value == 7)
        counter.lock.unlock()
        thread.join()
    }

    @Test func aWaitEndsAtItsDeadline() {
        let counter = Counter()
        let deadline = Clocks.monotonicNanoseconds() + 5_000_000
        counter.lock.lock()
        while counter.changed.wait(counter.lock, untilMonotonicNanoseconds: deadline) {}
        counter.lock.unlock()
        #expect(Clocks.monotonicNanoseconds() >= deadline)
    }

    @Test func aFailureInsideTheLockGivesItBack() {
        let counter = Counter()
        #expect(throws: PosixError.self) {
            try counter.lock.withLock { try SmallFile.read(path: "/nonexistent/file", limit: 1) }
        }
        let isFree = counter.lock.tryLock()
        #expect(isFree)
        counter.lock.unlock()
    }
}

@Suite struct PollingTests {
    @Test func aWakeFromAnotherThreadEndsThePoll() throws {
        let wake = try WakeDescriptor()
        var set = PollSet()
        let slot = set.add(wake.descriptor)
        #expect(try set.wait(timeoutMilliseconds: 0) == 0)
        let thread = try FloorThread.start(name: "waker") { wake.signal() }
        #expect(try set.wait(timeoutMilliseconds: 10_000) == 1)
        #expect(set.events(at: slot) == .readable)
        thread.join()
    }

    @Test func manySignalsAreOneAndStayUntilDrained() throws {
        let wake = try WakeDescriptor()
        #expect(!wake.drain())
        for _ in 0..<1000 { wake.signal() }
        var set = PollSet()
        _ = set.add(wake.descriptor)
        #expect(try set.wait(timeoutMilliseconds: 0) == 1)
        #expect(try set.wait(timeoutMilliseconds: 0) == 1)
        #expect(wake.drain())
        #expect(!wake.drain())
        #expect(try set.wait(timeoutMilliseconds: 0) == 0)
    }

    @Test func aDescriptorThatIsNotOneIsReportedAsHungUp() throws {
        var set = PollSet()
        let slot = set.add(1_000_000)
        #expect(try set.wait(timeoutMilliseconds: 1000) == 1)
        #expect(set.events(at: slot).contains(.hungUp))
    }

    @Test func aPollWaitsNoLessThanItsTime() throws {
        var set = PollSet()
        let start = Clocks.monotonicNanoseconds()
        #expect(try set.wait(timeoutMilliseconds: 5) == 0)
        #expect(Clocks.monotonicNanoseconds() - start >= 4_900_000)
    }
}

@Suite struct FileTests {
    @Test func whatIsWrittenDurablyIsReadBackAndReplaced() throws {
        let path = temporaryPath("small")
        defer { try? FileSystem.removeFile(path: path) }
        let first = [UInt8](repeating: 7, count: 10_000)
        try SmallFile.writeDurably(path: path, bytes: first.span)
        #expect(try SmallFile.read(path: path, limit: 10_000) == first)
        let second: [UInt8] = [1, 2, 3]
        try SmallFile.writeDurably(path: path, bytes: second.span)
        #expect(try SmallFile.read(path: path, limit: 10_000) == second)
        #expect(throws: PosixError.self) { try SmallFile.read(path: path + ".tmp", limit: 9) }
    }

    @Test func aFileAboveTheLimitIsRefusedWithASentence() throws {
        let path = temporaryPath("large")
        defer { try? FileSystem.removeFile(path: path) }
        let bytes: [UInt8] = [1, 2, 3]
        try SmallFile.writeDurably(path: path, bytes: bytes.span)
        let error = #expect(throws: PosixError.self) { try SmallFile.read(path: path, limit: 2) }
        #expect(error?.code == ErrorNumber.tooLarge)
        #expect(error?.description.contains("larger than allowed") == true)
    }

    @Test func aMissingFileIsNotFound() {
        let error = #expect(throws: PosixError.self) {
            try SmallFile.read(path: temporaryPath("missing"), limit: 1)
        }
        #expect(error?.code == ErrorNumber.notFound)
    }

    @Test func aLockedFileHasOneHolder() throws {
        let path = temporaryPath("lock")
        defer { try? FileSystem.removeFile(path: path) }
        var first: FileLock? = try FileLock(path: path)
        let error = #expect(throws: PosixError.self) { try FileLock(path: path) }
        #expect(error?.code == ErrorNumber.tryAgain)
        #expect(error?.description.contains("another process holds it") == true)
        _ = first
        first = nil
        _ = try FileLock(path: path)
    }

    @Test func makingADirectoryTwiceIsFine() throws {
        let path = temporaryPath("directory")
        try FileSystem.makeDirectory(path: path)
        try FileSystem.makeDirectory(path: path)
        let bytes: [UInt8] = [9]
        try SmallFile.writeDurably(path: path + "/file", bytes: bytes.span)
        #expect(try SmallFile.read(path: path + "/file", limit: 1) == bytes)
        try FileSystem.removeFile(path: path + "/file")
    }
}

@Suite struct SystemTests {
    @Test func theClocksGoForwardAndTheWallIsInThisCentury() {
        let boot = Clocks.bootMicroseconds()
        let monotonic = Clocks.monotonicNanoseconds()
        #expect(Clocks.bootMicroseconds() >= boot)
        #expect(Clocks.monotonicNanoseconds() >= monotonic)
        #expect(Clocks.wallMicroseconds() > 1_700_000_000_000_000)
    }

    @Test func randomBytesFillTheWholeArray() throws {
        var first = [UInt8](repeating: 0, count: 4096)
        var second = first
        try Randomness.fill(&first)
        try Randomness.fill(&second)
        #expect(first != second)
        #expect(first.suffix(64) != [UInt8](repeating: 0, count: 64)[...])
    }

    @Test func theProcessHasAnIDAndALimit() throws {
        #expect(ThisProcess.id > 1)
        let limit = try ThisProcess.openFileLimit()
        #expect(limit.soft > 0 && limit.soft <= limit.hard)
    }
}

@Suite("A thread's text")
struct ThreadTextTests {
    @Test("Each thread has its own, cut to the room there is")
    func ownText() {
        ThreadText.set("the key is empty")
        let other = try? FloorThread.start(name: "other") {
            ThreadText.set("another thread's")
        }
        other?.join()
        var buffer = [CChar](repeating: 1, count: 8)
        #expect(unsafe ThreadText.copy(into: &buffer, capacity: buffer.count) == 16)
        #expect(buffer.map { UInt8(bitPattern: $0) } == Array("the key\0".utf8))
        #expect(unsafe ThreadText.copy(into: nil, capacity: 0) == 16)
        ThreadText.set(String(repeating: "x", count: 600))
        #expect(unsafe ThreadText.copy(into: nil, capacity: 0) == 511)
        ThreadText.set("")
        #expect(unsafe ThreadText.copy(into: nil, capacity: 0) == 0)
    }
}
