import FloorEvents

// A team's flags as figures; names, units and formulas stand in docs/figures.md.

extension TeamBoard {
    /// The figures of `team/SITE/TEAM/flags/`.
    ///
    /// - Parameters:
    ///   - moment: now, microseconds since 1970.
    ///   - midnight: when today began, microseconds since 1970.
    ///   - zone: minutes east of UTC of the day they speak of.
    /// - Returns: at most 33 figures.
    func figures(at moment: Int64, midnight: Int64, zone: Int16) -> [Figure] {
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
            append(times.summary(since: moment - 900_000_000), name, .rolling15Minutes, &figures)
            append(times.summary(since: midnight), name, .sinceMidnight, &figures)
        }
        figures += today()
        for place in figures.indices {
            figures[place].asOf = moment
            figures[place].zoneMinutes = zone
        }
        return figures
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

    private func today() -> [Figure] {
        func figure(
            _ name: String,
            _ value: Int64,
            _ unit: FigureUnit,
            _ formula: Formula,
            n: UInt32
        ) -> Figure {
            Figure(name, value, unit, formula: formula, window: .sinceMidnight, n: n)
        }
        var figures = [
            figure("flagsRaised", Int64(raisedToday), .count, .count, n: raisedToday),
            figure("flagsUnanswered", Int64(unansweredToday), .count, .count, n: raisedToday),
            figure("zeroFlags", raisedToday == 0 ? 1 : 0, .count, .count, n: callsToday),
        ]
        if answeredToday > 0 {
            let rate = Int64(reopenedToday) * 1000 / Int64(answeredToday)
            figures.append(figure("reopenRate", rate, .permille, .mean, n: answeredToday))
        }
        if !ratings.isEmpty {
            let sum = ratings.values.reduce(Int64(0)) { $0 + Int64($1) }
            let mean = sum * 100 / Int64(ratings.count)
            figures.append(
                figure("ratingMean", mean, .hundredths, .mean, n: UInt32(clamping: ratings.count))
            )
        }
        if callsToday > 0 {
            // Hundredths of flags a hundred calls: 250 is 2.5 flags for each 100 calls.
            let rate = Int64(raisedToday) * 10_000 / Int64(callsToday)
            figures.append(figure("flagsPer100Calls", rate, .hundredths, .mean, n: callsToday))
        }
        return figures
    }

    /// The most frequent categories of today, as figures that bear their codes.
    func topCategories(at moment: Int64, zone: Int16) -> [Figure] {
        Self.top(categories, Limits.topCategories).map { code, count in
            var figure = Figure(
                code.isEmpty ? "-" : code,
                Int64(count),
                .count,
                formula: .count,
                window: .sinceMidnight,
                n: raisedToday
            )
            figure.asOf = moment
            figure.zoneMinutes = zone
            return figure
        }
    }

    /// Those with the highest counts; equal ones by name, so that two runs agree.
    static func top(_ counts: [String: UInt32], _ limit: Int) -> [(String, UInt32)] {
        let sorted = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        return sorted.prefix(limit).map { ($0.key, $0.value) }
    }
}
