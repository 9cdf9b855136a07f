/// When things are due: a heap of times, the earliest first; those of one time in the order they
/// were entered, so that two runs from one seed are equal.
///
/// A thing whose time changes is entered again; the old entry is found out when it comes up, for
/// the thing is due at another time by then. So a change costs the logarithm of the entries.
struct DueHeap<Item> {
    private struct Entry {
        var due: Int64
        var serial: UInt64
        var item: Item
    }

    private var heap: [Entry] = []
    private var lastSerial: UInt64 = 0

    var count: Int { heap.count }

    /// The earliest time entered, on the boot clock; it may be one that is over.
    var earliest: Int64 { heap.first?.due ?? .max }

    /// Enters a thing's time.
    mutating func add(_ item: Item, due: Int64) {
        lastSerial += 1
        heap.append(Entry(due: due, serial: lastSerial, item: item))
        var place = heap.count - 1
        while place > 0 {
            let parent = (place - 1) / 2
            guard precedes(place, parent) else { break }
            heap.swapAt(place, parent)
            place = parent
        }
    }

    /// Takes the earliest entry when its time has come.
    mutating func take(until now: Int64) -> (item: Item, due: Int64)? {
        guard let first = heap.first, first.due <= now else { return nil }
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        var place = 0
        while true {
            var least = place
            for child in (2 * place + 1)...(2 * place + 2)
            where child < heap.count && precedes(child, least) { least = child }
            if least == place { break }
            heap.swapAt(place, least)
            place = least
        }
        return (first.item, first.due)
    }

    private func precedes(_ left: Int, _ right: Int) -> Bool {
        (heap[left].due, heap[left].serial) < (heap[right].due, heap[right].serial)
    }
}
