import ArgumentParser
import FloorReports

/// `floorbus report`: what the journal says of a stretch of time.
struct ReportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Flags, supporters, agents, queues and categories of a stretch of time.",
        discussion: """
            Reads the journal of a hub's data directory; the hub may be running. Every column is \
            defined in docs/reports.md. A report of flags is about those raised in the stretch, \
            with everything that became of them since: a late rating changes the report of its day.

            Days, and the intervals of --every, are those of --zone, or of the roster's zone; \
            without either those of UTC. With a roster names stand beside ids.

            Examples:
              floorbus report flags --data /var/lib/floorbus --from 8h --by category
              floorbus report agents --data /var/lib/floorbus --from 2026-03-01T00:00:00Z \
            --to 2026-03-02T00:00:00Z --format csv
              floorbus report agents --data /var/lib/floorbus --from today --every 30min \
            --roster /etc/floorbus/roster.yaml
              floorbus report bulletin --data /var/lib/floorbus --day yesterday --team sales
            """,
        subcommands: [
            ReportFlagsCommand.self, ReportSupportersCommand.self, ReportAgentsCommand.self,
            ReportQueuesCommand.self, ReportCategoriesCommand.self, ReportBulletinCommand.self,
        ]
    )
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
        try await options.write { try $0.flags($1, by: by, every: $2) }
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
        try await options.write { try $0.supporters($1, every: $2) }
    }
}

/// `floorbus report agents`.
struct ReportAgentsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "agents",
        abstract: "Agents' time by state, AHT, occupancy, and what asking for help took of it.",
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
        try await options.write {
            hasStates ? try $0.agentStates($1, every: $2) : try $0.agents($1, every: $2)
        }
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
            try $0.queues(
                $1,
                threshold: Int64(threshold) * 1000,
                short: Int64(short) * 1000,
                every: $2
            )
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
        help: ArgumentHelp("Number of categories to show.", valueName: "count"),
        transform: parseNumber(1...10_000)
    )
    var top = 10

    func run() async throws {
        try await options.write { try $0.categories($1, top: top, every: $2) }
    }
}
