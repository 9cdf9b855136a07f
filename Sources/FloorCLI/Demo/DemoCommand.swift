import ArgumentParser
import FloorBus
import Foundation
import UnixSignals

/// `floorbus demo`: a hub, a simulated floor and a wallboard in one process.
struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Show a hub, a simulated floor and a live wallboard.",
        discussion: """
            The floor's telephone switch, its teams and some of its desktops are clients of a \
            hub in this process, over tcp; now and then a desktop dies without goodbye. The \
            wallboard is a client too and shows nothing but what it received. Other clients may \
            watch: the wallboard's first line names the hub's address.

            Without a terminal it prints a line a second. Ctrl-C ends it, with exit code 0.

            With --check it runs without a screen, stops, waits until all is acknowledged, and \
            compares every value a subscriber holds with the hub's. It exits with 0 if nothing \
            was lost, else with 1 and says on standard error what differs. The last line is

              demo: events=3120 agents=200 queues=6 gaps=0 lost=0

            Examples:
              floorbus demo
              floorbus demo --agents 500 --speed 120
              floorbus demo --check
            """
    )

    @Option(help: "Agents on the floor, 1 to 5000.")
    var agents = 200

    @Option(help: "Queues, 1 to 12, at most as many as agents.")
    var queues = 6

    @Option(help: "Seconds of the floor's time in one of ours, 1 to 3600.")
    var speed = 60

    @Option(help: "The same seed gives the same day.")
    var seed: UInt64 = 1

    @Option(help: "Where the hub listens; port 0 takes a free one.")
    var listen = "tcp://127.0.0.1:0"

    @Flag(help: "Run for some seconds without a screen and check that nothing was lost.")
    var check = false

    @Option(help: "How long --check runs, 1 to 86400.")
    var seconds = 20

    /// Out of bounds is a usage error.
    func validate() throws {
        try Self.require(agents, in: 1...5000, "--agents")
        try Self.require(queues, in: 1...FloorModel.queueNames.count, "--queues")
        try Self.require(speed, in: 1...3600, "--speed")
        try Self.require(seconds, in: 1...86_400, "--seconds")
        if let problem = EndpointText.problem(listen, listens: true) {
            throw ValidationError(problem)
        }
        guard queues <= agents else {
            throw ValidationError("--queues must not exceed --agents: somebody serves each queue.")
        }
    }

    private static func require(
        _ value: Int,
        in range: ClosedRange<Int>,
        _ name: String
    ) throws {
        guard range.contains(value) else {
            throw ValidationError(
                "\(name) must be between \(range.lowerBound) and \(range.upperBound), "
                    + "not \(value)."
            )
        }
    }

    private var options: DemoOptions {
        var options = DemoOptions()
        options.agents = agents
        options.queues = queues
        options.speed = speed
        options.seed = seed
        options.listen = EndpointText.bound(listen)
        return options
    }

    /// Runs the demonstration or the check until it ends or a signal comes.
    func run() async throws {
        let run: DemoRun
        do {
            run = try DemoRun(options)
        } catch let error as FloorBusError {
            Self.tell(error.sentence)
            throw ExitCode(1)
        }
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm, .sighup, .sigquit)
        if check { try await runCheck(run, signals) } else { try await runShow(run, signals) }
    }

    private func runShow(_ run: DemoRun, _ signals: UnixSignalsSequence) async throws {
        let outcome = await Self.race(signals) { try await run.show() }
        await run.close()
        if case .failed(let error) = outcome {
            let reason = (error as? CommandFailure)?.sentence ?? "\(error)"
            Self.tell("the demonstration stopped: \(reason)")
            throw ExitCode(1)
        }
    }

    private func runCheck(_ run: DemoRun, _ signals: UnixSignalsSequence) async throws {
        let seconds = seconds
        let outcome = await Self.race(signals) { try await run.check(seconds: seconds) }
        await run.close()
        switch outcome {
        case .ended(let report):
            let failures = report.failures(agents: agents, queues: queues)
            for failure in failures { Self.tell(failure) }
            try Output.line(report.line)
            if !failures.isEmpty { throw ExitCode(1) }
        case .interrupted:
            Self.tell("the check was interrupted before it could compare anything")
            throw ExitCode(1)
        case .failed(let error):
            Self.tell("the check stopped: \(error)")
            throw ExitCode(1)
        }
    }

    private enum Outcome<Value: Sendable>: Sendable {
        case ended(Value)
        case interrupted
        case failed(any Error)
    }

    /// Does something until it ends or a signal comes.
    private static func race<Value: Sendable>(
        _ signals: UnixSignalsSequence,
        _ work: @escaping @Sendable () async throws -> Value
    ) async -> Outcome<Value> {
        await withTaskGroup(of: Outcome<Value>.self) { group in
            group.addTask {
                do { return .ended(try await work()) } catch { return .failed(error) }
            }
            group.addTask {
                for await _ in signals { break }
                return .interrupted
            }
            defer { group.cancelAll() }
            return await group.next() ?? .interrupted
        }
    }

    private static func tell(_ sentence: String) {
        Output.note(sentence)
    }
}
