// swift-format-ignore-file: AlwaysUseLowerCamelCase, AllPublicDeclarationsHaveDocumentation

// The names are those of include/floorbus.h, where each function is documented.
public import CFloorBus
import FloorClient
import FloorEvents
import FloorPosix

@c @implementation
public func floorbus_get(
    _ client: OpaquePointer?,
    _ filter: floorbus_str,
    _ timeout_ms: Int32,
    _ out: UnsafeMutablePointer<OpaquePointer?>?
) -> floorbus_status {
    answer { () throws(Failure) in
        guard let out = unsafe out else { throw .missing("out") }
        unsafe out.pointee = nil
        let client = try unsafe Library.shared.client(client)
        let patience = try Patience(milliseconds: timeout_ms)
        let wanted = try unsafe checkedFilter(filter, client.encoding)
        let snapshot = try Snapshot.ask(client, patience, marking: Int(FLOORBUS_EVF_SNAPSHOT)) {
            core,
            mailbox throws(FloorStatus) in try core.get(wanted, mailbox: mailbox)
        }
        unsafe out.pointee = try handOut(snapshot)
    }
}

@c @implementation
public func floorbus_replay(
    _ client: OpaquePointer?,
    _ filter: floorbus_str,
    _ after_rev: UInt64,
    _ from_us: Int64,
    _ to_us: Int64,
    _ timeout_ms: Int32,
    _ out: UnsafeMutablePointer<OpaquePointer?>?
) -> floorbus_status {
    answer { () throws(Failure) in
        guard let out = unsafe out else { throw .missing("out") }
        unsafe out.pointee = nil
        let client = try unsafe Library.shared.client(client)
        let patience = try Patience(milliseconds: timeout_ms)
        let wanted = try unsafe checkedFilter(filter, client.encoding)
        let last = from_us == 0 && to_us == 0 ? Int64.max : to_us
        guard from_us <= last else { throw Failure(.invalid, "from_us is after to_us") }
        let snapshot = try Snapshot.ask(client, patience, marking: Int(FLOORBUS_EVF_REPLAY)) {
            core,
            mailbox throws(FloorStatus) in
            try core.replay(
                wanted,
                after: Revision(rawValue: after_rev),
                hubTimes: from_us...last,
                mailbox: mailbox
            )
        }
        unsafe out.pointee = try handOut(snapshot)
    }
}

private func handOut(_ snapshot: Snapshot) throws(Failure) -> OpaquePointer {
    do throws(Failure) {
        return try unsafe Library.shared.insert(snapshot)
    } catch {
        snapshot.free()
        throw error
    }
}

// See Sources/CPosix/blocking.c, as for the others that wait.
@c(floor_snapshot_next)
public func snapshotNext(
    _ snapshot: OpaquePointer?,
    _ out: UnsafeMutablePointer<OpaquePointer?>?,
    _ timeout_ms: Int32
) -> floorbus_status {
    answer { () throws(Failure) in
        guard let out = unsafe out else { throw .missing("out") }
        unsafe out.pointee = nil
        let snapshot = try unsafe Library.shared.snapshot(snapshot)
        guard let event = try unsafe snapshot.next(Patience(milliseconds: timeout_ms)) else {
            throw Failure(.notFound, "this was the end of the answer")
        }
        unsafe out.pointee = event
    }
}

@c @implementation
public func floorbus_snapshot_free(_ snapshot: OpaquePointer?) {
    HostCall.quietly { unsafe Library.shared.removeSnapshot(snapshot)?.free() }
}

@c @implementation
public func floorbus_get_presence(
    _ client: OpaquePointer?,
    _ principal: floorbus_str,
    _ timeout_ms: Int32,
    _ out: UnsafeMutablePointer<floorbus_presence>?
) -> floorbus_status {
    answer { () throws(Failure) in
        let client = try unsafe Library.shared.client(client)
        let patience = try Patience(milliseconds: timeout_ms)
        try unsafe checkStruct(out, "out")
        let name = try unsafe principal.text(
            "principal",
            atMost: Limits.nameBytes,
            client.encoding
        )
        let key = try presenceKey(of: name)
        let wanted: KeyFilter
        do throws(KeyError) { wanted = try KeyFilter(bytes: key.bytes) } catch {
            throw Failure(.badKey, error.sentence)
        }
        let snapshot = try Snapshot.ask(client, patience, marking: Int(FLOORBUS_EVF_SNAPSHOT)) {
            core,
            mailbox throws(FloorStatus) in try core.get(wanted, mailbox: mailbox)
        }
        defer { snapshot.free() }
        var found = floorbus_presence()
        while let event = try unsafe snapshot.next(patience) {
            defer { unsafe Library.shared.releaseEvent(event) }
            try unsafe Library.shared.withEvent(event) { event throws(Failure) in
                found = try event.presence()
            }
        }
        try unsafe writeStruct(found, to: out, "out")
    }
}
