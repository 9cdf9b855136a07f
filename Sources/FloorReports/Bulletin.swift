import FloorEvents
import Foundation

/// `floorbus report bulletin`: one day of a floor, a site or a team on a page.
///
/// It is for everybody to read: there are figures of teams, categories and queues in it, and none
/// of a person.
public struct Bulletin: Sendable {
    /// The day, as 2026-03-01.
    public var day: String
    /// The zone whose day it is.
    public var zone: String
    /// The stretch: the day, or as much of it as is over.
    public var period: ReportPeriod
    /// What the reader must know of these numbers, a sentence each.
    public var notes: [String]
    /// The tables `teams`, `categories` and `queues`.
    public var sections: [ReportTable]

    /// One JSON object: `report`, `day`, `zone`, `site`, `team`, `from_us`, `to_us`, `notes`, and
    /// the rows of each section under its name.
    ///
    /// - Throws: what `JSONEncoder` throws, which it does not for these values.
    public func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(Page(bulletin: self)), as: UTF8.self)
    }

    private struct Page: Encodable {
        var bulletin: Bulletin

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: Name.self)
            try container.encode("bulletin", forKey: Name("report"))
            try container.encode(bulletin.day, forKey: Name("day"))
            try container.encode(bulletin.zone, forKey: Name("zone"))
            try container.encode(bulletin.period.site, forKey: Name("site"))
            try container.encode(bulletin.period.team, forKey: Name("team"))
            try container.encode(bulletin.period.from, forKey: Name("from_us"))
            try container.encode(bulletin.period.to, forKey: Name("to_us"))
            try container.encode(bulletin.notes, forKey: Name("notes"))
            for section in bulletin.sections {
                try container.encode(section.objects, forKey: Name(section.name))
            }
        }
    }

    private struct Name: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }

        init(_ name: String) { stringValue = name }
        init?(stringValue name: String) { stringValue = name }
        init?(intValue: Int) { nil }
    }

    /// RFC 4180 lines, one figure each, the names of the columns first.
    public var csv: [String] {
        let labels = ["site", "team", "subject", "label", "formula"]
        var table = ReportTable("bulletin", period, [])
        table.columns =
            [ReportColumn("section", .text)] + labels.map { ReportColumn($0, .text) }
            + [ReportColumn("figure", .text), ReportColumn("value")]
        let places = ["unit": "team", "category": "subject", "queue": "subject"]
        for section in sections {
            for row in section.rows {
                var texts: [String: ReportValue] = [:]
                for (column, value) in zip(section.columns, row) where column.unit == .text {
                    let isLabel = column.name == "category_label"
                    texts[isLabel ? "label" : places[column.name] ?? column.name] = value
                }
                let front = labels.map { texts[$0] ?? .text("") }
                for (column, value) in zip(section.columns, row) where column.unit != .text {
                    let figure: [ReportValue] = [.text(column.name), value]
                    table.rows.append([.text(section.name)] + front + figure)
                }
            }
        }
        return table.csv
    }
}

extension JournalReports {
    /// A day's bulletin.
    ///
    /// - Parameters:
    ///   - day: its date, for the heading.
    ///   - zone: whose day, for the heading.
    ///   - period: the day, of a site or team if it is of one.
    ///   - names: labels of categories.
    /// - Returns: the bulletin.
    /// - Throws: `HubServerError.journal`.
    public func bulletin(
        of day: String,
        zone: String,
        _ period: ReportPeriod,
        names: ReportNames
    ) throws -> Bulletin {
        let stories = try stories(period)
        let asked = AskedTimes(stories)
        let (times, _) = try times(period) { ReportTable("", $0.period, []) }
        let queues = try queues(period, threshold: 20_000, short: 5000)
        let top = CategoriesReport.table(stories, top: Limits.topCategories).named(by: names)
        let sections = [
            TeamsTable.table(stories, asked, times),
            top.choosing(
                "categories",
                [
                    "rank", "category", "category_label", "raised", "share_permille", "answered",
                    "unanswered", "reopened", "with_standard_answer", "prevented", "answer_n",
                    "answer_p50_ms", "answer_p90_ms",
                ]
            ),
            queues.choosing(
                "queues",
                [
                    "source", "site", "unit", "queue", "offered", "answered", "abandoned",
                    "waiting_max", "formula", "threshold_ms", "service_level_permille",
                    "service_level_n",
                ]
            ),
        ]
        var notes = noted(sections[0], stories: stories).notes
        notes += noted(sections[0], unreadableChanges: times.unreadable).notes
        notes += queues.notes.filter { !notes.contains($0) }
        // Each section that is empty says so by itself.
        if sections.contains(where: { !$0.rows.isEmpty }) {
            notes.removeAll { $0 == Self.nothingKnown }
        }
        return Bulletin(day: day, zone: zone, period: period, notes: notes, sections: sections)
    }
}

extension ReportTable {
    /// Some columns, under another name, all of them for people.
    func choosing(_ name: String, _ columns: [String]) -> ReportTable {
        var table = self
        let places = columns.compactMap { name in
            self.columns.firstIndex { $0.name == name }
        }
        table.name = name
        table.notes = []
        table.columns = places.map {
            ReportColumn(self.columns[$0].name, self.columns[$0].unit)
        }
        table.rows = rows.map { row in places.map { row[$0] } }
        return table
    }
}

/// The bulletin's figures of teams.
enum TeamsTable {
    private static let flagColumns = [
        "raised", "answered", "unanswered", "cancelled", "reopened_permille", "rating_n",
        "rating_mean_hundredths", "claim_n", "claim_p50_ms", "claim_p90_ms", "answer_n",
        "answer_p50_ms", "answer_p90_ms",
    ]

    private static let workColumns = [
        ReportColumn("agents"), ReportColumn("contacts"), ReportColumn("aht_ms", .milliseconds),
        ReportColumn("aht_less_help_ms", .milliseconds),
        ReportColumn("occupancy_permille", .permille),
        ReportColumn("occupancy_available_permille", .permille),
        ReportColumn("help_ms", .milliseconds), ReportColumn("unsure_ms", .milliseconds),
    ]

    private struct Team {
        var agents: Int64 = 0
        var work = WorkTime()
        var help: Int64 = 0

        var cells: [ReportValue] {
            [
                .number(agents), .number(work.contacts), work.averageHandling,
                work.averageHandlingLessHelp, work.occupancy, work.occupancyOfAvailable,
                .number(Spread.milliseconds(help)), .number(Spread.milliseconds(work.unsure)),
            ]
        }
    }

    /// A row for each team that had a flag or an agent who was on.
    static func table(
        _ stories: FlagStories,
        _ asked: AskedTimes,
        _ times: AgentsTimes
    ) -> ReportTable {
        let flags = FlagsReport.table(stories, by: [.site, .team])
            .choosing("teams", ["site", "team"] + flagColumns)
        var rows: [ExactNames: [ReportValue]] = [:]
        for row in flags.rows {
            guard case .text(let site) = row[0], case .text(let team) = row[1] else { continue }
            rows[ExactNames([site, team])] = Array(row.dropFirst(2))
        }
        let own = asked.own(in: times.period)
        var teams: [ExactNames: Team] = [:]
        for (agent, asked) in own {
            let name = ExactNames([agent.site, agent.team])
            var team = teams[name] ?? Team()
            team.help = team.help.clampedSum(asked.waiting.total)
            teams[name] = team
        }
        for (agent, agentTimes) in times.all {
            var work = WorkTime()
            work.add(agentTimes, own[agent]?.waiting ?? Stretches())
            guard work.on > 0 else { continue }
            let name = ExactNames([agent.site, agent.team])
            teams[name, default: Team()].agents += 1
            teams[name]?.work.add(agentTimes, own[agent]?.waiting ?? Stretches())
        }
        var table = ReportTable("teams", times.period, flags.columns + workColumns)
        for name in Set(rows.keys).union(teams.keys).sorted() {
            let front = rows[name] ?? FlagsReport.none(flagColumns)
            table.rows.append(
                name.texts.map { .text($0) } + front + (teams[name] ?? Team()).cells
            )
        }
        return table
    }
}
