/// Which filters match the keys of the last-value table, as found when a key last changed.
///
/// Invariant: an entry is right while its generation is the filter index's and its slot holds the
/// same key.
struct MatchCache {
    private struct Entry {
        var nodes: [Int] = []
        var generation: UInt64 = .max
    }

    private var entries: [Entry] = []

    /// The nodes that match a slot's key; `find` is asked when that is not known any more.
    mutating func nodes(
        of slot: Int,
        isNewKey: Bool,
        generation: UInt64,
        find: (inout [Int]) -> Void
    ) -> [Int] {
        if slot >= entries.count {
            entries.append(
                contentsOf: repeatElement(Entry(), count: slot + 1 - entries.count)
            )
        }
        if isNewKey || entries[slot].generation != generation {
            entries[slot].nodes.removeAll(keepingCapacity: true)
            find(&entries[slot].nodes)
            entries[slot].generation = generation
        }
        return entries[slot].nodes
    }
}
