import Foundation

/// Every command that the program has, as it describes itself, and every example of its help and
/// of the documents.
struct CommandBook {
    /// One command or group of commands.
    struct Command {
        /// Its words behind `floorbus`.
        var path: [String]
        var abstract: String
        var examples: [String]
        var options: Set<String>
        var isGroup: Bool

        var name: String { path.joined(separator: " ") }
    }

    /// A line of a document that stands among commands.
    struct DocumentLine: Hashable {
        var document: String
        var text: String
    }

    /// As `--experimental-dump-help` writes it.
    private struct Description: Decodable {
        struct Root: Decodable {
            var command: Description
        }

        struct Argument: Decodable {
            var names: [Name]?
        }

        struct Name: Decodable {
            var kind: String
            var name: String
        }

        var commandName: String
        var abstract: String?
        var discussion: String?
        var arguments: [Argument]?
        var subcommands: [Description]?
    }

    /// All commands, groups too; the program itself is the first.
    private(set) var commands: [Command] = []
    /// Lines of fenced blocks that hold commands.
    private(set) var lines: [DocumentLine] = []

    /// Commands that do something themselves.
    var leaves: [Command] { commands.filter { !$0.isGroup } }

    /// Asks the program for its commands, and reads the documents.
    init() async throws {
        let outcome = try await Program.run("--experimental-dump-help")
        let text = Data(outcome.lines.joined(separator: "\n").utf8)
        add(try JSONDecoder().decode(Description.Root.self, from: text).command, below: [])
        let root = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../..").standardizedFileURL
        let docs = root.appending(path: "docs")
        let names = try FileManager.default.contentsOfDirectory(atPath: docs.path)
            .filter { $0.hasSuffix(".md") }.sorted()
        for (name, file) in [("README.md", root.appending(path: "README.md"))]
            + names.map({ ("docs/" + $0, docs.appending(path: $0)) })
        {
            lines += Self.commandLines(in: try String(contentsOf: file, encoding: .utf8))
                .map { DocumentLine(document: name, text: $0) }
        }
    }

    private mutating func add(_ description: Description, below path: [String]) {
        let parts = (description.subcommands ?? []).filter { $0.commandName != "help" }
        let names = (description.arguments ?? []).flatMap { $0.names ?? [] }
        commands.append(
            Command(
                path: path,
                abstract: description.abstract ?? "",
                examples: Self.examples(in: description.discussion ?? ""),
                options: Set(names.filter { $0.kind == "long" }.map { "--" + $0.name }),
                isGroup: !parts.isEmpty
            )
        )
        for part in parts { add(part, below: path + [part.commandName]) }
    }

    /// Lines of a help text that begin with two blanks and the program's name, with what follows a
    /// backslash.
    static func examples(in discussion: String) -> [String] {
        var found: [String] = []
        var isOpen = false
        for line in discussion.split(separator: "\n") {
            let isFirst = line.hasPrefix("  floorbus ")
            guard isFirst || isOpen else { continue }
            isOpen = line.hasSuffix("\\")
            let words = (isOpen ? line.dropLast() : line).drop { $0 == " " }
            let whole = words.trimmingCharacters(in: .whitespaces)
            if isFirst { found.append(whole) } else { found[found.count - 1] += " " + whole }
        }
        return found
    }

    /// Lines of a document's fenced blocks in which the program is run, without their remarks; all
    /// lines of such a block, so that nothing in it is passed over.
    static func commandLines(in document: String) -> [String] {
        var found: [String] = []
        var block: [String]?
        var isShell = false
        for line in document.split(separator: "\n", omittingEmptySubsequences: false) {
            let fence = line.drop { $0 == " " }
            if fence.hasPrefix("```") {
                let lines = isShell ? block ?? [] : []
                if lines.contains(where: { $0.hasPrefix("floorbus ") || $0.hasPrefix("./") }) {
                    found += lines
                }
                block = block == nil ? [] : nil
                isShell = ["```", "```sh", "```console"].contains(fence)
            } else if block != nil {
                let text = line.firstRange(of: " #").map { line[..<$0.lowerBound] } ?? line
                let words = text.trimmingCharacters(in: .whitespaces)
                if !words.isEmpty { block?.append(words) }
            }
        }
        return found
    }

    /// A command line's words, as a shell takes them apart.
    static func words(of line: String) -> [String] {
        var words: [String] = []
        var word: String?
        var quote: Character?
        for letter in line {
            if letter == quote {
                quote = nil
            } else if quote == nil, letter == "'" || letter == "\"" {
                (quote, word) = (letter, word ?? "")
            } else if quote == nil, letter == " " {
                if let word { words.append(word) }
                word = nil
            } else {
                word = (word ?? "") + String(letter)
            }
        }
        return words + (word.map { [$0] } ?? [])
    }

    /// The command that a line runs; nil for a line of something else.
    func command(of words: [String]) -> Command? {
        guard words.first == "floorbus" else { return nil }
        return commands.filter { command in
            words.dropFirst().starts(with: command.path)
        }.max { $0.path.count < $1.path.count }
    }
}
