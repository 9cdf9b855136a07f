import FloorEvents

/// How a place among keys travels to a client and back.
///
/// From the highest bit: 1 for kept records, which come behind the values; 20 bits with the number
/// of the page, so that cursors of one question ascend (a client takes one that does not for a
/// question without end); the low 19 bits of the key's birth, to know it by; its slot + 1 in 24.
enum WireCursor {
    static let keptBit: UInt64 = 1 << 63
    private static let pages: UInt64 = 1 << 20 - 1

    /// The cursor behind a page.
    ///
    /// - Parameters:
    ///   - slot: of the first key that is still to come.
    ///   - place: of that key in its tree.
    ///   - cursor: of the page's question.
    /// - Returns: a greater one.
    static func write(slot: Int, _ place: KeyTree.Place, after cursor: UInt64) -> UInt64 {
        let page = min(cursor >> 43 & pages + 1, pages)
        return page << 43 | tag(slot, place)
    }

    /// Whether a cursor names the key in its slot.
    static func names(_ place: KeyTree.Place, _ wire: UInt64) -> Bool {
        guard let slot = slot(wire) else { return false }
        return tag(slot, place) == wire & (1 << 43 - 1)
    }

    private static func tag(_ slot: Int, _ place: KeyTree.Place) -> UInt64 {
        (place.birth & (1 << 19 - 1)) << 24 | UInt64(slot + 1) & 0xFF_FFFF
    }

    static func slot(_ wire: UInt64) -> Int? {
        let number = Int(wire & 0xFF_FFFF)
        return number == 0 ? nil : number - 1
    }
}
