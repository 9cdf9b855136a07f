import FloorEvents

/// A stretch of time, microseconds since 1970, its end excluded.
public struct Stretch: Sendable, Hashable {
    /// Its first moment.
    public var start: Int64
    /// The moment at which it is over.
    public var end: Int64

    /// A stretch.
    public init(_ start: Int64, _ end: Int64) {
        self.start = start
        self.end = end
    }

    /// How long it is, in microseconds.
    var length: Int64 { end.clampedDifference(start) }
}

/// Stretches of time as a set: what two of them share counts once.
public struct Stretches: Sendable, Hashable {
    private var list: [Stretch] = []
    /// Whether they follow each other and do not touch: added in order, they are merged already.
    private var isMerged = true

    /// No time.
    public init() {}

    /// Adds a stretch; one that ends before it begins is nothing.
    public mutating func add(_ stretch: Stretch) {
        guard stretch.end > stretch.start else { return }
        if isMerged, let last = list.last, stretch.start <= last.end {
            if stretch.start >= last.start {
                list[list.count - 1].end = max(last.end, stretch.end)
                return
            }
            isMerged = false
        }
        list.append(stretch)
    }

    /// The same time in stretches that follow each other and do not touch.
    public var merged: [Stretch] {
        if isMerged { return list }
        var result: [Stretch] = []
        for next in list.sorted(by: { $0.start < $1.start }) {
            if let last = result.last, next.start <= last.end {
                result[result.count - 1].end = max(last.end, next.end)
            } else {
                result.append(next)
            }
        }
        return result
    }

    /// How long, in microseconds.
    public var total: Int64 { merged.reduce(0) { $0.clampedSum($1.length) } }

    /// How much of it lies in the other as well, in microseconds.
    public func shared(with other: Stretches) -> Int64 {
        let (left, right) = (merged, other.merged)
        var sum: Int64 = 0
        var (here, there) = (0, 0)
        while here < left.count, there < right.count {
            let start = max(left[here].start, right[there].start)
            let end = min(left[here].end, right[there].end)
            if end > start { sum = sum.clampedSum(Stretch(start, end).length) }
            if left[here].end < right[there].end { here += 1 } else { there += 1 }
        }
        return sum
    }
}
