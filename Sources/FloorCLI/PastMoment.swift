import ArgumentParser
import FloorBus
import FloorPosix

/// A moment on the command line, the same for every option: named, so long ago, or by the clock
/// on a wall.
enum PastMoment: Sendable, Equatable {
    /// Microseconds since 1970.
    case at(Int64)
    /// So many microseconds before now.
    case ago(Int64)
    /// So many microseconds after the beginning.
    case later(Int64)
    /// The first moment of a day; its midnight as if clocks showed UTC.
    case day(Int64)
    /// What clocks show, as if they showed UTC.
    case local(Int64)
    /// The first moment of the day so many days before today.
    case daysBack(Int64)
    /// What clocks show today, in microseconds since midnight.
    case timeOfDay(Int64)

    private static let dayMicroseconds: Int64 = 86_400_000_000

    /// Whether it depends on the zone.
    var isLocal: Bool {
        switch self {
        case .at, .ago, .later: false
        case .day, .local, .daysBack, .timeOfDay: true
        }
    }

    /// The moment in microseconds since 1970.
    ///
    /// - Parameters:
    ///   - now: the present moment.
    ///   - beginning: what `later` counts from.
    ///   - zone: where a day begins and what clocks show.
    /// - Returns: the moment; a time that clocks leave out is as long after the one they leave at.
    func resolved(
        now: Int64,
        beginning: Int64,
        zone: FloorZone = FloorZone(minutesEast: 0)
    ) -> Int64 {
        switch self {
        case .at(let moment): return moment
        case .ago(let time): return now.clampedDifference(time)
        case .later(let time): return beginning.clampedSum(time)
        case .day(let midnight): return start(of: midnight, zone)
        case .local(let clock): return moment(of: clock, zone)
        case .daysBack(let days):
            return start(of: today(now, zone) - days * Self.dayMicroseconds, zone)
        case .timeOfDay(let time): return moment(of: today(now, zone).clampedSum(time), zone)
        }
    }

    /// The midnight that clocks showed last, as if they showed UTC.
    private func today(_ now: Int64, _ zone: FloorZone) -> Int64 {
        let clock = now.clampedSum(Int64(zone.offset(at: now)) * 1_000_000)
        let past = clock % Self.dayMicroseconds
        return clock.clampedDifference(past < 0 ? past + Self.dayMicroseconds : past)
    }

    private func moment(of clock: Int64, _ zone: FloorZone) -> Int64 {
        let guess = clock.clampedDifference(Int64(zone.offset(at: clock)) * 1_000_000)
        return clock.clampedDifference(Int64(zone.offset(at: guess)) * 1_000_000)
    }

    private func start(of midnight: Int64, _ zone: FloorZone) -> Int64 {
        // Noon is in the day, whatever its clocks do at night.
        let noon = midnight.clampedSum(12 * 3600 * 1_000_000)
        let offset = Int64(zone.offset(at: noon)) * 1_000_000
        return zone.startOfDay(at: noon.clampedDifference(offset))
    }

    /// A moment as clocks of a zone show it, with their offset: `2026-03-01T17:00:00+08:00`.
    static func shown(_ moment: Int64, in zone: FloorZone) -> String {
        let east = zone.offset(at: moment)
        let clock = moment.clampedSum(Int64(east) * 1_000_000)
        let minutes = abs(east) / 60
        let two = { (number: Int32) in number < 10 ? "0\(number)" : "\(number)" }
        var text = Output.time(clock - clock % 1_000_000)
        if text.hasSuffix("Z") { text.removeLast() }
        if let point = text.lastIndex(of: ".") { text = String(text[..<point]) }
        return text + (east < 0 ? "-" : "+") + two(minutes / 60) + ":" + two(minutes % 60)
    }
}

/// Reads a moment; the forms are in docs/cli.md, Moments.
@Sendable func parsePast(_ text: String) throws -> PastMoment {
    switch text {
    case "now": return .ago(0)
    case "today": return .daysBack(0)
    case "yesterday": return .daysBack(1)
    default: break
    }
    if text.hasPrefix("+"), let time = duration(text.dropFirst()) { return .later(time) }
    if let time = duration(text.hasPrefix("-") ? text.dropFirst() : text[...]) {
        return .ago(time)
    }
    if !text.isEmpty, text.utf8.allSatisfy({ (48...57).contains($0) }) {
        return .at(try count(text))
    }
    do throws(MomentProblem) {
        var reader = MomentReader(text)
        if let moment = try reader.moment() { return moment }
    } catch {
        throw ValidationError("'\(text)' is no moment: \(error.sentence)")
    }
    throw ValidationError(
        "write a moment such as 2026-03-01T09:00:00Z or microseconds since 1970, a day such as "
            + "2026-03-01, a time of today such as 09:00, today, yesterday, or how long ago such "
            + "as 90m, 1d12h or 1w; --to also as +30m after --from"
    )
}

/// A moment as `parsePast` reads it, where there is no beginning and no zone: at once, and in UTC.
@Sendable func parseMoment(_ text: String) throws -> Int64 {
    let now = Clocks.wallMicroseconds()
    let moment = try parsePast(text).resolved(now: now, beginning: now)
    guard moment >= 0 else { throw ValidationError("the moment is before 1970") }
    return moment
}

/// Whole numbers are microseconds since 1970, or seconds: which, their size says.
private func count(_ text: String) throws -> Int64 {
    guard let number = Int64(text) else {
        throw ValidationError("\(text) is further away than any moment")
    }
    // Seconds from 1973 to the year 5138; microseconds from 1973 on.
    if number == 0 || number >= 100_000_000_000_000 { return number }
    if (100_000_000..<100_000_000_000).contains(number) { return number * 1_000_000 }
    throw ValidationError(
        "\(text) is neither seconds nor microseconds since 1970 of a moment after 1973; "
            + "write it as 2026-03-01T09:00:00Z"
    )
}

/// The microseconds of `1h30m`; nil for what is not one or more numbers with w, d, h, m or s.
private func duration(_ text: Substring) -> Int64? {
    let units: [Character: Int64] = ["w": 604_800, "d": 86_400, "h": 3600, "m": 60, "s": 1]
    // Ten years at most: the sum cannot overflow.
    let most: Int64 = 3650 * 86_400
    var total: Int64 = 0
    var number = ""
    var isEmpty = true
    for character in text {
        if character.isASCII, character.isNumber {
            number.append(character)
            continue
        }
        guard let unit = units[character], let count = Int64(number), count <= most / unit else {
            return nil
        }
        total += count * unit
        guard total <= most else { return nil }
        number = ""
        isEmpty = false
    }
    return isEmpty || !number.isEmpty ? nil : total * 1_000_000
}
