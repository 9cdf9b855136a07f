/// A source file taken apart into code and comments, line by line, columns kept.
///
/// The scanners look for words; this keeps them from finding words in strings and comments. It
/// knows Swift's nested comments, raw and multi-line strings and interpolation (taken as string),
/// and C's characters; it does not know bare-slash regular expressions, which we do not use.
struct CodeView {
    private(set) var code: [String] = []
    private(set) var comments: [String] = []

    private let text: [UInt8]
    private let swift: Bool
    private var position = 0
    private var codeBytes: [UInt8] = []
    private var commentBytes: [UInt8] = []

    init(_ source: String, swift: Bool) {
        text = Array(source.utf8)
        self.swift = swift
        codeBytes.reserveCapacity(text.count)
        commentBytes.reserveCapacity(text.count)
        while position < text.count { step() }
        code = Self.lines(codeBytes)
        comments = Self.lines(commentBytes)
    }

    private enum Mark {
        static let lineComment = Array("//".utf8)
        static let commentStart = Array("/*".utf8)
        static let commentEnd = Array("*/".utf8)
        static let apostrophe = Array("'".utf8)
        static let quote = Array("\"".utf8)
        static let longQuote = Array("\"\"\"".utf8)
        static let hash = Array("#".utf8)
        static let backslash = Array("\\".utf8)
        static let open = Array("(".utf8)
        static let close = Array(")".utf8)
        static let end = Array("\n".utf8)
        static let special = Set("/'\"#".utf8)
    }

    private enum Part { case code, comment, string }

    private static func lines(_ bytes: [UInt8]) -> [String] {
        bytes.split(separator: Mark.end[0], omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
    }

    private mutating func step() {
        if !Mark.special.contains(text[position]) {
            take(.code)
        } else if sees(Mark.lineComment) {
            while position < text.count, text[position] != Mark.end[0] { take(.comment) }
        } else if sees(Mark.commentStart) {
            blockComment()
        } else if let hashes = stringOpening() {
            string(hashes: hashes)
        } else if !swift, sees(Mark.apostrophe) {
            character()
        } else {
            take(.code)
        }
    }

    private func sees(_ mark: [UInt8], at offset: Int = 0) -> Bool {
        let start = position + offset
        guard start + mark.count <= text.count else { return false }
        for index in 0..<mark.count where text[start + index] != mark[index] { return false }
        return true
    }

    /// Moves `count` bytes to one part; the other gets spaces, and both get the line ends.
    private mutating func take(_ part: Part, _ count: Int = 1) {
        let space = UInt8(ascii: " ")
        for _ in 0..<count where position < text.count {
            let byte = text[position]
            let isEnd = byte == Mark.end[0]
            codeBytes.append(part == .code || isEnd ? byte : space)
            commentBytes.append(part == .comment || isEnd ? byte : space)
            position += 1
        }
    }

    private mutating func blockComment() {
        var depth = 0
        repeat {
            if sees(Mark.commentStart), swift || depth == 0 {
                depth += 1
                take(.comment, 2)
            } else if sees(Mark.commentEnd) {
                depth -= 1
                take(.comment, 2)
            } else {
                take(.comment)
            }
        } while depth > 0 && position < text.count
    }

    private mutating func character() {
        take(.string)
        while position < text.count, !sees(Mark.apostrophe), !sees(Mark.end) {
            take(.string, sees(Mark.backslash) ? 2 : 1)
        }
        take(.string)
    }

    /// The number of `#` before a string that begins here, or nil.
    private func stringOpening() -> Int? {
        var hashes = 0
        while swift, sees(Mark.hash, at: hashes) { hashes += 1 }
        return sees(Mark.quote, at: hashes) ? hashes : nil
    }

    /// A string with its quotes; the quotes stay in the code, so that arguments are seen as such.
    private mutating func string(hashes: Int) {
        take(.string, hashes)
        let isLong = swift && sees(Mark.longQuote)
        let quotes = isLong ? 3 : 1
        take(.code, quotes)
        while position < text.count {
            if closes(hashes: hashes, quotes: quotes) {
                take(.code, quotes)
                take(.string, hashes)
                return
            }
            if !isLong, sees(Mark.end) { return }
            if isEscape(hashes: hashes) {
                take(.string, 1 + hashes)
                if swift, sees(Mark.open) { interpolation() } else { take(.string) }
            } else {
                take(.string)
            }
        }
    }

    private func closes(hashes: Int, quotes: Int) -> Bool {
        (0..<quotes).allSatisfy { sees(Mark.quote, at: $0) }
            && (0..<hashes).allSatisfy { sees(Mark.hash, at: quotes + $0) }
    }

    private func isEscape(hashes: Int) -> Bool {
        sees(Mark.backslash) && (0..<hashes).allSatisfy { sees(Mark.hash, at: 1 + $0) }
    }

    /// The parentheses of an interpolation, strings within included, all taken as string.
    private mutating func interpolation() {
        var depth = 0
        repeat {
            if let hashes = stringOpening() {
                let before = codeBytes.count
                string(hashes: hashes)
                blank(from: before)
                continue
            }
            if sees(Mark.open) { depth += 1 }
            if sees(Mark.close) { depth -= 1 }
            take(.string)
        } while depth > 0 && position < text.count
    }

    private mutating func blank(from start: Int) {
        for index in start..<codeBytes.count where codeBytes[index] != Mark.end[0] {
            codeBytes[index] = UInt8(ascii: " ")
        }
    }
}
