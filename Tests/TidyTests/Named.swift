/// What a document names between backticks, and whether it is there.
///
/// `Target/Suite.function` is a test, `Tests/…`, `scripts/…` and `examples/…` are files,
/// `floorbus word …` is a command, `floorbus_word` a function of floorbus.h.
struct Named {
    private let tests: [TextFile]
    private let commands: Set<String>
    private let functions: Set<String>
    private let paths: [String]

    /// Commands whose next word is one too.
    private static let groups: Set<String> = [
        "flag", "note", "report", "publish", "journal", "roster",
    ]

    /// Looks in the project's files.
    init(_ files: [TextFile]) {
        tests = files.filter { $0.path.hasPrefix("Tests/") && $0.language == .swift }
        paths = files.map(\.path)
        let lines = files.filter { $0.path.hasPrefix("Sources/FloorCLI/") }.flatMap(\.lines)
        commands = Set(
            lines.compactMap { line in
                String(line).components(after: "commandName: \"").first
                    .map { String($0.prefix { $0 != "\"" }) }
            }
        )
        functions = Set(
            files.filter { $0.path == "include/floorbus.h" }
                .flatMap { Coverage.functions(inHeader: $0) }.map(\.name)
        )
    }

    /// What a document names and the project does not have.
    func missing(in document: TextFile) -> [Finding] {
        document.lines.enumerated().flatMap { index, line in
            Self.names(in: line).compactMap { name in
                complaint(of: name).map {
                    Finding(
                        path: document.path,
                        line: index + 1,
                        rule: "\(name) is not there: \($0)",
                        remedy: "Name what shows it now, or say what is missing."
                    )
                }
            }
        }
    }

    /// What stands between backticks on a line.
    static func names(in line: some StringProtocol) -> [String] {
        line.split(separator: "`", omittingEmptySubsequences: false).enumerated()
            .filter { $0.offset % 2 == 1 }.map { String($0.element) }
    }

    private func complaint(of name: String) -> String? {
        // In a table a bar is written with a backslash.
        let words = name.filter { $0 != "\\" }.split(separator: " ")
        guard let first = words.first else { return nil }
        if first == "floorbus" {
            guard words.count > 1 else { return nil }
            let isGroup = Self.groups.contains(String(words[1]))
            let next =
                isGroup && words.count > 2 ? words[2].split(whereSeparator: { $0 == "|" }) : []
            let unknown = ([words[1]] + next).first { !commands.contains(String($0)) }
            return unknown.map { "no command '\($0)'" }
        }
        if first.hasPrefix("floorbus_") {
            return functions.contains(String(first)) ? nil : "no such function"
        }
        for folder in ["Tests/", "scripts/", "examples/"] where first.hasPrefix(folder) {
            return paths.contains { $0 == first || $0.hasPrefix(first) } ? nil : "no such file"
        }
        let parts = first.split(whereSeparator: { $0 == "/" || $0 == "." })
        guard parts.count == 3, parts[0].hasSuffix("Tests"), !parts[1].isEmpty else { return nil }
        let folder = tests.filter { $0.path.hasPrefix("Tests/\(parts[0])/") }
        guard !folder.isEmpty else { return "no such target" }
        let suites = folder.filter { file in
            file.codeLines.contains { Self.opens(String(parts[1]), $0) }
        }
        guard !suites.isEmpty else { return "no such suite" }
        let isThere = suites.contains { file in
            file.codeLines.contains { $0.contains("func \(parts[2])(") }
        }
        return isThere ? nil : "no such test"
    }

    /// Whether a line of code declares or extends a type.
    private static func opens(_ type: String, _ line: String) -> Bool {
        ["struct", "class", "enum", "actor", "extension"].contains { kind in
            line.contains("\(kind) ") && mentions(type, in: line)
        }
    }
}
