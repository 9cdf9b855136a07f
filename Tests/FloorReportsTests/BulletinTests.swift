import FloorEvents
import FloorJournal
import FloorWire
import Foundation
import Testing

@testable import FloorReports

/// The daily bulletin, and names beside ids.
struct BulletinTests {
    private func teams() throws -> ReportTable {
        var history = History()
        // Ana: 100 s on a call, 100 s after it, 800 s ready. Ben: 500 s not ready, 500 s busy.
        try history.agent("ana", 0, .busy) { $0.call = .connected }
        try history.agent("ana", 100, .afterCall)
        try history.agent("ana", 200, .ready)
        try history.agent("ben", 0, .notReady)
        try history.agent("ben", 500, .busy) { $0.call = .connected }
        // Nobody is in a team by being logged off.
        try history.agent("eva", 0, .unknown) { $0 = .loggedOff }
        var times = AgentsTimes(.morning)
        for record in history.records { times.take(record) }
        times.finish()
        let stories = Tale.stories(.morning)
        return TeamsTable.table(stories, AskedTimes(stories), times)
    }

    @Test("A team's row is the sum of its flags and of its agents' time")
    func sums() throws {
        let table = try teams()
        #expect(table.rows.count == 2)
        let sales = try table.row("bj", "sales")
        #expect(
            table.differences(
                sales,
                [
                    "raised": 3, "answered": 2, "unanswered": 0, "cancelled": 1,
                    "reopened_permille": 500, "rating_n": 2, "rating_mean_hundredths": 300,
                    "claim_n": 2, "claim_p50_ms": 5000, "claim_p90_ms": 30_000,
                    "answer_n": 2, "answer_p50_ms": 30_000, "answer_p90_ms": 80_000,
                    // 200 s and 500 s of handling; of Ana's the 30 s from 10 to 40.
                    "agents": 2, "contacts": 2, "aht_ms": 350_000, "aht_less_help_ms": 335_000,
                    "occupancy_permille": 350, "occupancy_available_permille": 467,
                    "help_ms": 130_000, "unsure_ms": 0,
                ]
            ) == []
        )
        let tech = try table.row("bj", "tech")
        #expect(
            table.differences(
                tech,
                [
                    "raised": 2, "unanswered": 1, "agents": 0, "contacts": 0, "aht_ms": nil,
                    "occupancy_permille": nil, "help_ms": 245_000,
                ]
            ) == []
        )
        // A team without flags has none raised, and no mean of them.
        var times = AgentsTimes(.morning)
        var history = History()
        try history.agent("ana", 0, .ready)
        for record in history.records { times.take(record) }
        times.finish()
        let none = FlagStories(.morning)
        let quiet = TeamsTable.table(none, AskedTimes(none), times)
        #expect(
            quiet.differences(
                0,
                ["raised": 0, "reopened_permille": nil, "claim_n": 0, "claim_p50_ms": nil]
            ) == []
        )
    }

    @Test("A bulletin is one JSON object, or one CSV line for each figure, and names nobody")
    func formats() throws {
        let names = ReportNames(people: [], categories: [("refund", "Refunds, \"big\"")])
        let categories = CategoriesReport.table(Tale.stories(.morning), top: 1).named(by: names)
        let bulletin = Bulletin(
            day: "2023-11-14",
            zone: "UTC",
            period: .morning,
            notes: ["a note"],
            sections: [
                try teams(),
                categories.choosing("categories", ["category", "category_label", "raised"]),
            ]
        )
        let json = try JSONSerialization.jsonObject(with: Data(try bulletin.json().utf8))
        let object = try #require(json as? [String: Any])
        #expect(object["day"] as? String == "2023-11-14" && object["site"] is NSNull)
        #expect((object["teams"] as? [[String: Any]])?.first?["raised"] as? Int == 3)
        #expect((object["categories"] as? [[String: Any]])?.count == 1)
        #expect(bulletin.csv[0] == "section,site,team,subject,label,formula,figure,value")
        #expect(bulletin.csv.contains("teams,bj,sales,,,,raised,3"))
        #expect(bulletin.csv.contains("teams,bj,tech,,,,aht_ms,"))
        #expect(
            bulletin.csv.last == "categories,,,refund,\"Refunds, \"\"big\"\"\",,raised,3"
        )
        let text = try bulletin.json() + bulletin.csv.joined()
        for person in ["ana", "ben", "sun", "tom"] { #expect(!text.contains("\"\(person)\"")) }
    }

    @Test("Names stand behind ids, told apart by their bytes; without one the cell is empty")
    func names() throws {
        let names = ReportNames(
            people: [("sun", "Sun Li"), ("zo\u{E9}", "Zoé"), ("ana", "Ana B.")],
            categories: [("refund", "Refunds")]
        )
        let supporters = SupportersReport.table(Tale.stories(.morning)).named(by: names)
        #expect(supporters.columns[2].name == "supporter_name")
        #expect(supporters[0, "supporter_name"] == .text("Sun Li"))
        #expect(supporters[1, "supporter_name"] == .text(""))
        #expect(supporters[0, "claims"] == .number(2))
        let flags = FlagsReport.table(Tale.stories(.morning), by: [.team]).named(by: names)
        #expect(flags[0, "category_label"] == .text(""), "* is no category")
        #expect(names.name(of: .text("zoe\u{301}"), in: "agent") == .text(""))
        #expect(names.name(of: .text("zo\u{E9}"), in: "agent") == .text("Zoé"))
    }

    @Test("A report of more rows than may be is refused, not begun")
    func tooManyRows() throws {
        let period = ReportPeriod(from: 0, to: 86_400_000_000, known: .max)
        let quarters = try period.intervals(.quarterHour, in: FloorZone(minutesEast: 0))
        var table = ReportTable("x", period, [ReportColumn("n")])
        table.rows = Array(repeating: [.number(1)], count: Limits.reportRows / 96)
        #expect(try quarters.table(of: period) { _ in table }.rows.count <= Limits.reportRows)
        table.rows += table.rows
        #expect(throws: ReportError.tooManyRows) {
            try quarters.table(of: period) { _ in table }
        }
        let sentence = ReportError.tooManyRows.sentence + ReportError.tooManyIntervals.sentence
        #expect(sentence.contains("longer intervals"))
    }
}
