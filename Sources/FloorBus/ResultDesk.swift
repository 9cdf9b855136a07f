import FloorClient
import FloorClientLoop
import FloorEvents
import Synchronization

/// Where results of operations arrive: one mailbox, emptied by the client's thread.
final class ResultDesk: Sendable {
    private typealias Waiting = CheckedContinuation<PublishResult, Never>

    private struct State {
        var waiting: [Ticket: Waiting] = [:]
        var flushers: [UInt64: CheckedContinuation<Bool, Never>] = [:]
        var lastFlusher: UInt64 = 0
        var isClosed = false
    }

    let mailbox: MailboxID
    private let loop: ClientLoop
    private let state = Mutex(State())

    init(loop: ClientLoop) throws(FloorBusError) {
        self.loop = loop
        mailbox = try loop.openMailbox()
    }

    /// Submits an operation and waits for its result.
    ///
    /// The ticket is noted under the same lock under which results are handed out, so that a
    /// result cannot overtake its waiter.
    func result(
        of submit: @Sendable () -> Result<Ticket, FloorStatus>
    ) async -> PublishResult {
        await withCheckedContinuation { continuation in
            let refused = state.withLock { state -> FloorStatus? in
                if state.isClosed { return .closed }
                switch submit() {
                case .success(let ticket):
                    state.waiting[ticket] = continuation
                    return nil
                case .failure(let status): return status
                }
            }
            if let refused {
                continuation.resume(returning: PublishResult(status: refused))
            }
        }
    }

    /// Hands out what has arrived.
    func drain() {
        var delivery = Delivery()
        while let kind = loop.next(mailbox, into: &delivery) {
            guard kind == .result else { continue }
            let ticket = delivery.ticket
            let result = PublishResult(
                status: delivery.status,
                revision: delivery.revision,
                owner: delivery.owner,
                claimGeneration: delivery.claimGeneration
            )
            let waiting = state.withLock { $0.waiting.removeValue(forKey: ticket) }
            waiting?.resume(returning: result)
        }
        if loop.peek({ $0.unacknowledged }) == 0 { endFlushes(with: true) }
    }

    /// Whether every operation so far was answered within the time.
    func waitUntilAnswered(timeout: Duration) async -> Bool {
        let number = state.withLock { state in
            state.lastFlusher += 1
            return state.lastFlusher
        }
        let deadline = ContinuousClock.now + timeout
        let timer = Task { [self] in
            try await passed(deadline)
            endFlush(number, with: false)
        }
        defer { timer.cancel() }
        return await withCheckedContinuation { continuation in
            let isDone = state.withLock { state in
                // The timer may have fired before there was anybody to wake.
                if state.isClosed || ContinuousClock.now >= deadline { return true }
                if loop.peek({ $0.unacknowledged }) == 0 { return true }
                state.flushers[number] = continuation
                // Own values said again after a break have no result of their own to wake us.
                loop.tellWhenIdle()
                return false
            }
            if isDone {
                continuation.resume(returning: loop.peek { $0.unacknowledged } == 0)
            }
        }
    }

    /// Nobody waits any longer.
    func close() {
        let waiting = state.withLock { state in
            state.isClosed = true
            defer { state.waiting.removeAll() }
            return Array(state.waiting.values)
        }
        for continuation in waiting {
            continuation.resume(returning: PublishResult(status: .closed))
        }
        endFlushes(with: loop.peek { $0.unacknowledged } == 0)
    }

    private func endFlush(_ number: UInt64, with complete: Bool) {
        let continuation = state.withLock { $0.flushers.removeValue(forKey: number) }
        continuation?.resume(returning: complete)
    }

    private func endFlushes(with complete: Bool) {
        let continuations = state.withLock { state in
            defer { state.flushers.removeAll() }
            return Array(state.flushers.values)
        }
        for continuation in continuations { continuation.resume(returning: complete) }
    }
}

extension ClientLoop {
    func openMailbox() throws(FloorBusError) -> MailboxID {
        do {
            return try withCore { core throws(FloorStatus) in try core.openMailbox() }
        } catch {
            throw FloorBusError(error)
        }
    }
}
