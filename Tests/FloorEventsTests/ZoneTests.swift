import FloorEvents
import Testing

/// Where a zone's days begin and end.
@Suite("A time zone's days") struct ZoneTests {
    private static let hour: Int64 = 3600 * 1_000_000
    /// 26 March 2023, 00:00 UTC.
    private static let spring: Int64 = 1_679_788_800_000_000

    @Test("a zone that never changes has days of 24 hours, east and west of UTC")
    func fixed() {
        for minutes: Int16 in [0, 480, -300, 345, 840, -720] {
            let zone = FloorZone(minutesEast: minutes)
            let offset = Int64(minutes) * 60_000_000
            for (moment, day) in [(0, 0), (1, 0), (24 * Self.hour - 1, 0), (-1, -1)] {
                let midnight = Int64(day) * 24 * Self.hour - offset
                let moment = Int64(moment) - offset
                #expect(zone.startOfDay(at: moment) == midnight)
                #expect(zone.endOfDay(at: moment) == midnight + 24 * Self.hour)
                #expect(zone.minutes(at: moment) == minutes)
            }
        }
    }

    @Test("a day on which clocks are set has 23 or 25 hours")
    func summerTime() {
        // Paris: on 26 March at 01:00 UTC from one hour to two, on 29 October back.
        let autumn = Self.spring + 217 * 24 * Self.hour
        let paris = FloorZone(
            "Europe/Paris",
            first: 3600,
            transitions: [
                .init(at: autumn + Self.hour, offset: 3600),
                .init(at: Self.spring + Self.hour, offset: 7200),
            ]
        )
        #expect(paris.name == "Europe/Paris" && paris.transitions[0].moment < autumn)
        #expect(paris.offset(at: Self.spring + Self.hour - 1) == 3600)
        #expect(paris.offset(at: Self.spring + Self.hour) == 7200)
        for (date, hours) in [(Self.spring, Int64(23)), (autumn, 25)] {
            let noon = date + 12 * Self.hour
            let start = paris.startOfDay(at: noon)
            let end = paris.endOfDay(at: noon)
            #expect(end - start == hours * Self.hour)
            #expect(paris.startOfDay(at: start) == start && paris.startOfDay(at: end) == end)
            #expect(paris.startOfDay(at: end - 1) == start)
            #expect(paris.endOfDay(at: start - 1) == start)
        }
    }

    @Test("a day without midnight begins with its first moment, one with two with the first")
    func midnight() {
        // Clocks go from 00:00 to 01:00: the day begins at one.
        let leap = FloorZone(
            "a",
            first: 0,
            transitions: [.init(at: Self.spring, offset: 3600)]
        )
        #expect(leap.startOfDay(at: Self.spring + 5 * Self.hour) == Self.spring)
        #expect(leap.endOfDay(at: Self.spring) == Self.spring + 23 * Self.hour)
        #expect(leap.endOfDay(at: Self.spring - 1) == Self.spring)
        // Clocks go from 00:30 back to 23:30: midnight comes twice.
        let back = FloorZone(
            "b",
            first: 3600,
            transitions: [.init(at: Self.spring - Self.hour / 2, offset: 0)]
        )
        let first = Self.spring - Self.hour
        #expect(back.startOfDay(at: Self.spring + Self.hour) == first)
        #expect(back.startOfDay(at: first) == first)
    }

    @Test("days follow each other without a hole, whatever a zone does")
    func partition() {
        var transitions: [FloorZone.Transition] = []
        for number in 0..<40 as Range<Int64> {
            let moment = Self.spring + number * 91 * 24 * Self.hour + number * 1_234_567_890
            transitions.append(.init(at: moment, offset: number % 2 == 0 ? 7200 : -3600))
        }
        let zone = FloorZone("c", first: -3600, transitions: transitions)
        var start = zone.startOfDay(at: Self.spring - 5 * 24 * Self.hour)
        for _ in 0..<4000 {
            let end = zone.endOfDay(at: start)
            #expect(end > start && end - start <= 28 * Self.hour)
            start = end
        }
    }

    @Test("no moment and no offset is too far away")
    func extremes() {
        let zones = [
            FloorZone(minutesEast: .max), FloorZone(minutesEast: .min),
            FloorZone(
                "d",
                first: .max,
                transitions: [.init(at: .min, offset: .min), .init(at: .max, offset: .max)]
            ),
        ]
        for zone in zones {
            for moment: Int64 in [.min, .min + 1, -1, 0, 1, .max - 1, .max] {
                #expect(zone.endOfDay(at: moment) > zone.startOfDay(at: moment))
                #expect(abs(Int(zone.minutes(at: moment))) <= 18 * 60)
            }
        }
    }

    @Test("sums, differences, products and shares stop at the ends of the range")
    func clamped() {
        #expect(Int64.max.clampedSum(1) == .max && Int64.min.clampedSum(-1) == .min)
        #expect(Int64.min.clampedDifference(1) == .min && Int64.max.clampedDifference(-1) == .max)
        #expect(Int64(0).clampedDifference(.min) == .max && Int64(3).clampedSum(4) == 7)
        #expect(Int64.max.clampedProduct(2) == .max && Int64.min.clampedProduct(2) == .min)
        #expect(Int64.min.clampedProduct(-1) == .max && Int64(3).clampedProduct(-4) == -12)
        #expect(Int64(1).share(of: 3, scale: 1000) == 333)
        #expect(Int64(2).share(of: 3, scale: 1000) == 667 && Int64(1).share(of: 2, scale: 1) == 1)
        #expect(Int64(1).share(of: 0, scale: 1000) == nil)
        #expect(Int64.max.share(of: .max, scale: .max) == 1)
        #expect(Int64.min.share(of: 1, scale: 1000) == .min)
        var count = UInt32.max
        count.countUp()
        #expect(count == .max)
    }
}
