import FloorBus
import Foundation

// What the two calls of every program cost the thread that makes them: the C library's functions
// (bench/c/calls.c, which scripts/bench compiles where the library is built) beside the Swift
// API's.

func measureCalls(_ scale: Scale, _ report: inout Report) async throws {
    guard let program = ProcessInfo.processInfo.environment["FLOORBUS_BENCH_CALLS"] else {
        print("calls: build the C library first (./scripts/build-c-library); not measured")
        return
    }
    try measureWorstCalls(program, scale, &report)
    let count = scale(20_000, tiny: 1000)
    var library: [[String: [Double]]] = []
    var swift: [CallCosts] = []
    for _ in 0..<scale.runs {
        library.append(try callsOfC(program, count))
        swift.append(try await callsOfSwift(count))
        report.fold(UInt64(count))
    }
    for (name, label, costs) in [
        ("publish", "publish a state", \CallCosts.publish),
        ("receive", "receive and decode a state", \CallCosts.receive),
    ] {
        for (place, percentile) in [50.0, 99.0].enumerated() {
            report.add(
                Row(
                    name: "\(label), calling thread, C beside Swift, p\(Int(percentile))",
                    unit: "µs",
                    ours: library.compactMap { $0[name]?[place] }.map { $0 / 1000 },
                    peer: swift.map { calls in
                        var latencies = Latencies()
                        latencies.add(calls[keyPath: costs])
                        return latencies.microseconds(percentile)
                    },
                    goal: place == 0 ? "at most 1" : ""
                )
            )
        }
    }
}

/// The worst publishing call while the outbox is as full as it gets, at each size of it.
private func measureWorstCalls(
    _ program: String,
    _ scale: Scale,
    _ report: inout Report
) throws {
    let count = scale(1_000_000, tiny: 20_000)
    for outbox in [1024, 4096, 16_384, 65_536] {
        var runs: [[Double]] = []
        for _ in 0..<scale.runs {
            let figures = try callsOfC(program, count, outbox)
            guard let run = figures["worst"], run.count == 4 else {
                throw BenchError("\(program) said nothing of the worst call")
            }
            runs.append(run)
            report.fold(UInt64(count))
        }
        let name = "of \(count) events through an outbox of \(outbox)"
        for (place, what, goal) in [
            (0, "worst publishing call", "at most 1000 on a quiet machine"),
            (1, "worst publishing call, its own processor time", "at most 1000"),
            (2, "publishing call, p99.99", ""),
        ] {
            report.add(
                Row(
                    name: "\(what), \(name)",
                    unit: "µs",
                    ours: runs.map { $0[place] / 1000 },
                    goal: goal
                )
            )
        }
        report.add(
            Row(
                name: "answered, \(name)",
                unit: "events/s",
                ours: runs.map { $0[3] },
                goal: "does not fall with the outbox",
                digits: 0
            )
        )
    }
}

/// Nanoseconds of each call.
private struct CallCosts {
    var publish: [UInt64] = []
    var receive: [UInt64] = []
}

/// Nanoseconds at the 50th and the 99th percentile, by the call's name.
private func callsOfC(
    _ program: String,
    _ count: Int,
    _ outbox: Int? = nil
) throws -> [String: [Double]] {
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(filePath: program)
    process.arguments = [String(count)] + (outbox.map { [String($0)] } ?? [])
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
private func callsOfSwift(_ count: Int) async throws -> CallCosts {
    var configuration = HubConfiguration()
    configuration.listen = ["tcp://127.0.0.1:0"]
    let hub = try EmbeddedHub(configuration)
    defer { hub.stop() }
    let desk = try FloorBusClient.connect(to: hub.endpoints[0], as: "desk")
    let wall = try FloorBusClient.connect(to: hub.endpoints[0], as: "wall")
    var events = try wall.subscribe(to: KeyFilter("agent/")).makeAsyncIterator()
    let keys = try (0..<200).map { try FloorKey("agent/bj/sales/\($0)/") }
    var state = AgentState(activity: .ready, cause: .unknown)
    state.reason = "short break"
    var costs = CallCosts()
    costs.publish.reserveCapacity(count)
    costs.receive.reserveCapacity(count)
    try await desk.publish(.agent(state), to: keys[0])
    while costs.publish.count < count {
        state.reasonCode &+= 1
        for key in keys {
            let start = DispatchTime.now().uptimeNanoseconds
            try desk.post(.agent(state), to: key)
            costs.publish.append(DispatchTime.now().uptimeNanoseconds - start)
        }
        guard await desk.flush() else { throw BenchError("publications were not answered") }
        // All have come when the last key of the batch has its new value.
        var isLast = false
        while !isLast {
            let start = DispatchTime.now().uptimeNanoseconds
            let taken = try events.takeNow()
            var event = taken
            if event == nil { event = try await events.next() }
            guard let event else {
                throw BenchError("the subscription ended")
            }
            guard case .record(let record) = event, let seen = try record.agentState else {
                continue
            }
            let cost = DispatchTime.now().uptimeNanoseconds - start
            // What had to be waited for says nothing of the call.
            if taken != nil { costs.receive.append(cost) }
            isLast = record.key == keys[keys.count - 1] && seen.reasonCode == state.reasonCode
        }
    }
    await desk.close()
    await wall.close()
    return costs
}
