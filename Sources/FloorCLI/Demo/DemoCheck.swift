import FloorBus

/// What a run has measured, and whether it was good.
struct DemoReport: Equatable {
    var publisher: FloorPublisher.Tally
    /// Different events that came, and how many came twice.
    var events: Int
    var repeatedEvents: Int
    var missingEvents: Int
    /// Keys of agents and queues that the subscriber holds.
    var agents: Int
    var queues: Int
    /// Records that the subscription says it cannot deliver.
    var gaps: Int
    var unreadable = 0
    /// Sentences about values that differ between subscriber and hub.
    var differences: [String] = []

    /// What was published and did not arrive where it should.
    ///
    /// At the hub, as nobody acknowledged it, or at the subscriber; what arrived at neither
    /// counts twice.
    var lost: Int { unacknowledged + missingEvents }

    private var unacknowledged: Int { max(0, publisher.posted - publisher.accepted) }

    var line: String {
        "demo: events=\(events) agents=\(agents) queues=\(queues) gaps=\(gaps) lost=\(lost)"
    }

    static let leastEvents = 1000

    /// Everything that is not as it should be, in sentences; empty = the check is passed.
    func failures(agents wantedAgents: Int, queues wantedQueues: Int) -> [String] {
        var found: [String] = []
        if events <= Self.leastEvents {
            found.append(
                "only \(events) events arrived, and a check needs more than \(Self.leastEvents); "
                    + "raise --seconds, --speed or --agents"
            )
        }
        if agents != wantedAgents {
            found.append("the subscriber holds \(agents) agents instead of \(wantedAgents)")
        }
        if queues != wantedQueues {
            found.append("the subscriber holds \(queues) queues instead of \(wantedQueues)")
        }
        if gaps > 0 { found.append("the subscriber was told of \(gaps) records it cannot have") }
        if publisher.refused > 0 {
            found.append("the hub refused \(publisher.refused) operations")
        }
        if publisher.unanswered > 0 {
            found.append("\(publisher.unanswered) operations have no answer")
        }
        if publisher.accepted != publisher.posted {
            found.append(
                "\(publisher.posted) operations were published and \(publisher.accepted) "
                    + "acknowledged"
            )
        }
        if missingEvents > 0 {
            found.append(
                "\(missingEvents) of \(publisher.events) events did not reach the subscriber"
            )
        }
        if events > publisher.events {
            found.append("\(events) events came and only \(publisher.events) were published")
        }
        if repeatedEvents > 0 { found.append("\(repeatedEvents) events came more than once") }
        if unreadable > 0 { found.append("\(unreadable) records could not be read") }
        return found + differences
    }
}

enum DemoCheck {
    /// Differences named one by one; the rest is counted.
    static let named = 10

    /// Where what a subscriber holds is not what the hub has, in sentences, by key.
    static func differences(
        subscriber: [FloorKey: HeldValue],
        hub: [FloorKey: HeldValue]
    ) -> [String] {
        var found: [String] = []
        for key in Set(subscriber.keys).union(hub.keys).sorted() {
            switch (subscriber[key], hub[key]) {
            case (let held?, let value?):
                found += aspects(held, value).map { "\(key.text) differs in \($0)" }
            case (_?, nil): found.append("\(key.text) is held by the subscriber alone")
            case (nil, _): found.append("\(key.text) is missing at the subscriber")
            }
        }
        guard found.count > named else { return found }
        return found.prefix(named) + ["and \(found.count - named) differences more"]
    }

    private static func aspects(_ held: HeldValue, _ value: HeldValue) -> [String] {
        var found: [String] = []
        if held.revision != value.revision {
            found.append(
                "its revision: \(held.revision.counter) at the subscriber, "
                    + "\(value.revision.counter) at the hub"
            )
        }
        if held.freshness != value.freshness {
            found.append(
                "its freshness: \(held.freshness.name) at the subscriber, "
                    + "\(value.freshness.name) at the hub"
            )
        }
        // No payload in a sentence: it may hold people's words.
        if held.payload != value.payload || held.schema != value.schema {
            found.append(
                "its payload: \(held.payload.count) bytes at the subscriber, "
                    + "\(value.payload.count) at the hub"
            )
        }
        return found
    }
}
