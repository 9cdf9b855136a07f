import ArgumentParser
import Dispatch
import FloorPosix

/// The benchmarks by name.
enum Bench: String, ExpressibleByArgument, CaseIterable {
    case throughput
    case fan
    case latency
    case snapshot
    case allocations
    case memory
    case durable
    case flags
    case calls
    case scale
}

/// Starts roles on the first thread: behind an asynchronous `main` it ends, and with that valgrind
/// 3.19 dies (scripts/instructions).
@main
enum Program {
    static func main() {
        let arguments = CommandLine.arguments.dropFirst()
        if arguments.first == "role" { return RoleCommand.main(Array(arguments.dropFirst())) }
        Task.detached {
            await FloorBench.main()
            FloorBench.exit()
        }
        dispatchMain()
    }
}

struct FloorBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "floorbus-bench",
        abstract: "Measures FloorBus beside raw libzmq, with the same keys and payloads.",
        discussion: """
            Prints one Markdown table and a hash of the work done. Counts are checked (the exit \
            status tells), times are only reported. Stop other work on the machine first.
            """,
        subcommands: [Measure.self, RoleCommand.self],
        defaultSubcommand: Measure.self
    )
}

struct Measure: AsyncParsableCommand {
    @Flag(help: "Everything, small, in seconds: what the tests run.")
    var tiny = false
    @Option(help: "Only these: \(Bench.allCases.map(\.rawValue).joined(separator: ", ")).")
    var only: [Bench] = []
    @Flag(help: "One JSON object instead of the table.")
    var json = false
    @Option(help: "Runs of each side, taken in turn.")
    var runs: Int?
    @Flag(help: "Without the peers, for profiling.")
    var busOnly = false

    func run() async throws {
        ThisProcess.keepFreedMemory()
        let chosen = only.isEmpty ? Bench.allCases : only
        let scale = Scale(isTiny: tiny, runs: runs, hasPeer: !busOnly)
        var report = Report()
        for bench in chosen {
            switch bench {
            case .throughput: try measureThroughput(scale, &report)
            case .fan: try measureFan(scale, &report)
            case .latency: try measureLatency(scale, &report)
            case .snapshot: try measureSnapshots(scale, &report)
            case .allocations: try measureAllocations(scale, &report)
            case .memory: try measureMemory(scale, &report)
            case .durable: try measureDurable(scale, &report)
            case .flags: try await measureFlags(scale, &report)
            case .calls: try await measureCalls(scale, &report)
            case .scale: try measureScale(scale, &report)
            }
        }
        print(json ? report.json : report.table + "\n\nhash of the work: \(report.hashText)")
        if report.allocations > 0 {
            throw BenchError("\(report.allocations) allocations in the steady state; the goal is 0")
        }
    }
}

/// How large the measurements are.
struct Scale {
    let isTiny: Bool
    let runs: Int
    let hasPeer: Bool

    init(isTiny: Bool, runs: Int?, hasPeer: Bool) {
        self.hasPeer = hasPeer
        self.isTiny = isTiny
        self.runs = runs ?? (isTiny ? 1 : 5)
    }

    func callAsFunction<Number>(_ full: Number, tiny: Number) -> Number { isTiny ? tiny : full }
}
