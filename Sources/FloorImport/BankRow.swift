/// One row of the "Anonymous Bank" call-by-call table, with times in seconds since 1970.
///
/// Columns: I. Guedj and A. Mandelbaum, "Anonymous Bank" Call-Center Data, Technion, 2000:
/// `vru+line call_id customer_id priority type date vru_entry vru_exit vru_time q_start q_exit`
/// `q_time outcome ser_start ser_exit ser_time server`. The call number alone repeats; with the
/// line before it, it does not.
struct BankRow {
    enum Outcome: String {
        case agent = "AGENT"
        case hang = "HANG"
        case phantom = "PHANTOM"
    }

    /// A stay in the queue or with an agent; the seconds are the row's own count.
    struct Stay {
        var start: Int64
        var end: Int64
        var seconds: Int64
    }

    private static let columns = 17
    private static let halfDay: Int64 = 43_200

    var callID: String
    var queue: String
    var agent: String?
    var day: CalendarDay
    var menuExit: Int64
    var outcome: Outcome
    var wait: Stay?
    /// The conversation; nil for a call that no agent took, whatever its times say.
    var talk: Stay?
    /// Whether a field that the counters do not need is missing or impossible.
    private(set) var isOdd: Bool

    static func isHeader(_ text: String) -> Bool { text.hasPrefix("vru+line\t") }

    init(parsing text: String) throws(RowProblem) {
        var fields = text.split(separator: "\t", omittingEmptySubsequences: false)
        while fields.count > BankRow.columns, fields.last?.isEmpty == true { fields.removeLast() }
        // Behind the outcome stands what only an answered call needs.
        let isAnswered = fields.count > 12 && fields[12] == Outcome.agent.rawValue
        guard fields.count <= BankRow.columns,
            fields.count == BankRow.columns || fields.count > 12 && !isAnswered
        else {
            throw RowProblem(
                cause: .columns,
                rule: "a row has 17 columns and this has \(fields.count)"
            )
        }
        guard !fields[0].isEmpty, !fields[1].isEmpty else {
            throw RowProblem(cause: .emptyField, field: "call_id", rule: "must not be empty")
        }
        callID = try parseName(
            "\(fields[0])/\(fields[1])",
            field: "call_id",
            limit: ImportLimits.callIDBytes
        )
        queue = try parseName(fields[4], field: "type")
        guard let day = CalendarDay(yymmdd: fields[5]) else {
            throw RowProblem(
                cause: .badDate,
                field: "date",
                value: String(fields[5]),
                rule: "must be a day as yymmdd"
            )
        }
        self.day = day
        guard let outcome = Outcome(rawValue: String(fields[12])) else {
            throw RowProblem(
                cause: .unknownOutcome,
                field: "outcome",
                value: String(fields[12]),
                rule: "must be AGENT, HANG or PHANTOM"
            )
        }
        self.outcome = outcome
        isOdd = fields.count != BankRow.columns
        // Every moment is counted from the first that can be read; which call it was and what
        // became of it stands, whatever its times say.
        let times = [6, 7, 9, 10].compactMap { BankRow.time(fields[$0]) }
        guard let entry = BankRow.time(fields[6]) ?? times.first else {
            throw RowProblem(
                cause: .badTime,
                field: "vru_entry",
                value: String(fields[6]),
                rule: "must be a time of day as h:mm:ss, or another of the row's times must be"
            )
        }
        let exit = BankRow.time(fields[7])
        if exit == nil || BankRow.time(fields[6]) == nil { isOdd = true }
        menuExit = day.startSeconds + BankRow.afterMidnight(exit ?? entry, entry: entry)
        wait = stay(Array(fields[9...11]), entry)
        if outcome == .agent {
            talk = stay(Array(fields[13...15]), entry)
            let server = fields[16]
            // An empty name or one of control characters names nobody.
            agent = server == "NO_SERVER" ? nil : try? parseName(server, field: "server")
            if agent == nil, server != "NO_SERVER" { isOdd = true }
        }
    }

    /// Reads three columns; nil if both times are 0:00:00, which means "did not happen".
    ///
    /// A stay that is impossible has the length its own column says, or none.
    private mutating func stay(_ fields: [Substring], _ entry: Int64) -> Stay? {
        let (first, last) = (BankRow.time(fields[0]), BankRow.time(fields[1]))
        // Not a number, or below zero: the times say it.
        let seconds = try? parseDuration(fields[2], field: "time")
        if first == 0, last == 0 { return nil }
        if first == nil || last == nil || seconds == nil { isOdd = true }
        guard first != nil || last != nil || seconds.map({ $0 > 0 }) == true else { return nil }
        func moment(_ time: Int64) -> Int64 {
            day.startSeconds + BankRow.afterMidnight(time, entry: entry)
        }
        let length = seconds ?? 0
        let start = first.map(moment) ?? last.map { moment($0) - length } ?? menuExit
        var end = last.map(moment) ?? start + length
        if end < start {
            isOdd = true
            end = start + length
        }
        return Stay(start: max(0, start), end: max(0, end), seconds: seconds ?? end - start)
    }

    /// A time more than 12 hours before the call came in belongs to the next day.
    private static func afterMidnight(_ time: Int64, entry: Int64) -> Int64 {
        time < entry - halfDay ? time + CalendarDay.seconds : time
    }

    /// Reads `h:mm:ss` or `hh:mm:ss`, in seconds since midnight.
    private static func time(_ text: Substring) -> Int64? {
        let parts = text.utf8.split(
            separator: UInt8(ascii: ":"),
            omittingEmptySubsequences: false
        )
        guard parts.count == 3, parts[0].count <= 2, parts[1].count == 2, parts[2].count == 2,
            let hours = parseDigits(parts[0]), hours < 24,
            let minutes = parseDigits(parts[1]), minutes < 60,
            let seconds = parseDigits(parts[2]), seconds < 60
        else { return nil }
        return hours * 3_600 + minutes * 60 + seconds
    }
}
