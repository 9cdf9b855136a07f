/// What some inputs cost the hub: counts that are the same on every machine.
struct ScaleCost: Equatable, CustomStringConvertible {
    /// Messages and other inputs, turn ends not counted.
    var inputs: UInt64 = 0
    /// Units of work, as the hub counts them.
    var work: UInt64 = 0
    /// Effects to perform.
    var effects: UInt64 = 0
    /// Bytes sent to readers.
    var bytes: UInt64 = 0
    /// Records applied.
    var recordsIn: UInt64 = 0
    /// Records sent to readers.
    var recordsOut: UInt64 = 0

    /// What there was to do: every input, every record applied and every record sent.
    var useful: UInt64 { inputs + recordsIn + recordsOut }

    /// Units of work for each of so many things.
    func work(per count: Int) -> Double { Double(work) / Double(max(1, count)) }

    /// Whether the hub did so many units of work, at most, for each thing there was to do.
    func isWithin(_ units: UInt64, besides allowance: UInt64 = 0) -> Bool {
        work <= units * useful + allowance
    }

    static func + (left: Self, right: Self) -> Self {
        Self(
            inputs: left.inputs + right.inputs,
            work: left.work + right.work,
            effects: left.effects + right.effects,
            bytes: left.bytes + right.bytes,
            recordsIn: left.recordsIn + right.recordsIn,
            recordsOut: left.recordsOut + right.recordsOut
        )
    }

    static func - (left: Self, right: Self) -> Self {
        Self(
            inputs: left.inputs - right.inputs,
            work: left.work - right.work,
            effects: left.effects - right.effects,
            bytes: left.bytes - right.bytes,
            recordsIn: left.recordsIn - right.recordsIn,
            recordsOut: left.recordsOut - right.recordsOut
        )
    }

    var description: String {
        "\(inputs) inputs, \(recordsIn) records in, \(recordsOut) out: "
            + "\(work) work, \(effects) effects, \(bytes) bytes"
    }
}

/// Growth of one figure between two runs, as a factor; what was nothing counts as one.
func growth(from before: Double, to after: Double) -> Double {
    max(after, 1) / max(before, 1)
}

/// A scenario that did not come about, so that its counts would mean nothing.
struct ScaleError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
