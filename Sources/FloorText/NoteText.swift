public import FloorEvents

/// A note as JSON; the fields are in docs/cli.md.
///
///     print(try NoteText(record.key, note).json())
public struct NoteText: Sendable {
    private let key: FloorKey
    private let note: FloorNote

    /// A note as it stands under its key.
    public init(_ key: FloorKey, _ note: FloorNote) {
        self.key = key
        self.note = note
    }

    /// The note as one JSON object.
    public func json() throws -> String { try JSONText.line(self) }
}

extension NoteText: Encodable {
    /// Writes the note's fields, for a JSON that it is a part of.
    public func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: FieldName.self)
        try fields.encode(key.entity, forKey: "noteId")
        try fields.encode(key.text, forKey: "key")
        try fields.encode(note.kind.name, forKey: "kind")
        try fields.encode(note.status.name, forKey: "status")
        try fields.encode(note.priority.name, forKey: "priority")
        try fields.encode(note.severity.name, forKey: "severity")
        try fields.encode(note.roles.names, forKey: "roles")
        try fields.encode(note.sender, forKey: "sender")
        try fields.encode(note.person, forKey: "person")
        try fields.encode(note.text, forKey: "text")
        try fields.encode(note.rule, forKey: "rule")
        try fields.encode(note.subject, forKey: "subject")
        try fields.encode(note.value, forKey: "value")
        try fields.encode(note.sentAt, forKey: "sentAt")
        try fields.encode(note.expiresAt, forKey: "expiresAt")
        try fields.encode(note.acknowledgedAt, forKey: "acknowledgedAt")
        try fields.encode(note.acknowledgedBy, forKey: "acknowledgedBy")
        try fields.encode(note.endedAt, forKey: "endedAt")
        try fields.encode(note.receipts, forKey: "receipts")
        try fields.encode(note.readers, forKey: "readers")
        try fields.encode(note.addressed, forKey: "addressed")
        try fields.encode(note.waiting, forKey: "waiting")
    }
}

extension FloorNote {
    /// The note in a few words, and what it says.
    public var summary: String { "\(status.name) \(kind.name): \(PlainText.printable(text))" }
}
