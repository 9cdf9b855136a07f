import CBench

// One run of one side: a middle process, a publisher process, the readers in this one.

/// How one run went.
struct Run {
    var rate: Double
    var latencies: [UInt64]
    var hash: UInt64
    var coalesced: UInt64 = 0
}

/// What is sent in one run.
struct Traffic {
    var load: String
    var count: UInt64
    /// Records sent before `count` others whose rate is measured.
    var warmUp: UInt64 = 0
    /// Nanoseconds between two operations; 0 = as fast as possible.
    var interval: UInt64 = 0
    var readers = 1
    /// Whether hub and publisher are one process, and the peer has no proxy.
    var isEmbedded = false
    /// The hub's data directory; nil = its journal is in memory.
    var data: String?

    private var hubArguments: [String] {
        [Role.hub.rawValue] + (data.map { ["--data", $0] } ?? [])
    }

    private var total: UInt64 { warmUp + count }

    private func arguments(_ role: Role, _ endpoint: String?) -> [String] {
        var result = [role.rawValue, "--lane", load, "--count", String(total)]
        result += ["--interval", String(interval)]
        if let endpoint { result += ["--endpoint", endpoint] }
        return result
    }

    /// Through FloorBus.
    func runBus() throws -> Run {
        let middle = try Child(isEmbedded ? arguments(.embedded, nil) : hubArguments)
        defer { middle.end() }
        let endpoint = try middle.line()[0]
        var list: [Reader] = []
        defer { for reader in list { reader.close() } }
        for _ in 0..<readers {
            list.append(
                try Reader(
                    endpoint,
                    load + "/bj/",
                    expecting: total,
                    warmUp: warmUp,
                    timed: interval > 0
                )
            )
        }
        let publisher = isEmbedded ? middle : try Child(arguments(.publisher, endpoint))
        defer { if !isEmbedded { publisher.end() } }
        try publisher.go()
        var tallies: [Tally] = []
        for reader in list { tallies.append(try reader.finish()) }
        let first = tallies.map(\.firstTime).min() ?? 0
        let last = tallies.map(\.lastTime).max() ?? 0
        let measured = tallies.reduce(0) { $0 + $1.received - warmUp }
        return Run(
            rate: Double(measured) * 1e9 / Double(max(1, last - first)),
            latencies: tallies[0].latencies,
            hash: tallies[0].hash,
            coalesced: tallies.reduce(0) { $0 + $1.coalesced }
        )
    }

    /// Through raw libzmq.
    func runPeer() throws -> Run {
        var children: [Child] = []
        defer { for child in children.reversed() { child.end() } }
        let publisher: Child
        let out: String
        if isEmbedded {
            publisher = try Child(arguments(.rawPublisher, nil))
            out = try publisher.line()[0]
        } else {
            let middle = try Child([Role.proxy.rawValue])
            children.append(middle)
            let endpoints = try middle.line()
            publisher = try Child(arguments(.rawPublisher, endpoints[0]))
            out = endpoints[1]
        }
        children.append(publisher)
        guard let raw = unsafe cbench_raw_open(out, load, Int32(readers)) else {
            throw BenchError("libzmq: the raw readers did not join")
        }
        defer { unsafe cbench_raw_close(raw) }
        try publisher.go()
        var latencies = [UInt64](repeating: 0, count: Int(count))
        let run =
            interval > 0
            ? unsafe cbench_raw_receive(raw, warmUp, count, &latencies)
            : unsafe cbench_raw_receive(raw, warmUp, count, nil)
        guard run.failed == 0 else { throw BenchError("raw libzmq lost messages") }
        return Run(
            rate: Double(run.measured) * 1e9 / Double(max(1, run.last_ns - run.first_ns)),
            latencies: interval > 0 ? latencies : [],
            hash: run.hash
        )
    }
}
