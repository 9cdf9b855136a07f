import FloorEvents

/// By what a report of flags has a row each.
public enum FlagGrouping: String, Sendable, Hashable, CaseIterable {
    case site
    case team
    case category
}

/// `floorbus report flags`: what became of the flags.
public enum FlagsReport {
    private struct Row {
        var raised: Int64 = 0
        var answered: Int64 = 0
        var unanswered: Int64 = 0
        var closedWithoutAnswer: Int64 = 0
        var cancelled: Int64 = 0
        var cancelledCallEnded: Int64 = 0
        var merged: Int64 = 0
        var reopened: Int64 = 0
        var escalations: Int64 = 0
        var open: Int64 = 0
        var verdicts: [FlagVerdict: Int64] = [:]
        var ratings = Ratings()
        var seen = Spread()
        var claim = Spread()
        var engage = Spread()
        var answer = Spread()

        mutating func add(_ story: FlagStory) {
            let flag = story.flag
            raised += 1
            escalations += story.escalations
            if story.answered != nil { answered += 1 }
            if story.wasMerged { merged += 1 }
            if flag.reopens > 0 { reopened += 1 }
            switch flag.status {
            case .unanswered: unanswered += 1
            case .closed where story.answered == nil: closedWithoutAnswer += 1
            case .cancelled:
                cancelled += 1
                if flag.cause == .callEnded { cancelledCallEnded += 1 }
            case .closed, .answered: break
            case .unknown, .raised, .pending, .claimed, .engaged, .merged: open += 1
            }
            verdicts[flag.words.verdict, default: 0] += 1
            ratings.add(flag.words.rating)
            if let time = story.seen { seen.add(time.clampedDifference(story.raised)) }
            if let time = story.claimed { claim.add(time.clampedDifference(story.raised)) }
            if let time = story.engaged { engage.add(time.clampedDifference(story.raised)) }
            if let time = story.answered { answer.add(time.clampedDifference(story.raised)) }
        }

        var cells: [ReportValue] {
            let counts = [raised, answered, unanswered, closedWithoutAnswer, cancelled]
            let more = [cancelledCallEnded, merged, reopened]
            let found = [FlagVerdict.correct, .partly, .wrong].map { verdicts[$0] ?? 0 }
            return (counts + more).map { .number($0) }
                + [.permille(reopened, of: answered), .number(escalations), .number(open)]
                + found.map { .number($0) } + ratings.cells
                + seen.cells + claim.cells + engage.cells + answer.cells
        }
    }

    private static let columns =
        [
            ReportColumn("site", .text), ReportColumn("team", .text),
            ReportColumn("category", .text), ReportColumn("raised"), ReportColumn("answered"),
            ReportColumn("unanswered"), ReportColumn("closed_without_answer", inTable: false),
            ReportColumn("cancelled"), ReportColumn("cancelled_call_ended", inTable: false),
            ReportColumn("merged"), ReportColumn("reopened", inTable: false),
            ReportColumn("reopened_permille", .permille),
            ReportColumn("escalations", inTable: false), ReportColumn("open"),
            ReportColumn("verdict_correct", inTable: false),
            ReportColumn("verdict_partly", inTable: false), ReportColumn("verdict_wrong"),
        ] + Ratings.columns + Spread.columns("seen", inTable: false) + Spread.columns("claim")
        + Spread.columns("engage", inTable: false) + Spread.columns("answer")

    /// Some columns' cells where there was no flag.
    static func none(_ names: [String]) -> [ReportValue] {
        let cells = zip(columns.dropFirst(3).map { $0.name }, Row().cells)
        let byName = Dictionary(cells, uniquingKeysWith: { first, _ in first })
        return names.map { byName[$0] ?? .none }
    }

    /// The report, a row for each group that had a flag.
    ///
    /// - Parameters:
    ///   - stories: the flags.
    ///   - grouping: what makes a row; a column that does not is `*`.
    /// - Returns: the report.
    public static func table(_ stories: FlagStories, by grouping: Set<FlagGrouping>) -> ReportTable
    {
        var rows: [ExactNames: Row] = [:]
        for story in stories.all {
            let group = ExactNames([
                grouping.contains(.site) ? story.site : "*",
                grouping.contains(.team) ? story.team : "*",
                grouping.contains(.category) ? story.category : "*",
            ])
            rows[group, default: Row()].add(story)
        }
        var table = ReportTable("flags", stories.period, columns)
        for group in rows.keys.sorted() {
            table.rows.append(group.texts.map { .text($0) } + (rows[group]?.cells ?? []))
        }
        return table
    }
}

/// `floorbus report categories`: what agents ask about most.
public enum CategoriesReport {
    private struct Row {
        var raised: Int64 = 0
        var answered: Int64 = 0
        var unanswered: Int64 = 0
        var reopened: Int64 = 0
        var withAnswer: Int64 = 0
        var prevented: Int64 = 0
        var answer = Spread()
    }

    private static let columns =
        [
            ReportColumn("rank"), ReportColumn("category", .text), ReportColumn("raised"),
            ReportColumn("share_permille", .permille), ReportColumn("answered"),
            ReportColumn("unanswered"), ReportColumn("reopened"),
            ReportColumn("with_standard_answer"), ReportColumn("prevented"),
        ] + Spread.columns("answer")

    /// The categories with most flags, most first; equal ones in the order of their codes.
    public static func table(_ stories: FlagStories, top count: Int) -> ReportTable {
        var rows: [ExactNames: Row] = [:]
        for story in stories.all {
            let category = ExactNames([story.category])
            var row = rows[category] ?? Row()
            row.raised += 1
            if story.flag.status == .unanswered { row.unanswered += 1 }
            if story.flag.reopens > 0 { row.reopened += 1 }
            if story.flag.words.hadStandardAnswer { row.withAnswer += 1 }
            if story.wasPrevented { row.prevented += 1 }
            if let time = story.answered {
                row.answered += 1
                row.answer.add(time.clampedDifference(story.raised))
            }
            rows[category] = row
        }
        var table = ReportTable("categories", stories.period, columns)
        let sorted = rows.sorted { ($1.value.raised, $0.key) < ($0.value.raised, $1.key) }
        for (place, (category, row)) in sorted.prefix(count).enumerated() {
            table.rows.append(
                [
                    .number(Int64(place + 1)), .text(category.texts[0]), .number(row.raised),
                    .permille(row.raised, of: Int64(stories.count)), .number(row.answered),
                    .number(row.unanswered), .number(row.reopened), .number(row.withAnswer),
                    .number(row.prevented),
                ] + row.answer.cells
            )
        }
        return table
    }
}
