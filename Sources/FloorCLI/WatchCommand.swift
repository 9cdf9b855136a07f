import ArgumentParser
import FloorBus
import FloorText

/// `floorbus watch`.
struct WatchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch",
        abstract: "Show what is there, then every change, until SIGINT.",
        discussion: """
            Begins with the present values. It reconnects by itself and says so: after a \
            restart of the hub a resync, with everything once more; after lost events a gap. \
            Values of one key conflate when you read too slowly ('+3 older'), events never do.

            With --count it ends after that number of records; with --timeout after those seconds, \
            and exits with 1 if the count was not reached, with 3 if no hub answered at all.

            Examples:
              floorbus watch agent/bj/ queue/
              floorbus watch queue/+/billing/ --json
              floorbus watch event/ --count 1 --timeout 10
            """
    )

    @Argument(
        help: ArgumentHelp("The beginnings of the keys wanted.", valueName: "filter"),
        transform: parseFilter
    )
    var filters: [KeyFilter]

    @Option(
        help: ArgumentHelp("Number of records after which to end.", valueName: "records"),
        transform: parseNumber(1...UInt64.max)
    )
    var count: UInt64?

    @Option(
        help: ArgumentHelp("Seconds after which to end.", valueName: "seconds"),
        transform: parseSeconds
    )
    var timeout: Double?

    @OptionGroup var hub: HubOptions

    func validate() throws {
        guard filters.count <= Limits.subscriptionsPerSession else {
            throw ValidationError(
                "\(filters.count) filters are given; at most "
                    + "\(Limits.subscriptionsPerSession) are allowed"
            )
        }
    }

    func run() async throws {
        try await reporting {
            let client = try hub.client()
            let subscription = try client.subscribe(toAny: filters)
            let (count, isJSON, endpoint) = (count, hub.isJSON, hub.endpoint)
            let outcome = try await untilStopped(timeout: timeout.map { .seconds($0) }) {
                try await Self.watch(subscription, count: count, isJSON: isJSON) {
                    client.finalRefusal.map { CommandFailure($0, at: endpoint) }
                }
            }
            let wasLinked = client.statistics.epoch != 0
            await client.close(flush: .zero)
            guard case .timeout = outcome.reason, let timeout else { return }
            if !wasLinked {
                throw CommandFailure.noSession(client, at: hub.endpoint, after: timeout)
            }
            if let count {
                throw CommandFailure(
                    .failed,
                    "\(outcome.value) of \(count) records came within \(timeout) s"
                )
            }
        }
    }

    /// Shows events until there were enough records, or the hub will have no more of this.
    ///
    /// - Returns: how many records there were.
    private static func watch(
        _ subscription: Subscription,
        count: UInt64?,
        isJSON: Bool,
        ending: @Sendable () -> CommandFailure?
    ) async throws -> UInt64 {
        var records: UInt64 = 0
        for try await event in subscription {
            try Output.line(isJSON ? try event.json() : event.text)
            switch event {
            case .record, .removed: records += 1
            case .linkDown:
                if let failure = ending() { throw failure }
                continue
            default: continue
            }
            if records == count { break }
        }
        return records
    }
}
