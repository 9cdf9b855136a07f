import CFloorBus
import FloorEvents
import FloorPosix

/// What `floorbus_dispatch` calls, and its context, which is dropped once.
///
/// @unchecked Sendable because what changes is touched only with the client's `lock` held; the
/// context is the caller's, who says that any thread may dispatch.
@safe final class Callback: @unchecked Sendable {
    private let function: floorbus_event_function
    private let context: UnsafeMutableRawPointer?
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

    /// Calls it for an event that this thread has the handle of.
    func call(_ event: OpaquePointer) {
        var info = unsafe floorbus_event_info()
        unsafe info.struct_size = UInt32(MemoryLayout<floorbus_event_info>.size)
        guard unsafe floorbus_event_get(event, &info) == FloorStatus.ok.rawValue else { return }
        unsafe function(context, &info, event)
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

    /// Calls the callback for each event, on this thread; waits for the first one only.
    ///
    /// - Parameters:
    ///   - most: events; 0 = those that are there.
    ///   - patience: for the first one.
    /// - Returns: how many.
    /// - Throws: `Failure` when there was none.
    func dispatch(most: UInt32, _ patience: Patience) throws(Failure) -> UInt32 {
        let callback = try lock.withLock { () throws(Failure) -> Callback in
            _ = try openLoop()
            guard let present = self.callback else {
                throw Failure(.wrongState, "no callback is set")
            }
            present.uses += 1
            return present
        }
        defer { leave(callback) }
        var count: UInt32 = 0
        while most == 0 || count < most {
            let event: OpaquePointer
            do { unsafe event = try receive(count == 0 ? patience : .none) } catch {
                if count > 0 { break }
                throw error
            }
            unsafe callback.call(event)
            unsafe Library.shared.releaseEvent(event)
            count += 1
            if lock.withLock({ callback.isReplaced }) { break }
        }
        return count
    }

    private func leave(_ callback: Callback) {
        let isLast = lock.withLock {
            callback.uses -= 1
            return callback.isReplaced && callback.uses == 0
        }
        if isLast { callback.drop() }
    }
}
