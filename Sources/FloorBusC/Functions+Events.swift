// swift-format-ignore-file: AlwaysUseLowerCamelCase, AllPublicDeclarationsHaveDocumentation

// The names are those of include/floorbus.h, where each function is documented.
public import CFloorBus
import FloorClient
import FloorEvents
import FloorPosix
import FloorWire

// MARK: subscribe and receive

@c @implementation
public func floorbus_subscribe(
    _ client: OpaquePointer?,
    _ filter: floorbus_str,
    _ options: UnsafePointer<floorbus_sub_options>?,
    _ subscription: UnsafeMutablePointer<UInt32>?
) -> floorbus_status {
    answer { () throws(Failure) in
        let client = try unsafe Library.shared.client(client)
        let wanted = try unsafe checkedFilter(filter, client.encoding)
        var interval: UInt32 = 0
        if unsafe options != nil {
            let options = try unsafe readStruct(options, "options")
            guard options.flags == 0, options.reserved0 == 0 else {
                throw Failure(.invalid, "flags and reserved0 of the options must be 0")
            }
            interval = options.min_interval_ms
        }
        let number = try client.subscribe(wanted, minimumInterval: interval)
        if let subscription = unsafe subscription { unsafe subscription.pointee = number }
    }
}

/// A caller's filter; everything that is wrong with it is `badKey`.
func checkedFilter(
    _ filter: floorbus_str,
    _ encoding: HostEncoding?
) throws(Failure) -> KeyFilter {
    let bytes = try unsafe filter.utf8(
        "filter",
        atMost: Limits.keyBytes,
        encoding,
        tooLong: .badKey,
        bad: .badKey
    )
    do throws(KeyError) { return try KeyFilter(bytes: bytes) } catch {
        throw Failure(.badKey, error.sentence)
    }
}

@c @implementation
public func floorbus_unsubscribe(
    _ client: OpaquePointer?,
    _ subscription: UInt32
) -> floorbus_status {
    answer { () throws(Failure) in
        try unsafe Library.shared.client(client).unsubscribe(subscription)
    }
}

// See Sources/CPosix/blocking.c, as for the others that wait.
@c(floor_recv)
public func receive(
    _ client: OpaquePointer?,
    _ out: UnsafeMutablePointer<OpaquePointer?>?,
    _ timeout_ms: Int32
) -> floorbus_status {
    answer { () throws(Failure) in
        guard let out = unsafe out else { throw .missing("out") }
        unsafe out.pointee = nil
        let client = try unsafe Library.shared.client(client)
        let patience = try Patience(milliseconds: timeout_ms)
        unsafe out.pointee = try client.receive(patience)
    }
}

@c @implementation
public func floorbus_event_get(
    _ event: OpaquePointer?,
    _ out: UnsafeMutablePointer<floorbus_event_info>?
) -> floorbus_status {
    answer { () throws(Failure) in
        try unsafe Library.shared.withEvent(event) { event throws(Failure) in
            try unsafe writeStruct(event.info, to: out, "out")
        }
    }
}

@c @implementation
public func floorbus_event_decode_state(
    _ event: OpaquePointer?,
    _ out: UnsafeMutablePointer<floorbus_agent_state>?
) -> floorbus_status {
    answer { () throws(Failure) in
        try unsafe Library.shared.withEvent(event) { event throws(Failure) in
            try unsafe writeStruct(event.agentState(), to: out, "out")
        }
    }
}

@c @implementation
public func floorbus_event_decode_queue(
    _ event: OpaquePointer?,
    _ out: UnsafeMutablePointer<floorbus_queue>?
) -> floorbus_status {
    answer { () throws(Failure) in
        try unsafe Library.shared.withEvent(event) { event throws(Failure) in
            try unsafe writeStruct(event.queueLevel(), to: out, "out")
        }
    }
}

@c @implementation
public func floorbus_event_decode_team(
    _ event: OpaquePointer?,
    _ out: UnsafeMutablePointer<floorbus_team>?
) -> floorbus_status {
    answer { () throws(Failure) in
        try unsafe Library.shared.withEvent(event) { event throws(Failure) in
            try unsafe writeStruct(event.teamFigures(), to: out, "out")
        }
    }
}

@c @implementation
public func floorbus_event_decode_flag(
    _ event: OpaquePointer?,
    _ out: UnsafeMutablePointer<floorbus_flag>?
) -> floorbus_status {
    answer { () throws(Failure) in
        try unsafe Library.shared.withEvent(event) { event throws(Failure) in
            try unsafe writeStruct(event.helpFlag(), to: out, "out")
        }
    }
}

@c @implementation
public func floorbus_event_decode_note(
    _ event: OpaquePointer?,
    _ out: UnsafeMutablePointer<floorbus_note>?
) -> floorbus_status {
    answer { () throws(Failure) in
        try unsafe Library.shared.withEvent(event) { event throws(Failure) in
            try unsafe writeStruct(event.note(), to: out, "out")
        }
    }
}

@c @implementation
public func floorbus_event_decode_presence(
    _ event: OpaquePointer?,
    _ out: UnsafeMutablePointer<floorbus_presence>?
) -> floorbus_status {
    answer { () throws(Failure) in
        try unsafe Library.shared.withEvent(event) { event throws(Failure) in
            try unsafe writeStruct(event.presence(), to: out, "out")
        }
    }
}

@c @implementation
public func floorbus_event_decode_catalogue(
    _ event: OpaquePointer?,
    _ out: UnsafeMutablePointer<floorbus_catalogue>?
) -> floorbus_status {
    answer { () throws(Failure) in
        try unsafe Library.shared.withEvent(event) { event throws(Failure) in
            try unsafe writeStruct(event.catalogueEntry(), to: out, "out")
        }
    }
}

@c @implementation
public func floorbus_event_release(_ event: OpaquePointer?) {
    HostCall.quietly { unsafe Library.shared.releaseEvent(event) }
}

// MARK: callbacks

@c @implementation
public func floorbus_set_callback(
    _ client: OpaquePointer?,
    _ function: floorbus_event_function?,
    _ context: UnsafeMutableRawPointer?,
    _ drop: floorbus_drop_function?
) -> floorbus_status {
    // In a forked child nothing of the caller's is called.
    if Library.shared.isForked { return answer { () throws(Failure) in throw Failure(.forked) } }
    var isKept = false
    let status = answer { () throws(Failure) in
        let client = try unsafe Library.shared.client(client)
        try client.setCallback(unsafe function.map { unsafe Callback($0, context, drop) })
        isKept = unsafe function != nil
    }
    if !isKept { unsafe drop?(context) }
    return status
}
