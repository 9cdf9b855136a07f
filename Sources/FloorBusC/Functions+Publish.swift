// swift-format-ignore-file: AlwaysUseLowerCamelCase, AllPublicDeclarationsHaveDocumentation

// The names are those of include/floorbus.h, where each function is documented.
public import CFloorBus
import FloorClient
import FloorEvents
import FloorWire

@c @implementation
public func floorbus_publish_state(
    _ client: OpaquePointer?,
    _ key: floorbus_str,
    _ state: UnsafePointer<floorbus_agent_state>?,
    _ options: UnsafePointer<floorbus_publish_options>?,
    _ ticket: UnsafeMutablePointer<floorbus_ticket>?
) -> floorbus_status {
    answer { () throws(Failure) in
        let client = try unsafe Library.shared.client(client)
        let publication = try unsafe publication(.put, PayloadSchema.agent, options)
        try unsafe withKey(key, client, of: [.agent]) { key, _ throws(Failure) in
            let state = try unsafe readStruct(state, "state")
            try unsafe client.publish(publication, key, ticket) { out throws(Failure) in
                try unsafe state.append(to: &out, client.encoding)
            }
        }
    }
}

@c @implementation
public func floorbus_publish_queue(
    _ client: OpaquePointer?,
    _ key: floorbus_str,
    _ queue: UnsafePointer<floorbus_queue>?,
    _ options: UnsafePointer<floorbus_publish_options>?,
    _ ticket: UnsafeMutablePointer<floorbus_ticket>?
) -> floorbus_status {
    answer { () throws(Failure) in
        let client = try unsafe Library.shared.client(client)
        let publication = try unsafe publication(.put, PayloadSchema.queue, options)
        try unsafe withKey(key, client, of: [.queue]) { key, _ throws(Failure) in
            let level = try unsafe QueueLevel(readStruct(queue, "queue"), client.encoding)
            try unsafe client.publish(publication, key, ticket) { out throws(Failure) in
                try naming { () throws(FloorStatus) in try level.append(to: &out) }
            }
        }
    }
}

@c @implementation
public func floorbus_publish_team(
    _ client: OpaquePointer?,
    _ key: floorbus_str,
    _ team: UnsafePointer<floorbus_team>?,
    _ options: UnsafePointer<floorbus_publish_options>?,
    _ ticket: UnsafeMutablePointer<floorbus_ticket>?
) -> floorbus_status {
    answer { () throws(Failure) in
        let client = try unsafe Library.shared.client(client)
        let publication = try unsafe publication(.put, PayloadSchema.team, options)
        try unsafe withKey(key, client, of: [.team]) { key, _ throws(Failure) in
            let figures = try unsafe TeamFigures(readStruct(team, "team"), client.encoding)
            try unsafe client.publish(publication, key, ticket) { out throws(Failure) in
                try naming { () throws(FloorStatus) in try figures.append(to: &out) }
            }
        }
    }
}

@c @implementation
public func floorbus_publish_custom(
    _ client: OpaquePointer?,
    _ key: floorbus_str,
    _ schema: UInt16,
    _ payload: floorbus_bytes,
    _ options: UnsafePointer<floorbus_publish_options>?,
    _ ticket: UnsafeMutablePointer<floorbus_ticket>?
) -> floorbus_status {
    answer { () throws(Failure) in
        let client = try unsafe Library.shared.client(client)
        guard schema != 0 else { throw Failure(.invalid, "schema is 0; give your layout a number") }
        let bytes = try unsafe payload.bytes("payload", atMost: Limits.payloadBytes)
        try unsafe withKey(key, client, of: [.custom, .event]) { key, kind throws(Failure) in
            let publication = try unsafe publication(
                kind == .event ? .append : .put,
                schema,
                options
            )
            try unsafe client.publish(publication, key, ticket) { out in
                unsafe out.append(span: bytes.span)
            }
        }
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
        var publication = Publication(.delete)
        publication.expectedRevision = Revision(rawValue: expected_rev)
        try unsafe withKey(key, client) { key, _ throws(Failure) in
            try unsafe client.publish(publication, key, ticket) { _ in }
        }
    }
}

// See Sources/CPosix/blocking.c, as for the others that wait. `last` is 0 at first; a call that
// goes on waiting for all publications finds there which of them that is.
@c(floor_wait)
public func waitForAnswer(
    _ client: OpaquePointer?,
    _ ticket: floorbus_ticket,
    _ timeout_ms: Int32,
    _ out: UnsafeMutablePointer<floorbus_result>?,
    _ last: UnsafeMutablePointer<UInt64>
) -> floorbus_status {
    answer { () throws(Failure) in
        let client = try unsafe Library.shared.client(client)
        let patience = try Patience(milliseconds: timeout_ms)
        if ticket == .max {
            guard unsafe out == nil else {
                throw Failure(.invalid, "with FLOORBUS_TICKET_ALL out must be NULL")
            }
            return try unsafe client.answerAll(upTo: &last.pointee, patience)
        }
        try unsafe checkStruct(out, "out")
        let answer = try client.answer(to: ticket, patience)
        try unsafe writeStruct(floorbus_result(answer, client.encoding), to: out, "out")
    }
}

extension floorbus_result {
    /// How a publication came out; `owner` in the host's encoding, cut where it does not fit.
    init(_ answer: Answer, _ encoding: HostEncoding?) {
        self.init()
        status = answer.status.rawValue
        rev = answer.revision.rawValue
        claim_gen = answer.claimGeneration
        flags = answer.flags
        let utf8 = Array(answer.owner.utf8)
        let text = encoding.map { $0.host(utf8.span) } ?? utf8
        unsafe withUnsafeMutableBytes(of: &owner) { place in
            unsafe place.copyBytes(from: text.prefix(place.count - 1))
        }
    }
}

// MARK: shared by all that publishes

/// What a publication does beside its content; NULL options are all zero.
func publication(
    _ operation: RecordOperation,
    _ schema: UInt16,
    _ options: UnsafePointer<floorbus_publish_options>?
) throws(Failure) -> Publication {
    var publication = Publication(operation, schema: schema)
    guard unsafe options != nil else { return publication }
    let options = try unsafe readStruct(options, "options")
    guard options.flags & ~UInt32(FLOORBUS_PUB_UNLEASED) == 0 else {
        throw Failure(.invalid, "flags of the options has bits that mean nothing")
    }
    publication.isLeased = options.flags == 0
    publication.expectedRevision = Revision(rawValue: options.expected_rev)
    publication.sourceTime = options.src_time_us
    return publication
}

/// Runs `body` with a caller's key of a known kind, for `Client.publish`, which checks the rest;
/// everything that is wrong with it is `badKey`.
///
/// - Parameters:
///   - key: the caller's.
///   - client: whose encoding it is in.
///   - kinds: those the key may have; empty = all.
///   - body: gets the key's bytes and its kind.
/// - Throws: `Failure`, the body's too.
func withKey(
    _ key: floorbus_str,
    _ client: Client,
    of kinds: [RecordKind] = [],
    _ body: (UnsafeBufferPointer<UInt8>, RecordKind) throws(Failure) -> Void
) throws(Failure) {
    if let encoding = client.encoding {
        let bytes = try unsafe key.utf8(
            "key",
            atMost: Limits.keyBytes,
            encoding,
            tooLong: .badKey,
            bad: .badKey
        )
        try unsafe withCheckedKey(bytes, of: kinds, body)
    } else {
        let bytes = try unsafe key.bytes("key", atMost: Limits.keyBytes, or: .badKey)
        let kind = try unsafe checkedKind(bytes.span, of: kinds)
        try unsafe body(bytes, kind)
    }
}

/// The same for a key that was made here.
func withCheckedKey(
    _ key: [UInt8],
    of kinds: [RecordKind],
    _ body: (UnsafeBufferPointer<UInt8>, RecordKind) throws(Failure) -> Void
) throws(Failure) {
    let kind = try checkedKind(key.span, of: kinds)
    try unsafe key.withUnsafeBufferPointer { bytes throws(Failure) in
        try unsafe body(bytes, kind)
    }
}

/// The key's kind; whether the rest is well-formed is the core's to say, once.
private func checkedKind(
    _ key: Span<UInt8>,
    of kinds: [RecordKind]
) throws(Failure) -> RecordKind {
    guard let kind = KeyRules.kind(of: key) else { throw .badKey(key) }
    guard kinds.isEmpty || kinds.contains(kind) else {
        throw .badKey(
            key,
            or: "this function needs a key of the kind " + (kinds.first?.name ?? "") + ", not "
                + kind.name
        )
    }
    return kind
}

extension Failure {
    /// What is wrong with a key; `sentence` if it is well-formed.
    static func badKey(_ key: Span<UInt8>, or sentence: String? = nil) -> Failure {
        do {
            _ = try KeyRules.checkKey(key)
            return sentence.map { Failure(.badKey, $0) } ?? Failure(.badKey)
        } catch {
            return Failure(.badKey, error.sentence)
        }
    }
}

extension Client {
    /// Publishes, and gives the caller the ticket.
    func publish(
        _ publication: Publication,
        _ key: UnsafeBufferPointer<UInt8>,
        _ ticket: UnsafeMutablePointer<floorbus_ticket>?,
        _ write: (inout [UInt8]) throws(Failure) -> Void
    ) throws(Failure) {
        let number = try unsafe publish(publication, key: key, write)
        if let ticket = unsafe ticket { unsafe ticket.pointee = number }
    }
}
