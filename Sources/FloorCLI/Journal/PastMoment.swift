import ArgumentParser
import FloorBus
import FloorPosix

/// A moment of the past on the command line: named, or so long ago.
enum PastMoment: Sendable, Equatable {
    /// Microseconds since 1970.
    case at(Int64)
    /// So many microseconds before now.
    case ago(Int64)
    /// So many microseconds after the beginning.
    case later(Int64)
    /// The first moment of a day; its midnight as if clocks showed UTC.
    case day(Int64)

    /// The moment in microseconds since 1970.
    ///
    /// - Parameters:
    ///   - now: the present moment.
    ///   - beginning: what `later` counts from.
    ///   - zone: where a day begins.
    /// - Returns: the moment.
    func resolved(
        now: Int64,
        beginning: Int64,
        zone: FloorZone = FloorZone(minutesEast: 0)
    ) -> Int64 {
        switch self {
        case .at(let moment): moment
        case .ago(let time): now.clampedDifference(time)
        case .later(let time): beginning.clampedSum(time)
        case .day(let midnight): start(of: midnight, zone)
        }
    }

    private func start(of midnight: Int64, _ zone: FloorZone) -> Int64 {
        // Noon is in the day, whatever its clocks do at night.
        let noon = midnight.clampedSum(12 * 3600 * 1_000_000)
        let offset = Int64(zone.offset(at: noon)) * 1_000_000
        return zone.startOfDay(at: noon.clampedDifference(offset))
    }
}

/// `2h` or `-2h` (ago), `+30m` (after the beginning), `now`, an ISO 8601 moment, microseconds.
@Sendable func parsePast(_ text: String) throws -> PastMoment {
    if text == "now" { return .ago(0) }
    if text.utf8.count == 10, let midnight = try? parseMoment(text + "T00:00:00Z") {
        return .day(midnight)
    }
    if text.hasPrefix("+"), let time = duration(text.dropFirst()) { return .later(time) }
    if let time = duration(text.hasPrefix("-") ? text.dropFirst() : text[...]) {
        return .ago(time)
    }
    do {
        return .at(try parseMoment(text))
    } catch {
        throw ValidationError(
            "write a moment such as 2026-03-01T09:00:00Z, a day such as 2026-03-01, or how long "
                + "ago such as 90m or 1d12h; "
                + "--to also as +30m after --from"
        )
    }
}

/// The microseconds of `1h30m`; nil for what is not one or more numbers with d, h, m or s.
private func duration(_ text: Substring) -> Int64? {
    let units: [Character: Int64] = ["d": 86_400, "h": 3600, "m": 60, "s": 1]
    var total: Int64 = 0
    var number = ""
    var isEmpty = true
    for character in text {
        if character.isASCII, character.isNumber {
            number.append(character)
            continue
        }
        // Ten years at most: the sum cannot overflow.
        guard let unit = units[character], let count = Int64(number), count <= 3650 * 86_400,
            total <= 3650 * 86_400
        else { return nil }
        total += count * unit
        number = ""
        isEmpty = false
    }
    return isEmpty || !number.isEmpty || total > 3650 * 86_400 ? nil : total * 1_000_000
}
