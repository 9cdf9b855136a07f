import FloorBus
import Foundation
import Testing

/// How ./scripts/test tells where the compiled probes are.
private enum Probes {
    static let environment = ProcessInfo.processInfo.environment
    static let folder = environment["FLOORBUS_PROBES"]
    static let underValgrind = environment["FLOORBUS_VALGRIND"] == "1"
}

/// A C program, linked to the C library, against a hub and a Swift client.
///
/// Its three forms are those that scripts/test-c compiles of Tests/CHostProbe/live.c.
/// `./scripts/test` builds them and sets FLOORBUS_PROBES to their folder.
@Suite(
    .enabled(if: Probes.folder != nil, "FLOORBUS_PROBES is not set: run ./scripts/test"),
    .timeLimit(.minutes(2))
)
struct CHostTests {
    @Test(
        "States go from a C program to a Swift program and back",
        arguments: ["live", "live-static", "live-cxx"]
    )
    func statesGoBothWays(program: String) async throws {
        var configuration = HubConfiguration()
        configuration.listen = ["tcp://127.0.0.1:0"]
        let hub = try EmbeddedHub(configuration)
        defer { hub.stop() }
        let desk = try hub.connect(as: "swift")
        let key = try FloorKey("agent/bj/sales/swift/")
        var state = AgentState(activity: .notReady, cause: .supervisor)
        state.deviceInService = false
        state.pending = .ready
        state.reasonClass = .training
        state.reasonCode = 15
        state.reason = "培训"
        state.seat = "B-12"
        try await desk.publish(.agent(state), to: key)
        let fromC = try FloorKey(.agent, site: "bj", unit: "sales", entity: "c/host")
        let subscription = try desk.subscribe(to: KeyFilter(fromC))

        let process = try start(program, hub.endpoints[0])
        defer { if process.isRunning { process.terminate() } }
        var seen: AgentState?
        for try await event in subscription {
            if case .record(let record) = event {
                seen = try record.agentState
                break
            }
        }
        #expect(seen == Self.expected)
        try await desk.publish(.agent(AgentState(activity: .afterCall, cause: .agent)), to: key)

        var isRemoved = false
        for try await event in subscription {
            if case .removed(let record) = event {
                #expect(record.key == fromC)
                isRemoved = true
                break
            }
        }
        #expect(isRemoved)
        await exit(of: process)
        #expect(process.terminationStatus == 0, "its complaints are on standard error")
        await desk.close()
    }

    /// What live.c publishes.
    private static var expected: AgentState {
        var state = AgentState(activity: .busy, cause: .agent)
        state.pending = .afterCall
        state.call = .consulting
        state.overlays = [.helpSeeking, .muted]
        state.reasonClass = .other
        state.reasonCode = 65535
        state.customerStar = 5
        state.reason = "groß"
        state.deviceExtension = "SIP/101"
        state.seat = "A-1"
        state.callReference = "c-4711-0815-and-somewhat-longer"
        return state
    }

    private func start(_ program: String, _ endpoint: String) throws -> Process {
        let folder = try #require(Probes.folder)
        let path = URL(fileURLWithPath: folder).appendingPathComponent(program).path
        let process = Process()
        var command = [path, endpoint]
        if Probes.underValgrind {
            command =
                [
                    "valgrind", "--quiet", "--leak-check=full", "--show-leak-kinds=definite",
                    "--errors-for-leak-kinds=definite", "--error-exitcode=9",
                ] + command
        }
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = command
        try process.run()
        return process
    }

    private func exit(of process: Process) async {
        while process.isRunning { await Task.yield() }
    }
}
