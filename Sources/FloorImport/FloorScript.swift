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
/// call-by-call table is read whole and sorted when the first step is asked for.
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
    ///   - options: How it is read.
    /// - Throws: ``ImportError`` if the file or the day cannot be used.
    public init(
        path: String,
        format: LogFormat,
        day: String? = nil,
        options: ImportOptions = ImportOptions()
    ) throws(ImportError) {
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
            guard !options.follows else {
                throw ImportError(
                    file: path,
                    rule: "is a table, which is read whole and sorted: it cannot be followed"
                )
            }
            source = try BankScript(path: path, day: calendarDay, charset: options.charset)
        case .asteriskQueueLog:
            source = try AsteriskScript(path: path, day: calendarDay, options: options)
        }
    }

    /// How far the script is, from 0 to 1; nil for a pipe.
    public var progress: Double? { source.progress }

    /// What became of the log's lines so far.
    public var report: ImportReport { source.report }

    /// What asking for a step without waiting gives.
    public enum Outcome: Equatable, Sendable {
        /// The next step.
        case step(FloorStep)
        /// Nothing yet: a silent pipe, or the end of a log that is followed.
        case waiting
        /// The end of the log.
        case ended
    }

    /// The next step, or nil at the end; waits for a pipe and for a log that is followed.
    ///
    /// - Throws: ``ImportError`` after the last step, if the file is cut off or damaged, or if not
    ///   one of its lines could be used.
    public func next() throws(ImportError) -> FloorStep? {
        while true {
            switch try poll() {
            case .step(let step): return step
            case .ended: return nil
            case .waiting: source.wait()
            }
        }
    }

    /// The next step if there is one; never waits.
    ///
    /// - Throws: As ``next()``.
    public func poll() throws(ImportError) -> Outcome {
        if given == steps.count {
            given = 0
            steps.removeAll(keepingCapacity: true)
            switch try source.advance(into: &steps) {
            case .steps: break
            case .waiting: return .waiting
            case .ended: return .ended
            }
        }
        given += 1
        return .step(steps[given - 1])
    }
}

/// What became of asking for steps.
enum Advance {
    case steps
    case waiting
    case ended
}

/// Where a script's steps come from: one for each format.
protocol StepSource {
    var progress: Double? { get }
    var report: ImportReport { get }
    /// Appends the steps of the next row that makes any; never waits.
    mutating func advance(into steps: inout [FloorStep]) throws(ImportError) -> Advance
    /// Waits a moment for more.
    func wait()
}
