/// Floor steps of a `queue_log`, line by line, in the log's own order.
struct AsteriskScript: StepSource {
    private let reader: LineReader
    private let day: CalendarDay?
    private let options: ImportOptions
    private var floor = AsteriskFloor()
    private var heading: AsteriskRow.Heading?
    private var latest: [String] = []
    private var hasEnded = false
    private(set) var report = ImportReport()

    var progress: Double? { reader.progress }

    init(path: String, day: CalendarDay?, options: ImportOptions) throws(ImportError) {
        reader = try LineReader(
            path: path,
            charset: options.charset,
            follows: options.follows
        )
        self.day = day
        self.options = options
    }

    func wait() { reader.wait() }

    /// Appends the steps of the next line that makes any.
    mutating func advance(into steps: inout [FloorStep]) throws(ImportError) -> Advance {
        while steps.isEmpty {
            let outcome: LineReader.Outcome
            do {
                outcome = try reader.poll()
            } catch {
                // What came before the damage holds, and is closed as at any log's end.
                guard !hasEnded else { throw error }
                end(into: &steps)
                continue
            }
            switch outcome {
            case .waiting: return .waiting
            case .line(let line): take(line, into: &steps)
            case .ended:
                guard report.rowsUsed + report.rowsOfOtherDays > 0 else {
                    throw report.nothingUsable(file: reader.path, format: .asteriskQueueLog)
                }
                guard !hasEnded else { return .ended }
                end(into: &steps)
            }
        }
        return .steps
    }

    private mutating func end(into steps: inout [FloorStep]) {
        hasEnded = true
        floor.end(report: &report, into: &steps)
        report.note(.nulBlock, count: reader.nulBlocks)
        report.note(.trailingBytes, count: Int(reader.trailingBytes))
        report.open = floor.book.open
    }

    private mutating func take(_ line: LineReader.Line, into steps: inout [FloorStep]) {
        report.linesRead += 1
        do throws(RowProblem) {
            let text = try line.row()
            if line.isRepaired { report.note(.textRepaired) }
            if let found = AsteriskRow.Heading(text) {
                heading = found
                return
            }
            guard !latest.contains(text) else { return report.note(.lineTwice) }
            let row = try AsteriskRow(text, heading: heading)
            var parsed = try AsteriskLine(row, local: options.local)
            if let name = parsed.agent { parsed.agent = options.names[name] ?? name }
            remember(text, parsed)
            try use(parsed, into: &steps)
        } catch {
            report.skip(error, file: reader.path, line: line.number)
        }
        report.open = floor.book.open
    }

    /// Keeps a line of a call, to know one that was written twice: telephones ring more than once
    /// a second, and what is said twice of a person changes nothing.
    private mutating func remember(_ text: String, _ line: AsteriskLine) {
        guard case .call(let step) = line.event else { return }
        if case .ringNoAnswer = step { return }
        if latest.count == ImportLimits.recentLines { latest.removeFirst() }
        latest.append(text)
    }

    private mutating func use(
        _ line: AsteriskLine,
        into steps: inout [FloorStep]
    ) throws(RowProblem) {
        guard day == nil || day == CalendarDay(containing: line.timestampSeconds) else {
            report.rowsOfOtherDays += 1
            return
        }
        try floor.use(line, report: &report, into: &steps)
        report.rowsUsed += 1
    }
}

extension LineReader.Line {
    /// The text of a row, or why there is none.
    func row() throws(RowProblem) -> String {
        switch content {
        case .text(let text):
            guard !text.isEmpty else {
                throw RowProblem(cause: .blankLine, rule: "the line is empty")
            }
            return text
        case .tooLong:
            throw RowProblem(
                cause: .longLine,
                rule: "the line is longer than \(ImportLimits.lineBytes) bytes"
            )
        }
    }
}
