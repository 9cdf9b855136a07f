// swift-format-ignore-file: AlwaysUseLowerCamelCase, AllPublicDeclarationsHaveDocumentation
// The names are those of include/floorbus.h, where each function is documented; `@implementation`
// finds its declaration by name.
public import CFloorBus
import FloorClient
import FloorEvents
import FloorPosix

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

// MARK: client

@c @implementation
public func floorbus_client_open(
    _ options: UnsafePointer<floorbus_client_options>?,
    _ out: UnsafeMutablePointer<OpaquePointer?>?
) -> floorbus_status {
    answer { () throws(Failure) in
        guard let out = unsafe out else { throw .missing("out") }
        unsafe out.pointee = nil
        let options = try unsafe readStruct(options, "options")
        let (endpoints, engine) = try unsafe clientOptions(options)
        try Library.shared.claimProcess()
        let client = try Client.open(endpoints: endpoints, options: engine)
        do throws(Failure) {
            unsafe out.pointee = try Library.shared.insert(client)
        } catch {
            _ = client.close(flush: .none)
            throw error
        }
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

@c @implementation
public func floorbus_client_wait_ready(
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
        try unsafe writeStruct(result, to: out, "out")
    }
}

/// The caller's options as endpoints and the engine's options.
private func clientOptions(
    _ options: floorbus_client_options
) throws(Failure) -> ([String], ClientOptions) {
    guard unsafe options.flags == 0, unsafe options.reserved0 == 0 else {
        throw Failure(.invalid, "flags and reserved0 of the options must be 0")
    }
    guard
        let list = try unsafe optionText(options.endpoints, "endpoints", atMost: endpointsBytes)
    else { throw .missing("endpoints") }
    let name = try unsafe optionText(options.principal, "principal", atMost: Limits.nameBytes)
    guard let name, !name.isEmpty else {
        throw Failure(.invalid, "principal is empty; say who the client is")
    }
    let application = try unsafe optionText(
        options.app_name,
        "app_name",
        atMost: Limits.nameBytes
    )
    var result = ClientOptions(principal: name, application: application ?? "")
    unsafe result.heartbeatMilliseconds = options.heartbeat_ms
    if unsafe options.reconnect_min_ms > 0 {
        unsafe result.reconnectMilliseconds.first = options.reconnect_min_ms
    }
    if unsafe options.reconnect_max_ms > 0 {
        unsafe result.reconnectMilliseconds.last = options.reconnect_max_ms
    }
    if unsafe options.outbox_limit > 0 {
        unsafe result.outboxOperations = Int(options.outbox_limit)
    }
    if unsafe options.window_bytes > 0 {
        unsafe result.creditBytes = numericCast(options.window_bytes)
    }
    return (split(list), result)
}

/// The longest list of endpoints, in bytes.
private let endpointsBytes = 4096

/// The parts between commas, without the spaces around them.
private func split(_ list: String) -> [String] {
    var parts: [String] = []
    var part: [UInt8] = []
    for byte in list.utf8 {
        switch byte {
        case UInt8(ascii: ","):
            parts.append(String(decoding: part, as: UTF8.self))
            part.removeAll(keepingCapacity: true)
        case UInt8(ascii: " "): break
        default: part.append(byte)
        }
    }
    parts.append(String(decoding: part, as: UTF8.self))
    return parts
}
