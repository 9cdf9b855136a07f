import FloorEvents
import FloorRoster
import Yams

/// From YAML's nodes to a roster's lists, with the lines of everything for what is found later.
struct RosterReader {
    private(set) var problems: [RosterFileProblem] = []

    private var people: [RosterPerson] = []
    private var teams: [RosterTeam] = []
    private var times = FlagTimes()
    private var categories: [RosterCategory] = []
    private var reasons: [RosterReason] = []
    private var grants: [RosterGrant] = []
    private var alerts: [AlertRule] = []
    private var sites: [RosterSite] = []
    private var zone: FloorZone?
    /// Zones that were worked out, by name: many sites have the same one.
    var zones: [String: FloorZone] = [:]

    /// Where each list's entries and their fields stand.
    private var lines: [RosterPlace.List: [EntryLines]] = [:]

    private struct EntryLines {
        var line: Int
        var fields: [String: Int]
    }

    /// The roster of what was read.
    ///
    /// - Throws: `RosterError`, to be given to `note`.
    func roster() throws(RosterError) -> Roster {
        try Roster(
            people: people,
            teams: teams,
            times: times,
            categories: categories,
            reasons: reasons,
            grants: grants,
            alerts: alerts,
            sites: sites,
            zone: zone
        )
    }

    /// Adds what the roster's own rules have found, with its lines; not of an entry in which
    /// something was found when it was read, for it may only follow from that.
    mutating func note(_ error: RosterError) {
        let known = problems.map(\.line)
        problems += error.problems.filter { problem in
            guard let lines = lines(of: problem.place) else { return known.isEmpty }
            return !known.contains { lines.contains($0) }
        }.map { found($0) }
    }

    /// The lines of an entry; nil if it is in no list.
    private func lines(of place: RosterPlace) -> ClosedRange<Int>? {
        let entries = lines[place.list] ?? []
        guard place.index < entries.count else { return nil }
        let entry = entries[place.index]
        return entry.line...max(entry.line, entry.fields.values.max() ?? 0)
    }

    /// Something that a rule has found, with its line.
    func found(_ problem: RosterProblem) -> RosterFileProblem {
        let meant = nameNear(problem.rule).map { "; did you mean '\($0)'?" } ?? ""
        return RosterFileProblem(line(of: problem.place), problem.sentence + meant)
    }

    /// The name of the file that may have been meant by one that is not in it.
    private func nameNear(_ rule: RosterRule) -> String? {
        let teams = teams.map { $0.site + "/" + $0.team }
        switch rule {
        case .unknownTeam(_, let team): return Spelling.near(team, teams)
        case .unknownSite(_, let site), .siteWithoutTeam(let site):
            return Spelling.near(site, self.teams.map(\.site))
        case .unknownManager(_, let manager): return Spelling.near(manager, people.map(\.id))
        case .unknownParent(_, let code), .unknownCategory(_, let code):
            return Spelling.near(code, categories.map(\.code))
        case .unknownAudience(_, let name):
            return Spelling.near(name, teams + self.teams.map(\.site) + people.map(\.id))
        default: return nil
        }
    }

    /// The line of a field, or of its entry; 0 if it is in no list.
    func line(of place: RosterPlace) -> Int {
        let entries = lines[place.list] ?? []
        guard place.index < entries.count else { return 0 }
        let entry = entries[place.index]
        return entry.fields[place.field] ?? entry.line
    }

    mutating func add(_ problem: RosterFileProblem) { problems.append(problem) }

    // MARK: the lists

    /// Reads the whole file.
    mutating func read(_ root: Node) {
        let lists = [
            "people", "teams", "times", "categories", "reasons", "grants", "alerts", "zone",
            "sites",
        ]
        guard var fields = fields(of: root, "the roster", lists) else { return }
        if let node = fields.take("times") {
            times = readTimes(node)
            noteLines(.times, node)
        }
        zone = fields.take("zone").flatMap { readZone($0) }
        for node in entries(fields.take("sites"), "sites") { readSite(node) }
        for node in entries(fields.take("teams"), "teams") { readTeam(node) }
        for node in entries(fields.take("people"), "people") { readPerson(node) }
        for node in entries(fields.take("categories"), "categories") { readCategory(node) }
        for node in entries(fields.take("reasons"), "reasons") { readReason(node) }
        if let node = fields.take("grants") { readGrants(node) }
        for node in entries(fields.take("alerts"), "alerts") { readAlert(node) }
    }

    private mutating func readPerson(_ node: Node) {
        let names = ["id", "name", "roles", "site", "team", "seat", "manager"]
        guard var fields = fields(of: node, "a person", names) else { return }
        var person = RosterPerson(need(&fields, "id", "a person", node), roles: [])
        person.name = text(fields.take("name"), "name")
        person.roles = fields.take("roles").map { readRoles($0) } ?? []
        person.site = text(fields.take("site"), "site")
        person.team = text(fields.take("team"), "team")
        person.seat = text(fields.take("seat"), "seat")
        person.manager = text(fields.take("manager"), "manager")
        noteLines(.people, node)
        people.append(person)
    }

    private mutating func readTeam(_ node: Node) {
        guard var fields = fields(of: node, "a team", ["site", "team", "times"]) else { return }
        noteLines(.teams, node)
        var team = RosterTeam(
            site: need(&fields, "site", "a team", node),
            team: need(&fields, "team", "a team", node)
        )
        if let node = fields.take("times") {
            team.times = readTimes(node)
            // Its own fields' lines, for what the roster says of the times.
            for (name, line) in fieldLines(node) {
                lines[.teams]?[teams.count].fields[name] = line
            }
        }
        teams.append(team)
    }

    private mutating func readSite(_ node: Node) {
        guard var fields = fields(of: node, "a site", ["site", "zone"]) else { return }
        noteLines(.sites, node)
        var site = RosterSite(need(&fields, "site", "a site", node))
        site.zone = fields.take("zone").flatMap { readZone($0) }
        sites.append(site)
    }

    private mutating func readTimes(_ node: Node) -> FlagTimes {
        var result = times
        let places: [(String, WritableKeyPath<FlagTimes, UInt32>)] = [
            ("lease", \.lease), ("engage", \.engage), ("escalate", \.escalate),
            ("unanswered", \.unanswered), ("autoClose", \.autoClose), ("reopen", \.reopen),
            ("keep", \.keep),
        ]
        guard var fields = fields(of: node, "the times", places.map(\.0)) else { return result }
        for (name, path) in places {
            guard let node = fields.take(name) else { continue }
            let written = text(node, name)
            guard let time = milliseconds(written) else {
                add(node, "\(name) is a time with its unit: 500ms, 15s, 10min, 4h or 1d")
                continue
            }
            result[keyPath: path] = time
        }
        return result
    }

    private mutating func readCategory(_ node: Node) {
        let names = ["code", "label", "parent", "answer"]
        guard var fields = fields(of: node, "a category", names) else { return }
        noteLines(.categories, node)
        var category = RosterCategory(need(&fields, "code", "a category", node))
        category.label = text(fields.take("label"), "label")
        category.parent = text(fields.take("parent"), "parent")
        category.answer = text(fields.take("answer"), "answer")
        categories.append(category)
    }

    private mutating func readReason(_ node: Node) {
        guard var fields = fields(of: node, "a reason", ["code", "label", "class"]) else { return }
        var reason = RosterReason(0, label: "", .other)
        if let node = fields.take("code") {
            guard let code: UInt16 = number(node, "code") else { return }
            reason.code = code
        } else {
            add(node, "a reason needs a code")
        }
        reason.label = text(fields.take("label"), "label")
        if let node = fields.take("class") {
            reason.reasonClass = named(node, "class") ?? .other
        }
        noteLines(.reasons, node)
        reasons.append(reason)
    }

    private mutating func readGrants(_ node: Node) {
        let roles = Roles.each.map(\.name)
        guard var fields = fields(of: node, "the grants", roles) else { return }
        for role in Roles.each {
            guard let node = fields.take(role.name) else { continue }
            let names = ["publish", "read"]
            guard var inner = self.fields(of: node, "a grant", names) else { continue }
            noteLines(.grants, node)
            grants.append(
                RosterGrant(
                    role,
                    publish: texts(inner.take("publish"), "publish"),
                    read: texts(inner.take("read"), "read")
                )
            )
        }
    }

    // MARK: alerts

    private mutating func readAlert(_ node: Node) {
        let names = [
            "name", "filter", "figure", "formula", "window", "n", "above", "below", "clear",
            "flagStorm", "severity", "audience",
        ]
        guard var fields = fields(of: node, "an alert", names) else { return }
        let name = need(&fields, "name", "an alert", node)
        let filter = need(&fields, "filter", "an alert", node)
        guard let measure = readMeasure(&fields, node) else { return }
        var rule = AlertRule(name, filter: filter, measure)
        if let node = fields.take("severity") {
            rule.severity = named(node, "severity") ?? .warning
        }
        if let node = fields.take("audience") { rule.audience = readAudience(node) }
        noteLines(.alerts, node)
        alerts.append(rule)
    }

    private mutating func readMeasure(_ fields: inout Fields, _ node: Node) -> AlertMeasure? {
        let figure = fields.take("figure")
        let storm = fields.take("flagStorm")
        let (above, below) = (fields.take("above"), fields.take("below"))
        let clear = fields.take("clear")
        let (formula, window) = (fields.take("formula"), fields.take("window"))
        let least = fields.take("n")
        if let storm {
            let others = [figure, above, below, clear, formula, window, least]
            guard others.allSatisfy({ $0 == nil }) else {
                add(node, "an alert has a figure or a flagStorm, not both")
                return nil
            }
            return readStorm(storm)
        }
        guard let figure else {
            add(node, "an alert needs a figure or a flagStorm")
            return nil
        }
        guard (above == nil) != (below == nil), let limit = above ?? below else {
            add(node, "an alert on a figure needs either above or below")
            return nil
        }
        guard let threshold: Int64 = number(limit, above == nil ? "below" : "above") else {
            return nil
        }
        var quiet = threshold
        if let clear {
            guard let number: Int64 = number(clear, "clear") else { return nil }
            quiet = number
        }
        let comparison = above == nil ? AlertComparison.below : .above
        var looked = AlertFigure(text(figure, "figure"))
        looked.formula = formula.flatMap { named($0, "formula") }
        looked.window = window.flatMap { named($0, "window") }
        looked.leastN = least.flatMap { number($0, "n") }
        return .figure(looked, comparison, threshold: threshold, clear: quiet)
    }

    private mutating func readStorm(_ node: Node) -> AlertMeasure? {
        let names = ["category", "count", "seconds"]
        guard var fields = fields(of: node, "a flagStorm", names) else { return nil }
        let category = need(&fields, "category", "a flagStorm", node)
        guard let countNode = fields.take("count"), let secondsNode = fields.take("seconds") else {
            add(node, "a flagStorm needs category, count and seconds")
            return nil
        }
        guard let count: UInt32 = number(countNode, "count"),
            let seconds: UInt32 = number(secondsNode, "seconds")
        else { return nil }
        return .flagStorm(category: category, count: count, seconds: seconds)
    }

    private mutating func readAudience(_ node: Node) -> RosterAudience {
        let names = ["site", "team", "roles", "person"]
        guard var fields = fields(of: node, "an audience", names) else { return RosterAudience() }
        return RosterAudience(
            site: text(fields.take("site"), "site"),
            team: text(fields.take("team"), "team"),
            roles: fields.take("roles").map { readRoles($0) } ?? [],
            person: text(fields.take("person"), "person")
        )
    }

    // MARK: lines

    private mutating func noteLines(_ list: RosterPlace.List, _ node: Node) {
        lines[list, default: []].append(EntryLines(line: line(of: node), fields: fieldLines(node)))
    }

    private func fieldLines(_ node: Node) -> [String: Int] {
        var fields: [String: Int] = [:]
        for (key, value) in node.mapping ?? [:] {
            fields[key.scalar?.string ?? ""] = line(of: value)
        }
        return fields
    }
}
