import CBench
import FloorEvents
import FloorWire

/// One session of a `Crowd`.
struct Member {
    let number: Int
    var key: [UInt8] = []
    var filters: [[UInt8]] = []
    var session: UInt32 = 0
    /// The next operation, and the last that has its result.
    var next: UInt64 = 1
    var acknowledged: UInt64 = 0
    var credit = (granted: UInt64(0), used: UInt64(0))
    var snapshots = 0
    /// Records delivered.
    var records: UInt64 = 0
    /// When the last operation was sent.
    var publishedAt: UInt64 = 0

    var isReady: Bool {
        session != 0 && snapshots >= filters.count && acknowledged + 1 >= next
    }
}

/// Many sessions of one thread over sockets of their own: bare DEALERs that speak as clients do.
///
/// A client's loop has a thread; here a process holds thousands of sessions. Whatever comes down
/// is read as far as a session needs it to go on.
///
/// @safe because the fleet is open from `init` to `deinit` and never leaves this struct.
@safe struct Crowd: ~Copyable {
    private let fleet: OpaquePointer
    private(set) var members: [Member] = []
    private var message: [UInt8] = []
    private var buffer = [UInt8](repeating: 0, count: Limits.frameBytes)
    private var pingedAt = cbench_now_ns()
    /// Nanoseconds from each PUB to its ACK, when wanted.
    var answers: [UInt64] = []
    /// Nanoseconds from the stamp in each payload to the record's arrival at the first member.
    var arrivals: [UInt64] = []
    var isTimed = false

    /// Sessions `first ..< first + count`, not yet open.
    ///
    /// - Throws: `BenchError` when the system does not let a process have so many sockets.
    init(_ endpoint: String, _ numbers: Range<Int>, _ make: (Int) -> Member) throws {
        cbench_raise_limits()
        guard let fleet = unsafe cbench_fleet_open(endpoint, Int32(numbers.count)) else {
            throw BenchError("no \(numbers.count) sockets: see `ulimit -Hn`")
        }
        unsafe self.fleet = fleet
        members = numbers.map(make)
    }

    deinit { unsafe cbench_fleet_close(fleet) }

    // MARK: what they say

    private mutating func send(
        _ index: Int,
        _ header: FrameHeader,
        _ body: (inout [UInt8]) -> Void
    ) throws {
        message.removeAll(keepingCapacity: true)
        let start = FrameWriter.begin(header, in: &message)
        body(&message)
        FrameWriter.end(start, in: &message)
        let result = unsafe cbench_fleet_send(fleet, Int32(index), message, message.count)
        if result < 0 { throw BenchError("libzmq: error \(-result)") }
    }

    private mutating func hello(_ index: Int) throws {
        let member = members[index]
        var hello = Hello(
            producer: FloorID(high: 0xC0, low: UInt64(member.number) + 1),
            principal: "m\(member.number)",
            application: "bench"
        )
        hello.initialCredit = UInt64(Limits.creditDefaultBytes)
        if !member.key.isEmpty {
            let header = RecordHeader(.agent, .put)
            let key = member.key
            RecordWriter.append(header, key: key.span, payload: [0].span, to: &hello.will)
        }
        let body = hello
        try send(index, FrameHeader(.hello, session: 0)) { body.append(to: &$0) }
    }

    private mutating func subscribe(_ index: Int) throws {
        let member = members[index]
        for (place, filter) in member.filters.enumerated() {
            var body = Subscribe(UInt32(place) + 1, filter: filter)
            body.hasMore = place + 1 < member.filters.count
            let request = body
            let header = FrameHeader(.subscribe, session: member.session)
            try send(index, header) { request.append(to: &$0) }
        }
    }

    /// One PUB with one record.
    mutating func publish(
        _ index: Int,
        _ header: RecordHeader,
        _ key: [UInt8],
        _ payload: [UInt8]
    ) throws {
        let member = members[index]
        members[index].next += 1
        members[index].publishedAt = cbench_now_ns()
        let frame = FrameHeader(
            .publish,
            session: member.session,
            sequence: member.next,
            argument: member.acknowledged + 1
        )
        try send(index, frame) { out in
            let body = RecordBatch.begin(lead: 0, in: &out)
            RecordWriter.append(header, key: key.span, payload: payload.span, to: &out)
            RecordBatch.finish(body, lead: 0, count: 1, in: &out)
        }
    }

    // MARK: what they hear

    /// Opens every session, with its subscriptions and its first state; returns when all are
    /// consistent: every snapshot is complete, every state is acknowledged.
    mutating func open(publishing state: [UInt8]) throws {
        for index in members.indices { try hello(index) }
        // Each subscribes and publishes as soon as it has its session, see `take`.
        firstState = state
        try wait("sessions") { $0.members.allSatisfy(\.isReady) }
        firstState = nil
    }

    private var firstState: [UInt8]?

    /// Takes what comes until a condition holds, which is looked at every few messages.
    mutating func wait(_ what: String, until condition: (borrowing Crowd) -> Bool) throws {
        let deadline = cbench_now_ns() + 120_000_000_000
        while !condition(self) {
            guard cbench_now_ns() < deadline else { throw BenchError("waited for \(what)") }
            try pump(until: cbench_now_ns() + 10_000_000)
        }
    }

    /// Takes what comes until a moment, and says PING where nothing else was said.
    mutating func pump(until end: UInt64) throws {
        repeat {
            let now = cbench_now_ns()
            let milliseconds = end > now ? Int32(min((end - now) / 1_000_000, 100)) : 0
            if try !takeOne(waiting: milliseconds), milliseconds == 0 { return }
            try pingAll()
        } while cbench_now_ns() < end
    }

    private mutating func pingAll() throws {
        guard cbench_now_ns() - pingedAt > 1_000_000_000 else { return }
        pingedAt = cbench_now_ns()
        for index in members.indices where members[index].session != 0 {
            let member = members[index]
            let header = FrameHeader(
                .ping,
                session: member.session,
                argument: member.acknowledged + 1
            )
            try send(index, header) { Ping(clientTime: 1).append(to: &$0) }
        }
    }

    private mutating func takeOne(waiting milliseconds: Int32) throws -> Bool {
        var size = 0
        let index = unsafe Int(
            cbench_fleet_receive(fleet, &buffer, buffer.count, &size, milliseconds)
        )
        guard index >= 0 else { return false }
        let bytes = buffer
        try take(index, bytes.span.extracting(0..<size))
        return true
    }

    private mutating func take(_ index: Int, _ bytes: Span<UInt8>) throws {
        let header = try FrameHeader(bytes)
        let body = bytes.extracting(FrameHeader.size..<bytes.count)
        switch header.type {
        case .welcome:
            members[index].session = header.session
            members[index].credit = (UInt64(Limits.creditDefaultBytes), 0)
            try subscribe(index)
            if let firstState, !members[index].key.isEmpty {
                let key = members[index].key
                try publish(index, RecordHeader(.agent, .put), key, firstState)
            }
        case .deliver: try takeRecords(index, bytes, try RecordBatch(body).count)
        case .acknowledge:
            members[index].acknowledged = max(members[index].acknowledged, header.argument)
            if isTimed { answers.append(cbench_now_ns() - members[index].publishedAt) }
            for run in try Results(body).runs where run.status != .ok {
                throw BenchError("an operation was refused: \(run.status.sentence)")
            }
        case .snapshotEnd: members[index].snapshots += 1
        case .reject, .goAway:
            throw BenchError("a session was refused: \(try Refusal(body).sentence)")
        default: break
        }
    }

    private mutating func takeRecords(
        _ index: Int,
        _ bytes: Span<UInt8>,
        _ count: Int
    ) throws {
        members[index].records += UInt64(count)
        members[index].credit.used += UInt64(max(bytes.count, Limits.deliverMinimumCharge))
        if isTimed, index == 0 { noteArrivals(bytes) }
        let member = members[index]
        let half = UInt64(Limits.creditDefaultBytes / 2)
        guard member.credit.granted < member.credit.used + half else { return }
        members[index].credit.granted = member.credit.used + UInt64(Limits.creditDefaultBytes)
        let header = FrameHeader(
            .credit,
            session: member.session,
            argument: members[index].credit.granted
        )
        try send(index, header) { _ in }
    }

    private mutating func noteArrivals(_ bytes: Span<UInt8>) {
        let now = cbench_now_ns()
        var at = FrameHeader.size + RecordBatch.prefixSize
        while at < bytes.count {
            let view = RecordView(checked: bytes, at: at)
            if view.payload.count == Load.payloadSize {
                arrivals.append(now - bytes.u64(view.payload.lowerBound + 8))
            }
            at = view.range.upperBound
        }
    }
}

extension Crowd {
    /// An agent's desktop: presence, a will, four subscriptions.
    static func desk(_ number: Int) -> Member {
        var member = Member(number: number)
        let site = "s\(number / 200)"
        let own = "agent/\(site)/t\(number % 10)/m\(number)/"
        member.key = Array(own.utf8)
        member.filters = [own, "private/\(site)/m\(number)/", "note/", "queue/\(site)/"].map {
            Array($0.utf8)
        }
        return member
    }

    /// A session that only reads what it names, or only publishes.
    static func reader(_ number: Int, _ filters: [String]) -> Member {
        var member = Member(number: number)
        member.filters = filters.map { Array($0.utf8) }
        return member
    }
}
