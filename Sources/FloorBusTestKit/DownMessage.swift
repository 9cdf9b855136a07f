public import FloorEvents
public import FloorWire

/// One record as a reader gets it.
public struct ReceivedRecord: Hashable, Sendable {
    /// The record's header.
    public let header: RecordHeader
    /// The key as text.
    public let key: String
    /// The payload's bytes.
    public let payload: [UInt8]

    /// The payload as text; only for payloads a test wrote as text.
    public var text: String { String(decoding: payload, as: UTF8.self) }

    /// All records that lie end to end in some bytes.
    public static func all(in bytes: [UInt8], from start: Int = 0) -> [ReceivedRecord] {
        var result: [ReceivedRecord] = []
        var at = start
        while at < bytes.count, let view = try? RecordView(bytes.span, at: at) {
            result.append(
                ReceivedRecord(
                    header: view.header(bytes.span),
                    key: String(decoding: bytes[view.key], as: UTF8.self),
                    payload: Array(bytes[view.payload])
                )
            )
            at = view.range.upperBound
        }
        return result
    }
}

/// One message from the hub, decoded.
public struct DownMessage: Sendable {
    /// What it says.
    public enum Content: Sendable {
        case welcome(Welcome)
        case reject(Refusal)
        case deliver([ReceivedRecord], stableEvent: Revision)
        case acknowledge(Results)
        case pong(Pong)
        case subscribed(Subscribed)
        case snapshotBegin(SnapshotMark)
        case snapshotEnd(SnapshotMark)
        case gap(Gap)
        case goAway(Refusal)
        case replyEnd(ReplyEnd)
        case reply([ReceivedRecord])
        case refuse(Results)
    }

    /// The message's header.
    public let header: FrameHeader
    /// What it says.
    public let content: Content
    /// Bytes of the whole message.
    public let size: Int

    /// Decodes a whole message from the hub.
    ///
    /// - Throws: `WireError` when it is none.
    public init(_ bytes: [UInt8]) throws(WireError) {
        let header = try FrameHeader(bytes.span)
        let body = bytes.span.extracting(FrameHeader.size..<bytes.count)
        let records = FrameHeader.size + RecordBatch.prefixSize
        switch header.type {
        case .welcome: content = .welcome(try Welcome(body))
        case .reject: content = .reject(try Refusal(body))
        case .goAway: content = .goAway(try Refusal(body))
        case .deliver:
            let lead = try RecordBatch(body).lead
            content = .deliver(
                ReceivedRecord.all(in: bytes, from: records),
                stableEvent: Revision(rawValue: lead)
            )
        case .reply:
            _ = try RecordBatch(body)
            content = .reply(ReceivedRecord.all(in: bytes, from: records))
        case .acknowledge: content = .acknowledge(try Results(body))
        case .refuse: content = .refuse(try Results(body))
        case .pong: content = .pong(try Pong(body))
        case .subscribed: content = .subscribed(try Subscribed(body))
        case .snapshotBegin: content = .snapshotBegin(try SnapshotMark(body))
        case .snapshotEnd: content = .snapshotEnd(try SnapshotMark(body))
        case .gap: content = .gap(try Gap(body))
        case .replyEnd: content = .replyEnd(try ReplyEnd(body))
        case .hello, .subscribe, .unsubscribe, .credit, .publish, .ping, .get, .replay, .bye:
            throw .unknownType(header.type.rawValue)
        }
        self.header = header
        size = bytes.count
    }

    /// The records of a DELIVER or REPLY; none in other messages.
    public var records: [ReceivedRecord] {
        switch content {
        case .deliver(let records, _), .reply(let records): records
        default: []
        }
    }
}
