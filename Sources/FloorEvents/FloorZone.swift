/// Where midnight is: a site's time zone, as the moments at which its clocks are set.
///
/// Made by whoever reads a roster's file, which knows the zones' names; the core knows these
/// numbers alone.
///
///     let zone = FloorZone(minutesEast: 480)
///     let midnight = zone.startOfDay(at: now)
///
/// - Units: moments in microseconds since 1970, UTC; offsets in seconds east of UTC.
public struct FloorZone: Hashable, Sendable {
    /// From a moment on clocks show UTC and so many seconds more.
    public struct Transition: Hashable, Sendable {
        /// The moment.
        public var moment: Int64
        /// Seconds east of UTC from there on.
        public var offset: Int32

        /// A transition.
        public init(at moment: Int64, offset: Int32) {
            self.moment = moment
            self.offset = offset
        }
    }

    /// The IANA name, for example `Asia/Shanghai`; empty for a fixed offset.
    public let name: String
    /// The offset before the first transition.
    public let first: Int32
    /// The transitions, in order.
    public let transitions: [Transition]

    /// Most seconds that a zone may be away from UTC; no zone of the world is 18 hours away.
    private static let furthest: Int32 = 18 * 3600
    private static let day: Int64 = 24 * 3600 * 1_000_000

    /// A zone by its numbers.
    ///
    /// - Parameters:
    ///   - name: the IANA name.
    ///   - first: seconds east of UTC before the first transition.
    ///   - transitions: in any order; offsets further than 18 hours count as 18 hours.
    public init(_ name: String, first: Int32, transitions: [Transition] = []) {
        self.name = name
        self.first = Self.bounded(first)
        self.transitions =
            transitions.map { Transition(at: $0.moment, offset: Self.bounded($0.offset)) }
            .sorted { $0.moment < $1.moment }
    }

    /// A zone that is always the same; minutes east of UTC.
    public init(minutesEast: Int16) { self.init("", first: Int32(minutesEast) * 60) }

    private static func bounded(_ offset: Int32) -> Int32 {
        min(max(offset, -furthest), furthest)
    }

    /// Seconds east of UTC at a moment.
    public func offset(at moment: Int64) -> Int32 {
        let place = piece(at: moment)
        return place == 0 ? first : transitions[place - 1].offset
    }

    /// Minutes east of UTC at a moment, as figures carry it.
    public func minutes(at moment: Int64) -> Int16 { Int16(clamping: offset(at: moment) / 60) }

    /// When the day began to which a moment belongs: its midnight, or the first moment of the day
    /// where clocks leave out midnight.
    public func startOfDay(at moment: Int64) -> Int64 {
        let moment = Self.usual(moment)
        let midnight = localMidnight(moment)
        // The day may begin before a transition, and clocks may show its midnight twice.
        var place = piece(at: moment)
        var start = begin(of: midnight, in: place) ?? moment
        while place > 0, transitions[place - 1].moment > moment - 2 * Self.day {
            place -= 1
            start = begin(of: midnight, in: place) ?? start
        }
        return start
    }

    /// When the next day begins after the one to which a moment belongs.
    ///
    /// A day has 24 hours, but for those in which clocks are set.
    public func endOfDay(at moment: Int64) -> Int64 {
        let moment = Self.usual(moment)
        let midnight = localMidnight(moment) + Self.day
        let start = piece(at: moment)
        for place in start...transitions.count {
            if let end = begin(of: midnight, in: place), end > moment { return end }
        }
        return moment + Self.day
    }

    /// The first moment of a piece at which clocks show this time or a later one of the same day;
    /// nil when they show none.
    private func begin(of local: Int64, in place: Int) -> Int64? {
        let offset = place == 0 ? first : transitions[place - 1].offset
        let begin = place == 0 ? Int64.min : transitions[place - 1].moment
        let end = place < transitions.count ? transitions[place].moment : .max
        let shown = max(begin, local - Int64(offset) * 1_000_000)
        guard shown < end, shown < local - Int64(offset) * 1_000_000 + Self.day else { return nil }
        return shown
    }

    /// The midnight before what clocks show at a moment, as if they showed UTC.
    private func localMidnight(_ moment: Int64) -> Int64 {
        let local = moment + Int64(offset(at: moment)) * 1_000_000
        return local - (local % Self.day + Self.day) % Self.day
    }

    /// How many transitions lie at or before a moment.
    private func piece(at moment: Int64) -> Int {
        var low = 0
        var high = transitions.count
        while low < high {
            let middle = (low + high) / 2
            if transitions[middle].moment <= moment { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Moments at the ends of the range count as those a few days inside.
    private static func usual(_ moment: Int64) -> Int64 {
        min(max(moment, .min + 4 * day), .max - 4 * day)
    }
}
