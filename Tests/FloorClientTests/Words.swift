import FloorClient
import FloorEvents
import FloorWire

/// Messages and deliveries as short lines for transcripts.
enum Words {
    static func revision(_ value: Revision) -> String {
        value == .zero ? "0" : "\(value.epoch).\(value.counter)"
    }

    static func record(_ bytes: Span<UInt8>, _ view: RecordView) -> String {
        let header = view.header(bytes)
        let key = String(decoding: bytes.copy(view.key), as: UTF8.self)
        let text = String(decoding: bytes.copy(view.payload), as: UTF8.self)
        let operation = header.operation.map { $0.name } ?? "?"
        let place = header.revision == .zero ? "" : " @" + revision(header.revision)
        let passed = header.coalesced == 0 ? "" : " +\(header.coalesced)"
        let freshness = header.flags.freshness
        let fresh = freshness == .live ? "" : " \(freshness.name)"
        return "\(operation) \(key) '\(text)'\(place)\(passed)\(fresh)"
    }

    static func records(_ body: Span<UInt8>) -> String {
        var words: [String] = []
        var at = RecordBatch.prefixSize
        while at < body.count, let view = try? RecordView(body, at: at) {
            words.append(record(body, view))
            at = view.range.upperBound
        }
        return words.joined(separator: ", ")
    }

    static func runs(_ results: Results) -> String {
        var words: [String] = []
        if results.expected > 0 { words.append("expected \(results.expected)") }
        if results.retryAfterMilliseconds > 0 {
            words.append("after \(results.retryAfterMilliseconds) ms")
        }
        for run in results.runs {
            let last = run.first + UInt64(run.count) - 1
            let range = last == run.first ? "\(run.first)" : "\(run.first)-\(last)"
            words.append("\(range) \(run.status)")
        }
        return words.joined(separator: ", ")
    }

    static func message(_ bytes: [UInt8]) -> String {
        let span = bytes.span
        guard let header = try? FrameHeader(span),
            let text = try? words(header, span.extracting(FrameHeader.size..<span.count))
        else { return "malformed" }
        return text
    }

    private static func words(
        _ header: FrameHeader,
        _ body: Span<UInt8>
    ) throws(WireError) -> String {
        let argument = Revision(rawValue: header.argument)
        switch header.type {
        case .hello:
            let hello = try Hello(body)
            return "HELLO first \(hello.firstUnacknowledged) credit \(hello.initialCredit)"
                + " tokens \(revision(hello.stateToken)) \(revision(hello.eventToken))"
                + (hello.resumeSecret == .zero ? "" : " secret")
        case .subscribe:
            let request = try Subscribe(body)
            return "SUBSCRIBE \(request.subscription)"
                + " \(String(decoding: request.filter, as: UTF8.self))"
                + " from \(revision(request.stateToken)) \(revision(request.eventToken))"
        case .unsubscribe: return "UNSUBSCRIBE \(try Unsubscribe(body).subscription)"
        case .credit: return "CREDIT \(header.argument)"
        case .publish: return "PUB \(header.sequence) first \(header.argument): \(records(body))"
        case .ping: return "PING \(header.sequence) first \(header.argument)"
        case .get, .replay:
            let request = try Request(body)
            return "\(header.type == .get ? "GET" : "REPLAY") \(header.sequence & 0xFF)"
                + " from \(request.cursor)"
        case .bye: return "BYE"
        case .welcome:
            let welcome = try Welcome(body)
            return "WELCOME epoch \(welcome.epoch) last \(welcome.lastApplied)"
        case .reject, .goAway:
            let end = try Refusal(body)
            return "\(header.type == .reject ? "REJECT" : "GOAWAY") \(end.status)"
                + (end.sequence == 0 ? "" : " of \(end.sequence)")
        case .deliver: return "DELIVER stable \(revision(argument)): \(records(body))"
        case .acknowledge: return "ACK \(header.argument): \(runs(try Results(body)))"
        case .refuse: return "NACK \(header.argument): \(runs(try Results(body)))"
        case .pong: return "PONG stable \(revision(argument))"
        case .subscribed: return "SUBACK \(try Subscribed(body).subscription)"
        case .snapshotBegin, .snapshotEnd:
            let mark = try SnapshotMark(body)
            return "\(header.type == .snapshotBegin ? "SNAP_BEGIN" : "SNAP_END")"
                + " \(mark.subscription) \(mark.full ? "full" : "delta")"
        case .gap: return "GAP"
        case .reply: return "REPLY: \(records(body))"
        case .replyEnd: return "REPLY_END"
        }
    }

    static func delivery(_ kind: DeliveryKind, _ delivery: Delivery) -> String {
        switch kind {
        case .record, .deleted:
            "\(kind == .deleted ? "deleted" : "record") \(delivery.subscription.rawValue): "
                + record(delivery.bytes.span, delivery.record)
        case .link: link(delivery.link)
        case .snapshotEnd: "end \(delivery.subscription.rawValue) of \(delivery.count)"
        case .gap:
            "gap \(revision(delivery.gap.from))-\(revision(delivery.gap.to))"
                + " \(delivery.gap.count)"
        case .result: "result \(delivery.ticket.rawValue) \(delivery.status)"
        case .replyRecord:
            "answer \(delivery.request.rawValue): "
                + record(delivery.bytes.span, delivery.record)
        case .replyEnd: "answered \(delivery.request.rawValue) \(delivery.status)"
        case .subscriptionFailed:
            "failed \(delivery.subscription.rawValue) \(delivery.status)"
        }
    }

    private static func link(_ report: LinkReport) -> String {
        switch report {
        case .up(let epoch, _, let continuity): "up epoch \(epoch) \(continuity)"
        case .down(let status): "down \(status)"
        }
    }
}
