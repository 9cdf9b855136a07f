import FloorHub
import FloorHubServer
import FloorPosix

/// What the journal's threads have to tell the hub's loop.
///
/// @unchecked Sendable because `outcomes` is touched only with `lock` held.
final class OutcomeQueue: @unchecked Sendable {
    private let lock = Lock()
    private var outcomes: [JournalOutcome] = []
    private let wake: @Sendable () -> Void

    init(wake: @escaping @Sendable () -> Void) { self.wake = wake }

    /// Adds one, and wakes the loop unless it is to come already.
    func add(_ outcome: JournalOutcome) {
        let isFirst = lock.withLock {
            outcomes.append(outcome)
            return outcomes.count == 1
        }
        if isFirst { wake() }
    }

    /// Adds a notice.
    func tell(_ level: HubNotice.Level, _ code: HubNotice.Code, _ sentence: String) {
        add(.notice(HubNotice(level, code, sentence)))
    }

    func take() -> [JournalOutcome] {
        lock.withLock {
            guard !outcomes.isEmpty else { return [] }
            defer { outcomes.removeAll(keepingCapacity: true) }
            return outcomes
        }
    }
}
