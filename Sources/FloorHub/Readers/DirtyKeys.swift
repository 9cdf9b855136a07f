import FloorEvents

/// Changed keys that a session is to be told of, each once, in the order in which they changed.
///
/// In one struct, so that its owner, a class, asks for it once a call: what the compiler cannot
/// prove exclusive is checked at run time, at a hundred instructions each time.
///
/// Invariant: `bits` has a bit exactly for the keys in `keys` from `head` on.
struct DirtyKeys {
    private(set) var keys: [DirtyKey] = []
    private var head = 0
    private var bits: [UInt64] = []

    var isEmpty: Bool { head == keys.count }
    var count: Int { keys.count - head }
    /// The slot of the key that has waited longest.
    var first: Int { Int(keys[head].slot) }
    /// The revision under which that one was queued.
    var firstRevision: Revision { keys[head].firstRevision }

    func contains(_ slot: Int) -> Bool {
        let word = slot >> 6
        return word < bits.count && bits[word] & (1 << UInt64(slot & 63)) != 0
    }

    mutating func add(_ change: StateChange) {
        let word = change.slot >> 6
        if word >= bits.count {
            bits.append(contentsOf: repeatElement(0, count: word + 1 - bits.count))
        }
        let bit: UInt64 = 1 << UInt64(change.slot & 63)
        guard bits[word] & bit == 0 else { return }
        bits[word] |= bit
        keys.append(
            DirtyKey(
                slot: Int32(change.slot),
                changesBefore: change.changesBefore,
                firstRevision: change.revision
            )
        )
    }

    mutating func take() -> DirtyKey {
        let key = keys[head]
        head += 1
        bits[Int(key.slot) >> 6] &= ~(1 << UInt64(key.slot & 63))
        if head == keys.count {
            keys.removeAll(keepingCapacity: true)
            head = 0
        } else if head >= 4096, head * 2 >= keys.count {
            keys.removeFirst(head)
            head = 0
        }
        return key
    }

    mutating func keep(_ isWanted: (Int) -> Bool) {
        keys.removeFirst(head)
        head = 0
        keys.removeAll { key in
            if isWanted(Int(key.slot)) { return false }
            bits[Int(key.slot) >> 6] &= ~(1 << UInt64(key.slot & 63))
            return true
        }
    }
}
