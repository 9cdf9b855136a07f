import FloorBus
import Synchronization

/// How far a replay's publisher may be ahead of its subscriber.
///
/// Ahead are the records published after the last event that the subscriber has received; the
/// hub applies in order, so everything before that event has reached it. State values conflate
/// and need not arrive one by one, so a stretch without events is closed by acknowledgements.
///
/// - Thread: the publisher's task waits, the subscriber's and others report.
final class ReplayWindow: Sendable {
    /// Most records ahead.
    static let limit = 512

    /// What the replay has come to.
    struct State: Sendable {
        var published = ReplayCounts()
        /// Records up to which nothing is ahead.
        fileprivate var base = 0
        /// Where the events not yet received are among the records; the oldest first.
        fileprivate var outstanding: [Int] = []
        fileprivate var firstOutstanding = 0
        /// Anything that shows that the other side lives.
        fileprivate var progress = 0
        /// Events of this replay that the subscriber has received.
        var received = 0
        /// Times the subscriber was told that events may be lost.
        var losses = 0
        /// End marks published and received; used only after a loss.
        var marks = 0
        var marksReceived = 0
        /// Whether the subscriber has everything from before the replay.
        var isReady = false
        /// Whether somebody asked to stop early.
        var isStopped = false
        var failure: CommandFailure?

        var hasRoom: Bool { published.records - base < ReplayWindow.limit }
        var hasOutstanding: Bool { firstOutstanding < outstanding.count }
    }

    private struct Guarded {
        var state = State()
        var condition: (@Sendable (State) -> Bool)?
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let guarded = Mutex(Guarded())

    /// What the replay has come to, at this moment.
    var now: State { guarded.withLock { $0.state } }

    /// Waits until the condition holds; one task waits at a time.
    ///
    /// - Throws: the failure that somebody has reported; `CancellationError`.
    func wait(_ condition: @escaping @Sendable (State) -> Bool) async throws {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isMet = guarded.withLock { guarded in
                    if Task.isCancelled || guarded.state.failure != nil { return true }
                    if condition(guarded.state) { return true }
                    guarded.condition = condition
                    guarded.waiter = continuation
                    return false
                }
                if isMet { continuation.resume() }
            }
        } onCancel: {
            let waiter = guarded.withLock { guarded in
                guarded.condition = nil
                defer { guarded.waiter = nil }
                return guarded.waiter
            }
            waiter?.resume()
        }
        if let failure = now.failure { throw failure }
        try Task.checkCancellation()
    }

    /// Whether a task waits, and a number that changes with every sign of life.
    var waiting: (isWaiting: Bool, progress: Int) {
        guarded.withLock { ($0.waiter != nil, $0.state.progress) }
    }

    private func change(_ body: (inout State) -> Void) {
        let waiter = guarded.withLock { guarded -> CheckedContinuation<Void, Never>? in
            body(&guarded.state)
            guarded.state.progress += 1
            guard let condition = guarded.condition,
                guarded.state.failure != nil || condition(guarded.state)
            else { return nil }
            guarded.condition = nil
            defer { guarded.waiter = nil }
            return guarded.waiter
        }
        waiter?.resume()
    }

    // MARK: the publisher

    /// Takes the place of one record, which is about to be published; false when there is none.
    func take(_ kind: RecordKind) -> Bool {
        guarded.withLock { guarded in
            guard guarded.state.hasRoom else { return false }
            if kind == .event {
                guarded.state.outstanding.append(guarded.state.published.records)
            }
            guarded.state.published.add(kind)
            return true
        }
    }

    /// Everything published so far has been acknowledged, and no event is on its way.
    func allArrived() { change { $0.base = $0.published.records } }

    /// An end mark is about to be published.
    func markPublished() { change { $0.marks += 1 } }

    /// Ends the replay early, cleanly.
    func stop() { change { $0.isStopped = true } }

    /// Ends the replay; the first reason stays.
    func fail(_ failure: CommandFailure) {
        change { if $0.failure == nil { $0.failure = failure } }
    }

    // MARK: the subscriber

    /// The subscriber has what was there before the replay.
    func subscriberIsReady() { change { $0.isReady = true } }

    /// One event of this replay has arrived.
    func received() {
        change { state in
            state.received += 1
            // After a loss an event may come that nobody waits for any more.
            guard state.hasOutstanding else { return }
            state.base = state.outstanding[state.firstOutstanding] + 1
            state.firstOutstanding += 1
            if state.firstOutstanding > ReplayWindow.limit {
                state.outstanding.removeFirst(state.firstOutstanding)
                state.firstOutstanding = 0
            }
        }
    }

    /// Events may be lost: those on their way are not waited for.
    func eventsMayBeLost() {
        change { state in
            state.losses += 1
            state.base = state.published.records
            state.outstanding.removeAll()
            state.firstOutstanding = 0
        }
    }

    /// An end mark has arrived.
    func markReceived() { change { $0.marksReceived = max($0.marksReceived + 1, $0.marks) } }
}

/// Records by what they are about.
struct ReplayCounts: Sendable, Equatable {
    var events = 0
    var agents = 0
    var queues = 0

    var records: Int { events + agents + queues }

    mutating func add(_ kind: RecordKind) {
        switch kind {
        case .event: events += 1
        case .agent: agents += 1
        default: queues += 1
        }
    }
}
