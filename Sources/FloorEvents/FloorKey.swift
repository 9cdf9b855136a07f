/// A key or filter that breaks the rules, and which rule.
public enum KeyError: Error, Equatable, Sendable {
    case empty
    case tooLong(bytes: Int)
    case noFinalSlash
    case segmentCount(Int)
    case emptySegment(index: Int)
    case segmentTooLong(index: Int, bytes: Int)
    case unknownClass
    case notUTF8(index: Int)
    case mustBeEncoded(index: Int, byte: UInt8)
    case badEscape(index: Int)

    /// What is wrong and what to do, for a person.
    public var sentence: String {
        switch self {
        case .empty:
            "the key is empty; write class/site/unit/entity/, for example agent/bj/sales/4711/"
        case .tooLong(let bytes):
            "the key has \(bytes) bytes; at most \(Limits.keyBytes) are allowed"
        case .noFinalSlash:
            "the key does not end in '/'; every segment does, the last one too"
        case .segmentCount(let count):
            "the key has \(count) segments; it needs four: class/site/unit/entity/"
        case .emptySegment(let index):
            "segment \(index + 1) is empty; write 1 to \(Limits.segmentBytes) bytes"
        case .segmentTooLong(let index, let bytes):
            "segment \(index + 1) has \(bytes) bytes; at most \(Limits.segmentBytes) are allowed"
        case .unknownClass:
            "the first segment is not a class; use agent, queue, team, presence, custom, flag, "
                + "note, event or private"
        case .notUTF8(let index):
            "segment \(index + 1) is not valid UTF-8"
        case .mustBeEncoded(let index, let byte):
            "segment \(index + 1) has byte \(byte), which must be written as %XX (a control "
                + "character, or a leading '!', '~', '$' or '+')"
        case .badEscape(let index):
            "segment \(index + 1) has a '%' that is not a needed escape of the form %XX in "
                + "capitals; FloorKey.segment(encoding:) writes it right"
        }
    }
}

/// The name of one thing on the floor: `class/site/unit/entity/`, as bytes.
///
/// Equality, hash and order are bytewise, never Unicode-canonical, so that every language and
/// libzmq's own prefix filter agree on what is the same key.
///
///     let key = try FloorKey("agent/bj/sales/4711/")
///     let member = try FloorKey(.agent, site: "bj", unit: "sales", entity: "SIP/101")
///     // agent/bj/sales/SIP%2F101/
///
/// - Errors: `KeyError`, whose `sentence` says which rule was broken.
public struct FloorKey: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The key as it travels: at most 200 bytes, four segments, each ending in `/`.
    public let bytes: [UInt8]
    /// What the key is about, from its first segment.
    public let kind: RecordKind

    /// A key from its written form.
    public init(_ text: String) throws(KeyError) {
        try self.init(bytes: Array(text.utf8))
    }

    /// A key from its bytes.
    public init(bytes: [UInt8]) throws(KeyError) {
        kind = try KeyRules.checkKey(bytes.span)
        self.bytes = bytes
    }

    /// A key from its parts; site, unit and entity are any text and are encoded as needed.
    public init(
        _ kind: RecordKind,
        site: String,
        unit: String,
        entity: String
    ) throws(KeyError) {
        let text =
            kind.name + "/" + Self.segment(encoding: site) + "/" + Self.segment(encoding: unit)
            + "/" + Self.segment(encoding: entity) + "/"
        try self.init(text)
    }

    /// The key as text.
    public var text: String { String(decoding: bytes, as: UTF8.self) }
    /// The text.
    public var description: String { text }

    /// The decoded segments: class, site, unit, entity.
    public var segments: [String] {
        var result: [String] = []
        for part in bytes.split(separator: KeyRules.slash) {
            result.append(Self.decoding(segment: Array(part)))
        }
        return result
    }

    /// The decoded last segment: who or what.
    public var entity: String { segments.last ?? "" }

    /// Any text as one segment: what must not stand there is written as `%XX`.
    public static func segment(encoding text: String) -> String {
        var out: [UInt8] = []
        for byte in text.utf8 {
            if KeyRules.mustEscape(byte, first: out.isEmpty) {
                out.append(UInt8(ascii: "%"))
                out.append(KeyRules.hexDigit(byte >> 4))
                out.append(KeyRules.hexDigit(byte & 15))
            } else {
                out.append(byte)
            }
        }
        return String(decoding: out, as: UTF8.self)
    }

    /// The text a well-formed segment stands for.
    package static func decoding(segment: [UInt8]) -> String {
        var out: [UInt8] = []
        var index = 0
        while index < segment.count {
            if segment[index] == UInt8(ascii: "%"), index + 2 < segment.count,
                let high = KeyRules.hexValue(segment[index + 1]),
                let low = KeyRules.hexValue(segment[index + 2])
            {
                out.append(high << 4 | low)
                index += 3
            } else {
                out.append(segment[index])
                index += 1
            }
        }
        return String(decoding: out, as: UTF8.self)
    }

    /// Bytewise order.
    public static func < (left: FloorKey, right: FloorKey) -> Bool {
        left.bytes.lexicographicallyPrecedes(right.bytes)
    }
}
