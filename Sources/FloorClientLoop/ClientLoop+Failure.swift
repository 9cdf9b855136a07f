import FloorPosix

// What went wrong in the loop itself; what the hub says is the core's.

extension ClientLoop {
    /// Why the client's thread ended by itself; nil while it runs, and after `close`.
    ///
    /// Every operation has its result by then, `closed`, and every mailbox has been told.
    public var failure: ClientLoopError? { lock.withLock { failed.map { .system($0) } } }

    /// Why the last attempt could not even begin: a malformed endpoint, no file left to open.
    ///
    /// nil when it could. The client goes on trying.
    public var linkFailure: ClientLoopError? { lock.withLock { linkFailed.map { .socket($0) } } }
}
