public import FloorEvents

extension ReportPeriod {
    /// The stretch cut into a zone's days; the first and the last may be parts of days.
    ///
    /// - Parameter zone: where midnight is.
    /// - Returns: the days, each with its date; nil for more than `Limits.reportDays`.
    public func days(in zone: FloorZone) -> [(date: String, period: ReportPeriod)]? {
        var days: [(date: String, period: ReportPeriod)] = []
        var start = from
        while start < to {
            guard days.count < Limits.reportDays else { return nil }
            var day = self
            day.from = start
            day.to = min(to, max(zone.endOfDay(at: start), start.clampedSum(1)))
            days.append((Self.date(start, in: zone), day))
            start = day.to
        }
        return days
    }

    /// The date that a zone's calendars show, as 2026-03-01.
    static func date(_ moment: Int64, in zone: FloorZone) -> String {
        let local = (moment / 1_000_000).clampedSum(Int64(zone.offset(at: moment)))
        let isBefore = local % 86_400 < 0 || (local % 86_400 == 0 && moment % 1_000_000 < 0)
        let days = local / 86_400 - (isBefore ? 1 : 0)
        // Days since 1 March of the year 0 in eras of 400 years, which are equal (Howard Hinnant,
        // "chrono-Compatible Low-Level Date Algorithms").
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let ofEra = shifted - era * 146_097
        let year = (ofEra - ofEra / 1460 + ofEra / 36_524 - ofEra / 146_096) / 365
        let ofYear = ofEra - (365 * year + year / 4 - year / 100)
        let month = (5 * ofYear + 2) / 153
        let day = ofYear - (153 * month + 2) / 5 + 1
        let number = month < 10 ? month + 3 : month - 9
        let full = year + era * 400 + (number <= 2 ? 1 : 0)
        return pad(full, 4) + "-" + pad(number, 2) + "-" + pad(day, 2)
    }

    private static func pad(_ number: Int64, _ digits: Int) -> String {
        let text = String(number.magnitude)
        let zeros = String(repeating: "0", count: max(0, digits - text.count))
        return (number < 0 ? "-" : "") + zeros + text
    }
}
