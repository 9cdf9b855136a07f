import Foundation

/// What the program says: lines for programs and people on stdout, sentences on stderr.
enum Output {
    /// Writes a line to stdout at once, so that a reader behind a pipe has it too.
    ///
    /// - Throws: `CommandFailure` when nobody can read it any more.
    static func line(_ text: String) throws {
        do {
            try FileHandle.standardOutput.write(contentsOf: Data((text + "\n").utf8))
        } catch {
            throw CommandFailure(.failed, "stdout cannot be written to: \(error)")
        }
    }

    /// Writes a value as one JSON object on one line.
    static func json(_ value: some Encodable) throws {
        try line(jsonText(value))
    }

    static func jsonText(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    /// Writes a sentence to stderr.
    static func note(_ sentence: String) {
        // Nobody is left to tell when stderr is closed.
        try? FileHandle.standardError.write(contentsOf: Data(("floorbus: \(sentence)\n").utf8))
    }

    /// A text that cannot steer a terminal: control characters become "?".
    static func printable(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            let isControl = scalar.properties.generalCategory == .control
            result.append(isControl ? "?" : scalar)
        }
        return String(result)
    }

    /// Rows under headings, the first column left and the others right.
    static func table(_ headings: [String], _ rows: [[String]]) -> [String] {
        let all = [headings] + rows
        let widths = headings.indices.map { column in
            all.map { $0[column].count }.max() ?? 0
        }
        return all.map { row in
            var line = ""
            for (column, cell) in row.enumerated() {
                let pad = String(repeating: " ", count: widths[column] - cell.count)
                line += column == 0 ? cell + pad : "  " + pad + cell
            }
            return line
        }
    }

    /// A moment in UTC with milliseconds, from microseconds since 1970.
    static func time(_ microseconds: Int64) -> String {
        Date(timeIntervalSince1970: Double(microseconds) / 1_000_000)
            .formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }
}
