import CBench
import FloorClient
import FloorEvents
import FloorHub
import FloorWire

// Exact counts in the pure cores; these may fail the run.

func measureAllocations(_ scale: Scale, _ report: inout Report) throws {
    for kind in [RecordKind.event, .custom] {
        let load = Load(kind)
        var floor = try CoreFloor(filter: kind.name + "/bj/")
        try floor.open()
        // Two phases: one fills the rings, tables and buffers; the second is the steady state.
        let warm: UInt64 = 200_000
        let steady: UInt64 = scale(200_000, tiny: 20_000)
        floor.carry(load, 0..<warm)
        floor.forgetCounts()
        floor.carry(load, warm..<(warm + steady))
        let number = warm + steady
        guard floor.received == number else {
            throw BenchError("\(floor.received) of \(number) records came through the cores")
        }
        report.fold(floor.hash)
        for station in CoreFloor.Station.allCases {
            report.add(
                allocations: floor.counts[station.rawValue].allocations,
                of: steady,
                load.name + ", " + station.name
            )
        }
    }
    measureWire(&report)
}

private func measureWire(_ report: inout Report) {
    let load = Load(.event)
    var out: [UInt8] = []
    out.reserveCapacity(4096)
    var payload = [UInt8](repeating: 0, count: Load.payloadSize)
    let header = RecordHeader(.event, .append)
    var hash: UInt64 = 0
    cbench_count_begin()
    for number in 0..<10_000 as Range<UInt64> {
        out.removeAll(keepingCapacity: true)
        Load.fill(&payload, number, stamped: false)
        let start = FrameWriter.begin(FrameHeader(.publish, session: 1), in: &out)
        let prefix = RecordBatch.begin(lead: 0, in: &out)
        let key = load.key(number)
        RecordWriter.append(header, key: key.span, payload: payload.span, to: &out)
        RecordBatch.finish(prefix, lead: 0, count: 1, in: &out)
        FrameWriter.end(start, in: &out)
        hash = hash &* 31 &+ decode(out.span)
    }
    let count = cbench_count_end()
    report.fold(hash)
    report.add(allocations: count.allocations, of: 10_000, "encode and decode")
}

private func decode(_ message: Span<UInt8>) -> UInt64 {
    guard let header = try? FrameHeader(message) else { return 0 }
    let body = message.extracting(FrameHeader.size..<message.count)
    guard let batch = try? RecordBatch(body), header.type == .publish,
        let view = try? RecordView(body, at: RecordBatch.prefixSize)
    else { return 0 }
    return view.header(body).producerSequence &+ body.u64(view.payload.lowerBound)
        &+ UInt64(batch.count)
}

func measureMemory(_ scale: Scale, _ report: inout Report) throws {
    for entities in scale([10_000, 48_000], tiny: [1000]) {
        // A reader of other keys, so that only the table grows.
        var floor = try CoreFloor(filter: "queue/bj/")
        try floor.open()
        let load = Load(.agent, entities: entities)
        var payload = [UInt8](repeating: 0, count: Load.payloadSize)
        floor.forgetCounts()
        for number in 0..<UInt64(entities) {
            Load.fill(&payload, number, stamped: false)
            floor.publish(Publication(.put), load.key(number), payload)
            if number % 64 == 63 { floor.settle() }
        }
        floor.settle()
        let bytes = floor.counts[CoreFloor.Station.hub.rawValue].live_bytes
        report.add(
            Row(
                name: "hub core memory per key, \(entities) keys",
                unit: "bytes",
                ours: [Double(bytes) / Double(entities)],
                goal: "at most 2048",
                digits: 0
            )
        )
    }
    try measureStoppedReader(scale, &report)
    let sessions = scale(200, tiny: 5)
    let hub = try Child([Role.hub.rawValue])
    defer { hub.end() }
    let endpoint = try hub.line()[0]
    // One first, so that what a hub has once is there.
    var readers = [try Reader(endpoint, "agent/bj/")]
    defer { for reader in readers { reader.close() } }
    let before = cbench_resident_bytes(hub.id)
    for _ in 0..<sessions { readers.append(try Reader(endpoint, "agent/bj/")) }
    let after = cbench_resident_bytes(hub.id)
    report.add(
        Row(
            name: "hub process memory per idle session, tcp",
            unit: "bytes",
            ours: [(Double(after) - Double(before)) / Double(sessions)],
            digits: 0
        )
    )
}

/// How much a hub grows while somebody who has subscribed to everything reads nothing.
private func measureStoppedReader(_ scale: Scale, _ report: inout Report) throws {
    let records = scale(65_536, tiny: 1024)
    let hub = try Child([Role.hub.rawValue, "--records", String(records)])
    defer { hub.end() }
    let endpoint = try hub.line()[0]
    let reader = try Reader(endpoint, "+/", stops: true)
    defer { reader.close() }
    let publish = { (count: Int) in
        for kind in [RecordKind.event, .custom] {
            let publisher = try Publisher(endpoint)
            defer { publisher.close() }
            try publisher.publish(Load(kind), count: UInt64(count), interval: 0)
        }
    }
    // Fills what is bounded: the journal, the window, the reader's credit.
    try publish(2 * records)
    let before = cbench_resident_bytes(hub.id)
    try publish(8 * records)
    let after = cbench_resident_bytes(hub.id)
    report.add(
        Row(
            name: "hub memory added by \(16 * records) records, a reader of all stopped",
            unit: "bytes a record",
            ours: [(Double(after) - Double(before)) / Double(16 * records)],
            goal: "flat"
        )
    )
}
