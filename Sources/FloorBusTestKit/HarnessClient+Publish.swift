public import FloorEvents
public import FloorWire

/// One operation a `HarnessClient` publishes.
public struct HarnessOperation: Sendable {
    /// The record's header; the client fills in nothing.
    public var header: RecordHeader
    /// The key as written.
    public var key: String
    /// The payload.
    public var payload: [UInt8]

    /// Any operation.
    public init(_ header: RecordHeader, _ key: String, _ payload: [UInt8] = []) {
        self.header = header
        self.key = key
        self.payload = payload
    }

    /// A PUT with a text as payload; the kind is the key's.
    public static func put(_ key: String, _ text: String, flags: RecordFlags = []) -> Self {
        var header = RecordHeader(kind(of: key), .put)
        header.flags = flags
        return Self(header, key, Array(text.utf8))
    }

    /// A PUT that holds only while the key's revision is this one.
    public static func put(_ key: String, _ text: String, ifAt revision: Revision) -> Self {
        var operation = put(key, text)
        operation.header.previous = revision
        return operation
    }

    /// A DELETE.
    public static func delete(_ key: String) -> Self {
        Self(RecordHeader(kind(of: key), .delete), key)
    }

    /// One event with a text as payload.
    public static func event(_ key: String, _ text: String) -> Self {
        Self(RecordHeader(.event, .append), key, Array(text.utf8))
    }

    private static func kind(of key: String) -> RecordKind {
        KeyRules.kind(of: Array(key.utf8).span) ?? .custom
    }

    var line: String {
        ReceivedRecord(header: header, key: key, payload: payload).line
    }
}

extension HarnessClient {
    /// One PUB with these operations, under the next sequences or from `first` on.
    public func publish(_ operations: [HarnessOperation], first: UInt64? = nil) {
        let start = first ?? nextSequence
        if first == nil { nextSequence += UInt64(operations.count) }
        let list = operations.map { $0.line }.joined(separator: " ")
        log("PUB \(start) \(list)")
        let header = FrameHeader(
            .publish,
            session: session,
            sequence: start,
            argument: firstUnacknowledged ?? start
        )
        send(header) { out in
            let body = RecordBatch.begin(lead: 0, in: &out)
            for operation in operations {
                RecordWriter.append(
                    operation.header,
                    key: Array(operation.key.utf8).span,
                    payload: operation.payload.span,
                    to: &out
                )
            }
            RecordBatch.finish(body, lead: 0, count: operations.count, in: &out)
        }
    }

    /// One PUB with one PUT of a text.
    public func publish(_ key: String, _ text: String) { publish([.put(key, text)]) }
}
