import Foundation

/// A small generator whose numbers are the same everywhere for the same seed.
///
/// Steele, Lea, Flood: "Fast splittable pseudorandom number generators" (OOPSLA 2014), with the
/// constants of the reference implementation. Not for secrets.
struct SplitMix64: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }

    /// From 0, inclusive, to 1, exclusive.
    mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

    mutating func chance(_ probability: Double) -> Bool { unit() < probability }

    /// Below `bound`, which is at least 1.
    mutating func index(below bound: Int) -> Int { min(bound - 1, Int(unit() * Double(bound))) }

    mutating func uniform(_ range: ClosedRange<Double>) -> Double {
        range.lowerBound + unit() * (range.upperBound - range.lowerBound)
    }

    /// Waits between the events of a Poisson process.
    mutating func exponential(mean: Double) -> Double { -mean * log(1 - unit()) }

    /// Conversations: many of middling length, a few very long ones.
    ///
    /// - Parameters:
    ///   - median: half of them are shorter.
    ///   - sigma: the standard deviation of the logarithm.
    /// - Returns: a length in the median's unit.
    mutating func logNormal(median: Double, sigma: Double) -> Double {
        // Box and Muller's transform; one of its two numbers is enough.
        let radius = (-2 * log(1 - unit())).squareRoot()
        return median * exp(sigma * radius * cos(2 * .pi * unit()))
    }
}
