/// A log that the importer can read.
///
/// The raw value is the name used on the command line.
public enum LogFormat: String, CaseIterable, Sendable {
    /// Call-by-call data of the "Anonymous Bank": tab-separated, 17 columns, one row a call.
    case anonymousBank = "anonymous-bank"
    /// Asterisk's `queue_log`: `epoch|callid|queue|agent|EVENT|data…`, one line an event.
    case asteriskQueueLog = "asterisk-queue-log"
}

/// A day of the calendar, counted from 1 January 1970, UTC.
struct CalendarDay: Equatable {
    static let seconds: Int64 = 86_400

    var number: Int64

    var startSeconds: Int64 { number * CalendarDay.seconds }

    /// The day on which a moment lies.
    init(containing seconds: Int64) {
        number = seconds / CalendarDay.seconds
    }

    /// Reads `yymmdd`; 70 to 99 are 1970 to 1999, as POSIX has it for two-digit years from 69.
    init?(yymmdd: some StringProtocol) {
        guard yymmdd.utf8.count == 6, let digits = parseDigits(yymmdd.utf8) else { return nil }
        let shortYear = digits / 10_000
        let month = digits / 100 % 100
        let day = digits % 100
        let year = shortYear < 70 ? 2000 + shortYear : 1900 + shortYear
        self.init(year: year, month: month, day: day)
    }

    /// A day of the calendar from 1970 on; nil if there is none such.
    init?(year: Int64, month: Int64, day: Int64) {
        func isLeap(_ year: Int64) -> Bool {
            year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        }
        let lengths: [Int64] = [
            31, isLeap(year) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31,
        ]
        guard (1970...9999).contains(year), (1...12).contains(month),
            (1...lengths[Int(month) - 1]).contains(day)
        else { return nil }
        let past = year - 1
        let leapDays = past / 4 - past / 100 + past / 400 - 477
        let before = lengths.prefix(Int(month) - 1).reduce(0, +)
        number = (year - 1970) * 365 + leapDays + before + day - 1
    }
}

/// Digits only, at most 18 of them; `Int64(_:)` would also take a plus sign.
func parseDigits(_ text: some Collection<UInt8>) -> Int64? {
    guard (1...18).contains(text.count) else { return nil }
    var value: Int64 = 0
    for byte in text {
        guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
        value = value * 10 + Int64(byte - UInt8(ascii: "0"))
    }
    return value
}

/// Reads a row's seconds since the epoch.
func parseEpoch(_ text: Substring, field: String) throws(RowProblem) -> Int64 {
    guard let value = parseDigits(text.utf8), value <= ImportLimits.latestTimeSeconds else {
        throw RowProblem(
            cause: .badTime,
            field: field,
            value: String(text),
            rule: "must be whole seconds since 1970, before the year 10000"
        )
    }
    return value
}

/// Reads a row's wait, talk or ring: whole, not negative, within the limit.
func parseDuration(
    _ text: Substring,
    field: String,
    limit: Int64 = ImportLimits.durationSeconds
) throws(RowProblem) -> Int64 {
    let isNegative = text.utf8.first == UInt8(ascii: "-")
    guard let value = parseDigits(isNegative ? text.dropFirst().utf8 : text.utf8), value <= limit
    else {
        throw RowProblem(
            cause: .badNumber,
            field: field,
            value: String(text),
            rule: "must be a whole number from 0 to \(limit)"
        )
    }
    guard !isNegative || value == 0 else {
        throw RowProblem(
            cause: .negativeDuration,
            field: field,
            value: String(text),
            rule: "must not be negative"
        )
    }
    return value
}

/// Reads a row's name: not empty, within the limit, no control character.
func parseName(
    _ text: Substring,
    field: String,
    limit: Int = ImportLimits.nameBytes
) throws(RowProblem) -> String {
    guard !text.isEmpty else {
        throw RowProblem(cause: .emptyField, field: field, rule: "must not be empty")
    }
    guard text.utf8.count <= limit else {
        throw RowProblem(
            cause: .longField,
            field: field,
            value: String(text),
            rule: "must have at most \(limit) bytes"
        )
    }
    guard text.utf8.allSatisfy({ byte in byte >= 0x20 && byte != 0x7F }) else {
        throw RowProblem(
            cause: .controlCharacter,
            field: field,
            value: String(text),
            rule: "must have no control character"
        )
    }
    return String(text)
}
