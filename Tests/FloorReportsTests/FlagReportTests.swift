import FloorEvents
import FloorReports
import Foundation
import Testing

/// Reports of flags against numbers computed by hand from `Tale.morning`.
struct FlagReportTests {
    private let stories = Tale.stories(.morning)

    @Test("Flags: counts, rates and times of all that were raised in the stretch, and no others")
    func flags() throws {
        let table = FlagsReport.table(stories, by: [])
        #expect(table.rows.count == 1)
        let row = try table.row("*", "*", "*")
        #expect(
            table.differences(
                row,
                [
                    "raised": 5, "answered": 3, "unanswered": 1, "closed_without_answer": 0,
                    "cancelled": 1, "cancelled_call_ended": 1, "merged": 1, "reopened": 1,
                    "reopened_permille": 333, "escalations": 4, "open": 0,
                    "verdict_correct": 1, "verdict_partly": 0, "verdict_wrong": 1,
                    "rating_n": 2, "rating_mean_hundredths": 300,
                    "seen_n": 1, "seen_p50_ms": 2000,
                    "claim_n": 2, "claim_mean_ms": 17_500, "claim_p50_ms": 5000,
                    "claim_p90_ms": 30_000, "claim_max_ms": 30_000,
                    "engage_n": 1, "engage_mean_ms": 10_000,
                    "answer_n": 3, "answer_mean_ms": 38_333, "answer_p50_ms": 30_000,
                    "answer_p90_ms": 80_000, "answer_max_ms": 80_000,
                ]
            ) == []
        )
    }

    @Test("Flags by team and category: each flag is in one row; a mean of nothing is none")
    func groups() throws {
        let table = FlagsReport.table(stories, by: [.team, .category])
        #expect(table.rows.count == 2)
        let sales = try table.row("*", "sales", "refund")
        #expect(
            table.differences(sales, ["raised": 3, "answered": 2, "reopened_permille": 500]) == []
        )
        let tech = try table.row("*", "tech", "login")
        #expect(
            table.differences(
                tech,
                [
                    "raised": 2, "answered": 1, "rating_n": 0, "rating_mean_hundredths": nil,
                    "claim_n": 0, "claim_mean_ms": nil, "claim_p50_ms": nil, "claim_max_ms": nil,
                    "answer_n": 1, "answer_p90_ms": 5000,
                ]
            ) == []
        )
    }

    @Test("A flag that is not over is open, and one site or team can be asked for alone")
    func openAndFiltered() throws {
        var period = ReportPeriod.morning
        period.team = "tech"
        #expect(Tale.stories(period).count == 2)
        period.site = "sh"
        #expect(Tale.stories(period).count == 0)
        let before = ReportPeriod(from: at(-10), to: at(0), known: at(2000))
        let table = FlagsReport.table(Tale.stories(before), by: [.site])
        #expect(table.differences(0, ["raised": 1, "open": 1, "claim_n": 1]) == [])
    }

    @Test("Supporters: claims, losses, answers and what became of them go to who did it")
    func supporters() throws {
        let table = SupportersReport.table(stories)
        #expect(table.rows.count == 2)
        let sun = try table.row("bj", "sun")
        #expect(
            table.differences(
                sun,
                [
                    "claims": 2, "lost": 1, "released": 0, "rejected": 0, "answers": 1,
                    "incident_answers": 1, "outcome_answered": 1, "outcome_no_answer_known": 0,
                    "reopened": 0, "verdict_correct": 1, "verdict_wrong": 0, "rating_n": 1,
                    "rating_mean_hundredths": 400, "claim_n": 2, "claim_mean_ms": 17_500,
                    "engage_n": 1, "engage_p50_ms": 5000, "answer_n": 1, "answer_max_ms": 25_000,
                ]
            ) == []
        )
        let tom = try table.row("bj", "tom")
        #expect(
            table.differences(
                tom,
                [
                    "claims": 2, "lost": 0, "answers": 2, "outcome_answered": 1,
                    "outcome_no_answer_known": 1, "reopened": 1, "verdict_wrong": 1,
                    "rating_n": 1, "rating_mean_hundredths": 200, "claim_p50_ms": 5000,
                    "claim_p90_ms": 60_000, "answer_mean_ms": 17_500,
                ]
            ) == []
        )
    }

    @Test("A claim given back is not lost, and a withdrawn rating counts for nobody")
    func givenBack() throws {
        var tale = Tale(9, "ana", "sales", "refund", raised: 100)
        tale.claim("sun", 110)
        tale.back(.reject, 120)
        tale.claim("sun", 130)
        tale.back(.release, 140)
        tale.claim("sun", 150)
        tale.back(.release, 300, .neverEngaged)
        tale.claim("tom", 310)
        tale.answer(320)
        tale.rate(1, 330)
        tale.rate(0, 340)
        var stories = FlagStories(.morning)
        tale.tell(&stories)
        let table = SupportersReport.table(stories)
        let sun = try table.row("bj", "sun")
        let expected: [String: Int64?] = [
            "claims": 3, "lost": 1, "released": 1, "rejected": 1, "answers": 0, "rating_n": 0,
        ]
        #expect(table.differences(sun, expected) == [])
        #expect(table.differences(try table.row("bj", "tom"), ["rating_n": 0, "answers": 1]) == [])
    }

    @Test("Categories: most asked first, with their share, and only as many as were wanted")
    func categories() throws {
        let table = CategoriesReport.table(stories, top: 1)
        #expect(table.rows.count == 1)
        #expect(table[0, "category"] == .text("refund"))
        #expect(
            table.differences(
                0,
                ["rank": 1, "raised": 3, "share_permille": 600, "answered": 2, "answer_n": 2]
            ) == []
        )
        #expect(CategoriesReport.table(stories, top: 10).rows.count == 2)
    }

    @Test("A standard answer has prevented what its asker took back before anybody claimed it")
    func prevented() throws {
        var stories = FlagStories(.morning)
        for (number, course) in ["taken back", "claimed", "call ended", "no answer"].enumerated() {
            let first = Int64(number) * 100
            var tale = Tale(UInt64(20 + number), "ana", "sales", "refund", raised: first)
            tale.hadStandardAnswer(course != "no answer")
            if course == "claimed" {
                tale.claim("sun", first + 10)
                tale.back(.release, first + 20)
            }
            let cause = course == "call ended" ? FlagCause.callEnded : .person
            tale.end(.cancel, .cancelled, first + 30, cause)
            tale.tell(&stories)
        }
        let table = CategoriesReport.table(stories, top: 1)
        #expect(
            table.differences(0, ["raised": 4, "with_standard_answer": 3, "prevented": 1]) == []
        )
    }

    @Test("Percentiles are the nearest rank, means are rounded to the nearest")
    func spread() {
        var spread = Spread()
        #expect(spread.mean == nil && spread.percentile(50) == nil && spread.longest == nil)
        for value: Int64 in 1...10 { spread.add(value * 1000) }
        #expect(spread.n == 10 && spread.percentile(50) == 5 && spread.percentile(90) == 9)
        #expect(spread.mean == 6 && spread.longest == 10)
        spread.add(-7)
        #expect(spread.percentile(1) == 0 && spread.mean == 5)
    }

    @Test("Time that two stretches share is counted once")
    func stretches() {
        var asking = Stretches()
        asking.add(Stretch(0, 10))
        asking.add(Stretch(5, 15))
        asking.add(Stretch(20, 30))
        asking.add(Stretch(40, 40))
        #expect(asking.merged == [Stretch(0, 15), Stretch(20, 30)])
        #expect(asking.total == 25)
        var handling = Stretches()
        handling.add(Stretch(10, 25))
        #expect(asking.shared(with: handling) == 10)
        #expect(handling.shared(with: Stretches()) == 0)
    }

    @Test("CSV quotes what needs it and defuses formulas; JSON has every column; people get some")
    func formats() throws {
        var tale = Tale(7, "ana", "=1+1", "a,\"b\"", raised: 10)
        tale.claim("sun", 12)
        var stories = FlagStories(.morning)
        tale.tell(&stories)
        let table = FlagsReport.table(stories, by: Set(FlagGrouping.allCases))
        #expect(table.csv[0].hasPrefix("site,team,category,raised,answered,"))
        #expect(table.csv[1].hasPrefix("bj,'=1+1,\"a,\"\"b\"\"\",1,0,"))
        #expect(table.csv[1].hasSuffix(",0,,,,"))
        let json = try JSONSerialization.jsonObject(with: Data(table.json().utf8))
        let object = try #require(json as? [String: Any])
        #expect(object["report"] as? String == "flags" && object["from_us"] as? Int64 == at(0))
        let row = try #require((object["rows"] as? [[String: Any]])?.first)
        #expect(row.count == table.columns.count && row["team"] as? String == "=1+1")
        #expect(row["answer_mean_ms"] is NSNull && row["claim_mean_ms"] as? Int == 2000)
        let sheet = table.forPeople
        #expect(sheet.headings.count == sheet.rows[0].count && sheet.headings.count < 20)
        #expect(sheet.rows[0].contains("2.000s") && sheet.rows[0].contains("-"))
    }
}
