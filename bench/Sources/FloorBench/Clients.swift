import CBench
import FloorClient
import FloorClientLoop
import FloorEvents
import FloorHubServer
import FloorPosix
import FloorWire

/// A measurement that cannot be trusted, or a set-up that did not come about.
struct BenchError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

/// What a client's thread and the measuring thread share.
///
/// @unchecked Sendable because everything mutable is touched with `lock` held, but for `tally`,
/// which belongs to the client's thread until `done` is set.
final class Reader: @unchecked Sendable {
    private let lock = Lock()
    private let changed = Condition()
    private var isReady = false
    private var isDone = false
    private var loop: ClientLoop?
    private var mailbox: MailboxID?
    private var delivery = Delivery()
    private var page = EventPage()
    private let expected: UInt64
    private let timed: Bool
    /// Whether it takes nothing any more once it has its snapshot.
    private let stops: Bool
    private(set) var tally = Tally()
    private(set) var keys: UInt64 = 0

    /// The peers' queues have no bounds; the largest window comes nearest to that.
    private static var options: ClientOptions {
        var options = ClientOptions(principal: "reader", application: "bench")
        options.creditBytes = Limits.creditAheadBytes
        return options
    }

    /// Subscribes and returns when the snapshot is complete.
    init(
        _ endpoint: String,
        _ filter: String,
        expecting expected: UInt64 = 0,
        warmUp: UInt64 = 0,
        stops: Bool = false,
        timed: Bool = false
    ) throws {
        self.expected = expected
        self.timed = timed
        self.stops = stops
        tally.warmUp = warmUp
        if timed { tally.latencies.reserveCapacity(Int(expected)) }
        let loop = try ClientLoop.make(
            endpoints: [endpoint],
            options: Self.options
        ) { [unowned self] _ in drain() }
        self.loop = loop
        let keyFilter = try KeyFilter(filter)
        mailbox = try loop.withCore { core throws(FloorStatus) in
            let mailbox = try core.openMailbox()
            _ = try core.subscribe(keyFilter, mailbox: mailbox)
            return mailbox
        }
        try loop.start()
        try wait("a snapshot") { isReady }
    }

    /// Waits until everything expected has come.
    func finish() throws -> Tally {
        try wait("\(expected) records") { isDone }
        if tally.isBroken { throw BenchError("records were lost or out of order") }
        return tally
    }

    func close() { loop?.close() }

    private func wait(_ what: String, until condition: () -> Bool) throws {
        let deadline = Clocks.monotonicNanoseconds() + 60_000_000_000
        lock.lock()
        defer { lock.unlock() }
        while !condition() {
            guard changed.wait(lock, untilMonotonicNanoseconds: deadline) else {
                throw BenchError("waited a minute for \(what); got \(tally.received)")
            }
        }
    }

    /// On the client's thread.
    private func drain() {
        // When all is there, `tally` is the measuring thread's.
        guard let loop, let mailbox, !isDone, !(stops && isReady) else { return }
        // In local variables, so that the measure does not count class properties' checks.
        var delivery = Delivery()
        var page = EventPage()
        var tally = Tally()
        var keys = self.keys
        swap(&delivery, &self.delivery)
        swap(&page, &self.page)
        swap(&tally, &self.tally)
        var hasAll = expected > 0 && tally.accounted >= expected
        func take(_ payload: Span<UInt8>, coalesced: UInt32) {
            keys += 1
            guard expected > 0 else { return }
            tally.take(payload, coalesced: coalesced, timed: timed)
            if tally.accounted >= expected, !hasAll {
                hasAll = true
                tally.lastTime = cbench_now_ns()
            }
        }
        while true {
            while loop.next(mailbox, into: &page) {
                while let view = page.next() {
                    take(page.bytes.span.extracting(view.payload), coalesced: 0)
                }
            }
            guard let kind = loop.next(mailbox, into: &delivery) else { break }
            switch kind {
            case .record:
                take(
                    delivery.bytes.span.extracting(delivery.record.payload),
                    coalesced: delivery.coalesced
                )
            case .snapshotEnd:
                // Before whoever waits for it is told.
                self.keys = keys
                tell { isReady = true }
            case .gap:
                tally.isBroken = true
                hasAll = true
            default: break
            }
        }
        swap(&delivery, &self.delivery)
        swap(&page, &self.page)
        swap(&tally, &self.tally)
        self.keys = keys
        if hasAll { tell { isDone = true } }
    }

    private func tell(_ change: () -> Void) {
        lock.withLock(change)
        changed.broadcast()
    }
}

/// A publisher that keeps at most a window of operations unanswered.
///
/// Every 256th operation asks for its result; the others only need to be acknowledged.
///
/// @unchecked Sendable because everything mutable is touched with `lock` held, but for
/// `delivery`, which belongs to the client's thread.
final class Publisher: @unchecked Sendable {
    private static let stride: UInt64 = 256
    private static let marks: UInt64 = 32

    private let lock = Lock()
    private let changed = Condition()
    private var answered: UInt64 = 0
    private var isRefused = false
    private var loop: ClientLoop?
    private var mailbox: MailboxID?
    private var delivery = Delivery()

    /// A publisher to an endpoint, or to a hub in this process.
    init(_ endpoint: String, in hub: HubServer? = nil) throws {
        var options = ClientOptions(principal: "publisher", application: "bench")
        options.outboxOperations = Int(Self.stride * (Self.marks + 2))
        let loop: ClientLoop
        if let hub {
            loop = try ClientLoop.make(hub: hub, options: options) { [unowned self] _ in drain() }
        } else {
            loop = try ClientLoop.make(endpoints: [endpoint], options: options) {
                [unowned self] _ in drain()
            }
        }
        self.loop = loop
        mailbox = try loop.withCore { core throws(FloorStatus) in try core.openMailbox() }
        try loop.start()
    }

    /// Publishes operations `0 ..< count`, one every `interval` nanoseconds or as fast as it
    /// can, and returns when all are acknowledged.
    func publish(_ load: Load, count: UInt64, interval: UInt64) throws {
        guard let loop, let mailbox else { return }
        var payload = [UInt8](repeating: 0, count: Load.payloadSize)
        let publication = Publication(load.operation)
        var marks: UInt64 = 0
        var next = cbench_now_ns()
        for number in 0..<count {
            let isMark = number % Self.stride == Self.stride - 1 || number == count - 1
            if isMark {
                try wait { answered + Self.marks > marks }
                marks += 1
            }
            if interval > 0 {
                cbench_sleep_until_ns(next)
                next += interval
            }
            Load.fill(&payload, number, stamped: interval > 0)
            let key = load.key(number)
            _ = try loop.publish(
                publication,
                key: key.span,
                payload: payload.span,
                results: isMark ? mailbox : nil
            )
        }
        try wait { answered == marks }
    }

    func close() { loop?.close() }

    private func wait(until condition: () -> Bool) throws {
        let deadline = Clocks.monotonicNanoseconds() + 60_000_000_000
        lock.lock()
        defer { lock.unlock() }
        while !condition() {
            if isRefused { throw BenchError("the hub refused an operation") }
            guard changed.wait(lock, untilMonotonicNanoseconds: deadline) else {
                throw BenchError("waited a minute for acknowledgements")
            }
        }
    }

    private func drain() {
        guard let loop, let mailbox else { return }
        var more: UInt64 = 0
        while let kind = loop.next(mailbox, into: &delivery) {
            guard kind == .result else { continue }
            more += 1
            if delivery.status != .ok { lock.withLock { isRefused = true } }
        }
        lock.withLock { answered += more }
        changed.broadcast()
    }
}
