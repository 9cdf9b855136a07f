import FloorBus
import FloorBusTestKit
import Foundation
import Testing

/// Tests with real sockets, one after another: they measure time and share two cores.
@Suite("Real sockets", .serialized, .timeLimit(.minutes(2)))
enum RealSockets {}

/// What was seen of a subscription before something that never came.
struct NeverCame: Error, CustomStringConvertible {
    let seen: [FloorBusEvent]
    var description: String {
        let last = seen.suffix(6).map { event in
            guard let record = event.record ?? event.removed else { return "\(event)" }
            return record.key.text + " " + (record.number.map { "\($0)" } ?? "")
        }
        return "not among \(seen.count) events, the last of them: \(last)"
    }
}

extension Subscription {
    /// Reads up to and including the first event that is wanted; 20 seconds at most.
    @discardableResult
    func events(
        until isLast: @escaping @Sendable (FloorBusEvent) -> Bool
    ) async throws -> [FloorBusEvent] {
        try await within(.seconds(20)) {
            var seen: [FloorBusEvent] = []
            for try await event in self {
                seen.append(event)
                if isLast(event) { return seen }
            }
            throw NeverCame(seen: seen)
        }
    }

    /// Reads up to the end of the snapshot; gives its values by key.
    func snapshot() async throws -> [FloorKey: FloorRecord] {
        try await events(until: \.isSnapshotEnd).values
    }

    /// Everything that is there now.
    func drain() throws -> [FloorBusEvent] {
        var iterator = makeAsyncIterator()
        var seen: [FloorBusEvent] = []
        while let event = try iterator.takeNow() { seen.append(event) }
        return seen
    }
}

extension FloorBusEvent {
    var record: FloorRecord? {
        if case .record(let record) = self { return record }
        return nil
    }
    var removed: FloorRecord? {
        if case .removed(let record) = self { return record }
        return nil
    }
    var isSnapshotEnd: Bool {
        if case .snapshotEnd = self { return true }
        return false
    }
    var isGap: Bool {
        if case .gap = self { return true }
        return false
    }
    var linkUp: LinkChange? {
        if case .linkUp(let change) = self { return change }
        return nil
    }
    var isLinkDown: Bool {
        if case .linkDown = self { return true }
        return false
    }
    /// Whether it brings a custom value that is this number.
    func brings(_ number: UInt32) -> Bool { record?.number == number }
}

extension [FloorBusEvent] {
    var records: [FloorRecord] { compactMap(\.record) }
    var wills: [FloorRecord] { records.filter(\.isWill) }
    var hasGap: Bool { contains(where: \.isGap) }
    var hasLinkDown: Bool { contains(where: \.isLinkDown) }
    var hasSnapshotEnd: Bool { contains(where: \.isSnapshotEnd) }
    /// The last value of each key, removed ones left out.
    var values: [FloorKey: FloorRecord] {
        var result: [FloorKey: FloorRecord] = [:]
        for event in self {
            if let record = event.record { result[record.key] = record }
            if let record = event.removed { result[record.key] = nil }
        }
        return result
    }
}

extension [FloorRecord] {
    /// Changes that these records stand for.
    var changes: Int { reduce(0) { $0 + 1 + Int($1.coalesced) } }
}

extension FloorRecord {
    /// The number in a custom value or event of these tests.
    var number: UInt32? {
        guard payload.count == 4 else { return nil }
        return payload.reversed().reduce(0) { $0 << 8 | UInt32($1) }
    }
}

extension FloorContent {
    private static func bytes(_ number: UInt32) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
    }
    /// A value of the state lane.
    static func value(_ number: UInt32) -> FloorContent { .custom(bytes(number), schema: 1) }
    /// A record of the event lane.
    static func happening(_ number: UInt32) -> FloorContent { .event(bytes(number), schema: 1) }
    static var ready: FloorContent { .agent(AgentState(activity: .ready, cause: .agent)) }
}

/// Names and short-cuts of these tests.
enum Floor {
    static func agent(_ name: String = "4711") throws -> FloorKey {
        try FloorKey(.agent, site: "bj", unit: "sales", entity: name)
    }
    static func custom(_ name: String = "x") throws -> FloorKey {
        try FloorKey(.custom, site: "bj", unit: "sales", entity: name)
    }
    static func event(_ name: String = "x") throws -> FloorKey {
        try FloorKey(.event, site: "bj", unit: "sales", entity: name)
    }

    /// A hub on a free port of this machine.
    static func hub(
        _ change: (inout HubConfiguration) -> Void = { _ in }
    ) throws -> EmbeddedHub {
        var configuration = HubConfiguration()
        configuration.listen = ["tcp://127.0.0.1:0"]
        configuration.drainMilliseconds = 50
        change(&configuration)
        return try EmbeddedHub(configuration)
    }

    /// A client with a fast heartbeat that comes back at once.
    static func client(
        _ endpoint: String,
        _ principal: String = "ana",
        heartbeat: UInt32 = 100,
        _ change: (inout FloorBusClient.Options) -> Void = { _ in }
    ) throws -> FloorBusClient {
        var options = FloorBusClient.Options(principal: principal, application: "test")
        options.heartbeat = .milliseconds(heartbeat)
        options.reconnect = .milliseconds(5)...(.milliseconds(50))
        change(&options)
        return try FloorBusClient(endpoints: [endpoint], options: options)
    }

    /// Runs `body` with an empty directory, which is removed afterwards.
    static func withDirectory<Result>(
        _ body: (String) async throws -> Result
    ) async throws -> Result {
        let place = FileManager.default.temporaryDirectory
            .appendingPathComponent("floorbus-" + UUID().uuidString)
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: place) }
        return try await body(place.path)
    }

    /// Entries of a folder of /proc/self: its threads (`task`), its descriptors (`fd`).
    static func count(_ folder: String) -> Int {
        let path = "/proc/self/" + folder
        return (try? FileManager.default.contentsOfDirectory(atPath: path).count) ?? 0
    }

    /// Kilobytes of memory in use.
    static func residentKilobytes() throws -> Int {
        let text = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
        return (Int(text.split(separator: " ")[1]) ?? 0) * 4
    }
}
