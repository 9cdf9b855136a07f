import FloorEvents
import FloorPosix

/// A moment: microseconds since 1970, UTC.
///
///     if let answered = FloorMoment(flag.stamps.answered) { show(answered, answered - raised) }
///
/// Prints itself as ISO 8601 in UTC. The payloads of the vocabulary (`HelpFlag`, `FloorNote`,
/// `QueueLevel`, …) carry moments as numbers, as they travel, where 0 means "not"; `init(_:)` makes
/// moments of them.
///
/// Source: ISO 8601; docs/wire-protocol.md, section 7, for the numbers.
public struct FloorMoment: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// Microseconds since 1970-01-01T00:00:00Z.
    public let microsecondsSince1970: Int64

    /// A moment by its number.
    public init(microsecondsSince1970: Int64) {
        self.microsecondsSince1970 = microsecondsSince1970
    }

    /// The moment of a payload's number; nil for 0, which means "not" or "not said".
    public init?(_ microsecondsSince1970: Int64) {
        guard microsecondsSince1970 != 0 else { return nil }
        self.microsecondsSince1970 = microsecondsSince1970
    }

    /// Now, by this machine's clock; `FloorBusClient.hubTime` is the hub's.
    public static var now: FloorMoment {
        FloorMoment(microsecondsSince1970: Clocks.wallMicroseconds())
    }

    /// Which of two comes first.
    public static func < (left: FloorMoment, right: FloorMoment) -> Bool {
        left.microsecondsSince1970 < right.microsecondsSince1970
    }

    /// The time from one moment to another; it ends at the numbers' end and never traps.
    public static func - (left: FloorMoment, right: FloorMoment) -> Duration {
        let (from, to) = (right.microsecondsSince1970, left.microsecondsSince1970)
        return .microseconds(to.clampedDifference(from))
    }

    /// A moment so much later.
    public static func + (left: FloorMoment, right: Duration) -> FloorMoment {
        let sum = left.microsecondsSince1970.clampedSum(right.wholeMicroseconds)
        return FloorMoment(microsecondsSince1970: sum)
    }

    /// The moment in UTC with milliseconds, for example `2026-03-01T09:00:00.250Z`.
    public var description: String {
        let (seconds, rest) = microsecondsSince1970.quotientAndRemainder(dividingBy: 1_000_000)
        let isBefore = rest < 0
        let (date, time) = Self.split(isBefore ? seconds - 1 : seconds)
        let milliseconds = (isBefore ? rest + 1_000_000 : rest) / 1000
        func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let (hour, minute, second) = (time / 3600, time / 60 % 60, time % 60)
        let fraction = String(1000 + milliseconds).dropFirst()
        return "\(Self.year(date.year))-\(two(date.month))-\(two(date.day))T"
            + "\(two(hour)):\(two(minute)):\(two(second)).\(fraction)Z"
    }

    private static func year(_ number: Int64) -> String {
        guard (0...9999).contains(number) else { return "\(number)" }
        return String(repeating: "0", count: 4 - "\(number)".count) + "\(number)"
    }

    /// Days and seconds of a day, by the proleptic Gregorian calendar.
    ///
    /// Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms": `civil_from_days`.
    private static func split(
        _ seconds: Int64
    ) -> (date: (year: Int64, month: Int64, day: Int64), time: Int64) {
        var (days, time) = seconds.quotientAndRemainder(dividingBy: 86_400)
        if time < 0 {
            days -= 1
            time += 86_400
        }
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return ((year, month, day), time)
    }
}

extension Duration {
    /// Microseconds, as many as there are numbers for.
    var wholeMicroseconds: Int64 {
        let (seconds, attoseconds) = components
        let (whole, isOver) = seconds.multipliedReportingOverflow(by: 1_000_000)
        guard !isOver else { return seconds < 0 ? .min : .max }
        return whole.clampedSum(attoseconds / 1_000_000_000_000)
    }

    /// Milliseconds as options carry them: no fewer than none, and no more than there are.
    var optionMilliseconds: UInt32 {
        UInt32(clamping: wholeMicroseconds / 1000)
    }
}
