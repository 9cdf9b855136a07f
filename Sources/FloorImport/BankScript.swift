/// Floor steps of a call-by-call table, which has one row a call and is sorted by line, not time.
///
/// Every row is read first and its moments are sorted. At equal seconds: who leaves or ends comes
/// before who joins, as the data's own rule for the peak says; but a stay of zero seconds begins
/// before it ends.
struct BankScript: StepSource {
    private enum Moment: UInt8 {
        case talkEnded
        case leftQueue
        case leftBeforeQueue
        case answeredAtOnce
        case talkStarted
        case enqueued
    }

    private struct Entry {
        var seconds: Int64
        var rank: UInt8
        var moment: Moment
        var row: Int32
    }

    private static let endRank: UInt8 = 0
    private static let middleRank: UInt8 = 1
    private static let joinRank: UInt8 = 2
    private static let zeroStayEndRank: UInt8 = 3

    private let reader: LineReader
    private let day: CalendarDay?
    private var names = (queues: Set<String>(), agents: Set<String>())
    private var isRead = false
    private var damage: ImportError?
    private var rows: [BankRow] = []
    private var entries: [Entry] = []
    private var next = 0
    private var book = FloorBook()
    private(set) var report = ImportReport()

    var progress: Double? {
        if !isRead { return 0 }
        return entries.isEmpty ? 1 : Double(next) / Double(entries.count)
    }

    init(path: String, day: CalendarDay?, charset: String?) throws(ImportError) {
        reader = try LineReader(path: path, charset: charset)
        self.day = day
    }

    func wait() { reader.wait() }

    /// Reads and sorts every row; false if a pipe has no more yet.
    private mutating func readRows() throws(ImportError) -> Bool {
        while damage == nil {
            let outcome: LineReader.Outcome
            do {
                outcome = try reader.poll()
            } catch {
                // The rows before the damage are used first.
                damage = error
                break
            }
            switch outcome {
            case .waiting: return false
            case .line(let line):
                take(line)
                guard rows.count <= ImportLimits.tableRows else {
                    throw ImportError(
                        file: reader.path,
                        line: line.number,
                        rule: "has more than \(ImportLimits.tableRows) rows; choose one day"
                    )
                }
                continue
            case .ended: break
            }
            break
        }
        isRead = true
        report.note(.nulBlock, count: reader.nulBlocks)
        report.note(.trailingBytes, count: Int(reader.trailingBytes))
        guard report.rowsUsed + report.rowsOfOtherDays > 0 else {
            throw damage ?? report.nothingUsable(file: reader.path, format: .anonymousBank)
        }
        for index in rows.indices { addEntries(of: index) }
        entries.sort { left, right in
            (left.seconds, left.rank, left.row, left.moment.rawValue)
                < (right.seconds, right.rank, right.row, right.moment.rawValue)
        }
        return true
    }

    private mutating func take(_ line: LineReader.Line) {
        report.linesRead += 1
        do throws(RowProblem) {
            let text = try line.row()
            if line.isRepaired { report.note(.textRepaired) }
            if BankRow.isHeader(text) { return }
            let row = try BankRow(parsing: text)
            guard day == nil || row.day == day else {
                report.rowsOfOtherDays += 1
                return
            }
            try checkRoom(for: row)
            report.rowsUsed += 1
            if row.isOdd { report.note(.oddField) }
            rows.append(row)
        } catch {
            report.skip(error, file: reader.path, line: line.number)
        }
    }

    private mutating func checkRoom(for row: BankRow) throws(RowProblem) {
        try BankScript.add(row.queue, to: &names.queues, field: "type")
        if let agent = row.agent { try BankScript.add(agent, to: &names.agents, field: "server") }
    }

    private static func add(
        _ name: String,
        to names: inout Set<String>,
        field: String
    ) throws(RowProblem) {
        guard names.count < ImportLimits.names || names.contains(name) else {
            throw .tooManyNames(field: field, value: name)
        }
        names.insert(name)
    }

    private mutating func addEntries(of index: Int) {
        let row = rows[index]
        func add(_ moment: Moment, _ seconds: Int64, _ rank: UInt8) {
            entries.append(
                Entry(seconds: seconds, rank: rank, moment: moment, row: Int32(index))
            )
        }
        func endRank(_ stay: BankRow.Stay) -> UInt8 {
            stay.start == stay.end ? BankScript.zeroStayEndRank : BankScript.endRank
        }
        if let wait = row.wait {
            add(.enqueued, wait.start, BankScript.joinRank)
            add(.leftQueue, wait.end, endRank(wait))
        } else if row.outcome == .agent {
            add(.answeredAtOnce, row.talk?.start ?? row.menuExit, BankScript.middleRank)
        } else {
            add(.leftBeforeQueue, row.menuExit, BankScript.middleRank)
        }
        if let talk = row.talk {
            add(.talkStarted, talk.start, BankScript.middleRank)
            add(.talkEnded, talk.end, endRank(talk))
        }
    }

    /// Appends the steps of the next moment that makes any.
    mutating func advance(into steps: inout [FloorStep]) throws(ImportError) -> Advance {
        if !isRead, try !readRows() { return .waiting }
        while steps.isEmpty {
            guard next < entries.count else {
                if let damage { throw damage }
                return .ended
            }
            let entry = entries[next]
            next += 1
            use(entry, rows[Int(entry.row)], into: &steps)
            report.open = book.open
        }
        return .steps
    }

    private mutating func use(_ entry: Entry, _ row: BankRow, into steps: inout [FloorStep]) {
        if let step = BankScript.step(entry.moment, row) {
            let agent = step == .enqueued ? nil : row.agent
            let call = CallStep(
                timestampSeconds: entry.seconds,
                callID: row.callID,
                queue: row.queue,
                agent: agent,
                step: step
            )
            book.call(call, report: &report, into: &steps)
        }
        guard let agent = row.agent else { return }
        if entry.moment == .talkStarted {
            let event = AgentBook.Event.talkStarted(
                callID: row.callID,
                queue: row.queue,
                since: entry.seconds
            )
            book.agent(agent, event, at: entry.seconds, report: &report, into: &steps)
        } else if entry.moment == .talkEnded {
            let event = AgentBook.Event.talkEnded(callID: row.callID)
            book.agent(agent, event, at: entry.seconds, report: &report, into: &steps)
        }
    }

    private static func step(_ moment: Moment, _ row: BankRow) -> CallStep.Step? {
        switch moment {
        case .enqueued:
            return .enqueued
        case .leftQueue:
            let wait = row.wait?.seconds ?? 0
            switch row.outcome {
            case .agent: return .answered(waitSeconds: wait)
            case .hang: return .abandoned(waitSeconds: wait)
            case .phantom: return .phantom(waitSeconds: wait)
            }
        case .leftBeforeQueue:
            return .leftBeforeQueue
        case .answeredAtOnce:
            return .answeredAtOnce
        case .talkStarted:
            return nil
        case .talkEnded:
            return .talkEnded(talkSeconds: row.talk?.seconds ?? 0)
        }
    }
}
