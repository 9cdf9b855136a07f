import FloorEvents
import FloorWire

/// The results of operations on their way to one session's client.
///
/// A commit may bring results of sequences older than those of this turn's messages; they leave
/// in order of their sequences, with the cumulative value (rule 9).
final class Answers {
    private var results: [ResultRun] = []
    private var expected: UInt64 = 0
    /// Whether there is something to tell.
    private(set) var areOwed = false
    /// The cumulative value last told to the client.
    private var cumulativeTold: UInt64

    init(cumulative: UInt64) { cumulativeTold = cumulative }

    var isEmpty: Bool { results.isEmpty }

    /// Adds a result, joined to the last run where it fits.
    func add(_ run: ResultRun) {
        areOwed = true
        results.add(run)
    }

    /// Operations came that do not follow the last one.
    func expect(_ sequence: UInt64) {
        expected = sequence
        areOwed = true
    }

    /// The cumulative value may have moved; true when the client is to hear of it.
    func note(cumulative: UInt64) -> Bool {
        guard cumulative > cumulativeTold else { return false }
        areOwed = true
        return true
    }

    /// Sends what is owed.
    func send(cumulative: UInt64, on downlink: Downlink, _ effects: inout HubEffects) {
        guard areOwed else { return }
        areOwed = false
        results.sort { $0.first < $1.first }
        let expected = expected
        self.expected = 0
        if results.contains(where: { $0.status.isRetryable }) || expected != 0 {
            let refused = results.filter { $0.status.isRetryable }
            results.removeAll { $0.status.isRetryable }
            send(.refuse, refused, expected: expected, cumulative, downlink, &effects)
        }
        // Without results too, when only the cumulative value has moved: the client's window
        // waits for it.
        if !results.isEmpty || cumulative > cumulativeTold {
            send(.acknowledge, results, expected: 0, cumulative, downlink, &effects)
        }
        results.removeAll(keepingCapacity: true)
        cumulativeTold = cumulative
    }

    private func send(
        _ type: FrameType,
        _ runs: [ResultRun],
        expected: UInt64,
        _ cumulative: UInt64,
        _ downlink: Downlink,
        _ effects: inout HubEffects
    ) {
        var rest = runs[...]
        repeat {
            let part = rest.prefix(Results.maximumRuns)
            rest = rest.dropFirst(part.count)
            let retry: UInt32 = part.isEmpty || type != .refuse ? 0 : 1000
            downlink.send(type, argument: cumulative, &effects) {
                Results.append(part, expected: expected, retryAfterMilliseconds: retry, to: &$0)
            }
        } while !rest.isEmpty
    }
}
