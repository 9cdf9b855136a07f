import FloorEvents
import FloorText
import Foundation

/// What the program says: lines for programs and people on stdout, sentences on stderr.
enum Output {
    /// Writes a line to stdout at once, so that a reader behind a pipe has it too.
    ///
    /// - Throws: `CommandFailure` when nobody can read it any more.
    static func line(_ text: String) throws { try write(text + "\n") }

    /// Writes a text to stdout as it is.
    ///
    /// - Throws: `CommandFailure` with the system's reason.
    static func write(_ text: String) throws {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { bytes in
                unsafe systemWrite(STDOUT_FILENO, bytes.baseAddress, bytes.count)
            }
            if count > 0 {
                rest.removeFirst(count)
            } else if errno == EAGAIN {
                // A terminal or pipe that somebody made non-blocking.
                var request = pollfd(fd: STDOUT_FILENO, events: Int16(POLLOUT), revents: 0)
                _ = unsafe poll(&request, 1, -1)
            } else if errno != EINTR {
                let reason = unsafe String(cString: strerror(errno))
                throw CommandFailure(.failed, "stdout cannot be written to: \(reason)")
            }
        }
    }

    @unsafe private static func systemWrite(
        _ descriptor: Int32,
        _ bytes: UnsafeRawPointer?,
        _ count: Int
    ) -> Int {
        #if canImport(Darwin)
        unsafe Darwin.write(descriptor, bytes, count)
        #elseif canImport(Musl)
        unsafe Musl.write(descriptor, bytes, count)
        #else
        unsafe Glibc.write(descriptor, bytes, count)
        #endif
    }

    /// Whether colours are wanted (no-color.org), and the terminal can do more than print lines.
    static var hasColors: Bool { (environment("NO_COLOR") ?? "").isEmpty && hasScreen }
    static var hasScreen: Bool { environment("TERM").map { $0 != "dumb" && !$0.isEmpty } ?? false }

    private static func environment(_ name: String) -> String? {
        ProcessInfo.processInfo.environment[name]
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
        note("of \(printable(filter.text)) only what \(name) may read is shown")
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
