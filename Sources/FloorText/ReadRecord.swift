public import FloorEvents
import FloorWire
import Foundation

/// A record read from JSON: what a publisher says of it, with the payload as bytes.
///
///     let record = try ReadRecord(json: line)     // a line of `watch --json`, `get --json`
///     print(record.key.text, record.payload.count)
///
/// The payload is taken from the field that people read and write, `agent`, `queue`, `team`, or
/// `text` of a custom value or an event; where that is not there, from `payload_base64`. So a
/// person edits the first, and bytes that have no such field come back as they were. Lines of
/// `journal export` are read too; there the field is `payload`.
///
/// What the hub alone says, such as the revision, is passed over.
public struct ReadRecord: Sendable, Hashable {
    /// What it is about.
    public let key: FloorKey
    /// Whether the key has no value any more.
    public let isRemoved: Bool
    /// When the publisher says it happened, microseconds since 1970; 0 = not said.
    public let sourceTime: Int64
    /// The layout of the payload.
    public let schema: UInt16
    /// The payload's bytes, at most `Limits.payloadBytes`; empty for a removed key.
    public let payload: [UInt8]

    /// Reads a record from one JSON object.
    ///
    /// - Throws: `JSONTextError` with the field that is wrong, also for one that is not known.
    public init(json text: String) throws(JSONTextError) {
        self = try JSONText.read(RecordReading.self, from: text).record
    }

    fileprivate init(
        _ key: FloorKey,
        isRemoved: Bool,
        sourceTime: Int64,
        schema: UInt16,
        payload: [UInt8]
    ) {
        self.key = key
        self.isRemoved = isRemoved
        self.sourceTime = sourceTime
        self.schema = schema
        self.payload = payload
    }
}

private struct RecordReading: Decodable {
    let record: ReadRecord

    private static let known = [
        "type", "key", "kind", "operation", "revision", "revision_raw", "previous_revision",
        "hub_time_us", "source_time_us", "producer", "freshness", "snapshot", "replayed", "will",
        "coalesced", "schema", "payload_base64", "text", "agent", "queue", "team", "presence",
        "flag", "note", "denial", "error", "time", "sequence", "payload",
    ]

    init(from decoder: any Decoder) throws {
        let fields = try JSONFields(decoder, known: Self.known)
        let key: FloorKey
        do {
            key = try FloorKey(try fields.text("key") ?? "")
        } catch let error as KeyError {
            throw fields.error("key", "is wrong: " + error.sentence)
        }
        let type = try fields.text("type") ?? "record"
        guard ["record", "removed"].contains(type) else {
            throw fields.error("type", "is one of record, removed")
        }
        let operation = try fields.text("operation")
        let isRemoved = type == "removed" || operation == RecordOperation.delete.name
        var content = (schema: UInt16(0), payload: [UInt8]())
        if !isRemoved { content = try Self.content(of: key, fields) }
        guard content.payload.count <= Limits.payloadBytes else {
            throw JSONTextError(
                "",
                "the payload has \(content.payload.count) bytes; at most "
                    + "\(Limits.payloadBytes) are allowed"
            )
        }
        record = ReadRecord(
            key,
            isRemoved: isRemoved,
            sourceTime: try fields.number("source_time_us") ?? 0,
            schema: content.schema,
            payload: content.payload
        )
    }

    /// The payload and its layout.
    private static func content(
        of key: FloorKey,
        _ fields: JSONFields
    ) throws -> (schema: UInt16, payload: [UInt8]) {
        let schema: UInt16 = try fields.number("schema") ?? 0
        let kind = key.kind
        do {
            var bytes: [UInt8] = []
            switch kind {
            case .agent:
                guard let part = try fields.part("agent", AgentJSON.self) else { break }
                try part.state.append(to: &bytes)
                return (PayloadSchema.agent, bytes)
            case .queue:
                guard let part = try fields.part("queue", QueueJSON.self) else { break }
                try part.level.append(to: &bytes)
                return (PayloadSchema.queue, bytes)
            case .team:
                guard let part = try fields.part("team", [FigureJSON].self) else { break }
                try TeamFigures(part.map { $0.figure }).append(to: &bytes)
                return (PayloadSchema.team, bytes)
            case .custom, .event:
                guard let text = try fields.text("text") else { break }
                return (schema, Array(text.utf8))
            case .flag, .presence, .note, .private, .personal, .catalogue: break
            }
        } catch let status as FloorStatus {
            throw fields.error(kind.name, "is no payload: " + status.sentence)
        }
        for field in ["payload_base64", "payload"] {
            guard let text = try fields.text(field) else { continue }
            guard let data = Data(base64Encoded: text) else {
                throw fields.error(field, "is base64")
            }
            return (schema, Array(data))
        }
        throw fields.error("payload_base64", "is needed")
    }
}
