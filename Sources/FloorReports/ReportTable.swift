import Foundation

/// What a column's numbers are.
public enum ReportUnit: Sendable, Hashable {
    /// Words: a name, a code.
    case text
    /// A count.
    case count
    /// Milliseconds.
    case milliseconds
    /// Thousandths.
    case permille
    /// Hundredths.
    case hundredths
    /// A moment, microseconds since 1970.
    case moment
}

/// One column of a report; docs/reports.md defines each.
public struct ReportColumn: Sendable, Hashable {
    /// The name in JSON and CSV.
    public var name: String
    /// What its values are.
    public var unit: ReportUnit
    /// Whether it is in the table for people, which has room for a few.
    public var isInTable: Bool

    /// A column.
    public init(_ name: String, _ unit: ReportUnit = .count, inTable isInTable: Bool = true) {
        self.name = name
        self.unit = unit
        self.isInTable = isInTable
    }
}

/// One cell of a report.
public enum ReportValue: Sendable, Hashable, Encodable {
    /// Words.
    case text(String)
    /// A number in the column's unit.
    case number(Int64)
    /// There is none: a mean of nothing, a figure nobody published.
    case none

    /// As JSON: a string, a number, null.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .text(let text): try container.encode(text)
        case .number(let number): try container.encode(number)
        case .none: try container.encodeNil()
        }
    }
}

/// A report's rows, ready to be written down.
public struct ReportTable: Sendable, Hashable {
    /// What it is a report of.
    public var name: String
    /// First moment, microseconds since 1970.
    public var from: Int64
    /// Moment at which it ends, itself excluded.
    public var to: Int64
    /// What the reader must know of these numbers, a sentence each.
    public var notes: [String]
    /// The columns.
    public var columns: [ReportColumn]
    /// The rows, a value for each column.
    public var rows: [[ReportValue]]

    init(_ name: String, _ period: ReportPeriod, _ columns: [ReportColumn]) {
        self.name = name
        from = period.from
        to = period.to
        notes = []
        self.columns = columns
        rows = []
    }

    /// One cell.
    public subscript(_ row: Int, _ column: String) -> ReportValue? {
        columns.firstIndex { $0.name == column }.map { rows[row][$0] }
    }

    // MARK: written down

    /// One JSON object: `report`, `from_us`, `to_us`, `notes`, `rows`.
    ///
    /// - Throws: what `JSONEncoder` throws, which it does not for these values.
    public func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let sheet = Sheet(
            report: name,
            from: from,
            to: to,
            notes: notes,
            rows: objects
        )
        return String(decoding: try encoder.encode(sheet), as: UTF8.self)
    }

    /// The rows, each as its values by their columns' names.
    var objects: [[String: ReportValue]] {
        let names = columns.map { $0.name }
        return rows.map { Dictionary(uniqueKeysWithValues: zip(names, $0)) }
    }

    private struct Sheet: Encodable {
        var report: String
        var from: Int64
        var to: Int64
        var notes: [String]
        var rows: [[String: ReportValue]]

        private enum CodingKeys: String, CodingKey {
            case report
            case from = "from_us"
            case to = "to_us"
            case notes
            case rows
        }
    }

    /// RFC 4180 lines, the names of the columns first.
    ///
    /// A text that a spreadsheet would take for a formula begins with an apostrophe.
    public var csv: [String] {
        let head = columns.map { $0.name }.joined(separator: ",")
        return [head] + rows.map { row in row.map { Self.csv($0) }.joined(separator: ",") }
    }

    private static func csv(_ value: ReportValue) -> String {
        switch value {
        case .none: return ""
        case .number(let number): return String(number)
        case .text(let text):
            let isFormula = text.first.map { "=+-@\t\r".contains($0) } ?? false
            let safe = isFormula ? "'" + text : text
            guard safe.contains(where: { ",\"\n\r\r\n".contains($0) }) else { return safe }
            return "\"" + safe.replacingOccurrences(of: "\"", with: "\"\"") + "\""
        }
    }

    /// Headings and cells for people: the columns that are in the table.
    public var forPeople: (headings: [String], rows: [[String]]) {
        let places = columns.indices.filter { columns[$0].isInTable }
        return (
            places.map { Self.heading(columns[$0]) },
            rows.map { row in places.map { Self.cell(row[$0], columns[$0].unit) } }
        )
    }

    private static func heading(_ column: ReportColumn) -> String {
        for suffix in ["_ms", "_permille", "_hundredths", "_us"]
        where column.name.hasSuffix(suffix) {
            return String(column.name.dropLast(suffix.count))
        }
        return column.name
    }

    /// A moment for people to read, in UTC.
    static func text(_ moment: Int64) -> String {
        Date(timeIntervalSince1970: Double(moment) / 1_000_000).formatted(.iso8601)
    }

    private static func cell(_ value: ReportValue, _ unit: ReportUnit) -> String {
        guard case .number(let number) = value else {
            if case .text(let text) = value { return text.isEmpty ? "-" : text }
            return "-"
        }
        switch unit {
        case .text, .count: return String(number)
        case .milliseconds: return Self.decimal(number, 1000, digits: 3) + "s"
        case .permille: return Self.decimal(number, 10, digits: 1) + "%"
        case .hundredths: return Self.decimal(number, 100, digits: 2)
        case .moment:
            return ReportTable.text(number)
        }
    }

    private static func decimal(_ number: Int64, _ unit: Int64, digits: Int) -> String {
        let sign = number < 0 ? "-" : ""
        let (whole, rest) = number.magnitude.quotientAndRemainder(dividingBy: UInt64(unit))
        let tail = String(rest)
        return sign + "\(whole)." + String(repeating: "0", count: digits - tail.count) + tail
    }
}

/// What stretch of time a report is about, and which part of the floor.
public struct ReportPeriod: Sendable, Hashable {
    /// First moment, microseconds since 1970.
    public var from: Int64
    /// Moment at which it ends, itself excluded.
    public var to: Int64
    /// The hub's latest stamp: nothing is known after it.
    public var known: Int64
    /// This site alone; nil = all.
    public var site: String?
    /// This team, or unit, alone; nil = all.
    public var team: String?

    /// A stretch of time.
    public init(from: Int64, to: Int64, known: Int64, site: String? = nil, team: String? = nil) {
        self.from = from
        self.to = to
        self.known = known
        self.site = site
        self.team = team
    }

    /// Where durations that still run are cut off.
    public var end: Int64 { min(to, known) }

    func includes(_ time: Int64) -> Bool { time >= from && time < to }

    func includes(site: String, team: String) -> Bool {
        ExactNames([self.site ?? site, self.team ?? team]) == ExactNames([site, team])
    }
}
