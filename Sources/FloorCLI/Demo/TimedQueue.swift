/// What is to happen when: earliest first, in the order of addition at equal times.
///
/// A binary heap; the order is total, so a run depends on nothing but what was added.
struct TimedQueue<Element> {
    private struct Entry {
        var time: Int64
        var number: UInt64
        var element: Element

        func isBefore(_ other: Entry) -> Bool {
            time == other.time ? number < other.number : time < other.time
        }
    }

    private var heap: [Entry] = []
    private var lastNumber: UInt64 = 0

    var nextTime: Int64? { heap.first?.time }

    mutating func add(_ element: Element, at time: Int64) {
        lastNumber += 1
        heap.append(Entry(time: time, number: lastNumber, element: element))
        var child = heap.count - 1
        while child > 0, heap[child].isBefore(heap[(child - 1) / 2]) {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    mutating func popFirst() -> (time: Int64, element: Element)? {
        guard let first = heap.first else { return nil }
        let last = heap.removeLast()
        if !heap.isEmpty {
            heap[0] = last
            sink()
        }
        return (first.time, first.element)
    }

    private mutating func sink() {
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2]
            where child < heap.count && heap[child].isBefore(heap[least]) {
                least = child
            }
            if least == parent { return }
            heap.swapAt(parent, least)
            parent = least
        }
    }
}
