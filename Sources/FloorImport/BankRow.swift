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

    static func isHeader(_ text: String) -> Bool { text.hasPrefix("vru+line\t") }

    init(parsing text: String) throws(RowProblem) {
        let fields = text.split(separator: "\t", omittingEmptySubsequences: false)
        guard fields.count == BankRow.columns else {
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
        let entry = try BankRow.time(fields[6], "vru_entry")
        let exit = try BankRow.time(fields[7], "vru_exit")
        menuExit = day.startSeconds + BankRow.afterMidnight(exit, entry: entry)
        guard let outcome = Outcome(rawValue: String(fields[12])) else {
            throw RowProblem(
                cause: .unknownOutcome,
                field: "outcome",
                value: String(fields[12]),
                rule: "must be AGENT, HANG or PHANTOM"
            )
        }
        self.outcome = outcome
        wait = try BankRow.stay(fields[9...11], "q_start q_exit q_time", day, entry)
        let service = try BankRow.stay(fields[13...15], "ser_start ser_exit ser_time", day, entry)
        talk = outcome == .agent ? service : nil
        let server = try parseName(fields[16], field: "server")
        agent = outcome == .agent && server != "NO_SERVER" ? server : nil
    }

    /// Reads three columns; nil if both times are 0:00:00, which means "did not happen".
    private static func stay(
        _ fields: ArraySlice<Substring>,
        _ names: String,
        _ day: CalendarDay,
        _ entry: Int64
    ) throws(RowProblem) -> Stay? {
        let first = fields.startIndex
        let names = names.split(separator: " ").map(String.init)
        let start = try time(fields[first], names[0])
        let end = try time(fields[first + 1], names[1])
        guard start != 0 || end != 0 else { return nil }
        let seconds = try parseDuration(fields[first + 2], field: names[2])
        let stay = Stay(
            start: day.startSeconds + afterMidnight(start, entry: entry),
            end: day.startSeconds + afterMidnight(end, entry: entry),
            seconds: seconds
        )
        guard stay.start <= stay.end else {
            throw RowProblem(
                cause: .negativeDuration,
                field: names[1],
                value: String(fields[first + 1]),
                rule: "must not be before \(names[0]), which is \(fields[first])"
            )
        }
        return stay
    }

    /// A time more than 12 hours before the call came in belongs to the next day.
    private static func afterMidnight(_ time: Int64, entry: Int64) -> Int64 {
        time < entry - halfDay ? time + CalendarDay.seconds : time
    }

    /// Reads `h:mm:ss` or `hh:mm:ss`, in seconds since midnight.
    private static func time(_ text: Substring, _ field: String) throws(RowProblem) -> Int64 {
        let parts = text.utf8.split(
            separator: UInt8(ascii: ":"),
            omittingEmptySubsequences: false
        )
        if parts.count == 3, parts[0].count <= 2, parts[1].count == 2, parts[2].count == 2,
            let hours = parseDigits(parts[0]), hours < 24,
            let minutes = parseDigits(parts[1]), minutes < 60,
            let seconds = parseDigits(parts[2]), seconds < 60
        {
            return hours * 3_600 + minutes * 60 + seconds
        }
        throw RowProblem(
            cause: .badTime,
            field: field,
            value: String(text),
            rule: "must be a time of day as h:mm:ss"
        )
    }
}
