import FloorEvents
import FloorReports
import Testing

/// Names are told apart by their bytes, as keys are.
struct SpellingTests {
    private let composed = "zo\u{E9}"
    private let decomposed = "zoe\u{301}"

    @Test("Two spellings of the same letters are two people, supporters, teams and categories")
    func spellings() throws {
        var tales: [Tale] = []
        for (number, name) in [composed, decomposed, composed].enumerated() {
            var tale = Tale(UInt64(number + 1), name, name, name, raised: Int64(10 + number))
            tale.claim(name, 20)
            tale.answer(30)
            tales.append(tale)
        }
        var stories = FlagStories(.morning)
        for tale in tales { tale.tell(&stories) }
        func counts(_ table: ReportTable, _ column: String) -> [ReportValue?] {
            table.rows.indices.map { table[$0, column] }
        }
        let two: [ReportValue?] = [.number(1), .number(2)]
        #expect(counts(SupportersReport.table(stories), "claims") == two)
        #expect(counts(FlagsReport.table(stories, by: [.team]), "raised") == two)
        #expect(counts(CategoriesReport.table(stories, top: 9), "raised") == two.reversed())
        let agents = AgentsReport.table(stories, AgentsTimes(.morning))
        #expect(counts(agents, "flags") == two)
    }
}
