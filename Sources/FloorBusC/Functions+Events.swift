// swift-format-ignore-file: AlwaysUseLowerCamelCase, AllPublicDeclarationsHaveDocumentation
// The names are those of include/floorbus.h, where each function is documented.
public import CFloorBus
import FloorClient
import FloorEvents
import FloorWire

// MARK: publish

@c @implementation
public func floorbus_publish_state(
    _ client: OpaquePointer?,
    _ key: floorbus_str,
    _ state: UnsafePointer<floorbus_agent_state>?,
    _ ticket: UnsafeMutablePointer<floorbus_ticket>?
) -> floorbus_status {
    answer { () throws(Failure) in
        let client = try unsafe Library.shared.client(client)
        let bytes = try unsafe checkedKey(key, of: .agent)
        let state = try unsafe AgentState(readStruct(state, "state"))
        let number = try unsafe client.publish(
            Publication(.put, schema: PayloadSchema.agent),
            key: bytes
        ) { out throws(FloorStatus) in try state.append(to: &out) }
        if let ticket = unsafe ticket { unsafe ticket.pointee = number }
    }
}

@c @implementation
public func floorbus_remove(
    _ client: OpaquePointer?,
    _ key: floorbus_str,
    _ expected_rev: UInt64,
    _ ticket: UnsafeMutablePointer<floorbus_ticket>?
) -> floorbus_status {
    answer { () throws(Failure) in
        let client = try unsafe Library.shared.client(client)
        let bytes = try unsafe checkedKey(key, of: nil)
        var publication = Publication(.delete)
        publication.expectedRevision = Revision(rawValue: expected_rev)
        let number = try unsafe client.publish(publication, key: bytes) { _ in }
        if let ticket = unsafe ticket { unsafe ticket.pointee = number }
    }
}

@c @implementation
public func floorbus_wait(
    _ client: OpaquePointer?,
    _ ticket: floorbus_ticket,
    _ timeout_ms: Int32,
    _ out: UnsafeMutablePointer<floorbus_result>?
) -> floorbus_status {
    answer { () throws(Failure) in
        let client = try unsafe Library.shared.client(client)
        let patience = try Patience(milliseconds: timeout_ms)
        if ticket == .max {
            guard unsafe out == nil else {
                throw Failure(.invalid, "with FLOORBUS_TICKET_ALL out must be NULL")
            }
            return try client.answerAll(patience)
        }
        try unsafe checkStruct(out, "out")
        let answer = try client.answer(to: ticket, patience)
        var result = floorbus_result()
        result.status = answer.status.rawValue
        result.rev = answer.revision.rawValue
        try unsafe writeStruct(result, to: out, "out")
    }
}

/// A well-formed key's bytes, while the caller's call lasts.
private func checkedKey(
    _ key: floorbus_str,
    of wanted: RecordKind?
) throws(Failure) -> UnsafeBufferPointer<UInt8> {
    let bytes = try unsafe key.bytes("key", atMost: Limits.keyBytes, or: .badKey)
    let kind: RecordKind
    do { kind = try unsafe KeyRules.checkKey(bytes.span) } catch {
        throw Failure(.badKey, error.sentence)
    }
    guard wanted == nil || kind == wanted else {
        throw Failure(.badKey, "an agent's state needs a key agent/SITE/UNIT/AGENT/")
    }
    return unsafe bytes
}

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
        let bytes = try unsafe filter.bytes("filter", atMost: Limits.keyBytes, or: .badKey)
        let wanted: KeyFilter
        do throws(KeyError) { wanted = try unsafe KeyFilter(bytes: Array(bytes)) } catch {
            throw Failure(.badKey, error.sentence)
        }
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

@c @implementation
public func floorbus_unsubscribe(
    _ client: OpaquePointer?,
    _ subscription: UInt32
) -> floorbus_status {
    answer { () throws(Failure) in
        try unsafe Library.shared.client(client).unsubscribe(subscription)
    }
}

@c @implementation
public func floorbus_recv(
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
public func floorbus_event_release(_ event: OpaquePointer?) {
    unsafe Library.shared.releaseEvent(event)
}
