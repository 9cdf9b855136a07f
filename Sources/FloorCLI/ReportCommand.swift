import ArgumentParser
import FloorBus
import FloorHubServer
import FloorJournal
import FloorPosix
import FloorReports
import FloorRosterFile

/// `floorbus report`: what the journal says of a stretch of time.
struct ReportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Flags, supporters, agents, queues and categories of a stretch of time.",
        discussion: """
            Reads the journal of a hub's data directory; the hub may be running. Every column is \
            defined in docs/reports.md. A report of flags is about those raised in the stretch, \
            with everything that became of them since: a late rating changes the report of its day.

            Days are those of --zone, or of the roster's zone; without either those of UTC.

            Examples:
              floorbus report flags --data /var/lib/floorbus --from 8h --by category
              floorbus report agents --data /var/lib/floorbus --from 2026-03-01T00:00:00Z \
            --to 2026-03-02T00:00:00Z --format csv
            """,
        subcommands: [
            ReportFlagsCommand.self, ReportSupportersCommand.self, ReportAgentsCommand.self,
            ReportQueuesCommand.self, ReportCategoriesCommand.self,
        ]
    )
}

/// How a report is written.
enum ReportFormat: String, CaseIterable, ExpressibleByArgument, Sendable {
    case table
    case csv
    case json
}

struct ReportOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The hub's data directory.", valueName: "directory"))
    var data: String

    @Option(
        help: ArgumentHelp(
            "First moment: 2026-03-01T09:00:00Z, a day, 09:00, today, or so long ago: 8h.",
            valueName: "moment"
        ),
        transform: parsePast
    )
    var from: PastMoment

    @Option(
        help: ArgumentHelp(
            "Moment at which it ends, itself excluded; +8h: after --from.",
            valueName: "moment"
        ),
        transform: parsePast
    )
    var to: PastMoment = .ago(0)

    @Option(help: "A table for people (a choice of columns), or all columns as CSV or JSON.")
    var format = ReportFormat.table

    @Option(help: "This site alone.")
    var site: String?

    @Option(help: "This team alone; for queues, the unit of their keys.")
    var team: String?

    @Option(
        help: ArgumentHelp("Time zone of days, such as Asia/Shanghai.", valueName: "zone"),
        transform: parseZone
    )
    var zone: FloorZone?

    @Option(
        help: ArgumentHelp(
            "The roster whose zone days are of, or that of --site.",
            valueName: "file"
        )
    )
    var roster: String?

    @Flag(name: .customLong("by-day"), help: "Rows for each day of the zone.")
    var isByDay = false

    /// The zone of days, as said or as the roster has it.
    private func zoneOfDays() throws -> FloorZone {
        if let zone { return zone }
        guard let roster else { return FloorZone(minutesEast: 0) }
        let file = try RosterFile.read(roster)
        let site = Array(FloorKey.segment(encoding: self.site ?? "").utf8)
        return file.zone(ofSite: site.span) ?? FloorZone(minutesEast: 0)
    }

    /// Makes a report and writes it; what is wrong with the journal becomes a sentence.
    func write(_ body: (JournalReports, ReportPeriod) throws -> ReportTable) async throws {
        try await reporting {
            let now = Clocks.wallMicroseconds()
            let zone = try zoneOfDays()
            let from = from.resolved(now: now, beginning: now, zone: zone)
            let to = to.resolved(now: now, beginning: from, zone: zone)
            if self.from.isLocal || self.to.isLocal {
                Output.note(
                    "from \(PastMoment.shown(from, in: zone)) to \(PastMoment.shown(to, in: zone))"
                )
            }
            guard from < to else {
                throw CommandFailure(.failed, "--from is not before --to")
            }
            do {
                let reports = try JournalReports(try JournalFile(directory: data))
                let period = reports.period(from: from, to: to, site: site, team: team)
                guard isByDay else { return try write(try body(reports, period)) }
                guard let days = period.days(in: zone) else {
                    throw CommandFailure(.failed, "more than \(Limits.reportDays) days")
                }
                try write(try ReportTable.byDay(days, of: period) { try body(reports, $0) })
            } catch let error as HubServerError {
                throw CommandFailure(.failed, error.sentence)
            }
        }
    }

    private func write(_ table: ReportTable) throws {
        switch format {
        case .json: try Output.line(try table.json())
        case .csv:
            for line in table.csv { try Output.line(line) }
            for note in table.notes { Output.note(note) }
        case .table:
            let sheet = table.forPeople
            let rows = sheet.rows.map { row in row.map { Output.printable($0) } }
            for line in Output.table(sheet.headings, rows) { try Output.line(line) }
            for note in table.notes { Output.note(note) }
        }
    }
}

@Sendable func parseZone(_ text: String) throws -> FloorZone {
    do throws(ZoneError) {
        return try ZoneFile.zone(text)
    } catch {
        throw ValidationError(error.sentence)
    }
}

/// `floorbus report flags`.
struct ReportFlagsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "flags",
        abstract: "What became of the flags, and how soon, by site, team and category."
    )

    @OptionGroup var options: ReportOptions

    @Option(
        help: ArgumentHelp(
            "What makes a row: site, team, category, or several with commas; none = one row.",
            valueName: "columns"
        ),
        transform: parseGrouping
    )
    var by: Set<FlagGrouping> = Set(FlagGrouping.allCases)

    func run() async throws {
        try await options.write { try $0.flags($1, by: by) }
    }
}

@Sendable private func parseGrouping(_ text: String) throws -> Set<FlagGrouping> {
    if text == "none" { return [] }
    return Set(
        try text.split(separator: ",").map { part in
            guard let grouping = FlagGrouping(rawValue: String(part)) else {
                throw ValidationError("write site, team, category, or none")
            }
            return grouping
        }
    )
}

/// `floorbus report supporters`.
struct ReportSupportersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "supporters",
        abstract: "Claims, answers, times, ratings and verdicts of those who help."
    )

    @OptionGroup var options: ReportOptions

    func run() async throws {
        try await options.write { try $0.supporters($1) }
    }
}

/// `floorbus report agents`.
struct ReportAgentsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "agents",
        abstract: "Agents' time by state, and what asking for help took of it.",
        discussion: """
            RESTRICTED: how often one agent asks for help is nobody's business but that of those \
            who may read it; asking must carry no burden (requirement R-08). Whoever can read \
            the data directory can make this report: keep both to the few.

            help_in_handling is the handling time during which the agent waited for help: take \
            it off before comparing (R-07); handling_less_help has it taken off.
            """
    )

    @OptionGroup var options: ReportOptions

    @Flag(
        name: .customLong("states"),
        help: "A row for each state, reason and cause instead, with how often it began."
    )
    var hasStates = false

    func run() async throws {
        try await options.write { hasStates ? try $0.agentStates($1) : try $0.agents($1) }
    }
}

/// `floorbus report queues`.
struct ReportQueuesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "queues",
        abstract: "Counters and service levels by named formulas.",
        discussion: """
            Rows of source "level" repeat what the telephone system published of its queues: the \
            last counters, and each service level with its own formula, threshold and n. Rows of \
            source "calls" are computed here from the steps of single calls, where such are \
            published (schema 1001), with --threshold and --short.
            """
    )

    @OptionGroup var options: ReportOptions

    @Option(
        help: ArgumentHelp("Threshold of service levels from calls.", valueName: "seconds"),
        transform: parseNumber(0...86_400)
    )
    var threshold = 20

    @Option(
        help: ArgumentHelp("Giving up before it is a short abandon.", valueName: "seconds"),
        transform: parseNumber(0...86_400)
    )
    var short = 5

    func run() async throws {
        try await options.write {
            try $0.queues($1, threshold: Int64(threshold) * 1000, short: Int64(short) * 1000)
        }
    }
}

/// `floorbus report categories`.
struct ReportCategoriesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "categories",
        abstract: "What agents ask about most."
    )

    @OptionGroup var options: ReportOptions

    @Option(
        help: ArgumentHelp("So many categories.", valueName: "count"),
        transform: parseNumber(1...10_000)
    )
    var top = 10

    func run() async throws {
        try await options.write { try $0.categories($1, top: top) }
    }
}
