import CBench
import FloorBus
import Synchronization

// Help flags with a durable hub: from raising to a supporter's station, and a storm of them that
// one answer ends.

func measureFlags(_ scale: Scale, _ report: inout Report) async throws {
    try await measureRaises(perSecond: 50, count: scale(750, tiny: 20), scale, &report)
    try await measureRaises(perSecond: 200, count: scale(2000, tiny: 40), scale, &report)
    try await measureStorm(perSecond: nil, runs: scale.runs, scale, &report)
    // The storm as it would come: 6,000 flags in 120 seconds. One run of two minutes says enough.
    try await measureStorm(perSecond: scale(50, tiny: 200), runs: 1, scale, &report)
}

private func measureRaises(
    perSecond: UInt64,
    count: Int,
    _ scale: Scale,
    _ report: inout Report
) async throws {
    let interval = 1_000_000_000 / perSecond
    var disk: [[UInt64]] = []
    var seen: [[UInt64]] = []
    var acknowledged: [[UInt64]] = []
    for _ in 0..<scale.runs {
        let scratch = try Scratch()
        disk.append(try flushes(scratch, count: count, interval: interval))
        let hub = try Child([Role.hub.rawValue, "--data", scratch.path])
        defer { hub.end() }
        let floor = try FlagFloor(try hub.line()[0], desks: 20, agentsEach: count / 20)
        try await floor.start()
        try await floor.raise(interval: interval)
        seen.append(floor.delays(to: .station))
        acknowledged.append(floor.delays(to: .acknowledgement))
        await floor.close()
        report.fold(UInt64(count))
    }
    for (what, ours) in [("station", seen), ("acknowledgement", acknowledged)] {
        for (label, percentile) in [("p50", 50.0), ("p99", 99.0)] {
            report.add(
                Row(
                    name: "durable raise of a flag to \(what), \(label) at \(perSecond)/s, "
                        + "beside the disk's fsync",
                    unit: "µs",
                    ours: ours.map { percentileMicroseconds($0, percentile) },
                    peer: disk.map { percentileMicroseconds($0, percentile) },
                    digits: 0
                )
            )
        }
    }
}

private func measureStorm(
    perSecond: UInt64?,
    runs: Int,
    _ scale: Scale,
    _ report: inout Report
) async throws {
    let interval = perSecond.map { 1_000_000_000 / $0 }
    let desks = scale(60, tiny: 4)
    let agents = scale(100, tiny: 10)
    var raising: [Double] = []
    var merging: [Double] = []
    var answering: [Double] = []
    var delays: [[UInt64]] = []
    for _ in 0..<runs {
        let scratch = try Scratch()
        let hub = try Child([Role.hub.rawValue, "--data", scratch.path])
        defer { hub.end() }
        let floor = try FlagFloor(try hub.line()[0], desks: desks, agentsEach: agents)
        try await floor.start()
        raising.append(try await seconds { try await floor.raise(interval: interval) })
        merging.append(try await seconds { try await floor.merge() })
        answering.append(try await seconds { try await floor.answer() })
        delays.append(floor.delays(to: .station))
        await floor.close()
        report.fold(UInt64(desks * agents))
    }
    let pace = perSecond.map { "at \($0)/s" } ?? "as fast as it goes"
    let storm = "storm of \(desks * agents) flags \(pace)"
    let rates = raising.map { Double(desks * agents) / $0 }
    report.add(
        Row(name: storm + ", raised and at the station", unit: "per second", ours: rates, digits: 0)
    )
    if perSecond != nil {
        for (label, percentile) in [("p50", 50.0), ("p99", 99.0)] {
            let ours = delays.map { percentileMicroseconds($0, percentile) }
            report.add(
                Row(name: storm + ", to the station, \(label)", unit: "µs", ours: ours, digits: 0)
            )
        }
    }
    report.add(Row(name: storm + ", merged into one incident", unit: "s", ours: merging))
    report.add(Row(name: storm + ", one answer at every asker", unit: "s", ours: answering))
}

private func seconds(_ body: () async throws -> Void) async throws -> Double {
    let start = cbench_now_ns()
    try await body()
    return Double(cbench_now_ns() - start) / 1e9
}

private func percentileMicroseconds(_ values: [UInt64], _ percentile: Double) -> Double {
    var latencies = Latencies()
    latencies.add(values)
    return latencies.microseconds(percentile)
}
