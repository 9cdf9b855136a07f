import FloorBus
import FloorJournal
import Foundation
import Testing

/// Publishers with an outbox file that are killed with kill -9: whatever `post` took arrives
/// once, in order.
@Suite(.timeLimit(.minutes(10)), .serialized)
struct OutboxKillTests {
    /// A reader of everything that the publishers say, and how many events each had said it took.
    private final class Story {
        let outbox: String
        let endpoint: String
        private let reader: FloorBusClient
        private let subscription: Subscription
        private var random = SystemRandomNumberGenerator()
        private(set) var said: [Int] = []
        private(set) var recovered = 0

        init(_ scratch: Scratch, endpoint: String) async throws {
            outbox = scratch.path + "/outbox"
            self.endpoint = endpoint
            var options = FloorBusClient.Options(principal: "reader")
            options.reconnect = .milliseconds(5)...(.milliseconds(50))
            reader = try FloorBusClient(endpoints: [endpoint], options: options)
            subscription = try reader.subscribe(to: KeyFilter("event/"))
            for try await event in subscription {
                if case .snapshotEnd = event { break }
            }
        }

        /// One publisher's life: killed after it has said yes so many times.
        func run(at endpoint: String) throws {
            let probe = try Probe(["publish", endpoint, outbox, "\(said.count + 1)"])
            probe.read(lines: Int.random(in: 2...250, using: &random))
            let lines = probe.kill().compactMap { Int($0) }
            recovered += try #require(lines.first)
            said.append(lines.dropFirst().last ?? 0)
        }

        /// The last publisher only sends what was left, and then ends in order.
        func end() async throws -> [String] {
            var options = FloorBusClient.Options(principal: "desk")
            options.outboxPath = outbox
            options.outboxOperations = 16_384
            options.reconnect = .milliseconds(5)...(.milliseconds(50))
            let last = try FloorBusClient(endpoints: [endpoint], options: options)
            let key = try FloorKey(.event, site: "bj", unit: "calls", entity: "end")
            try await last.publish(.event(Array("end".utf8), schema: 0), to: key)
            #expect(await last.close())
            var seen: [String] = []
            for try await event in subscription {
                if case .gap = event { Issue.record("a gap was told") }
                guard case .record(let record) = event else { continue }
                let text = String(decoding: record.payload, as: UTF8.self)
                if text == "end" { break }
                seen.append(text)
            }
            await reader.close()
            return seen
        }

        /// Every event that was said to be taken, once and in order; of each run at most one more,
        /// whose publisher was killed before it could say so.
        func check(_ seen: [String]) {
            var expected: [String] = []
            for (index, count) in said.enumerated() {
                let run = index + 1
                for number in 0..<count { expected.append("\(run) \(number + 1)") }
                let extra = "\(run) \(count + 1)"
                if seen.contains(extra) { expected.append(extra) }
            }
            #expect(seen == expected)
        }
    }

    @Test("Killed twenty times, with and without a hub: every event arrives once and in order")
    func killed() async throws {
        let scratch = try Scratch()
        var configuration = HubConfiguration()
        configuration.listen = ["ipc://" + scratch.path + "/hub"]
        let hub = try EmbeddedHub(configuration)
        let story = try await Story(scratch, endpoint: configuration.listen[0])
        for run in 1...20 {
            let isAlone = run.isMultiple(of: 4)
            try story.run(at: isAlone ? "ipc://" + scratch.path + "/nobody" : story.endpoint)
        }
        story.check(try await story.end())
        #expect(story.recovered > 0)
        hub.stop()
        let names = try FileManager.default.contentsOfDirectory(atPath: scratch.path)
        #expect(Set(names).subtracting(["outbox", "hub", "hub.lock"]) == [])
    }

    @Test("Publisher and durable hub killed in turn: every event arrives once and in order")
    func bothKilled() async throws {
        let scratch = try Scratch()
        let endpoint = "ipc://" + scratch.path + "/hub"
        var hub = try Probe(["hub", scratch.path, endpoint])
        hub.read(lines: 1)
        let story = try await Story(scratch, endpoint: endpoint)
        for _ in 1...8 {
            try story.run(at: endpoint)
            _ = hub.kill()
            try story.run(at: endpoint)
            hub = try Probe(["hub", scratch.path, endpoint])
            hub.read(lines: 1)
        }
        story.check(try await story.end())
        #expect(story.recovered > 0)
        hub.stop()
    }
}
