import FloorBus
import FloorEvents
import Foundation
import Testing

/// Moments as a stranger uses them: printed, compared, subtracted; no number traps.
@Suite("Moments")
struct FloorMomentTests {
    @Test("They print as ISO 8601 in UTC, as Foundation does")
    func text() {
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        var random = SystemRandomNumberGenerator()
        var moments: [Int64] = [1, 951_782_400_000_000, 1_772_355_600_250_000, -1_000_000]
        // The years 1600 to 9999, which both calendars have.
        for _ in 0..<2000 {
            moments.append(
                .random(in: -11_676_096_000...253_402_300_799, using: &random) * 1_000_000
            )
        }
        for moment in moments {
            let date = Date(timeIntervalSince1970: Double(moment) / 1_000_000)
            let text = FloorMoment(microsecondsSince1970: moment).description
            #expect(text == date.formatted(style), "\(moment)")
        }
        let moment = FloorMoment(microsecondsSince1970: 1_772_355_600_250_999)
        #expect("\(moment)" == "2026-03-01T09:00:00.250Z")
    }

    @Test("Both ends of the numbers are moments like any other")
    func ends() throws {
        let first = FloorMoment(microsecondsSince1970: .min)
        let last = FloorMoment(microsecondsSince1970: .max)
        #expect(first.description.hasPrefix("-290308-") && last.description.hasPrefix("294247-"))
        #expect(first < last && last - first > .zero && first - last < .zero)
        #expect(last + .seconds(1) == last && first + .seconds(-1) == first)
        #expect(last + .seconds(Int64.max) == last)
        #expect(FloorMoment(0) == nil)
        #expect(try #require(FloorMoment(5)).microsecondsSince1970 == 5)
        #expect(FloorMoment.now > FloorMoment(microsecondsSince1970: 1_700_000_000_000_000))
    }

    @Test("Keys, filters, ids and revisions print as themselves")
    func descriptions() throws {
        #expect("\(try FloorKey("agent/bj/sales/4711/"))" == "agent/bj/sales/4711/")
        #expect("\(try KeyFilter("agent/+/"))" == "agent/+/")
        #expect("\(FloorID(high: 1, low: 2))" == "00000000000000010000000000000002")
        #expect("\(Revision(epoch: 3, counter: 42))" == "3.42")
        #expect("\(FloorBusError(.denied))" == FloorStatus.denied.sentence)
    }
}
