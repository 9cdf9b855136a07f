import Synchronization

/// `SeededRandom` shared by several owners, for example a hub's options and a test.
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
        let seed = state.wrappingAdd(SeededRandom.step, ordering: .relaxed).oldValue
        var random = SeededRandom(seed: seed)
        return random.next()
    }

    /// A number from 0 to `bound` − 1.
    public func next(below bound: Int) -> Int {
        precondition(bound > 0, "SeededWords.next(below:): the bound is at least 1")
        return Int(next() % UInt64(bound))
    }
}
