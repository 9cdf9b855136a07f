import FloorBus
import Testing

@testable import FloorCLI

/// The comparison behind `demo --check`: that it passes says something only if it can fail.
@Suite("The demonstration's check can fail")
struct DemoCheckTests {
    private static func value(_ counter: UInt64, _ payload: [UInt8] = [1, 2]) -> HeldValue {
        HeldValue(
            revision: Revision(epoch: 1, counter: counter),
            freshness: .live,
            schema: 1,
            payload: payload
        )
    }

    private static func good() -> DemoReport {
        DemoReport(
            publisher: FloorPublisher.Tally(
                posted: 5000,
                accepted: 5000,
                refused: 0,
                unanswered: 0,
                events: 2000
            ),
            events: 2000,
            repeatedEvents: 0,
            missingEvents: 0,
            agents: 200,
            queues: 6,
            gaps: 0
        )
    }

    private static func failures(_ change: (inout DemoReport) -> Void) -> [String] {
        var report = good()
        change(&report)
        return report.failures(agents: 200, queues: 6)
    }

    @Test("A run in which nothing was lost passes, and says its figures in one line")
    func good() {
        #expect(Self.failures { _ in }.isEmpty)
        #expect(Self.good().line == "demo: events=2000 agents=200 queues=6 gaps=0 lost=0")
    }

    @Test("Whatever is wrong with a run is told in a sentence of its own")
    func eachFailure() {
        #expect(Self.failures { ($0.events, $0.publisher.events) = (1000, 1000) }.count == 1)
        #expect(Self.failures { $0.agents = 199 }.count == 1)
        #expect(Self.failures { $0.queues = 7 }.count == 1)
        #expect(Self.failures { $0.gaps = 1 }.count == 1)
        #expect(Self.failures { $0.unreadable = 1 }.count == 1)
        #expect(Self.failures { $0.repeatedEvents = 1 }.count == 1)
        #expect(Self.failures { $0.publisher.refused = 1 }.count == 1)
        #expect(Self.failures { $0.publisher.unanswered = 1 }.count == 1)
        #expect(Self.failures { $0.differences = ["agent/x/ differs"] }.count == 1)
    }

    @Test("A missing acknowledgement and a missing event are counted as lost")
    func lost() {
        var report = Self.good()
        report.publisher.accepted = 4999
        #expect(report.lost == 1)
        #expect(
            report.failures(agents: 200, queues: 6)
                == ["5000 operations were published and 4999 acknowledged"]
        )
        report.missingEvents = 2
        #expect(report.line.hasSuffix("lost=3"))
        #expect(report.failures(agents: 200, queues: 6).count == 2)
    }

    @Test("Two equal tables have no differences; each kind of difference is named with its key")
    func differences() throws {
        let ana = try FloorKey("agent/demo/amber/1001/")
        let ben = try FloorKey("agent/demo/amber/1002/")
        let table = [ana: Self.value(7), ben: Self.value(8)]
        #expect(DemoCheck.differences(subscriber: table, hub: table).isEmpty)

        var other = table
        other[ana] = Self.value(6)
        #expect(
            DemoCheck.differences(subscriber: other, hub: table)
                == [
                    "agent/demo/amber/1001/ differs in its revision: 6 at the subscriber, "
                        + "7 at the hub"
                ]
        )
        other[ana] = Self.value(7, [1, 3])
        let payload = DemoCheck.differences(subscriber: other, hub: table)
        #expect(payload.count == 1 && payload[0].contains("its payload"))
        other[ana] = Self.value(7)
        other[ana]?.freshness = .stale
        let freshness = DemoCheck.differences(subscriber: other, hub: table)
        #expect(freshness.count == 1 && freshness[0].contains("stale at the subscriber"))
        other[ana] = nil
        #expect(
            DemoCheck.differences(subscriber: other, hub: table)
                == ["agent/demo/amber/1001/ is missing at the subscriber"]
        )
        #expect(
            DemoCheck.differences(subscriber: table, hub: other)
                == ["agent/demo/amber/1001/ is held by the subscriber alone"]
        )
    }

    @Test("Of many differences ten are named and the rest is counted")
    func manyDifferences() throws {
        var table: [FloorKey: HeldValue] = [:]
        for number in 0..<25 { table[try FloorKey("agent/demo/x/\(number)/")] = Self.value(1) }
        let found = DemoCheck.differences(subscriber: [:], hub: table)
        #expect(found.count == 11)
        #expect(found.last == "and 15 differences more")
    }

    @Test("Numbers that come are counted once, those that do not are missing")
    func numberSet() {
        var numbers = NumberSet()
        for number in [0, 1, 4, 2, 4, 0, 7] { numbers.insert(number) }
        #expect(numbers.count == 5)
        #expect(numbers.repeated == 2)
        #expect(numbers.missing(below: 3) == 0)
        #expect(numbers.missing(below: 8) == 3)
        #expect(numbers.missing(below: 20) == 15)
    }
}
