/// Floor steps of a `queue_log`, line by line, in the log's own order.
struct AsteriskScript: StepSource {
    private let reader: LineReader
    private let day: CalendarDay?
    private var book = FloorBook()
    private var lastSeconds: Int64 = 0
    private(set) var report = ImportReport()

    var progress: Double? { reader.progress }

    init(path: String, day: CalendarDay?) throws(ImportError) {
        reader = try LineReader(path: path)
        self.day = day
    }

    /// Appends the steps of the next line that makes any; false at the end of the log.
    mutating func advance(into steps: inout [FloorStep]) throws(ImportError) -> Bool {
        while steps.isEmpty {
            guard let line = try reader.next() else {
                guard report.rowsUsed + report.rowsOfOtherDays > 0 else {
                    throw report.nothingUsable(file: reader.path, format: .asteriskQueueLog)
                }
                return false
            }
            report.linesRead += 1
            do {
                try use(AsteriskLine(parsing: line.row()), into: &steps)
            } catch {
                report.skip(error, file: reader.path, line: line.number)
            }
        }
        return true
    }

    private mutating func use(
        _ line: AsteriskLine,
        into steps: inout [FloorStep]
    ) throws(RowProblem) {
        let seconds = line.timestampSeconds
        guard day == nil || day == CalendarDay(containing: seconds) else {
            report.rowsOfOtherDays += 1
            return
        }
        switch line.event {
        case .call(let step):
            try book.checkRoom(queue: line.queue, agent: line.agent)
            let call = CallStep(
                timestampSeconds: seconds,
                callID: line.callID,
                queue: line.queue,
                agent: line.agent,
                step: step
            )
            book.call(call, report: &report, into: &steps)
            if let agent = line.agent, let event = AsteriskScript.agentEvent(of: call) {
                book.agent(agent, event, at: seconds, into: &steps)
            }
        case .agent(let event):
            guard let agent = line.agent else { break }
            try book.checkRoom(queue: nil, agent: agent)
            book.agent(agent, event, at: seconds, into: &steps)
        case .restart:
            book.restart(at: seconds, report: &report, into: &steps)
        case .ignored:
            break
        }
        report.rowsUsed += 1
        if seconds < lastSeconds { report.note(.clockWentBack) }
        lastSeconds = seconds
    }

    private static func agentEvent(of call: CallStep) -> AgentBook.Event? {
        switch call.step {
        case .answered: .talkStarted(callID: call.callID, queue: call.queue)
        case .talkEnded: .talkEnded(callID: call.callID)
        // Who rings is a member of the queue, even if the log never said so.
        case .ringNoAnswer: .joined(queue: call.queue)
        default: nil
        }
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
        case .notUTF8:
            throw RowProblem(cause: .notUTF8, rule: "the line is not UTF-8")
        }
    }
}
