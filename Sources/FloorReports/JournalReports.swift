import FloorEvents
public import FloorJournal
import FloorWire

/// Reports from a journal; a hub may be running on it.
///
///     let reports = try JournalReports(JournalFile(directory: "/var/lib/floorbus"))
///     let period = reports.period(from: midnight, to: now)
///     print(try reports.flags(period, by: [.category]).json())
///
/// - Thread: any; it reads the journal anew for each report, and holds what the report needs.
/// - Errors: `HubServerError.journal` from every function that reads.
public struct JournalReports: Sendable {
    let journal: JournalFile
    private let extent: JournalExtent

    /// Reports from this journal.
    public init(_ journal: JournalFile) throws {
        self.journal = journal
        extent = try journal.extentOfTime()
    }

    /// A stretch of time of this journal.
    public func period(
        from: Int64,
        to: Int64,
        site: String? = nil,
        team: String? = nil
    ) -> ReportPeriod {
        ReportPeriod(from: from, to: to, known: extent.last, site: site, team: team)
    }

    /// What became of the flags that were raised.
    public func flags(
        _ period: ReportPeriod,
        by grouping: Set<FlagGrouping>,
        every intervals: ReportIntervals? = nil
    ) throws -> ReportTable {
        try flagTable(period, intervals) { FlagsReport.table($0, by: grouping) }
    }

    /// What those did who helped with them.
    public func supporters(
        _ period: ReportPeriod,
        every intervals: ReportIntervals? = nil
    ) throws -> ReportTable {
        try flagTable(period, intervals) { SupportersReport.table($0) }
    }

    /// What they were about.
    public func categories(
        _ period: ReportPeriod,
        top: Int,
        every intervals: ReportIntervals? = nil
    ) throws -> ReportTable {
        try flagTable(period, intervals) { CategoriesReport.table($0, top: top) }
    }

    private func flagTable(
        _ period: ReportPeriod,
        _ intervals: ReportIntervals?,
        _ body: (FlagStories) -> ReportTable
    ) throws -> ReportTable {
        let stories = try stories(period)
        let table =
            try intervals?.table(of: period) { body(stories.raised(in: $0)) } ?? body(stories)
        return noted(table, stories: stories)
    }

    /// Agents' time, and what asking for help took of it.
    public func agents(
        _ period: ReportPeriod,
        every intervals: ReportIntervals? = nil
    ) throws -> ReportTable {
        let stories = try stories(period)
        let asked = AskedTimes(stories)
        let table = try timeTable(period, intervals) { AgentsReport.table(asked, $0) }
        return noted(table, stories: stories)
    }

    /// Agents' time by state, reason and cause.
    public func agentStates(
        _ period: ReportPeriod,
        every intervals: ReportIntervals? = nil
    ) throws -> ReportTable {
        try timeTable(period, intervals) { AgentsReport.states($0) }
    }

    private func timeTable(
        _ period: ReportPeriod,
        _ intervals: ReportIntervals?,
        _ body: @escaping (AgentsTimes) -> ReportTable
    ) throws -> ReportTable {
        var (times, tables) = try times(period, intervals, body)
        return noted(try joined(&tables, period, intervals), unreadableChanges: times.unreadable)
    }

    /// What queues published, and service levels from single calls.
    ///
    /// - Parameters:
    ///   - period: the stretch of time.
    ///   - threshold: of service levels from calls, in milliseconds.
    ///   - short: below it giving up is a short abandon, in milliseconds.
    ///   - intervals: what the stretch is cut into; nil = one row for all of it.
    /// - Returns: the report.
    /// - Throws: `HubServerError.journal`.
    public func queues(
        _ period: ReportPeriod,
        threshold: Int64,
        short: Int64,
        every intervals: ReportIntervals? = nil
    ) throws -> ReportTable {
        let periods = intervals?.list.map(\.period) ?? [period]
        let first = periods.first ?? period
        var levels = QueuesReport(first, threshold: threshold, short: short)
        try standing(.queue, period) { levels.take($0) }
        var tables = try levels.tables(periods) { take in
            try journal.records(
                .history,
                [.queue],
                from: period.from,
                to: period.to,
                before: changesEnd
            ) { take($0) }
        } table: {
            $0.table
        }
        var calls = QueuesReport(first, threshold: threshold, short: short)
        let found = try calls.tables(periods) { take in
            try journal.records(
                .events,
                [.event],
                from: period.from,
                to: period.to,
                before: eventsEnd
            ) { take($0) }
        } table: {
            $0.table
        }
        for (place, table) in found.enumerated() { tables[place].rows += table.rows }
        return noted(
            try joined(&tables, period, intervals),
            unreadableChanges: levels.unreadable + calls.unreadable
        )
    }

    /// One table of those of all intervals; theirs are gone then.
    private func joined(
        _ tables: inout [ReportTable],
        _ period: ReportPeriod,
        _ intervals: ReportIntervals?
    ) throws -> ReportTable {
        guard let intervals else { return tables[0] }
        var place = 0
        return try intervals.table(of: period) { _ in
            defer {
                tables[place].rows = []
                place += 1
            }
            return tables[place]
        }
    }

    // MARK: reading

    // A report reads what was stored when it began, up to these revisions, a short transaction at
    // a time: it is of one moment, and the hub's log does not grow meanwhile.

    private var eventsEnd: Revision { extent.lastEvent.next }
    private var changesEnd: Revision { extent.lastChange.next }

    func stories(_ period: ReportPeriod) throws -> FlagStories {
        var stories = FlagStories(period)
        func take(
            _ key: Span<UInt8>,
            _ operation: RecordOperation?,
            _ payload: Span<UInt8>,
            at time: Int64
        ) {
            guard let flag = try? HelpFlag(payload: payload) else {
                return stories.noteUnreadable()
            }
            stories.take(key, operation, flag, at: time)
        }
        // A flag whose beginning was removed may show only later that it was raised in the stretch.
        let isWhole = !extent.hasRemovedEvents || (extent.firstEvent ?? .max) <= period.from
        let late = period.to.clampedSum(Limits.clockToleranceMicroseconds)
        let found = isWhole ? try journal.firstRevision(.events, at: late) : nil
        let end = min(found ?? eventsEnd, eventsEnd)
        try journal.stored(.events, .private, from: period.from, before: end) { bytes, view in
            let header = view.header(bytes)
            // Notes and denials are there too.
            guard header.schema == PayloadSchema.flag else { return }
            take(
                bytes.extracting(view.key),
                header.operation,
                bytes.extracting(view.payload),
                at: header.hubTime
            )
        }
        // To the journal's end: a rating may come at any time.
        try journal.records(ofPrivate: stories.keys, from: end, before: eventsEnd) { record in
            guard record.schema == PayloadSchema.flag else { return }
            take(
                record.key.bytes.span,
                record.operation,
                record.payload.span,
                at: record.hubTime
            )
        }
        return stories
    }

    func times(
        _ period: ReportPeriod,
        _ intervals: ReportIntervals? = nil,
        _ table: @escaping (AgentsTimes) -> ReportTable
    ) throws -> (times: AgentsTimes, tables: [ReportTable]) {
        let periods = intervals?.list.map(\.period) ?? [period]
        let lives = try journal.lastChangesOfLives(before: changesEnd)
        var times = AgentsTimes(periods.first ?? period, lives: lives)
        try standing(.agent, period) { times.take($0) }
        var passage = IntervalPassage(times, periods, table)
        try journal.stored(
            .history,
            .agent,
            from: period.from,
            to: period.to,
            before: changesEnd
        ) { bytes, view in
            let change = StoredChange(view.header(bytes))
            passage.reach(change.hubTime)
            passage.counting.take(
                change,
                bytes.extracting(view.key),
                bytes.extracting(view.payload)
            )
        }
        let tables = passage.finish()
        return (passage.counting, tables)
    }

    /// What held when the stretch began.
    private func standing(
        _ kind: RecordKind,
        _ period: ReportPeriod,
        _ body: (JournalRecord) -> Void
    ) throws {
        try journal.lastChanges(
            kind,
            before: period.from,
            site: period.site,
            team: period.team
        ) { body($0) }
    }

    // MARK: notes

    func noted(_ table: ReportTable, stories: FlagStories) -> ReportTable {
        var table = table
        if stories.count == 0 { table.notes.append("no flag was raised in this stretch of time") }
        if let first = extent.firstEvent, extent.hasRemovedEvents, first > table.from {
            table.notes.append(
                "the journal has no events before \(ReportTable.text(first)): older ones "
                    + "were removed"
            )
        }
        if stories.unreadable > 0 {
            table.notes.append("\(stories.unreadable) records of flags could not be read")
        }
        return table
    }

    static let nothingKnown = "nothing is known of this stretch of time"

    func noted(_ table: ReportTable, unreadableChanges: Int) -> ReportTable {
        var table = table
        if table.rows.isEmpty { table.notes.append(Self.nothingKnown) }
        if let first = extent.firstChange {
            if first > table.from {
                table.notes.append("the history of states begins at \(ReportTable.text(first))")
            }
        } else {
            table.notes.append("the journal has no history of states")
        }
        if extent.last < table.to {
            table.notes.append(
                "nothing is known after \(ReportTable.text(extent.last)), the hub's last stamp"
            )
        }
        if unreadableChanges > 0 {
            table.notes.append("\(unreadableChanges) changes could not be read")
        }
        return table
    }
}
