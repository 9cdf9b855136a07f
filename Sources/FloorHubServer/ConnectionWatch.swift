import FloorHub
import FloorPosix
import FloorWire
import FloorZeroMQ

/// Watches the connections of one socket: closes what is too many or says nothing.
///
/// - Thread: the holder of the hub's lock.
final class ConnectionWatch {
    private let socket: ZeroMQSocket
    private let name: String
    private var connections: ConnectionBook
    /// Whether the monitor may have an event: each look into it costs two system calls.
    private var hasNews = true
    /// What of `connections` an operator knows of, and when more may be told.
    private var told = (refused: 0, silent: 0)
    private var tellsFrom: Int64 = .min

    /// An operator is told of closed connections once in so many microseconds.
    private static let tellingPause: Int64 = 60_000_000

    /// - Parameters:
    ///   - socket: opened with `monitored: true`.
    ///   - name: what connects there, for notices.
    ///   - ceiling: descriptors from here on are for the process itself.
    ///   - expectsHello: whether who connects has to open a session.
    init(_ socket: ZeroMQSocket, _ name: String, ceiling: Int32, expectsHello: Bool) {
        self.socket = socket
        self.name = name
        connections = ConnectionBook(ceiling: ceiling, expectsHello: expectsHello)
    }

    /// Poll it for reading, then `noteNews`.
    var descriptor: Int32? { socket.monitor?.descriptor }

    /// Connections may have come or gone.
    func noteNews() { hasNews = true }

    /// Boot time of the next look; in the past when there is news.
    var deadline: Int64 { hasNews ? .min : connections.deadline }

    /// Closes what is too many or without a session; returns what an operator should know.
    func tend(at now: Int64, isOpen: (LinkID) -> Bool) -> [HubNotice] {
        takeNews(at: now)
        for descriptor in connections.overdue(at: now, isOpen: isOpen) {
            Connection.hangUp(descriptor)
        }
        guard now >= tellsFrom else { return [] }
        let (refused, silent) = (connections.refused, connections.silent)
        var notices: [HubNotice] = []
        if refused > told.refused {
            let sentence =
                "\(name) closed for want of descriptors: \(refused - told.refused); raise the "
                + "limit with 'ulimit -n' or LimitNOFILE, or see who opens so many"
            notices.append(HubNotice(.error, .connectionsRefused, sentence))
        }
        if silent > told.silent {
            let sentence =
                "\(name) closed without a session: \(silent - told.silent); they said no HELLO "
                + "within 5 s, or stayed after their session"
            notices.append(HubNotice(.warning, .connectionsSilent, sentence))
        }
        if !notices.isEmpty {
            told = (refused, silent)
            tellsFrom = now + Self.tellingPause
        }
        return notices
    }

    /// A HELLO belongs to a connection, of which the monitor has told before.
    func noteHello(_ link: LinkID, _ message: Span<UInt8>) {
        guard message.count >= FrameHeader.size, message[5] == FrameType.hello.rawValue else {
            return
        }
        takeNews(at: HubServer.bootTime())
        connections.saidHello(socket.sourceDescriptor, link)
    }

    private func takeNews(at now: Int64) {
        while let event = socket.monitor?.next() {
            switch event {
            case .accepted(let descriptor):
                if !connections.accepted(descriptor, at: now) { Connection.hangUp(descriptor) }
            case .disconnected(let descriptor): connections.ended(descriptor)
            default: continue
            }
        }
        hasNews = false
    }
}
