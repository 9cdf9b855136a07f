import FloorEvents
import FloorRoster

/// How long stages took: the last so many of a day, each with its moment.
struct ResponseTimes {
    private var ends: [Int64] = []
    private var milliseconds: [Int64] = []

    /// A stage reached at `end`, `duration` microseconds after the flag was raised.
    mutating func add(_ duration: Int64, at end: Int64) {
        if ends.count >= Limits.responseTimes {
            ends.removeFirst(ends.count / 4)
            milliseconds.removeFirst(milliseconds.count - ends.count)
        }
        ends.append(end)
        milliseconds.append(max(0, duration) / 1000)
    }

    /// Forgets what was before.
    mutating func forget(before moment: Int64) {
        let first = ends.firstIndex { $0 >= moment } ?? ends.count
        ends.removeFirst(first)
        milliseconds.removeFirst(first)
    }

    /// Median, ninetieth percentile (nearest rank) and maximum since a moment; nil when none.
    func summary(since moment: Int64) -> (n: Int, p50: Int64, p90: Int64, longest: Int64)? {
        let first = ends.firstIndex { $0 >= moment } ?? ends.count
        let sorted = milliseconds[first...].sorted()
        guard let longest = sorted.last else { return nil }
        func rank(_ percent: Int) -> Int64 { sorted[(sorted.count * percent + 99) / 100 - 1] }
        return (sorted.count, rank(50), rank(90), longest)
    }
}

/// One team's flags: those that are open, and what became of the others today.
struct TeamBoard {
    let site: [UInt8]
    let team: [UInt8]
    var open: [FloorID: (raised: Int64, isPending: Bool)] = [:]
    var seen = ResponseTimes()
    var claimed = ResponseTimes()
    var engaged = ResponseTimes()
    var answered = ResponseTimes()
    var raisedToday: UInt32 = 0
    var answeredToday: UInt32 = 0
    var reopenedToday: UInt32 = 0
    var unansweredToday: UInt32 = 0
    var callsToday: UInt32 = 0
    /// Ratings by flag, of flags rated today.
    var ratings: [FloorID: UInt8] = [:]
    var categories: [String: UInt32] = [:]
    var askers: [String: UInt32] = [:]
    /// The list of those who asked most as it was last told.
    var toldAskers: [(String, UInt32)] = []
    /// Whether something has changed since it was last told.
    var isChanged = true
    var areCategoriesChanged = false

    /// A new day.
    mutating func startDay(at midnight: Int64) {
        seen.forget(before: midnight)
        claimed.forget(before: midnight)
        engaged.forget(before: midnight)
        answered.forget(before: midnight)
        raisedToday = 0
        answeredToday = 0
        reopenedToday = 0
        unansweredToday = 0
        callsToday = 0
        ratings.removeAll()
        categories.removeAll()
        askers.removeAll()
        isChanged = true
        areCategoriesChanged = true
    }
}

/// What has become of help flags, team by team: from committed changes alone, so that no figure
/// tells of what the journal may still lose.
struct FlagBoard {
    private(set) var teams: [TeamBoard] = []
    private var places: [[UInt8]: Int] = [:]
    /// Raised flags by category, for the rules of storms: the last ones, oldest first.
    private(set) var recent: [(category: String, site: [UInt8], team: [UInt8], at: Int64)] = []
    private(set) var midnight: Int64 = 0
    /// Boot time at which every team is looked at, changed or not.
    var nextMinute: Int64 = 0
    private static let recentLimit = 16_384

    subscript(place: Int) -> TeamBoard {
        get { teams[place] }
        _modify { yield &teams[place] }
    }

    /// Starts a new day when there is one; `zone` minutes east of UTC.
    mutating func followDay(_ moment: Int64, zone: Int16) {
        let day: Int64 = 24 * 3600 * 1_000_000
        let offset = Int64(zone) * 60 * 1_000_000
        let local = moment + offset
        let start = local - (local % day + day) % day - offset
        guard start > midnight else { return }
        let isFirst = midnight == 0
        midnight = start
        // What came before the first look at the clock is of today.
        if isFirst { return }
        for place in teams.indices { teams[place].startDay(at: start) }
    }

    /// The place of the team that a key's second and third segments name.
    mutating func place(of key: FloorKey) -> Int {
        let parts = key.bytes.split(separator: UInt8(ascii: "/"))
        return place(site: Array(parts[1]), team: Array(parts[2]))
    }

    /// A team without a flag and without a call has a figure too: that there is none.
    mutating func follow(_ teams: [RosterTeam]) {
        for team in teams {
            let site = Array(FloorKey.segment(encoding: team.site).utf8)
            let name = Array(FloorKey.segment(encoding: team.team).utf8)
            _ = place(site: site, team: name)
        }
    }

    mutating func place(site: [UInt8], team: [UInt8]) -> Int {
        let name = site + [UInt8(ascii: "/")] + team
        if let place = places[name] { return place }
        places[name] = teams.count
        teams.append(TeamBoard(site: site, team: team))
        return teams.count - 1
    }

    /// A committed change of a flag.
    mutating func note(_ change: FlagChange) {
        let place = place(of: change.after.key)
        let (before, after) = (change.before?.flag, change.after.flag)
        teams[place].isChanged = true
        follow(place, change.after)
        if before == nil { noteRaised(place, after) }
        let stamps = after.stamps
        let old = before?.stamps ?? FlagStamps()
        if stamps.seen != old.seen, stamps.seen > 0 {
            teams[place].seen.add(stamps.seen - stamps.raised, at: stamps.seen)
        }
        if stamps.claimed != old.claimed, stamps.claimed > 0 {
            teams[place].claimed.add(stamps.claimed - stamps.raised, at: stamps.claimed)
        }
        if stamps.engaged != old.engaged, stamps.engaged > 0 {
            teams[place].engaged.add(stamps.engaged - stamps.raised, at: stamps.engaged)
        }
        if stamps.answered != old.answered, stamps.answered > 0 {
            teams[place].answered.add(stamps.answered - stamps.raised, at: stamps.answered)
            teams[place].answeredToday += 1
        }
        if after.reopens != before?.reopens ?? 0 { teams[place].reopenedToday += 1 }
        if after.status == .unanswered, before?.status != .unanswered {
            teams[place].unansweredToday += 1
        }
        if after.words.ratedAt != before?.words.ratedAt ?? 0 { noteRating(place, change.after) }
    }

    /// A flag of the hub's last life: what its stamps say of today.
    mutating func restore(_ entry: FlagEntry) {
        let flag = entry.flag
        let place = place(of: entry.key)
        follow(place, entry)
        guard flag.stamps.raised >= midnight else { return }
        noteRaised(place, flag)
        let raised = flag.stamps.raised
        if flag.stamps.seen > 0 { teams[place].seen.add(flag.stamps.seen - raised, at: raised) }
        if flag.stamps.claimed > 0 {
            teams[place].claimed.add(flag.stamps.claimed - raised, at: raised)
        }
        if flag.stamps.engaged > 0 {
            teams[place].engaged.add(flag.stamps.engaged - raised, at: raised)
        }
        if flag.stamps.answered > 0 {
            teams[place].answered.add(flag.stamps.answered - raised, at: raised)
            teams[place].answeredToday += 1
        }
        teams[place].reopenedToday += UInt32(flag.reopens)
        if flag.status == .unanswered { teams[place].unansweredToday += 1 }
        if flag.words.rating > 0 { noteRating(place, entry) }
    }

    private mutating func follow(_ place: Int, _ entry: FlagEntry) {
        let flag = entry.flag
        let isPending = flag.status == .raised || flag.status == .pending
        teams[place].open[entry.id] = flag.isEnded ? nil : (flag.stamps.raised, isPending)
    }

    private mutating func noteRaised(_ place: Int, _ flag: HelpFlag) {
        teams[place].raisedToday += 1
        teams[place].categories[flag.category, default: 0] += 1
        teams[place].askers[flag.words.agent, default: 0] += 1
        teams[place].areCategoriesChanged = true
        if recent.count >= Self.recentLimit { recent.removeFirst(Self.recentLimit / 4) }
        recent.append(
            (flag.category, teams[place].site, teams[place].team, flag.stamps.raised)
        )
    }

    private mutating func noteRating(_ place: Int, _ entry: FlagEntry) {
        let rating = entry.flag.words.rating
        teams[place].ratings[entry.id] = rating == 0 ? nil : rating
    }

    /// An agent of a team has a call.
    mutating func noteCall(_ key: FloorKey) {
        let place = place(of: key)
        teams[place].callsToday += 1
        teams[place].isChanged = true
    }

    /// Forgets raised flags that no rule looks at any more.
    mutating func forgetRecent(before moment: Int64) {
        let first = recent.firstIndex { $0.at >= moment } ?? recent.count
        recent.removeFirst(first)
    }
}
