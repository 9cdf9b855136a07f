import ArgumentParser
import FloorBus
import Testing

@testable import FloorCLI

/// The demonstration itself, over real sockets.
@Suite("The demonstration runs", .timeLimit(.minutes(2)))
struct DemoRunTests {
    @Test("A floor of ten minutes in three seconds: nothing is lost, every value is equal")
    func shortCheck() async throws {
        var options = DemoOptions()
        options.agents = 120
        options.queues = 4
        options.speed = 400
        options.seed = 3
        let run = try DemoRun(options)
        let report = try await run.check(seconds: 3)
        await run.close()
        #expect(report.failures(agents: 120, queues: 4) == [])
        #expect(report.lost == 0)
        #expect(report.publisher.posted > report.events)
        #expect(report.failures(agents: 121, queues: 4).count == 1)
    }

    @Test("A desktop that dies turns suspect, then stale, and then its will speaks for it")
    func deadDesktop() async throws {
        var configuration = HubConfiguration()
        configuration.listen = ["tcp://127.0.0.1:0"]
        configuration.suspectMilliseconds = 1000
        configuration.staleMilliseconds = 2000
        let hub = try EmbeddedHub(configuration)
        defer { hub.stop() }
        let endpoint = try #require(hub.endpoints.first)
        let key = try FloorKey("agent/demo/amber/1001/")
        let wall = try FloorBusClient.connect(to: endpoint, as: "wall")
        let subscription = try wall.subscribe(to: KeyFilter(key))

        var options = FloorBusClient.Options(principal: "desktop-1001")
        options.heartbeat = .milliseconds(200)
        options.will = (key, AgentState(activity: .notReady, cause: .connectionLost))
        options.willGrace = .milliseconds(3500)
        let desktop = try FloorBusClient(endpoints: [endpoint], options: options)
        try await desktop.publish(.agent(AgentState(activity: .busy, cause: .agent)), to: key)
        desktop.abandon()
        desktop.abandon()

        var seen: [String] = []
        for try await event in subscription {
            guard case .record(let record) = event, let state = try record.agentState else {
                continue
            }
            seen.append("\(state.activity.name) \(record.freshness.name)")
            guard record.isWill else { continue }
            #expect(state.cause == .connectionLost)
            break
        }
        // States conflate: a busy machine may not show each of them, but the freshness only
        // falls, the hub has counted each fall, and the will comes last.
        let order = ["busy live", "busy suspect", "busy stale", "notReady live"]
        #expect(seen == order.filter { seen.contains($0) })
        #expect(hub.statistics.suspects == 1 && hub.statistics.stales == 1)
        #expect(seen.last == "notReady live")
        await #expect(throws: FloorBusError(.closed)) {
            try await desktop.publish(.agent(.loggedOff), to: key)
        }
        await wall.close()
    }

    @Test("The command line refuses what no floor can have, in a sentence")
    func usage() throws {
        for arguments in [
            ["--agents", "0"], ["--agents", "5", "--queues", "6"], ["--queues", "13"],
            ["--speed", "0"], ["--check", "--seconds", "0"],
        ] {
            #expect(throws: (any Error).self) { try DemoCommand.parse(arguments) }
        }
        let command = try DemoCommand.parse(["--check", "--agents", "50"])
        #expect(command.check && command.agents == 50 && command.seconds == 20)
    }
}
