/// A hash table from bytes kept elsewhere to small numbers: the index of the hub's and the client's
/// tables of keys.
///
/// Open addressing with linear probing; a slot holds 32 bits of the hash and the number, so that
/// most mismatches never touch the bytes. Hashes are seeded per process, so that keys
/// chosen by an attacker do not collide on purpose. No order is ever read from it.
public struct ByteIndex: Sendable {
    /// hash << 32 | number + 1, or 0 for a free slot; the count is a power of two.
    @usableFromInline
    var slots: [UInt64]
    private var count = 0

    /// An empty table.
    public init() { slots = Array(repeating: 0, count: 64) }

    /// The hash of a key; `salt` tells equal bytes in different places apart.
    @inlinable
    public static func hash(_ bytes: Span<UInt8>, salt: UInt32 = 0) -> UInt32 {
        bytes.tableHash(salt: salt)
    }

    /// The number with this hash for which `matches` holds.
    @inlinable
    public func find(_ hash: UInt32, _ matches: (Int) -> Bool) -> Int? {
        let mask = slots.count - 1
        var at = Int(truncatingIfNeeded: hash) & mask
        while slots[at] != 0 {
            let slot = slots[at]
            if UInt32(truncatingIfNeeded: slot >> 32) == hash {
                let number = Int(slot & 0xFFFF_FFFF) - 1
                if matches(number) { return number }
            }
            at = (at + 1) & mask
        }
        return nil
    }

    /// Adds a number that is not in the table.
    public mutating func insert(_ hash: UInt32, _ number: Int) {
        if (count + 1) * 3 > slots.count * 2 { grow() }
        place(UInt64(hash) << 32 | UInt64(number + 1))
        count += 1
    }

    /// Removes a number that is in the table.
    public mutating func remove(_ hash: UInt32, _ number: Int) {
        let mask = slots.count - 1
        let wanted = UInt64(hash) << 32 | UInt64(number + 1)
        var hole = Int(truncatingIfNeeded: hash) & mask
        while slots[hole] != wanted {
            precondition(slots[hole] != 0, "ByteIndex.remove: the number is not in the table")
            hole = (hole + 1) & mask
        }
        // Close the hole: move back every following slot whose home is not behind the hole.
        var at = (hole + 1) & mask
        while slots[at] != 0 {
            let home = Int(truncatingIfNeeded: slots[at] >> 32) & mask
            if (at &- home) & mask >= (at &- hole) & mask {
                slots[hole] = slots[at]
                hole = at
            }
            at = (at + 1) & mask
        }
        slots[hole] = 0
        count -= 1
    }

    /// Forgets everything, keeps the storage.
    public mutating func removeAll() {
        for at in slots.indices { slots[at] = 0 }
        count = 0
    }

    private mutating func grow() {
        let old = slots
        slots = Array(repeating: 0, count: old.count * 2)
        for slot in old where slot != 0 { place(slot) }
    }

    private mutating func place(_ slot: UInt64) {
        let mask = slots.count - 1
        var at = Int(truncatingIfNeeded: slot >> 32) & mask
        while slots[at] != 0 { at = (at + 1) & mask }
        slots[at] = slot
    }
}
