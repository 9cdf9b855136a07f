public import FloorEvents
public import FloorHub
public import FloorWire

/// A client of a `HubHarness` that does only what it is told.
///
/// It numbers its operations and checks what comes down; it answers nothing, grants nothing and
/// resends nothing by itself.
public final class HarnessClient {
    /// Its name in the transcript.
    public let name: String
    /// The name it says in HELLO.
    public let principal: String
    /// Its producer id.
    public let producer: FloorID
    /// Its link; a new one after `reconnect`.
    public internal(set) var link = LinkID(0)
    /// How many more messages its pipe takes; 0 is a full pipe.
    public var pipeRoom = Int.max
    /// The session's number; 0 without one.
    public private(set) var session: UInt32 = 0
    /// The secret of the last WELCOME.
    public private(set) var secret = FloorID.zero
    /// The lineage of the last WELCOME.
    public private(set) var lineage = FloorID.zero
    /// What came down and was not taken yet.
    public private(set) var inbox: [DownMessage] = []
    /// The next operation's sequence.
    public var nextSequence: UInt64 = 1
    /// First unacknowledged operation, said in PUB and PING; nil says the next one.
    public var firstUnacknowledged: UInt64?
    /// Bytes of credit granted and used on this link.
    public private(set) var credit = (granted: UInt64(0), used: UInt64(0))
    private unowned let hub: HubHarness
    private var lastNumber: UInt64 = 0
    private var request: UInt64 = 0

    init(_ hub: HubHarness, name: String, principal: String, producer: FloorID) {
        self.hub = hub
        self.name = name
        self.principal = principal
        self.producer = producer
    }

    // MARK: what it does

    /// HELLO, and a turn, so that the answer is there; `change` may write anything into it.
    public func hello(_ change: (inout Hello) -> Void = { _ in }) {
        var hello = Hello(producer: producer, principal: principal, application: "test")
        hello.resumeSecret = secret
        hello.lineage = lineage
        hello.firstUnacknowledged = firstUnacknowledged ?? nextSequence
        change(&hello)
        let least = UInt64(Limits.creditMinimumBytes)
        let granted = min(max(hello.initialCredit, least), UInt64(Limits.creditAheadBytes))
        if session == 0 { credit = (granted, 0) }
        log("HELLO first=\(hello.firstUnacknowledged)" + (hello.will.isEmpty ? "" : " will"))
        send(FrameHeader(.hello, session: 0)) { hello.append(to: &$0) }
        hub.turn()
    }

    /// SUBSCRIBE.
    public func subscribe(
        _ number: UInt32,
        _ filter: String,
        state: Revision = .zero,
        event: Revision = .zero,
        every milliseconds: UInt32 = 0
    ) {
        var body = Subscribe(number, filter: Array(filter.utf8))
        body.stateToken = state
        body.eventToken = event
        body.minimumIntervalMilliseconds = milliseconds
        let tokens =
            (state == .zero ? "" : " state after \(state.short)")
            + (event == .zero ? "" : " events after \(event.short)")
        log("SUBSCRIBE \(number) \(filter)\(tokens)")
        send(FrameHeader(.subscribe, session: session)) { body.append(to: &$0) }
    }

    /// UNSUBSCRIBE.
    public func unsubscribe(_ number: UInt32) {
        log("UNSUBSCRIBE \(number)")
        send(FrameHeader(.unsubscribe, session: session)) { Unsubscribe(number).append(to: &$0) }
    }

    /// CREDIT of so many bytes more than it has granted.
    public func grant(_ bytes: Int) {
        let ceiling = credit.used + UInt64(Limits.creditAheadBytes)
        credit.granted = max(credit.granted, min(credit.granted + UInt64(bytes), ceiling))
        log("CREDIT \(credit.granted)")
        send(FrameHeader(.credit, session: session, argument: credit.granted)) { _ in }
    }

    /// PING.
    public func ping() {
        log("PING")
        request += 1
        let first = firstUnacknowledged ?? nextSequence
        let header = FrameHeader(.ping, session: session, sequence: request, argument: first)
        send(header) { Ping(clientTime: 7).append(to: &$0) }
    }

    /// GET, or REPLAY with `from` and `to`; returns the request's number.
    ///
    /// `asMayBeRead`: a part of what matches will do.
    @discardableResult
    public func ask(
        _ type: FrameType,
        _ filter: String,
        cursor: UInt64 = 0,
        maximumBytes: UInt32 = UInt32(Limits.replyBytes),
        from: Int64 = 0,
        to: Int64 = 0,
        asMayBeRead: Bool = false
    ) -> UInt64 {
        request += 1
        log("\(type == .get ? "GET" : "REPLAY") \(filter)\(cursor > 0 ? " from \(cursor)" : "")")
        var body = Request(filter: Array(filter.utf8), maximumBytes: maximumBytes)
        body.cursor = cursor
        body.from = from
        body.to = to
        var header = FrameHeader(type, session: session, sequence: request)
        header.flags = asMayBeRead ? FrameFlags.asMayBeRead : 0
        send(header) { body.append(to: &$0) }
        return request
    }

    /// BYE.
    public func bye() {
        log("BYE")
        send(FrameHeader(.bye, session: session)) { _ in }
        forgetSession()
    }

    /// The link dies and the hub hears of it; the next HELLO comes on a fresh link.
    public func loseLink() {
        log("link gone")
        hub.step(.linkGone(link))
        reconnect()
    }

    /// A fresh link; the hub does not know that the old one is dead.
    public func reconnect() {
        forgetSession()
        hub.register(self)
    }

    /// Any bytes as one message.
    public func send(raw bytes: [UInt8]) { hub.step(.message(link, bytes)) }

    /// A message with a header of one's own and whatever body.
    public func send(_ header: FrameHeader, body: (inout [UInt8]) -> Void) {
        var bytes: [UInt8] = []
        let start = FrameWriter.begin(header, in: &bytes)
        body(&bytes)
        FrameWriter.end(start, in: &bytes)
        send(raw: bytes)
    }

    func log(_ line: @autoclosure () -> String) { hub.transcript.add("\(name) → \(line())") }

    // MARK: what it gets

    /// Everything that came down since the last call.
    public func take() -> [DownMessage] {
        defer { inbox = [] }
        return inbox
    }

    func forgetSession() {
        session = 0
        lastNumber = 0
        pipeRoom = .max
    }

    /// A message on a link; on one that the client has left it is only written down.
    func receive(_ bytes: [UInt8], on sender: LinkID) {
        do {
            let message = try DownMessage(bytes)
            if hub.transcript.isRecording {
                let number = message.header.sequence > 0 ? " #\(message.header.sequence)" : ""
                let old = sender == link ? "" : " (old link)"
                hub.transcript.add("hub → \(name)\(old)\(number): \(message.line)")
            }
            guard sender == link else { return }
            inbox.append(message)
            check(message)
        } catch {
            hub.violations.append("\(name): \(error.sentence)")
        }
    }

    private func check(_ message: DownMessage) {
        if case .welcome(let welcome) = message.content {
            session = welcome.session
            secret = welcome.resumeSecret
            lineage = welcome.lineage
            lastNumber = 0
        }
        guard message.header.session != 0 else { return }
        if message.header.session != session {
            hub.violations.append("\(name): a message of another session")
        }
        if message.header.sequence != lastNumber + 1 {
            hub.violations.append("\(name): #\(message.header.sequence) after #\(lastNumber)")
        }
        lastNumber = message.header.sequence
        if case .deliver = message.content {
            credit.used += UInt64(max(message.size, Limits.deliverMinimumCharge))
            if credit.used > credit.granted {
                hub.violations.append("\(name): \(credit.used) used of \(credit.granted)")
            }
        }
        if case .goAway = message.content { session = 0 }
    }
}
