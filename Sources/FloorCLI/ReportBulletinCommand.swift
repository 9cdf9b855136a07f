import ArgumentParser
import FloorBus
import FloorPosix
import FloorReports

/// `floorbus report bulletin`.
struct ReportBulletinCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bulletin",
        abstract: "One day of a floor, a site or a team: flags, work, categories, queues.",
        discussion: """
            It is for everybody to read: it has figures of teams, categories and queues, and none \
            of a person. Today's ends now.

            Example:
              floorbus report bulletin --data /var/lib/floorbus --day yesterday --site bj \
            --team sales --roster /etc/floorbus/roster.yaml
            """
    )

    @OptionGroup var source: ReportSource

    @Option(
        help: ArgumentHelp(
            "The day of the zone: 2026-03-01, today or yesterday. (default: yesterday)",
            valueName: "day"
        ),
        transform: parseDay
    )
    var day: PastMoment = .daysBack(1)

    func run() async throws {
        try await source.withReports { reports in
            let now = Clocks.wallMicroseconds()
            let floor = try source.floor()
            let around = day.resolved(now: now, beginning: now, zone: floor.zone)
            let zone = try source.zone(floor.zone, from: around, now: now)
            let from = day.resolved(now: now, beginning: now, zone: zone)
            let to = min(zone.endOfDay(at: from), now)
            guard from < to else { throw CommandFailure(.failed, "that day has not begun") }
            if source.written != .json { source.tell(from, to, in: zone) }
            let period = try source.period(reports, floor, from: from, to: to)
            try write(
                try reports.bulletin(
                    of: try period.intervals(.day, in: zone).list[0].label,
                    zone: zone.name.isEmpty ? "UTC" : zone.name,
                    period,
                    names: floor.names ?? ReportNames(people: [])
                )
            )
        }
    }

    private func write(_ bulletin: Bulletin) throws {
        switch source.written {
        case .json: return try Output.line(try bulletin.json())
        case .csv: for line in bulletin.csv { try Output.line(line) }
        case .table:
            let place = [source.site, source.team].compactMap { $0 }.joined(separator: "/")
            let whose = place.isEmpty ? "the floor" : Output.printable(place)
            try Output.line("bulletin of \(bulletin.day), \(whose), \(bulletin.zone)")
            for section in bulletin.sections {
                try Output.line("")
                try Output.line(section.name + (section.rows.isEmpty ? ": none" : ""))
                if !section.rows.isEmpty { try source.write(people: section) }
            }
        }
        for note in bulletin.notes { Output.note(note) }
    }
}

/// A day as `parsePast` reads it.
@Sendable private func parseDay(_ text: String) throws -> PastMoment {
    let moment = try parsePast(text)
    switch moment {
    case .day, .daysBack: return moment
    case .at, .ago, .later, .local, .timeOfDay:
        throw ValidationError("'\(text)' is no day: write 2026-03-01, today or yesterday")
    }
}
