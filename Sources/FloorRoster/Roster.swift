public import FloorEvents

/// Who may connect, who manages whom, and what each role may do: one floor's roster, checked.
///
///     let roster = try Roster(
///         people: [RosterPerson("4711", roles: .agent, site: "bj", team: "sales")],
///         teams: [RosterTeam(site: "bj", team: "sales")]
///     )
///
/// People, teams and categories are known by their place in their list. Questions a hub asks for
/// every record compare bytes and allocate nothing.
///
/// - Thread: any; a roster never changes. A changed file is a new roster.
public final class Roster: Sendable {
    /// Whether there is no roster: everybody holds every role and may do everything.
    public let isOpen: Bool
    /// The people, in the order of the file.
    public let people: [RosterPerson]
    /// The teams, in the order of the file.
    public let teams: [RosterTeam]
    /// The time zones of sites, in the order of the file.
    public let sites: [RosterSite]
    /// The time zone of sites that have none of their own; nil = the hub's.
    public let zone: FloorZone?
    /// Times of help flags where a team has none of its own.
    public let times: FlagTimes
    /// What help flags are about.
    public let categories: [RosterCategory]
    /// Why agents are not ready.
    public let reasons: [RosterReason]
    /// What each role may do, in the order of `Roles.each`.
    public let grants: [RosterGrant]
    /// When to warn whom.
    public let alerts: [AlertRule]
    /// What is allowed, but perhaps not meant.
    public let warnings: [RosterProblem]

    let index: RosterIndex
    private let patterns: [RolePatterns]

    /// No roster: everybody holds every role, everything is granted, no person is known.
    ///
    /// For a hub that only its own machine reaches.
    public static var open: Roster { Roster() }

    private init() {
        isOpen = true
        people = []
        teams = []
        sites = []
        zone = nil
        warnings = []
        times = FlagTimes()
        categories = []
        reasons = []
        grants = []
        alerts = []
        index = RosterIndex(RosterLists())
        patterns = []
    }

    /// A roster from its lists.
    ///
    /// - Parameters:
    ///   - people: everybody who may connect; nobody else may.
    ///   - teams: every team that people are in.
    ///   - times: of help flags whose team has none of its own.
    ///   - categories: what help flags are about; a parent may follow its children.
    ///   - reasons: why agents are not ready.
    ///   - grants: instead of `RosterGrant.standard`, role by role.
    ///   - alerts: when to warn whom.
    ///   - sites: time zones of single sites; each must have a team.
    ///   - zone: the time zone of all others.
    /// - Throws: `RosterError` with every problem found.
    public init(
        people: [RosterPerson],
        teams: [RosterTeam] = [],
        times: FlagTimes = FlagTimes(),
        categories: [RosterCategory] = [],
        reasons: [RosterReason] = [],
        grants: [RosterGrant] = [],
        alerts: [AlertRule] = [],
        sites: [RosterSite] = [],
        zone: FloorZone? = nil
    ) throws(RosterError) {
        let lists = RosterLists(
            people: people,
            teams: teams,
            times: times,
            categories: categories,
            reasons: reasons,
            grants: grants,
            alerts: alerts,
            sites: sites
        )
        // Before anything else: what follows may take as long as the lists are.
        let sizes = lists.sizeProblems
        guard sizes.isEmpty else { throw RosterError(sizes) }
        let index = RosterIndex(lists)
        var check = RosterCheck(lists, index)
        let patterns = check.run()
        guard check.problems.isEmpty else { throw RosterError(check.problems) }
        isOpen = false
        self.people = people
        self.teams = teams
        self.times = times
        self.categories = categories
        self.reasons = reasons
        self.grants = Roles.each.map { role in
            grants.first { $0.role == role } ?? .standard(role)
        }
        self.alerts = alerts
        self.sites = sites
        self.zone = zone
        warnings = check.warnings
        self.index = index
        self.patterns = patterns
    }

    // MARK: people

    /// The person with an id, as it stands in a key's segment (percent-encoded); nil for nobody.
    public func person(segment: Span<UInt8>) -> Int? { index.people.find(segment) }

    /// The roles a person holds.
    public func roles(of person: Int) -> Roles { people[person].roles }

    /// Whether one person is anywhere above another one; nobody manages themself.
    public func manages(_ manager: Int, _ person: Int) -> Bool {
        var above = index.managers[person]
        while above >= 0 {
            if above == manager { return true }
            above = index.managers[above]
        }
        return false
    }

    /// What whoever may connect may read, whatever the grants say.
    private static let everybodyReads = (try? KeyFilter("catalogue/")).map { [$0] } ?? []

    /// What a person may do.
    ///
    /// Not for every record: it is worked out each time. Whoever asks keeps it.
    public func permissions(of person: Int) -> Permissions {
        var holder = GrantHolder(
            id: index.segments[person],
            site: index.sites[person],
            team: index.teamNames[person],
            teams: []
        )
        holder.teams = index.teamsLookedAfter(by: person).map { index.teamKeys[$0] }
        var publish: [KeyFilter] = []
        var read = Self.everybodyReads
        for granted in patterns where people[person].roles.contains(granted.role) {
            for pattern in granted.publish { pattern.expand(holder, into: &publish) }
            for pattern in granted.read { pattern.expand(holder, into: &read) }
        }
        return Permissions(roles: people[person].roles, publish: publish, read: read)
    }

    // MARK: teams

    /// The team of a person, or nil.
    public func team(of person: Int) -> Int? {
        index.teamOf[person] < 0 ? nil : index.teamOf[person]
    }

    /// The team that a well-formed key is about: its second and third segment; nil for none.
    public func team(ofKey key: Span<UInt8>) -> Int? {
        var slashes = 0
        var start = 0
        for at in 0..<key.count where key[at] == KeyRules.slash {
            slashes += 1
            if slashes == 1 { start = at + 1 }
            if slashes == 3 { return index.teams.find(key.extracting(start..<at)) }
        }
        return nil
    }

    /// Whether a person is in the team that a well-formed key is about.
    public func isInTeam(_ person: Int, ofKey key: Span<UInt8>) -> Bool {
        index.teamOf[person] >= 0 && team(ofKey: key) == index.teamOf[person]
    }

    /// Whether a note is to a person: one that travels under `note/SITE/TEAM/ID/`, `-` = all, for
    /// holders of roles, none = all.
    ///
    /// Whoever has no site of their own is on all sites, and without a team in all teams; whoever
    /// looks after teams is in each.
    public func isAddressed(_ person: Int, by key: Span<UInt8>, _ roles: Roles) -> Bool {
        guard roles.isEmpty || !people[person].roles.isDisjoint(with: roles) else { return false }
        let site = KeyRules.segment(1, of: key)
        let unit = KeyRules.segment(2, of: key)
        let isAnySite = Self.isAny(key, site)
        guard isAnySite || isOwn(index.sites[person], key, site) else { return false }
        if Self.isAny(key, unit) || isOwn(index.teamNames[person], key, unit) { return true }
        guard !isAnySite, let team = team(ofKey: key) else { return false }
        return index.looksAfter(person, team)
    }

    private static func isAny(_ key: Span<UInt8>, _ segment: Range<Int>) -> Bool {
        segment.count == 1 && key[segment.lowerBound] == UInt8(ascii: "-")
    }

    /// Whether a person's site or team is a key's segment; who has none is in all of them.
    private func isOwn(_ name: [UInt8], _ key: Span<UInt8>, _ segment: Range<Int>) -> Bool {
        guard !name.isEmpty else { return true }
        guard name.count == segment.count else { return false }
        return name.indices.allSatisfy { name[$0] == key[segment.lowerBound + $0] }
    }

    /// The teams a person looks after: their own, and those of everybody below; ascending.
    public func teamsLookedAfter(by person: Int) -> [Int] { index.teamsLookedAfter(by: person) }

    /// The times of help flags of the team that a well-formed key is about.
    public func times(ofKey key: Span<UInt8>) -> FlagTimes {
        guard let team = team(ofKey: key) else { return times }
        return teams[team].times ?? times
    }

    // MARK: zones

    /// The time zone of a site, as it stands in a key's segment; nil = the hub's own.
    ///
    /// Not for every record: whoever asks keeps it.
    public func zone(ofSite segment: Span<UInt8>) -> FloorZone? {
        let site = sites.first { site in
            let name = RosterIndex.segment(site.site)
            guard name.count == segment.count else { return false }
            return name.indices.allSatisfy { name[$0] == segment[$0] }
        }
        return site?.zone ?? zone
    }

    // MARK: categories

    /// The category with a code, as it stands in a key's segment; nil for none.
    public func category(segment: Span<UInt8>) -> Int? { index.categories.find(segment) }

    /// Whether the category of this code has a standard answer.
    public func hasStandardAnswer(_ code: String) -> Bool {
        let segment = RosterIndex.segment(code)
        return category(segment: segment.span).map { !categories[$0].answer.isEmpty } ?? false
    }

    /// Whether a category is another one or anywhere below it.
    public func isCategory(_ category: Int, within other: Int) -> Bool {
        var at = category
        while at >= 0, at != other { at = index.categoryParents[at] }
        return at == other
    }
}

/// The patterns of one role's grant.
struct RolePatterns: Sendable {
    var role: Roles
    var publish: [GrantPattern] = []
    var read: [GrantPattern] = []
}

/// What a roster is made from.
struct RosterLists {
    var people: [RosterPerson] = []
    var teams: [RosterTeam] = []
    var times = FlagTimes()
    var categories: [RosterCategory] = []
    var reasons: [RosterReason] = []
    var grants: [RosterGrant] = []
    var alerts: [AlertRule] = []
    var sites: [RosterSite] = []
}

/// Who is where in a roster's lists: names to places, places to their parents' places.
///
/// Made of any lists, right or wrong: what is not there is -1.
struct RosterIndex: Sendable {
    /// Each person's id, site and team as segments; empty when it has none.
    let segments: [[UInt8]]
    let sites: [[UInt8]]
    let teamNames: [[UInt8]]
    let people: NameIndex
    /// Each person's manager, -1 for none.
    let managers: [Int]
    /// Each person's team, -1 for none.
    let teamOf: [Int]
    /// Each team as `site/team`.
    let teamKeys: [[UInt8]]
    let teams: NameIndex
    let categories: NameIndex
    let categoryParents: [Int]
    /// (person << 32 | team), ascending: the teams each person looks after.
    private let lookedAfter: [UInt64]

    init(_ lists: RosterLists) {
        segments = lists.people.map { Self.segment($0.id) }
        sites = lists.people.map { Self.segment($0.site) }
        teamNames = lists.people.map { Self.segment($0.team) }
        let people = NameIndex(segments)
        self.people = people
        let managers = lists.people.map { Self.find($0.manager, in: people) }
        self.managers = managers
        teamKeys = lists.teams.map { Self.team($0.site, $0.team) }
        let teams = NameIndex(teamKeys)
        self.teams = teams
        let teamOf = lists.people.map { person in
            person.team.isEmpty ? -1 : teams.find(Self.team(person.site, person.team)) ?? -1
        }
        self.teamOf = teamOf
        let categories = NameIndex(lists.categories.map { Self.segment($0.code) })
        self.categories = categories
        categoryParents = lists.categories.map { Self.find($0.parent, in: categories) }
        var pairs: [UInt64] = []
        for person in teamOf.indices where teamOf[person] >= 0 {
            var above = person
            var steps = 0
            // The steps, for the chain may still be a circle.
            while above >= 0, steps <= Limits.rosterDepth {
                pairs.append(UInt64(above) << 32 | UInt64(teamOf[person]))
                above = managers[above]
                steps += 1
            }
        }
        pairs.sort()
        var lookedAfter: [UInt64] = []
        for pair in pairs where pair != lookedAfter.last { lookedAfter.append(pair) }
        self.lookedAfter = lookedAfter
    }

    /// The first of the pairs that is not before another one.
    private func place(of pair: UInt64) -> Int {
        var low = 0
        var high = lookedAfter.count
        while low < high {
            let middle = (low + high) / 2
            if lookedAfter[middle] < pair { low = middle + 1 } else { high = middle }
        }
        return low
    }

    func looksAfter(_ person: Int, _ team: Int) -> Bool {
        let pair = UInt64(person) << 32 | UInt64(team)
        let place = place(of: pair)
        return place < lookedAfter.count && lookedAfter[place] == pair
    }

    func teamsLookedAfter(by person: Int) -> [Int] {
        var low = place(of: UInt64(person) << 32)
        var teams: [Int] = []
        while low < lookedAfter.count, lookedAfter[low] >> 32 == UInt64(person) {
            teams.append(Int(lookedAfter[low] & 0xFFFF_FFFF))
            low += 1
        }
        return teams
    }

    /// The place of somebody's or something's superior; -1 for none, whoever is without a name.
    private static func find(_ name: String, in index: NameIndex) -> Int {
        name.isEmpty ? -1 : index.find(segment(name)) ?? -1
    }

    static func segment(_ text: String) -> [UInt8] { Array(FloorKey.segment(encoding: text).utf8) }

    static func team(_ site: String, _ team: String) -> [UInt8] {
        segment(site) + [KeyRules.slash] + segment(team)
    }
}
