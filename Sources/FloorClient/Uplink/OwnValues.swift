import FloorEvents
import FloorWire

/// The last leased PUT of each own key, to be said again to a hub that has lost it.
struct OwnValues {
    private struct Value {
        var record: [UInt8] = []
        var keyLength = 0
        var hash: UInt32 = 0
        var ticket = Ticket.none
        var isDue = false
    }
    private var values: [Value] = []
    private var index = ByteIndex()
    private var free: [Int] = []
    /// Values that are to be said again.
    private(set) var dueCount = 0
    private var cursor = 0

    var count: Int { values.count - free.count }

    /// Notes a PUT: the record as it stands in the outbox.
    mutating func put(_ bytes: Span<UInt8>, _ view: RecordView, hash: UInt32, ticket: Ticket) {
        let key = bytes.extracting(view.key)
        let slot: Int
        if let known = find(key, hash) {
            slot = known
            setDue(slot, false)
        } else {
            // Beyond the hub's own bound on keys there is nothing to say again.
            guard count < Limits.stateKeys else { return }
            if let reused = free.popLast() {
                slot = reused
            } else {
                values.append(Value())
                slot = values.count - 1
            }
            values[slot].keyLength = key.count
            values[slot].hash = hash
            index.insert(hash, slot)
        }
        values[slot].record.removeAll(keepingCapacity: true)
        values[slot].record.append(span: bytes.extracting(view.range))
        // What the key had to be then says nothing about a hub that has lost it.
        values[slot].record.overwrite(UInt64(0), at: 16)
        values[slot].ticket = ticket
    }

    /// The key is deleted, unleased now, or not ours: forget it.
    mutating func remove(_ key: Span<UInt8>, onlyIf ticket: Ticket) {
        remove(key, hash: ByteIndex.hash(key), onlyIf: ticket)
    }

    mutating func remove(_ key: Span<UInt8>, hash: UInt32, onlyIf ticket: Ticket? = nil) {
        guard let slot = find(key, hash) else { return }
        if let ticket, values[slot].ticket != ticket { return }
        setDue(slot, false)
        index.remove(hash, slot)
        values[slot] = Value()
        free.append(slot)
    }

    /// Every value is to be said again.
    mutating func markAll() {
        for slot in values.indices where !values[slot].record.isEmpty { setDue(slot, true) }
        cursor = 0
    }

    /// One key's value is to be said again, if it is ours.
    mutating func mark(_ key: Span<UInt8>) {
        if let slot = find(key, ByteIndex.hash(key)) { setDue(slot, true) }
        cursor = 0
    }

    /// A key needs no saying: its value is on its way.
    mutating func unmark(_ key: Span<UInt8>) {
        if let slot = find(key, ByteIndex.hash(key)) { setDue(slot, false) }
    }

    /// The next value to say again, copied; false when there is none.
    mutating func takeDue(ticket: Ticket, into record: inout [UInt8]) -> Bool {
        while dueCount > 0 {
            if cursor >= values.count { cursor = 0 }
            let slot = cursor
            cursor += 1
            guard values[slot].isDue else { continue }
            setDue(slot, false)
            values[slot].ticket = ticket
            record.removeAll(keepingCapacity: true)
            record.append(bytes: values[slot].record)
            return true
        }
        return false
    }

    private mutating func setDue(_ slot: Int, _ isDue: Bool) {
        guard values[slot].isDue != isDue else { return }
        values[slot].isDue = isDue
        dueCount += isDue ? 1 : -1
    }

    private func find(_ key: Span<UInt8>, _ hash: UInt32) -> Int? {
        index.find(hash) { slot in
            values[slot].keyLength == key.count
                && values[slot].record.holds(key, at: RecordHeader.size)
        }
    }
}
