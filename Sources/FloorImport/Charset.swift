#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Texts of another character set, by the C library's iconv(3); the only file that calls it.
///
/// What is no character of the set becomes U+FFFD, so that no line is lost for it.
@safe final class Charset {
    private let handle: iconv_t

    /// Nil if the C library does not know the name.
    init?(_ name: String) {
        // Suffixes such as //TRANSLIT are iconv's own language, not part of a name.
        guard !name.contains("/"), let handle = unsafe iconv_open("UTF-8", name),
            // iconv_open gives -1, as a pointer, for "unknown".
            Int(bitPattern: handle) != -1
        else { return nil }
        unsafe self.handle = handle
    }

    deinit { unsafe iconv_close(handle) }

    /// The bytes as text, and whether something had to be replaced.
    func text(_ bytes: [UInt8]) -> (text: String, isRepaired: Bool) {
        var source = bytes
        // Nothing known to iconv needs more than four bytes of UTF-8 for one byte.
        var target = [UInt8](repeating: 0, count: bytes.count * 4 + 16)
        var isRepaired = false
        var (read, written) = (0, 0)
        while read < source.count {
            let isWhole = step(&source, &read, &target, &written)
            if isWhole { break }
            guard read < source.count, target.count - written >= 8 else { break }
            isRepaired = true
            for byte in "\u{FFFD}".utf8 {
                target[written] = byte
                written += 1
            }
            read += 1
        }
        return (String(decoding: target[..<written], as: UTF8.self), isRepaired)
    }

    private func step(
        _ source: inout [UInt8],
        _ read: inout Int,
        _ target: inout [UInt8],
        _ written: inout Int
    ) -> Bool {
        let (first, start) = (read, written)
        var left = source.count - first
        var room = target.count - start
        let status = unsafe source.withUnsafeMutableBytes { input in
            unsafe target.withUnsafeMutableBytes { output in
                var from = unsafe input.baseAddress?.advanced(by: first)
                    .assumingMemoryBound(to: CChar.self)
                var to = unsafe output.baseAddress?.advanced(by: start)
                    .assumingMemoryBound(to: CChar.self)
                return unsafe iconv(handle, &from, &left, &to, &room)
            }
        }
        read = source.count - left
        written = target.count - room
        return status != Int.max && status != -1 || left == 0
    }
}

/// UTF-16 to UTF-8, chunk by chunk: some tools of Windows write logs so.
struct WideText {
    private let isBigEndian: Bool
    private var half: UInt8?
    private var high: UInt16?

    /// Nil if the first bytes look like no UTF-16: neither a mark nor a NUL in every other byte.
    init?(first bytes: [UInt8]) {
        if bytes.starts(with: [0xFF, 0xFE]) {
            isBigEndian = false
        } else if bytes.starts(with: [0xFE, 0xFF]) {
            isBigEndian = true
        } else if bytes.count >= 4, bytes[1] == 0, bytes[3] == 0, bytes[0] != 0, bytes[2] != 0 {
            isBigEndian = false
        } else if bytes.count >= 4, bytes[0] == 0, bytes[2] == 0, bytes[1] != 0, bytes[3] != 0 {
            isBigEndian = true
        } else {
            return nil
        }
    }

    /// Appends the UTF-8 of the next bytes; what a pair lacks is kept for the next call.
    mutating func append(_ bytes: [UInt8], to target: inout [UInt8]) {
        for byte in bytes {
            guard let first = half else {
                half = byte
                continue
            }
            half = nil
            let unit =
                isBigEndian
                ? UInt16(first) << 8 | UInt16(byte) : UInt16(byte) << 8 | UInt16(first)
            append(unit, to: &target)
        }
    }

    private mutating func append(_ unit: UInt16, to target: inout [UInt8]) {
        if let first = high {
            high = nil
            if UTF16.isTrailSurrogate(unit) {
                let value = 0x10000 + (UInt32(first) - 0xD800) << 10 + (UInt32(unit) - 0xDC00)
                return WideText.add(Unicode.Scalar(value), to: &target)
            }
            WideText.add(nil, to: &target)
        }
        if UTF16.isLeadSurrogate(unit) {
            high = unit
        } else {
            WideText.add(Unicode.Scalar(unit), to: &target)
        }
    }

    private static func add(_ scalar: Unicode.Scalar?, to target: inout [UInt8]) {
        target.append(contentsOf: Array(String(scalar ?? "\u{FFFD}").utf8))
    }
}
