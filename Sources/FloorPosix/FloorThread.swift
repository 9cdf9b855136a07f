import CPosix
import Synchronization

/// What a new thread runs.
///
/// Public, and in the file's scope, only because Embedded Swift needs the definition where the C
/// function below is specialised; there is no use for it elsewhere.
public final class ThreadBody: Sendable {
    let run: @Sendable () -> Void

    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
}

/// A thread of our own.
///
/// ```swift
/// let thread = try FloorThread.start(name: "floorbus core") { loop.run() }
/// loop.stop()
/// thread.join()
/// ```
/// It has every signal blocked, so that the host program's handlers run on its own threads. A
/// thread that nobody joins runs on and cleans up after itself.
public final class FloorThread: Sendable {
    private let id: UInt64
    private let isJoined = Atomic(false)

    private init(id: UInt64) { self.id = id }

    deinit {
        if !isJoined.load(ordering: .acquiring) { floor_posix_thread_detach(id) }
    }

    /// Starts a thread that runs `body` and ends with it.
    ///
    /// - Parameters:
    ///   - name: shown by ps and gdb, its first 15 bytes.
    ///   - body: what the thread runs; it is released when it returns.
    /// - Returns: the running thread.
    /// - Throws: `ErrorNumber.tryAgain` when the system allows no further thread.
    public static func start(
        name: String,
        body: @escaping @Sendable () -> Void
    ) throws(PosixError) -> FloorThread {
        let retained = unsafe Unmanaged.passRetained(ThreadBody(body))
        var id: UInt64 = 0
        let result = unsafe name.withCString { name in
            unsafe floor_posix_thread_start(&id, name, threadMain, retained.toOpaque())
        }
        if result < 0 { unsafe retained.release() }
        try check(result, "start a thread")
        return FloorThread(id: id)
    }

    /// Lets other threads run, if any wait for a processor.
    public static func yield() { floor_posix_yield() }

    /// Waits until the thread has ended.
    ///
    /// Call it once, from another thread.
    public func join() {
        let joinedBefore = isJoined.exchange(true, ordering: .acquiringAndReleasing)
        precondition(!joinedBefore, "a thread is joined once")
        let result = floor_posix_thread_join(id)
        precondition(result == 0, "a thread cannot join itself")
    }
}

private func threadMain(_ context: UnsafeMutableRawPointer?) {
    guard let context = unsafe context else { return }
    unsafe Unmanaged<ThreadBody>.fromOpaque(context).takeRetainedValue().run()
}
