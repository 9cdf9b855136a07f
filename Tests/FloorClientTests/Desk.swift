import FloorBusTestKit
import FloorClient
import FloorEvents
import FloorWire

/// One client core and a hand-made hub, with a transcript a person can read.
///
/// Lines with `>` are what the client did, lines with `<` what the hub sent, lines with `*` what
/// the application took.
final class Desk {
    var core: ClientCore
    var effects = ClientEffects()
    var delivery = Delivery()
    var now = FloorTime(boot: 1_000_000, wall: 1_700_000_000_000_000)
    var attempt: UInt64 = 0
    var session: UInt32 = 7
    var sequence: UInt64 = 0
    var lines: [String] = []
    /// The messages the client sent, whole.
    var sent: [[UInt8]] = []
    var isLogging = true

    static let lineage = FloorID(high: 1, low: 1)
    static let producer = FloorID(high: 9, low: 9)

    init(_ change: (inout ClientOptions) -> Void = { _ in }, random: UInt64 = 0) {
        var options = ClientOptions(principal: "ann", application: "desk")
        change(&options)
        guard
            let core = try? ClientCore(
                options,
                producer: Self.producer,
                incarnation: 1,
                randomWord: { random }
            )
        else { preconditionFailure("the options are good") }
        self.core = core
    }

    /// The desk of a process whose outbox is kept: the first one's, or the next one's.
    convenience init(
        keptIn store: MemoryOutboxStore,
        _ change: (inout ClientOptions) -> Void = { _ in }
    ) throws {
        self.init(change)
        try core.keepOutbox(in: store, try store.open(for: "ann", producer: Self.producer))
    }

    func step(_ input: ClientInput) {
        core.step(input, at: now, into: &effects)
        perform()
    }

    private func perform() {
        for effect in effects.list {
            switch effect {
            case .openLink(let number):
                attempt = number
                log("> open \(number)")
            case .closeLink(let number): log("> close \(number)")
            case .send(let range):
                let message = Array(effects.bytes[range])
                sent.append(message)
                log("> " + Words.message(message))
            case .mailboxReady: log("> ready")
            case .notice(.deferred(let status)): log("> deferred: \(status)")
            case .notice(.resumed): log("> resumed")
            case .closed: log("> closed")
            }
        }
        effects.removeAll()
    }

    func log(_ line: String) {
        if isLogging { lines.append(line) }
    }

    /// Lets time pass, in milliseconds, and ticks.
    func pass(_ milliseconds: Int64) {
        now.boot += milliseconds * 1000
        now.wall += milliseconds * 1000
        step(.tick)
        step(.turnEnd)
    }

    func turn() { step(.turnEnd) }

    /// One message from the hub, numbered as the next.
    func hub(
        _ type: FrameType,
        argument: UInt64 = 0,
        _ body: (inout [UInt8]) -> Void
    ) {
        sequence += 1
        var out: [UInt8] = []
        var header = FrameHeader(type, session: session, sequence: sequence, argument: argument)
        if type == .goAway || (type == .reject && sequence == 1) { header.sequence = 0 }
        let start = FrameWriter.begin(header, in: &out)
        body(&out)
        FrameWriter.end(start, in: &out)
        log("< " + Words.message(out))
        step(.message(attempt: attempt, out))
    }

    /// Start to WELCOME.
    func connect(
        epoch: UInt32 = 1,
        lineage: FloorID = Desk.lineage,
        lastApplied: UInt64 = 0,
        _ change: (inout Welcome) -> Void = { _ in }
    ) {
        if attempt == 0 { step(.start) }
        step(.linkUp(attempt: attempt))
        welcome(epoch: epoch, lineage: lineage, lastApplied: lastApplied, change)
    }

    func welcome(
        epoch: UInt32 = 1,
        lineage: FloorID = Desk.lineage,
        lastApplied: UInt64 = 0,
        _ change: (inout Welcome) -> Void = { _ in }
    ) {
        session += 1
        sequence = 0
        var welcome = Welcome(
            lineage: lineage,
            epoch: epoch,
            session: session,
            resumeSecret: FloorID(high: 5, low: UInt64(session))
        )
        welcome.lastApplied = lastApplied
        change(&welcome)
        hub(.welcome) { welcome.append(to: &$0) }
    }

    /// Loses the link and waits until the next is asked for.
    func loseLink() {
        step(.linkDown(attempt: attempt, .broken))
        let before = attempt
        while attempt == before { pass(100) }
    }

    func deliver(stable: Revision, event: Revision = .zero, _ records: [UInt8]...) {
        hub(.deliver, argument: stable.rawValue) { out in
            let start = RecordBatch.begin(lead: event.rawValue, in: &out)
            for record in records { out.append(contentsOf: record) }
            RecordBatch.finish(start, lead: event.rawValue, count: records.count, in: &out)
        }
    }

    func acknowledge(_ cumulative: UInt64, _ runs: ResultRun...) {
        hub(.acknowledge, argument: cumulative) { Results(runs: runs).append(to: &$0) }
    }

    func refuse(
        _ cumulative: UInt64,
        expected: UInt64 = 0,
        retryAfter: UInt32 = 0,
        _ runs: ResultRun...
    ) {
        let results = Results(runs: runs, expected: expected, retryAfterMilliseconds: retryAfter)
        hub(.refuse, argument: cumulative) { results.append(to: &$0) }
    }

    /// SUBACK, then SNAP_BEGIN.
    func accept(
        _ subscription: SubscriptionID,
        full: Bool = true,
        eventStart: Revision = .zero,
        head: Revision = .zero
    ) {
        var answer = Subscribed(subscription.rawValue, .ok)
        answer.eventStart = eventStart
        answer.stateHead = head
        hub(.subscribed) { answer.append(to: &$0) }
        let mark = SnapshotMark(subscription.rawValue, full: full, revision: head)
        hub(.snapshotBegin) { mark.append(to: &$0) }
    }

    func endSnapshot(
        _ subscription: SubscriptionID,
        full: Bool = true,
        count: UInt64 = 0,
        stable: Revision
    ) {
        let mark = SnapshotMark(
            subscription.rawValue,
            full: full,
            count: count,
            revision: stable
        )
        hub(.snapshotEnd) { mark.append(to: &$0) }
    }

    func pong(stable: Revision, event: Revision = .zero, request: UInt64 = 1) {
        var pong = Pong(clientTime: 0, request: request)
        pong.received = now.wall
        pong.sent = now.wall
        pong.stableEvent = event
        hub(.pong, argument: stable.rawValue) { pong.append(to: &$0) }
    }

    // MARK: the application

    func publish(
        _ key: String,
        _ text: String,
        _ operation: RecordOperation = .put,
        results: MailboxID? = nil
    ) throws(FloorStatus) -> Ticket {
        try core.publish(
            Publication(operation),
            key: Array(key.utf8).span,
            payload: Array(text.utf8).span,
            results: results
        )
    }

    /// Takes everything that waits, as lines.
    @discardableResult
    func take(_ mailbox: MailboxID, atMost: Int = .max) -> [String] {
        var taken: [String] = []
        while taken.count < atMost, let kind = core.next(mailbox, into: &delivery) {
            taken.append(Words.delivery(kind, delivery))
        }
        for line in taken { log("* " + line) }
        return taken
    }

    func cached(_ filter: String = "+/") -> [String] {
        guard let filter = try? KeyFilter(filter) else { return [] }
        var found: [String] = []
        core.forEachValue(matching: filter) { bytes, view in
            found.append(Words.record(bytes, view))
        }
        return found.sorted()
    }

    // The test macros cannot reach into a core that cannot be copied.
    var isLinked: Bool { core.isLinked }
    var statistics: ClientStatistics { core.statistics }
    var unacknowledged: Int { core.unacknowledged }
    var nextDeadline: Int64 { core.nextDeadline }
    var needsTurn: Bool { core.needsTurn }
    var hubTime: (time: Int64, error: Int64)? { core.hubTime(at: now) }

    func hasValue(_ key: FloorKey) -> Bool { core.value(of: key, into: &delivery) }

    var transcript: String { lines.joined(separator: "\n") }
}

/// A record as the hub would send it.
func record(
    _ key: String,
    _ text: String,
    _ counter: UInt64,
    epoch: UInt32 = 1,
    _ operation: RecordOperation = .put,
    coalesced: UInt32 = 0,
    producer: FloorID = .zero,
    flags: RecordFlags = []
) -> [UInt8] {
    let bytes = Array(key.utf8)
    var header = RecordHeader(KeyRules.kind(of: bytes.span) ?? .custom, operation)
    header.revision = Revision(epoch: epoch, counter: counter)
    header.coalesced = coalesced
    header.producer = producer
    header.flags = flags
    var out: [UInt8] = []
    RecordWriter.append(header, key: bytes.span, payload: Array(text.utf8).span, to: &out)
    return out
}

/// What the hub says once for all leased values of a producer.
func freshness(_ freshness: Freshness, of producer: FloorID, _ counter: UInt64) -> [UInt8] {
    var header = RecordHeader(.custom, .put)
    header.kindCode = 0
    header.operationCode = LeaseOperation.freshness.rawValue
    header.revision = rev(counter)
    header.producer = producer
    header.flags = RecordFlags(freshness)
    let nothing: [UInt8] = []
    var out: [UInt8] = []
    RecordWriter.append(header, key: nothing.span, payload: nothing.span, to: &out)
    return out
}

func rev(_ counter: UInt64, epoch: UInt32 = 1) -> Revision {
    Revision(epoch: epoch, counter: counter)
}
