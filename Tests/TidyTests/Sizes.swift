/// The bounds on how much a reader must take in at once (style guide, habit 9).
enum Sizes {
    static let columns = 100
    static let fileLines = 400
    static let functionLines = 70
    static let scriptLines = 100

    /// Lines that are too long, comments too; swift-format does not see those.
    static func longLines(in file: TextFile) -> [Finding] {
        file.lines.enumerated().filter { $0.element.count > columns }.map { index, line in
            Finding(
                path: file.path,
                line: index + 1,
                rule: "line of \(line.count) columns, at most \(columns)",
                remedy: "Break it, or say it shorter."
            )
        }
    }

    /// The C library's header: one file, because its users copy, read and include it as one.
    private static let mayBeLong = "include/floorbus.h"

    /// A file that is too long.
    static func longFile(_ file: TextFile) -> [Finding] {
        if file.path == mayBeLong { return [] }
        let count = file.lines.count - (file.text.hasSuffix("\n") ? 1 : 0)
        guard count > fileLines else { return [] }
        return [
            Finding(
                path: file.path,
                line: count,
                rule: "file of \(count) lines, at most \(fileLines)",
                remedy: "Split it where the subject changes."
            )
        ]
    }

    /// Functions that are too long, from the line of `func` to the closing brace.
    static func longFunctions(in file: TextFile) -> [Finding] {
        functions(in: file.codeLines).filter { $0.lineCount > functionLines }.map { function in
            Finding(
                path: file.path,
                line: function.line,
                rule: "\(function.name) has \(function.lineCount) lines, at most \(functionLines)",
                remedy: "Move a part that has a name of its own into a function."
            )
        }
    }
}

/// A function of a Swift file.
struct FunctionExtent: Equatable {
    var name: String
    /// Where it begins, counted from 1.
    var line: Int
    var lineCount: Int
}

/// The functions, initialisers, deinitialisers and subscripts that have a body, inner ones too.
func functions(in codeLines: [String]) -> [FunctionExtent] {
    var found: [FunctionExtent] = []
    for (index, line) in codeLines.enumerated() where line.contains(where: \.isLetter) {
        let onLine = words(in: line)
        for (place, word) in onLine.enumerated() where begins(word) {
            let name =
                word.text == "func" && place + 1 < onLine.count
                ? String(onLine[place + 1].text) : String(word.text)
            let column = line.distance(from: line.startIndex, to: word.text.endIndex)
            guard let last = lastLine(of: codeLines, from: index, column: column) else { continue }
            found.append(
                FunctionExtent(name: name, line: index + 1, lineCount: last - index + 1)
            )
        }
    }
    return found
}

/// Whether a word declares a function: `.init(…)` and `` `init` `` do not.
private func begins(_ word: Word) -> Bool {
    guard word.before != ".", word.before != "`", word.before != "@" else { return false }
    switch word.text {
    case "func": return true
    case "init": return "(<?!".contains(word.next)
    case "subscript": return "(<".contains(word.next)
    case "deinit": return word.next == "{"
    default: return false
    }
}

/// The line of the brace that closes the body, nil for a requirement of a protocol.
private func lastLine(of lines: [String], from first: Int, column: Int) -> Int? {
    var parentheses = 0
    var braces = 0
    for index in first..<lines.count {
        let start = index == first ? column : 0
        if index > first, parentheses == 0, braces == 0, declaresAnother(lines[index]) {
            return nil
        }
        for character in lines[index].dropFirst(start) {
            switch character {
            case "(", "[": parentheses += 1
            case ")", "]": parentheses -= 1
            case "{" where parentheses == 0 || braces > 0: braces += 1
            case "}" where braces > 0:
                braces -= 1
                if braces == 0 { return index }
            case "}" where parentheses == 0: return nil
            default: break
            }
        }
    }
    return nil
}

private let declarations: Set<Substring> = [
    "func", "init", "deinit", "subscript", "var", "let", "case", "struct", "class", "enum",
    "actor", "protocol", "extension", "typealias", "associatedtype", "import", "public",
    "package", "internal", "private", "fileprivate", "static", "mutating", "nonmutating",
]

private func declaresAnother(_ line: String) -> Bool {
    guard let first = words(in: line).first else { return false }
    return declarations.contains(first.text)
}
