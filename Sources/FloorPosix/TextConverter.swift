import CPosix

/// Converts text from one encoding into another.
///
///     let converter = TextConverter(to: "UTF-8", from: "GBK")
///     if let fault = converter.append(host.span, to: &utf8) { … }    // a byte that is not GBK
///
/// - Thread: one at a time.
/// - Source: iconv(3) of POSIX.
@safe public final class TextConverter {
    private let converter: OpaquePointer

    private init(_ converter: OpaquePointer) { unsafe self.converter = unsafe converter }

    deinit { unsafe floor_posix_converter_close(converter) }

    /// A converter, or nil when the system does not know one of the encodings.
    ///
    /// Not an initializer, because Embedded Swift (6.3) leaks an object whose initializer fails.
    public static func make(to: String, from: String) -> TextConverter? {
        let opened = unsafe to.withCString { to in
            unsafe from.withCString { from in unsafe floor_posix_converter_open(to, from) }
        }
        return unsafe opened.map { unsafe TextConverter($0) }
    }

    /// Appends the converted text.
    ///
    /// - Parameters:
    ///   - bytes: the text.
    ///   - out: what it is appended to; as it was when there is a fault.
    ///   - substituting: whether a character that the other encoding lacks becomes `?`; for
    ///     well-formed UTF-8 alone.
    /// - Returns: where the first bytes stand that are no text of the encoding; nil = none.
    public func append(
        _ bytes: Span<UInt8>,
        to out: inout [UInt8],
        substituting: Bool = false
    ) -> Int? {
        var position = 0
        // No character of the known encodings has more than four bytes in another.
        let capacity = bytes.count * 4
        let start = out.count
        out.append(contentsOf: repeatElement(0, count: capacity))
        let written = unsafe bytes.withUnsafeBytes { source in
            unsafe out.withUnsafeMutableBytes { target in
                unsafe floor_posix_convert(
                    converter,
                    source.baseAddress,
                    source.count,
                    target.baseAddress.map { unsafe $0 + start },
                    capacity,
                    substituting ? 1 : 0,
                    &position
                )
            }
        }
        out.removeLast(capacity - Int(max(0, written)))
        return written < 0 ? position : nil
    }
}
