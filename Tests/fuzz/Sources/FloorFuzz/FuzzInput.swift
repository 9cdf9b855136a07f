/// One input, taken from its beginning; behind its end everything is zero.
struct FuzzInput {
    private let bytes: [UInt8]
    private var at = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var isEmpty: Bool { at >= bytes.count }

    mutating func byte() -> UInt8 {
        guard at < bytes.count else { return 0 }
        at += 1
        return bytes[at - 1]
    }

    /// A number of any type, lowest byte first.
    mutating func number<Number: FixedWidthInteger>() -> Number {
        var number = Number.zero
        for place in 0..<(Number.bitWidth / 8) {
            number |= Number(truncatingIfNeeded: byte()) << (8 * place)
        }
        return number
    }

    /// A number that is often near an end of its type.
    mutating func wide<Number: FixedWidthInteger>() -> Number {
        switch byte() & 7 {
        case 0: .min
        case 1: .min + 1
        case 2: 0
        case 3: 1
        case 4: .max - 1
        case 5: .max
        default: number()
        }
    }

    /// A moment: anything, or near what the harness's clock shows.
    mutating func moment() -> Int64 {
        byte() & 1 == 0 ? wide() : 1_700_000_000_000_000 + Int64(number() as Int32) * 1000
    }

    /// So many bytes, or those that are left.
    mutating func take(_ count: Int) -> [UInt8] {
        let end = at + min(bytes.count - at, count)
        defer { at = end }
        return Array(bytes[at..<end])
    }

    /// Bytes with their length in front.
    mutating func block() -> [UInt8] { take(Int(number() as UInt16)) }

    /// A short text; what is not UTF-8 is repaired.
    mutating func text() -> String { String(decoding: take(Int(byte() & 31)), as: UTF8.self) }

    mutating func pick<Element>(_ list: [Element]) -> Element { list[Int(byte()) % list.count] }
}
