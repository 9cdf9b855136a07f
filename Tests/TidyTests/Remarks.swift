/// What comments and plain text must, and must not, say.
enum Remarks {
    /// Reminders that should be an issue, or done.
    static func reminders(in file: TextFile) -> [Finding] {
        file.commentLines.enumerated().flatMap { index, line in
            words(in: line).filter { ["TO" + "DO", "FIX" + "ME", "XX" + "X"].contains($0.text) }
                .map {
                    Finding(
                        path: file.path,
                        line: index + 1,
                        rule: "\($0.text) left behind",
                        remedy: "Do it now, or file an issue and say here how things stand."
                    )
                }
        }
    }

    /// Words for which there are better ones: a person is "they", a data set has an id.
    static func poorWords(in file: TextFile) -> [Finding] {
        let persons: Set<String> = ["he", "him", "his", "himself"]
        return file.lines.enumerated().flatMap { index, line in
            var found = words(in: line).map { String($0.text) }
                .filter { persons.contains($0.lowercased()) }
            if line.lowercased().contains("birth name") { found.append("birth name") }
            return found.map { word in
                Finding(
                    path: file.path,
                    line: index + 1,
                    rule: "\"\(word)\" in a text",
                    remedy: "A person is \"they\"; plain English and the field's own terms."
                )
            }
        }
    }

    /// `@unchecked Sendable` and `nonisolated(unsafe)` without their reason beside them.
    static func unreasoned(in file: TextFile) -> [Finding] {
        file.codeLines.enumerated().compactMap { index, line in
            let code = line.filter { !$0.isWhitespace }
            let mark =
                code.contains("@uncheckedSendable")
                ? "@unchecked Sendable"
                : code.contains("nonisolated(unsafe)") ? "nonisolated(unsafe)" : nil
            guard let mark, !reasons(file, above: index, mark) else { return nil }
            return Finding(
                path: file.path,
                line: index + 1,
                rule: "\(mark) without a reason",
                remedy: "Write // \(mark) because … on the line or above it: what protects it."
            )
        }
    }

    /// Whether the line, or the comment directly above it, says why.
    private static func reasons(_ file: TextFile, above index: Int, _ mark: String) -> Bool {
        let wanted = "\(mark) because"
        if file.commentLines[index].contains(wanted) { return true }
        var line = index - 1
        while line >= 0, isRemark(file.codeLines[line]) {
            if file.commentLines[line].contains(wanted) { return true }
            if file.commentLines[line].allSatisfy(\.isWhitespace),
                !file.codeLines[line].contains("@")
            {
                return false
            }
            line -= 1
        }
        return false
    }

    /// A line without code, or with attributes only.
    private static func isRemark(_ code: String) -> Bool {
        let rest = code.drop(while: \.isWhitespace)
        return rest.isEmpty || (rest.first == "@" && !rest.contains("{"))
    }

    /// Folders of one machine; a clean clone elsewhere has none of them.
    static func machinePaths(in file: TextFile) -> [Finding] {
        var folders = ["/wo" + "rk/", "/opt/" + "swift", "/ro" + "ot/"]
        if file.path.hasPrefix("Sources/") { folders.append("/tm" + "p/") }
        return file.lines.enumerated().flatMap { index, line in
            folders.filter { begins($0, in: line) }.map {
                Finding(
                    path: file.path,
                    line: index + 1,
                    rule: "\($0) is a place on one machine",
                    remedy: "Take it from an argument, the environment or the project's root."
                )
            }
        }
    }

    /// Whether a path begins with the folder, not merely contains it (as a URL or a key may).
    private static func begins(_ folder: String, in line: Substring) -> Bool {
        line.ranges(of: folder).contains { range in
            guard range.lowerBound > line.startIndex else { return true }
            let before = line[line.index(before: range.lowerBound)]
            return !before.isLetter && !before.isNumber && !"./_-~+%$}*".contains(before)
        }
    }

    /// `package` declarations without documentation: swift-format asks for `public` ones only.
    static func undocumented(in file: TextFile) -> [Finding] {
        guard file.path.hasPrefix("Sources/") else { return [] }
        return file.codeLines.enumerated().compactMap { index, line in
            guard words(in: line).first?.text == "package", !line.contains("import"),
                !line.contains("(set)"), !hasDocumentation(file, above: index)
            else { return nil }
            return Finding(
                path: file.path,
                line: index + 1,
                rule: "package declaration not documented",
                remedy: "Write a summary line with /// above it."
            )
        }
    }

    private static func hasDocumentation(_ file: TextFile, above index: Int) -> Bool {
        var line = index - 1
        while line >= 0, file.codeLines[line].drop(while: \.isWhitespace).first == "@" {
            line -= 1
        }
        return line >= 0 && file.commentLines[line].contains("///")
    }
}
