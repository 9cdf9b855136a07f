import CPosix

/// A call of a host's thread into a library.
public enum HostCall {
    /// Runs `body` so that the thread cannot be cancelled in it, and `errno` is as it was.
    ///
    /// ```swift
    /// HostCall.quietly { lock.withLock { … } }
    /// ```
    /// A thread that ended with a lock held would leave it locked for ever; a request to cancel is
    /// kept until `body` is over. Any thread, also within another such call.
    public static func quietly<Result: ~Copyable, Failure: Error>(
        _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let call = floor_posix_enter()
        defer { floor_posix_leave(call) }
        return try body()
    }
}

/// What the system still gives.
public enum SystemTrial {
    /// Tries whether descriptors, threads and memory are to be had, all at once, and gives them
    /// back.
    ///
    /// For what is about to be started by code that ends the process when it finds none. It is no
    /// promise: another thread may take them in between.
    ///
    /// - Parameters:
    ///   - descriptors: at most 64.
    ///   - threads: at most 64.
    ///   - bytes: of memory, beside the threads' stacks.
    /// - Throws: `ErrorNumber.tooManyOpen`, `tryAgain` for threads, `noMemory`.
    public static func run(
        descriptors: Int,
        threads: Int,
        bytes: Int
    ) throws(PosixError) {
        let result = floor_posix_try(descriptors, threads, bytes)
        // Whose table of descriptors is full, the process's or the system's, helps nobody.
        let code = result == -FLOOR_POSIX_ENFILE ? -ErrorNumber.tooManyOpen : result
        try check(code, "take what a connection needs")
    }
}

extension SystemTrial {
    /// Whether memory has run out and is not there again.
    ///
    /// In the C library what runs then goes to its end on a reserve (Sources/CPosix/memory.c);
    /// elsewhere it is never so.
    public static var isMemoryShort: Bool { floor_posix_memory() != 0 }
}
