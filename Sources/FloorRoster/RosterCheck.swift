import FloorEvents

extension RosterLists {
    /// Lists longer than they may be.
    var sizeProblems: [RosterProblem] {
        let sizes: [(RosterPlace.List, String, Int, Int)] = [
            (.people, "people", people.count, Limits.rosterPeople),
            (.teams, "teams", teams.count, Limits.rosterTeams),
            (.sites, "sites", sites.count, Limits.rosterTeams),
            (.categories, "categories", categories.count, Limits.rosterCategories),
            (.reasons, "reasons", reasons.count, Limits.rosterReasons),
            (.grants, "grants", grants.count, Roles.each.count),
            (.alerts, "alert rules", alerts.count, Limits.alertRules),
        ]
        return sizes.filter { $0.2 > $0.3 }.map { list, name, _, limit in
            RosterProblem(RosterPlace(list), .tooMany(list: name, limit: limit))
        }
    }
}

/// Looks for everything that is wrong with a roster's lists.
struct RosterCheck {
    private let lists: RosterLists
    private let index: RosterIndex
    private(set) var problems: [RosterProblem] = []
    /// What is no problem, but perhaps not meant.
    private(set) var warnings: [RosterProblem] = []

    init(_ lists: RosterLists, _ index: RosterIndex) {
        self.lists = lists
        self.index = index
    }

    /// Checks everything; returns the patterns of all roles, read.
    mutating func run() -> [RolePatterns] {
        checkPeople()
        checkTeams()
        checkSites()
        checkCategories()
        checkReasons()
        let patterns = checkGrants()
        checkAlerts()
        return patterns
    }

    private mutating func add(
        _ rule: RosterRule,
        _ list: RosterPlace.List,
        _ place: Int = 0,
        _ field: String = ""
    ) {
        problems.append(RosterProblem(RosterPlace(list, place, field), rule))
    }

    private mutating func check(
        _ text: String,
        _ limit: Int,
        of entry: String,
        _ list: RosterPlace.List,
        _ place: Int,
        _ field: String
    ) {
        guard text.utf8.count > limit else { return }
        add(.tooLong(entry: entry, field: field, limit: limit), list, place, field)
    }

    /// Control characters steer terminals, and nobody types them.
    ///
    /// A text of several lines may have line ends and tabs.
    private mutating func checkCharacters(
        _ text: String,
        of entry: String,
        _ list: RosterPlace.List,
        _ place: Int,
        _ field: String,
        mayHaveLines: Bool = false
    ) {
        let isOdd = text.unicodeScalars.contains { scalar in
            scalar.isControl && !(mayHaveLines && (scalar == "\n" || scalar == "\t"))
        }
        if isOdd { add(.controlCharacter(entry: entry, field: field), list, place, field) }
    }

    // MARK: people and teams

    private mutating func checkPeople() {
        let sites = NameIndex(lists.teams.map { RosterIndex.segment($0.site) })
        for (place, person) in lists.people.enumerated() {
            let id = person.id
            if !isName(index.segments[place]) { add(.badPersonID(id), .people, place, "id") }
            checkCharacters(id, of: id, .people, place, "id")
            checkCharacters(person.name, of: id, .people, place, "name")
            checkCharacters(person.seat, of: id, .people, place, "seat")
            check(person.name, Limits.nameBytes, of: id, .people, place, "name")
            check(person.seat, Limits.shortTextBytes, of: id, .people, place, "seat")
            if person.roles.isEmpty { add(.noRole(person: id), .people, place, "roles") }
            if person.roles.rawValue >= 1 << UInt32(Roles.each.count) {
                add(.unknownRole(person: id), .people, place, "roles")
            }
            if !person.team.isEmpty, index.teamOf[place] < 0 {
                let team = person.site + "/" + person.team
                add(.unknownTeam(person: id, team: team), .people, place, "team")
            } else if !person.site.isEmpty, sites.find(index.sites[place]) == nil {
                add(.unknownSite(person: id, site: person.site), .people, place, "site")
            }
            if !person.manager.isEmpty, index.managers[place] < 0 {
                let rule = RosterRule.unknownManager(person: id, manager: person.manager)
                add(rule, .people, place, "manager")
            }
        }
        for place in index.people.duplicates where isName(index.segments[place]) {
            add(.duplicatePerson(lists.people[place].id), .people, place, "id")
        }
        let chains = ChainCheck(index.managers)
        for circle in chains.circles {
            let ids = circle.map { lists.people[$0].id }
            add(.managementCycle(ids), .people, circle[0], "manager")
        }
        for place in chains.tooDeep {
            add(.tooManyManagers(person: lists.people[place].id), .people, place, "manager")
        }
    }

    private mutating func checkTeams() {
        for (place, team) in lists.teams.enumerated() {
            if !isName(RosterIndex.segment(team.site)) || !isName(RosterIndex.segment(team.team)) {
                add(.badTeam(team.site + "/" + team.team), .teams, place)
            }
            let name = team.site + "/" + team.team
            checkCharacters(team.site, of: name, .teams, place, "site")
            checkCharacters(team.team, of: name, .teams, place, "team")
            if let times = team.times { checkTimes(times, .teams, place) }
        }
        for place in index.teams.duplicates {
            let team = lists.teams[place]
            add(.duplicateTeam(team.site + "/" + team.team), .teams, place)
        }
        checkTimes(lists.times, .times, 0)
    }

    private mutating func checkSites() {
        let known = NameIndex(lists.teams.map { RosterIndex.segment($0.site) })
        let names = NameIndex(lists.sites.map { RosterIndex.segment($0.site) })
        for (place, site) in lists.sites.enumerated()
        where known.find(RosterIndex.segment(site.site)) == nil {
            add(.siteWithoutTeam(site.site), .sites, place, "site")
        }
        for place in names.duplicates {
            add(.duplicateSite(lists.sites[place].site), .sites, place, "site")
        }
    }

    private mutating func checkTimes(
        _ times: FlagTimes,
        _ list: RosterPlace.List,
        _ place: Int
    ) {
        for (name, time) in times.named
        where time == 0 || time > Limits.flagTimeMilliseconds {
            add(.badTime(name: name), list, place, name)
        }
    }

    // MARK: the catalogue

    private mutating func checkCategories() {
        for (place, category) in lists.categories.enumerated() {
            let code = category.code
            if !isName(RosterIndex.segment(code)) || code.utf8.count > Limits.categoryBytes {
                add(.badCategory(code), .categories, place, "code")
            }
            checkCharacters(code, of: code, .categories, place, "code")
            checkCharacters(category.label, of: code, .categories, place, "label")
            checkCharacters(
                category.answer,
                of: code,
                .categories,
                place,
                "answer",
                mayHaveLines: true
            )
            if !category.parent.isEmpty, index.categoryParents[place] < 0 {
                let rule = RosterRule.unknownParent(category: code, parent: category.parent)
                add(rule, .categories, place, "parent")
            }
            check(category.label, Limits.reasonBytes, of: code, .categories, place, "label")
            check(category.answer, Limits.answerBytes, of: code, .categories, place, "answer")
        }
        for place in index.categories.duplicates {
            add(.duplicateCategory(lists.categories[place].code), .categories, place, "code")
        }
        let chains = ChainCheck(index.categoryParents)
        for circle in chains.circles {
            let codes = circle.map { lists.categories[$0].code }
            add(.categoryCycle(codes), .categories, circle[0], "parent")
        }
        for place in chains.tooDeep {
            let code = lists.categories[place].code
            add(.tooManyParents(category: code), .categories, place, "parent")
        }
    }

    private mutating func checkReasons() {
        var known: Set<UInt16> = []
        for (place, reason) in lists.reasons.enumerated() {
            if reason.code == 0 { add(.badReason(0), .reasons, place, "code") }
            if !known.insert(reason.code).inserted {
                add(.duplicateReason(reason.code), .reasons, place, "code")
            }
            let name = "\(reason.code)"
            checkCharacters(reason.label, of: name, .reasons, place, "label")
            check(reason.label, Limits.reasonBytes, of: name, .reasons, place, "label")
        }
    }

    // MARK: grants

    private mutating func checkGrants() -> [RolePatterns] {
        var named: Roles = []
        var patterns: [RolePatterns] = []
        for (place, grant) in lists.grants.enumerated() {
            if grant.role.name.isEmpty {
                add(.grantOfNoRole, .grants, place)
            } else if named.contains(grant.role) {
                add(.duplicateGrant(role: grant.role.name), .grants, place)
            }
            named.formUnion(grant.role)
            patterns.append(read(grant, place))
        }
        for role in Roles.each where !named.contains(role) {
            patterns.append(read(.standard(role), 0))
        }
        return patterns
    }

    private mutating func read(_ grant: RosterGrant, _ place: Int) -> RolePatterns {
        RolePatterns(
            role: grant.role,
            publish: read(grant.publish, of: grant.role, place, "publish"),
            read: read(grant.read, of: grant.role, place, "read")
        )
    }

    private mutating func read(
        _ texts: [String],
        of role: Roles,
        _ place: Int,
        _ field: String
    ) -> [GrantPattern] {
        if texts.count > Limits.grantPatterns {
            let list = "patterns to " + field + " for role " + role.name
            add(.tooMany(list: list, limit: Limits.grantPatterns), .grants, place, field)
        }
        var patterns: [GrantPattern] = []
        for text in texts.prefix(Limits.grantPatterns) {
            do throws(KeyError) {
                patterns.append(try GrantPattern(text))
            } catch {
                let rule = RosterRule.badPattern(role: role.name, pattern: text, error)
                add(rule, .grants, place, field)
            }
        }
        return patterns
    }

    // MARK: alerts

    private mutating func checkAlerts() {
        let names = NameIndex(lists.alerts.map { RosterIndex.segment($0.name) })
        for (place, alert) in lists.alerts.enumerated() {
            if !isName(RosterIndex.segment(alert.name)) {
                add(.badAlertName(alert.name), .alerts, place, "name")
            }
            checkCharacters(alert.name, of: alert.name, .alerts, place, "name")
            checkFilter(of: alert, place)
            checkMeasure(of: alert, place)
            checkAudience(of: alert, place)
        }
        for place in names.duplicates {
            add(.duplicateAlert(lists.alerts[place].name), .alerts, place, "name")
        }
    }

    private mutating func checkFilter(of alert: AlertRule, _ place: Int) {
        do throws(KeyError) {
            let filter = try KeyFilter(alert.filter)
            let kind = KeyRules.kind(of: filter.bytes.span)
            if kind != .queue, kind != .team {
                add(.alertFilterClass(alert: alert.name), .alerts, place, "filter")
            }
        } catch {
            add(.badAlertFilter(alert: alert.name, error), .alerts, place, "filter")
        }
    }

    private mutating func checkMeasure(of alert: AlertRule, _ place: Int) {
        switch alert.measure {
        case .figure(let figure, let comparison, let threshold, let clear):
            if !(1...Limits.figureNameBytes).contains(figure.name.utf8.count) {
                add(.badFigureName(alert: alert.name), .alerts, place, "figure")
            }
            checkCharacters(figure.name, of: alert.name, .alerts, place, "figure")
            if figure.isAmbiguous {
                let rule = RosterRule.ambiguousFigure(alert: alert.name, figure: figure.name)
                warnings.append(RosterProblem(RosterPlace(.alerts, place, "figure"), rule))
            }
            if comparison == .above ? clear > threshold : clear < threshold {
                add(.clearBeyondThreshold(alert: alert.name), .alerts, place, "clear")
            }
        case .flagStorm(let category, let count, let seconds):
            if index.categories.find(RosterIndex.segment(category)) == nil {
                let rule = RosterRule.unknownCategory(alert: alert.name, category: category)
                add(rule, .alerts, place, "flagStorm")
            }
            if count == 0 || !(1...3600).contains(seconds) {
                add(.badStorm(alert: alert.name), .alerts, place, "flagStorm")
            }
        }
    }

    private mutating func checkAudience(of alert: AlertRule, _ place: Int) {
        let audience = alert.audience
        var unknown: String?
        if !audience.team.isEmpty {
            let team = RosterIndex.team(audience.site, audience.team)
            if index.teams.find(team) == nil { unknown = audience.site + "/" + audience.team }
        } else if !audience.site.isEmpty {
            let site = RosterIndex.segment(audience.site)
            if !lists.teams.contains(where: { RosterIndex.segment($0.site) == site }) {
                unknown = audience.site
            }
        }
        if !audience.person.isEmpty,
            index.people.find(RosterIndex.segment(audience.person)) == nil
        {
            unknown = audience.person
        }
        guard let unknown else { return }
        add(.unknownAudience(alert: alert.name, name: unknown), .alerts, place, "audience")
    }

    private func isName(_ segment: [UInt8]) -> Bool { KeyRules.isSegment(segment.span) }
}
