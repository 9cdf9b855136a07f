import FloorEvents

// A team's flags as figures; names, units and formulas stand in docs/figures.md.

extension TeamBoard {
    /// The figures of `team/SITE/TEAM/flags/` at a moment, microseconds since 1970; at most 33.
    func figures(at moment: Int64) -> [Figure] {
        let pending = open.values.filter { $0.isPending }
        var figures = [
            Figure("flagsOpen", Int64(open.count), .count, formula: .count, window: .now),
            Figure("flagsPending", Int64(pending.count), .count, formula: .count, window: .now),
            Figure(
                "flagsOldestAt",
                open.values.map { $0.raised }.min() ?? 0,
                .timestamp,
                formula: .maximum,
                window: .now,
                n: UInt32(clamping: open.count)
            ),
        ]
        let stages = [
            ("Seen", seen), ("Claim", claimed), ("Engage", engaged), ("Answer", answered),
        ]
        for (name, times) in stages {
            append(
                times.summary(since: moment.clampedDifference(Self.window)),
                name,
                .rolling15Minutes,
                &figures
            )
            append(times.summary(since: midnight), name, .sinceMidnight, &figures)
        }
        figures += figuresOfToday()
        return dated(figures, at: moment)
    }

    /// Figures of today speak of the day of their team's zone, whose offset they carry.
    private func dated(_ figures: [Figure], at moment: Int64) -> [Figure] {
        let zone = zone.minutes(at: midnight == 0 ? moment : midnight)
        return figures.map { figure in
            var figure = figure
            figure.asOf = moment
            figure.zoneMinutes = zone
            return figure
        }
    }

    private func append(
        _ summary: (n: Int, p50: Int64, p90: Int64, longest: Int64)?,
        _ stage: String,
        _ window: FigureWindow,
        _ figures: inout [Figure]
    ) {
        guard let summary else { return }
        let values: [(Int64, Formula)] = [
            (summary.p50, .median), (summary.p90, .percentile90), (summary.longest, .maximum),
        ]
        for (value, formula) in values {
            figures.append(
                Figure(
                    "timeTo\(stage)",
                    value,
                    .milliseconds,
                    formula: formula,
                    window: window,
                    n: UInt32(clamping: summary.n)
                )
            )
        }
    }

    private func figuresOfToday() -> [Figure] {
        func figure(
            _ name: String,
            _ value: Int64,
            _ unit: FigureUnit,
            _ formula: Formula,
            n: UInt32
        ) -> Figure {
            Figure(name, value, unit, formula: formula, window: .sinceMidnight, n: n)
        }
        let raised = today.raised
        var figures = [
            figure("flagsRaised", Int64(raised), .count, .count, n: raised),
            figure("flagsUnanswered", Int64(today.unanswered), .count, .count, n: raised),
            figure("zeroFlags", raised == 0 ? 1 : 0, .count, .count, n: today.calls),
        ]
        if today.answered > 0 {
            let rate = Int64(today.reopened) * 1000 / Int64(today.answered)
            figures.append(figure("reopenRate", rate, .permille, .mean, n: today.answered))
        }
        if !ratings.isEmpty {
            let sum = ratings.values.reduce(Int64(0)) { $0 + Int64($1) }
            let mean = sum * 100 / Int64(ratings.count)
            figures.append(
                figure("ratingMean", mean, .hundredths, .mean, n: UInt32(clamping: ratings.count))
            )
        }
        if today.calls > 0 {
            // Hundredths of flags a hundred calls: 250 is 2.5 flags for each 100 calls.
            let rate = Int64(today.raisedBesideCalls) * 10_000 / Int64(today.calls)
            var share = figure("flagsPer100Calls", rate, .hundredths, .mean, n: today.calls)
            if !hasWholeDay { share.window = .sinceStart }
            figures.append(share)
        }
        return figures
    }

    /// The most frequent categories of today, as figures that bear their codes.
    func topCategories(at moment: Int64) -> [Figure] {
        let figures = today.categories.top(Limits.topCategories).map { code, count in
            Figure(
                code.isEmpty ? "-" : code,
                Int64(count),
                .count,
                formula: .count,
                window: .sinceMidnight,
                n: today.raised
            )
        }
        return dated(figures, at: moment)
    }
}
