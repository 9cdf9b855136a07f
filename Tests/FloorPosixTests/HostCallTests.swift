import FloorPosix
import Foundation
import Synchronization
import Testing

@Suite("Calls of a host, and what the system still gives")
struct HostCallTests {
    @Test("errno is as it was, whatever went wrong inside; errors and results come through")
    func errorNumber() throws {
        errno = EDOM
        let result = HostCall.quietly { close(-1) }
        #expect(result == -1)
        #expect(errno == EDOM)
        let failure = #expect(throws: PosixError.self) {
            try HostCall.quietly { try SystemTrial.run(descriptors: 65, threads: 0, bytes: 0) }
        }
        #expect(failure?.code == ErrorNumber.invalid)
        #expect(errno == EDOM)
    }

    @Test("A thread is not cancelled inside, but afterwards")
    func cancelled() throws {
        let passed = Atomic(0)
        let thread = try FloorThread.start(name: "cancelled") {
            HostCall.quietly {
                pthread_cancel(pthread_self())
                pthread_testcancel()
                passed.store(1, ordering: .sequentiallyConsistent)
            }
        }
        thread.join()
        #expect(passed.load(ordering: .sequentiallyConsistent) == 1)
        FloorThread.yield()
    }

    @Test("A trial says what is missing, and takes nothing")
    func trials() throws {
        try SystemTrial.run(descriptors: 8, threads: 3, bytes: 1 << 20)
        let failure = #expect(throws: PosixError.self) {
            try SystemTrial.run(descriptors: 1, threads: 1, bytes: .max)
        }
        #expect(failure?.code == ErrorNumber.noMemory)
        #expect(!SystemTrial.isMemoryShort)
    }

    @Test("The current directory is the one that relative paths count from")
    func directory() throws {
        #expect(try FileSystem.currentDirectory() == FileManager.default.currentDirectoryPath)
    }
}
