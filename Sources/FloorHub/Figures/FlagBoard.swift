import FloorEvents
import FloorRoster

/// What has become of help flags, team by team: from committed changes alone, so that no figure
/// tells of what the journal may still lose.
struct FlagBoard {
    /// A raised flag, as the rules of storms see it.
    struct Raised {
        let category: String
        let site: [UInt8]
        let team: [UInt8]
        let at: Int64
    }

    private var teams: [TeamBoard] = []
    private var places: [[UInt8]: Int] = [:]
    /// Teams that have changed and were not told since, each once.
    private var changed: [Int] = []
    /// Raised flags of the last hour, for storms under a roster that comes later; oldest first.
    private(set) var recent: [Raised] = []
    /// Since when calls are counted, if the hub goes on where an earlier life stopped.
    private var restoredAt: Int64 = 0
    /// The zone where no roster says another.
    private let ownZone: FloorZone
    private var roster: Roster
    private static let recentLimit = 16_384

    init(_ roster: Roster, zone: FloorZone) {
        self.roster = roster
        ownZone = zone
        follow()
    }

    var count: Int { teams.count }
    var hasChanged: Bool { !changed.isEmpty }

    subscript(place: Int) -> TeamBoard { teams[place] }

    /// The teams that have changed, in order; for `noteTold`.
    mutating func takeChanged() -> [Int] {
        defer { changed.removeAll(keepingCapacity: true) }
        return changed.sorted()
    }

    /// A team is about to be told as it is at a moment.
    mutating func noteTold(_ place: Int, _ moment: Int64) {
        teams[place].followDay(moment)
        teams[place].isChanged = false
    }

    /// Whether a team's categories have changed since this was asked last.
    mutating func takeCategoriesChanged(_ place: Int) -> Bool {
        defer { teams[place].areCategoriesChanged = false }
        return teams[place].areCategoriesChanged
    }

    mutating func noteAskersTold(_ place: Int, _ top: [(name: String, flags: UInt32)]) {
        teams[place].toldAskers = top
    }

    /// Starts a new day where there is one; returns when the next one of all begins.
    mutating func followDays(_ moment: Int64) -> Int64 {
        var next = Int64.max
        for place in teams.indices {
            touch(place) { $0.followDay(moment) }
            next = min(next, teams[place].dayEnds)
        }
        return next
    }

    /// Another roster: other teams, other zones.
    mutating func take(_ roster: Roster, at moment: Int64) {
        self.roster = roster
        for place in teams.indices {
            let zone = zone(ofSite: teams[place].site)
            touch(place) { $0.take(zone, at: moment) }
        }
        follow()
    }

    /// A team without a flag and without a call has a figure too: that there is none.
    private mutating func follow() {
        for team in roster.teams {
            let site = Array(FloorKey.segment(encoding: team.site).utf8)
            let name = Array(FloorKey.segment(encoding: team.team).utf8)
            _ = place(site: site, team: name)
        }
    }

    // MARK: facts

    /// A committed change of a flag; what it is when a flag was raised by it.
    mutating func note(_ change: FlagChange) -> Raised? {
        guard let place = place(of: change.after.key) else { return nil }
        touch(place) { $0.note(change) }
        return change.before == nil ? noteRaised(place, change.after.flag) : nil
    }

    /// An agent of a team has a call.
    mutating func noteCall(_ key: FloorKey) {
        guard let place = place(of: key) else { return }
        touch(place) { $0.noteCall() }
    }

    /// The flags of the hub's last life, in the order they were raised.
    mutating func restore(_ entries: [FlagEntry], at moment: Int64) {
        restoredAt = moment
        teams.removeAll()
        places.removeAll()
        changed.removeAll()
        follow()
        for entry in entries {
            guard let place = place(of: entry.key) else { continue }
            touch(place) { $0.restore(entry, at: moment) }
            _ = noteRaised(place, entry.flag)
        }
    }

    /// Forgets raised flags that no rule looks at any more.
    mutating func forgetRecent(before moment: Int64) {
        let first = recent.firstIndex { $0.at >= moment } ?? recent.count
        recent.removeFirst(first)
    }

    private mutating func noteRaised(_ place: Int, _ flag: HelpFlag) -> Raised {
        if recent.count >= Self.recentLimit { recent.removeFirst(Self.recentLimit / 4) }
        let raised = Raised(
            category: flag.category,
            site: teams[place].site,
            team: teams[place].team,
            at: flag.stamps.raised
        )
        recent.append(raised)
        return raised
    }

    // MARK: teams

    /// Changes a team and puts it on the list when that was its first change.
    private mutating func touch(_ place: Int, _ change: (inout TeamBoard) -> Void) {
        let wasChanged = teams[place].isChanged
        change(&teams[place])
        if teams[place].isChanged, !wasChanged { changed.append(place) }
    }

    /// The place of the team that a key's second and third segments name; nil when there are too
    /// many teams.
    private mutating func place(of key: FloorKey) -> Int? {
        let parts = key.bytes.split(separator: UInt8(ascii: "/"))
        return place(site: Array(parts[1]), team: Array(parts[2]))
    }

    private mutating func place(site: [UInt8], team: [UInt8]) -> Int? {
        let name = site + [UInt8(ascii: "/")] + team
        if let place = places[name] { return place }
        guard teams.count < Limits.figureTeams else { return nil }
        places[name] = teams.count
        changed.append(teams.count)
        teams.append(
            TeamBoard(
                site: site,
                team: team,
                zone: zone(ofSite: site),
                countsCallsSince: restoredAt
            )
        )
        return teams.count - 1
    }

    private func zone(ofSite site: [UInt8]) -> FloorZone {
        roster.zone(ofSite: site.span) ?? ownZone
    }
}
