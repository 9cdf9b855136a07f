import ArgumentParser
import FloorBus
import FloorBusService
import FloorJournal
import FloorPosix
import FloorRosterFile
import ServiceLifecycle
import UnixSignals

/// `floorbus hub`: the daemon.
struct HubCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hub",
        abstract: "Run a hub until SIGTERM or SIGINT.",
        discussion: """
            When it is ready it writes one line to stdout:

              listening tcp://127.0.0.1:7410 tap tcp://127.0.0.1:7411 epoch 1 lineage 5f0c…

            The tap brings every record to plain ZeroMQ subscribers. With --data the hub keeps \
            its journal in a directory: what it has acknowledged survives a crash, and clients \
            go on where they were; a second hub on the same directory is refused. Addresses \
            that other machines reach are refused while there are no keys, unless --insecure. \
            On SIGTERM or SIGINT it lets its clients take their last messages and exits with 0.

            With --roster only the people of that file may connect, and each may do what their \
            roles are granted; SIGHUP reads the file again.

            Examples:
              floorbus hub
              floorbus hub --data /var/lib/floorbus
              floorbus hub --listen tcp://127.0.0.1:0 --listen ipc:///run/floorbus.sock --no-tap
            """
    )

    @Option(
        help: ArgumentHelp(
            "A session endpoint, tcp://ADDRESS:PORT or ipc:///PATH; may be repeated. Port 0 "
                + "takes a free one. (default: \(HubOptions.defaultEndpoint))",
            valueName: "endpoint"
        )
    )
    var listen: [String] = []

    @Option(help: ArgumentHelp("The tap's endpoint.", valueName: "endpoint"))
    var tap = "tcp://127.0.0.1:7411"

    @Flag(name: .customLong("no-tap"), help: "Open no tap.")
    var hasNoTap = false

    @Option(help: ArgumentHelp("The data directory; made when missing.", valueName: "directory"))
    var data: String?

    @Option(
        help: ArgumentHelp(
            "Where --data keeps events: in a database (sqlite, the default with it), or in "
                + "memory as without --data."
        )
    )
    var journal: JournalKind?

    @Option(
        name: .customLong("keep-days"),
        help: ArgumentHelp("Days after which events are removed.", valueName: "days"),
        transform: parseNumber(1...36_500)
    )
    var keepDays: Int = JournalOptions().retentionDays

    @Option(
        name: .customLong("keep-mib"),
        help: ArgumentHelp("Size above which the oldest events go.", valueName: "MiB"),
        transform: parseNumber(1...1_048_576)
    )
    var keepMebibytes: Int = Int(JournalOptions().maximumBytes >> 20)

    @Option(
        help: ArgumentHelp(
            "Who may connect, publish and read what; SIGHUP reads it again (docs/roster.md).",
            valueName: "file"
        )
    )
    var roster: String?

    @Flag(
        name: .customLong("no-history"),
        help: "Do not keep every change of agents and queues; reports then lack their times."
    )
    var hasNoHistory = false

    @Flag(
        name: .customLong("accept-clock"),
        help: ArgumentHelp(
            "Start with a journal written more than 24 hours ahead of this machine's clock: the "
                + "clock is right now."
        )
    )
    var acceptsClock = false

    @Option(
        name: .customLong("log-level"),
        help: "From which level on notices are written to stderr."
    )
    var logLevel = LogLevel.info

    @Flag(
        name: .customLong("insecure"),
        help: "Allow addresses that other machines reach, although anybody there can publish."
    )
    var isInsecure = false

    @Flag(name: .customLong("json"), help: "Write the line as a JSON object (docs/cli.md).")
    var isJSON = false

    func validate() throws {
        for endpoint in listen + (hasNoTap ? [] : [tap]) {
            if let problem = EndpointText.problem(endpoint, listens: true) {
                throw ValidationError(problem)
            }
        }
        if journal == .sqlite, data == nil {
            throw ValidationError(
                "--journal sqlite keeps events in a directory: name it with --data DIRECTORY"
            )
        }
    }

    func run() async throws {
        ThisProcess.keepFreedMemory()
        ThisProcess.ignoreBrokenPipes()
        try await reporting {
            var configuration = try configuration()
            let log = HubLog(from: logLevel)
            configuration.onNotice = { log.take($0) }
            var options = JournalOptions()
            options.retentionDays = keepDays
            options.maximumBytes = Int64(keepMebibytes) << 20
            options.acceptsClock = acceptsClock
            let daemon = HubDaemon(
                configuration: configuration,
                journal: journal == .memory ? nil : options,
                roster: roster,
                isJSON: isJSON
            )
            let group = ServiceGroup(
                services: [daemon],
                gracefulShutdownSignals: [.sigterm, .sigint, .sigquit]
            )
            do { try await group.run() } catch {
                await log.close()
                throw error
            }
            await log.close()
        }
    }

    private func configuration() throws(RosterFileError) -> HubConfiguration {
        var configuration = HubConfiguration()
        let endpoints = listen.isEmpty ? [HubOptions.defaultEndpoint] : listen
        configuration.listen = endpoints.map(EndpointText.bound)
        configuration.tap = hasNoTap ? nil : EndpointText.bound(tap)
        configuration.dataDirectory = data
        configuration.isInsecureAllowed = isInsecure
        if let roster { configuration.roster = try RosterFile.read(roster) }
        configuration.keepsHistory = !hasNoHistory
        return configuration
    }
}

/// The hub as the program's one service.
///
/// It is opened in `run`, so that signals are heard before anybody knows where it listens.
private struct HubDaemon: Service {
    let configuration: HubConfiguration
    let journal: JournalOptions?
    /// The roster's file, to be read again on SIGHUP.
    let roster: String?
    let isJSON: Bool

    func run() async throws {
        // Caught before there is a hub, so that it never dies of one.
        let hangups = await UnixSignalsSequence(trapping: .sighup)
        let hub = try open()
        let reloading = reloading(hub, on: hangups)
        defer { reloading.cancel() }
        do {
            try announce(hub)
        } catch {
            await hub.drain()
            throw error
        }
        try await hub.run()
    }

    /// Reads the roster again on each SIGHUP, if there is one.
    ///
    /// A file that is wrong changes nothing.
    private func reloading(
        _ hub: EmbeddedHub,
        on hangups: UnixSignalsSequence
    ) -> Task<Void, Never> {
        guard let roster else {
            return Task {
                for await _ in hangups {
                    Output.note("there is no roster to read again: --roster names one")
                }
            }
        }
        if hub.tapEndpoint != nil {
            Output.note(
                "the tap knows no roster: whoever reaches it reads everything but words of flags "
                    + "and notes to some people; close it with --no-tap"
            )
        }
        return Task {
            for await _ in hangups {
                do throws(RosterFileError) {
                    hub.setRoster(try RosterFile.read(roster))
                    Output.note("the roster \(roster) has been read again")
                } catch {
                    Output.note(CommandFailure(error).sentence)
                    Output.note("the roster stays as it was")
                }
            }
        }
    }

    private func open() throws(FloorBusError) -> EmbeddedHub {
        do throws(FloorBusError) {
            guard let journal, let directory = configuration.dataDirectory else {
                return try EmbeddedHub(configuration)
            }
            return try EmbeddedHub(
                configuration,
                journal: SQLiteJournal.opener(directory: directory, journal)
            )
        } catch {
            guard error.sentence.contains("address is in use") else { throw error }
            throw FloorBusError(
                error.status,
                error.sentence + "; a second hub needs a --listen of its own, and a --tap of its "
                    + "own or --no-tap"
            )
        }
    }

    private func announce(_ hub: EmbeddedHub) throws {
        if isJSON {
            return try Output.json(
                HubLine(
                    listening: hub.endpoints,
                    tap: hub.tapEndpoint,
                    epoch: hub.epoch,
                    lineage: hub.lineage.text
                )
            )
        }
        var words = ["listening"] + hub.endpoints
        if let tap = hub.tapEndpoint { words += ["tap", tap] }
        words += ["epoch", String(hub.epoch), "lineage", hub.lineage.text]
        try Output.line(words.joined(separator: " "))
    }
}

/// Where a hub with a data directory keeps its events.
enum JournalKind: String, CaseIterable, ExpressibleByArgument, Sendable {
    case sqlite
    case memory
}

/// The line of a hub that is ready.
private struct HubLine: Encodable {
    var listening: [String]
    var tap: String?
    var epoch: UInt32
    var lineage: String
}
