/// The rules of keys, on bytes, without allocation; keys and filters share them.
public enum KeyRules {
    /// Ends every segment of a key.
    package static let slash = UInt8(ascii: "/")
    static let plus = UInt8(ascii: "+")

    /// The kind of a well-formed key, or the rule it breaks.
    public static func checkKey(_ bytes: Span<UInt8>) throws(KeyError) -> RecordKind {
        let count = try checkSegments(bytes, wildcards: false)
        guard count == Limits.keySegments else { throw .segmentCount(count) }
        guard let kind = kind(of: bytes) else { throw .unknownClass }
        return kind
    }

    /// The kind that the first segment names, or nil.
    public static func kind(of bytes: Span<UInt8>) -> RecordKind? {
        // The first segment as a number, for a key is looked at for every record.
        if bytes.count >= 8 {
            let word = bytes.word(0)
            let slashes = PlainBytes(word).slashes
            if slashes != 0 {
                // The bytes before the first slash, whose highest bit is the lowest that is set.
                let lowest = slashes & (~slashes &+ 1)
                return kind(named: word & ((lowest >> 7) &- 1))
            }
        }
        return kindOfLongName(bytes)
    }

    private static func kind(named word: UInt64) -> RecordKind? {
        switch word {
        case 0x74_6E65_6761: .agent
        case 0x6761_6C66: .flag
        case 0x65_7565_7571: .queue
        case 0x6D6F_7473_7563: .custom
        case 0x74_6E65_7665: .event
        case 0x6D61_6574: .team
        case 0x6574_6F6E: .note
        case 0x65_7461_7669_7270: .private
        default: nil
        }
    }

    /// The kind of a key that is short, or whose first name has eight letters or more.
    private static func kindOfLongName(_ bytes: Span<UInt8>) -> RecordKind? {
        var word: UInt64 = 0
        var at = 0
        while at < bytes.count, bytes[at] != slash {
            // The one name of nine letters.
            if at == 8, word == 0x6361_7461_6C6F_6775, bytes[8] == 0x65, bytes.count > 9,
                bytes[9] == slash
            {
                return .catalogue
            }
            guard at < 8 else { return nil }
            word = word << 8 | UInt64(bytes[at])
            at += 1
        }
        guard at < bytes.count else { return nil }
        switch word {
        case 0x61_6765_6E74: return .agent
        case 0x666C_6167: return .flag
        case 0x71_7565_7565: return .queue
        case 0x7072_6573_656E_6365: return .presence
        case 0x6375_7374_6F6D: return .custom
        case 0x65_7665_6E74: return .event
        case 0x7465_616D: return .team
        case 0x6E6F_7465: return .note
        case 0x70_7269_7661_7465: return .private
        case 0x7065_7273_6F6E_616C: return .personal
        default: return nil
        }
    }

    /// Where a segment of a key or filter lies, without its slash; empty when it has not so many.
    package static func segment(_ index: Int, of bytes: Span<UInt8>) -> Range<Int> {
        var start = 0
        var slashes = 0
        for at in 0..<bytes.count where bytes[at] == slash {
            if slashes == index { return start..<at }
            slashes += 1
            start = at + 1
        }
        return bytes.count..<bytes.count
    }

    /// Whether bytes are one well-formed segment, without its slash.
    public static func isSegment(_ bytes: Span<UInt8>) -> Bool {
        (try? checkSegment(bytes, index: 0)) != nil
    }

    /// The number of segments, each of which is well-formed.
    static func checkSegments(
        _ bytes: Span<UInt8>,
        wildcards: Bool
    ) throws(KeyError) -> Int {
        guard bytes.count > 0 else { throw .empty }
        guard bytes.count <= Limits.keyBytes else { throw .tooLong(bytes: bytes.count) }
        guard bytes[bytes.count - 1] == slash else { throw .noFinalSlash }
        if !wildcards, let count = countPlainSegments(bytes) { return count }
        var count = 0
        var start = 0
        var isPlainSegment = true
        for index in 0..<bytes.count {
            if isPlain(bytes[index]) { continue }
            guard bytes[index] == slash else {
                isPlainSegment = false
                continue
            }
            guard count < Limits.keySegments else { throw .segmentCount(count + 1) }
            let length = index - start
            if !isPlainSegment || length == 0 || length > Limits.segmentBytes {
                let segment = bytes.extracting(start..<index)
                if !(wildcards && length == 1 && segment[0] == plus) {
                    try checkSegment(segment, index: count)
                }
            }
            count += 1
            start = index + 1
            isPlainSegment = true
        }
        return count
    }

    /// The number of segments when all are well-formed and made of plain bytes; nil otherwise,
    /// and then only a look at each byte can tell.
    ///
    /// Eight bytes at a time, because every record's key comes by here at every station.
    private static func countPlainSegments(_ bytes: Span<UInt8>) -> Int? {
        // So short that no segment can be too long.
        guard bytes.count >= 8, bytes.count <= Limits.segmentBytes else { return nil }
        // Slashes at each of a word's eight places; at most one for each of eight words.
        var slashes: UInt64 = 0
        var at = 0
        // What no word may have: bytes that are not plain, and a slash behind another. In front
        // of the first byte is as if a slash were there.
        var wrong: UInt64 = 0
        var before: UInt64 = 0x80
        while at < bytes.count {
            // The last word lies at the end; what of it was looked at before is not counted.
            let place = min(at, bytes.count - 8)
            let word = PlainBytes(bytes.word(place))
            if place < at { before = 0 }
            wrong |= (word.special ^ word.slashes) | word.slashes & (word.slashes << 8 | before)
            slashes &+= (word.slashes & (.max &<< UInt64(8 &* (at &- place)))) &>> 7
            before = word.slashes >> 56
            at = place + 8
        }
        let count = Int((slashes &* 0x0101_0101_0101_0101) &>> 56)
        return wrong == 0 && count <= Limits.keySegments ? count : nil
    }

    private static func checkSegment(_ bytes: Span<UInt8>, index: Int) throws(KeyError) {
        guard bytes.count > 0 else { throw .emptySegment(index: index) }
        guard bytes.count <= Limits.segmentBytes else {
            throw .segmentTooLong(index: index, bytes: bytes.count)
        }
        var at = 0
        var isASCII = true
        while at < bytes.count {
            let byte = bytes[at]
            if isPlain(byte) {
                at += 1
            } else if byte == UInt8(ascii: "%") {
                // One spelling per name: only what must be escaped may be.
                guard at + 2 < bytes.count, let high = hexValue(bytes[at + 1]),
                    let low = hexValue(bytes[at + 2]), mustEscape(high << 4 | low, first: at == 0)
                else { throw .badEscape(index: index) }
                at += 3
            } else {
                guard !mustEscape(byte, first: at == 0) else {
                    throw .mustBeEncoded(index: index, byte: byte)
                }
                isASCII = isASCII && byte < 0x80
                at += 1
            }
        }
        guard isASCII || UTF8Rules.isValid(bytes) else { throw .notUTF8(index: index) }
    }

    /// Letters, digits and what else never needs a second look: '&' to '}' without '+' and '/'.
    private static func isPlain(_ byte: UInt8) -> Bool {
        byte >= 0x26 && byte <= 0x7D && byte != plus && byte != slash
    }

    static func mustEscape(_ byte: UInt8, first: Bool) -> Bool {
        switch byte {
        case 0..<0x20, 0x7F, UInt8(ascii: "/"), UInt8(ascii: "%"): true
        case UInt8(ascii: "!"), UInt8(ascii: "~"), UInt8(ascii: "$"), UInt8(ascii: "+"): first
        default: false
        }
    }

    static func hexDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") + value - 10
    }

    static func hexValue(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}

extension Span<UInt8> {
    /// Eight bytes as a number, the first one lowest.
    @inline(__always)
    func word(_ offset: Int) -> UInt64 {
        precondition(offset >= 0 && offset + 8 <= count)
        // Safe: the precondition holds the bounds, and every bit pattern is a valid integer.
        return unsafe UInt64(
            littleEndian: bytes.unsafeLoadUnaligned(
                fromUncheckedByteOffset: offset,
                as: UInt64.self
            )
        )
    }
}

/// Eight bytes of a key, looked at together; the highest bit of a byte says what it is.
private struct PlainBytes {
    /// Bytes that are not plain, slashes among them.
    let special: UInt64
    let slashes: UInt64

    @inline(__always)
    init(_ word: UInt64) {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let low = word & (ones * 0x7F)
        // In each byte, without a carry into the next: the sum reaches 0x80 when ...
        let isAbove = low + ones * (0x7F - 0x7D)
        let isFromAmpersand = low + ones * (0x80 - 0x26)
        let isNotPlus = (low ^ ones * UInt64(KeyRules.plus)) + ones * 0x7F
        let isNotSlash = (low ^ ones * UInt64(KeyRules.slash)) + ones * 0x7F
        let high = ones * 0x80
        slashes = ~isNotSlash & ~word & high
        special = (word | isAbove | ~isFromAmpersand | ~isNotPlus | ~isNotSlash) & high
    }
}

/// Whether bytes are UTF-8 (Unicode 15, table 3-7), without allocation.
public enum UTF8Rules {
    /// True for well-formed UTF-8, the empty text included.
    public static func isValid(_ bytes: Span<UInt8>) -> Bool { firstFault(in: bytes) == nil }

    /// Where the first bytes stand that are no UTF-8; nil for well-formed text.
    public static func firstFault(in bytes: Span<UInt8>) -> Int? {
        var at = 0
        while at < bytes.count {
            // Eight at a time where all are ASCII, as most texts are.
            if bytes.count - at >= 8, bytes.word(at) & 0x8080_8080_8080_8080 == 0 {
                at += 8
                continue
            }
            let length = sequenceLength(bytes, at)
            if length == 0 { return at }
            at += length
        }
        return nil
    }

    private static func sequenceLength(_ bytes: Span<UInt8>, _ at: Int) -> Int {
        let lead = bytes[at]
        switch lead {
        case 0..<0x80: return 1
        case 0xC2...0xDF: return continues(bytes, at, 2, 0x80...0xBF) ? 2 : 0
        case 0xE0: return continues(bytes, at, 3, 0xA0...0xBF) ? 3 : 0
        case 0xED: return continues(bytes, at, 3, 0x80...0x9F) ? 3 : 0
        case 0xE1...0xEF: return continues(bytes, at, 3, 0x80...0xBF) ? 3 : 0
        case 0xF0: return continues(bytes, at, 4, 0x90...0xBF) ? 4 : 0
        case 0xF1...0xF3: return continues(bytes, at, 4, 0x80...0xBF) ? 4 : 0
        case 0xF4: return continues(bytes, at, 4, 0x80...0x8F) ? 4 : 0
        default: return 0
        }
    }

    private static func continues(
        _ bytes: Span<UInt8>,
        _ at: Int,
        _ length: Int,
        _ second: ClosedRange<UInt8>
    ) -> Bool {
        guard at + length <= bytes.count, second.contains(bytes[at + 1]) else { return false }
        for index in (at + 2)..<(at + length) where !(0x80...0xBF).contains(bytes[index]) {
            return false
        }
        return true
    }
}
