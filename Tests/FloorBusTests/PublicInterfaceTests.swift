import FloorBus
import FloorBusTestKit
import Testing

/// The public interface as a stranger uses it: every example of the documentation, compiled.
@Suite(.timeLimit(.minutes(1)))
struct PublicInterfaceTests {
    private func withHub(
        _ body: (EmbeddedHub, FloorBusClient) async throws -> Void
    ) async throws {
        var configuration = HubConfiguration()
        configuration.listen = ["tcp://127.0.0.1:0"]
        configuration.tap = "tcp://127.0.0.1:0"
        let hub = try EmbeddedHub(configuration)
        defer { hub.stop() }
        var options = FloorBusClient.Options(principal: "cti", application: "tests")
        options.reconnect = .milliseconds(50)...(.milliseconds(200))
        options.creditBytes = Limits.creditMinimumBytes
        options.outboxOperations = 64
        options.reasserts = false
        options.heartbeat = .milliseconds(200)
        options.willGrace = .milliseconds(1000)
        let client = try FloorBusClient(endpoints: hub.endpoints, options: options)
        try await body(hub, client)
        #expect(await client.close())
    }

    @Test("A client tells the hub's time: what is stamped meanwhile lies between two readings")
    func hubTime() async throws {
        let start = ContinuousClock.now
        try await withHub { _, client in
            try #require(await holds { client.hubTime != nil })
            let before = try #require(client.hubTime)
            let key = try FloorKey("agent/bj/sales/4711/")
            try await client.publish(
                .agent(AgentState(activity: .ready, cause: .agent)),
                to: key
            )
            let record = try #require(try await client.get(KeyFilter("agent/")).first)
            let after = try #require(client.hubTime)
            // What a hub that was stopped in the middle of a turn may be ahead.
            let turn = ContinuousClock.now - start
            let stamp = try #require(record.hubTime)
            #expect(before.time - stamp <= before.error)
            #expect(stamp <= after.time + after.error + turn)
        }
    }

    @Test("A hub says where it listens and how it is")
    func hubFacts() async throws {
        try await withHub { hub, client in
            #expect(hub.tapEndpoint?.hasPrefix("tcp://127.0.0.1:") == true)
            #expect(hub.notices.allSatisfy { $0.contains("descriptor limit") })
            #expect(hub.failure == nil)
            #expect(hub.lineage != .zero)
            _ = try await client.get(KeyFilter("presence/"), timeout: .seconds(30))
            #expect(client.isConnected)
            #expect(hub.statistics.sessions == 1)
            let local = try hub.connect(as: "local", application: "in process")
            _ = try await local.get(KeyFilter("presence/"), timeout: .seconds(30))
            #expect(hub.statistics.sessions == 2)
            await local.close()
        }
    }

    @Test("Every kind of content arrives as it was published")
    func contents() async throws {
        try await withHub { _, client in
            var level = QueueLevel(waiting: 3)
            level.oldestEnqueuedAt = 1_700_000_000_000_000
            let figure = Figure(
                "asa",
                4200,
                .milliseconds,
                formula: .mean,
                window: .rolling15Minutes,
                n: 37
            )
            let contents: [(String, FloorContent)] = [
                ("agent/bj/sales/4711/", .agent(AgentState(activity: .ready, cause: .agent))),
                ("queue/bj/sales/hotline/", .queue(level)),
                ("team/bj/sales/-/", .team(TeamFigures([figure]))),
                ("custom/bj/sales/motto/", .custom(Array("hello".utf8), schema: 9)),
            ]
            for (key, content) in contents {
                try await client.publish(content, to: FloorKey(key), options: .unleased)
            }
            #expect(try await client.get(KeyFilter("agent/")).first?.agentState?.activity == .ready)
            #expect(try await client.get(KeyFilter("queue/")).first?.queueLevel == level)
            #expect(
                try await client.get(KeyFilter("team/")).first?.teamFigures?.figures == [figure]
            )
            let custom = try await client.get(KeyFilter("custom/")).first
            #expect(custom?.payload == Array("hello".utf8) && custom?.schema == 9)
            #expect(custom?.operation == .put && custom?.freshness == .live)
            let presence = try await client.get(KeyFilter("presence/"), timeout: .seconds(30)).first
            #expect(try presence?.presence?.sessions == 1)
            #expect((try presence?.presence?.since ?? 0) > 0)
        }
    }

    @Test("A subscription brings the snapshot, then changes and events with all their facts")
    func subscription() async throws {
        try await withHub { hub, client in
            let key = try FloorKey("custom/bj/sales/motto/")
            try await client.publish(.custom([1], schema: 1), to: key)
            let subscription: Subscription = try client.subscribe(
                to: KeyFilter("custom/"),
                KeyFilter("event/"),
                minimumInterval: .milliseconds(1)
            )
            var iterator: Subscription.Iterator = subscription.makeAsyncIterator()
            var ends = 0
            var first: FloorRecord?
            while ends < 2, let event: Subscription.Element = try await iterator.next() {
                if case .record(let record) = event { first = record }
                if case .linkUp(let change) = event {
                    #expect(change.epoch == hub.epoch && change.lineage == hub.lineage)
                    #expect(change.continuity == LinkChange.Continuity.first)
                }
                if case .snapshotEnd(let keys) = event {
                    ends += 1
                    #expect(keys <= 1)
                }
            }
            #expect(first?.isFromSnapshot == true && first?.isWill == false)
            #expect(first?.coalesced == 0 && first?.previousRevision == nil)

            var options = PublishOptions()
            options.sourceTime = FloorMoment(1_700_000_000_000_000)
            options.expectedRevision = first?.revision ?? .zero
            options.isLeased = false
            let result: PublishResult = try await client.publish(
                .custom([2], schema: 1),
                to: key,
                options: options
            )
            #expect(result.status == .ok && result.owner == nil && result.reason == nil)
            let second = try await nextRecord(&iterator)
            #expect(second?.previousRevision == first?.revision)
            #expect(second?.sourceTime == options.sourceTime && second?.isReplayed == false)
            #expect(try #require(second?.hubTime) > #require(first?.hubTime))
            #expect(second?.producer == client.producer)

            try client.post(.event([7], schema: 3), to: FloorKey("event/bj/calls/c-1/"))
            #expect(await client.flush(timeout: .seconds(5)))
            #expect(client.unacknowledged == 0)
            #expect(try await nextRecord(&iterator)?.payload == [7])

            try await client.remove(key)
            #expect(try await iterator.next().map(Self.isRemoval) == true)
            #expect(try iterator.takeNow() == nil)
            #expect(client.statistics.recordsIn >= 4)
        }
    }

    private func nextRecord(
        _ iterator: inout Subscription.Iterator
    ) async throws(Subscription.Failure) -> FloorRecord? {
        while let event = try await iterator.next() {
            if case .record(let record) = event { return record }
        }
        return nil
    }

    private static func isRemoval(_ event: FloorBusEvent) -> Bool {
        if case .removed = event { return true }
        return false
    }

    @Test("Errors are sentences, equal by their status, and carry the hub's answer")
    func errors() async throws {
        try await withHub { _, client in
            let key = try FloorKey("custom/bj/sales/motto/")
            let made = try await client.publish(.custom([1], schema: 1), to: key)
            var options = PublishOptions()
            options.expectedRevision = Revision(epoch: 1, counter: 999)
            do throws(FloorBusError) {
                try await client.publish(.custom([2], schema: 1), to: key, options: options)
                Issue.record("a wrong expected revision was accepted")
            } catch {
                #expect(error == FloorBusError(.conflict))
                #expect(error.status == .conflict && error.result?.revision == made.revision)
                #expect(error.sentence == error.description && error.sentence.contains(key.text))
            }
            #expect(throws: FloorBusError(.badKey)) {
                try client.post(.event([1], schema: 1), to: key)
            }
            await #expect(throws: FloorBusError(.notFound, "there is no such thing")) {
                try await client.remove(FloorKey("custom/bj/sales/nothing/"))
            }
        }
    }
}
