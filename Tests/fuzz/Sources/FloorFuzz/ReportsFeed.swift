import FloorEvents
import FloorJournal
import FloorReports
import FloorWire

/// Records as a journal gives them, with numbers of all sizes, through every report.
enum ReportsFeed {
    static func run(_ input: inout FuzzInput) {
        let from = input.moment()
        let site = input.pick([nil, "bj", "x"])
        let period = ReportPeriod(from: from, to: input.moment(), known: input.moment(), site: site)
        var stories = FlagStories(period)
        var times = AgentsTimes(period)
        var queues = QueuesReport(period, threshold: input.wide(), short: input.wide())
        for _ in 0..<64 where !input.isEmpty {
            let kind = input.pick([RecordKind.agent, .queue, .event, .private])
            guard let record = record(kind, &input) else { continue }
            switch kind {
            case .agent: times.take(record)
            case .private:
                guard let flag = try? HelpFlag(payload: record.payload.span) else { continue }
                stories.take(record.key, record.operation, flag, at: record.hubTime)
            default: queues.take(record)
            }
        }
        times.finish()
        var tables = [
            SupportersReport.table(stories), CategoriesReport.table(stories, top: 3),
            FlagsReport.table(stories, by: Set(FlagGrouping.allCases)),
            AgentsReport.table(stories, times), AgentsReport.states(times), queues.table,
        ]
        let zone = FloorZone(minutesEast: input.wide())
        do {
            let days = try period.intervals(.day, in: zone)
            if days.list.count < 32 {
                let table = try days.table(of: period) {
                    FlagsReport.table(FlagStories($0), by: [])
                }
                tables.append(table)
            }
        } catch {
            // More days than a report may have is an answer too.
        }
        for table in tables { write(table) }
    }

    private static func write(_ table: ReportTable) {
        let rows = table.rows.count
        if table.csv.count != rows + 1 { found("\(table.name): lines of CSV are missing") }
        if table.forPeople.rows.count != rows { found("\(table.name): rows are missing") }
        do {
            _ = try table.json()
        } catch {
            found("\(table.name): \(error)")
        }
    }

    private static func record(_ kind: RecordKind, _ input: inout FuzzInput) -> JournalRecord? {
        let id = FuzzRecord.flagID(input.byte()).text
        let entity = kind == .private ? "ana/\(id)" : "sales/\(input.pick(["ana", "q"]))"
        guard let key = try? FloorKey("\(kind.name)/bj/\(entity)/") else { return nil }
        let operation = RecordOperation(rawValue: input.byte())
        var payload: [UInt8] = []
        var schema = PayloadSchema.agent
        do throws(FloorStatus) {
            switch kind {
            case .agent: payload = input.take(64)
            case .queue: try FuzzPayload.level(&input).append(to: &payload)
            case .event:
                schema = input.number()
                payload = input.take(64)
            default: try FuzzPayload.flag(&input).append(withWords: true, to: &payload)
            }
        } catch {
            return nil
        }
        return JournalRecord(
            revision: Revision(rawValue: input.wide()),
            previous: Revision(rawValue: input.wide()),
            key: key,
            operation: operation,
            freshness: input.pick(Freshness.allCases),
            hubTime: input.moment(),
            schema: schema,
            payload: payload
        )
    }
}
