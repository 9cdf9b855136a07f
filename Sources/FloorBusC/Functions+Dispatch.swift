// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation

// The parts of floorbus_dispatch, which itself is in C (Sources/CPosix/blocking.c says why).
import CFloorBus
import FloorEvents
import FloorPosix

/// The places of blocking.c: function, context, info, event and, of Swift, the `Dispatch`.
private typealias DispatchTurn = UnsafeMutablePointer<UnsafeMutableRawPointer?>

/// One call of floorbus_dispatch: whose callback it calls, and the event it is called for.
@safe private final class Dispatch {
    let client: Client
    let callback: Callback
    private let info = UnsafeMutablePointer<floorbus_event_info>.allocate(capacity: 1)
    private var event: OpaquePointer?

    init(_ client: Client, _ callback: Callback) {
        self.client = client
        self.callback = callback
        unsafe info.initialize(to: floorbus_event_info())
    }

    deinit { unsafe info.deallocate() }

    /// Takes the next event, for the callback.
    func take(_ patience: Patience, _ turn: DispatchTurn) throws(Failure) {
        unsafe event = try client.receive(patience)
        unsafe info.pointee.struct_size = UInt32(MemoryLayout<floorbus_event_info>.size)
        try unsafe Library.shared.withEvent(event) { event throws(Failure) in
            try unsafe writeStruct(event.info, to: info, "info")
        }
        unsafe turn[2] = UnsafeMutableRawPointer(info)
        unsafe turn[3] = UnsafeMutableRawPointer(event)
    }

    /// Gives the event back.
    func release() {
        unsafe Library.shared.releaseEvent(event)
        unsafe event = nil
    }
}

@c(floor_dispatch_begin)
public func dispatchBegin(
    _ client: OpaquePointer?,
    _ timeout: Int32,
    _ turn: UnsafeMutablePointer<UnsafeMutableRawPointer?>
) -> Int32 {
    answer { () throws(Failure) in
        let client = try unsafe Library.shared.client(client)
        let patience = try Patience(milliseconds: timeout)
        let dispatch = Dispatch(client, try client.enterCallback())
        do throws(Failure) {
            try unsafe dispatch.take(patience, turn)
        } catch {
            client.leave(dispatch.callback)
            throw error
        }
        let callback = dispatch.callback
        // A C function's address, as blocking.c takes it back.
        unsafe turn[0] = withUnsafeBytes(of: callback.function) {
            unsafe $0.load(as: UnsafeMutableRawPointer?.self)
        }
        unsafe turn[1] = callback.context
        unsafe turn[4] = Unmanaged.passRetained(dispatch).toOpaque()
    }
}

/// The event has been called for: it is given back, and the next one taken if there is one.
@c(floor_dispatch_next)
public func dispatchNext(_ turn: UnsafeMutablePointer<UnsafeMutableRawPointer?>) -> Int32 {
    HostCall.quietly {
        guard let state = unsafe turn[4] else { return 0 }
        let dispatch = unsafe Unmanaged<Dispatch>.fromOpaque(state).takeUnretainedValue()
        dispatch.release()
        guard dispatch.client.isPresent(dispatch.callback) else { return 0 }
        // One has been called: whatever there is to say now, the next call says.
        do throws(Failure) { try unsafe dispatch.take(.none, turn) } catch { return 0 }
        return 1
    }
}

@c(floor_dispatch_end)
public func dispatchEnd(_ state: UnsafeMutableRawPointer) {
    HostCall.quietly {
        let dispatch = unsafe Unmanaged<Dispatch>.fromOpaque(state).takeRetainedValue()
        dispatch.release()
        dispatch.client.leave(dispatch.callback)
    }
}
