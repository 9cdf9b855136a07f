import FloorEvents
import FloorHub
import FloorHubServer
import FloorPosix
import Foundation
import GRDB
import Testing

@testable import FloorJournal

/// A journal and a clock that disagree.
@Suite(.timeLimit(.minutes(1)))
struct ClockTests {
    private static let hour: Int64 = 3600 * 1_000_000

    /// A journal last written so far ahead of the clock.
    private func journal(_ scratch: Scratch, ahead: Int64) throws {
        try Bench(scratch).journal.close()
        try set(scratch, Clocks.wallMicroseconds() + ahead)
    }

    private func set(_ scratch: Scratch, _ stamp: Int64) throws {
        let queue = try DatabaseQueue(path: scratch.database)
        try queue.write { try $0.execute(sql: "UPDATE meta SET hub_clock = \(stamp)") }
        try queue.close()
    }

    private func sentence(_ scratch: Scratch) throws -> String {
        let error = #expect(throws: HubServerError.self) { try Bench(scratch) }
        return try #require(error).sentence
    }

    @Test("A journal from the future is refused, with how to go on, and opened when that is said")
    func future() throws {
        let scratch = try Scratch()
        try journal(scratch, ahead: 100 * Self.hour)
        let refusal = try sentence(scratch)
        #expect(refusal.contains("hours ahead of this machine's clock"))
        #expect(refusal.contains("floorbus hub --accept-clock"))
        var options = JournalOptions()
        options.acceptsClock = true
        let bench = try Bench(scratch, options)
        // The core is told what the journal says; it steps.
        let ahead = try #require(bench.contents).lastStamp - Clocks.wallMicroseconds()
        #expect(ahead > 99 * Self.hour)
        #expect(try bench.notice(.clockBehind).sentence.contains("4 days"))
        bench.journal.close()
        let again = try Bench(scratch)
        again.journal.close()
        #expect(again.notices.isEmpty, "accepted once for all")
    }

    @Test("Half an hour ahead is told, half a minute is not")
    func told() throws {
        for (ahead, isTold) in [(Self.hour / 2 + 5_000_000, true), (Self.hour / 120, false)] {
            let scratch = try Scratch()
            try journal(scratch, ahead: ahead)
            let bench = try Bench(scratch)
            defer { bench.journal.close() }
            #expect(try bench.store([event(1)]))
            #expect(bench.notices.map(\.code) == (isTold ? [.clockBehind] : []))
            if isTold { #expect(bench.notices[0].sentence.contains("30 minutes ahead")) }
        }
    }

    @Test(
        "No stamp, whatever a damaged file has, does more than refuse",
        arguments: [
            Int64.max, .max - 1, .min, -1, 0,
        ]
    )
    func extremes(_ stamp: Int64) throws {
        let scratch = try Scratch()
        try Bench(scratch).journal.close()
        try set(scratch, stamp)
        var options = JournalOptions()
        options.acceptsClock = true
        let bench = try Bench(scratch, options)
        defer { bench.journal.close() }
        #expect(try #require(bench.contents).lastStamp < .max / 2 + 1)
        #expect(try bench.store([event(1)]))
    }
}
