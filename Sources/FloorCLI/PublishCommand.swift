import ArgumentParser
import FloorBus
import FloorRosterFile
import FloorText

/// `floorbus publish`: one value or event.
struct PublishCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "publish",
        abstract: "Publish one value or event, and print its revision.",
        discussion: """
            The value stays fresh after the program has gone. With --leased it is leased to \
            this session instead: the session stays open for --hold seconds or until SIGINT, \
            and when it ends, the value turns suspect and later stale.

            Examples:
              floorbus publish agent agent/bj/sales/4711/ --state ready
              floorbus publish queue queue/bj/calls/billing/ --waiting 3
              floorbus publish event event/bj/billing/call-17/ --text enqueued --schema 1
            """,
        subcommands: [
            PublishAgentCommand.self,
            PublishQueueCommand.self,
            PublishTeamCommand.self,
            PublishCustomCommand.self,
            PublishEventCommand.self,
        ]
    )
}

/// What the key must be like for an operation to be done.
struct ExpectationOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The revision the key must have now; otherwise the exit code is 4.",
            valueName: "epoch.counter"
        ),
        transform: parseRevision
    )
    var expectedRevision: Revision = .zero
}

/// What publishing a last value takes beside the value.
struct StateOptions: ParsableArguments {
    @OptionGroup var expectation: ExpectationOptions

    @Flag(name: .customLong("leased"), help: "Lease the value to this session.")
    var isLeased = false

    @Option(
        help: ArgumentHelp(
            "With --leased: seconds to stay; without it, until SIGINT.",
            valueName: "seconds"
        ),
        transform: parseSeconds
    )
    var hold: Double?

    func validate() throws {
        if hold != nil, !isLeased {
            throw ValidationError("--hold keeps a lease alive; say --leased as well")
        }
    }
}

/// What every publish takes.
struct PublishingOptions: ParsableArguments {
    @OptionGroup var hub: HubOptions
    @OptionGroup var timeout: TimeoutOptions

    @Option(
        help: ArgumentHelp(
            "When it happened: microseconds since 1970 or 2026-03-01T09:00:00Z; advice only.",
            valueName: "moment"
        ),
        transform: parseMoment
    )
    var sourceTime: Int64 = 0

    @Option(
        help: ArgumentHelp(
            "A file that keeps it when no hub answers, for the next run; the exit code is 5 then.",
            valueName: "file"
        )
    )
    var outbox: String?

    @Option(
        help: ArgumentHelp(
            "A roster; a site, team or agent that it does not have is warned of.",
            valueName: "file"
        )
    )
    var roster: String?

    /// Publishes a last value, and keeps its lease if asked to.
    func publish(
        _ content: FloorContent,
        to key: FloorKey,
        _ state: StateOptions
    ) async throws {
        if outbox != nil, state.isLeased {
            throw ValidationError(
                "--leased ends with the program, --outbox keeps what outlives it; leave one out"
            )
        }
        var options = PublishOptions.unleased
        options.expectedRevision = state.expectation.expectedRevision
        options.isLeased = state.isLeased
        let hold = state.isLeased ? state.hold ?? Double(Int32.max) : nil
        try await publish(content, to: key, options, hold: hold)
    }

    /// A telephone system may know agents and teams that the roster does not have yet: the hub
    /// takes their values, and a typing error with them.
    private func warn(of key: FloorKey) throws {
        guard let roster, let doubt = RosterNames(try RosterFile.read(roster)).doubt(of: key)
        else { return }
        Output.note("warning: " + Output.printable(doubt))
    }

    /// Publishes once, prints the revision, and keeps the session for so many seconds.
    func publish(
        _ content: FloorContent,
        to key: FloorKey,
        _ options: PublishOptions = .unleased,
        hold: Double? = nil
    ) async throws {
        try await reporting {
            var options = options
            options.sourceTime = FloorMoment(sourceTime)
            let final = options
            try warn(of: key)
            try await hub.exchange(timeout: timeout, outbox: outbox) {
                client throws(FloorBusError) in
                try await client.publish(content, to: key, options: final)
            } then: { result in
                try hub.report(result, of: key)
            } staying: { _ in
                hold
            }
        }
    }
}

extension HubOptions {
    /// Prints what an operation came to.
    func report(_ result: PublishResult, of key: FloorKey) throws {
        guard isJSON else {
            return try Output.line(key.text + " " + (result.revision ?? .zero).text)
        }
        try Output.json(
            ResultLine(
                key: key.text,
                revision: (result.revision ?? .zero).text,
                revisionRaw: result.revision?.rawValue ?? 0
            )
        )
    }
}

/// An operation's result as JSON.
private struct ResultLine: Encodable {
    var key: String
    var revision: String
    var revisionRaw: UInt64

    private enum CodingKeys: String, CodingKey {
        case key
        case revision
        case revisionRaw = "revision_raw"
    }
}
