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

    func validate() throws {
        if let given = givenEndpoint, let problem = EndpointText.problem(given, listens: false) {
            throw ValidationError(problem)
        }
    }

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

/// How long a command that runs for a while tolerates an unresponsive hub.
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
