package import FloorEvents
package import FloorRoster

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
            let parts = alert.filter.split(separator: "/", omittingEmptySubsequences: false)
            // The unit of a queue's key is whatever its telephone system says.
            let known = parts.first == "team" ? parts.prefix(3) : parts.prefix(2)
            if let sentence = RosterNames(roster).doubt(parts: known) {
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
        let parts = alert.filter.split(separator: "/", omittingEmptySubsequences: false)
        let isQueues = parts.first == "queue"
        let (known, elsewhere) = isQueues ? (queueFigures, hubFigures) : (hubFigures, queueFigures)
        guard !known.contains(figure.name) else { return nil }
        let never = " The alert is never raised unless somebody publishes it."
        if elsewhere.contains(figure.name) {
            let (whose, others) = isQueues ? ("teams", "queues") : ("queues", "teams")
            return "'\(figure.name)' is a figure of \(whose), and the filter is one of \(others)."
                + never
        }
        let isHubs = parts.first == "team" && parts.count > 3 && parts[3] == "flags"
        let nearest = Spelling.near(figure.name, known)
        guard isHubs || nearest != nil else { return nil }
        let hint = nearest.map { "; did you mean '\($0)'?" } ?? "."
        return "the hub computes no figure '\(figure.name)'" + hint + never
    }
}

/// Names on command lines and in rules, beside those that a roster has.
package struct RosterNames {
    private let roster: Roster

    /// Those of a roster.
    package init(_ roster: Roster) { self.roster = roster }

    /// What a roster does not know of a key, by its class: the site; of an agent's, a flag's or a
    /// team's also the team; of an agent's the agent.
    package func doubt(of key: FloorKey) -> String? {
        let parts = key.text.split(separator: "/")
        let isOfTeam = [.agent, .flag, .team].contains(key.kind)
        if let sentence = doubt(parts: parts.prefix(isOfTeam ? 3 : 2)) { return sentence }
        let people = roster.people.map { FloorKey.segment(encoding: $0.id) }
        guard key.kind == .agent, !people.contains(where: { $0.utf8.elementsEqual(parts[3].utf8) })
        else { return nil }
        return "the roster has nobody of the name '\(parts[3])'"
            + Self.hint(String(parts[3]), people)
    }

    /// The same of a filter's or a key's first three segments, as many as there are.
    func doubt(parts: ArraySlice<Substring>) -> String? {
        guard parts.count > 1, !["+", "-", ""].contains(parts[1]) else { return nil }
        let teams = roster.teams.map { team in
            (FloorKey.segment(encoding: team.site), FloorKey.segment(encoding: team.team))
        }
        let site = String(parts[1])
        let own = teams.filter { $0.0.exact == site.exact }
        if own.isEmpty {
            return "no team of the roster is at the site '\(site)'"
                + Self.hint(site, teams.map(\.0))
        }
        guard parts.count > 2, !["+", "-", ""].contains(parts[2]) else { return nil }
        let team = String(parts[2])
        guard !own.contains(where: { $0.1.utf8.elementsEqual(team.utf8) }) else { return nil }
        return "the roster has no team '\(team)' at the site '\(site)'"
            + Self.hint(team, own.map(\.1))
    }

    private static func hint(_ name: String, _ known: [String]) -> String {
        Spelling.near(name, known).map { "; did you mean '\($0)'?" } ?? ""
    }
}

extension Spelling {
    /// A known name that is one or two letters away, and not half of the word: what is further was
    /// meant so.
    static func near(_ word: String, _ names: [String]) -> String? {
        let most = min(2, word.count / 2)
        return names.first { $0 != word && distance(word.lowercased(), $0.lowercased()) <= most }
    }
}
