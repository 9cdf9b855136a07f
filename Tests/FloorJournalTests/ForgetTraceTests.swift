import FloorBus
import FloorHubServer
import FloorWire
import Foundation
import Testing

@testable import FloorJournal

/// Traces that a name of digits, a call's step, a display name and another spelling leave.
@Suite(.timeLimit(.minutes(2)))
struct ForgetTraceTests {
    private func withJournal(
        _ fill: (EmbeddedHub) async throws -> Void,
        _ look: (JournalFile) throws -> Void
    ) async throws {
        let scratch = try Scratch()
        let hub = try EmbeddedHub(
            HubConfiguration(),
            journal: SQLiteJournal.opener(directory: scratch.path)
        )
        try await fill(hub)
        hub.stop()
        try look(try JournalFile(directory: scratch.path))
    }

    private func events(_ file: JournalFile) throws -> [(key: String, text: String)] {
        var found: [(String, String)] = []
        try file.records(.events, [.event]) { record in
            guard record.key.segments[1] != "-" else { return }
            found.append((record.key.text, String(decoding: record.payload, as: UTF8.self)))
        }
        return found
    }

    @Test("A number's keys and its calls' steps go; a number of something else is told by revision")
    func number() async throws {
        try await withJournal { hub in
            let bridge = try hub.connect(as: "bridge")
            let own = try FloorKey(.event, site: "bj", unit: "care", entity: "4714")
            try await bridge.publish(.event(Array("4714 euro".utf8), schema: 7), to: own)
            let call = try FloorKey(.event, site: "bj", unit: "care", entity: "c1")
            let step = "10\tanswered\tc1\tcare\t4714\t3"
            try await bridge.publish(.event(Array(step.utf8), schema: 1001), to: call)
            await bridge.close()
        } _: { file in
            let done = try #require(try file.forget("4714", by: "boss"))
            #expect(done.doubtful == 1 && done.doubtfulRevisions.count == 1)
            let left = try events(file)
            #expect(left.map(\.key).contains("event/bj/care/\(done.pseudonym)/"))
            #expect(left.map(\.text).contains("10\tanswered\tc1\tcare\t\(done.pseudonym)\t3"))
            #expect(!left.map(\.key).contains("event/bj/care/4714/"))
        }
    }

    @Test("What others call the person is blotted out of their words")
    func displayName() async throws {
        try await withJournal { hub in
            let ben = try hub.connect(as: "ben")
            let key = try FloorKey(.event, site: "bj", unit: "care", entity: "c1")
            try await ben.publish(.event(Array("ask Ana Ruiz".utf8), schema: 0), to: key)
            let state = try FloorKey(.agent, site: "bj", unit: "care", entity: "4714")
            try await ben.publish(.agent(AgentState(activity: .ready)), to: state)
            await ben.close()
        } _: { file in
            let done = try file.forget("4714", calledBy: ["Ana Ruiz"], by: "boss")
            let left = try events(file).map(\.text)
            #expect(done != nil && left == ["ask ********"])
        }
    }

    @Test("Another spelling of the same letters is another person, and stays")
    func spellings() async throws {
        let (composed, decomposed) = ("zo\u{E9}", "zoe\u{301}")
        try await withJournal { hub in
            let switchboard = try hub.connect(as: "switch")
            for name in [composed, decomposed] {
                let key = try FloorKey(.agent, site: "bj", unit: "care", entity: name)
                try await switchboard.publish(.agent(AgentState(activity: .ready)), to: key)
                let custom = try FloorKey(.custom, site: "bj", unit: "care", entity: name)
                let value = FloorContent.custom(Array("x".utf8), schema: 0)
                try await switchboard.publish(value, to: custom)
            }
            await switchboard.close()
        } _: { file in
            let done = try #require(try file.forget(composed, by: "boss"))
            #expect(done.values == 2, "both values of one name, and none of the other")
            #expect(try file.check().faults == [])
            #expect(try file.forget(decomposed, by: "boss")?.values == 2)
        }
    }
}
