import ArgumentParser
import FloorBus
import FloorText

/// `floorbus get`.
struct GetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "get",
        abstract: "Show the present values of matching keys, sorted by key.",
        discussion: """
            Prints nothing and exits with 0 when no key matches. Where you may read a part \
            only, it shows that part and says so on stderr.

            Examples:
              floorbus get agent/bj/
              floorbus get agent/bj/sales/4711/ --json
              floorbus get presence/
            """
    )

    @Argument(help: "The beginning of the keys wanted.", transform: parseFilter)
    var filter: KeyFilter

    @OptionGroup var hub: HubOptions
    @OptionGroup var timeout: TimeoutOptions

    func run() async throws {
        try await reporting {
            try await hub.exchange(timeout: timeout) { client throws(FloorBusError) in
                try await client.getReadable(filter, timeout: .seconds(timeout.timeout))
            } then: { answer in
                try show(answer.records.sorted { $0.key < $1.key })
                if answer.isPartial { Output.noteLeftOut(filter, hub.identity) }
            }
        }
    }

    private func show(_ records: [FloorRecord]) throws {
        if hub.isJSON {
            for record in records { try Output.line(try record.json()) }
            return
        }
        guard !records.isEmpty else { return }
        let keys = records.map { Output.printable($0.key.text) }
        let width = keys.map(\.count).max() ?? 0
        for (key, record) in zip(keys, records) {
            let pad = String(repeating: " ", count: width - key.count)
            let fields = [
                key + pad, record.revision.text, record.freshness.name, record.summary,
            ]
            try Output.line(fields.joined(separator: "  "))
        }
    }
}
