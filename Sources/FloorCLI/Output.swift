import FloorText
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
        try line(JSONText.line(value))
    }

    /// Writes a sentence to stderr.
    static func note(_ sentence: String) {
        // Nobody is left to tell when stderr is closed.
        try? FileHandle.standardError.write(contentsOf: Data(("floorbus: \(sentence)\n").utf8))
    }

    /// Says on stderr that an answer is a part of what was asked for.
    static func noteLeftOut(_ filter: KeyFilter, _ name: String) {
        note("there is more under \(printable(filter.text)) that \(name) may not read")
    }

    /// As `PlainText.printable`.
    static func printable(_ text: String) -> String { PlainText.printable(text) }

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

    /// As `PlainText.time`.
    static func time(_ microseconds: Int64) -> String { PlainText.time(microseconds) }
}
