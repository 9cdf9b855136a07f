/// Why a log, a row of it or a ``CallStep`` text could not be used: where, what and which rule.
///
/// Its description is one sentence for a person:
/// `queue_log, line 12: the field "epoch" is "yesterday", but it must be whole seconds since 1970`.
/// It shows at most 80 characters of the log's own text and never a control character.
public struct ImportError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The path as it was given, or "call step" for a text from elsewhere.
    public let file: String
    /// The line, counted from 1; nil when the trouble is not in one line.
    public let line: Int?
    /// Where in the file as stored (compressed bytes for .gz), in bytes from 0; nil if unknown.
    public let byteOffset: Int64?
    /// The field's name in the log's own documentation.
    public let field: String?
    /// What stood there, cut to 80 characters.
    public let value: String?
    /// The rule that was broken, as the second half of a sentence.
    public let rule: String

    init(
        file: String,
        line: Int? = nil,
        byteOffset: Int64? = nil,
        field: String? = nil,
        value: String? = nil,
        rule: String
    ) {
        self.file = file
        self.line = line
        self.byteOffset = byteOffset
        self.field = field
        self.value = value.map(ImportError.shown)
        self.rule = rule
    }

    /// One sentence for a person; safe to print on a terminal.
    public var description: String {
        var place = ImportError.shown(file, characters: 4_096)
        if let line { place += ", line \(line)" }
        if let byteOffset { place += ", at byte \(byteOffset)" }
        guard let field else { return "\(place): \(rule)" }
        guard let value else { return "\(place): the field \"\(field)\" \(rule)" }
        return "\(place): the field \"\(field)\" is \"\(value)\", but it \(rule)"
    }

    /// Cuts a text and replaces what could steer a terminal.
    private static func shown(_ text: String) -> String {
        shown(text, characters: ImportLimits.shownCharacters)
    }

    private static func shown(_ text: String, characters: Int) -> String {
        var result = ""
        for character in text.prefix(characters) {
            let isControl = character.unicodeScalars.contains { scalar in
                scalar.properties.generalCategory == .control
            }
            result.append(isControl ? "?" : character)
        }
        return result
    }
}

/// Why a row was skipped.
///
/// The raw value is stable: reports and scripts may rely on it.
public enum SkipCause: String, CaseIterable, Sendable {
    /// The line is empty.
    case blankLine = "blank-line"
    /// The line is longer than ``ImportLimits/lineBytes``.
    case longLine = "long-line"
    /// The line has too few or too many columns.
    case columns
    /// A time of day or an epoch that cannot be read.
    case badTime = "bad-time"
    /// A date that is not a day of the calendar.
    case badDate = "bad-date"
    /// A number that cannot be read or is over ``ImportLimits/durationSeconds``.
    case badNumber = "bad-number"
    /// A wait or talk below zero, or one that ends before it begins.
    case negativeDuration = "negative-duration"
    /// A call's outcome that the format does not know.
    case unknownOutcome = "unknown-outcome"
    /// An event that the format does not know, such as one written by a dial plan.
    case unknownEvent = "unknown-event"
    /// A field that this event needs is empty or NONE.
    case emptyField = "empty-field"
    /// A name is longer than its limit.
    case longField = "long-field"
    /// A name has a control character in it, such as a tab.
    case controlCharacter = "control-character"
    /// More different queues or agents than ``ImportLimits/names``.
    case tooManyNames = "too-many-names"
}

/// What is wrong with one row; the reader knows the file and the line.
struct RowProblem: Error {
    var cause: SkipCause
    var field: String?
    var value: String?
    var rule: String

    func error(file: String, line: Int?) -> ImportError {
        ImportError(file: file, line: line, field: field, value: value, rule: rule)
    }
}
