/// Random numbers that are the same on every machine for the same seed (SplitMix64).
///
///     var random = SeededRandom(seed: 7)
///     let pause = Int.random(in: 1...20, using: &random)
public struct SeededRandom: RandomNumberGenerator, Sendable {
    /// What every word adds to the state.
    static let step: UInt64 = 0x9E37_79B9_7F4A_7C15
    private var state: UInt64

    /// A sequence that the seed decides.
    public init(seed: UInt64) { state = seed }

    /// The next word.
    public mutating func next() -> UInt64 {
        state &+= Self.step
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }

    /// True once in `count` times.
    public mutating func oneIn(_ count: Int) -> Bool {
        Int.random(in: 0..<count, using: &self) == 0
    }
}
