// swift-format-ignore-file: AlwaysUseLowerCamelCase, AllPublicDeclarationsHaveDocumentation

// The names are those of include/floorbus.h, where each function is documented.
public import CFloorBus
import FloorClient
import FloorClientLoop
import FloorEvents
import FloorPosix
import Synchronization

/// Whom the host wants to be told what an operator should know.
///
/// @unchecked Sendable because what changes is touched only with `lock` held; the context is the
/// caller's, who says that the function may be called on any thread.
@safe final class HostLog: @unchecked Sendable {
    static let shared = HostLog()

    private let lock = Lock()
    private var function: floorbus_log_function?
    private var context: UnsafeMutableRawPointer?
    /// The thread that is calling the function; 0 = none.
    private let speaker = Atomic<Int>(0)

    private init() {}

    func set(
        _ function: floorbus_log_function?,
        _ context: UnsafeMutableRawPointer?
    ) throws(Failure) {
        guard speaker.load(ordering: .relaxed) != ThisThread.id else {
            throw Failure(.wrongState, "floorbus_set_log is not for the log's function to call")
        }
        lock.withLock {
            unsafe self.function = unsafe function
            unsafe self.context = unsafe context
        }
    }

    /// Tells one sentence; with no lock held.
    func say(_ level: UInt8, _ sentence: @autoclosure () -> String) {
        lock.lock()
        defer { lock.unlock() }
        guard let function = unsafe function else { return }
        speaker.store(ThisThread.id, ordering: .relaxed)
        unsafe sentence().withCString { unsafe function(context, level, $0) }
        speaker.store(0, ordering: .relaxed)
    }
}

extension Client {
    private var name: String { "client " + setup.engine.principal + ": " }

    func log(_ notice: LinkNotice) {
        switch notice {
        case .linked(let epoch):
            HostLog.shared.say(UInt8(FLOORBUS_LOG_INFO), name + "connected, epoch \(epoch)")
        case .unlinked(let why):
            HostLog.shared.say(
                UInt8(FLOORBUS_LOG_WARNING),
                name + "no session with a hub: " + why
            )
        }
    }

    func log(_ notice: ClientNotice) {
        switch notice {
        case .deferred(let status):
            HostLog.shared.say(
                UInt8(FLOORBUS_LOG_ERROR),
                name + "the hub lets publications wait: " + status.sentence
            )
        case .resumed:
            HostLog.shared.say(UInt8(FLOORBUS_LOG_INFO), name + "no publication waits any more")
        }
    }

    /// Tells how many publications an earlier process has left in the outbox file.
    func logRecovered(_ loop: ClientLoop) {
        let count = loop.peek { $0.statistics.recovered }
        guard count > 0 else { return }
        HostLog.shared.say(
            UInt8(FLOORBUS_LOG_INFO),
            name + "\(count) publications of an earlier process are sent now"
        )
    }
}

@c @implementation
public func floorbus_set_log(
    _ function: floorbus_log_function?,
    _ context: UnsafeMutableRawPointer?
) -> floorbus_status {
    answer { () throws(Failure) in
        if Library.shared.isForked { throw Failure(.forked) }
        try unsafe HostLog.shared.set(function, context)
    }
}
