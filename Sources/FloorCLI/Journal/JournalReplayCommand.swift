import ArgumentParser
import FloorBus
import FloorHubServer
import FloorJournal
import FloorPosix

/// `floorbus journal replay`.
struct JournalReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Publish events of the past again: for training, disputes and tests.",
        discussion: """
            Reads the events of a stretch of time from a hub's data directory (the hub may be \
            running) and publishes them at the pace they had, or N times as fast, into the hub \
            at --connect, or into one of its own at --listen, which keeps nothing. Keys stay \
            as they were unless --site moves them; source_time is the original time. Only \
            events are published: changes of states are in the journal for reports alone.

            Moments: 2026-03-01T09:00:00Z, 90m or 1d12h ago, --to also +30m after --from.

            The hub that the journal belongs to is refused: its journal would have the past \
            twice, as if it had happened again. Say --allow-own-hub if that is wanted.

            It exits with 0 when the hub has accepted every event, also after SIGINT; with 1 \
            when it refused some or the journal no longer has them.

            Examples:
              floorbus journal replay --data /var/lib/floorbus --from 2h --to +10m \
            --listen tcp://127.0.0.1:7420 --wait 10
              floorbus journal replay --data copy --from 2026-03-01T09:00:00Z --speed max \
            --connect tcp://127.0.0.1:7430 --site training --json
            """
    )

    @Option(help: ArgumentHelp("The data directory to read from.", valueName: "directory"))
    var data: String

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Where the stretch begins.", valueName: "moment"),
        transform: parsePast
    )
    var from: PastMoment

    @Option(
        name: [.customLong("to"), .customLong("until")],
        parsing: .unconditional,
        help: ArgumentHelp("Where it ends, itself excluded. (default: now)", valueName: "moment"),
        transform: parsePast
    )
    var to: PastMoment = .ago(0)

    @Option(
        help: ArgumentHelp(
            "How many times as fast as it was, or max. (default: 1)",
            valueName: "factor"
        ),
        transform: parseSpeed
    )
    var speed = ReplaySpeed.times(1)

    @Option(
        help: ArgumentHelp("Move the events to this site. (default: theirs)", valueName: "name"),
        transform: parseSite
    )
    var site: String?

    @Option(
        help: ArgumentHelp(
            "Run a hub inside, at this endpoint; may be repeated.",
            valueName: "endpoint"
        )
    )
    var listen: [String] = []

    @Option(help: ArgumentHelp("The inside hub's tap. (default: none)", valueName: "endpoint"))
    var tap: String?

    @Option(
        help: ArgumentHelp(
            "With --listen: wait so long before the first event, for screens to connect.",
            valueName: "seconds"
        ),
        transform: parseSeconds
    )
    var wait: Double?

    @Option(
        help: ArgumentHelp(
            "With --listen: keep the hub so long after the last event.",
            valueName: "seconds"
        ),
        transform: parseSeconds
    )
    var hold: Double?

    @Flag(
        name: .customLong("allow-own-hub"),
        help: "Publish even into the hub whose journal this is."
    )
    var allowsOwnHub = false

    @OptionGroup var silence: SilenceOptions

    @OptionGroup var hub: HubOptions

    func validate() throws {
        for endpoint in listen + (tap.map { [$0] } ?? []) {
            if let problem = EndpointText.problem(endpoint, listens: true) {
                throw ValidationError(problem)
            }
        }
        if listen.isEmpty, tap != nil || wait != nil || hold != nil {
            throw ValidationError("--tap, --wait and --hold are for a hub of its own: say --listen")
        }
        if listen.isEmpty ? hub.givenEndpoint == nil : hub.connect != nil {
            throw ValidationError(
                "say where to publish: --connect for a hub that runs, or --listen for one of its "
                    + "own"
            )
        }
    }

    func run() async throws {
        try await reporting {
            do {
                try await replay()
            } catch let error as HubServerError {
                throw CommandFailure(.failed, error.sentence)
            }
        }
    }

    private func replay() async throws {
        let journal = try JournalFile(directory: data)
        let extent = try journal.extent()
        let stretch = try stretch(of: extent.events)
        let inside = try insideHub()
        let client = try inside?.connect(as: hub.identity) ?? hub.client()
        do {
            if inside == nil { try await refuseOwnHub(client, extent.lineage) }
            let work = JournalReplay(
                journal: journal,
                stretch: stretch,
                speed: speed,
                site: site,
                client: client,
                timeout: .seconds(silence.timeout)
            )
            try await publish(work, from: inside)
        } catch {
            await client.close(flush: .zero)
            await inside?.drain()
            throw error
        }
        await client.close(flush: .zero)
        await inside?.drain()
    }

    /// The stretch in microseconds since 1970; it never reaches into what is published now.
    private func stretch(of events: ClosedRange<Int64>?) throws -> Range<Int64> {
        let now = Clocks.wallMicroseconds()
        let first = from.resolved(now: now, beginning: now)
        let last = min(now, to.resolved(now: now, beginning: first))
        guard first < last else {
            throw CommandFailure(
                .failed,
                "the stretch is empty: it begins at \(Output.time(first)) and ends at "
                    + Output.time(last)
            )
        }
        guard let events else { throw CommandFailure(.failed, "the journal has no events yet") }
        guard events.lowerBound < last, first <= events.upperBound else {
            throw CommandFailure(
                .failed,
                "there are no events from \(Output.time(first)) to \(Output.time(last)); the "
                    + "journal has those from \(Output.time(events.lowerBound)) to "
                    + Output.time(events.upperBound)
            )
        }
        return first..<min(last, events.upperBound + 1)
    }

    private func insideHub() throws -> EmbeddedHub? {
        guard !listen.isEmpty else { return nil }
        var configuration = HubConfiguration()
        configuration.listen = listen.map(EndpointText.bound)
        configuration.tap = tap.map(EndpointText.bound)
        let inside = try EmbeddedHub(configuration)
        for notice in inside.notices { Output.note(notice) }
        if hub.isJSON {
            try Output.json(ListeningLine(listening: inside.endpoints, tap: inside.tapEndpoint))
        } else {
            let tap = inside.tapEndpoint.map { " tap \($0)" } ?? ""
            try Output.line("listening " + inside.endpoints.joined(separator: " ") + tap)
        }
        return inside
    }

    private func refuseOwnHub(_ client: FloorBusClient, _ lineage: FloorID) async throws {
        let seconds = silence.timeout
        let timer = Task {
            try await Task.sleep(for: .seconds(seconds))
            await client.close(flush: .zero)
        }
        defer { timer.cancel() }
        let link: LinkChange
        do {
            link = try await client.linkUp()
        } catch {
            throw CommandFailure.noSession(client, at: hub.endpoint, after: silence.timeout)
        }
        guard allowsOwnHub || link.lineage != lineage else {
            throw CommandFailure(
                .failed,
                "the hub at \(hub.endpoint) is the one this journal belongs to (lineage "
                    + "\(lineage.text)): its journal would have the past twice; use --listen or "
                    + "another hub, or say --allow-own-hub if that is wanted"
            )
        }
    }

    private func publish(_ work: JournalReplay, from inside: EmbeddedHub?) async throws {
        let (wait, hold) = (wait, hold)
        let start = ContinuousClock.now
        let outcome = try await untilStopped {
            // Cancelled by the signal, as the work then is.
            if let wait { try? await Task.sleep(for: .seconds(wait)) }
            return try await work.run()
        }
        try await work.settle()
        let report = JournalReplayReport(
            outcome.value,
            work.client.statistics,
            wasStopped: outcome.reason == .signal,
            elapsed: ContinuousClock.now - start
        )
        if hub.isJSON { try Output.json(report) } else { try Output.line(report.text) }
        guard report.isGood else { throw CommandFailure(.failed, report.trouble) }
        guard let hold, outcome.reason != .signal else { return }
        try await hub.keepOpen(work.client, for: hold)
    }
}

private struct ListeningLine: Encodable {
    var listening: [String]
    var tap: String?
}
