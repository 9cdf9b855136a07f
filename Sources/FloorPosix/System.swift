import CPosix

/// The three clocks; each says what it is good for.
public enum Clocks {
    /// Microseconds since the machine started, its sleep included: leases and timers.
    public static func bootMicroseconds() -> UInt64 { floor_posix_boot_us() }

    /// Microseconds since 1970 UTC, for stamps that people read; it may jump.
    public static func wallMicroseconds() -> Int64 { floor_posix_wall_us() }

    /// Nanoseconds that only go forward, without sleep: measuring, and `Condition` deadlines.
    public static func monotonicNanoseconds() -> UInt64 { floor_posix_monotonic_ns() }
}

/// Facts about this process.
public enum ThisProcess {
    /// Its process id; a forked child has another one.
    public static var id: Int64 { floor_posix_process_id() }

    /// Lets the allocator keep up to 16 MiB of freed memory a thread; for programs, not libraries.
    ///
    /// A message's memory is taken by one thread and freed by another. glibc gives back what is
    /// over 128 KiB at the end of a heap at once, and every message would touch its pages anew,
    /// 16 page faults for the largest.
    public static func keepFreedMemory() { floor_posix_keep_freed_memory(16 * 1024 * 1024) }

    /// Lets a write to a pipe that nobody reads fail, in place of ending the process.
    ///
    /// For a daemon: whoever started it may close its stderr, and a sentence there is no reason to
    /// die.
    public static func ignoreBrokenPipes() { floor_posix_ignore_broken_pipes() }

    /// How many files and sockets it may have open at once, and how far that may be raised.
    ///
    /// A hub checks it at start: at the limit, libzmq's accept() spins (each peer needs one).
    public static func openFileLimit() throws(PosixError) -> (soft: UInt64, hard: UInt64) {
        var soft: UInt64 = 0
        var hard: UInt64 = 0
        try check(unsafe floor_posix_open_file_limit(&soft, &hard), "read the open file limit")
        return (soft, hard)
    }
}

/// Facts about the calling thread.
public enum ThisThread {
    /// What tells it from every other thread that runs; never 0.
    public static var id: Int { floor_posix_thread_id() }
}

/// Random bytes from the kernel, good enough for secrets.
public enum Randomness {
    /// Overwrites every element with a random byte.
    public static func fill(_ bytes: inout [UInt8]) throws(PosixError) {
        try check(unsafe floor_posix_random(&bytes, bytes.count), "read random bytes")
    }
}

/// The C library's `rand()`, for what a library takes from it without seeding it.
public enum HostRandom {
    /// Runs `body` while `rand()` begins where nobody can guess; its host gets its own sequence
    /// back, where it was.
    ///
    /// - Throws: `PosixError` when the kernel gives no random bytes; `body` has not run.
    public static func seeded<Value>(_ body: () -> Value) throws(PosixError) -> Value {
        try check(floor_posix_rand_begin(), "read random bytes")
        defer { floor_posix_rand_end() }
        return body()
    }
}

/// Connections that a library keeps and gives no call for.
public enum Connection {
    /// Ends a connection in both directions; its owner sees the end and closes the descriptor.
    ///
    /// Nothing happens to a descriptor that is no socket.
    public static func hangUp(_ descriptor: Int32) { floor_posix_hang_up(descriptor) }
}

/// One text that belongs to the calling thread, at most 511 bytes; empty at first.
///
/// The C interface keeps the sentence of the last error there, as `errno` is kept.
public enum ThreadText {
    /// Sets the calling thread's text; what is too long is cut.
    public static func set(_ text: String) {
        var text = text
        text.withUTF8 { bytes in
            // An empty text may have no address.
            guard let start = bytes.baseAddress else { return }
            unsafe floor_posix_thread_text_set(start, bytes.count)
        }
    }

    /// Copies the calling thread's text, cut to the room there is, and a NUL.
    ///
    /// - Returns: the bytes of the whole text, without the NUL.
    public static func copy(into buffer: UnsafeMutablePointer<CChar>?, capacity: Int) -> Int {
        unsafe floor_posix_thread_text_get(buffer, capacity)
    }
}
