/// A queue that reuses its storage: elements go in at the end and come out at the front.
struct Ring<Element> {
    /// Free places are nil; the count of places is a power of two.
    private var places: [Element?] = []
    private var head = 0
    private(set) var count = 0

    var isEmpty: Bool { count == 0 }
    /// The element that comes out next; it may be replaced by another, not by nil.
    var first: Element? {
        get { count == 0 ? nil : places[head] }
        set {
            precondition(count > 0 && newValue != nil, "Ring.first: there is no element")
            places[head] = newValue
        }
    }
    /// The element that came in last; it may be replaced by another, not by nil.
    var last: Element? {
        get { count == 0 ? nil : places[(head + count - 1) & (places.count - 1)] }
        set {
            precondition(count > 0 && newValue != nil, "Ring.last: there is no element")
            places[(head + count - 1) & (places.count - 1)] = newValue
        }
    }

    subscript(index: Int) -> Element {
        get {
            precondition(index >= 0 && index < count, "Ring: the index is outside the queue")
            guard let element = places[(head + index) & (places.count - 1)] else {
                preconditionFailure("Ring: a used place is empty")
            }
            return element
        }
        set {
            precondition(index >= 0 && index < count, "Ring: the index is outside the queue")
            places[(head + index) & (places.count - 1)] = newValue
        }
    }

    mutating func append(_ element: Element) {
        if count == places.count { grow() }
        places[(head + count) & (places.count - 1)] = element
        count += 1
    }

    mutating func popFirst() -> Element? {
        guard count > 0 else { return nil }
        let element = places[head]
        places[head] = nil
        head = (head + 1) & (places.count - 1)
        count -= 1
        return element
    }

    /// Removes the last elements until `count` are left.
    mutating func truncate(to kept: Int) {
        while count > kept {
            count -= 1
            places[(head + count) & (places.count - 1)] = nil
        }
    }

    /// Keeps, in order, the elements for which the test holds.
    mutating func keep(_ isKept: (Element) -> Bool) {
        var kept = 0
        for index in 0..<count {
            let element = self[index]
            guard isKept(element) else { continue }
            self[kept] = element
            kept += 1
        }
        truncate(to: kept)
    }

    /// Makes room for so many elements, so that `append` does not have to.
    mutating func reserve(_ count: Int) {
        var size = max(16, places.count)
        while size < count { size *= 2 }
        if size > places.count { grow(to: size) }
    }

    private mutating func grow() { grow(to: max(16, places.count * 2)) }

    private mutating func grow(to size: Int) {
        var larger: [Element?] = []
        larger.reserveCapacity(size)
        for index in 0..<count { larger.append(self[index]) }
        while larger.count < size { larger.append(nil) }
        places = larger
        head = 0
    }
}
