public import FloorBus
import FloorEvents
import Foundation

extension FloorRecord {
    /// The record as one JSON object; its fields are in docs/cli.md, "watch and get".
    ///
    /// `ReadRecord` reads it back.
    public func json() throws -> String { try JSONText.line(RecordJSON(self, type: "record")) }

    /// The payload in a few words; of one that cannot be read, why.
    public var summary: String {
        do {
            if let agent = try agentState { return agent.summary }
            if let level = try queueLevel { return level.summary }
            if let team = try teamFigures { return team.summary }
            if let presence = try presence {
                let state = try supporter?.state ?? .unknown
                let duty = state == .unknown ? "" : ", supporter \(state.name)"
                return "sessions \(presence.sessions)" + duty
            }
            if let flag = try helpFlag { return flag.summary }
            if let note = try note { return note.summary }
            if let entry = try catalogueEntry { return entry.summary }
            if let denial = try denial { return denial.summary }
        } catch {
            return error.sentence
        }
        if let text = String(validating: payload, as: UTF8.self) {
            return PlainText.printable(text)
        }
        return "\(payload.count) bytes"
    }

    /// The record as one line: when, which key, what it says, and how sure that is.
    func line(_ what: String) -> String {
        // A removal that only a snapshot noticed happened at a time nobody knows.
        let time = hubTime?.description ?? "(time not known)        "
        var line = "\(time) \(PlainText.printable(key.text)) \(what)"
        if freshness != .live { line += " [\(freshness.name)]" }
        if isWill { line += " [will]" }
        if isReplayed { line += " [replayed]" }
        if coalesced > 0 { line += " [+\(coalesced) older]" }
        return line
    }
}

/// A record as JSON.
struct RecordJSON: Encodable {
    var record: FloorRecord
    var type: String

    init(_ record: FloorRecord, type: String) {
        self.record = record
        self.type = type
    }

    func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: FieldName.self)
        try fields.encode(type, forKey: "type")
        try fields.encode(record.key.text, forKey: "key")
        try fields.encode(record.key.kind.name, forKey: "kind")
        try fields.encode(record.operation.name, forKey: "operation")
        try fields.encode(record.revision.text, forKey: "revision")
        try fields.encode(record.revision.rawValue, forKey: "revision_raw")
        try fields.encode((record.previousRevision ?? .zero).text, forKey: "previous_revision")
        try fields.encode(record.hubTime?.microsecondsSince1970 ?? 0, forKey: "hub_time_us")
        try fields.encode(record.sourceTime?.microsecondsSince1970 ?? 0, forKey: "source_time_us")
        try fields.encode((record.producer ?? .zero).text, forKey: "producer")
        try fields.encode(record.freshness.name, forKey: "freshness")
        try fields.encode(record.isFromSnapshot, forKey: "snapshot")
        try fields.encode(record.isReplayed, forKey: "replayed")
        try fields.encode(record.isWill, forKey: "will")
        try fields.encode(record.coalesced, forKey: "coalesced")
        try fields.encode(record.schema, forKey: "schema")
        try fields.encode(Data(record.payload).base64EncodedString(), forKey: "payload_base64")
        try encodeContent(into: &fields)
    }

    private func encodeContent(into fields: inout KeyedEncodingContainer<FieldName>) throws {
        do {
            try fields.encodeIfPresent(try record.agentState.map(AgentJSON.init), forKey: "agent")
            try fields.encodeIfPresent(try record.queueLevel.map(QueueJSON.init), forKey: "queue")
            let team = try record.teamFigures?.figures.map(FigureJSON.init)
            try fields.encodeIfPresent(team, forKey: "team")
            try fields.encodeIfPresent(try PresenceJSON(record), forKey: "presence")
            let note = try record.note.map { NoteText(record.key, $0) }
            try fields.encodeIfPresent(note, forKey: "note")
            let flag = try record.helpFlag.map { FlagText(record.key, $0) }
            try fields.encodeIfPresent(flag, forKey: "flag")
            let entry = try record.catalogueEntry.map(CatalogueJSON.init)
            try fields.encodeIfPresent(entry, forKey: "catalogue")
            try fields.encodeIfPresent(try record.denial.map(DenialJSON.init), forKey: "denial")
        } catch let error as FloorBusError {
            try fields.encode(error.sentence, forKey: "error")
        }
        guard [.custom, .event].contains(record.key.kind) else { return }
        let text = String(validating: record.payload, as: UTF8.self)
        try fields.encodeIfPresent(text, forKey: "text")
    }
}

/// A principal's presence as JSON.
private struct PresenceJSON: Encodable {
    var sessions: UInt32
    var since: Int64
    var supporter: String
    var flags: UInt16

    private enum CodingKeys: String, CodingKey {
        case sessions
        case since = "since_us"
        case supporter
        case flags
    }

    init?(_ record: FloorRecord) throws(FloorBusError) {
        guard let presence = try record.presence, let supporter = try record.supporter else {
            return nil
        }
        sessions = presence.sessions
        since = presence.since
        self.supporter = supporter.state.name
        flags = supporter.flags
    }
}
