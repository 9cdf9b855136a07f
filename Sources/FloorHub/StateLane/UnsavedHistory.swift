import FloorEvents
import FloorWire

// The state lane is journalled as last values; what reports need beside them is every change of
// an agent's state and of a queue's level. Each is kept here until the batch that takes it along
// is stored. Revisions tell which those are, so a lost batch needs no undoing: what it had is
// handed over again with the next one.

/// Changes of the state lane that the journal has not confirmed, oldest first.
struct UnsavedHistory {
    /// The records, end to end.
    private var bytes: [UInt8] = []
    private var revisions: [Revision] = []
    private var ends: [Int] = []

    /// Takes a record; false when there is no room for it.
    mutating func add(_ record: [UInt8], _ revision: Revision) -> Bool {
        guard bytes.count + record.count <= Limits.historyBytes else { return false }
        bytes.append(contentsOf: record)
        revisions.append(revision)
        ends.append(bytes.count)
        return true
    }

    /// Appends the records after a revision, end to end.
    func append(after revision: Revision, to out: inout [UInt8]) {
        let place = place(after: revision)
        out.append(contentsOf: bytes[start(place)...])
    }

    /// Forgets the records up to a revision: they are stored.
    mutating func forget(through revision: Revision) {
        let place = place(after: revision)
        guard place < revisions.count else {
            bytes.removeAll(keepingCapacity: true)
            revisions.removeAll(keepingCapacity: true)
            ends.removeAll(keepingCapacity: true)
            return
        }
        let start = start(place)
        bytes.removeFirst(start)
        revisions.removeFirst(place)
        ends.removeFirst(place)
        for index in ends.indices { ends[index] -= start }
    }

    private func start(_ place: Int) -> Int { place == 0 ? 0 : ends[place - 1] }

    private func place(after revision: Revision) -> Int {
        var low = 0
        var high = revisions.count
        while low < high {
            let middle = (low + high) / 2
            if revisions[middle] <= revision { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
