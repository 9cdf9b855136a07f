/// Which folder of a target may name which type.
///
/// A core is cut into parts: structs with a folder each. What a folder declares is named in that
/// folder; files beside the folders, which hold the core itself, name the part and what it lets
/// them see; another part's folder names nothing of it.
enum Fences {
    /// One part of a core.
    struct Part {
        /// Its folder; the folder above it is the core's.
        var folder: String
        /// Types of the folder that the core's own files may name.
        var faces: Set<String>
        /// Types of the folder that other parts may name too.
        var shared: Set<String> = []
        /// The core's property that holds the part, as its files write it.
        var property: String
        /// Stored properties of the part that only its folder may reach.
        ///
        /// A part that fits into one file has `private` for that and leaves this empty.
        var state: Set<String> = []

        var core: String { folder.split(separator: "/").dropLast().joined(separator: "/") }
    }

    /// The parts there are; add a line for a new one.
    static let parts = [
        Part(
            folder: "Sources/FloorClient/Uplink",
            faces: ["Uplink", "OutboxContents", "OutboxStore", "OutboxFault"],
            property: "uplink"
        ),
        Part(
            folder: "Sources/FloorClient/Inbox",
            faces: ["Inbox"],
            property: "inbox",
            state: [
                "credit", "cache", "events", "subscriptions", "requests", "mailboxes", "ready",
                "report", "recordNumber",
            ]
        ),
    ]

    /// Places where a file names what is behind another part's fence.
    static func findings(in files: [TextFile], parts: [Part]) -> [Finding] {
        let declared = parts.map { part in
            (part, Set(files.filter { isIn(part.folder, $0) }.flatMap(types)))
        }
        return files.flatMap { file in
            declared.flatMap { part, types in findings(in: file, part, types, parts) }
        }
    }

    private static func findings(
        in file: TextFile,
        _ part: Part,
        _ types: Set<String>,
        _ parts: [Part]
    ) -> [Finding] {
        guard isIn(part.core, file), !isIn(part.folder, file) else { return [] }
        let isOfPart = parts.contains { isIn($0.folder, file) }
        let hidden = types.subtracting(part.shared).subtracting(isOfPart ? [] : part.faces)
        var findings: [Finding] = []
        for (index, line) in file.codeLines.enumerated() {
            var before: Substring = ""
            for word in words(in: line) {
                let name = String(word.text)
                if hidden.contains(name) {
                    findings.append(finding(file, index, "\(name) is named outside \(part.folder)"))
                }
                if before == part.property, part.state.contains(name) {
                    let rule = "\(part.property).\(name) is reached from outside its part"
                    findings.append(finding(file, index, rule))
                }
                before = word.text
            }
        }
        return findings
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
}
