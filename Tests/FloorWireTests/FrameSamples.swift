import FloorEvents
import FloorWire

extension Samples {
    /// One message of every type at least, the worked example of the document first.
    static let frames: [(name: String, value: Message)] = uplink + downlink

    private static func up(
        _ type: FrameType,
        _ sequence: UInt64 = 0,
        _ argument: UInt64 = 0,
        _ body: Body = .empty
    ) -> Message {
        let session = type == .hello ? 0 : session
        return Message(
            FrameHeader(type, session: session, sequence: sequence, argument: argument),
            body
        )
    }

    private static let uplink: [(name: String, value: Message)] = [
        ("PUB, the worked example", up(.publish, 7, 7, .records(lead: 0, [published]))),
        ("HELLO, first", up(.hello, 0, 0, .hello(firstHello))),
        ("HELLO, resuming, with a will", up(.hello, 0, 0, .hello(resumingHello))),
        (
            "SUBSCRIBE, everything",
            up(.subscribe, 1, 0, .subscribe(Subscribe(1, filter: [43, 47])))
        ),
        ("SUBSCRIBE, resuming", up(.subscribe, 2, 0, .subscribe(resumingSubscribe))),
        ("UNSUBSCRIBE", up(.unsubscribe, 3, 0, .unsubscribe(Unsubscribe(2)))),
        ("CREDIT", up(.credit, 0, 1_048_576)),
        ("PUB, two records", up(.publish, 8, 3, .records(lead: 0, [published, conditional]))),
        ("PING", up(.ping, 4, 9, .ping(Ping(clientTime: -5)))),
        ("GET", up(.get, 5, 0, .request(get))),
        ("GET, as may be read", flagged(up(.get, 5, 0, .request(get)), FrameFlags.asMayBeRead)),
        ("REPLAY", up(.replay, 6, 0, .request(replay))),
        ("BYE", up(.bye)),
    ]

    private static let firstHello = Hello(
        producer: producer,
        principal: "anna",
        application: "softphone"
    )

    private static let resumingHello: Hello = {
        var hello = Hello(producer: producer, principal: "wandtafel-ü", application: "")
        hello.resumeSecret = secret
        hello.incarnation = 12
        hello.lineage = lineage
        hello.stateToken = revision(41)
        hello.eventToken = revision(5)
        hello.firstUnacknowledged = 1234
        hello.heartbeatMilliseconds = 500
        hello.willGraceMilliseconds = 1000
        hello.initialCredit = 65_536
        hello.will = published.bytes
        return hello
    }()

    private static let resumingSubscribe: Subscribe = {
        var subscribe = Subscribe(2, filter: Array("queue/+/billing/".utf8))
        subscribe.stateToken = revision(41)
        subscribe.eventToken = revision(5)
        subscribe.minimumIntervalMilliseconds = 250
        subscribe.hasMore = true
        return subscribe
    }()

    private static let conditional: SampleRecord = {
        var header = RecordHeader(.custom, .delete)
        header.previous = revision(17)
        header.flags = .unleased
        return SampleRecord(header, "custom/bj/-/lamp/")
    }()

    private static let get: Request = {
        var get = Request(filter: Array("agent/bj/".utf8), maximumBytes: 4096)
        get.cursor = 77
        return get
    }()

    private static let replay: Request = {
        var replay = Request(filter: Array("event/".utf8))
        replay.cursor = revision(5).rawValue
        replay.from = time
        replay.to = time + 60_000_000
        return replay
    }()

    private static func flagged(_ message: Message, _ flags: UInt16) -> Message {
        var header = message.header
        header.flags = flags
        return Message(header, message.body)
    }

    private static func down(
        _ type: FrameType,
        _ sequence: UInt64,
        _ argument: UInt64,
        _ body: Body
    ) -> Message {
        Message(
            FrameHeader(type, session: session, sequence: sequence, argument: argument),
            body
        )
    }

    private static let downlink: [(name: String, value: Message)] = [
        ("WELCOME", down(.welcome, 1, 0, .welcome(welcome))),
        ("REJECT of a PUB", down(.reject, 2, 0, .refusal(rejected))),
        (
            "GOAWAY without a session",
            Message(
                FrameHeader(.goAway, session: 0),
                .refusal(Refusal(.fenced, "no such session; say HELLO", retryAfterMilliseconds: 9))
            )
        ),
        (
            "DELIVER",
            down(
                .deliver,
                3,
                revision(41).rawValue,
                .records(lead: revision(5).rawValue, [delivered, records[3].value])
            )
        ),
        ("DELIVER without records", down(.deliver, 4, 0, .records(lead: 0, []))),
        ("ACK", down(.acknowledge, 5, 9, .results(acknowledged))),
        ("NACK, retryable", down(.refuse, 6, 9, .results(retryable))),
        ("NACK, a hole", down(.refuse, 7, 9, .results(Results(runs: [], expected: 10)))),
        ("PONG", down(.pong, 8, revision(42).rawValue, .pong(pong))),
        ("SUBACK", down(.subscribed, 9, 0, .subscribed(subscribed))),
        ("SUBACK, ended", down(.subscribed, 10, 0, .subscribed(Subscribed(2, .ok, ended: true)))),
        ("SUBACK, bad filter", down(.subscribed, 11, 0, .subscribed(Subscribed(3, .badKey)))),
        (
            "SNAP_BEGIN",
            down(
                .snapshotBegin,
                12,
                0,
                .snapshot(SnapshotMark(1, full: true, revision: revision(42)))
            )
        ),
        (
            "SNAP_END",
            down(
                .snapshotEnd,
                13,
                0,
                .snapshot(SnapshotMark(1, full: false, count: 200, revision: revision(43)))
            )
        ),
        (
            "GAP",
            down(.gap, 14, 0, .gap(Gap(from: revision(6), to: revision(9), count: 4)))
        ),
        ("REPLY", down(.reply, 15, 0, .records(lead: 5, [delivered]))),
        ("REPLY_END", down(.replyEnd, 16, 0, .replyEnd(replyEnd))),
        (
            "REPLY_END, partial",
            flagged(down(.replyEnd, 16, 0, .replyEnd(replyEnd)), FrameFlags.partial)
        ),
    ]

    private static let welcome: Welcome = {
        var welcome = Welcome(
            lineage: lineage,
            epoch: 3,
            session: session,
            resumeSecret: secret
        )
        welcome.hubTime = time
        welcome.lastApplied = 6
        welcome.eventDelta = true
        welcome.roles = 0x8000_0001
        welcome.isOverwritten = true
        return welcome
    }()

    private static let rejected = Refusal(
        .protocolError,
        "a record states the length 7 — nothing was applied",
        sequence: 11
    )

    private static let acknowledged: Results = {
        var applied = ResultRun(7, .ok, revision: revision(42))
        applied.count = 2
        var conflict = ResultRun(9, .conflict, revision: revision(17))
        conflict.claimGeneration = 4
        conflict.owner = "bernd-ü"
        return Results(runs: [applied, conflict])
    }()

    private static let retryable: Results = {
        var run = ResultRun(10, .storage)
        run.count = 5
        return Results(runs: [run], retryAfterMilliseconds: 200)
    }()

    private static let pong: Pong = {
        var pong = Pong(clientTime: -5, request: 4)
        pong.received = time
        pong.sent = time + 12
        pong.stateHead = revision(42)
        pong.eventHead = revision(6)
        pong.stableEvent = revision(5)
        return pong
    }()

    private static let subscribed: Subscribed = {
        var subscribed = Subscribed(1, .ok)
        subscribed.stateHead = revision(42)
        subscribed.eventStart = revision(5)
        return subscribed
    }()

    private static let replyEnd: ReplyEnd = {
        var end = ReplyEnd(request: 5, .ok)
        end.more = true
        end.cursor = 78
        end.count = 1
        return end
    }()
}
