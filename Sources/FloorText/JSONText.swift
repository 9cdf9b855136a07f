import FloorEvents
import Foundation

// One JSON object a line, everywhere: fields sorted by name, so that equal values are equal lines.

/// Why a JSON text is not what was wanted.
///
/// It names the field and what belongs there, and never repeats the text: that may be private.
public struct JSONTextError: Error, Equatable, Sendable {
    /// The field, for example `queue.figures.0.unit`; empty = the text as a whole.
    public let field: String
    /// What is wrong and what to do, for a person.
    public let sentence: String

    init(_ field: String, _ what: String) {
        self.field = field
        sentence = field.isEmpty ? what : "the field \(PlainText.printable(field)) \(what)"
    }
}

/// Values as JSON on one line.
public enum JSONText {
    /// A value as one JSON object on one line, its fields sorted by name.
    public static func line(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    /// Reads a value that stands in one JSON object.
    static func read<Value: Decodable>(
        _: Value.Type,
        from text: String
    ) throws(JSONTextError) -> Value {
        do {
            return try JSONDecoder().decode(Value.self, from: Data(text.utf8))
        } catch let error as JSONTextError {
            throw error
        } catch {
            throw JSONTextError("", "this is no JSON object")
        }
    }
}

/// A field's name.
struct FieldName: CodingKey, ExpressibleByStringLiteral {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }
    init(stringLiteral: String) { stringValue = stringLiteral }
    init?(intValue: Int) { nil }
}

/// The fields of one JSON object, by name; what is missing or null has its default.
struct JSONFields {
    private let container: KeyedDecodingContainer<FieldName>
    private let path: String

    /// Opens the object.
    ///
    /// - Parameters:
    ///   - decoder: where it is.
    ///   - known: the fields there are; any other is a mistake of the writer.
    /// - Throws: `JSONTextError`.
    init(_ decoder: any Decoder, known: [String]) throws {
        path = decoder.codingPath.map { $0.intValue.map(String.init) ?? $0.stringValue }
            .joined(separator: ".")
        do {
            container = try decoder.container(keyedBy: FieldName.self)
        } catch {
            throw JSONTextError(path, "is an object, { and }")
        }
        for key in container.allKeys where !known.contains(key.stringValue) {
            throw JSONTextError(
                name(of: key.stringValue),
                "is not known here; known are " + known.sorted().joined(separator: ", ")
            )
        }
    }

    /// The error of a field.
    func error(_ field: String, _ what: String) -> JSONTextError {
        JSONTextError(name(of: field), what)
    }

    func text(_ field: String) throws -> String? { try value(field, "is a text") }

    func flag(_ field: String) throws -> Bool? { try value(field, "is true or false") }

    func number<Number: FixedWidthInteger & Decodable>(_ field: String) throws -> Number? {
        try value(field, "is a whole number from \(Number.min) to \(Number.max)")
    }

    /// A name of the vocabulary.
    func named<Value: FloorName>(_ field: String) throws -> Value? {
        guard let name = try text(field) else { return nil }
        if let value = Value(name: name) { return value }
        let names = Value.allCases.map(\.name).joined(separator: ", ")
        throw error(field, "is one of " + names)
    }

    /// An object or a list of them.
    func part<Part: Decodable>(_ field: String, _: Part.Type) throws -> Part? {
        try value(field, "is of another type")
    }

    func texts(_ field: String) throws -> [String]? { try value(field, "is a list of texts") }

    private func value<Value: Decodable>(_ field: String, _ what: String) throws -> Value? {
        do {
            return try container.decodeIfPresent(Value.self, forKey: FieldName(stringValue: field))
        } catch let error as JSONTextError {
            throw error
        } catch {
            throw self.error(field, what)
        }
    }

    private func name(of field: String) -> String { path.isEmpty ? field : path + "." + field }
}
