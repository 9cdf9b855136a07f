/// The columns of one line, whatever wrote it: Asterisk's own file or an export of a database.
///
/// An export has a heading, in any order of columns (`time`, `callid`, `queuename`, `agent`,
/// `event`, `data1` … `data5` or one `data`), or none and the columns in this order; they are
/// separated by `|`, `,`, `;` or tabs, quoted where need be. Times are seconds since 1970 or
/// `2024-06-03 09:47:39`, both with or without a fraction.
struct AsteriskRow {
    var time: Substring
    var callID: Substring
    var queue: Substring
    var agent: Substring
    var event: Substring
    /// What belongs to the event; nothing empty at the end.
    var data: [Substring]

    /// Where an export has its columns.
    struct Heading: Equatable {
        var separator: UInt8
        var places: [Int]
        var data: [Int]

        /// Nil for a line that is no heading.
        init?(_ text: String) {
            // A line begins with a time; a heading with a letter, perhaps in quotes.
            let start = text.utf8.prefix(2)
            guard start.contains(where: { $0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A }) else {
                return nil
            }
            let lowered = text.lowercased()
            guard lowered.contains("callid"), lowered.contains("event") else { return nil }
            for separator in AsteriskRow.separators {
                let names = AsteriskRow.fields(lowered[...], separator)
                let places = [
                    ["time", "created"], ["callid"], ["queuename", "queue"], ["agent"],
                    ["event", "verb"],
                ].compactMap { spellings in
                    names.firstIndex { spellings.contains(String($0)) }
                }
                guard places.count == 5 else { continue }
                self.separator = separator
                self.places = places
                data = names.indices.filter { index in
                    let rest = names[index].dropFirst(4)
                    return names[index].hasPrefix("data") && rest.allSatisfy(\.isNumber)
                }
                return
            }
            return nil
        }
    }

    private static let separators = [UInt8(ascii: "|"), UInt8(ascii: ","), UInt8(ascii: ";"), 9]

    init(_ text: String, heading: Heading?) throws(RowProblem) {
        if let heading {
            let fields = AsteriskRow.fields(text[...], heading.separator)
            guard let last = heading.places.max(), last < fields.count else {
                throw RowProblem(
                    cause: .columns,
                    rule: "the heading has more columns than this line, which has \(fields.count)"
                )
            }
            let places = heading.places
            self.init(
                places.map { fields[$0] },
                heading.data.filter { $0 < fields.count }.map {
                    fields[$0]
                }
            )
            return
        }
        let fields = text.utf8.split(separator: UInt8(ascii: "|"), omittingEmptySubsequences: false)
        if fields.count >= 5 {
            let all = fields.map { Substring($0) }
            self.init(Array(all[..<5]), Array(all[5...]))
            return
        }
        for separator in AsteriskRow.separators.dropFirst() {
            let all = AsteriskRow.fields(text[...], separator)
            // Some exports begin with the row's own number.
            for first in [0, 1] where all.count >= first + 5 {
                guard AsteriskLine.Kind(named: all[first + 4]) != nil else { continue }
                self.init(Array(all[first..<(first + 5)]), Array(all[(first + 5)...]))
                return
            }
        }
        throw RowProblem(
            cause: .columns,
            rule: "a line has at least 5 columns, separated by |, and this has \(fields.count)"
        )
    }

    private init(_ columns: [Substring], _ data: [Substring]) {
        time = columns[0]
        callID = columns[1]
        queue = columns[2]
        agent = columns[3]
        event = columns[4]
        // One column for all data, as the tables of old releases have it.
        if data.count == 1, data[0].utf8.contains(UInt8(ascii: "|")) {
            self.data = data[0].split(separator: "|", omittingEmptySubsequences: false)
        } else {
            self.data = data
        }
        while self.data.last?.isEmpty == true { self.data.removeLast() }
    }

    /// Splits a line whose fields may be quoted; a quote within is doubled or has a backslash.
    static func fields(_ text: Substring, _ separator: UInt8) -> [Substring] {
        var fields: [Substring] = []
        var field: [UInt8] = []
        var isQuoted = false
        var bytes = text.utf8.makeIterator()
        var held = bytes.next()
        while let byte = held {
            held = bytes.next()
            switch byte {
            case UInt8(ascii: "\"") where isQuoted && held == byte:
                field.append(byte)
                held = bytes.next()
            case UInt8(ascii: "\\") where isQuoted && held == UInt8(ascii: "\""):
                field.append(UInt8(ascii: "\""))
                held = bytes.next()
            case UInt8(ascii: "\""): isQuoted.toggle()
            case separator where !isQuoted:
                fields.append(value(field))
                field.removeAll(keepingCapacity: true)
            default: field.append(byte)
            }
        }
        fields.append(value(field))
        return fields
    }

    /// A field without the blanks around it; what databases write for nothing is nothing.
    private static func value(_ bytes: [UInt8]) -> Substring {
        let blank = UInt8(ascii: " ")
        var rest = bytes[...]
        while rest.first == blank { rest.removeFirst() }
        while rest.last == blank { rest.removeLast() }
        let text = Substring(String(decoding: rest, as: UTF8.self))
        return text == "\\N" || text == "NULL" ? "" : text
    }
}
