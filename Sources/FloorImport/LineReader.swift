/// Lines of a plain or gzip file, one at a time, in memory that does not grow with the file.
///
/// Lines end with LF or CR LF; the last one needs no end. Whether the file is gzip is seen from
/// its first two bytes, not from its name.
///
/// ```swift
/// let reader = try LineReader(path: "queue_log.gz")
/// while let line = try reader.next() { print(line.number, line.content) }
/// ```
///
/// Use it from one thread at a time. The file is closed when the reader is released.
public final class LineReader {
    /// One line, or why its text cannot be had.
    public struct Line: Equatable, Sendable {
        /// What a line holds.
        public enum Content: Equatable, Sendable {
            /// The text without its line end.
            case text(String)
            /// Longer than ``ImportLimits/lineBytes``; the text was dropped.
            case tooLong
            /// Not UTF-8.
            case notUTF8
        }

        /// Counted from 1.
        public let number: Int
        /// The text, if it can be had.
        public let content: Content
    }

    private let source: ByteSource
    private var buffer: [UInt8] = []
    private var position = 0
    private var pending: [UInt8] = []
    private var isTooLong = false
    private var hasLine = false
    private var number = 0

    /// Opens a file.
    ///
    /// - Parameter path: The file's path.
    /// - Throws: ``ImportError`` if it cannot be opened or read.
    public init(path: String) throws(ImportError) {
        source = try ByteSource(path: path)
    }

    /// The path as it was given.
    public var path: String { source.path }

    /// Bytes used of the file as stored (compressed bytes of a .gz).
    public var bytesConsumed: Int64 { source.bytesConsumed }

    /// Size of the file as stored, in bytes; nil for a pipe.
    public var fileSize: Int64? { source.fileSize }

    /// How far the file has been read, from 0 to 1; nil for a pipe.
    public var progress: Double? {
        guard let size = source.fileSize else { return nil }
        guard size > 0 else { return 1 }
        return min(1, Double(source.bytesConsumed) / Double(size))
    }

    /// The next line, or nil at the end of the file.
    ///
    /// - Throws: ``ImportError`` if the file cannot be read or its gzip data is cut off or
    ///   damaged; the lines before the damage have been given out. Do not call it again then.
    public func next() throws(ImportError) -> Line? {
        while true {
            if position == buffer.count {
                position = 0
                guard try source.read(into: &buffer) else { return hasLine ? takeLine() : nil }
            }
            let rest = buffer[position...]
            guard let end = rest.firstIndex(of: UInt8(ascii: "\n")) else {
                append(rest)
                position = buffer.count
                continue
            }
            append(buffer[position..<end])
            position = end + 1
            return takeLine()
        }
    }

    private func append(_ bytes: ArraySlice<UInt8>) {
        hasLine = true
        // One more than the limit, because a CR before the LF does not count.
        guard !isTooLong, pending.count + bytes.count <= ImportLimits.lineBytes + 1 else {
            isTooLong = true
            pending.removeAll(keepingCapacity: true)
            return
        }
        pending.append(contentsOf: bytes)
    }

    private func takeLine() -> Line {
        number += 1
        if pending.last == UInt8(ascii: "\r") { pending.removeLast() }
        var content = Line.Content.tooLong
        if !isTooLong, pending.count <= ImportLimits.lineBytes {
            let text = String(validating: pending, as: UTF8.self)
            content = text.map(Line.Content.text) ?? .notUTF8
        }
        pending.removeAll(keepingCapacity: true)
        isTooLong = false
        hasLine = false
        return Line(number: number, content: content)
    }
}
