public import FloorEvents
import FloorWire
import Foundation

/// An event of a journal as JSON, as `floorbus journal export` writes it.
///
/// `ReadRecord` reads it back.
public struct StoredEvent: Sendable {
    private let revision: Revision
    private let key: String
    private let hubTime: Int64
    private let producer: FloorID
    private let sequence: UInt64
    private let schema: UInt16
    private let payload: [UInt8]

    /// An event.
    ///
    /// - Parameters:
    ///   - revision: its place in the event lane.
    ///   - key: what it is about.
    ///   - hubTime: when the hub applied it, microseconds since 1970.
    ///   - producer: who published it.
    ///   - sequence: its number among the producer's operations.
    ///   - schema: the layout of the payload.
    ///   - payload: its bytes.
    public init(
        _ revision: Revision,
        key: String,
        hubTime: Int64,
        producer: FloorID,
        sequence: UInt64,
        schema: UInt16,
        payload: [UInt8]
    ) {
        self.revision = revision
        self.key = key
        self.hubTime = hubTime
        self.producer = producer
        self.sequence = sequence
        self.schema = schema
        self.payload = payload
    }

    /// The event as one JSON object.
    public func json() throws -> String { try JSONText.line(self) }
}

extension StoredEvent: Encodable {
    /// Writes the event's fields, for a JSON that it is a part of.
    public func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: FieldName.self)
        try fields.encode(revision.text, forKey: "revision")
        try fields.encode(key, forKey: "key")
        try fields.encode(hubTime, forKey: "time")
        try fields.encode(producer.text, forKey: "producer")
        try fields.encode(sequence, forKey: "sequence")
        try fields.encode(schema, forKey: "schema")
        try fields.encode(Data(payload).base64EncodedString(), forKey: "payload")
        // Of an odd payload the bytes are all there is to say.
        let denial = key.hasPrefix("private/-/hub/") ? try? Denial(payload, schema: schema) : nil
        try fields.encodeIfPresent(denial.map(DenialJSON.init), forKey: "denial")
    }
}
