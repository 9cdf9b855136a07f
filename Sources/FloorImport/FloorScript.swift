/// What happened on a floor according to a log, one ``FloorStep`` at a time, in time order.
///
/// ```swift
/// let script = try FloorScript(path: "queue_log", format: .asteriskQueueLog)
/// while let step = try script.next() { publish(step) }
/// print(script.report.skipped)
/// ```
///
/// A bad row is skipped and counted in ``report``; only a file that cannot be used is an error.
/// A `queue_log` is read as it is asked for, in bounded memory, in the order of its lines: if the
/// recording machine's clock was set back, so are the steps' times, and the report says so. A
/// call-by-call table is read and sorted by ``init(path:format:day:)``.
///
/// Use it from one thread at a time. The file is closed when the script is released.
public final class FloorScript {
    /// The log's format.
    public let format: LogFormat
    private var source: any StepSource
    private var steps: [FloorStep] = []
    private var given = 0

    /// Opens a log, plain or gzip.
    ///
    /// - Parameters:
    ///   - path: The file's path.
    ///   - format: The log's format.
    ///   - day: Only this day, as `yymmdd`; for a `queue_log` the UTC day of the line's time, for
    ///     a table the row's own date, so that a call over midnight stays whole.
    /// - Throws: ``ImportError`` if the file or the day cannot be used.
    public init(path: String, format: LogFormat, day: String? = nil) throws(ImportError) {
        var calendarDay: CalendarDay?
        if let day {
            calendarDay = CalendarDay(yymmdd: day)
            if calendarDay == nil {
                throw ImportError(
                    file: path,
                    field: "day",
                    value: day,
                    rule: "must be a day as yymmdd"
                )
            }
        }
        self.format = format
        switch format {
        case .anonymousBank:
            source = try BankScript(path: path, day: calendarDay)
        case .asteriskQueueLog:
            source = try AsteriskScript(path: path, day: calendarDay)
        }
    }

    /// How far the script is, from 0 to 1; nil for a pipe.
    public var progress: Double? { source.progress }

    /// What became of the log's lines so far.
    public var report: ImportReport { source.report }

    /// The next step, or nil at the end.
    ///
    /// - Throws: ``ImportError`` if the file turns out to be cut off or damaged, or if not one of
    ///   its lines could be used.
    public func next() throws(ImportError) -> FloorStep? {
        if given == steps.count {
            given = 0
            steps.removeAll(keepingCapacity: true)
            guard try source.advance(into: &steps) else { return nil }
        }
        given += 1
        return steps[given - 1]
    }
}

/// Where a script's steps come from: one for each format.
protocol StepSource {
    var progress: Double? { get }
    var report: ImportReport { get }
    /// Appends the steps of the next row that makes any; false at the end of the log.
    mutating func advance(into steps: inout [FloorStep]) throws(ImportError) -> Bool
}
