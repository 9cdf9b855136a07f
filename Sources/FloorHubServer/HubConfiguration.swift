import FloorEvents
public import FloorHub
public import FloorRoster

/// What a hub is to be: where it listens, where its data live, its limits.
///
///     var configuration = HubConfiguration()
///     configuration.listen = ["tcp://127.0.0.1:7410"]
///
/// - Units: times in milliseconds where the name says so.
public struct HubConfiguration: Sendable {
    /// Session endpoints, `tcp://ADDRESS:PORT` or `ipc:///PATH`; port 0 takes a free one.
    public var listen: [String] = []
    /// The tap's endpoint, or nil for no tap.
    public var tap: String?
    /// Where it is kept which life of the hub this is (epoch) and whose data it has (lineage);
    /// nil = nowhere.
    ///
    /// Events and values are kept by a journal, which has a directory of its own
    /// (`EmbeddedHub.init(_:journal:)`); without one they are gone with the process.
    public var dataDirectory: String?
    /// Whether addresses that other machines reach are allowed without keys.
    public var isInsecureAllowed = false
    /// Who may connect, publish and read what; `HubServer.setRoster` replaces it.
    public var roster = Roster.open
    /// Most live sessions.
    public var maximumSessions = Limits.sessions
    /// Most last-value keys.
    public var maximumKeys = Limits.stateKeys
    /// Whether a durable journal also keeps every change of agents' states and queues' levels.
    public var keepsHistory = true
    /// Records the memory journal keeps.
    public var journalRecords = Limits.memoryJournalRecords
    /// Bytes the memory journal keeps.
    public var journalBytes = Limits.memoryJournalBytes
    /// Silence after which leased values are suspect, in milliseconds.
    public var suspectMilliseconds = Int(Limits.suspectMicroseconds / 1000)
    /// Silence after which leased values are stale, in milliseconds.
    public var staleMilliseconds = Int(Limits.staleMicroseconds / 1000)
    /// How long sessions may take their last messages when the hub stops, in milliseconds.
    public var drainMilliseconds = 200
    /// Gets what an operator should know, one after the other, to be logged; nil drops it.
    ///
    /// Called on the hub's own thread, and before it runs on the one that starts the hub: what
    /// blocks here keeps everybody waiting. It must not call the hub.
    public var onNotice: (@Sendable (HubNotice) -> Void)?

    /// A hub for its own process alone.
    public init() {}

    /// Throws for endpoints that are malformed or would let strangers in.
    func checkEndpoints() throws(HubServerError) {
        for endpoint in listen + (tap.map { [$0] } ?? []) {
            guard let transport = Transport(endpoint),
                transport != .tcp || Transport.hasPort(endpoint)
            else { throw .badEndpoint(endpoint) }
            if transport == .tcp, !isInsecureAllowed, !Transport.isLoopback(endpoint) {
                throw .insecureAddress(endpoint)
            }
        }
    }
}

/// The kinds of addresses to listen at; each is a trust domain with a ROUTER of its own.
enum Transport {
    case tcp
    case ipc

    init?(_ endpoint: String) {
        if endpoint.utf8.starts(with: "tcp://".utf8) {
            self = .tcp
        } else if endpoint.utf8.starts(with: "ipc://".utf8) {
            self = .ipc
        } else {
            return nil
        }
    }

    /// Whether a tcp endpoint ends in a port that exists.
    ///
    /// libzmq 4.3.4 keeps 16 bits of larger numbers and listens somewhere else without a word.
    static func hasPort(_ endpoint: String) -> Bool {
        guard let colon = endpoint.utf8.lastIndex(of: UInt8(ascii: ":")) else { return false }
        return UInt16(endpoint[endpoint.index(after: colon)...]) != nil
    }

    /// Whether only this machine reaches the address.
    ///
    /// Names other than localhost count as reachable: what they resolve to may change.
    static func isLoopback(_ endpoint: String) -> Bool {
        let address = endpoint.utf8.dropFirst("tcp://".utf8.count)
        if address.starts(with: "localhost:".utf8) || address.starts(with: "[::1]:".utf8) {
            return true
        }
        // 127.0.0.0/8, digits and dots only: "127.evil.example" is a name.
        guard address.starts(with: "127.".utf8) else { return false }
        for byte in address {
            if byte == UInt8(ascii: ":") { return true }
            let isDigit = byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
            guard isDigit || byte == UInt8(ascii: ".") else { return false }
        }
        return false
    }
}
