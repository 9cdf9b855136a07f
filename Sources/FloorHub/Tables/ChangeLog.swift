import FloorEvents

/// The order of last change: (revision, slot), ascending; superseded places are skipped.
struct ChangeLog {
    private(set) var revisions: [Revision] = []
    private(set) var slots: [Int32] = []
    private var superseded = 0

    var count: Int { revisions.count }
    var needsCompaction: Bool { superseded > 1024 && superseded * 2 > revisions.count }

    mutating func append(_ revision: Revision, _ slot: Int, superseding: Bool) {
        revisions.append(revision)
        slots.append(Int32(slot))
        if superseding { superseded += 1 }
    }

    /// A freed slot leaves one dead place behind.
    mutating func forgetOne() { superseded += 1 }

    /// The first place at or after a revision.
    func firstPlace(from revision: Revision) -> Int {
        var low = 0
        var high = revisions.count
        while low < high {
            let middle = (low + high) / 2
            if revisions[middle] < revision { low = middle + 1 } else { high = middle }
        }
        return low
    }

    mutating func compact(_ isCurrent: (Int, Revision) -> Bool) {
        var kept = 0
        for place in 0..<revisions.count
        where isCurrent(Int(slots[place]), revisions[place]) {
            revisions[kept] = revisions[place]
            slots[kept] = slots[place]
            kept += 1
        }
        revisions.removeLast(revisions.count - kept)
        slots.removeLast(slots.count - kept)
        superseded = 0
    }
}
