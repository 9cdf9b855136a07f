import FloorImport
import Foundation
import Testing

/// Totals of the real logs against references that were computed independently.
@Suite("Real logs", .enabled(if: RealData.isPresent, "the real logs are not at ../shared/data"))
struct RealDataTests {
    /// The bank's month, played once for all tests.
    private static let bank = Result { try play(RealData.bank, .anonymousBank) }

    private typealias Table = [String: [String: Int]]

    /// The object under a key as names with numbers; what is no number is left out.
    private static func table(_ key: String, of json: [String: Any]) throws -> Table {
        let rows = try #require(json[key] as? [String: [String: Any]])
        return rows.mapValues { row in row.compactMapValues { value in value as? Int } }
    }

    private static func reference(of path: String) throws -> [String: Any] {
        let object = try JSONSerialization.jsonObject(with: RealData.reference(of: path))
        return try #require(object as? [String: Any])
    }

    /// The totals as the JSON that is written for others, so that key names are compared too.
    private static func json(_ totals: TotalsSummary) throws -> [String: Any] {
        let object = try JSONSerialization.jsonObject(with: JSONEncoder().encode(totals))
        return try #require(object as? [String: Any])
    }

    @Test("The bank's month has exactly the reference's totals, from the steps' texts alone")
    func bankTotals() throws {
        let reference = try Self.reference(of: RealData.bank)
        let played = try Self.bank.get()
        let totals = try Self.json(played.totals(.anonymousBank))
        let queues = try Self.table("queues", of: reference).mapValues { queue in
            queue.merging(["timed_out": 0]) { $1 }
        }
        #expect(try Self.table("queues", of: totals) == queues)
        #expect(try Self.table("agents", of: totals) == Self.table("agents", of: reference))
        let peak = try #require(reference["peak_waiting"] as? [String: Any])
        #expect(totals["peak_waiting"] as? Int == peak["count"] as? Int)
        #expect(played.report.rowsUsed == reference["rows"] as? Int)
        #expect(played.report.skipped == [:])
        #expect(played.report.oddities == [:])
        let peakDay = try #require(peak["day"] as? String)
        let day = try play(RealData.bank, .anonymousBank, day: peakDay)
        #expect(try day.totals(.anonymousBank).peakWaiting == peak["count"] as? Int)
    }

    @Test("The bank's month is in time order, every wait and talk ends, and every text is short")
    func bankOrder() throws {
        let played = try Self.bank.get()
        let times = played.steps.map(\.timestampSeconds)
        #expect(zip(times, times.dropFirst()).allSatisfy { pair in pair.0 <= pair.1 })
        #expect(played.calls.allSatisfy { $0.encode().utf8.count <= ImportLimits.callStepBytes })
        let levels = Dictionary(played.queues.map { ($0.queue, $0) }) { $1 }
        #expect(levels.values.allSatisfy { $0.waiting == 0 && $0.startOfOldestWait == nil })
        let agents = Dictionary(played.agents.map { ($0.agent, $0.state) }) { $1 }
        #expect(agents.values.allSatisfy { state in state == .ready })
        let most = played.agents.map { step in
            if case .busy(_, let calls) = step.state { calls } else { 0 }
        }.max()
        #expect(most == 3, "the rows of agent A31 at 12:00 on 21 January really overlap so")
    }

    @Test("The queue_log has exactly the reference's totals, from the steps' texts alone")
    func asteriskTotals() throws {
        let reference = try Self.reference(of: RealData.asterisk)
        let played = try play(RealData.asterisk, .asteriskQueueLog)
        let totals = try Self.json(played.totals(.asteriskQueueLog))
        let queues = try Self.table("queues", of: reference).mapValues { queue in
            [
                "offered": queue["ENTERQUEUE", default: 0],
                "answered": queue["CONNECT", default: 0],
                "abandoned": queue["ABANDON", default: 0],
                "timed_out": queue["EXITWITHTIMEOUT", default: 0],
                "wait_s": queue["hold_s", default: 0] + queue["abandon_wait_s", default: 0],
                "peak_waiting": queue["peak_waiting", default: 0],
            ]
        }
        let agents = try Self.table("agents", of: reference).compactMapValues { agent in
            agent["complete"].map { ["calls": $0, "talk_s": agent["talk_s", default: 0]] }
        }
        #expect(try Self.table("queues", of: totals) == queues)
        #expect(try Self.table("agents", of: totals) == agents)
        #expect(totals["peak_waiting"] == nil)
        #expect(played.report.rowsUsed == reference["lines"] as? Int)
        #expect(played.report.skipped == [:])
        #expect(played.report.oddities == [:])
        let last = Dictionary(played.queues.map { ($0.queue, $0.waiting) }) { $1 }
        #expect(last.values.allSatisfy { waiting in waiting == 0 })
    }
}
