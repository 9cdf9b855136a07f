import Foundation

/// A place where the project breaks one of its habits.
struct Finding: Hashable, CustomStringConvertible {
    var path: String
    var line: Int
    /// The habit, in a few words.
    var rule: String
    /// What to do, as a sentence.
    var remedy: String

    var description: String { "\(path):\(line): \(rule). \(remedy)" }
}

/// One text file: its path from the project's root, and its text.
struct TextFile: Sendable {
    enum Language { case swift, c, python, bash, markdown, other }

    var path: String
    var text: String
    /// Code alone; comments and the insides of strings are spaces.
    var codeLines: [String]
    /// Comments alone, the rest spaces; for languages we do not take apart, every line.
    var commentLines: [String]

    var language: Language { Self.language(of: path, text: text) }
    var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }

    init(path: String, text: String) {
        self.path = path
        self.text = text
        switch Self.language(of: path, text: text) {
        case .swift, .c:
            let view = CodeView(text, swift: path.hasSuffix(".swift"))
            codeLines = view.code
            commentLines = view.comments
        default:
            codeLines = text.split(separator: "\n", omittingEmptySubsequences: false)
                .map(String.init)
            commentLines = codeLines
        }
    }

    private static func language(of path: String, text: String) -> Language {
        switch (path as NSString).pathExtension {
        case "swift": .swift
        case "c", "h", "cpp", "hpp", "cc": .c
        case "py": .python
        case "sh": .bash
        case "md": .markdown
        case "": text.hasPrefix("#!") && text.prefix(40).contains("bash") ? .bash : .other
        default: .other
        }
    }
}

/// The project's own files, found from this file's place.
enum Project {
    static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// Every file of ours, read once; build output and hidden folders other than .ci are not.
    static let files: [TextFile] = load()

    /// The files under a folder.
    static func files(under folder: String) -> [TextFile] {
        files.filter { $0.path.hasPrefix(folder) }
    }

    /// The file with this path, or an empty one.
    static func file(_ path: String) -> TextFile {
        files.first { $0.path == path } ?? TextFile(path: path, text: "")
    }

    static func url(_ path: String) -> URL { root.appendingPathComponent(path) }

    private static let roots = [
        "Package.swift", "README.md", "CONTRIBUTING.md", "LICENSE", "Sources", "Tests", "include",
        "bench", "examples", "scripts", "docs", ".ci",
    ]
    private static let outputs: Set<String> = ["build", "__pycache__", "node_modules"]
    private static let extensions: Set<String> = [
        "", "swift", "c", "h", "cpp", "hpp", "cc", "py", "sh", "md", "txt", "modulemap",
    ]

    private static func load() -> [TextFile] {
        roots.flatMap(paths(at:)).sorted().compactMap { path in
            guard extensions.contains((path as NSString).pathExtension),
                let data = try? Data(contentsOf: url(path)), data.count < 4_000_000,
                let text = String(data: data, encoding: .utf8)
            else { return nil }
            return TextFile(path: path, text: text)
        }
    }

    private static func paths(at path: String) -> [String] {
        let values = try? url(path).resourceValues(forKeys: [.isDirectoryKey])
        guard let isFolder = values?.isDirectory else { return [] }
        guard isFolder else { return [path] }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: url(path).path)) ?? []
        return names.filter { !$0.hasPrefix(".") && !outputs.contains($0) }
            .flatMap { paths(at: "\(path)/\($0)") }
    }
}
