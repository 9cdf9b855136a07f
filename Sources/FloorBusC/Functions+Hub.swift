// swift-format-ignore-file: AlwaysUseLowerCamelCase, AllPublicDeclarationsHaveDocumentation

// The names are those of include/floorbus.h, where each function is documented.
public import CFloorBus
import FloorEvents
import FloorHub
import FloorHubServer
import FloorPosix

@c @implementation
public func floorbus_hub_start(
    _ options: UnsafePointer<floorbus_hub_options>?,
    _ out: UnsafeMutablePointer<OpaquePointer?>?
) -> floorbus_status {
    answer { () throws(Failure) in
        guard let out = unsafe out else { throw .missing("out") }
        unsafe out.pointee = nil
        let wish = HubWish()
        if unsafe options != nil { try unsafe wish.take(readStruct(options, "options")) }
        try Library.shared.claimProcess()
        let hub = try HostedHub.start(wish)
        do throws(Failure) {
            unsafe out.pointee = try Library.shared.insert(hub)
        } catch {
            hub.port.stop(drainMilliseconds: 0)
            throw error
        }
    }
}

@c @implementation
public func floorbus_hub_client(
    _ hub: OpaquePointer?,
    _ options: UnsafePointer<floorbus_client_options>?,
    _ out: UnsafeMutablePointer<OpaquePointer?>?
) -> floorbus_status {
    answer { () throws(Failure) in
        guard let out = unsafe out else { throw .missing("out") }
        unsafe out.pointee = nil
        let hub = try unsafe Library.shared.hub(hub)
        let setup = try unsafe ClientSetup(readStruct(options, "options"))
        guard setup.endpoints.isEmpty else {
            throw Failure(.invalid, "endpoints must be NULL: the hub is in this process")
        }
        unsafe out.pointee = try openClient(setup, hub: hub.port)
    }
}

@c @implementation
public func floorbus_hub_endpoint(
    _ hub: OpaquePointer?,
    _ index: UInt32,
    _ buffer: UnsafeMutablePointer<CChar>?,
    _ capacity: Int,
    _ needed: UnsafeMutablePointer<Int>?
) -> floorbus_status {
    answer { () throws(Failure) in
        let endpoints = try unsafe Library.shared.hub(hub).endpoints
        guard index < endpoints.count else {
            throw Failure(.notFound, "the hub listens at \(endpoints.count) addresses")
        }
        try unsafe writeText(endpoints[Int(index)], buffer, capacity, needed)
    }
}

@c @implementation
public func floorbus_hub_stats(
    _ hub: OpaquePointer?,
    _ out: UnsafeMutablePointer<floorbus_hub_counts>?
) -> floorbus_status {
    answer { () throws(Failure) in
        let port = try unsafe Library.shared.hub(hub).port
        let counts = port.statistics
        var result = floorbus_hub_counts()
        result.epoch = port.epoch
        result.sessions = counts.sessions
        result.subscriptions = counts.subscriptions
        result.keys = counts.keys
        result.records_in = counts.recordsIn
        result.records_out = counts.recordsOut
        result.coalesced = counts.coalesced
        result.duplicates = counts.duplicates
        result.gaps = counts.gaps
        result.refused = counts.refused
        result.denied = counts.denied
        result.malformed = counts.malformed
        result.blocked = counts.blocked
        result.bytes_in = counts.bytesIn
        result.bytes_out = counts.bytesOut
        try unsafe writeStruct(result, to: out, "out")
    }
}

@c @implementation
public func floorbus_hub_stop(
    _ hub: OpaquePointer?,
    _ drain_timeout_ms: Int32
) -> floorbus_status {
    answer { () throws(Failure) in
        if Library.shared.isForked { return }
        guard drain_timeout_ms >= 0 else {
            throw Failure(.invalid, "drain_timeout_ms is negative")
        }
        let hub = try unsafe Library.shared.removeHub(hub)
        hub.port.stop(drainMilliseconds: Int(drain_timeout_ms))
    }
}
