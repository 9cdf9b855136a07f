import FloorBus
import Foundation

// What a publication costs the thread that makes it: the C library's function (bench/c/calls.c,
// which scripts/bench compiles where the library is built) beside the Swift API's.

func measureCalls(_ scale: Scale, _ report: inout Report) async throws {
    guard let program = ProcessInfo.processInfo.environment["FLOORBUS_BENCH_CALLS"] else {
        print("calls: build the C library first (./scripts/build-c-library); not measured")
        return
    }
    let count = scale(20_000, tiny: 1000)
    var library: [[String: [Double]]] = []
    var swift: [[UInt64]] = []
    for _ in 0..<scale.runs {
        library.append(try callsOfC(program, count))
        swift.append(try await callsOfSwift(count))
        report.fold(UInt64(count))
    }
    for (place, label, percentile) in [(0, "p50", 50.0), (1, "p99", 99.0)] {
        report.add(
            Row(
                name: "publish a state, calling thread, C beside Swift, \(label)",
                unit: "µs",
                ours: library.compactMap { $0["publish"]?[place] }.map { $0 / 1000 },
                peer: swift.map { costs in
                    var latencies = Latencies()
                    latencies.add(costs)
                    return latencies.microseconds(percentile)
                },
                goal: place == 0 ? "at most 1" : ""
            )
        )
    }
    report.add(
        Row(
            name: "receive and decode a state, calling thread, C, p50",
            unit: "µs",
            ours: library.compactMap { $0["receive"]?[0] }.map { $0 / 1000 },
            goal: "at most 1"
        )
    )
}

/// Nanoseconds at the 50th and the 99th percentile, by the call's name.
private func callsOfC(_ program: String, _ count: Int) throws -> [String: [Double]] {
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(filePath: program)
    process.arguments = [String(count)]
    process.standardOutput = output
    try process.run()
    let text = String(
        decoding: try output.fileHandleForReading.readToEnd() ?? Data(),
        as: UTF8.self
    )
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw BenchError("\(program) failed") }
    var figures: [String: [Double]] = [:]
    for line in text.split(separator: "\n") {
        let words = line.split(separator: " ")
        figures[String(words[0])] = words.dropFirst().compactMap { Double($0) }
    }
    return figures
}

/// As calls.c: the same keys and states in the same batches, through the Swift API.
private func callsOfSwift(_ count: Int) async throws -> [UInt64] {
    var configuration = HubConfiguration()
    configuration.listen = ["tcp://127.0.0.1:0"]
    let hub = try EmbeddedHub(configuration)
    defer { hub.stop() }
    let client = try FloorBusClient.connect(to: hub.endpoints[0], as: "desk")
    let keys = try (0..<200).map { try FloorKey("agent/bj/sales/\($0)/") }
    try await client.publish(.agent(AgentState(activity: .ready, cause: .agent)), to: keys[0])
    var state = AgentState(activity: .ready, cause: .unknown)
    state.reason = "short break"
    var costs: [UInt64] = []
    costs.reserveCapacity(count)
    while costs.count < count {
        state.reasonCode &+= 1
        for key in keys {
            let start = DispatchTime.now().uptimeNanoseconds
            try client.post(.agent(state), to: key)
            costs.append(DispatchTime.now().uptimeNanoseconds - start)
        }
        guard await client.flush() else { throw BenchError("publications were not answered") }
    }
    await client.close()
    return costs
}
