import FloorBus

/// Texts of others as parts of a line for people.
///
///     print(PlainText.printable(record.key.text))
public enum PlainText {
    /// A text that can neither steer a terminal nor break a line.
    ///
    /// - Returns: the text with "?" for each control character and each separator of lines or
    ///   paragraphs.
    public static func printable(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator: result.append("?")
            default: result.append(scalar)
            }
        }
        return String(result)
    }

    /// A moment in UTC with milliseconds, from microseconds since 1970.
    ///
    ///     PlainText.time(1_772_355_600_250_000)    // 2026-03-01T09:00:00.250Z
    public static func time(_ microseconds: Int64) -> String {
        FloorMoment(microsecondsSince1970: microseconds).description
    }
}
