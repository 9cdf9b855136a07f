/// Where a client's outbox is kept beside memory, so that it survives the process: a file.
///
/// The core calls it within `publish` and `step`, before the effects of that step are performed:
/// whatever is sent is in the store. That is the one thing the core does by itself, because
/// `publish` must know the answer before it says yes.
///
/// - Thread: the core's.
public protocol OutboxStore: AnyObject {
    /// Adds bytes behind the others; false: nothing of them counts.
    func append(_ bytes: Span<UInt8>) -> Bool
    /// Puts bytes in the place of as many others, which needs no room; false: it failed.
    func overwrite(_ bytes: Span<UInt8>, at offset: Int) -> Bool
    /// Keeps the first bytes alone, which needs no room; false: it failed.
    func truncate(to length: Int) -> Bool
    /// Puts bytes in the place of all others at once; false: the others are still there.
    func replace(with bytes: Span<UInt8>) -> Bool
}

/// Why the bytes of a store are not taken for an outbox.
public enum OutboxFault: Error, Equatable, Sendable {
    /// They do not begin as an outbox does.
    case notAnOutbox
    /// A later version wrote them.
    case version(UInt16)
    /// The first bytes, which say whose it is, are damaged.
    case damagedHeader
    /// It belongs to this principal.
    case otherPrincipal(String)
    /// Something in the middle is damaged, at this offset.
    case damaged(at: Int)
}

/// CRC-32 as zlib, PNG and Ethernet have it (reflected polynomial EDB88320).
struct CRC32 {
    private static let table: [UInt32] = {
        var table: [UInt32] = []
        for start in UInt32(0)..<256 {
            var value = start
            for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
            table.append(value)
        }
        return table
    }()

    private var value = UInt32.max

    var sum: UInt32 { ~value }

    mutating func add(_ bytes: Span<UInt8>) {
        let table = Self.table
        for index in bytes.indices {
            value = table[Int((value ^ UInt32(bytes[index])) & 0xFF)] ^ value >> 8
        }
    }

    /// A number, lowest byte first.
    mutating func add(_ number: UInt64) {
        var rest = number
        for _ in 0..<8 {
            value = Self.table[Int((value ^ UInt32(rest & 0xFF)) & 0xFF)] ^ value >> 8
            rest >>= 8
        }
    }
}
