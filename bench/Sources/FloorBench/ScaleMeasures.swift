import CBench
import FloorEvents
import FloorWire

// The floor at its size over real sockets: the scenarios of Tests/FloorSimulationTests/Scale, as
// figures. Desktops are sessions of child processes, many in each.

func measureScale(_ scale: Scale, _ report: inout Report) throws {
    cbench_raise_limits()
    try measureRestart(scale, &report)
    try measureSteadyFloor(scale, &report)
    try measureFlagStorm(scale, &report)
}

private enum Payload {
    static let state = [UInt8](repeating: 7, count: 16)
    /// A payload that says when it was sent.
    static func stamped(_ number: UInt64) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: Load.payloadSize)
        Load.fill(&bytes, number, stamped: true)
        return bytes
    }
}

/// Processes with so many desktops together, consistent when they are made.
private func desks(_ count: Int, at endpoint: String) throws -> [Child] {
    // Each session is two descriptors, of which a process may often have 20,000.
    let most = 2500
    var children: [Child] = []
    for first in stride(from: 0, to: count, by: most) {
        let arguments = [
            Role.desks.rawValue, "--endpoint", endpoint, "--first", String(first), "--count",
            String(min(most, count - first)),
        ]
        children.append(try Child(arguments))
    }
    for child in children { _ = try child.line() }
    return children
}

// MARK: restart, memory, switch failure

private func measureRestart(_ scale: Scale, _ report: inout Report) throws {
    let agents = scale(10_000, tiny: 50)
    let scratch = try Scratch()
    var hub = try Child([Role.hub.rawValue, "--data", scratch.path])
    defer { hub.end() }
    var endpoint = try hub.line()[0]
    let before = cbench_resident_bytes(hub.id)
    var people = try desks(agents, at: endpoint)
    let after = cbench_resident_bytes(hub.id)
    let bytes = (Double(after) - Double(before)) / Double(agents)
    report.add(
        Row(
            name: "hub memory a desktop: a session with four subscriptions, a will, two keys",
            unit: "bytes",
            ours: [bytes],
            digits: 0
        )
    )
    hub.kill()
    for child in people { child.kill() }
    hub = try Child([Role.hub.rawValue, "--data", scratch.path])
    endpoint = try hub.line()[0]
    let start = cbench_now_ns()
    let cpu = cbench_cpu_us(hub.id)
    people = try desks(agents, at: endpoint)
    let wall = Double(cbench_now_ns() - start) / 1e9
    let core = Double(cbench_cpu_us(hub.id) - cpu) / 1e6
    try expectKeys(agents, at: endpoint)
    let name = "hub restart, \(agents) desktops back and consistent"
    report.add(Row(name: name + ", processor time of the hub", unit: "s", ours: [core]))
    report.add(Row(name: name + ", all in all", unit: "s", ours: [wall]))
    report.fold(UInt64(agents))
    try measureSwitchFailure(scale, hub, endpoint, people, agents, &report)
}

/// A reader finds exactly the states of all agents.
private func expectKeys(_ agents: Int, at endpoint: String) throws {
    let reader = try Reader(endpoint, "agent/")
    defer { reader.close() }
    guard reader.keys == UInt64(agents) else {
        throw BenchError("\(reader.keys) of \(agents) states are there")
    }
}

/// Every desktop dies, and a bridge says every state again within 5 s.
private func measureSwitchFailure(
    _ scale: Scale,
    _ hub: Child,
    _ endpoint: String,
    _ people: [Child],
    _ agents: Int,
    _ report: inout Report
) throws {
    var bridge = try Crowd(endpoint, 1_000_000..<1_000_001) { Crowd.reader($0, []) }
    try bridge.open(publishing: [])
    for child in people { child.kill() }
    let seconds = scale(5.0, tiny: 0.5)
    let cpu = cbench_cpu_us(hub.id)
    let start = cbench_now_ns()
    bridge.isTimed = true
    try paced(agents, perSecond: Double(agents) / seconds, &bridge) { number, bridge in
        let key = Crowd.desk(number).key
        try bridge.publish(0, RecordHeader(.agent, .put), key, Payload.state)
    }
    try bridge.wait("answers to the bridge") { $0.members[0].isReady }
    let wall = Double(cbench_now_ns() - start) / 1e3
    let name = "switch failure, \(agents) desktops die, every state again in \(seconds) s"
    let share = 100 * Double(cbench_cpu_us(hub.id) - cpu) / wall
    report.add(
        Row(name: name + ", of a processor in the hub", unit: "%", ours: [share], digits: 0)
    )
    addDelays(name + ", PUB to ACK", bridge.answers, &report)
    report.fold(UInt64(agents))
}

/// Does something so many times a second, and takes what comes meanwhile.
private func paced(
    _ count: Int,
    perSecond: Double,
    _ crowd: inout Crowd,
    _ body: (Int, inout Crowd) throws -> Void
) throws {
    let start = cbench_now_ns()
    for number in 0..<count {
        try crowd.pump(until: start + UInt64(Double(number) * 1e9 / perSecond))
        try body(number, &crowd)
    }
}

private func addDelays(_ name: String, _ values: [UInt64], _ report: inout Report) {
    for (label, percentile) in [("p50", 50.0), ("p99", 99.0)] {
        var latencies = Latencies()
        latencies.add(values)
        let value = latencies.microseconds(percentile)
        report.add(Row(name: "\(name), \(label)", unit: "µs", ours: [value], digits: 0))
    }
}

// MARK: a steady day

/// 3,000 state events a second, for 200 viewers who look at all of them.
private func measureSteadyFloor(_ scale: Scale, _ report: inout Report) throws {
    let viewers = scale(200, tiny: 4)
    let perSecond = scale(3000, tiny: 500)
    let count = scale(30_000, tiny: 100)
    let hub = try Child([Role.hub.rawValue])
    defer { hub.end() }
    let endpoint = try hub.line()[0]
    // The publisher is last: the first one's arrivals are timed.
    var crowd = try Crowd(endpoint, 0..<(viewers + 1)) { number in
        Crowd.reader(number, number == viewers ? [] : ["custom/"])
    }
    try crowd.open(publishing: [])
    crowd.isTimed = true
    let cpu = cbench_cpu_us(hub.id)
    let start = cbench_now_ns()
    let load = Load(.custom)
    try paced(count, perSecond: Double(perSecond), &crowd) { number, crowd in
        let key = load.key(UInt64(number))
        try crowd.publish(
            viewers,
            RecordHeader(.custom, .put),
            key,
            Payload.stamped(UInt64(number))
        )
    }
    try crowd.wait("answers") { $0.members[viewers].isReady }
    let wall = Double(cbench_now_ns() - start) / 1e3
    let share = 100 * Double(cbench_cpu_us(hub.id) - cpu) / wall
    let name = "\(perSecond) events/s to \(viewers) viewers of everything"
    report.add(
        Row(name: name + ", of a processor in the hub", unit: "%", ours: [share], digits: 0)
    )
    addDelays(name + ", PUB to a viewer", crowd.arrivals, &report)
    report.fold(UInt64(count))
}

// MARK: a flag storm

/// 6,000 flags in 120 seconds, each seen by 400 stations, with the hub's journal on the disk.
private func measureFlagStorm(_ scale: Scale, _ report: inout Report) throws {
    let flags = scale(6000, tiny: 20)
    let stations = scale(400, tiny: 4)
    let seconds = scale(120.0, tiny: 0.4)
    let scratch = try Scratch()
    let hub = try Child([Role.hub.rawValue, "--data", scratch.path])
    defer { hub.end() }
    let endpoint = try hub.line()[0]
    var crowd = try Crowd(endpoint, 0..<(stations + flags)) { number in
        Crowd.reader(number, number < stations ? ["private/bj/"] : [])
    }
    try crowd.open(publishing: [])
    crowd.isTimed = true
    let cpu = cbench_cpu_us(hub.id)
    let start = cbench_now_ns()
    try paced(flags, perSecond: Double(flags) / seconds, &crowd) { number, crowd in
        try crowd.raise(stations + number)
    }
    try crowd.wait("flags at the stations") { crowd in
        crowd.members.allSatisfy(\.isReady)
            && crowd.members[..<stations].allSatisfy { $0.records >= UInt64(flags) }
    }
    let wall = Double(cbench_now_ns() - start) / 1e3
    let share = 100 * Double(cbench_cpu_us(hub.id) - cpu) / wall
    let name = "storm of \(flags) flags in \(Int(seconds)) s at \(stations) stations"
    report.add(
        Row(name: name + ", of a processor in the hub", unit: "%", ours: [share], digits: 0)
    )
    addDelays(name + ", raise to ACK", crowd.answers, &report)
    report.fold(UInt64(flags))
}

extension Crowd {
    /// A member asks for help for itself; every flag has words, which the stations read.
    fileprivate mutating func raise(_ index: Int) throws {
        var request = FlagRequest()
        request.kind = .systemFault
        request.category = "outage"
        request.text = "the customer's page does not open"
        var payload: [UInt8] = []
        try request.append(to: &payload)
        let header = RecordHeader(.flag, .raise, schema: PayloadSchema.flagRequest)
        let id = FloorID(high: 1, low: UInt64(members[index].number) + 1).text
        try publish(index, header, Array("flag/bj/sales/\(id)/".utf8), payload)
    }

    /// The role of a child process: desktops that are there until they are ended.
    static func serveDesks(_ endpoint: String, _ numbers: Range<Int>) throws {
        var crowd = try Crowd(endpoint, numbers, desk)
        try crowd.open(publishing: [UInt8](repeating: 7, count: 16))
        print("ready")
        cbench_flush()
        cbench_exit_at_eof()
        while true { try crowd.pump(until: cbench_now_ns() + 1_000_000_000) }
    }
}
