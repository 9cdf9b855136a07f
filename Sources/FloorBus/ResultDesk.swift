import FloorClient
import FloorClientLoop
import FloorEvents
import Synchronization

/// Where results of operations arrive: one mailbox, emptied by the client's thread.
final class ResultDesk: Sendable {
    private typealias Answer = Result<PublishResult, FloorBusError>

    /// One task that waits for the result of its operation.
    private struct Waiter {
        /// Which of those that wait: the operation has its ticket later than the wait its number.
        var number: UInt64
        var continuation: CheckedContinuation<Answer, Never>
    }

    private struct State {
        var waiting: [Ticket: Waiter] = [:]
        var flushers: [UInt64: CheckedContinuation<Bool, Never>] = [:]
        var listeners: [UInt64: AsyncStream<ClientNotice>.Continuation] = [:]
        /// The last number of a waiter, flusher or listener.
        var last: UInt64 = 0
        var isClosed = false

        mutating func next() -> UInt64 {
            last += 1
            return last
        }
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
    ///
    /// - Throws: what `submit` throws, and why there will be no result: the client is closed or
    ///   failed, the hub refuses the session for good, the task is cancelled.
    func result(
        of submit: @Sendable () throws(FloorBusError) -> Ticket
    ) async throws(FloorBusError) -> PublishResult {
        let number = state.withLock { $0.next() }
        let answer = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let error = state.withLock { state -> FloorBusError? in
                    if state.isClosed { return ending }
                    do throws(FloorBusError) {
                        state.waiting[try submit()] = Waiter(
                            number: number,
                            continuation: continuation
                        )
                    } catch {
                        return error
                    }
                    return nil
                }
                if let error { continuation.resume(returning: .failure(error)) }
                // Refused or cancelled before there was anybody to tell; what was submitted stays.
                if let refusal = loop.finalRefusal { giveUp(refusal) }
                if Task.isCancelled { giveUp(number) }
            }
        } onCancel: {
            giveUp(number)
        }
        return try answer.get()
    }

    /// Whether the client's thread has ended by itself.
    var hasFailed: Bool { loop.failure != nil }

    /// Why there are no results any more.
    private var ending: FloorBusError {
        loop.failure.map { FloorBusError($0.status, $0.sentence) } ?? FloorBusError(.closed)
    }

    /// A cancelled task waits no longer.
    private func giveUp(_ number: UInt64) {
        let waiter = state.withLock { state -> Waiter? in
            guard let place = state.waiting.first(where: { $0.value.number == number }) else {
                return nil
            }
            return state.waiting.removeValue(forKey: place.key)
        }
        let reason = FloorBusError(.closed, "the task was cancelled before the hub answered")
        waiter?.continuation.resume(returning: .failure(reason))
    }

    /// The hub will not have this client: nobody waits for its answers.
    private func giveUp(_ refusal: FloorBusError) {
        let (waiting, flushers) = state.withLock { state in
            defer {
                state.waiting.removeAll()
                state.flushers.removeAll()
            }
            return (Array(state.waiting.values), Array(state.flushers.values))
        }
        for waiter in waiting { waiter.continuation.resume(returning: .failure(refusal)) }
        for flusher in flushers { flusher.resume(returning: false) }
    }

    /// Hands out what has arrived.
    func drain() {
        var delivery = Delivery()
        while let kind = loop.next(mailbox, into: &delivery) {
            if kind == .link, case .down = delivery.link, let refusal = loop.finalRefusal {
                giveUp(refusal)
            }
            guard kind == .result else { continue }
            let ticket = delivery.ticket
            let answer: Answer =
                delivery.status == .closed
                ? .failure(ending)
                : .success(
                    PublishResult(
                        status: delivery.status,
                        revision: delivery.revision,
                        text: delivery.owner,
                        number: delivery.claimGeneration
                    )
                )
            let waiter = state.withLock { $0.waiting.removeValue(forKey: ticket) }
            waiter?.continuation.resume(returning: answer)
        }
        if loop.peek({ $0.unacknowledged }) == 0 { endFlushes(with: true) }
    }

    /// Whether every operation so far was answered within the time.
    func waitUntilAnswered(timeout: Duration) async -> Bool {
        let number = state.withLock { $0.next() }
        let deadline = ContinuousClock.now + timeout
        let timer = Task { [self] in
            try await passed(deadline)
            endFlush(number)
        }
        defer { timer.cancel() }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isDone = state.withLock { state in
                    // The timer may have fired before there was anybody to wake.
                    if state.isClosed || ContinuousClock.now >= deadline { return true }
                    if Task.isCancelled || loop.finalRefusal != nil { return true }
                    if loop.peek({ $0.unacknowledged }) == 0 { return true }
                    state.flushers[number] = continuation
                    // Own values said again after a break have no result of their own to wake us.
                    loop.tellWhenIdle()
                    return false
                }
                if isDone { continuation.resume(returning: loop.peek { $0.unacknowledged } == 0) }
            }
        } onCancel: {
            endFlush(number)
        }
    }

    /// Nobody waits any longer.
    func close() {
        let (waiting, listeners) = state.withLock { state in
            state.isClosed = true
            defer {
                state.waiting.removeAll()
                state.listeners.removeAll()
            }
            return (Array(state.waiting.values), Array(state.listeners.values))
        }
        for waiter in waiting { waiter.continuation.resume(returning: .failure(ending)) }
        for listener in listeners { listener.finish() }
        endFlushes(with: loop.peek { $0.unacknowledged } == 0)
    }

    private func endFlush(_ number: UInt64) {
        let continuation = state.withLock { $0.flushers.removeValue(forKey: number) }
        continuation?.resume(returning: false)
    }

    private func endFlushes(with complete: Bool) {
        let continuations = state.withLock { state in
            defer { state.flushers.removeAll() }
            return Array(state.flushers.values)
        }
        for continuation in continuations { continuation.resume(returning: complete) }
    }
}

// MARK: notices

extension ResultDesk {
    /// How many notices a slow reader keeps.
    private static let notices = 16

    /// A sequence of what is told from now on, with a delay there is already.
    func notices() -> AsyncStream<ClientNotice> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: ClientNotice.self,
            bufferingPolicy: .bufferingNewest(Self.notices)
        )
        let number = state.withLock { state -> UInt64? in
            guard !state.isClosed else { return nil }
            let number = state.next()
            state.listeners[number] = continuation
            if let delay = loop.peek({ $0.deferral }) {
                continuation.yield(.delayed(FloorBusError(delay: delay)))
            }
            return number
        }
        guard let number else {
            continuation.finish()
            return stream
        }
        continuation.onTermination = { [weak self] _ in
            self?.state.withLock { _ = $0.listeners.removeValue(forKey: number) }
        }
        return stream
    }

    /// Tells everybody who listens.
    func tell(_ notice: ClientNotice) {
        let listeners = state.withLock { Array($0.listeners.values) }
        for listener in listeners { listener.yield(notice) }
    }
}

extension ClientLoop {
    /// The refusal that the next session would get as well, as an error.
    var finalRefusal: FloorBusError? { peek { $0.finalRefusal }.map { FloorBusError($0) } }

    func openMailbox() throws(FloorBusError) -> MailboxID {
        do {
            return try withCore { core throws(FloorStatus) in try core.openMailbox() }
        } catch {
            throw FloorBusError(error)
        }
    }
}
