import CFloorBus
import FloorClient
import FloorEvents
import FloorPosix
import FloorWire

/// A caller's options, read and checked.
struct ClientSetup {
    /// Empty for a client of a hub in this process.
    let endpoints: [String]
    private(set) var engine: ClientOptions
    let outboxPath: String?
    let encoding: HostEncoding?
    /// Whether answers come as events too.
    let tellsResults: Bool

    /// The longest list of endpoints and the longest path, in bytes.
    private static let mostBytes = 4096

    init(_ options: floorbus_client_options) throws(Failure) {
        guard unsafe options.flags & ~UInt32(FLOORBUS_CLIENT_RESULT_EVENTS) == 0 else {
            throw Failure(.invalid, "flags of the options has bits that mean nothing")
        }
        tellsResults = unsafe options.flags & UInt32(FLOORBUS_CLIENT_RESULT_EVENTS) != 0
        encoding = try unsafe HostEncoding.make(
            optionText(options.host_encoding, "host_encoding", atMost: Limits.nameBytes)
        )
        let list = try unsafe optionText(
            options.endpoints,
            "endpoints",
            atMost: Self.mostBytes
        )
        endpoints = list.map { split($0) } ?? []
        outboxPath = try unsafe optionText(
            options.outbox_path,
            "outbox_path",
            atMost: Self.mostBytes
        )
        let name = try unsafe optionText(
            options.principal,
            "principal",
            atMost: Limits.nameBytes,
            encoding
        )
        guard let name, !name.isEmpty else {
            throw Failure(.invalid, "principal is empty; say who the client is")
        }
        let application = try unsafe optionText(
            options.app_name,
            "app_name",
            atMost: Limits.nameBytes,
            encoding
        )
        engine = ClientOptions(principal: name, application: application ?? "")
        unsafe engine.heartbeatMilliseconds = options.heartbeat_ms
        if unsafe options.reconnect_min_ms > 0 {
            unsafe engine.reconnectMilliseconds.first = options.reconnect_min_ms
        }
        if unsafe options.reconnect_max_ms > 0 {
            unsafe engine.reconnectMilliseconds.last = options.reconnect_max_ms
        }
        if unsafe options.outbox_limit > 0 {
            unsafe engine.outboxOperations = Int(options.outbox_limit)
        }
        if unsafe options.window_bytes > 0 {
            unsafe engine.creditBytes = numericCast(options.window_bytes)
        }
        if unsafe options.will_grace_ms > 0 {
            unsafe engine.willGraceMilliseconds = options.will_grace_ms
        }
        try unsafe setWill(options)
    }

    private mutating func setWill(_ options: floorbus_client_options) throws(Failure) {
        let text = try unsafe optionText(
            options.will_key,
            "will_key",
            atMost: Limits.keyBytes,
            encoding
        )
        guard let text else {
            guard unsafe options.will_state == nil else {
                throw Failure(.invalid, "will_state without will_key; say whose state it is")
            }
            return
        }
        let key: FloorKey
        do { key = try FloorKey(text) } catch {
            throw Failure(.badKey, "will_key: " + error.sentence)
        }
        var state = AgentState(activity: .unknown)
        state.session = .loggedOff
        if unsafe options.will_state != nil {
            state = try unsafe AgentState(readStruct(options.will_state, "will_state"), encoding)
        }
        do { try engine.setWill(state, for: key) } catch {
            throw Failure(error, "will_key is not of the form agent/SITE/UNIT/AGENT/")
        }
    }
}

/// The parts between commas, without the spaces around them.
func split(_ list: String) -> [String] {
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
