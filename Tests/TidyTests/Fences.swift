/// Which folder of a target may name which type.
///
/// A core is cut into parts: structs with a folder each. What a folder declares is named in that
/// folder; files beside the folders, which hold the core itself, name the part and what it lets
/// them see; another part's folder names what is shared, if it is said to see that part.
enum Fences {
    /// One part of a core.
    struct Part {
        /// Its folder; the folder above it is the core's.
        var folder: String
        /// Types of the folder that the core's own files may name.
        var faces: Set<String> = []
        /// Types of the folder that the core's files and parts which see this one may name.
        var shared: Set<String> = []
        /// Folders beside this one whose shared types it may name.
        var sees: Set<String> = []
        /// What only the folder may reach: members by the property that holds their owner, as
        /// other files write it (`reader.dirty` is `["reader": ["dirty"]]`).
        ///
        /// What can be `private` is that instead, and not here.
        var state: [String: Set<String>] = [:]
        /// Files of the folder that are extensions of the core, and name what its files may.
        var coreFiles: Set<String> = []

        var core: String { Fences.parent(of: folder) }
        var name: String { String(folder.split(separator: "/").last ?? "") }

        /// Whether a file is of the part: in its folder, and no extension of the core.
        func holds(_ file: TextFile) -> Bool {
            isHome(of: file) && !coreFiles.contains(String(file.path.dropFirst(folder.count + 1)))
        }

        func isHome(of file: TextFile) -> Bool { file.path.hasPrefix(folder + "/") }
    }

    /// Places where a file names what is behind another part's fence.
    ///
    /// - Parameters:
    ///   - files: what is looked at.
    ///   - parts: the parts there are.
    ///   - cores: by folder the type that a core is; its parts do not name it.
    /// - Returns: a finding for each of them.
    static func findings(
        in files: [TextFile],
        parts: [Part],
        cores: [String: String]
    ) -> [Finding] {
        let declared = parts.map { part in
            (part, Set(files.filter(part.isHome).flatMap(types)))
        }
        return files.flatMap { file in
            declared.flatMap { part, types in
                findings(in: file, of: part, types, home: parts.first { $0.holds(file) })
            } + coreFindings(in: file, parts, cores)
        }
    }

    private static func findings(
        in file: TextFile,
        of part: Part,
        _ types: Set<String>,
        home: Part?
    ) -> [Finding] {
        guard isIn(part.core, file), !part.isHome(of: file) else { return [] }
        let isSeen = home?.sees.contains(part.name) ?? true
        var hidden = types
        if isSeen { hidden.subtract(part.shared) }
        if home == nil { hidden.subtract(part.faces) }
        var findings: [Finding] = []
        for (index, line) in file.codeLines.enumerated() {
            var before: Substring = ""
            for word in words(in: line) {
                let name = String(word.text)
                if hidden.contains(name) {
                    findings.append(finding(file, index, "\(name) is named outside \(part.folder)"))
                }
                if word.before == ".", part.state[String(before)]?.contains(name) == true {
                    let rule = "\(before).\(name) is reached from outside its part"
                    findings.append(finding(file, index, rule))
                }
                before = word.text
            }
        }
        return findings
    }

    /// Places where a part names the core that it is a part of.
    private static func coreFindings(
        in file: TextFile,
        _ parts: [Part],
        _ cores: [String: String]
    ) -> [Finding] {
        guard let part = parts.first(where: { $0.holds(file) }), let core = cores[part.core] else {
            return []
        }
        return file.codeLines.enumerated().compactMap { index, line in
            guard words(in: line).contains(where: { $0.text == core }) else { return nil }
            return finding(file, index, "\(core) is named in its part \(part.name)")
        }
    }

    /// What a table of parts allows and nobody needs, as sentences: a fence stands no wider than
    /// what goes through it.
    static func surplus(in files: [TextFile], parts: [Part]) -> [String] {
        let uses = files.map { file in
            (file: file, names: Set(file.codeLines.flatMap { words(in: $0).map { "\($0.text)" } }))
        }
        return parts.flatMap { part in
            let beside = parts.filter { $0.core == part.core && $0.folder != part.folder }
            let outside = uses.filter { isIn(part.core, $0.file) && !part.isHome(of: $0.file) }
            let inParts = outside.filter { use in beside.contains { $0.holds(use.file) } }
            let own = uses.filter { part.holds($0.file) }
            let declared = Set(files.filter(part.isHome).flatMap(properties))
            var found: [String] = []
            for name in part.shared.sorted()
            where !inParts.contains(where: { $0.names.contains(name) }) {
                found.append("no other part needs \(name), which is shared")
            }
            for name in part.faces.sorted()
            where !outside.contains(where: { $0.names.contains(name) }) {
                found.append("the core does not need \(name), which is a face")
            }
            for name in part.sees.sorted() {
                let shared = beside.first { $0.name == name }?.shared ?? []
                guard own.allSatisfy({ $0.names.isDisjoint(with: shared) }) else { continue }
                found.append("it sees \(name) and needs nothing of it")
            }
            for name in part.coreFiles.sorted()
            where !files.contains(where: { $0.path == part.folder + "/" + name }) {
                found.append("there is no file \(name)")
            }
            for name in part.state.values.joined().sorted() where !declared.contains(name) {
                found.append("there is no property \(name)")
            }
            return found.map { "\(part.folder): \($0)" }
        }
    }

    private static func finding(_ file: TextFile, _ index: Int, _ rule: String) -> Finding {
        Finding(
            path: file.path,
            line: index + 1,
            rule: rule,
            remedy: "Give the part a method for it, or make it a fact between the parts"
        )
    }

    private static func isIn(_ folder: String, _ file: TextFile) -> Bool {
        file.path.hasPrefix(folder + "/")
    }

    /// The folder above a folder or a file.
    static func parent(of path: String) -> String {
        path.split(separator: "/").dropLast().joined(separator: "/")
    }

    /// The types that a file declares for others: at the left margin, and not private.
    static func types(of file: TextFile) -> [String] {
        let kinds: Set<Substring> = ["struct", "enum", "class", "protocol", "actor", "typealias"]
        return file.codeLines.compactMap { line in
            guard let first = line.first, !first.isWhitespace else { return nil }
            let onLine = words(in: line).map(\.text)
            guard let kind = onLine.firstIndex(where: { kinds.contains($0) }),
                !onLine[..<kind].contains("private"), !onLine[..<kind].contains("fileprivate"),
                kind + 1 < onLine.count
            else { return nil }
            return String(onLine[kind + 1])
        }
    }

    /// The properties that a file declares, stored or not, and the constants and variables.
    static func properties(of file: TextFile) -> [String] {
        file.codeLines.flatMap { line in
            let onLine = words(in: line).map(\.text)
            return zip(onLine, onLine.dropFirst()).compactMap { keyword, name in
                keyword == "var" || keyword == "let" ? String(name) : nil
            }
        }
    }
}
