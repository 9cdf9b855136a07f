/// How a place among keys travels to a client and back: the slot in 24 bits, the low 39 bits of
/// its key's birth, and the highest bit for kept records, which the reader of the wire sets.
enum WireCursor {
    static let keptBit: UInt64 = 1 << 63

    static func write(slot: Int, _ place: KeyTree.Place) -> UInt64 {
        (place.birth & (1 << 39 - 1)) << 24 | UInt64(slot + 1) & 0xFF_FFFF
    }

    static func slot(_ wire: UInt64) -> Int? {
        let number = Int(wire & 0xFF_FFFF)
        return number == 0 ? nil : number - 1
    }
}
