public import FloorEvents

extension PayloadSchema {
    /// `FloorNote`, first layout; another number than a flag's, whatever the key.
    public static let note: UInt16 = 2
    /// `TopAskers`, first layout.
    public static let topAskers: UInt16 = 3
}

private enum NoteTag {
    static let text: UInt16 = 1
    static let sender: UInt16 = 2
    static let person: UInt16 = 3
    static let rule: UInt16 = 4
    static let subject: UInt16 = 5
    static let acknowledgedBy: UInt16 = 6
    static let reader: UInt16 = 7
    static let waiting: UInt16 = 8
}

extension FloorNote {
    static let fixedSize = 56

    /// Appends the payload, schema `PayloadSchema.note`.
    ///
    /// - Throws: `FloorStatus.tooBig` when a text is over its limit; nothing is appended then.
    public func append(to out: inout [UInt8]) throws(FloorStatus) {
        guard text.utf8.count <= Limits.noteBytes, sender.utf8.count <= Limits.nameBytes,
            person.utf8.count <= Limits.nameBytes, rule.utf8.count <= Limits.nameBytes,
            subject.utf8.count <= Limits.keyBytes,
            acknowledgedBy.utf8.count <= Limits.nameBytes,
            readers.count <= Limits.noteReaders,
            readers.allSatisfy({ $0.utf8.count <= Limits.nameBytes }),
            waiting.count <= Limits.noteReaders,
            waiting.allSatisfy({ $0.utf8.count <= Limits.nameBytes })
        else { throw .tooBig }
        for byte in [kind.rawValue, status.rawValue, priority.rawValue, severity.rawValue] {
            out.append(byte)
        }
        out.append(number: roles.rawValue)
        for time in [sentAt, expiresAt, acknowledgedAt, endedAt, value] { out.append(number: time) }
        out.append(number: receipts)
        out.append(number: addressed)
        TLV.append(NoteTag.text, text, to: &out)
        TLV.append(NoteTag.sender, sender, to: &out)
        TLV.append(NoteTag.person, person, to: &out)
        TLV.append(NoteTag.rule, rule, to: &out)
        TLV.append(NoteTag.subject, subject, to: &out)
        TLV.append(NoteTag.acknowledgedBy, acknowledgedBy, to: &out)
        for reader in readers { TLV.append(NoteTag.reader, reader, to: &out) }
        for name in waiting { TLV.append(NoteTag.waiting, name, to: &out) }
    }

    /// The roles that a payload says a note is for, none = all; nil for what is no payload.
    public static func roles(inPayload bytes: Span<UInt8>) -> Roles? {
        bytes.count < fixedSize ? nil : Roles(rawValue: bytes.u32(4))
    }

    /// Whether a payload names somebody as the note's sender.
    public static func isSent(by name: String, payload bytes: Span<UInt8>) -> Bool {
        var isSender = false
        // One that is no payload names nobody.
        try? TLV.forEach(bytes, from: fixedSize) { (tag, range) throws(WireError) in
            guard tag == NoteTag.sender, range.count == name.utf8.count else { return }
            isSender = zip(range, name.utf8).allSatisfy { bytes[$0] == $1 }
        }
        return isSender
    }

    /// Reads the payload.
    public init(payload bytes: Span<UInt8>) throws(WireError) {
        try bytes.need(Self.fixedSize)
        self.init(NoteKind(rawValue: bytes.u8(0)) ?? .unknown, text: "")
        status = NoteStatus(rawValue: bytes.u8(1)) ?? .unknown
        priority = NotePriority(rawValue: bytes.u8(2)) ?? .unknown
        severity = AlertSeverity(rawValue: bytes.u8(3)) ?? .unknown
        roles = Roles(rawValue: bytes.u32(4))
        sentAt = bytes.i64(8)
        expiresAt = bytes.i64(16)
        acknowledgedAt = bytes.i64(24)
        endedAt = bytes.i64(32)
        value = bytes.i64(40)
        receipts = bytes.u32(48)
        addressed = bytes.u32(52)
        var found = self
        try TLV.forEach(bytes, from: Self.fixedSize) { (tag, range) throws(WireError) in
            switch tag {
            case NoteTag.text: found.text = try bytes.text(range, atMost: Limits.noteBytes)
            case NoteTag.sender: found.sender = try bytes.text(range, atMost: Limits.nameBytes)
            case NoteTag.person: found.person = try bytes.text(range, atMost: Limits.nameBytes)
            case NoteTag.rule: found.rule = try bytes.text(range, atMost: Limits.nameBytes)
            case NoteTag.subject: found.subject = try bytes.text(range, atMost: Limits.keyBytes)
            case NoteTag.acknowledgedBy:
                found.acknowledgedBy = try bytes.text(range, atMost: Limits.nameBytes)
            case NoteTag.reader:
                guard found.readers.count < Limits.noteReaders else {
                    throw .badValue(field: "readers")
                }
                found.readers.append(try bytes.text(range, atMost: Limits.nameBytes))
            case NoteTag.waiting:
                guard found.waiting.count < Limits.noteReaders else {
                    throw .badValue(field: "waiting")
                }
                found.waiting.append(try bytes.text(range, atMost: Limits.nameBytes))
            default: break  // a newer hub's
            }
        }
        self = found
    }
}

/// Who asked most for help in one team today: the payload of `private/-/SITE/TEAM/`.
public struct TopAskers: Sendable, Hashable {
    static let fixedSize = 16

    /// The agents and how many flags each has raised, most first; equal ones by name.
    public var askers: [(name: String, flags: UInt32)]
    /// Flags raised in the team.
    public var raised: UInt32
    /// Since when, microseconds since 1970.
    public var since: Int64

    /// A list.
    public init(askers: [(String, UInt32)], raised: UInt32, since: Int64) {
        self.askers = askers.map { (name: $0.0, flags: $0.1) }
        self.raised = raised
        self.since = since
    }

    /// Appends the payload, schema `PayloadSchema.topAskers`.
    public func append(to out: inout [UInt8]) {
        out.append(number: since)
        out.append(number: raised)
        out.append(number: UInt32(0))
        for asker in askers {
            let name = asker.name.utf8(atMost: Limits.nameBytes)
            out.append(number: UInt16(1))
            out.append(number: UInt16(4 + name.count))
            out.append(number: asker.flags)
            out.append(contentsOf: name)
        }
    }

    /// Reads the payload.
    public init(payload bytes: Span<UInt8>) throws(WireError) {
        try bytes.need(Self.fixedSize)
        self.init(askers: [], raised: bytes.u32(8), since: bytes.i64(0))
        var found: [(name: String, flags: UInt32)] = []
        try TLV.forEach(bytes, from: Self.fixedSize) { (tag, range) throws(WireError) in
            guard tag == 1 else { return }
            guard range.count >= 4, found.count < Limits.topAskers else {
                throw .badValue(field: "askers")
            }
            let name = try bytes.text(
                (range.lowerBound + 4)..<range.upperBound,
                atMost: Limits.nameBytes
            )
            found.append((name, bytes.u32(range.lowerBound)))
        }
        askers = found
    }

    /// By content.
    public static func == (left: TopAskers, right: TopAskers) -> Bool {
        left.raised == right.raised && left.since == right.since
            && left.askers.count == right.askers.count
            && zip(left.askers, right.askers).allSatisfy { $0 == $1 }
    }

    /// By content.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(raised)
        hasher.combine(since)
        for asker in askers {
            hasher.combine(asker.name)
            hasher.combine(asker.flags)
        }
    }
}
