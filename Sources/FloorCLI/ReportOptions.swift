import ArgumentParser
import FloorBus
import FloorHubServer
import FloorJournal
import FloorPosix
import FloorReports
import FloorRosterFile

/// How a report is written.
enum ReportFormat: String, CaseIterable, ExpressibleByArgument, Sendable {
    case table
    case csv
    case json

    /// `text` is another word for `table`.
    init?(argument: String) { self.init(rawValue: argument == "text" ? "table" : argument) }
}

/// Which journal, whose floor, and how it is written: the same for every report.
struct ReportSource: ParsableArguments {
    @Option(help: ArgumentHelp("The hub's data directory.", valueName: "directory"))
    var data: String

    @Option(
        help: ArgumentHelp(
            "A table for people (a choice of columns), or all columns as CSV or JSON. "
                + "(default: table)"
        )
    )
    var format: ReportFormat?

    @Flag(name: .customLong("json"), help: "The same as --format json.")
    var isJSON = false

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
            "The roster whose zone days are of, or that of --site, and whose names stand beside "
                + "ids.",
            valueName: "file"
        )
    )
    var roster: String?

    func validate() throws {
        if isJSON, let format, format != .json {
            throw ValidationError("--json and --format \(format.rawValue) are two formats")
        }
    }

    var written: ReportFormat { isJSON ? .json : format ?? .table }

    /// What a report takes from a roster, if there is one.
    struct Floor {
        /// The zone of days, as said or as the roster has it.
        var zone: FloorZone
        var names: ReportNames?
        var places: [JournalFile.Place] = []
    }

    func floor() throws -> Floor {
        guard let roster else { return Floor(zone: zone ?? FloorZone(minutesEast: 0)) }
        let file = try RosterFile.read(roster)
        let site = Array(FloorKey.segment(encoding: self.site ?? "").utf8)
        let names = ReportNames(
            people: file.people.map { ($0.id, $0.name) },
            categories: file.categories.map { ($0.code, $0.label) }
        )
        return Floor(
            zone: zone ?? file.zone(ofSite: site.span) ?? FloorZone(minutesEast: 0),
            names: names,
            places: file.teams.map { JournalFile.Place(site: $0.site, unit: $0.team) }
        )
    }

    /// The stretch, of the site and the team that were asked for; nobody knows others.
    func period(
        _ reports: JournalReports,
        _ floor: Floor,
        from: Int64,
        to: Int64
    ) throws -> ReportPeriod {
        let period = reports.period(from: from, to: to, site: site, team: team)
        guard let known = try reports.placesWithout(period, roster: floor.places) else {
            return period
        }
        throw CommandFailure(.failed, unknown(known))
    }

    private func unknown(_ known: [JournalFile.Place]) -> String {
        let here = known.filter { $0.site.exact == (site ?? $0.site).exact }
        var what = ""
        var near: String?
        if let team, !here.isEmpty {
            what = "no team '\(team)'" + (site.map { " at the site '\($0)'" } ?? "")
            near = Spelling.nearest(team, here.map(\.unit))
        } else {
            what = "no site '\(site ?? "")'"
            near = site.flatMap { Spelling.nearest($0, known.map(\.site)) }
        }
        let whose = roster == nil ? "the journal knows " : "roster and journal know "
        let hint = near.map { "; did you mean '\($0)'?" } ?? ""
        return Output.printable(whose + what + hint)
    }

    /// A zone as it was from a moment on: zones are made for a year back and 20 years ahead, and
    /// journals may be older.
    func zone(_ zone: FloorZone, from moment: Int64, now: Int64) throws -> FloorZone {
        guard !zone.name.isEmpty else { return zone }
        let years: Int64 = 19 * 366 * 86_400 * 1_000_000
        do throws(ZoneError) {
            return try ZoneFile.zone(zone.name, at: max(moment, now - years))
        } catch {
            throw CommandFailure(.failed, error.sentence)
        }
    }

    /// What is wrong with the journal, or is too much, becomes a sentence.
    func withReports(_ body: (JournalReports) throws -> Void) async throws {
        try await reporting {
            do {
                try body(try JournalReports(try JournalFile(directory: data)))
            } catch let error as HubServerError {
                throw CommandFailure(.failed, error.sentence)
            } catch let error as ReportError {
                throw CommandFailure(.failed, error.sentence)
            }
        }
    }

    /// Tells which moments of a zone were meant.
    func tell(_ from: Int64, _ to: Int64, in zone: FloorZone) {
        Output.note("from \(PastMoment.shown(from, in: zone)) to \(PastMoment.shown(to, in: zone))")
    }

    /// Writes a table for people.
    func write(people table: ReportTable) throws {
        let sheet = table.forPeople
        let rows = sheet.rows.map { row in row.map { Output.printable($0) } }
        for line in Output.table(sheet.headings, rows) { try Output.line(line) }
    }
}

struct ReportOptions: ParsableArguments {
    @OptionGroup var source: ReportSource

    @Option(
        help: ArgumentHelp(
            "First moment: 2026-03-01T09:00:00Z, a day, 09:00, today, or so long ago: 8h.",
            valueName: "moment"
        ),
        transform: parsePast
    )
    var from: PastMoment

    @Option(
        name: [.customLong("to"), .customLong("until")],
        help: ArgumentHelp(
            "Moment at which it ends, itself excluded; +8h: after --from.",
            valueName: "moment"
        ),
        transform: parsePast
    )
    var to: PastMoment = .ago(0)

    @Option(
        help: ArgumentHelp(
            "Rows for each 15min, 30min, 1h or 1d of the zone's clocks.",
            valueName: "interval"
        ),
        transform: parseStep
    )
    var every: ReportStep?

    @Flag(name: .customLong("by-day"), help: "The same as --every 1d.")
    var isByDay = false

    func validate() throws {
        if isByDay, let every, every != .day {
            throw ValidationError("--by-day and --every \(every.rawValue) are two intervals")
        }
    }

    /// Makes a report and writes it.
    func write(
        _ body: (JournalReports, ReportPeriod, ReportIntervals?) throws -> ReportTable
    ) async throws {
        try await source.withReports { reports in
            let now = Clocks.wallMicroseconds()
            let floor = try source.floor()
            let around = from.resolved(now: now, beginning: now, zone: floor.zone)
            let zone = try source.zone(floor.zone, from: around, now: now)
            let from = from.resolved(now: now, beginning: now, zone: zone)
            let to = to.resolved(now: now, beginning: from, zone: zone)
            if self.from.isLocal || self.to.isLocal { source.tell(from, to, in: zone) }
            guard from < to else {
                throw CommandFailure(.failed, "--from is not before --to")
            }
            let period = try source.period(reports, floor, from: from, to: to)
            let step = isByDay ? .day : every
            let intervals = try step.map { try period.intervals($0, in: zone) }
            let table = try body(reports, period, intervals)
            try write(floor.names.map { table.named(by: $0) } ?? table)
        }
    }

    private func write(_ table: ReportTable) throws {
        switch source.written {
        case .json: return try Output.line(try table.json())
        case .csv: for line in table.csv { try Output.line(line) }
        case .table: try source.write(people: table)
        }
        for note in table.notes { Output.note(note) }
    }
}

@Sendable private func parseStep(_ text: String) throws -> ReportStep {
    guard let step = ReportStep(rawValue: text) else {
        let steps = ReportStep.allCases.map(\.rawValue).joined(separator: ", ")
        throw ValidationError("'\(text)' is no interval: write one of \(steps)")
    }
    return step
}

@Sendable func parseZone(_ text: String) throws -> FloorZone {
    do throws(ZoneError) {
        return try ZoneFile.zone(text)
    } catch {
        throw ValidationError(error.sentence)
    }
}
