import FloorEvents

/// Places of names in a list, by their bytes.
///
/// A sorted list and not a hash table, because this module imports FloorEvents alone: what seeds
/// the hub's tables is further up. A lookup among 48,000 compares 16 names and allocates nothing.
struct NameIndex: Sendable {
    private let names: [[UInt8]]
    private let order: [Int32]

    init(_ names: [[UInt8]]) {
        self.names = names
        order = names.indices.map { Int32($0) }.sorted { left, right in
            let first = names[Int(left)]
            let difference = compare(first.span, to: names[Int(right)])
            return difference < 0 || (difference == 0 && left < right)
        }
    }

    func find(_ name: Span<UInt8>) -> Int? {
        let at = rank(of: name)
        guard at < order.count else { return nil }
        let place = Int(order[at])
        return compare(name, to: names[place]) == 0 ? place : nil
    }

    /// How many of the names in order are before a name.
    private func rank(of name: Span<UInt8>) -> Int {
        var low = 0
        var high = order.count
        while low < high {
            let middle = (low + high) / 2
            if compare(name, to: names[Int(order[middle])]) > 0 {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low
    }

    func find(_ name: [UInt8]) -> Int? { find(name.span) }

    /// The name that somebody may have meant who wrote one that is not there: one letter away, of
    /// five or more two, and the only one so near.
    ///
    /// Of a long list only the names around it in order are looked at, so that asking costs the
    /// same whoever asks how often.
    func near(_ name: Span<UInt8>) -> Int? {
        let first = max(0, min(rank(of: name) - Self.mostLookedAt / 2, order.count))
        var found: Int?
        var best = name.count < 5 ? 1 : 2
        var isOnly = true
        for place in order[first..<min(order.count, first + Self.mostLookedAt)] {
            let candidate = names[Int(place)]
            guard let away = Misspelling.distance(name, candidate.span, atMost: best) else {
                continue
            }
            isOnly = found == nil || away < best
            (found, best) = (Int(place), away)
        }
        return isOnly ? found : nil
    }

    private static let mostLookedAt = 512

    /// Names that stand before their own place already.
    var duplicates: [Int] {
        zip(order, order.dropFirst())
            .filter { names[Int($0)] == names[Int($1)] }
            .map { Int($1) }
            .sorted()
    }
}

/// Bytewise order: below, at or above 0.
private func compare(_ left: Span<UInt8>, to right: [UInt8]) -> Int {
    let shared = min(left.count, right.count)
    for at in 0..<shared where left[at] != right[at] { return Int(left[at]) - Int(right[at]) }
    return left.count - right.count
}

/// Chains of parents: what is wrong with them.
struct ChainCheck {
    /// The members of each circle.
    private(set) var circles: [[Int]] = []
    /// Those with too many above them.
    private(set) var tooDeep: [Int] = []

    /// Looks at each entry's parent, -1 for none.
    init(_ parents: [Int]) {
        let unknown = -1
        let onPath = -2
        var depths = Array(repeating: unknown, count: parents.count)
        var path: [Int] = []
        for start in parents.indices where depths[start] == unknown {
            path.removeAll(keepingCapacity: true)
            var at = start
            while at >= 0, depths[at] == unknown {
                depths[at] = onPath
                path.append(at)
                at = parents[at]
            }
            var depth = at < 0 ? -1 : depths[at]
            if depth == onPath, let first = path.firstIndex(of: at) {
                circles.append(Array(path[first...]))
                for member in path[first...] { depths[member] = 0 }
                path.removeSubrange(first...)
                depth = 0
            }
            for member in path.reversed() {
                depth += 1
                depths[member] = depth
                if depth == Limits.rosterDepth + 1 { tooDeep.append(member) }
            }
        }
    }
}
