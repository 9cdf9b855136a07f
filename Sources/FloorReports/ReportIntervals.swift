public import FloorEvents
import FloorJournal

/// How long the rows of a report are.
public enum ReportStep: String, Sendable, Hashable, CaseIterable {
    /// A quarter of an hour.
    case quarterHour = "15min"
    /// Half an hour.
    case halfHour = "30min"
    /// An hour.
    case hour = "1h"
    /// A day.
    case day = "1d"

    /// Microseconds; nil for days, which have 23 to 25 hours.
    var length: Int64? {
        switch self {
        case .quarterHour: 900_000_000
        case .halfHour: 1_800_000_000
        case .hour: 3_600_000_000
        case .day: nil
        }
    }
}

/// Why there is no such report.
public enum ReportError: Error, Sendable, Equatable {
    /// More rows than one report may have.
    case tooManyRows
    /// More intervals than one report may have.
    case tooManyIntervals

    /// What is wrong and what to do, for a person.
    public var sentence: String {
        switch self {
        case .tooManyRows:
            "the report has more than \(Limits.reportRows) rows: ask for one site or team, a "
                + "shorter stretch or longer intervals"
        case .tooManyIntervals:
            "the stretch has more than \(Limits.reportIntervals) intervals or "
                + "\(Limits.reportDays) days: ask for a shorter one or longer intervals"
        }
    }
}

/// A stretch of time cut into the rows of a report.
///
///     let hours = try period.intervals(.hour, in: zone)
///     let table = try reports.flags(period, by: [.team], every: hours)
public struct ReportIntervals: Sendable {
    /// The first column's name: `day` or `interval`.
    public let column: String
    /// The intervals in order, each with what its rows say in that column.
    public let list: [(label: String, period: ReportPeriod)]

    /// One table of those of all intervals, with the interval in front of each row.
    ///
    /// - Parameters:
    ///   - period: the whole stretch.
    ///   - body: makes the report of one interval.
    /// - Returns: the report; its notes are those of the first interval.
    /// - Throws: `ReportError.tooManyRows`, or what `body` throws.
    public func table(
        of period: ReportPeriod,
        _ body: (ReportPeriod) throws -> ReportTable
    ) throws -> ReportTable {
        var whole = try body(list.first?.period ?? period)
        let first = whole.rows
        whole.from = period.from
        whole.to = period.to
        whole.rows = []
        whole.columns.insert(ReportColumn(column, .text), at: 0)
        for (place, interval) in list.enumerated() {
            let rows = place == 0 ? first : try body(interval.period).rows
            guard whole.rows.count + rows.count <= Limits.reportRows else {
                throw ReportError.tooManyRows
            }
            whole.rows += rows.map { [.text(interval.label)] + $0 }
        }
        return whole
    }
}

extension ReportPeriod {
    /// The stretch cut into a zone's intervals; the first and the last may be parts of them.
    ///
    /// Intervals begin with the day and where the zone's clocks show a whole multiple of the step.
    /// Where clocks are set by less than a step, one is shorter.
    ///
    /// - Parameters:
    ///   - step: how long they are.
    ///   - zone: whose days and clocks.
    /// - Returns: the intervals.
    /// - Throws: `ReportError.tooManyIntervals`.
    public func intervals(
        _ step: ReportStep,
        in zone: FloorZone
    ) throws(ReportError) -> ReportIntervals {
        guard let days = days(in: zone) else { throw .tooManyIntervals }
        guard let length = step.length else {
            return ReportIntervals(column: "day", list: days.map { ($0.date, $0.period) })
        }
        var list: [(label: String, period: ReportPeriod)] = []
        for (date, day) in days {
            var start = day.from
            while start < day.to {
                guard list.count < Limits.reportIntervals else { throw .tooManyIntervals }
                var part = day
                part.from = start
                part.to = min(day.to, zone.nextMultiple(of: length, after: start))
                list.append((date + zone.clock(at: start), part))
                start = part.to
            }
        }
        return ReportIntervals(column: "interval", list: list)
    }
}

extension FloorZone {
    /// The next moment at which clocks show a multiple of a length since midnight.
    func nextMultiple(of length: Int64, after start: Int64) -> Int64 {
        let next = start.clampedSum(length - past(length, at: start))
        // Clocks that are set in between show a multiple at another moment, perhaps at once.
        guard let change = transitions.first(where: { $0.moment > start && $0.moment < next })
        else { return next }
        let past = past(length, at: change.moment)
        return past == 0 ? change.moment : change.moment.clampedSum(length - past)
    }

    /// How long ago clocks have shown a multiple of a length.
    private func past(_ length: Int64, at moment: Int64) -> Int64 {
        let shown = moment.clampedSum(Int64(offset(at: moment)) * 1_000_000) % length
        return shown < 0 ? shown + length : shown
    }

    /// The time of day and the offset that clocks show, as `T09:15:00+08:00`.
    func clock(at moment: Int64) -> String {
        let east = Int64(offset(at: moment))
        let seconds = Self.floor(moment, 1_000_000).clampedSum(east)
        let ofDay = seconds - Self.floor(seconds, 86_400) * 86_400
        func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let clock = [ofDay / 3600, ofDay / 60 % 60, ofDay % 60].map(two).joined(separator: ":")
        let minutes = abs(east) / 60
        return "T" + clock + (east < 0 ? "-" : "+") + two(minutes / 60) + ":" + two(minutes % 60)
    }

    private static func floor(_ number: Int64, _ unit: Int64) -> Int64 {
        let (whole, rest) = number.quotientAndRemainder(dividingBy: unit)
        return rest < 0 ? whole - 1 : whole
    }
}

/// What is counted for one interval after the other, as a history is read.
protocol IntervalCounting {
    var period: ReportPeriod { get }
    mutating func take(_ record: JournalRecord)
    /// The interval is over: counts what goes on.
    mutating func finish()
    mutating func begin(_ period: ReportPeriod)
}

extension IntervalCounting {
    /// Counts records in the order of their times, and hands over each interval when it is over.
    ///
    /// - Parameters:
    ///   - periods: the intervals, one after the other; the first is the one that was begun.
    ///   - read: calls what it gets with each record.
    ///   - table: makes an interval's table.
    /// - Returns: a table for each interval.
    mutating func tables(
        _ periods: [ReportPeriod],
        _ read: ((JournalRecord) -> Void) throws -> Void,
        table: @escaping (Self) -> ReportTable
    ) rethrows -> [ReportTable] {
        var passage = IntervalPassage(self, periods, table)
        try read { record in
            passage.reach(record.hubTime)
            passage.counting.take(record)
        }
        let tables = passage.finish()
        self = passage.counting
        return tables
    }
}

/// The way through the intervals of a report, as its history is read.
struct IntervalPassage<Counting: IntervalCounting> {
    var counting: Counting
    private let periods: [ReportPeriod]
    private let table: (Counting) -> ReportTable
    private var tables: [ReportTable] = []

    /// Begins with the interval that was begun, the first.
    init(
        _ counting: Counting,
        _ periods: [ReportPeriod],
        _ table: @escaping (Counting) -> ReportTable
    ) {
        self.counting = counting
        self.periods = periods
        self.table = table
    }

    /// What comes now is of this time: intervals that are over get their tables.
    mutating func reach(_ time: Int64) {
        while tables.count + 1 < periods.count, time >= counting.period.to { close() }
    }

    /// Nothing more comes: the tables of all intervals.
    mutating func finish() -> [ReportTable] {
        while tables.count < periods.count { close() }
        return tables
    }

    private mutating func close() {
        counting.finish()
        tables.append(table(counting))
        if tables.count < periods.count { counting.begin(periods[tables.count]) }
    }
}
