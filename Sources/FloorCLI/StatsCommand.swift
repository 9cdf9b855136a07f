import ArgumentParser
import FloorBus

/// `floorbus stats`.
struct StatsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats",
        abstract: "Show what the hub has counted since it started.",
        discussion: """
            Examples:
              floorbus stats
              floorbus stats --json
            """
    )

    @OptionGroup var hub: HubOptions
    @OptionGroup var timeout: TimeoutOptions

    func run() async throws {
        try await reporting {
            let filter = try parseFilter("team/-/hub/stats/")
            try await hub.exchange(timeout: timeout) { client throws(FloorBusError) in
                try await client.get(filter, timeout: .seconds(timeout.timeout))
            } then: { records in
                guard let figures = try records.first?.teamFigures?.figures else {
                    throw CommandFailure(.failed, "the hub has no statistics")
                }
                try show(figures)
            }
        }
    }

    private func show(_ figures: [Figure]) throws {
        if hub.isJSON {
            let entries = figures.map { ($0.name, $0.value) }
            return try Output.json(Dictionary(entries) { first, _ in first })
        }
        let rows = figures.map { [Output.printable($0.name), String($0.value)] }
        for line in Output.table(["count", "value"], rows) { try Output.line(line) }
    }
}
