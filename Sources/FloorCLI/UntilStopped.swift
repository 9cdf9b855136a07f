import UnixSignals

/// What ended a command's work.
enum StopReason: Sendable {
    /// The work itself.
    case done
    /// SIGINT, SIGTERM or SIGQUIT.
    case signal
    /// The time was up.
    case timeout
}

/// What one of the racing tasks gives.
private enum Part<Value: Sendable>: Sendable {
    case value(Value)
    case stop(StopReason)
}

/// Catches the signals that end a command, from here on.
func stopSignals() async -> UnixSignalsSequence {
    await UnixSignalsSequence(trapping: .sigint, .sigterm, .sigquit)
}

/// Runs a command's work until it is done, a signal comes or the time is up.
///
/// The work is cancelled in the last two cases and gives what it has reached.
///
/// - Parameters:
///   - signals: those that end it, if they are caught already.
///   - timeout: the longest run; nil = no limit.
///   - body: the work, which returns soon after being cancelled.
/// - Returns: what the work gave, and what ended it.
/// - Throws: what the work throws.
func untilStopped<Value: Sendable>(
    by signals: UnixSignalsSequence? = nil,
    timeout: Duration? = nil,
    _ body: @escaping @Sendable () async throws -> Value
) async throws -> (value: Value, reason: StopReason) {
    let ending: UnixSignalsSequence
    if let signals { ending = signals } else { ending = await stopSignals() }
    return try await withThrowingTaskGroup(of: Part<Value>.self) { group in
        group.addTask { .value(try await body()) }
        group.addTask {
            for await _ in ending { break }
            return .stop(.signal)
        }
        if let timeout {
            group.addTask {
                // Cancelled when something else was first; then nobody asks for this.
                try? await Task.sleep(for: timeout)
                return .stop(.timeout)
            }
        }
        var reason = StopReason.done
        while let part = try await group.next() {
            group.cancelAll()
            switch part {
            case .value(let value): return (value, reason)
            case .stop(let stop): if case .done = reason { reason = stop }
            }
        }
        preconditionFailure("the work is one of the group's tasks and always ends")
    }
}
