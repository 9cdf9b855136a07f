import CPosix

/// A mutual exclusion lock, for Embedded Swift has no `Mutex`; not recursive.
///
/// ```swift
/// final class Counter: @unchecked Sendable {  // because `value` is touched under `lock` only
///     private let lock = Lock()
///     private var value = 0
///     func increment() { lock.withLock { value += 1 } }
/// }
/// ```
/// Any thread may lock it; the thread that locked it unlocks it. What was written before an unlock
/// is seen after the next lock, so a ZeroMQ socket may pass from thread to thread under it. Locking
/// it twice from one thread waits for ever. The lock must not be held when the value goes away.
///
/// @unchecked Sendable because a pthread mutex is made for any thread.
@safe public struct Lock: ~Copyable, @unchecked Sendable {
    let mutex: OpaquePointer

    /// Makes an unlocked lock.
    public init() {
        guard let created = unsafe floor_posix_mutex_create() else {
            fatalError("no memory for a lock")
        }
        unsafe mutex = created
    }

    deinit { unsafe floor_posix_mutex_destroy(mutex) }

    /// Waits for the lock and takes it; prefer `withLock`.
    public borrowing func lock() {
        let result = unsafe floor_posix_mutex_lock(mutex)
        precondition(result == 0, "the lock is not usable")
    }

    /// Takes the lock if it is free, and says whether it did.
    public borrowing func tryLock() -> Bool {
        unsafe floor_posix_mutex_trylock(mutex) == 0
    }

    /// Gives the lock back; only the thread that took it may.
    public borrowing func unlock() {
        let result = unsafe floor_posix_mutex_unlock(mutex)
        precondition(result == 0, "the lock is not held by this thread")
    }

    /// Runs `body` with the lock held.
    @inlinable
    public borrowing func withLock<Result: ~Copyable, Failure: Error>(
        _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        lock()
        defer { unlock() }
        return try body()
    }

    /// Runs `body` if the lock is free; `nil` when another thread holds it.
    @inlinable
    public borrowing func withLockIfFree<Result: ~Copyable, Failure: Error>(
        _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result? {
        guard tryLock() else { return nil }
        defer { unlock() }
        return try body()
    }
}

/// A condition to wait for under a `Lock`.
///
/// ```swift
/// lock.lock()
/// while inbox.isEmpty { condition.wait(lock) }   // always in a loop: waits may end early
/// lock.unlock()
/// ```
/// Any thread. Nobody may be waiting when the value goes away.
///
/// @unchecked Sendable because a pthread condition variable is made for any thread.
@safe public struct Condition: ~Copyable, @unchecked Sendable {
    private let condition: OpaquePointer

    /// Makes a condition.
    public init() {
        guard let created = unsafe floor_posix_condition_create() else {
            fatalError("no memory for a condition")
        }
        unsafe condition = created
    }

    deinit { unsafe floor_posix_condition_destroy(condition) }

    /// Gives up the lock, waits for a signal and takes the lock again.
    ///
    /// The calling thread holds the lock. The wait may end without a signal.
    public borrowing func wait(_ lock: borrowing Lock) {
        let result = unsafe floor_posix_condition_wait(condition, lock.mutex)
        precondition(result == 0, "wait needs the lock held by this thread")
    }

    /// Waits like `wait`, but no longer than to a deadline.
    ///
    /// - Parameters:
    ///   - lock: held by the calling thread.
    ///   - deadline: nanoseconds of `Clocks.monotonicNanoseconds()`.
    /// - Returns: `false` once the deadline is over.
    public borrowing func wait(
        _ lock: borrowing Lock,
        untilMonotonicNanoseconds deadline: UInt64
    ) -> Bool {
        let result = unsafe floor_posix_condition_wait_until(condition, lock.mutex, deadline)
        precondition(
            result == 0 || result == -ErrorNumber.timedOut,
            "wait needs the lock held by this thread"
        )
        return result == 0
    }

    /// Wakes one waiting thread, if there is one.
    public borrowing func signal() { unsafe floor_posix_condition_signal(condition) }

    /// Wakes every waiting thread.
    public borrowing func broadcast() { unsafe floor_posix_condition_broadcast(condition) }
}
