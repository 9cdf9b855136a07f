import FloorBus
import FloorImport
import Testing

@testable import FloorCLI

/// The parts of a replay, without a hub.
@Suite("Parts of a replay", .timeLimit(.minutes(1)))
struct ReplayPartsTests {
    @Test("Short names stand in keys as they are; long ones keep apart and fit")
    func names() throws {
        #expect(ReplayRecords.shortened("Ana Ruiz") == "Ana Ruiz")
        let long = String(repeating: "/", count: 149)
        let shortened = Set(["a", "b"].map { ReplayRecords.shortened(long + $0) })
        #expect(shortened.count == 2)
        let records = ReplayRecords(site: String(repeating: "s", count: 64))
        let key = try records.record(
            of: .call(
                CallStep(timestampSeconds: 1, callID: long + "a", queue: long, step: .enqueued)
            )
        ).key
        #expect(key.bytes.count <= Limits.keyBytes)
        #expect(ReplayRecords.shortened(String(repeating: "é", count: 80)).utf8.count <= 48)
    }

    @Test("An event's content is the whole step; a state's is what the log says")
    func contents() throws {
        let records = ReplayRecords(site: "hq")
        let call = CallStep(timestampSeconds: 5, callID: "c/1", queue: "sales", step: .enqueued)
        let event = try records.record(of: .call(call))
        #expect(event.key.text == "event/hq/sales/c%2F1/")
        guard case .event(let bytes, let schema) = event.content else {
            Issue.record("a call step is an event")
            return
        }
        #expect(schema == ReplayRecords.callStepSchema)
        #expect(try CallStep(parsing: String(decoding: bytes, as: UTF8.self)) == call)
        let busy = AgentStep(
            timestampSeconds: 6,
            agent: "Ana",
            state: .busy(callID: "c/1", calls: 1)
        )
        let agent = try records.record(of: .agent(busy))
        #expect(agent.key.text == "agent/hq/floor/Ana/")
        guard case .agent(let state) = agent.content else {
            Issue.record("an agent step is an agent's state")
            return
        }
        #expect(state.activity == .busy)
        #expect(state.call == .connected)
        #expect(state.callReference == "c/1")
    }

    @Test("The publisher stops 512 records ahead and goes on when an event has arrived")
    func window() async throws {
        let window = ReplayWindow()
        for index in 0..<ReplayWindow.limit {
            #expect(window.take(index.isMultiple(of: 2) ? .event : .queue))
        }
        #expect(!window.take(.agent))
        let waiting = Task { try await window.wait { $0.hasRoom } }
        window.received()
        try await waiting.value
        #expect(window.take(.agent))
        // The next event is two records further on, and so is the window.
        #expect(!window.take(.agent))
        window.received()
        #expect(window.take(.agent))
        #expect(window.take(.agent))
        #expect(!window.take(.agent))
        #expect(window.now.received == 2)
    }

    @Test("After a loss the publisher waits for nothing that may never come")
    func windowAfterLoss() {
        let window = ReplayWindow()
        while window.take(.event) {}
        window.eventsMayBeLost()
        #expect(!window.now.hasOutstanding)
        #expect(window.take(.event))
        // Late arrivals from before the loss do no harm.
        for _ in 0..<(2 * ReplayWindow.limit) { window.received() }
        #expect(window.take(.event))
        #expect(window.now.losses == 1)
    }

    @Test("Who waits is told of a failure")
    func windowFailure() async {
        let window = ReplayWindow()
        let waiting = Task { try await window.wait { $0.isReady } }
        window.fail(CommandFailure(.notReachable, "first"))
        window.fail(CommandFailure(.failed, "second"))
        let failure = await #expect(throws: CommandFailure.self) { try await waiting.value }
        #expect(failure?.sentence == "first")
    }

    @Test("The replay's clock follows the log's, and never back")
    func clock() throws {
        var clock = ReplayClock(speed: .times(10))
        let due = [1000, 1005, 1001, 1003].compactMap { clock.due($0) }
        try #require(due.count == 4)
        #expect(due[1] - due[0] == .milliseconds(500))
        #expect(due[2] == due[1])
        #expect(due[3] - due[2] == .milliseconds(200))
        var fast = ReplayClock(speed: .max)
        let atOnce = fast.due(1000)
        #expect(atOnce == nil)
    }

    @Test("The bar is as full as the work is done")
    func bar() {
        #expect(ProgressBar.line(0, "x") == "[" + String(repeating: ".", count: 30) + "] 0 % x")
        #expect(
            ProgressBar.line(0.5, "x")
                == "[" + String(repeating: "#", count: 15) + String(repeating: ".", count: 15)
                + "] 50 % x"
        )
        #expect(ProgressBar.line(2, "x").hasSuffix("100 % x"))
        #expect(ProgressBar.line(nil, "x") == "x")
    }
}
