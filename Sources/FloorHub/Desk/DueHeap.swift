/// When flags are due: a heap of times, the earliest first.
///
/// A flag whose time changes is entered again; the old entry is found out when it comes up, for
/// the flag is due at another time by then. So a change costs the logarithm of the entries.
struct DueHeap {
    private struct Entry {
        var due: Int64
        var slot: Int32
    }

    private var heap: [Entry] = []

    /// The earliest time entered, on the boot clock; it may be one that is over.
    var earliest: Int64 { heap.first?.due ?? .max }

    /// Enters a flag's time.
    mutating func add(_ slot: Int, due: Int64) {
        heap.append(Entry(due: due, slot: Int32(slot)))
        var place = heap.count - 1
        while place > 0 {
            let parent = (place - 1) / 2
            guard precedes(place, parent) else { break }
            heap.swapAt(place, parent)
            place = parent
        }
    }

    /// Takes the earliest entry when its time has come.
    mutating func take(until now: Int64) -> (slot: Int, due: Int64)? {
        guard let first = heap.first, first.due <= now else { return nil }
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        var place = 0
        while true {
            var least = place
            for child in [2 * place + 1, 2 * place + 2]
            where child < heap.count && precedes(child, least) { least = child }
            if least == place { break }
            heap.swapAt(place, least)
            place = least
        }
        return (Int(first.slot), first.due)
    }

    /// By time, then by slot, so that two runs from one seed are equal.
    private func precedes(_ left: Int, _ right: Int) -> Bool {
        (heap[left].due, heap[left].slot) < (heap[right].due, heap[right].slot)
    }
}
