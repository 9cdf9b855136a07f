import FloorBus
import FloorBusTestKit
import Foundation
import Testing

@testable import FloorJournal

/// Everybody reaches for the same flags at once.
@Suite(.timeLimit(.minutes(10)), .serialized)
struct FlagRaceTests {
    private static let isLong = ProcessInfo.processInfo.environment["FLOORBUS_LONG"] == "1"

    @Test("100 stations claim the same flags at once: each flag has one winner, known to all")
    func stations() async throws {
        let flagCount = Self.isLong ? 1000 : 200
        let scratch = try Scratch()
        let hub = try Probe(["hub", scratch.path, "tcp://127.0.0.1:0"])
        let endpoint = try #require(hub.words(line: 1).last)
        let ana = try FloorBusClient.connect(to: endpoint, as: "ana")
        let keys = try await raise(flagCount, ana)
        var stations: [FloorBusClient] = []
        for number in 0..<100 {
            stations.append(try FloorBusClient.connect(to: endpoint, as: "station-\(number)"))
        }
        let all = stations
        #expect(await holds { all.allSatisfy(\.isConnected) })

        let results = try await withThrowingTaskGroup { group in
            for station in stations {
                group.addTask { try await Self.claim(keys, station) }
            }
            var results: [[FloorKey: FlagResult]] = []
            for try await one in group { results.append(one) }
            return results
        }
        for client in stations + [ana] { await client.close() }
        hub.stop()

        let bench = try Bench(scratch)
        defer { bench.journal.close() }
        let history = try FlagHistory(try bench.read(records: 1_000_000, bytes: .max).records)
        history.check(allEnded: false)
        let claims = history.asked.filter { $0.operation == .claim }
        #expect(claims.count == flagCount)
        for key in keys {
            let told = results.compactMap { $0[key] }
            let id = try #require(FloorID(key.entity))
            let owner = try #require(history.lives[id]?.last?.state.owner)
            #expect(told.count { $0 == .done(claimGeneration: 1) } == 1)
            #expect(told.count { $0 == .lost(to: owner) } == stations.count - 1)
        }
        // Nobody is so fast that the race was none.
        #expect(Set(claims.map(\.state.owner)).count > 1)
    }

    private func raise(_ count: Int, _ client: FloorBusClient) async throws -> [FloorKey] {
        try await withThrowingTaskGroup { group in
            for number in 0..<count {
                group.addTask {
                    var help = HelpRequest(.knowledge, category: "refund")
                    help.callReference = "call-\(number)"
                    return try await client.raiseFlag(help, site: "bj", team: "sales").key
                }
            }
            var keys: [FloorKey] = []
            for try await key in group { keys.append(key) }
            return keys
        }
    }

    /// One station claims every flag in the same order as all others, four at a time: one PUB is to
    /// hold few claims, or the fastest station would win whatever its first message holds.
    private static func claim(
        _ keys: [FloorKey],
        _ station: FloorBusClient
    ) async throws -> [FloorKey: FlagResult] {
        try await withThrowingTaskGroup { group in
            for lane in 0..<4 {
                group.addTask {
                    var results: [FloorKey: FlagResult] = [:]
                    for place in stride(from: lane, to: keys.count, by: 4) {
                        results[keys[place]] = try await station.claimFlag(keys[place])
                    }
                    return results
                }
            }
            var results: [FloorKey: FlagResult] = [:]
            for try await part in group { results.merge(part) { first, _ in first } }
            return results
        }
    }
}
