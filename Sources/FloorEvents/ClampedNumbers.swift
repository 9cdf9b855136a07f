// Numbers from payloads, keys and rosters are anybody's: moments at both ends of Int64 are
// well-formed. What is computed from them stops at the ends instead of trapping.

extension Int64 {
    /// The sum, or the nearest end of the range.
    package func clampedSum(_ other: Int64) -> Int64 {
        let (sum, isOver) = addingReportingOverflow(other)
        return isOver ? (other < 0 ? .min : .max) : sum
    }

    /// The difference, or the nearest end of the range.
    package func clampedDifference(_ other: Int64) -> Int64 {
        let (difference, isOver) = subtractingReportingOverflow(other)
        return isOver ? (other < 0 ? .max : .min) : difference
    }

    /// The product, or the nearest end of the range.
    package func clampedProduct(_ other: Int64) -> Int64 {
        let (product, isOver) = multipliedReportingOverflow(by: other)
        return isOver ? ((self < 0) == (other < 0) ? .max : .min) : product
    }

    /// Part of a whole in so many parts, rounded to the nearest.
    ///
    /// - Parameters:
    ///   - whole: what it is part of.
    ///   - scale: parts of the whole: 1000 for thousandths.
    /// - Returns: the parts; nil when there is no whole.
    package func share(of whole: Int64, scale: Int64) -> Int64? {
        guard whole > 0 else { return nil }
        let (quotient, rest) = clampedProduct(scale).quotientAndRemainder(dividingBy: whole)
        guard rest.magnitude >= whole.magnitude - rest.magnitude else { return quotient }
        return quotient.clampedSum(rest < 0 ? -1 : 1)
    }
}

extension UInt32 {
    /// Counts one more, or stays at the end of the range.
    package mutating func countUp(_ more: UInt32 = 1) {
        let (sum, isOver) = addingReportingOverflow(more)
        self = isOver ? .max : sum
    }
}
