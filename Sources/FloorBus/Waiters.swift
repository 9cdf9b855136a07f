import FloorClient
import Synchronization

/// Tasks that wait for a mailbox to have something.
///
/// A signal that comes before the wait is kept, so that none is missed between "empty" and
/// "waiting".
final class Waiters: Sendable {
    private struct State {
        var sleeping: [MailboxID: CheckedContinuation<Void, Never>] = [:]
        /// Mailboxes that somebody reads; signals for others are late and mean nothing.
        var known: Set<MailboxID> = []
        var signalled: Set<MailboxID> = []
        var desk: ResultDesk?
        var isClosed = false
    }

    private let state = Mutex(State())

    /// The desk's mailbox is emptied by the client's thread itself.
    func setDesk(_ desk: ResultDesk) { state.withLock { $0.desk = desk } }

    var isClosed: Bool { state.withLock { $0.isClosed } }

    /// Somebody is going to read the mailbox.
    ///
    /// Call it before the first look into the mailbox: an earlier signal is not kept.
    func open(_ mailbox: MailboxID) { _ = state.withLock { $0.known.insert(mailbox) } }

    /// Returns when the mailbox may have something, when the client is closed, or when the task
    /// is cancelled.
    func wait(for mailbox: MailboxID) async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isReady = state.withLock { state in
                    if state.isClosed || Task.isCancelled
                        || state.signalled.remove(mailbox) != nil
                    {
                        return true
                    }
                    precondition(
                        state.sleeping[mailbox] == nil,
                        "FloorBus: a subscription is read by one task at a time"
                    )
                    state.sleeping[mailbox] = continuation
                    return false
                }
                if isReady { continuation.resume() }
            }
        } onCancel: {
            resume([mailbox])
        }
    }

    /// Wakes who waits for these mailboxes; no mailbox at all means that everything is answered.
    func resume(_ mailboxes: [MailboxID]) {
        if mailboxes.isEmpty {
            state.withLock { $0.desk }?.drain()
            if isFailed { close() }
        }
        for mailbox in mailboxes {
            let (desk, sleeper) = state.withLock {
                state -> (ResultDesk?, CheckedContinuation<Void, Never>?) in
                if let desk = state.desk, desk.mailbox == mailbox { return (desk, nil) }
                if let sleeper = state.sleeping.removeValue(forKey: mailbox) {
                    return (nil, sleeper)
                }
                if state.known.contains(mailbox) { state.signalled.insert(mailbox) }
                return (nil, nil)
            }
            desk?.drain()
            sleeper?.resume()
        }
    }

    /// Whether the client's thread has ended by itself: nothing more will come.
    private var isFailed: Bool { state.withLock { $0.desk }?.hasFailed ?? false }

    /// Tells what the application may want to show.
    func tell(_ notice: FloorClient.ClientNotice) {
        state.withLock { $0.desk }?.tell(ClientNotice(notice))
    }

    /// A closed mailbox needs no memory.
    func forget(_ mailbox: MailboxID) {
        state.withLock { state in
            state.known.remove(mailbox)
            state.signalled.remove(mailbox)
        }
    }

    /// Wakes everybody for good.
    func close() {
        let (sleepers, desk) = state.withLock { state in
            state.isClosed = true
            let sleepers = Array(state.sleeping.values)
            state.sleeping.removeAll()
            let desk = state.desk
            state.desk = nil
            return (sleepers, desk)
        }
        desk?.drain()
        desk?.close()
        for sleeper in sleepers { sleeper.resume() }
    }
}

/// Returns when the deadline has passed, never before: whoever is woken then finds the time up.
///
/// A sleep may end a little early, and a single waking that comes before its time is lost.
func passed(_ deadline: ContinuousClock.Instant) async throws {
    while ContinuousClock.now < deadline {
        try await Task.sleep(until: deadline, clock: .continuous)
    }
}
