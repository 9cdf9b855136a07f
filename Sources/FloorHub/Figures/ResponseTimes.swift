import FloorEvents

/// How long stages took: the last so many, each with its moment, in the order of the moments.
struct ResponseTimes {
    private var ends: [Int64] = []
    private var milliseconds: [Int64] = []

    /// How many there are.
    var count: Int { ends.count }

    /// A stage reached at `end` of a flag that was raised at `start`; 0 = not reached.
    mutating func add(_ start: Int64, until end: Int64) {
        guard end > 0 else { return }
        // Nearly always the last one: only a restart tells of older ones.
        var place = Self.place(after: end, in: ends)
        if ends.count >= Limits.responseTimes {
            let gone = ends.count / 4
            guard place >= gone else { return }
            ends.removeFirst(gone)
            milliseconds.removeFirst(gone)
            place -= gone
        }
        ends.insert(end, at: place)
        milliseconds.insert(max(0, end.clampedDifference(start)) / 1000, at: place)
    }

    /// Forgets what was before a moment.
    mutating func forget(before moment: Int64) {
        let first = Self.place(after: moment.clampedDifference(1), in: ends)
        ends.removeFirst(first)
        milliseconds.removeFirst(first)
    }

    /// Median, ninetieth percentile (nearest rank) and maximum since a moment; nil when none.
    func summary(since moment: Int64) -> (n: Int, p50: Int64, p90: Int64, longest: Int64)? {
        let first = Self.place(after: moment.clampedDifference(1), in: ends)
        let sorted = milliseconds[first...].sorted()
        guard let longest = sorted.last else { return nil }
        func rank(_ percent: Int) -> Int64 { sorted[(sorted.count * percent + 99) / 100 - 1] }
        return (sorted.count, rank(50), rank(90), longest)
    }

    /// The first place behind all moments up to and with one.
    private static func place(after moment: Int64, in ends: [Int64]) -> Int {
        var low = 0
        var high = ends.count
        while low < high {
            let middle = (low + high) / 2
            if ends[middle] <= moment { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
