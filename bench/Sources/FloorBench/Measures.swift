import CBench
import FloorClient
import FloorEvents

// Measurements of the running programs: each side in turn, so that both see the same weather.

private func interleaved(
    _ traffic: Traffic,
    _ scale: Scale,
    _ report: inout Report
) throws -> (ours: [Run], peer: [Run]) {
    var ours: [Run] = []
    var peer: [Run] = []
    for _ in 0..<scale.runs {
        if scale.hasPeer { peer.append(try traffic.runPeer()) }
        ours.append(try traffic.runBus())
    }
    // The lanes that lose nothing must have carried the same bytes.
    let hash = (peer.first ?? ours[0]).hash
    for run in ours where run.coalesced == 0 {
        guard run.hash == hash else { throw BenchError("the sides moved other bytes") }
    }
    report.fold(hash)
    return (ours, peer)
}

func measureThroughput(_ scale: Scale, _ report: inout Report) throws {
    let traffic = Traffic(
        load: "event",
        count: scale(1_000_000, tiny: 20_000),
        warmUp: scale(UInt64(RoleCommand.journalRecords), tiny: 1000)
    )
    let (ours, peer) = try interleaved(traffic, scale, &report)
    report.add(
        Row(
            name: "lossless event lane, 1 to 1",
            unit: "million/s",
            ours: ours.map { $0.rate / 1e6 },
            peer: peer.map { $0.rate / 1e6 },
            goal: "ratio at least 2"
        )
    )
}

func measureFan(_ scale: Scale, _ report: inout Report) throws {
    let traffic = Traffic(
        load: "event",
        count: scale(100_000, tiny: 2000),
        readers: scale(20, tiny: 3)
    )
    let (ours, peer) = try interleaved(traffic, scale, &report)
    report.add(
        Row(
            name: "lossless event lane, deliveries 1 to \(traffic.readers)",
            unit: "million/s",
            ours: ours.map { $0.rate / 1e6 },
            peer: peer.map { $0.rate / 1e6 }
        )
    )
}

func measureLatency(_ scale: Scale, _ report: inout Report) throws {
    let cases: [(name: String, lane: String, embedded: Bool, goal: String)] = [
        ("state lane through the hub", "custom", false, "ratio at most 1.15"),
        ("event lane through the hub", "event", false, "ratio at most 1.15"),
        ("embedded hub to subscriber, state lane", "custom", true, "ratio at most 1.15"),
        ("embedded hub to subscriber, event lane", "event", true, "ratio at most 1.15"),
    ]
    for item in cases {
        let traffic = Traffic(
            load: item.lane,
            count: scale(15_000, tiny: 500),
            interval: 200_000,
            isEmbedded: item.embedded
        )
        let (ours, peer) = try interleaved(traffic, scale, &report)
        for (label, percentile) in [("p50", 50.0), ("p99", 99.0), ("p99.9", 99.9)] {
            report.add(
                Row(
                    name: "\(item.name), \(label) at 5,000/s",
                    unit: "µs",
                    ours: ours.map { percentiles($0, percentile) },
                    peer: peer.map { percentiles($0, percentile) },
                    goal: percentile == 50 ? item.goal : "",
                    digits: 1
                )
            )
        }
    }
}

private func percentiles(_ run: Run, _ percentile: Double) -> Double {
    var latencies = Latencies()
    latencies.add(run.latencies)
    return latencies.microseconds(percentile)
}

func measureSnapshots(_ scale: Scale, _ report: inout Report) throws {
    for entities in scale([10_000, 48_000], tiny: [1000]) {
        let hub = try Child([Role.hub.rawValue])
        defer { hub.end() }
        let endpoint = try hub.line()[0]
        let load = Load(.agent, entities: entities)
        let publisher = try Publisher(endpoint)
        defer { publisher.close() }
        try publisher.publish(load, count: UInt64(entities), interval: 0)
        var times: [Double] = []
        for _ in 0..<scale.runs {
            let start = cbench_now_ns()
            let reader = try Reader(endpoint, "agent/bj/")
            times.append(Double(cbench_now_ns() - start) / 1e6)
            reader.close()
            guard reader.keys == UInt64(entities) else {
                throw BenchError("a snapshot had \(reader.keys) of \(entities) keys")
            }
        }
        report.add(
            Row(
                name: "snapshot of \(entities) agents to a late joiner, from connect to taken",
                unit: "ms",
                ours: times,
                goal: entities > 10_000 ? "at most 100" : "at most 50",
                digits: 1
            )
        )
    }
}
