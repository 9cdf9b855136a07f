public import FloorEvents
import Foundation

/// Time zones by their IANA names, as this machine's Foundation knows them.
///
///     let zone = try ZoneFile.zone("Asia/Shanghai")
///
/// - Thread: any.
public enum ZoneFile {
    /// From so long before now to so long after it transitions are known; a roster that is read
    /// again is worked out anew.
    static let past: Int64 = 366 * 86_400
    static let future: Int64 = 20 * 366 * 86_400

    /// A zone with its transitions from a year back to 20 years ahead.
    ///
    /// - Parameters:
    ///   - name: the IANA name; `UTC` too.
    ///   - moment: from a year before it to 20 years after; nil = now.
    /// - Returns: the zone.
    /// - Throws: `ZoneError` for a name that nobody knows.
    public static func zone(
        _ name: String,
        at moment: Int64? = nil
    ) throws(ZoneError) -> FloorZone {
        // Foundation also takes abbreviations and offsets, which have no daylight saving.
        guard isName(name), let zone = TimeZone(identifier: name) else {
            throw ZoneError(name: name, nearest: nearest(name))
        }
        let now = moment.map { $0 / 1_000_000 } ?? Int64(Date().timeIntervalSince1970)
        let offsets = Offsets(zone: zone)
        var second = now - past
        var offset = offsets[second]
        let first = offset
        var transitions: [FloorZone.Transition] = []
        // No zone sets its clocks twice within a week.
        while second < now + future {
            let next = second + 7 * 86_400
            let later = offsets[next]
            if later != offset {
                let moment = offsets.change(between: second, and: next)
                transitions.append(.init(at: moment * 1_000_000, offset: Int32(later)))
                offset = later
            }
            second = next
        }
        return FloorZone(name, first: Int32(first), transitions: transitions)
    }

    private static func isName(_ name: String) -> Bool {
        name == "UTC" || TimeZone.knownTimeZoneIdentifiers.contains(name)
            || (name.contains("/") && !name.contains(where: { "+-".contains($0) }))
    }

    private static func nearest(_ name: String) -> String? {
        Spelling.nearest(name, TimeZone.knownTimeZoneIdentifiers + ["UTC"])
    }

    /// A zone's offsets by second since 1970.
    private struct Offsets {
        let zone: TimeZone

        subscript(second: Int64) -> Int {
            zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(second)))
        }

        /// The first second at which the offset is the later one.
        func change(between start: Int64, and end: Int64) -> Int64 {
            let before = self[start]
            var (low, high) = (start, end)
            while high - low > 1 {
                let middle = (low + high) / 2
                if self[middle] == before { low = middle } else { high = middle }
            }
            return high
        }
    }
}

/// A time zone that nobody knows.
public struct ZoneError: Error, Equatable, Sendable {
    /// What was written.
    public var name: String
    /// What may have been meant.
    public var nearest: String?

    /// What is wrong and what to do, for a person.
    public var sentence: String {
        let hint = nearest.map { "; did you mean '\($0)'?" } ?? "; write one such as Asia/Shanghai"
        return "there is no time zone '\(name)'" + hint
    }
}
