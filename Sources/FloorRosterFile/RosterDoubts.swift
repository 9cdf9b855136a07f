import FloorEvents
import FloorRoster

// What is allowed in a roster but hardly meant: names that nobody has, and names that look alike.

extension RosterReader {
    /// What may be a mistake, with its line.
    func doubts(_ roster: Roster) -> [RosterFileProblem] {
        var found: [RosterFileProblem] = []
        func add(_ list: RosterPlace.List, _ place: Int, _ field: String, _ sentence: String) {
            let line = self.line(of: RosterPlace(list, place, field))
            found.append(RosterFileProblem(line, sentence))
        }
        for (place, other) in Self.lookAlikes(roster.people.map(\.id)) {
            let line = self.line(of: RosterPlace(.people, other, "id"))
            add(.people, place, "id", Self.looksAlike("id", line))
        }
        for (place, other) in Self.lookAlikes(roster.teams.map { $0.site + "/" + $0.team }) {
            let line = self.line(of: RosterPlace(.teams, other, "team"))
            add(.teams, place, "team", Self.looksAlike("team", line))
        }
        for (place, other) in Self.lookAlikes(roster.categories.map(\.code)) {
            let line = self.line(of: RosterPlace(.categories, other, "code"))
            add(.categories, place, "code", Self.looksAlike("code", line))
        }
        for (place, alert) in roster.alerts.enumerated() {
            if let sentence = Self.unknownFigure(of: alert) {
                add(.alerts, place, "figure", sentence)
            }
            if let sentence = Self.unknownTeam(of: alert, roster) {
                add(.alerts, place, "filter", sentence)
            }
        }
        return found
    }

    private static func looksAlike(_ field: String, _ line: Int) -> String {
        "the \(field) looks like that of line \(line), but its bytes differ (letters composed and "
            + "decomposed): these are two"
    }

    /// Names whose letters are the same and whose bytes are not, each with the first of its kind.
    private static func lookAlikes(_ names: [String]) -> [(place: Int, first: Int)] {
        // Texts are equal by their letters; keys are by their bytes.
        var firsts: [String: Int] = [:]
        return names.indices.compactMap { place in
            guard let first = firsts[names[place]] else {
                firsts[names[place]] = place
                return nil
            }
            return names[first].utf8.elementsEqual(names[place].utf8) ? nil : (place, first)
        }
    }

    /// Figures that the hub computes (docs/figures.md), and those of every queue.
    private static let hubFigures = [
        "flagsOpen", "flagsPending", "flagsOldestAt", "flagsOldestMs", "timeToSeen", "timeToClaim",
        "timeToEngage", "timeToAnswer", "flagsRaised", "flagsUnanswered", "reopenRate",
        "ratingMean", "flagsPer100Calls", "zeroFlags",
    ]
    private static let queueFigures = ["waiting", "longestWaitMs"]

    private static func unknownFigure(of alert: AlertRule) -> String? {
        guard case .figure(let figure, _, _, _) = alert.measure else { return nil }
        let known = hubFigures + queueFigures
        guard !known.contains(figure.name) else { return nil }
        let parts = alert.filter.split(separator: "/", omittingEmptySubsequences: false)
        let isHubs = parts.first == "team" && parts.count > 3 && parts[3] == "flags"
        let nearest = Spelling.near(figure.name, known)
        guard isHubs || nearest != nil else { return nil }
        let hint = nearest.map { "; did you mean '\($0)'?" } ?? ""
        return "the hub computes no figure '\(figure.name)'" + hint
            + " The alert is never raised unless somebody publishes it."
    }

    private static func unknownTeam(of alert: AlertRule, _ roster: Roster) -> String? {
        let parts = alert.filter.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.first == "team", parts.count > 2, parts[1] != "+", !parts[1].isEmpty else {
            return nil
        }
        let teams = roster.teams.map { team in
            (
                FloorKey.segment(encoding: team.site), FloorKey.segment(encoding: team.team)
            )
        }
        let site = String(parts[1])
        let own = teams.filter { $0.0.exact == site.exact }
        if own.isEmpty {
            let nearest = Spelling.near(site, teams.map(\.0)).map { "; did you mean '\($0)'?" }
            return "no team of the roster is at the site '\(site)'" + (nearest ?? "")
        }
        let team = String(parts[2])
        guard !team.isEmpty, team != "+", !own.contains(where: { $0.1 == team }) else { return nil }
        let nearest = Spelling.near(team, own.map(\.1)).map { "; did you mean '\($0)'?" }
        return "the roster has no team '\(team)' at the site '\(site)'" + (nearest ?? "")
    }
}

extension Spelling {
    /// A known name that is one or two letters away: what is further was meant so.
    static func near(_ word: String, _ names: [String]) -> String? {
        names.first { $0 != word && distance(word.lowercased(), $0.lowercased()) <= 2 }
    }
}
