/// Why a date or a time cannot be.
struct MomentProblem: Error {
    let sentence: String
}

/// Reads dates and times of day, and says what is impossible about them.
struct MomentReader {
    private var rest: Substring

    init(_ text: String) { rest = text[...] }

    /// The moment; nil for a text of another form.
    mutating func moment() throws(MomentProblem) -> PastMoment? {
        if let time = try timeOfDay(), rest.isEmpty { return .timeOfDay(time) }
        guard let year = digits(4), take("-"), let month = digits(2), take("-"),
            let day = digits(2)
        else { return nil }
        let midnight = try Self.days(year, month, day) * 86_400_000_000
        if rest.isEmpty { return .day(midnight) }
        guard take("T") || take("t") || take(" ") else { return nil }
        guard let time = try timeOfDay() else { return nil }
        let clock = midnight + time
        if rest.isEmpty { return .local(clock) }
        if rest == "Z" || rest == "z" { return try Self.at(clock) }
        let isWest = take("-")
        guard isWest || take("+"), let hours = digits(2) else { return nil }
        _ = take(":")
        guard let minutes = rest.isEmpty ? 0 : digits(2), rest.isEmpty else { return nil }
        guard hours <= 18, minutes < 60 else {
            throw MomentProblem(sentence: "no zone is \(hours):\(minutes) away from UTC")
        }
        let offset = (hours * 60 + minutes) * 60_000_000
        return try Self.at(isWest ? clock + offset : clock - offset)
    }

    private static func at(_ moment: Int64) throws(MomentProblem) -> PastMoment {
        guard moment >= 0 else { throw MomentProblem(sentence: "it is before 1970") }
        return .at(moment)
    }

    /// `09:00`, `09:00:30` or `09:00:30.25` in microseconds; moves on only if it is one.
    private mutating func timeOfDay() throws(MomentProblem) -> Int64? {
        let start = rest
        guard let hours = digits(2), take(":"), let minutes = digits(2) else {
            rest = start
            return nil
        }
        var seconds: Int64 = 0
        var fraction: Int64 = 0
        if take(":") {
            guard let number = digits(2) else {
                rest = start
                return nil
            }
            seconds = number
            if take(".") || take(",") {
                var unit: Int64 = 100_000
                let before = rest
                while let digit = digits(1) {
                    fraction += digit * unit
                    unit /= 10
                }
                if rest == before { throw MomentProblem(sentence: "a fraction has digits") }
            }
        }
        guard hours < 24 else { throw MomentProblem(sentence: "hours are 00 to 23") }
        guard minutes < 60 else { throw MomentProblem(sentence: "minutes are 00 to 59") }
        guard seconds < 60 else { throw MomentProblem(sentence: "seconds are 00 to 59") }
        return ((hours * 60 + minutes) * 60 + seconds) * 1_000_000 + fraction
    }

    /// Days since 1970.
    private static func days(
        _ year: Int64,
        _ month: Int64,
        _ day: Int64
    ) throws(MomentProblem) -> Int64 {
        guard year >= 1970 else { throw MomentProblem(sentence: "it is before 1970") }
        guard (1...12).contains(month) else {
            throw MomentProblem(sentence: "months are 01 to 12")
        }
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let lengths: [Int64] = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        let length = lengths[Int(month) - 1]
        guard (1...length).contains(day) else {
            throw MomentProblem(sentence: "that month has the days 01 to \(length)")
        }
        let past = year - 1
        let leapDays = past / 4 - past / 100 + past / 400 - 477
        return (year - 1970) * 365 + leapDays + lengths.prefix(Int(month) - 1).reduce(0, +) + day
            - 1
    }

    private mutating func take(_ character: Character) -> Bool {
        guard rest.first == character else { return false }
        rest.removeFirst()
        return true
    }

    /// So many decimal digits; moves on only if they are there.
    private mutating func digits(_ count: Int) -> Int64? {
        let text = rest.prefix(count)
        guard text.utf8.count == count, text.utf8.allSatisfy({ (48...57).contains($0) }) else {
            return nil
        }
        rest.removeFirst(count)
        return Int64(text)
    }
}
