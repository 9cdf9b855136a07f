import FloorEvents
public import FloorRoster
import Foundation
import Yams

/// A roster's file: YAML, as docs/roster.md describes it.
///
///     let roster = try RosterFile.read("/etc/floorbus/roster.yaml")
///
/// - Thread: any. It blocks while it reads.
public enum RosterFile {
    /// Reads and checks a roster.
    ///
    /// - Parameter path: of a file of at most `Limits.rosterBytes`.
    /// - Returns: the roster.
    /// - Throws: `RosterFileError` with every problem that was found.
    public static func read(_ path: String) throws(RosterFileError) -> Roster {
        try parse(text(of: path), name: path)
    }

    /// Reads and checks a roster, and says what is allowed in it but perhaps not meant.
    ///
    /// - Parameter path: of a file of at most `Limits.rosterBytes`.
    /// - Returns: the roster, and the warnings as `roster.yaml:12: sentence`.
    /// - Throws: `RosterFileError` with every problem that was found.
    public static func check(
        _ path: String
    ) throws(RosterFileError) -> (roster: Roster, warnings: [String]) {
        let (roster, reader) = try parts(of: text(of: path), name: path)
        let warnings = roster.warnings.map { reader.found($0) } + reader.doubts(roster)
        return (roster, warnings.sorted { $0.line < $1.line }.map { $0.line(in: path) })
    }

    private static func text(of path: String) throws(RosterFileError) -> String {
        let data: Data
        do {
            let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
            defer { try? file.close() }
            data = try file.read(upToCount: Limits.rosterBytes + 1) ?? Data()
        } catch {
            throw RosterFileError(path, "it cannot be read: \(SystemReason.of(error))")
        }
        guard data.count <= Limits.rosterBytes else {
            throw RosterFileError(path, "it is larger than \(Limits.rosterBytes >> 20) MiB")
        }
        if data.starts(with: [0xFF, 0xFE]) || data.starts(with: [0xFE, 0xFF]) {
            throw RosterFileError(path, "it is UTF-16; save it as UTF-8")
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw RosterFileError(path, [firstOddLine(of: data)])
        }
        return text
    }

    /// The first line that is not UTF-8.
    private static func firstOddLine(of data: Data) -> RosterFileProblem {
        let lines = data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        let place = lines.firstIndex { String(validating: $0, as: UTF8.self) == nil } ?? 0
        return RosterFileProblem(place + 1, "this is not UTF-8; save the file as UTF-8")
    }

    /// Reads and checks a roster's text.
    ///
    /// - Parameters:
    ///   - text: the YAML.
    ///   - name: what errors call the file.
    /// - Returns: the roster.
    /// - Throws: `RosterFileError` with every problem that was found.
    public static func parse(_ text: String, name: String) throws(RosterFileError) -> Roster {
        try parts(of: text, name: name).roster
    }

    private static func parts(
        of text: String,
        name: String
    ) throws(RosterFileError) -> (roster: Roster, reader: RosterReader) {
        let root = try compose(text, name)
        var reader = RosterReader()
        reader.read(root)
        do throws(RosterError) {
            let roster = try reader.roster()
            if reader.problems.isEmpty { return (roster, reader) }
        } catch {
            reader.note(error)
        }
        throw RosterFileError(name, reader.problems)
    }

    private static func compose(_ words: String, _ name: String) throws(RosterFileError) -> Node {
        // Editors of Windows begin a file with a mark.
        let text =
            words.unicodeScalars.first == "\u{FEFF}"
            ? String(words.unicodeScalars.dropFirst()) : words
        if let line = Documents.second(in: text) {
            let sentence = "another document begins here; a roster is one"
            throw RosterFileError(name, [RosterFileProblem(line, sentence)])
        }
        // Shared nodes are harmless until somebody walks them, as Yams does to find equal keys:
        // a few lines of aliases to aliases would keep it busy for years.
        if let (line, alias) = Aliases.first(in: text) {
            let sentence = "'*\(alias)' repeats another part; write it out, aliases are not allowed"
            throw RosterFileError(name, [RosterFileProblem(line, sentence)])
        }
        do {
            // Values stay texts: what is a number is decided by the field.
            let root = try Yams.compose(yaml: text, .basic, .default, .utf8)
            guard let root else { throw RosterFileError(name, "it is empty") }
            return root
        } catch let error as RosterFileError {
            throw error
        } catch let error as YamlError {
            throw RosterFileError(name, [RosterFileProblem(error, in: text)])
        } catch {
            throw RosterFileError(name, "it is no YAML: \(error)")
        }
    }
}

/// One thing that is wrong with a roster's file.
public struct RosterFileProblem: Equatable, Sendable {
    /// The line, from 1; 0 = the file as a whole.
    public var line: Int
    /// What is wrong and what to do.
    public var sentence: String

    /// The problem as `roster.yaml:12: sentence`.
    func line(in name: String) -> String {
        name + (line > 0 ? ":\(line): " : ": ") + sentence
    }

    init(_ line: Int, _ sentence: String) {
        self.line = line
        self.sentence = sentence
    }

    init(_ error: YamlError, in text: String) {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            self.init(mark.line, "this is no YAML: " + problem)
        case .reader(let problem, _, let value, _):
            self.init(0, "\(problem) (the character's number is \(value))")
        case .duplicatedKeysInMapping(let duplicates, let context):
            let keys = duplicates.joined(separator: "', '")
            let line = Documents.lineOfSecond(
                duplicates.first ?? "",
                in: text,
                from: context.mark.line,
                column: context.mark.column
            )
            self.init(line ?? context.mark.line, "'\(keys)' is there twice")
        case .no, .memory, .writer, .emitter, .representer, .dataCouldNotBeDecoded:
            self.init(0, "this is no YAML: \(error)")
        }
    }
}

/// A roster's file that cannot be used.
public struct RosterFileError: Error, Equatable, Sendable {
    /// The file's name, as it was given.
    public var name: String
    /// Everything that is wrong, by line; never empty.
    public var problems: [RosterFileProblem]

    init(_ name: String, _ problems: [RosterFileProblem]) {
        self.name = name
        self.problems = problems.sorted { $0.line < $1.line }
    }

    init(_ name: String, _ sentence: String) {
        self.init(name, [RosterFileProblem(0, sentence)])
    }

    /// Each problem as `roster.yaml:12: sentence`.
    public var lines: [String] {
        problems.map { $0.line(in: name) }
    }

    /// The first problem, and how many more there are.
    public var sentence: String {
        let more = problems.count > 1 ? " (and \(problems.count - 1) more)" : ""
        return (lines.first ?? name) + more
    }
}

/// Where things stand in a YAML text of lines.
enum Documents {
    /// The line at which a second document begins.
    static func second(in text: String) -> Int? {
        var hasContent = false
        for (index, line) in text.split(
            separator: "\n",
            omittingEmptySubsequences: false
        ).enumerated() {
            let isMark = line == "---" || line.hasPrefix("--- ") || line == "---\r"
            if isMark, hasContent { return index + 1 }
            let words = line.drop { $0 == " " || $0 == "\r" }
            if !words.isEmpty, !words.hasPrefix("#"), !words.hasPrefix("%") { hasContent = true }
        }
        return nil
    }

    /// The line of a key's second place in a mapping of lines that begins at a place.
    static func lineOfSecond(_ key: String, in text: String, from first: Int, column: Int) -> Int? {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        var count = 0
        for index in max(0, first - 1)..<max(first - 1, lines.count) where index >= 0 {
            let blanks = lines[index].prefix { $0 == " " || $0 == "-" }.count
            guard blanks == max(0, column - 1), lines[index].dropFirst(blanks).hasPrefix(key + ":")
            else { continue }
            count += 1
            if count == 2 { return index + 1 }
        }
        return nil
    }
}

/// Aliases of a YAML text, found without reading it as YAML.
enum Aliases {
    /// The first name behind a `*` that also stands behind a `&`, with its line.
    ///
    /// Every alias is found, for it names an anchor; of what is no alias only a text with the same
    /// word behind both signs.
    static func first(in text: String) -> (line: Int, name: String)? {
        var anchors: Set<String> = []
        each(UInt8(ascii: "&"), in: text) { _, name in
            anchors.insert(name)
            return true
        }
        guard !anchors.isEmpty else { return nil }
        var found: (line: Int, name: String)?
        each(UInt8(ascii: "*"), in: text) { line, name in
            if anchors.contains(name) { found = (line, name) }
            return found == nil
        }
        return found
    }

    /// Calls `body` with the line and the name behind each sign until it says false.
    private static func each(
        _ sign: UInt8,
        in text: String,
        _ body: (Int, String) -> Bool
    ) {
        var line = 1
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "\n") { line += 1 }
            guard byte == sign else { continue }
            let name = name(rest)
            if !name.isEmpty, !body(line, name) { return }
        }
    }

    /// The letters that libyaml takes for a name.
    private static func name(_ rest: Substring.UTF8View) -> String {
        String(
            decoding: rest.prefix { byte in
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            },
            as: UTF8.self
        )
    }
}
