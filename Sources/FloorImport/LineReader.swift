/// Lines of a plain or gzip file, one at a time, in memory that does not grow with the file.
///
/// Lines end with LF or CR LF; the last one needs no end. Whether the file is gzip is seen from
/// its first two bytes, not from its name, and UTF-16 from its mark or its NUL bytes. A block of
/// NUL bytes, as a loss of power or a log cut while it was written leaves it, ends a line too, so
/// that the line behind it is whole. Marks of byte order (U+FEFF) before a line are no part of it.
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
        }

        /// Counted from 1.
        public let number: Int
        /// The text, if it can be had.
        public let content: Content
        /// Whether bytes that are no text were replaced by U+FFFD.
        public let isRepaired: Bool
    }

    /// What asking for a line without waiting gives.
    public enum Outcome: Equatable, Sendable {
        /// The next line.
        case line(Line)
        /// Nothing yet: a silent pipe, or a followed file's end.
        case waiting
        /// The end of the file.
        case ended
    }

    private let source: ByteSource
    private let charset: Charset?
    private var wide: WideText?
    private var hasBegun = false
    private var raw: [UInt8] = []
    private var buffer: [UInt8] = []
    private var position = 0
    private var pending: [UInt8] = []
    private var isTooLong = false
    private var hasLine = false
    private var damage: ImportError?
    private var number = 0
    /// Blocks of NUL bytes so far.
    private(set) var nulBlocks = 0
    private var isInNuls = false
    private var renewals = 0

    /// Opens a file.
    ///
    /// - Parameters:
    ///   - path: The file's path.
    ///   - charset: The character set as iconv(3) names it, such as `ISO-8859-1`; nil = UTF-8.
    ///   - follows: Whether more is waited for at the file's end, over its rotation.
    /// - Throws: ``ImportError`` if it cannot be opened, or the character set is not known here.
    public init(
        path: String,
        charset: String? = nil,
        follows: Bool = false
    ) throws(ImportError) {
        var reader: Charset?
        if let charset, charset.lowercased() != "utf-8" {
            reader = Charset(charset)
            guard reader != nil else {
                throw ImportError(
                    file: path,
                    field: "charset",
                    value: charset,
                    rule: "must be a character set that this machine's iconv knows"
                )
            }
        }
        self.charset = reader
        source = try ByteSource(path: path, follows: follows)
    }

    /// The path as it was given.
    public var path: String { source.path }

    /// Bytes used of the file as stored (compressed bytes of a .gz).
    public var bytesConsumed: Int64 { source.bytesConsumed }

    /// Size of the file as stored, in bytes; nil for a pipe.
    public var fileSize: Int64? { source.fileSize }

    /// Bytes after the last gzip member that are neither a member nor padding, ignored.
    public var trailingBytes: Int64 { source.trailingBytes }

    /// How far the file has been read, from 0 to 1; nil for a pipe.
    public var progress: Double? {
        guard let size = source.fileSize, !source.follows else { return nil }
        guard size > 0 else { return 1 }
        return min(1, Double(source.bytesConsumed) / Double(size))
    }

    /// The next line, or nil at the end of the file; waits for a pipe.
    ///
    /// - Throws: ``ImportError`` if the file cannot be read or its gzip data is cut off or
    ///   damaged; the lines before the damage, and what there is of the line in which it lies,
    ///   have been given out.
    public func next() throws(ImportError) -> Line? {
        while true {
            switch try poll() {
            case .line(let line): return line
            case .ended: return nil
            case .waiting: wait()
            }
        }
    }

    /// Waits a moment for more, as a pipe or a followed file gives it.
    func wait() { source.wait(milliseconds: 50) }

    /// The next line if there is one; never waits.
    ///
    /// - Throws: As ``next()``.
    public func poll() throws(ImportError) -> Outcome {
        while true {
            if position == buffer.count {
                switch try refill() {
                case .bytes: continue
                case .waiting: return .waiting
                case .ended:
                    if hasLine { return .line(takeLine(endsWithNewline: true)) }
                    if let damage { throw damage }
                    return .ended
                }
            }
            let rest = buffer[position...]
            guard let end = rest.firstIndex(where: { $0 == 0x0A || $0 == 0 }) else {
                append(rest)
                position = buffer.count
                continue
            }
            if end > position { append(buffer[position..<end]) }
            position = end + 1
            guard buffer[end] == 0 else {
                if !hasLine, isInNuls {
                    // The line end behind a block ends nothing that was begun.
                    isInNuls = false
                    number += 1
                    continue
                }
                isInNuls = false
                hasLine = true
                return .line(takeLine(endsWithNewline: true))
            }
            if !isInNuls, source.renewals == renewals { nulBlocks += 1 }
            renewals = source.renewals
            isInNuls = true
            if hasLine { return .line(takeLine(endsWithNewline: false)) }
        }
    }

    private func refill() throws(ImportError) -> ByteSource.Outcome {
        position = 0
        buffer.removeAll(keepingCapacity: true)
        guard damage == nil else { return .ended }
        let outcome: ByteSource.Outcome
        do {
            outcome = try source.read(into: &raw)
        } catch {
            // What there is of the line that was begun comes first.
            damage = error
            return .ended
        }
        guard case .bytes = outcome else { return outcome }
        if !hasBegun {
            hasBegun = true
            if charset == nil { wide = WideText(first: raw) }
        }
        if wide != nil {
            wide?.append(raw, to: &buffer)
        } else {
            swap(&raw, &buffer)
        }
        return .bytes
    }

    private func append(_ bytes: ArraySlice<UInt8>) {
        hasLine = true
        isInNuls = false
        // One more than the limit, because a CR before the LF does not count.
        guard !isTooLong, pending.count + bytes.count <= ImportLimits.lineBytes + 1 else {
            isTooLong = true
            pending.removeAll(keepingCapacity: true)
            return
        }
        pending.append(contentsOf: bytes)
    }

    private func takeLine(endsWithNewline: Bool) -> Line {
        let own = number + 1
        if endsWithNewline { number += 1 }
        if pending.last == UInt8(ascii: "\r") { pending.removeLast() }
        // A mark is where files were put together, too.
        if pending.starts(with: [0xEF, 0xBB, 0xBF]) { pending.removeFirst(3) }
        var content = Line.Content.tooLong
        var isRepaired = false
        if !isTooLong, pending.count <= ImportLimits.lineBytes {
            if let charset {
                let found = charset.text(pending)
                (content, isRepaired) = (.text(found.text), found.isRepaired)
            } else if let text = String(validating: pending, as: UTF8.self) {
                content = .text(text)
            } else {
                (content, isRepaired) = (.text(String(decoding: pending, as: UTF8.self)), true)
            }
        }
        pending.removeAll(keepingCapacity: true)
        isTooLong = false
        hasLine = false
        return Line(number: own, content: content, isRepaired: isRepaired)
    }
}
