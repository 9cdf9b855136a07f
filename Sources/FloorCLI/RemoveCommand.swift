import ArgumentParser
import FloorBus

/// `floorbus remove`.
struct RemoveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Remove a key's last value, and print the removal's revision.",
        discussion: """
            Example:
              floorbus remove agent/bj/sales/4711/
            """
    )

    @Argument(help: "The key.", transform: parseKey)
    var key: FloorKey

    @OptionGroup var expectation: ExpectationOptions

    @OptionGroup var hub: HubOptions
    @OptionGroup var timeout: TimeoutOptions

    func validate() throws {
        guard key.kind.lane == .state else {
            throw ValidationError(
                "\(key.kind.name)/ keys carry events, which cannot be removed; give an agent, "
                    + "queue, team or custom key"
            )
        }
    }

    func run() async throws {
        try await reporting {
            try await hub.exchange(timeout: timeout) { client throws(FloorBusError) in
                try await client.remove(key, expectedRevision: expectation.expectedRevision)
            } then: { result in
                try hub.report(result, of: key)
            }
        }
    }
}
