import ArgumentParser
import CBench
import FloorEvents
import FloorHubServer
import FloorJournal
import FloorPosix

/// What a child process does.
enum Role: String, ExpressibleByArgument, CaseIterable {
    case hub
    case publisher
    case embedded
    case proxy
    case rawPublisher
    case fill
    case desks
    case cores
}

struct RoleCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "role",
        abstract: "One side of a measurement, in a process of its own.",
        shouldDisplay: false
    )

    @Argument var role: Role
    @Option var endpoint: String?
    @Option var lane = "event"
    @Option var count: UInt64 = 0
    @Option(help: "The number of the first desktop.") var first = 0
    @Option var interval: UInt64 = 0
    @Option(help: "A data directory: the hub is durable.") var data: String?
    @Option(help: "Events that the hub keeps in memory.") var records = Self.journalRecords

    func run() throws {
        // As `floorbus hub` does; the peers get the same.
        ThisProcess.keepFreedMemory()
        switch role {
        case .hub:
            let server = try Self.hub(data, records)
            print(server.endpoints[0])
            Self.flush()
            while readLine() != nil {}
            server.stop()
        case .fill:
            try fillJournal(data ?? "", count)
            print("filled")
            Self.flush()
            while readLine() != nil {}
        case .publisher:
            try publish(with: try Publisher(endpoint ?? ""))
        case .embedded:
            let server = try Self.hub()
            print(server.endpoints[0])
            Self.flush()
            try publish(with: try Publisher("", in: server))
            server.stop()
        case .desks:
            try Crowd.serveDesks(endpoint ?? "", first..<(first + Int(count)))
        case .cores:
            try drive(count)
        case .proxy:
            try Self.check(cbench_raw_proxy())
        case .rawPublisher:
            try Self.check(unsafe cbench_raw_publish(endpoint, lane, count, interval))
        }
    }

    /// Records through the pure cores, for `scripts/instructions`.
    private func drive(_ count: UInt64) throws {
        let load = Load(try kind())
        var floor = try CoreFloor(filter: load.name + "/bj/")
        try floor.open()
        floor.carry(load, 0..<count)
        guard floor.received == count else {
            throw BenchError("\(floor.received) of \(count) records came through the cores")
        }
        print(floor.hash)
    }

    private func kind() throws -> RecordKind {
        guard let kind = RecordKind(name: lane) else { throw ValidationError("no such lane") }
        return kind
    }

    private func publish(with publisher: Publisher) throws {
        let kind = try kind()
        let load = Load(kind)
        guard readLine() != nil else { return }
        try publisher.publish(load, count: count, interval: interval)
        while readLine() != nil {}
        publisher.close()
    }

    /// Enough for a reader that falls behind while the others have the processors; one that falls
    /// behind farther gets a gap, and its run fails.
    static let journalRecords = 1 << 20

    static func hub(
        _ data: String? = nil,
        _ records: Int = journalRecords
    ) throws -> HubServer {
        var configuration = HubConfiguration()
        configuration.listen = ["tcp://127.0.0.1:0"]
        configuration.journalRecords = records
        configuration.journalBytes = 1 << 30
        let server: HubServer
        if let data {
            server = try HubServer(configuration, journal: SQLiteJournal.opener(directory: data))
        } else {
            server = try HubServer(configuration)
        }
        try server.start()
        return server
    }

    private static func check(_ result: Int32) throws {
        if result < 0 { throw BenchError("libzmq: error \(-result)") }
    }

    /// A line in a pipe is to be seen at once.
    private static func flush() { cbench_flush() }
}
