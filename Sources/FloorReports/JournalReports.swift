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
    private let journal: JournalFile
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
        by grouping: Set<FlagGrouping>
    ) throws -> ReportTable {
        let stories = try stories(period)
        return noted(FlagsReport.table(stories, by: grouping), stories: stories)
    }

    /// What those did who helped with them.
    public func supporters(_ period: ReportPeriod) throws -> ReportTable {
        let stories = try stories(period)
        return noted(SupportersReport.table(stories), stories: stories)
    }

    /// What they were about.
    public func categories(_ period: ReportPeriod, top: Int) throws -> ReportTable {
        let stories = try stories(period)
        return noted(CategoriesReport.table(stories, top: top), stories: stories)
    }

    /// Agents' time, and what asking for help took of it.
    public func agents(_ period: ReportPeriod) throws -> ReportTable {
        let stories = try stories(period)
        let times = try times(period)
        let table = noted(AgentsReport.table(stories, times), stories: stories)
        return noted(table, unreadableChanges: times.unreadable)
    }

    /// Agents' time by state, reason and cause.
    public func agentStates(_ period: ReportPeriod) throws -> ReportTable {
        let times = try times(period)
        return noted(AgentsReport.states(times), unreadableChanges: times.unreadable)
    }

    /// What queues published, and service levels from single calls.
    ///
    /// - Parameters:
    ///   - period: the stretch of time.
    ///   - threshold: of service levels from calls, in milliseconds.
    ///   - short: below it giving up is a short abandon, in milliseconds.
    /// - Returns: the report.
    /// - Throws: `HubServerError.journal`.
    public func queues(
        _ period: ReportPeriod,
        threshold: Int64,
        short: Int64
    ) throws -> ReportTable {
        var queues = QueuesReport(period, threshold: threshold, short: short)
        try journal.records(.history, [.queue], to: period.to) { queues.take($0) }
        try journal.records(.events, [.event], from: period.from, to: period.to) {
            queues.take($0)
        }
        return noted(queues.table, unreadableChanges: queues.unreadable)
    }

    // MARK: reading

    private func stories(_ period: ReportPeriod) throws -> FlagStories {
        var stories = FlagStories(period)
        // To the journal's end: a rating may come at any time.
        try journal.records(.events, [.private], from: period.from) { record in
            // Notes and denials are there too.
            guard record.schema == PayloadSchema.flag else { return }
            guard let flag = try? HelpFlag(payload: record.payload.span) else {
                return stories.noteUnreadable()
            }
            stories.take(record.key, record.operation, flag, at: record.hubTime)
        }
        return stories
    }

    private func times(_ period: ReportPeriod) throws -> AgentsTimes {
        var times = AgentsTimes(period)
        try journal.records(.history, [.agent], to: period.to) { times.take($0) }
        times.finish()
        return times
    }

    // MARK: notes

    private func noted(_ table: ReportTable, stories: FlagStories) -> ReportTable {
        var table = table
        if stories.count == 0 { table.notes.append("no flag was raised in this stretch of time") }
        if let first = extent.firstEvent, extent.hasRemovedEvents, first > table.from {
            table.notes.append(
                "the journal has no events before \(first) µs: older ones were removed"
            )
        }
        if stories.unreadable > 0 {
            table.notes.append("\(stories.unreadable) records of flags could not be read")
        }
        return table
    }

    private func noted(_ table: ReportTable, unreadableChanges: Int) -> ReportTable {
        var table = table
        if table.rows.isEmpty { table.notes.append("nothing is known of this stretch of time") }
        if let first = extent.firstChange {
            if first > table.from {
                table.notes.append("the history of states begins at \(first) µs")
            }
        } else {
            table.notes.append("the journal has no history of states")
        }
        if extent.last < table.to {
            table.notes.append("nothing is known after \(extent.last) µs, the hub's last stamp")
        }
        if unreadableChanges > 0 {
            table.notes.append("\(unreadableChanges) changes could not be read")
        }
        return table
    }
}
