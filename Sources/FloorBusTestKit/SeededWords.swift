import Synchronization

/// Words that look random and are the same on every run with the same seed (SplitMix64).
///
///     let words = SeededWords(seed: 7)
///     var options = HubOptions(lineage: lineage, epoch: 1, randomWord: { words.next() })
///     if words.next(below: 10) == 0 { cutTheLink() }
///
/// Never use it for secrets of a real hub.
///
/// - Thread: any; words are handed out once each.
public final class SeededWords: Sendable {
    /// The seed, for the message of a failed test.
    public let seed: UInt64
    private let state: Atomic<UInt64>

    /// Words of a seed.
    public init(seed: UInt64) {
        self.seed = seed
        state = Atomic(seed)
    }

    /// The next word.
    public func next() -> UInt64 {
        var word = state.wrappingAdd(0x9E37_79B9_7F4A_7C15, ordering: .relaxed).newValue
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }

    /// A number from 0 to `bound` − 1.
    public func next(below bound: Int) -> Int {
        precondition(bound > 0, "SeededWords.next(below:): the bound is at least 1")
        return Int(next() % UInt64(bound))
    }
}
