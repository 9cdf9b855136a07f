import FloorEvents
import FloorWire

/// A record with its parts copied out, for comparing.
struct SampleRecord: Equatable {
    var header: RecordHeader
    var key: [UInt8]
    var payload: [UInt8]

    init(_ header: RecordHeader, _ key: String, _ payload: [UInt8] = []) {
        self.header = header
        self.key = Array(key.utf8)
        self.payload = payload
    }

    /// Reads the record at an offset and says where the next one starts.
    init(_ bytes: Span<UInt8>, at offset: Int, next: inout Int) throws(WireError) {
        let view = try RecordView(bytes, at: offset)
        header = view.header(bytes)
        key = bytes.copy(view.key)
        payload = bytes.copy(view.payload)
        next = view.range.upperBound
    }

    func append(to out: inout [UInt8]) {
        RecordWriter.append(header, key: key.span, payload: payload.span, to: &out)
    }

    var bytes: [UInt8] {
        var out: [UInt8] = []
        append(to: &out)
        return out
    }
}

/// Any message's body as a value.
enum Body: Equatable {
    case hello(Hello)
    case subscribe(Subscribe)
    case unsubscribe(Unsubscribe)
    case empty
    case records(lead: UInt64, [SampleRecord])
    case ping(Ping)
    case request(Request)
    case welcome(Welcome)
    case refusal(Refusal)
    case results(Results)
    case pong(Pong)
    case subscribed(Subscribed)
    case snapshot(SnapshotMark)
    case gap(Gap)
    case replyEnd(ReplyEnd)

    init(_ type: FrameType, _ body: Span<UInt8>) throws(WireError) {
        switch type {
        case .hello: self = .hello(try Hello(body))
        case .subscribe: self = .subscribe(try Subscribe(body))
        case .unsubscribe: self = .unsubscribe(try Unsubscribe(body))
        case .credit, .bye: self = .empty
        case .publish, .deliver, .reply: self = try Self.batch(body)
        case .ping: self = .ping(try Ping(body))
        case .get, .replay: self = .request(try Request(body))
        case .welcome: self = .welcome(try Welcome(body))
        case .reject, .goAway: self = .refusal(try Refusal(body))
        case .acknowledge, .refuse: self = .results(try Results(body))
        case .pong: self = .pong(try Pong(body))
        case .subscribed: self = .subscribed(try Subscribed(body))
        case .snapshotBegin, .snapshotEnd: self = .snapshot(try SnapshotMark(body))
        case .gap: self = .gap(try Gap(body))
        case .replyEnd: self = .replyEnd(try ReplyEnd(body))
        }
    }

    private static func batch(_ body: Span<UInt8>) throws(WireError) -> Body {
        let batch = try RecordBatch(body)
        var records: [SampleRecord] = []
        var at = RecordBatch.prefixSize
        while at < body.count { records.append(try SampleRecord(body, at: at, next: &at)) }
        return .records(lead: batch.lead, records)
    }

    func append(to out: inout [UInt8]) {
        switch self {
        case .hello(let body): body.append(to: &out)
        case .subscribe(let body): body.append(to: &out)
        case .unsubscribe(let body): body.append(to: &out)
        case .empty: break
        case .records(let lead, let records):
            let start = RecordBatch.begin(lead: 0, in: &out)
            for record in records { record.append(to: &out) }
            RecordBatch.finish(start, lead: lead, count: records.count, in: &out)
        case .ping(let body): body.append(to: &out)
        case .request(let body): body.append(to: &out)
        case .welcome(let body): body.append(to: &out)
        case .refusal(let body): body.append(to: &out)
        case .results(let body): body.append(to: &out)
        case .pong(let body): body.append(to: &out)
        case .subscribed(let body): body.append(to: &out)
        case .snapshot(let body): body.append(to: &out)
        case .gap(let body): body.append(to: &out)
        case .replyEnd(let body): body.append(to: &out)
        }
    }
}

/// A whole message as a value.
struct Message: Equatable {
    var header: FrameHeader
    var body: Body

    init(_ header: FrameHeader, _ body: Body) {
        self.header = header
        self.body = body
    }

    /// Reads any bytes: header, then the body of its type.
    init(bytes: [UInt8]) throws(WireError) {
        let span = bytes.span
        header = try FrameHeader(span)
        body = try Body(header.type, span.extracting(FrameHeader.size..<span.count))
    }

    var bytes: [UInt8] {
        var out: [UInt8] = []
        let start = FrameWriter.begin(header, in: &out)
        body.append(to: &out)
        FrameWriter.end(start, in: &out)
        return out
    }
}

extension FrameType {
    /// The name in docs/wire-protocol.md.
    var documentName: String {
        switch self {
        case .hello: "HELLO"
        case .subscribe: "SUBSCRIBE"
        case .unsubscribe: "UNSUBSCRIBE"
        case .credit: "CREDIT"
        case .publish: "PUB"
        case .ping: "PING"
        case .get: "GET"
        case .replay: "REPLAY"
        case .bye: "BYE"
        case .welcome: "WELCOME"
        case .reject: "REJECT"
        case .deliver: "DELIVER"
        case .acknowledge: "ACK"
        case .pong: "PONG"
        case .subscribed: "SUBACK"
        case .snapshotBegin: "SNAP_BEGIN"
        case .snapshotEnd: "SNAP_END"
        case .gap: "GAP"
        case .goAway: "GOAWAY"
        case .replyEnd: "REPLY_END"
        case .reply: "REPLY"
        case .refuse: "NACK"
        }
    }
}

extension WireError {
    /// The case's name, as in the vectors.
    var rule: String {
        String(String(describing: self).prefix { $0 != "(" })
    }
}
