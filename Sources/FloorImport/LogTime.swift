/// Reads when a line happened: seconds since 1970, or a date and a time; fractions are cut off.
///
/// - Parameters:
///   - text: such as `1717397259.123456`, `2024-06-03 09:47:39`, `2024-06-03T09:47:39.5+02:00`.
///   - local: Turns a date and time without a zone into seconds since 1970, given what they would
///     be in UTC.
/// - Returns: Seconds since 1970.
/// - Throws: `RowProblem` for what is no time.
func parseLogTime(
    _ text: Substring,
    local: (Int64) -> Int64 = { $0 }
) throws(RowProblem) -> Int64 {
    var bytes = Array(text.utf8)
    if let seconds = parseDigits(bytes), seconds <= ImportLimits.latestTimeSeconds {
        return seconds
    }
    let (zone, isCut) = cutZone(&bytes)
    if let point = bytes.lastIndex(where: { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: ",") }),
        bytes[(point + 1)...].allSatisfy(isDigit)
    {
        bytes.removeSubrange(point...)
    }
    if !isCut, let seconds = parseDigits(bytes), seconds <= ImportLimits.latestTimeSeconds {
        return seconds
    }
    if let civil = civilSeconds(bytes) {
        let seconds = isCut ? civil - zone : local(civil)
        if (0...ImportLimits.latestTimeSeconds).contains(seconds) { return seconds }
    }
    throw RowProblem(
        cause: .badTime,
        field: "time",
        value: String(text),
        rule: "must be seconds since 1970, or a date and a time such as 2024-06-03 09:47:39"
    )
}

/// Takes `Z` or `+02:00` off the end of a date and time.
private func cutZone(_ bytes: inout [UInt8]) -> (secondsEast: Int64, isCut: Bool) {
    if bytes.last == UInt8(ascii: "Z") {
        bytes.removeLast()
        return (0, true)
    }
    guard bytes.count > 19,
        let sign = bytes[19...].lastIndex(where: { byte in
            byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-")
        })
    else { return (0, false) }
    let digits = bytes[(sign + 1)...].filter { $0 != UInt8(ascii: ":") }
    guard digits.count == 2 || digits.count == 4, let number = parseDigits(digits) else {
        return (0, false)
    }
    let minutes = digits.count == 2 ? number * 60 : number / 100 * 60 + number % 100
    guard minutes <= 18 * 60 else { return (0, false) }
    let east = bytes[sign] == UInt8(ascii: "+") ? minutes * 60 : -minutes * 60
    bytes.removeSubrange(sign...)
    return (east, true)
}

/// `yyyy-mm-dd hh:mm:ss` as seconds since 1970, as if it were UTC.
private func civilSeconds(_ bytes: [UInt8]) -> Int64? {
    guard bytes.count == 19, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
        bytes[10] == UInt8(ascii: " ") || bytes[10] == UInt8(ascii: "T"),
        bytes[13] == UInt8(ascii: ":"), bytes[16] == UInt8(ascii: ":"),
        let year = parseDigits(bytes[0..<4]), let month = parseDigits(bytes[5..<7]),
        let day = parseDigits(bytes[8..<10]), let hour = parseDigits(bytes[11..<13]),
        let minute = parseDigits(bytes[14..<16]), let second = parseDigits(bytes[17..<19]),
        year >= 1970, hour < 24, minute < 60, second < 60,
        let date = CalendarDay(year: year, month: month, day: day)
    else { return nil }
    return date.startSeconds + hour * 3_600 + minute * 60 + second
}

private func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
}
