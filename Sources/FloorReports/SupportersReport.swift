import FloorEvents

/// `floorbus report supporters`: how those who help do.
public enum SupportersReport {
    private struct Row {
        var claims: Int64 = 0
        var lost: Int64 = 0
        var released: Int64 = 0
        var rejected: Int64 = 0
        var answers: Int64 = 0
        var spread: Int64 = 0
        var outcomes: [FlagOutcome: Int64] = [:]
        var reopened: Int64 = 0
        var verdicts: [FlagVerdict: Int64] = [:]
        var ratings = Ratings()
        var claim = Spread()
        var engage = Spread()
        var answer = Spread()

        mutating func add(_ act: SupporterAct) {
            switch act {
            case .claimed(let waited):
                claims += 1
                claim.add(waited)
            case .engaged(let took): engage.add(took)
            case .lost: lost += 1
            case .released: released += 1
            case .rejected: rejected += 1
            case .answered(let outcome, let took):
                answers += 1
                outcomes[outcome, default: 0] += 1
                answer.add(took)
            case .spread: spread += 1
            case .reopened: reopened += 1
            }
        }

        var cells: [ReportValue] {
            let results: [FlagOutcome] = [.answered, .transferred, .takenOver, .noAnswerKnown]
            let found = [FlagVerdict.correct, .partly, .wrong].map { verdicts[$0] ?? 0 }
            let counts =
                [claims, lost, released, rejected, answers, spread]
                + results.map { outcomes[$0] ?? 0 } + [reopened] + found
            return counts.map { .number($0) } + ratings.cells
                + claim.cells + engage.cells + answer.cells
        }
    }

    private static let columns =
        [
            ReportColumn("site", .text), ReportColumn("supporter", .text), ReportColumn("claims"),
            ReportColumn("lost"), ReportColumn("released", inTable: false),
            ReportColumn("rejected", inTable: false), ReportColumn("answers"),
            ReportColumn("incident_answers", inTable: false),
            ReportColumn("outcome_answered", inTable: false),
            ReportColumn("outcome_transferred", inTable: false),
            ReportColumn("outcome_taken_over", inTable: false),
            ReportColumn("outcome_no_answer_known", inTable: false), ReportColumn("reopened"),
            ReportColumn("verdict_correct", inTable: false),
            ReportColumn("verdict_partly", inTable: false), ReportColumn("verdict_wrong"),
        ] + Ratings.columns + Spread.columns("claim") + Spread.columns("engage", inTable: false)
        + Spread.columns("answer")

    /// The report, a row for each supporter of a site who took a flag or whose answer was rated.
    public static func table(_ stories: FlagStories) -> ReportTable {
        var rows: [ExactNames: Row] = [:]
        for story in stories.all {
            for (name, act) in story.acts where !name.isEmpty {
                rows[ExactNames([story.site, name]), default: Row()].add(act)
            }
            let words = story.flag.words
            if words.rating > 0, !story.ratedOwner.isEmpty {
                let rated = ExactNames([story.site, story.ratedOwner])
                rows[rated, default: Row()].ratings.add(words.rating)
            }
            if words.verdict != .unknown, !story.judgedOwner.isEmpty {
                let judged = ExactNames([story.site, story.judgedOwner])
                rows[judged, default: Row()].verdicts[words.verdict, default: 0] += 1
            }
        }
        var table = ReportTable("supporters", stories.period, columns)
        for group in rows.keys.sorted() {
            table.rows.append(group.texts.map { .text($0) } + (rows[group]?.cells ?? []))
        }
        return table
    }
}
