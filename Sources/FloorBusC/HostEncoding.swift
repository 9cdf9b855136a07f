import FloorEvents
import FloorPosix

/// The encoding of a host's texts where that is not UTF-8; converts at the border, both ways.
///
/// @unchecked Sendable because the converters are used only with `lock` held, which is taken last.
final class HostEncoding: @unchecked Sendable {
    private let name: StaticString
    private let lock = Lock()
    private let inward: TextConverter
    private let outward: TextConverter

    private init(_ name: StaticString, _ inward: TextConverter, _ outward: TextConverter) {
        self.name = name
        self.inward = inward
        self.outward = outward
    }

    /// The encodings hosts may have, by the names of iconv.
    private static let known: [StaticString] = ["GBK", "GB18030", "BIG5", "ISO-8859-1"]

    /// The encoding an option names; nil for UTF-8.
    static func make(_ wanted: String?) throws(Failure) -> HostEncoding? {
        guard let wanted, !isSame(wanted, "UTF-8") else { return nil }
        for name in known where isSame(wanted, name) {
            guard let inward = TextConverter.make(to: "UTF-8", from: name.description),
                let outward = TextConverter.make(to: name.description, from: "UTF-8")
            else {
                throw Failure(
                    .unsupported,
                    "this system's iconv has no " + name.description
                        + "; install the C library's conversion modules"
                )
            }
            return HostEncoding(name, inward, outward)
        }
        throw Failure(
            .invalid,
            "host_encoding is none of UTF-8, GBK, GB18030, BIG5 and ISO-8859-1"
        )
    }

    /// Whether names are the same but for the case of their letters.
    private static func isSame(_ text: String, _ name: StaticString) -> Bool {
        guard text.utf8.count == name.utf8CodeUnitCount else { return false }
        return zip(text.utf8, name.description.utf8).allSatisfy { left, right in
            left == right || (left &- 32 == right && (0x61...0x7A).contains(left))
        }
    }

    /// A host's text as UTF-8.
    func utf8(
        _ bytes: UnsafeBufferPointer<UInt8>,
        _ field: StaticString,
        _ status: FloorStatus
    ) throws(Failure) -> [UInt8] {
        var out: [UInt8] = []
        let fault = lock.withLock { unsafe inward.append(bytes.span, to: &out) }
        if let fault { throw .badText(field, at: fault, name, status) }
        return out
    }

    /// UTF-8 as the host's text; what the encoding lacks becomes `?`.
    func host(_ text: Span<UInt8>) -> [UInt8] {
        var out: [UInt8] = []
        lock.lock()
        _ = outward.append(text, to: &out, substituting: true)
        lock.unlock()
        return out
    }
}

extension Failure {
    /// Bytes of a caller that are no text.
    static func badText(
        _ field: StaticString,
        at position: Int,
        _ encoding: StaticString,
        _ status: FloorStatus
    ) -> Failure {
        Failure(
            status,
            field.description + ": the byte at position \(position) is not "
                + encoding.description
        )
    }
}
