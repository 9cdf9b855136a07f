import CZeroMQ
import FloorPosix
import Synchronization

/// The one ZeroMQ context of the process: made at the first socket, never terminated.
///
/// Never terminated because closing a context ends libsodium's random source for every other one
/// (`randombytes_close`, libzmq#4242), and one because a context is its I/O threads.
public enum ZeroMQContext {
    /// Sets the number of I/O threads, before the process's first socket; 1 if never called.
    ///
    /// - Parameter ioThreads: 1 to 16. A second one gains nothing but CURVE handshakes per second.
    /// - Throws: `ErrorNumber.invalid` when out of range, or when there is a context already with
    ///   another number.
    public static func configure(ioThreads: Int32) throws(ZeroMQError) {
        try state.configure(ioThreads: ioThreads)
    }

    /// The version of the libzmq that was loaded, for example `4.3.4`.
    public static var libraryVersion: String {
        let version = ContextHandle.libraryVersion()
        return "\(version.major).\(version.minor).\(version.patch)"
    }

    /// Makes the context now, on this thread, where it can be told what is missing for it.
    ///
    /// - Throws: `ErrorNumber.tooManyOpen`, `tryAgain` (threads), `noMemory`, `forked`.
    public static func start() throws(ZeroMQError) { _ = try shared() }

    /// Whether this process is a fork of the one that made the context.
    ///
    /// The sockets are not usable here then: the I/O threads stayed behind.
    public static var isForked: Bool {
        let maker = state.maker.load(ordering: .acquiring)
        return maker != 0 && maker != ThisProcess.id
    }

    /// The context, made now if need be.
    static func shared() throws(ZeroMQError) -> ContextHandle {
        if isForked { throw ZeroMQError(code: ErrorNumber.forked, operation: .makeContext) }
        return try state.context()
    }

    private static let state = ContextState()
}

// @unchecked Sendable because `handle` and `ioThreads` are touched under `lock` only.
private final class ContextState: @unchecked Sendable {
    let maker = Atomic<Int64>(0)
    private let lock = Lock()
    private var handle: ContextHandle?
    private var ioThreads: Int32 = 1

    func configure(ioThreads: Int32) throws(ZeroMQError) {
        lock.lock()
        defer { lock.unlock() }
        guard (1...Limits.ioThreads).contains(ioThreads),
            handle == nil || ioThreads == self.ioThreads
        else { throw ZeroMQError(code: ErrorNumber.invalid, operation: .makeContext) }
        self.ioThreads = ioThreads
    }

    func context() throws(ZeroMQError) -> ContextHandle {
        lock.lock()
        defer { lock.unlock() }
        if let handle { return handle }
        do throws(PosixError) {
            try SystemTrial.run(
                descriptors: Limits.startDescriptors,
                threads: Limits.startThreads + Int(ioThreads),
                bytes: Limits.startBytes
            )
        } catch {
            throw ZeroMQError(code: error.code, operation: .makeContext)
        }
        guard let created = ContextHandle.create() else {
            throw ZeroMQError(code: ErrorNumber.noMemory, operation: .makeContext)
        }
        // BLOCKY=0: no socket waits at its end for unsent messages.
        let options = [
            (ZMQ_IO_THREADS, ioThreads), (ZMQ_MAX_SOCKETS, Limits.sockets), (ZMQ_BLOCKY, 0),
        ]
        for (option, value) in options {
            let result = created.set(option, value)
            guard result >= 0 else {
                created.end()
                throw ZeroMQError(code: -result, operation: .makeContext)
            }
        }
        // libzmq starts its threads with the first socket: now, while there is room for them.
        do throws(SystemCode) {
            try SocketHandle(created, type: ZMQ_PAIR).close()
        } catch {
            created.end()
            throw ZeroMQError(code: error.number, operation: .makeContext)
        }
        handle = created
        maker.store(ThisProcess.id, ordering: .releasing)
        return created
    }
}
