import FloorPosix

/// The inproc endpoints that sockets of this process are bound to.
///
/// libzmq lets a socket connect to an inproc name that nobody has bound, and then never frees
/// that socket: it waits for a bind that does not come, even after its close (ctx.cpp,
/// `pend_connection` counts a command that is never sent). A client that tries again and again
/// would use up the process's descriptors. So such a connect is refused here.
///
/// @unchecked Sendable because `names` is touched with `lock` held only.
final class LocalEndpoints: @unchecked Sendable {
    static let shared = LocalEndpoints()

    private let lock = Lock()
    private var names: [[UInt8]] = []

    static func isLocal(_ endpoint: String) -> Bool {
        endpoint.utf8.starts(with: "inproc://".utf8)
    }

    func add(_ endpoint: String) { lock.withLock { names.append(Array(endpoint.utf8)) } }

    func remove(_ endpoint: String) {
        let name = Array(endpoint.utf8)
        lock.withLock {
            if let place = names.firstIndex(of: name) { names.remove(at: place) }
        }
    }

    /// Runs `connect` unless nobody is bound; nothing is unbound meanwhile.
    func connect(_ endpoint: String, _ connect: () -> Int32) -> Int32 {
        let name = Array(endpoint.utf8)
        return lock.withLock {
            names.contains(name) ? connect() : -ErrorNumber.notFound
        }
    }
}
