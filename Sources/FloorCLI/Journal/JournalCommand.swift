import ArgumentParser
import FloorBus
import FloorHubServer
import FloorJournal
import FloorPosix
import FloorText
import Foundation

/// `floorbus journal`: looks after the database in a hub's data directory.
struct JournalCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "journal",
        abstract: "Look after the journal of a hub's data directory.",
        subcommands: [
            JournalCheckCommand.self, JournalCompactCommand.self, JournalExportCommand.self,
            JournalReplayCommand.self, JournalForgetCommand.self,
        ]
    )
}

/// How a journal's command answers.
enum JournalFormat: String, CaseIterable, ExpressibleByArgument, Sendable {
    case text
    case json
}

struct JournalOptionsGroup: ParsableArguments {
    @Option(help: ArgumentHelp("The hub's data directory.", valueName: "directory"))
    var data: String

    @Flag(name: .customLong("json"), help: "The same as --format json.")
    var isFlaggedJSON = false

    @Option(help: "Text for people, or JSON (docs/cli.md). (default: text)")
    var format: JournalFormat?

    var isJSON: Bool { isFlaggedJSON || format == .json }

    func validate() throws {
        if isFlaggedJSON, format == .text {
            throw ValidationError("--json and --format text are two formats")
        }
    }

    /// Works on the journal; what is wrong with it becomes a sentence.
    func withJournal(_ body: (JournalFile) throws -> Void) async throws {
        try await reporting {
            do {
                try body(JournalFile(directory: data))
            } catch let error as HubServerError {
                throw CommandFailure(.failed, error.sentence)
            }
        }
    }
}

/// `floorbus journal check`.
struct JournalCheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Read the whole journal and compare it with itself.",
        discussion: "A hub may be running. The exit code is 1 when something is wrong."
    )

    @OptionGroup var options: JournalOptionsGroup

    func run() async throws {
        try await options.withJournal { journal in
            let report = try journal.check()
            if options.isJSON {
                try Output.json(CheckLine(report))
            } else {
                for fault in report.faults { try Output.line("fault: \(Output.printable(fault))") }
                try Output.line(
                    "\(report.events) events, \(report.values) values, "
                        + "\(report.history) changes, \(report.producers) producers, "
                        + "\(report.bytes) bytes, "
                        + "version \(report.version), "
                        + "epoch \(report.epoch) lineage \(report.lineage.text)"
                )
            }
            guard report.faults.isEmpty else {
                throw CommandFailure(.failed, "the journal has \(report.faults.count) faults")
            }
        }
    }
}

private struct CheckLine: Encodable {
    var events: Int
    var values: Int
    var history: Int
    var producers: Int
    var bytes: Int64
    var version: Int
    var epoch: UInt32
    var lineage: String
    var faults: [String]

    init(_ report: JournalReport) {
        events = report.events
        values = report.values
        history = report.history
        producers = report.producers
        bytes = report.bytes
        version = report.version
        epoch = report.epoch
        lineage = report.lineage.text
        faults = report.faults
    }
}

/// `floorbus journal compact`.
struct JournalCompactCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compact",
        abstract: "Give the space of removed events back to the file system.",
        discussion: "The hub must be stopped; it needs as much free space again meanwhile."
    )

    @OptionGroup var options: JournalOptionsGroup

    func run() async throws {
        try await options.withJournal { journal in
            let sizes = try journal.compact()
            if options.isJSON {
                try Output.json(["before": sizes.before, "after": sizes.after])
            } else {
                try Output.line("\(sizes.before) bytes before, \(sizes.after) bytes after")
            }
        }
    }
}

/// `floorbus journal export`.
struct JournalExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write events as JSON, one object a line, oldest first.",
        discussion: "A hub may be running. Payloads are base64."
    )

    @OptionGroup var options: JournalOptionsGroup

    @Option(
        help: ArgumentHelp(
            "First moment, such as 2026-03-01T09:00:00Z, or 8h ago as 8h. (default: the first)",
            valueName: "moment"
        ),
        transform: parsePast
    )
    var from: PastMoment = .at(0)

    @Option(
        name: [.customLong("to"), .customLong("until")],
        help: ArgumentHelp(
            "Moment at which it ends, itself excluded; +8h: after --from. (default: the end)",
            valueName: "moment"
        ),
        transform: parsePast
    )
    var to: PastMoment = .at(.max)

    func run() async throws {
        let now = Clocks.wallMicroseconds()
        let from = from.resolved(now: now, beginning: now)
        let to = to.resolved(now: now, beginning: from)
        try await options.withJournal { journal in
            try journal.export(from: from, to: to) { try Output.json(StoredEvent($0)) }
        }
    }
}

extension StoredEvent {
    fileprivate init(_ event: JournalEvent) {
        self.init(
            event.revision,
            key: event.key,
            hubTime: event.hubTime,
            producer: event.producer,
            sequence: event.producerSequence,
            schema: event.schema,
            payload: event.payload
        )
    }
}
