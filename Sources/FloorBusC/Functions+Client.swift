// swift-format-ignore-file: AlwaysUseLowerCamelCase, AllPublicDeclarationsHaveDocumentation

// The names are those of include/floorbus.h, where each function is documented; `@implementation`
// finds its declaration by name.
public import CFloorBus
import FloorClient
import FloorClientLoop
import FloorEvents
import FloorPosix
import FloorZeroMQ

// MARK: library

@c @implementation
public func floorbus_version() -> UInt32 {
    UInt32(FLOORBUS_VERSION_MAJOR << 16 | FLOORBUS_VERSION_MINOR << 8 | FLOORBUS_VERSION_PATCH)
}

@c @implementation
public func floorbus_check_abi(_ abi: UInt32) -> floorbus_status {
    answer { () throws(Failure) in
        guard abi == FLOORBUS_ABI_VERSION else {
            throw Failure(
                .wrongABI,
                "the program was compiled for interface \(abi), this library has "
                    + "\(FLOORBUS_ABI_VERSION); compile it with the installed floorbus.h"
            )
        }
    }
}

@c @implementation
public func floorbus_strerror(_ status: floorbus_status) -> UnsafePointer<CChar>! {
    let text = FloorStatus(rawValue: status)?.constantSentence ?? "not a status of FloorBus"
    // A StaticString of more than one character is a constant with a NUL at its end.
    return unsafe UnsafeRawPointer(text.utf8Start).assumingMemoryBound(to: CChar.self)
}

@c @implementation
public func floorbus_last_error(_ buffer: UnsafeMutablePointer<CChar>?, _ capacity: Int) -> Int {
    unsafe ThreadText.copy(into: buffer, capacity: capacity)
}

@c @implementation
public func floorbus_new_id(_ id: UnsafeMutablePointer<floorbus_id>?) -> floorbus_status {
    answer { () throws(Failure) in
        guard let id = unsafe id else { throw .missing("id") }
        unsafe id.pointee = floorbus_id(try freshID())
    }
}

@c @implementation
public func floorbus_id_text(
    _ id: UnsafePointer<floorbus_id>?,
    _ text: UnsafeMutablePointer<CChar>?
) -> floorbus_status {
    answer { () throws(Failure) in
        guard let id = unsafe id else { throw .missing("id") }
        guard let text = unsafe text else { throw .missing("text") }
        let digits = unsafe FloorID(id.pointee).text
        var place = 0
        for digit in digits.utf8 {
            unsafe text[place] = CChar(bitPattern: digit)
            place += 1
        }
        unsafe text[place] = 0
    }
}

@c @implementation
public func floorbus_id_parse(
    _ text: floorbus_str,
    _ id: UnsafeMutablePointer<floorbus_id>?
) -> floorbus_status {
    answer { () throws(Failure) in
        guard let id = unsafe id else { throw .missing("id") }
        guard let parsed = FloorID(try unsafe text.text("text", atMost: 64, nil)) else {
            throw Failure(.invalid, "an id has 32 hexadecimal digits; dashes may stand between")
        }
        unsafe id.pointee = floorbus_id(parsed)
    }
}

// MARK: client

@c @implementation
public func floorbus_client_open(
    _ options: UnsafePointer<floorbus_client_options>?,
    _ out: UnsafeMutablePointer<OpaquePointer?>?
) -> floorbus_status {
    answer { () throws(Failure) in
        guard let out = unsafe out else { throw .missing("out") }
        unsafe out.pointee = nil
        let setup = try unsafe ClientSetup(readStruct(options, "options"))
        guard !setup.endpoints.isEmpty else { throw .missing("endpoints") }
        try Library.shared.claimProcess()
        unsafe out.pointee = try openClient(setup, hub: nil)
    }
}

/// Opens a client and gives the caller a handle of it.
func openClient(
    _ setup: ClientSetup,
    hub: (any DirectPort)?
) throws(Failure) -> OpaquePointer {
    let client = try Client.open(setup, hub: hub)
    do throws(Failure) {
        return try unsafe Library.shared.insert(client)
    } catch {
        _ = client.close(flush: .none)
        throw error
    }
}

@c @implementation
public func floorbus_client_close(
    _ client: OpaquePointer?,
    _ flush_timeout_ms: Int32
) -> floorbus_status {
    answer { () throws(Failure) in
        if Library.shared.isForked { return }
        let patience = try Patience(milliseconds: flush_timeout_ms)
        let isComplete = try unsafe Library.shared.removeClient(client).close(flush: patience)
        guard isComplete else {
            throw Failure(.timedOut, "closed, but the hub has not answered every publication")
        }
    }
}

@c @implementation
public func floorbus_client_fd(
    _ client: OpaquePointer?,
    _ fd: UnsafeMutablePointer<Int32>?
) -> floorbus_status {
    answer { () throws(Failure) in
        let client = try unsafe Library.shared.client(client)
        guard let fd = unsafe fd else { throw .missing("fd") }
        unsafe fd.pointee = client.descriptor
    }
}

// Those that wait are called by the header's functions in Sources/CPosix/blocking.c.
@c(floor_client_wait_ready)
public func waitReady(
    _ client: OpaquePointer?,
    _ timeout_ms: Int32
) -> floorbus_status {
    answer { () throws(Failure) in
        let client = try unsafe Library.shared.client(client)
        try client.waitUntilReady(try Patience(milliseconds: timeout_ms))
    }
}

@c @implementation
public func floorbus_client_stats(
    _ client: OpaquePointer?,
    _ out: UnsafeMutablePointer<floorbus_client_counts>?
) -> floorbus_status {
    answer { () throws(Failure) in
        let counts = try unsafe Library.shared.client(client).statistics()
        var result = floorbus_client_counts()
        result.connected = counts.isLinked ? 1 : 0
        result.epoch = counts.epoch
        result.subscriptions = UInt32(clamping: counts.subscriptions)
        result.keys = UInt32(clamping: counts.keys)
        result.outbox_depth = UInt32(clamping: counts.outboxDepth)
        result.published = counts.published
        result.accepted = counts.accepted
        result.refused = counts.refused
        result.records_in = counts.recordsIn
        result.coalesced = counts.coalesced
        result.gaps = counts.gaps
        result.links = counts.welcomed
        result.resyncs = counts.resyncs
        result.bytes_in = counts.bytesIn
        result.bytes_out = counts.bytesOut
        result.round_trip_us = counts.roundTrip
        result.recovered = counts.recovered
        result.overtaken = counts.overtaken
        try unsafe writeStruct(result, to: out, "out")
    }
}

@c @implementation
public func floorbus_client_time(
    _ client: OpaquePointer?,
    _ hub_us: UnsafeMutablePointer<Int64>?,
    _ error_us: UnsafeMutablePointer<Int64>?
) -> floorbus_status {
    answer { () throws(Failure) in
        let client = try unsafe Library.shared.client(client)
        guard let hub_us = unsafe hub_us else { throw .missing("hub_us") }
        let loop = try client.lock.withLock { () throws(Failure) in try client.openLoop() }
        guard let (time, error) = loop.hubTime() else {
            throw Failure(.again, "the hub's clock is not measured yet; try again in a moment")
        }
        unsafe hub_us.pointee = time
        if let error_us = unsafe error_us { unsafe error_us.pointee = error }
    }
}
