import ArgumentParser
import FloorBus
import FloorRosterFile

/// `floorbus roster`: looks at a roster's file.
struct RosterCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "roster",
        abstract: "Check the file that says who may do what (docs/roster.md).",
        subcommands: [RosterCheckCommand.self]
    )
}

/// `floorbus roster check`.
struct RosterCheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Show what a roster says, or everything that is wrong with it.",
        discussion: """
            Problems are on stderr as FILE:LINE: sentence, and the exit code is 65. What is \
            allowed but perhaps not meant is a warning there, and the exit code stays 0.

            Examples:
              floorbus roster check roster.yaml
              floorbus roster check roster.yaml --json
            """
    )

    @Argument(help: ArgumentHelp("The roster.", valueName: "file"))
    var file: String

    @Flag(name: .customLong("json"), help: "Write one JSON object (docs/cli.md).")
    var isJSON = false

    func run() async throws {
        try await reporting {
            do {
                let (roster, warnings) = try RosterFile.check(file)
                for warning in warnings { Output.note("warning: " + warning) }
                try show(RosterSummary(roster))
            } catch let error as RosterFileError {
                if isJSON { try Output.json(RosterProblems(error)) }
                throw error
            }
        }
    }

    private func show(_ summary: RosterSummary) throws {
        if isJSON { return try Output.json(summary) }
        for line in summary.lines { try Output.line(Output.printable(line)) }
    }
}

/// What a good roster says.
private struct RosterSummary: Encodable {
    struct Grant: Encodable {
        var role: String
        var people: Int
        var publish: [String]
        var read: [String]
    }

    struct Team: Encodable {
        var site: String
        var team: String
        var people: Int
    }

    var isGood = true
    var people: Int
    var teams: [Team]
    var categories: Int
    var reasons: Int
    var alerts: Int
    var roles: [Grant]

    init(_ roster: Roster) {
        people = roster.people.count
        categories = roster.categories.count
        reasons = roster.reasons.count
        alerts = roster.alerts.count
        roles = roster.grants.map { grant in
            Grant(
                role: grant.role.name,
                people: roster.people.count { $0.roles.contains(grant.role) },
                publish: grant.publish,
                read: grant.read
            )
        }
        var counts = Array(repeating: 0, count: roster.teams.count)
        for place in roster.people.indices {
            if let team = roster.team(of: place) { counts[team] += 1 }
        }
        teams = zip(roster.teams, counts).map { team, count in
            Team(site: team.site, team: team.team, people: count)
        }
    }

    var lines: [String] {
        var lines = ["\(people) people"]
        lines += teams.map { "team \($0.site)/\($0.team): \($0.people)" }
        lines.append("\(categories) categories, \(reasons) reasons, \(alerts) alert rules")
        for role in roles {
            lines.append("\(role.role): \(role.people)")
            lines.append("  publishes " + Self.list(role.publish))
            lines.append("  reads " + Self.list(role.read))
        }
        return lines
    }

    private static func list(_ patterns: [String]) -> String {
        patterns.isEmpty ? "nothing" : patterns.joined(separator: " ")
    }

    private enum CodingKeys: String, CodingKey {
        case isGood = "good"
        case people
        case teams
        case categories
        case reasons
        case alerts
        case roles
    }
}

/// What is wrong with a roster.
private struct RosterProblems: Encodable {
    struct Problem: Encodable {
        var line: Int
        var sentence: String
    }

    var good = false
    var problems: [Problem]

    init(_ error: RosterFileError) {
        problems = error.problems.map { Problem(line: $0.line, sentence: $0.sentence) }
    }
}
