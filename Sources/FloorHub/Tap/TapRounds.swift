import FloorEvents

/// When beacons go out and join barriers are answered.
///
/// A round is one beacon of every partition, a part at a time, then the answers to the barriers
/// that were there when it began: so a reader that has its answer has had a beacon of every
/// partition too, and counts on from there.
///
/// All that wait are answered by the next round, and whose reader gave up waits no more: a reader
/// in a hurry takes no place of another's.
struct TapRounds {
    /// The next place of the partition table in the round that runs, or nil between rounds.
    private(set) var place: Int?
    /// The lanes' heads when the running round began.
    private(set) var heads = (state: Revision.zero, event: Revision.zero)
    /// Barriers the running round answers at its end, from `answered` on.
    private var answering: [[UInt8]] = []
    private var answered = 0
    /// Barriers for the next round, oldest first, and those among them whose readers gave up.
    private var waiting: [[UInt8]] = []
    private var abandoned: Set<[UInt8]> = []
    /// Boot time of the running round's next part.
    private var partDue: Int64 = 0
    /// Boot time of the next round when nobody waits, and when somebody does.
    private var roundDue: Int64 = 0
    private var earliestRound: Int64 = 0

    /// Takes a barrier; false when too many wait.
    mutating func wait(_ topic: [UInt8]) -> Bool {
        guard waiting.count < Limits.tapSyncsWaiting else { return false }
        waiting.append(topic)
        abandoned.remove(topic)
        return true
    }

    /// Nobody waits for a barrier any more.
    mutating func abandon(_ topic: [UInt8]) {
        // As many as wait are enough to be remembered: others are answered already, or never were.
        if abandoned.count < waiting.count { abandoned.insert(topic) }
    }

    /// Boot time at which there is something to do.
    var due: Int64 {
        if place != nil { return partDue }
        return waiting.isEmpty ? roundDue : min(roundDue, earliestRound)
    }

    /// Starts a round for all who wait.
    mutating func begin(at boot: Int64, heads: (state: Revision, event: Revision)) {
        place = 0
        self.heads = heads
        roundDue = boot + Limits.tapBeaconMicroseconds
        earliestRound = boot + Limits.tapRoundMicroseconds
        swap(&answering, &waiting)
        answering.removeAll { abandoned.contains($0) }
        abandoned.removeAll(keepingCapacity: true)
    }

    /// The next barrier that the round answers.
    mutating func nextAnswer() -> [UInt8]? {
        guard answered < answering.count else { return nil }
        answered += 1
        return answering[answered - 1]
    }

    /// The round goes on from a place after a pause.
    mutating func pause(before place: Int, at boot: Int64) {
        self.place = place
        partDue = boot + Limits.tapPauseMicroseconds
    }

    /// All beacons and answers of the round are out.
    mutating func end() {
        place = nil
        answered = 0
        answering.removeAll(keepingCapacity: true)
    }
}
