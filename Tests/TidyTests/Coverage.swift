/// Everything a stranger may call stands in some test.
enum Coverage {
    struct Declaration: Equatable {
        var name: String
        var path: String
        var line: Int
    }

    /// The names a Swift file declares public.
    static func publicNames(in file: TextFile) -> [Declaration] {
        file.codeLines.enumerated().compactMap { index, line in
            let onLine = words(in: line)
            guard onLine.contains(where: { ["public", "open"].contains($0.text) }),
                let kind = onLine.firstIndex(where: { kinds.contains($0.text) }),
                onLine[..<kind].allSatisfy({ modifiers.contains($0.text) }),
                // An operator has no name: what follows are its parameters.
                !line.contains("func =="), !line.contains("func <"),
                let name = onLine[(kind + 1)...].first(where: { !kinds.contains($0.text) })
            else { return nil }
            return Declaration(name: String(name.text), path: file.path, line: index + 1)
        }
    }

    private static let kinds: Set<Substring> = [
        "func", "var", "let", "struct", "enum", "actor", "class", "protocol", "typealias",
    ]
    private static let modifiers: Set<Substring> = [
        "public", "open", "final", "static", "mutating", "nonmutating", "consuming", "borrowing",
        "nonisolated", "indirect", "override", "lazy", "weak", "private", "internal", "set",
        "discardableResult", "MainActor", "inlinable", "safe", "unsafe", "available", "package",
    ]

    /// The functions a C header declares: identifiers of ours before a parenthesis, outside
    /// preprocessor lines and not pointers to functions.
    static func functions(inHeader file: TextFile) -> [Declaration] {
        var found: [Declaration] = []
        var isDirective = false
        for (index, line) in file.codeLines.enumerated() {
            let starts = line.drop(while: \.isWhitespace).first == "#"
            let wasContinued = isDirective
            isDirective = (starts || wasContinued) && line.last == "\\"
            if starts || wasContinued { continue }
            for word in words(in: line)
            where word.text.hasPrefix("floorbus_") && word.next == "(" {
                let name = String(word.text)
                if !found.contains(where: { $0.name == name }) {
                    found.append(Declaration(name: name, path: file.path, line: index + 1))
                }
            }
        }
        return found
    }

    /// Declarations that no test mentions.
    static func untested(_ declarations: [Declaration], tests: [TextFile]) -> [Finding] {
        let mentioned = Set(tests.flatMap(\.codeLines).flatMap { words(in: $0).map(\.text) })
        return declarations.filter { !mentioned.contains(Substring($0.name)) }.map {
            Finding(
                path: $0.path,
                line: $0.line,
                rule: "\($0.name) appears in no test",
                remedy: "Write a test that uses it as a stranger would."
            )
        }
    }
}
