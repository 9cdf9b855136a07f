/// How a log is read, beyond its format.
public struct ImportOptions: Sendable {
    /// The log's character set as iconv(3) names it, such as `ISO-8859-1`; nil = UTF-8.
    ///
    /// Bytes that are no text in it are replaced by U+FFFD and counted.
    public var charset: String?
    /// Whether the log is still written: at its end more is waited for.
    ///
    /// Also over its rotation, whether it is renamed or cut to nothing. For a `queue_log` in a
    /// plain file.
    public var follows = false
    /// A member's name for each interface, or the other way: whatever a log calls somebody by the
    /// left name is told under the right one.
    ///
    /// Asterisk names the interface in some lines of a member and the member's name in others.
    public var names: [String: String] = [:]
    /// Turns an export's date and time without a zone, given as if they were UTC, into seconds
    /// since 1970; as they are, by default.
    public var local: @Sendable (Int64) -> Int64 = { $0 }

    /// A finished log in UTF-8.
    public init() {}

    /// Reads a file of names: `INTERFACE = NAME` a line, `#` before a remark.
    ///
    /// - Parameter path: The file's path.
    /// - Throws: ``ImportError`` naming the line.
    public mutating func readNames(path: String) throws(ImportError) {
        let reader = try LineReader(path: path)
        while let line = try reader.next() {
            guard case .text(let text) = line.content else {
                throw ImportError(file: path, line: line.number, rule: "the line is too long")
            }
            let words = ImportOptions.trimmed(text[...])
            guard !words.isEmpty, !words.hasPrefix("#") else { continue }
            guard let equals = words.firstRange(of: " = ") ?? words.firstRange(of: "=") else {
                throw ImportError(
                    file: path,
                    line: line.number,
                    rule: "write INTERFACE = NAME, for example PJSIP/1004 = Ana Ruiz"
                )
            }
            do throws(RowProblem) {
                let interface = try parseName(
                    ImportOptions.trimmed(words[..<equals.lowerBound]),
                    field: "interface"
                )
                let name = try parseName(
                    ImportOptions.trimmed(words[equals.upperBound...]),
                    field: "name"
                )
                if let other = names[interface], other != name {
                    throw RowProblem(
                        cause: .longField,
                        field: "interface",
                        value: interface,
                        rule: "must have one name, and has \(other) too"
                    )
                }
                names[interface] = name
            } catch {
                throw error.error(file: path, line: line.number)
            }
            guard names.count <= ImportLimits.namePairs else {
                throw ImportError(
                    file: path,
                    rule: "has more than \(ImportLimits.namePairs) pairs"
                )
            }
        }
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }
}
