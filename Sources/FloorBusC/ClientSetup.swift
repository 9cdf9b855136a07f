import CFloorBus
import FloorClient
import FloorClientLoop
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
        for endpoint in endpoints where !canBeReached(endpoint) {
            throw Failure(.invalid, ClientLoopError.badEndpoint(endpoint).sentence)
        }
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
        let heartbeat = unsafe options.heartbeat_ms
        let least = Limits.heartbeatMinimumMilliseconds
        let most = Limits.heartbeatMaximumMilliseconds
        guard heartbeat == 0 || (least...most).contains(heartbeat) else {
            throw Failure(
                .invalid,
                "heartbeat_ms is \(heartbeat); \(least) to \(most) may be, 0 for the hub's"
            )
        }
        engine.heartbeatMilliseconds = heartbeat
        if unsafe options.reconnect_min_ms > 0 {
            unsafe engine.reconnectMilliseconds.first = options.reconnect_min_ms
        }
        if unsafe options.reconnect_max_ms > 0 {
            unsafe engine.reconnectMilliseconds.last = options.reconnect_max_ms
        }
        if unsafe options.outbox_limit > 0 {
            unsafe engine.outboxOperations = Int(clamping: options.outbox_limit)
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

/// Whether somebody could listen at an endpoint; one of another transport the loop refuses.
///
/// The path of a local socket has at most 107 bytes (sockaddr_un).
private func canBeReached(_ endpoint: String) -> Bool {
    let bytes = Array(endpoint.utf8)
    let rest = Array(bytes.dropFirst(6))
    if endpoint.utf8.starts(with: "tcp://".utf8) { return hasHostAndPort(rest) }
    return !endpoint.utf8.starts(with: "ipc://".utf8) || (1...107).contains(rest.count)
}

/// Whether it is HOST:PORT, with a port that somebody can listen at.
///
/// libzmq 4.3.4 keeps 16 bits of larger numbers and connects elsewhere without a word.
private func hasHostAndPort(_ address: [UInt8]) -> Bool {
    guard let colon = address.lastIndex(of: UInt8(ascii: ":")), colon > 0,
        address[0] != UInt8(ascii: "*")
    else { return false }
    let digits = address[(colon + 1)...]
    guard (1...5).contains(digits.count) else { return false }
    var port = 0
    for digit in digits {
        guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return false }
        port = port * 10 + Int(digit - UInt8(ascii: "0"))
    }
    return (1...65_535).contains(port)
}
