import FloorEvents
import Foundation

/// Just enough JSON for the vectors: whole numbers, texts, lists, objects.
enum JSON: Equatable, Codable, ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
    case number(Int64)
    case text(String)
    case list([JSON])
    case object([String: JSON])

    init(stringLiteral value: String) { self = .text(value) }
    init(integerLiteral value: Int64) { self = .number(value) }
    init(_ value: some BinaryInteger) { self = .number(Int64(value)) }
    init(_ value: FloorID) { self = .text(value.text) }
    init(_ value: Revision) { self.init(value.rawValue) }
    init(_ value: FloorStatus) { self.init(value.rawValue) }
    init(hex bytes: [UInt8]) { self = .text(bytes.hex) }
    init(text bytes: [UInt8]) { self = .text(String(decoding: bytes, as: UTF8.self)) }

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let value = try? container.decode(Int64.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .text(value)
        } else if let value = try? container.decode([JSON].self) {
            self = .list(value)
        } else {
            self = .object(try container.decode([String: JSON].self))
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .number(let value): try container.encode(value)
        case .text(let value): try container.encode(value)
        case .list(let value): try container.encode(value)
        case .object(let value): try container.encode(value)
        }
    }
}

extension [UInt8] {
    /// Two hexadecimal digits a byte.
    var hex: String {
        map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// Bytes from hexadecimal digits; nil for anything else.
    init?(hex: String) {
        let digits = [UInt8](hex.utf8)
        guard digits.count % 2 == 0 else { return nil }
        self = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            let pair = String(decoding: digits[index..<(index + 2)], as: UTF8.self)
            guard let byte = UInt8(pair, radix: 16) else { return nil }
            append(byte)
        }
    }
}

/// The files that every language's tests read.
enum VectorFile {
    static let folder = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "vectors")

    /// Whether this run writes the files instead of checking against them.
    static let writes = ProcessInfo.processInfo.environment["FLOORBUS_WRITE_VECTORS"] == "1"

    static func read(_ name: String) throws -> [VectorEntry] {
        let data = try Data(contentsOf: folder.appending(path: name))
        return try JSONDecoder().decode([VectorEntry].self, from: data)
    }

    static func write(_ entries: [VectorEntry], _ name: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let data = try encoder.encode(entries) + Data("\n".utf8)
        try data.write(to: folder.appending(path: name))
    }
}

/// One vector: bytes, and either their values or the error they are.
struct VectorEntry: Codable, Equatable {
    var name: String
    var hex: String
    /// A frame's or record's values; nil in the files of bad bytes.
    var values: JSON?
    /// A payload's kind.
    var kind: String?
    /// The case of `WireError`.
    var error: String?
}
