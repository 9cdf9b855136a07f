import FloorEvents
import FloorRoster

/// The rules that count flags of a category: looked at when such a flag is raised, and when an
/// alert that stands may be over.
struct StormWatch {
    private struct Storm {
        let index: Int
        let category: String
        let filter: KeyFilter
        let count: Int
        /// Microseconds.
        let window: Int64
        /// When flags that it counts were raised, oldest first.
        var moments: [Int64] = []
        var isChanged = true
        var due = Int64.max
    }

    /// Flags of one category in one team are the business of the same rules.
    private struct Source: Hashable {
        let category: ExactName
        let site: [UInt8]
        let team: [UInt8]
    }

    private var storms: [Storm] = []
    private var names: [String] = []
    private var roster: Roster
    private var concerned: [Source: [Int]] = [:]
    private(set) var hasChanged = false
    /// When the clock alone may change something.
    private(set) var earliest = Int64.max
    /// Moments a rule remembers; a storm of more flags cannot be counted.
    private static let momentLimit = 16_384

    init(_ roster: Roster) { self.roster = roster }

    /// Takes the rules of a roster, and the flags of the last hour.
    mutating func take(_ roster: Roster, _ recent: [FlagBoard.Raised]) {
        self.roster = roster
        names = roster.alerts.map { $0.name }
        storms.removeAll()
        for (index, rule) in roster.alerts.enumerated() {
            // The roster has checked the filter.
            guard case .flagStorm(let category, let count, let seconds) = rule.measure,
                let filter = try? KeyFilter(rule.filter)
            else { continue }
            storms.append(
                Storm(
                    index: index,
                    category: category,
                    filter: filter,
                    count: Int(count),
                    window: Int64(seconds) * 1_000_000
                )
            )
        }
        concerned.removeAll()
        hasChanged = !storms.isEmpty
        earliest = .max
        for flag in recent { note(flag) }
    }

    /// A flag was raised.
    mutating func note(_ flag: FlagBoard.Raised) {
        guard !storms.isEmpty else { return }
        for place in places(flag) {
            if storms[place].moments.count >= Self.momentLimit {
                storms[place].moments.removeFirst(Self.momentLimit / 4)
            }
            // Nearly always at the end: only a restart tells of older ones.
            var at = storms[place].moments.count
            while at > 0, storms[place].moments[at - 1] > flag.at { at -= 1 }
            storms[place].moments.insert(flag.at, at: at)
            storms[place].isChanged = true
            hasChanged = true
        }
    }

    private mutating func places(_ flag: FlagBoard.Raised) -> [Int] {
        let source = Source(category: flag.category.exact, site: flag.site, team: flag.team)
        if let places = concerned[source] { return places }
        let places = storms.indices.filter { place in
            isCategory(flag.category, within: storms[place].category)
                && Self.isOf(storms[place].filter, flag.site, flag.team)
        }
        // Categories are whatever agents write: what is remembered of them has an end.
        if concerned.count >= Limits.figureNames { concerned.removeAll() }
        concerned[source] = places
        return places
    }

    private func isCategory(_ code: String, within other: String) -> Bool {
        if code.exact == other.exact { return true }
        let inside = Array(FloorKey.segment(encoding: code).utf8)
        let outside = Array(FloorKey.segment(encoding: other).utf8)
        guard let inner = roster.category(segment: inside.span),
            let outer = roster.category(segment: outside.span)
        else { return false }
        return roster.isCategory(inner, within: outer)
    }

    /// Whether a rule's filter is for a team; its class says which figures, not whose flags.
    private static func isOf(_ filter: KeyFilter, _ site: [UInt8], _ team: [UInt8]) -> Bool {
        let parts = filter.bytes.split(separator: UInt8(ascii: "/")).map { Array($0) }
        let plus = [UInt8(ascii: "+")]
        func fits(_ index: Int, _ name: [UInt8]) -> Bool {
            parts.count <= index || parts[index] == plus || parts[index] == name
        }
        return fits(1, site) && fits(2, team)
    }

    /// What an alert of a rule is about.
    func subject(_ rule: Int) -> AlertSubject? {
        guard let storm = storms.first(where: { $0.index == rule }) else { return nil }
        return AlertSubject(rule: names[rule], key: "flag/" + storm.category)
    }

    /// The rules with something new to them: each with its subject, and what is found.
    ///
    /// - Parameters:
    ///   - now: boot time, and the hub's stamp.
    ///   - alert: the note of an alert that stands.
    /// - Returns: what is to be done, and how many rules were looked at.
    mutating func judge(
        now: (boot: Int64, stamp: Int64),
        alert: (AlertSubject) -> FloorID?
    ) -> (actions: [AlertAction], work: Int) {
        var actions: [AlertAction] = []
        var work = 0
        earliest = .max
        hasChanged = false
        for place in storms.indices {
            if storms[place].isChanged || storms[place].due <= now.boot {
                work += 1
                let subject = AlertSubject(
                    rule: names[storms[place].index],
                    key: "flag/" + storms[place].category
                )
                let standing = alert(subject)
                let isOver = look(place, now)
                if isOver, standing == nil {
                    let found = Int64(storms[place].moments.count)
                    let rule = storms[place].index
                    actions.append(.raise(rule: rule, subject: subject.key, value: found))
                }
                if !isOver, let standing { actions.append(.clear(subject, standing)) }
            }
            earliest = min(earliest, storms[place].due)
        }
        return (actions, work)
    }

    /// Whether there is a storm now; when that may end by itself is its new time.
    private mutating func look(_ place: Int, _ now: (boot: Int64, stamp: Int64)) -> Bool {
        let since = now.stamp.clampedDifference(storms[place].window)
        let gone = storms[place].moments.firstIndex { $0 >= since } ?? storms[place].moments.count
        storms[place].moments.removeFirst(gone)
        storms[place].isChanged = false
        storms[place].due = .max
        let (moments, count) = (storms[place].moments, storms[place].count)
        guard moments.count >= count else { return false }
        let last = moments[moments.count - count]
        let left = last.clampedSum(storms[place].window).clampedDifference(now.stamp)
        storms[place].due = now.boot.clampedSum(max(1000, left.clampedSum(1)))
        return true
    }

    /// What was wanted of a rule could not be done: it is looked at again.
    mutating func retry() {
        for place in storms.indices { storms[place].isChanged = true }
        hasChanged = !storms.isEmpty
    }
}
