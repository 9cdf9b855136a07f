import FloorBus
import UnixSignals

extension HubOptions {
    /// Runs one exchange with the hub; gives up, and says so, after the timeout, and at once when
    /// the hub refuses the session for good.
    ///
    /// While the hub's journal cannot store, and it tries again, it says that on stderr.
    ///
    /// - Parameters:
    ///   - timeout: how long the exchange may take.
    ///   - outbox: the file that keeps what no hub has acknowledged, if there is one.
    ///   - body: the exchange.
    ///   - rest: what is done with the answer while the session is still open.
    ///   - stay: for how many seconds the session stays open after that; nil ends it at once.
    /// - Throws: `CommandFailure`, and what `rest` throws.
    func exchange<Answer: Sendable>(
        timeout: TimeoutOptions,
        outbox: String? = nil,
        _ body: (FloorBusClient) async throws(FloorBusError) -> Answer,
        then rest: (Answer) async throws -> Void,
        staying stay: (Answer) -> Double? = { _ in nil }
    ) async throws {
        let client = try client(outbox: outbox)
        let seconds = timeout.timeout
        // An operation waits as long as the link is down; closing the client ends the wait.
        let timer = Task {
            try await Task.sleep(for: .seconds(seconds))
            await client.close(flush: .zero)
        }
        let teller = Task { await tellDelay(of: client) }
        defer { teller.cancel() }
        let answer: Answer
        do {
            answer = try await body(client)
            timer.cancel()
        } catch {
            timer.cancel()
            let failure = failure(error, client, after: seconds)
            let isDelayed = error.result?.status.isRetryable ?? false
            let isKept = isDelayed || failure.status == .notReachable
            let published = client.statistics.published
            await client.close(flush: .zero)
            // What `publish` took before the time was up is in the file.
            guard let outbox, published > 0, isKept else { throw failure }
            throw CommandFailure(
                .kept,
                isDelayed
                    ? CommandFailure.kept(in: outbox, because: error.sentence)
                    : CommandFailure.kept(in: outbox, at: endpoint)
            )
        }
        let rests = stay(answer)
        // Before anybody is told that it stays: a signal right behind that must not kill it.
        let signals = rests == nil ? nil : await stopSignals()
        try await rest(answer)
        if let rests { try await keepOpen(client, for: rests, until: signals) }
        await client.close()
    }

    /// Keeps a session until the time is up or a signal comes.
    ///
    /// Whoever sits in front of it believes that what it says holds: they are told when the link
    /// breaks, and it ends when the hub will not have the client back.
    ///
    /// - Parameters:
    ///   - client: whose session it is.
    ///   - seconds: how long.
    ///   - signals: those that end it, if they are caught already.
    /// - Throws: `CommandFailure` with the hub's sentence.
    func keepOpen(
        _ client: FloorBusClient,
        for seconds: Double,
        until signals: UnixSignalsSequence? = nil
    ) async throws {
        // Everybody may read it, and it never says anything.
        let link = try client.subscribe(to: parseFilter("team/-/hub/stats/"))
        let endpoint = endpoint
        _ = try await untilStopped(by: signals, timeout: .seconds(seconds)) {
            for try await event in link {
                switch event {
                case .linkDown(let status):
                    if let refusal = client.finalRefusal {
                        throw CommandFailure(refusal, at: endpoint)
                    }
                    Output.note("the link is down: \(status.sentence); trying again")
                case .linkUp(let change) where change.continuity != .first:
                    Output.note("the link is up again")
                default: continue
                }
            }
        }
    }

    /// Says the first time that the hub lets an operation wait.
    private func tellDelay(of client: FloorBusClient) async {
        for await notice in client.notices {
            guard case .delayed(let reason) = notice else { continue }
            return Output.note(Output.printable(reason.sentence) + "; trying again")
        }
    }

    private func failure(
        _ error: FloorBusError,
        _ client: FloorBusClient,
        after seconds: Double
    ) -> CommandFailure {
        if let refusal = client.finalRefusal { return CommandFailure(refusal, at: endpoint) }
        switch error.status {
        case .closed, .timedOut, .offline:
            return client.statistics.epoch != 0
                ? CommandFailure(
                    .notReachable,
                    "the hub at \(endpoint) did not answer within \(seconds) s"
                )
                : CommandFailure.noSession(client, at: endpoint, after: seconds)
        default: return CommandFailure(error)
        }
    }
}
