import Histogram

/// One figure: what was measured, beside its peer where there is one.
struct Row {
    var name: String
    var unit: String
    var ours: [Double]
    var peer: [Double] = []
    var goal = ""
    /// Decimals shown.
    var digits = 2

    static func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        guard !sorted.isEmpty else { return .nan }
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }

    /// Median of the pairs' ratios: both sides of a pair ran next to each other.
    var ratio: Double? {
        guard !peer.isEmpty, peer.count == ours.count else { return nil }
        return Self.median(zip(ours, peer).map { $0 / $1 })
    }
}

/// What the program prints.
struct Report {
    private(set) var rows: [Row] = []
    private(set) var hash: UInt64 = 0xCBF2_9CE4_8422_2325

    /// Allocations counted where there must be none.
    private(set) var allocations: UInt64 = 0

    mutating func add(_ row: Row) { rows.append(row) }

    /// Adds a count of allocations, which fails the run unless it is 0.
    mutating func add(allocations count: UInt64, of events: UInt64, _ name: String) {
        allocations += count
        rows.append(
            Row(
                name: "allocations per event, " + name,
                unit: "count",
                ours: [Double(count) / Double(events)],
                goal: "0",
                digits: 6
            )
        )
    }

    /// Takes part of the work done into the hash.
    mutating func fold(_ part: UInt64) { hash = (hash ^ part) &* 0x100_0000_01B3 }

    var hashText: String { String(hash, radix: 16) }

    var table: String {
        var lines = [
            "| figure | FloorBus | lowest - highest | peer | ratio | goal |",
            "|---|--:|--:|--:|--:|---|",
        ]
        for row in rows {
            let low = row.ours.min() ?? .nan
            let high = row.ours.max() ?? .nan
            let cells = [
                "\(row.name), \(row.unit)",
                Self.text(Row.median(row.ours), row.digits),
                row.ours.count > 1
                    ? "\(Self.text(low, row.digits)) - \(Self.text(high, row.digits))" : "",
                row.peer.isEmpty ? "" : Self.text(Row.median(row.peer), row.digits),
                row.ratio.map { Self.text($0, 2) } ?? "",
                row.goal,
            ]
            lines.append("| " + cells.joined(separator: " | ") + " |")
        }
        return lines.joined(separator: "\n")
    }

    var json: String {
        let items = rows.map { row in
            let ours = row.ours.map { Self.text($0, 4) }.joined(separator: ",")
            let peer = row.peer.map { Self.text($0, 4) }.joined(separator: ",")
            let ratio = row.ratio.map { Self.text($0, 4) } ?? "null"
            return "{\"figure\":\"\(row.name)\",\"unit\":\"\(row.unit)\",\"floorbus\":[\(ours)],"
                + "\"peer\":[\(peer)],\"ratio\":\(ratio),\"goal\":\"\(row.goal)\"}"
        }
        return "{\"hash\":\"\(hashText)\",\"rows\":[\n" + items.joined(separator: ",\n") + "\n]}"
    }

    private static func text(_ value: Double, _ digits: Int) -> String {
        guard value.isFinite else { return "0" }
        var scale = 1.0
        for _ in 0..<digits { scale *= 10 }
        let number = (value * scale).rounded() / scale
        return digits == 0 ? String(Int(number)) : String(number)
    }
}

/// Latencies in nanoseconds, as percentiles in microseconds.
struct Latencies {
    private var histogram = Histogram<UInt64>(
        highestTrackableValue: 60_000_000_000,
        numberOfSignificantValueDigits: .three
    )

    mutating func add(_ values: [UInt64]) {
        for value in values { histogram.record(value) }
    }

    func microseconds(_ percentile: Double) -> Double {
        Double(histogram.valueAtPercentile(percentile)) / 1000
    }
}
