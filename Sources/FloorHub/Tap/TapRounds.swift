import FloorEvents

/// When beacons go out and join barriers are answered.
///
/// A round is one beacon of every partition, a part at a time, then the answers to the barriers
/// that were there when it began: so a reader that has its answer has had a beacon of every
/// partition too, and counts on from there.
///
/// Invariant: `answeredAt` ascends and holds at most `Limits.tapSyncAnswersPerSecond` times.
struct TapRounds {
    /// The next place of the partition table in the round that runs, or nil between rounds.
    private(set) var place: Int?
    /// Barriers the running round answers at its end.
    private(set) var answering: [[UInt8]] = []
    /// The lanes' heads when the running round began.
    private(set) var heads = (state: Revision.zero, event: Revision.zero)
    private var waiting: [[UInt8]] = []
    /// Answers of the last second, oldest first.
    private var answeredAt: [Int64] = []
    /// Boot time of the running round's next part.
    private var partDue: Int64 = 0
    /// Boot time of the next round when nobody waits, and when somebody does.
    private var roundDue: Int64 = 0
    private var earliestRound: Int64 = 0

    /// Takes a barrier; false when too many wait.
    mutating func wait(_ topic: [UInt8]) -> Bool {
        guard waiting.count < Limits.tapSyncsWaiting else { return false }
        waiting.append(topic)
        return true
    }

    /// Boot time at which there is something to do.
    var due: Int64 {
        if place != nil { return partDue }
        guard !waiting.isEmpty else { return roundDue }
        return min(roundDue, max(earliestRound, answersDue))
    }

    /// Boot time at which one more answer is allowed.
    private var answersDue: Int64 {
        guard answeredAt.count >= Limits.tapSyncAnswersPerSecond else { return .min }
        return answeredAt[answeredAt.count - Limits.tapSyncAnswersPerSecond] + 1_000_000
    }

    /// Starts a round with as many of the waiting barriers as the rate allows.
    mutating func begin(at boot: Int64, heads: (state: Revision, event: Revision)) {
        place = 0
        self.heads = heads
        roundDue = boot + Limits.tapBeaconMicroseconds
        earliestRound = boot + Limits.tapRoundMicroseconds
        answeredAt.removeAll { $0 <= boot - 1_000_000 }
        let allowed = Limits.tapSyncAnswersPerSecond - answeredAt.count
        answering.append(contentsOf: waiting.prefix(allowed))
        waiting.removeFirst(answering.count)
    }

    /// The round goes on from a place after a pause.
    mutating func pause(before place: Int, at boot: Int64) {
        self.place = place
        partDue = boot + Limits.tapPauseMicroseconds
    }

    /// All beacons and answers of the round are out.
    mutating func end(at boot: Int64) {
        place = nil
        answeredAt.append(contentsOf: repeatElement(boot, count: answering.count))
        answering.removeAll(keepingCapacity: true)
    }
}
