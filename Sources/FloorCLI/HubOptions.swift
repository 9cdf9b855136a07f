import ArgumentParser
import FloorBus
import Foundation

/// What every command that talks to a hub takes: where the hub is, who asks, how to answer.
struct HubOptions: ParsableArguments {
    static let defaultEndpoint = "tcp://127.0.0.1:7410"

    @Option(
        name: .customLong("connect"),
        help: ArgumentHelp(
            "The hub's endpoint: tcp://HOST:PORT or ipc:///PATH. "
                + "(default: $FLOORBUS_ENDPOINT, else \(defaultEndpoint))",
            valueName: "endpoint"
        )
    )
    var connect: String?

    @Option(
        name: .customLong("as"),
        help: ArgumentHelp("Who you are, 1 to 64 bytes. (default: $USER)", valueName: "principal"),
        transform: parsePrincipal
    )
    var principal: String?

    @Flag(name: .customLong("json"), help: "Write one JSON object a line (docs/cli.md).")
    var isJSON = false

    /// The endpoint said on the command line or by the environment; nil when neither does.
    var givenEndpoint: String? { connect ?? Self.environment("FLOORBUS_ENDPOINT") }

    var endpoint: String { givenEndpoint ?? Self.defaultEndpoint }

    var identity: String { principal ?? Self.environment("USER") ?? "floorbus" }

    /// A client of the hub; it connects in the background.
    ///
    /// - Parameter outbox: the file that keeps what no hub has acknowledged, if there is one.
    /// - Returns: the client.
    /// - Throws: `CommandFailure` for an endpoint or a file that cannot be used.
    func client(outbox: String? = nil) throws -> FloorBusClient {
        var options = FloorBusClient.Options(principal: identity, application: "floorbus")
        options.outboxPath = outbox
        do {
            return try FloorBusClient(endpoints: [endpoint], options: options)
        } catch {
            throw CommandFailure(.failed, error.sentence)
        }
    }

    private static func environment(_ name: String) -> String? {
        ProcessInfo.processInfo.environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }
}

/// How long a one-shot command waits for the hub.
struct TimeoutOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The longest wait for the hub, in seconds; then the exit code is 3.",
            valueName: "seconds"
        ),
        transform: parseSeconds
    )
    var timeout: Double = 5
}

/// How long a command that runs for a while bears a hub that is silent.
struct SilenceOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The longest wait for a hub that does not answer.",
            valueName: "seconds"
        ),
        transform: parseSeconds
    )
    var timeout: Double = 10
}

extension HubOptions {
    /// Runs one exchange with the hub; gives up, and says so, after the timeout.
    ///
    /// - Parameters:
    ///   - timeout: how long the exchange may take.
    ///   - outbox: the file that keeps what no hub has acknowledged, if there is one.
    ///   - body: the exchange.
    ///   - rest: what is done with the answer while the session is still open.
    /// - Throws: `CommandFailure`, and what `rest` throws.
    func exchange<Answer: Sendable>(
        timeout: TimeoutOptions,
        outbox: String? = nil,
        _ body: (FloorBusClient) async throws(FloorBusError) -> Answer,
        then rest: (Answer) async throws -> Void
    ) async throws {
        let client = try client(outbox: outbox)
        let seconds = timeout.timeout
        // An operation waits as long as the link is down; closing the client ends the wait.
        let timer = Task {
            try await Task.sleep(for: .seconds(seconds))
            await client.close(flush: .zero)
        }
        let answer: Answer
        do {
            answer = try await body(client)
            timer.cancel()
        } catch {
            timer.cancel()
            let (statistics, refusal) = (client.statistics, client.refusal)
            await client.close(flush: .zero)
            let failure = failure(
                error,
                wasLinked: statistics.epoch != 0,
                refusal: refusal,
                after: seconds
            )
            // What `publish` took before the time was up is in the file.
            guard let outbox, statistics.published > 0, failure.status == .notReachable else {
                throw failure
            }
            throw CommandFailure(.kept, CommandFailure.kept(in: outbox, at: endpoint))
        }
        try await rest(answer)
        await client.close()
    }

    private func failure(
        _ error: FloorBusError,
        wasLinked: Bool,
        refusal: FloorBusError?,
        after seconds: Double
    ) -> CommandFailure {
        switch error.status {
        case .closed, .timedOut, .offline:
            wasLinked
                ? CommandFailure(
                    .notReachable,
                    "the hub at \(endpoint) did not answer within \(seconds) s"
                )
                : CommandFailure.noSession(refusal, at: endpoint, after: seconds)
        default: CommandFailure(error)
        }
    }
}
