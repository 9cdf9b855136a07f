import FloorBus
import Testing

@testable import FloorCLI

/// What is printed of numbers at both ends of their range, and of days.
struct ExtremeLineTests {
    private static let wide: [Int64] = [.min, .min + 1, -1, 0, 1, .max - 1, .max]

    // Lines and JSON of figures and levels at these ends: FloorTextTests.
    @Test("Moments, shares and spans at the ends of their range are printed")
    func lines() {
        for value in Self.wide {
            #expect(!Output.time(value).isEmpty)
            #expect(Wallboard.percent(value).hasSuffix(" %"))
            #expect(Wallboard.duration(value).contains(":"))
        }
    }

    @Test("Ages of moments at the ends of time have an end")
    func ages() {
        let clock = FloorClock(floorOrigin: 0, origin: 0, speed: 60)
        for moment in Self.wide {
            for now in Self.wide { #expect(clock.age(of: moment, at: now) >= 0) }
        }
        #expect(clock.age(of: .min, at: .max) == Int64.max / 1_000_000)
        #expect(clock.age(of: 1_000_000, at: 3_000_000) == 120)
    }

    @Test("A day on the command line begins when the zone's does")
    func days() throws {
        let day = try parsePast("2026-03-01")
        #expect(day == .day(1_772_323_200_000_000))
        let shanghai = FloorZone(minutesEast: 480)
        #expect(day.resolved(now: 0, beginning: 0) == 1_772_323_200_000_000)
        let start = day.resolved(now: 0, beginning: 0, zone: shanghai)
        #expect(start == 1_772_323_200_000_000 - 8 * 3_600_000_000)
        #expect(throws: (any Error).self) { try parsePast("2026-13-01") }
        #expect(PastMoment.later(1).resolved(now: 0, beginning: .max) == .max)
        #expect(PastMoment.ago(1).resolved(now: .min, beginning: 0) == .min)
    }
}
