import CFloorBus
import FloorEvents
import FloorPosix

/// What `floorbus_dispatch` calls, and its context, which is dropped once.
///
/// @unchecked Sendable because what changes is touched only with the client's `lock` held; the
/// context is the caller's, who says that any thread may dispatch.
@safe final class Callback: @unchecked Sendable {
    let function: floorbus_event_function
    let context: UnsafeMutableRawPointer?
    private let dropFunction: floorbus_drop_function?
    /// Dispatches that are calling it.
    fileprivate var uses = 0
    /// Whether another one, or none, has taken its place.
    fileprivate var isReplaced = false

    init(
        _ function: floorbus_event_function,
        _ context: UnsafeMutableRawPointer?,
        _ drop: floorbus_drop_function?
    ) {
        unsafe self.function = unsafe function
        unsafe self.context = unsafe context
        unsafe dropFunction = unsafe drop
    }

    /// Tells the caller that the context is not used any more; with no lock held.
    func drop() { unsafe dropFunction?(context) }
}

extension Client {
    /// Puts a callback in the place of the present one, with `lock` held.
    ///
    /// - Returns: the one whose context is to be dropped now; nil when a dispatch does it.
    func exchangeCallback(for fresh: Callback?) -> Callback? {
        let old = callback
        callback = fresh
        old?.isReplaced = true
        return old?.uses == 0 ? old : nil
    }

    func setCallback(_ fresh: Callback?) throws(Failure) {
        let old = try lock.withLock { () throws(Failure) in
            _ = try openLoop()
            return exchangeCallback(for: fresh)
        }
        old?.drop()
    }

    /// The callback that a dispatch is to call, which it gives back by `leave`.
    func enterCallback() throws(Failure) -> Callback {
        try lock.withLock { () throws(Failure) -> Callback in
            _ = try openLoop()
            guard let present = self.callback else {
                throw Failure(.wrongState, "no callback is set")
            }
            present.uses += 1
            return present
        }
    }

    /// Whether the callback is still the one to call.
    func isPresent(_ callback: Callback) -> Bool { lock.withLock { !callback.isReplaced } }

    func leave(_ callback: Callback) {
        let isLast = lock.withLock {
            callback.uses -= 1
            return callback.isReplaced && callback.uses == 0
        }
        if isLast { callback.drop() }
    }
}
