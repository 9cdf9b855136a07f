// swift-format-ignore-file: AlwaysUseLowerCamelCase, AllPublicDeclarationsHaveDocumentation

// The names are those of include/floorbus.h, where each function is documented.
public import CFloorBus
import FloorClient
import FloorEvents
import FloorPosix
import FloorWire

// MARK: help flags

@c @implementation
public func floorbus_flag_raise(
    _ client: OpaquePointer?,
    _ place: floorbus_str,
    _ request: UnsafePointer<floorbus_flag_request>?,
    _ id: UnsafeMutablePointer<floorbus_id>?,
    _ ticket: UnsafeMutablePointer<floorbus_ticket>?
) -> floorbus_status {
    answer { () throws(Failure) in
        let client = try unsafe Library.shared.client(client)
        guard let id = unsafe id else { throw .missing("id") }
        let request = try unsafe FlagRequest(
            readStruct(request, "request"),
            for: .raise,
            client.encoding
        )
        let flagID = try unsafe chosenID(id.pointee)
        let key = try unsafe key(in: place, flagID, client.encoding)
        try unsafe withCheckedKey(key, of: [.flag]) { key, _ throws(Failure) in
            try unsafe client.operate(.raise, PayloadSchema.flagRequest, key, ticket) {
                out throws(FloorStatus) in try request.append(to: &out)
            }
        }
        unsafe id.pointee = floorbus_id(flagID)
    }
}

@c @implementation
public func floorbus_flag_change(
    _ client: OpaquePointer?,
    _ key: floorbus_str,
    _ op: UInt8,
    _ request: UnsafePointer<floorbus_flag_request>?,
    _ ticket: UnsafeMutablePointer<floorbus_ticket>?
) -> floorbus_status {
    answer { () throws(Failure) in
        let client = try unsafe Library.shared.client(client)
        guard let operation = RecordOperation(rawValue: op), operation.isAskedForFlags else {
            throw Failure(.invalid, "op \(op) is none that a flag can be changed with")
        }
        var wanted = FlagRequest()
        if unsafe request != nil {
            wanted = try unsafe FlagRequest(
                readStruct(request, "request"),
                for: operation,
                client.encoding
            )
        }
        try unsafe withKeyOfID(key, client, of: .flag) { key, _ throws(Failure) in
            try unsafe client.operate(operation, PayloadSchema.flagRequest, key, ticket) {
                out throws(FloorStatus) in try wanted.append(to: &out)
            }
        }
    }
}

extension RecordOperation {
    /// Whether a person may ask for it, but for raising, which is a call of its own.
    fileprivate var isAskedForFlags: Bool {
        switch self {
        case .seen, .claim, .engage, .release, .reject, .answer, .close, .reopen, .cancel, .merge,
            .escalate, .rate, .verdict:
            true
        default: false
        }
    }
}

@c @implementation
public func floorbus_set_duty(
    _ client: OpaquePointer?,
    _ supporter: UInt8,
    _ ticket: UnsafeMutablePointer<floorbus_ticket>?
) -> floorbus_status {
    answer { () throws(Failure) in
        let client = try unsafe Library.shared.client(client)
        let state: SupporterState = try named(supporter, "supporter")
        guard state == .available || state == .onBreak || state == .offFloor else {
            throw Failure(.invalid, "only AVAILABLE, BREAK and OFF_FLOOR can be said")
        }
        let key = try presenceKey(of: client.setup.engine.principal)
        try unsafe withCheckedKey(key.bytes, of: [.presence]) { key, _ throws(Failure) in
            let publication = Publication(.put, schema: PayloadSchema.presence)
            try unsafe client.publish(publication, key, ticket) { out in
                var presence = Presence(sessions: 0, since: 0)
                presence.supporter = state
                presence.append(to: &out)
            }
        }
    }
}

/// Where the hub tells whether somebody is there.
func presenceKey(of principal: String) throws(Failure) -> FloorKey {
    do {
        return try FloorKey(.presence, site: "-", unit: "-", entity: principal)
    } catch {
        throw Failure(.badKey, error.sentence)
    }
}

// MARK: notes

@c @implementation
public func floorbus_note_send(
    _ client: OpaquePointer?,
    _ place: floorbus_str,
    _ note: UnsafePointer<floorbus_note>?,
    _ id: UnsafeMutablePointer<floorbus_id>?,
    _ ticket: UnsafeMutablePointer<floorbus_ticket>?
) -> floorbus_status {
    answer { () throws(Failure) in
        let client = try unsafe Library.shared.client(client)
        guard let id = unsafe id else { throw .missing("id") }
        let note = try unsafe FloorNote(readStruct(note, "note"), client.encoding)
        let noteID = try unsafe chosenID(id.pointee)
        let key = try unsafe key(in: place, noteID, client.encoding)
        try unsafe withCheckedKey(key, of: [.note]) { key, _ throws(Failure) in
            try unsafe client.operate(.append, PayloadSchema.note, key, ticket) {
                out throws(FloorStatus) in try note.append(to: &out)
            }
        }
        unsafe id.pointee = floorbus_id(noteID)
    }
}

@c @implementation
public func floorbus_note_acknowledge(
    _ client: OpaquePointer?,
    _ key: floorbus_str,
    _ ticket: UnsafeMutablePointer<floorbus_ticket>?
) -> floorbus_status {
    answer { () throws(Failure) in
        let client = try unsafe Library.shared.client(client)
        try unsafe withKeyOfID(key, client, of: .note) { key, _ throws(Failure) in
            try unsafe client.operate(.seen, PayloadSchema.note, key, ticket) { _ in }
        }
    }
}

@c @implementation
public func floorbus_note_withdraw(
    _ client: OpaquePointer?,
    _ key: floorbus_str,
    _ ticket: UnsafeMutablePointer<floorbus_ticket>?
) -> floorbus_status {
    answer { () throws(Failure) in
        let client = try unsafe Library.shared.client(client)
        try unsafe withKeyOfID(key, client, of: .note) { key, _ throws(Failure) in
            try unsafe client.operate(.cancel, PayloadSchema.note, key, ticket) { _ in }
        }
    }
}

// MARK: shared

/// Whether the last part of a key is an id: 32 hexadecimal digits.
private func endsInID(_ key: Span<UInt8>) -> Bool {
    let start = key.count - 33
    guard start > 0, key[start - 1] == UInt8(ascii: "/") else { return false }
    for place in start..<(key.count - 1) {
        switch key[place] {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
            UInt8(ascii: "A")...UInt8(ascii: "F"):
            continue
        default: return false
        }
    }
    return true
}

/// As `withKey`, for a key whose last part is an id.
private func withKeyOfID(
    _ key: floorbus_str,
    _ client: Client,
    of kind: RecordKind,
    _ body: (UnsafeBufferPointer<UInt8>, RecordKind) throws(Failure) -> Void
) throws(Failure) {
    try unsafe withKey(key, client, of: [kind]) { key, kind throws(Failure) in
        guard unsafe endsInID(key.span) else {
            throw unsafe .badKey(
                key.span,
                or: "the last part of a key of the kind " + kind.name
                    + " is an id, 32 hexadecimal digits"
            )
        }
        try unsafe body(key, kind)
    }
}

extension Client {
    /// Publishes an operation on a flag or a note, stamped with this machine's time.
    fileprivate func operate(
        _ operation: RecordOperation,
        _ schema: UInt16,
        _ key: UnsafeBufferPointer<UInt8>,
        _ ticket: UnsafeMutablePointer<floorbus_ticket>?,
        _ write: (inout [UInt8]) throws(FloorStatus) -> Void
    ) throws(Failure) {
        var publication = Publication(operation, schema: schema)
        publication.sourceTime = Clocks.wallMicroseconds()
        try unsafe publish(publication, key, ticket) { out throws(Failure) in
            try naming { () throws(FloorStatus) in try write(&out) }
        }
    }
}

extension FloorID {
    init(_ id: floorbus_id) {
        var id = id
        self = unsafe withUnsafeBytes(of: &id) { bytes in
            unsafe bytes.bindMemory(to: UInt8.self).span.floorID(0)
        }
    }
}

extension floorbus_id {
    init(_ id: FloorID) {
        self.init()
        unsafe withUnsafeMutableBytes(of: &self) { bytes in
            unsafe bytes.storeBytes(of: id.high.bigEndian, as: UInt64.self)
            unsafe bytes.storeBytes(of: id.low.bigEndian, toByteOffset: 8, as: UInt64.self)
        }
    }
}

/// A caller's id, or a fresh one for all zero.
private func chosenID(_ id: floorbus_id) throws(Failure) -> FloorID {
    let id = FloorID(id)
    return id == .zero ? try freshID() : id
}

/// A UUID of version 7 (RFC 9562).
func freshID() throws(Failure) -> FloorID {
    var random = [UInt8](repeating: 0, count: 16)
    do { try Randomness.fill(&random) } catch { throw Failure(.internal, error.description) }
    return FloorID(milliseconds: Clocks.wallMicroseconds() / 1000, random: random.span.floorID(0))
}

/// The key of an id in a place of three segments.
private func key(
    in place: floorbus_str,
    _ id: FloorID,
    _ encoding: HostEncoding?
) throws(Failure) -> [UInt8] {
    var key = try unsafe place.utf8(
        "place",
        atMost: Limits.keyBytes,
        encoding,
        tooLong: .badKey,
        bad: .badKey
    )
    guard key.last == UInt8(ascii: "/"), key.count(where: { $0 == UInt8(ascii: "/") }) == 3 else {
        throw Failure(.badKey, "place has not the form flag/SITE/TEAM/ or note/SITE/TEAM/")
    }
    key.append(contentsOf: id.text.utf8)
    key.append(UInt8(ascii: "/"))
    return key
}
