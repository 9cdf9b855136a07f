import FloorEvents

/// One team's flags: those that are open, and what became of the others today.
struct TeamBoard {
    let site: [UInt8]
    let team: [UInt8]
    /// Where its midnight is.
    private(set) var zone: FloorZone
    /// When today began and when it ends; 0 before the first look at the clock.
    private(set) var midnight: Int64 = 0
    private(set) var dayEnds: Int64 = 0
    private(set) var open: [FloorID: (raised: Int64, isPending: Bool)] = [:]
    private(set) var seen = ResponseTimes()
    private(set) var claimed = ResponseTimes()
    private(set) var engaged = ResponseTimes()
    private(set) var answered = ResponseTimes()
    private(set) var today = TeamDay()
    /// Since when calls are counted; 0 = since the team's first.
    private let countsCallsSince: Int64
    /// Ratings by flag, of flags rated today.
    private(set) var ratings: [FloorID: UInt8] = [:]
    /// The list of those who asked most as it was last told.
    var toldAskers: [(name: String, flags: UInt32)] = []
    /// Whether something has changed since it was last told.
    var isChanged = true
    var areCategoriesChanged = false

    /// Windows of 15 minutes, in microseconds.
    static let window: Int64 = 900_000_000

    init(site: [UInt8], team: [UInt8], zone: FloorZone, countsCallsSince: Int64) {
        self.site = site
        self.team = team
        self.zone = zone
        self.countsCallsSince = countsCallsSince
    }

    /// `SITE/TEAM/`, as its keys have it.
    var path: [UInt8] { site + [UInt8(ascii: "/")] + team + [UInt8(ascii: "/")] }

    /// Whether calls are counted for all of today; on the day of a restart they are not.
    var hasWholeDay: Bool { countsCallsSince <= midnight }

    /// What looking at it costs, in units of work.
    var cost: Int {
        let times = seen.count + claimed.count + engaged.count + answered.count
        return 1 + (times + open.count) / 64
    }

    // MARK: the day

    /// Starts a new day when there is one.
    mutating func followDay(_ moment: Int64) {
        guard moment >= dayEnds || midnight == 0 else { return }
        let isFirst = midnight == 0
        setDay(moment)
        // What came before the first look at the clock is of today.
        if !isFirst { startDay(at: moment) }
    }

    /// Another time zone: what is counted goes on, unless the day began later than thought.
    mutating func take(_ zone: FloorZone, at moment: Int64) {
        guard zone != self.zone else { return }
        self.zone = zone
        isChanged = true
        guard midnight != 0 else { return }
        let before = midnight
        setDay(moment)
        if midnight > before { startDay(at: moment) }
    }

    private mutating func setDay(_ moment: Int64) {
        midnight = zone.startOfDay(at: moment)
        dayEnds = zone.endOfDay(at: moment)
    }

    private mutating func startDay(at moment: Int64) {
        // The window of 15 minutes goes on across midnight.
        let horizon = min(midnight, moment.clampedDifference(Self.window))
        seen.forget(before: horizon)
        claimed.forget(before: horizon)
        engaged.forget(before: horizon)
        answered.forget(before: horizon)
        today = TeamDay()
        ratings.removeAll()
        isChanged = true
        areCategoriesChanged = true
    }

    // MARK: flags

    /// A committed change of one of its flags.
    mutating func note(_ change: FlagChange) {
        let (before, after) = (change.before?.flag, change.after.flag)
        isChanged = true
        follow(change.after)
        if before == nil {
            noteRaised(after)
            today.raisedBesideCalls.countUp()
        }
        let stamps = after.stamps
        let old = before?.stamps ?? FlagStamps()
        if stamps.seen != old.seen { seen.add(stamps.raised, until: stamps.seen) }
        if stamps.claimed != old.claimed { claimed.add(stamps.raised, until: stamps.claimed) }
        if stamps.engaged != old.engaged { engaged.add(stamps.raised, until: stamps.engaged) }
        if stamps.answered != old.answered, stamps.answered > 0 {
            answered.add(stamps.raised, until: stamps.answered)
            today.answered.countUp()
        }
        if after.reopens != before?.reopens ?? 0 { today.reopened.countUp() }
        if after.status == .unanswered, before?.status != .unanswered {
            today.unanswered.countUp()
        }
        if after.words.ratedAt != before?.words.ratedAt ?? 0 { noteRating(change.after) }
    }

    /// A flag of the hub's last life: what its stamps say of today, each at its own moment.
    ///
    /// - Parameters:
    ///   - entry: the flag.
    ///   - moment: now, by which the day is known.
    mutating func restore(_ entry: FlagEntry, at moment: Int64) {
        followDay(moment)
        follow(entry)
        let flag = entry.flag
        let stamps = flag.stamps
        let horizon = min(midnight, moment.clampedDifference(Self.window))
        if stamps.raised >= midnight { noteRaised(flag) }
        if stamps.seen >= horizon { seen.add(stamps.raised, until: stamps.seen) }
        if stamps.claimed >= horizon { claimed.add(stamps.raised, until: stamps.claimed) }
        if stamps.engaged >= horizon { engaged.add(stamps.raised, until: stamps.engaged) }
        if stamps.answered >= horizon { answered.add(stamps.raised, until: stamps.answered) }
        if stamps.answered > 0, stamps.answered >= midnight { today.answered.countUp() }
        // Each was reopened from an answer, whose stamp is gone.
        var reopened: UInt32 = 0
        if stamps.raised >= midnight {
            reopened = UInt32(flag.reopens)
        } else if flag.reopens > 0, stamps.reopened >= midnight {
            reopened = 1
        }
        today.reopened.countUp(reopened)
        today.answered.countUp(reopened)
        if flag.status == .unanswered, stamps.ended >= midnight { today.unanswered.countUp() }
        if flag.words.rating > 0, flag.words.ratedAt >= midnight { noteRating(entry) }
        isChanged = true
    }

    private mutating func follow(_ entry: FlagEntry) {
        let flag = entry.flag
        let isPending = flag.status == .raised || flag.status == .pending
        open[entry.id] = flag.isEnded ? nil : (flag.stamps.raised, isPending)
    }

    private mutating func noteRaised(_ flag: HelpFlag) {
        today.raised.countUp()
        today.categories.count(flag.category)
        today.askers.count(flag.words.agent)
        areCategoriesChanged = true
    }

    private mutating func noteRating(_ entry: FlagEntry) {
        let rating = entry.flag.words.rating
        guard ratings.count < Limits.figureNames || ratings[entry.id] != nil else { return }
        ratings[entry.id] = rating == 0 ? nil : rating
    }

    /// One of its agents has a call.
    mutating func noteCall() {
        today.calls.countUp()
        isChanged = true
    }
}

/// What a team's flags have come to since midnight.
struct TeamDay {
    var raised: UInt32 = 0
    var answered: UInt32 = 0
    var reopened: UInt32 = 0
    var unanswered: UInt32 = 0
    var calls: UInt32 = 0
    /// Flags raised while calls were counted too: a restart forgets calls, but not flags.
    var raisedBesideCalls: UInt32 = 0
    var categories = NameCounts()
    var askers = NameCounts()
}

/// How often each of some names came, up to so many names.
struct NameCounts {
    private var counts: [ExactName: UInt32] = [:]

    mutating func count(_ name: String) {
        guard counts.count < Limits.figureNames || counts[name.exact] != nil else { return }
        counts[name.exact, default: 0].countUp()
    }

    /// Those with the highest counts; equal ones by name, so that two runs agree.
    func top(_ limit: Int) -> [(String, UInt32)] {
        let sorted = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        return sorted.prefix(limit).map { ($0.key.text, $0.value) }
    }
}
