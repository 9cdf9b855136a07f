/// Waits until a condition holds; looks again every few milliseconds.
///
///     #expect(await holds { hub.statistics.sessions == 0 })
///
/// - Parameters:
///   - limit: the longest wait.
///   - condition: looked at until it holds.
/// - Returns: false when the time is up.
public func holds(
    within limit: Duration = .seconds(20),
    _ condition: () async throws -> Bool
) async rethrows -> Bool {
    let deadline = ContinuousClock.now + limit
    while try await !condition() {
        guard ContinuousClock.now < deadline else { return false }
        try? await Task.sleep(for: .milliseconds(2))
    }
    return true
}

/// Runs `body` and cancels it when it takes too long.
///
/// - Parameters:
///   - limit: the longest it may take.
///   - body: must end soon once its task is cancelled.
/// - Returns: what `body` returns.
/// - Throws: what `body` throws.
public func within<Result: Sendable>(
    _ limit: Duration = .seconds(20),
    _ body: @escaping @Sendable () async throws -> Result
) async throws -> Result {
    let work = Task { try await body() }
    let timer = Task {
        try await Task.sleep(for: limit)
        work.cancel()
    }
    defer { timer.cancel() }
    return try await work.value
}
