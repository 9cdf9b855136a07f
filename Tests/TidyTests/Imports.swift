/// Who may import whom (CONTRIBUTING.md, "Layout"): one importer for each foreign module, and for
/// the pure targets a list of all they may import.
enum Imports {
    /// Modules with one importing target each.
    static let onlyImporter = [
        "CZeroMQ": "FloorZeroMQ", "CPosix": "FloorPosix", "CZlib": "FloorImport",
        "ArgumentParser": "FloorCLI", "CFloorBus": "FloorBusC", "GRDB": "FloorJournal",
        "Hummingbird": "FloorWeb", "Yams": "FloorRosterFile", "Logging": "FloorCLI",
    ]

    /// Targets that may import these modules and no others.
    static let allowed: [String: Set<String>] = [
        // For InPlace alone: its atomic is what keeps a struct where it is.
        "FloorEvents": ["Synchronization"], "FloorWire": ["FloorEvents"],
        "FloorRoster": ["FloorEvents"],
        "FloorHub": ["FloorEvents", "FloorRoster", "FloorWire"],
        "FloorClient": ["FloorEvents", "FloorWire"],
    ]

    /// What Embedded Swift has no module for.
    static let notEmbedded: Set<String> = [
        "Foundation", "FoundationEssentials", "Glibc", "Musl", "Darwin", "Dispatch", "Logging",
        "Metrics", "ServiceLifecycle", "Crypto", "Yams",
    ]

    /// Imports in a target's file that its fence does not let through.
    static func findings(in file: TextFile, embeddable: Set<String>) -> [Finding] {
        guard let target = target(of: file.path) else { return [] }
        return imports(of: file).compactMap { line, module in
            remedy(for: module, in: target, embeddable: embeddable).map {
                Finding(
                    path: file.path,
                    line: line,
                    rule: "\(target) may not import \(module)",
                    remedy: $0
                )
            }
        }
    }

    /// The targets that Package.swift makes with `embeddableTarget`: the [E] of the layout.
    static func embeddableTargets(manifest: String) -> Set<String> {
        Set(
            manifest.components(after: "embeddableTarget(").compactMap { rest in
                let start = rest.drop { $0.isWhitespace }
                guard start.first == "\"" else { return nil }
                return String(start.dropFirst().prefix { $0 != "\"" })
            }
        )
    }

    /// The modules a file imports, with their lines.
    static func imports(of file: TextFile) -> [(line: Int, module: String)] {
        file.codeLines.enumerated().compactMap { index, line in
            let onLine = words(in: line)
            guard let place = onLine.firstIndex(where: { $0.text == "import" }),
                onLine[..<place].allSatisfy({ modifiers.contains($0.text) })
            else { return nil }
            let rest = onLine[(place + 1)...].drop { kinds.contains($0.text) }
            return rest.first.map { (index + 1, String($0.text)) }
        }
    }

    private static let modifiers: Set<Substring> = [
        "public", "package", "internal", "private", "fileprivate", "_exported", "testable",
        "preconcurrency", "_implementationOnly", "_spi",
    ]
    private static let kinds: Set<Substring> = [
        "struct", "class", "enum", "func", "var", "let", "protocol", "typealias", "actor",
    ]

    /// The target of a path below Sources.
    static func target(of path: String) -> String? {
        let parts = path.split(separator: "/")
        return parts.count > 2 && parts[0] == "Sources" ? String(parts[1]) : nil
    }

    private static func remedy(
        for module: String,
        in target: String,
        embeddable: Set<String>
    ) -> String? {
        if let allowed = allowed[target], !allowed.contains(module) {
            let list = allowed.isEmpty ? "nothing" : allowed.sorted().joined(separator: ", ")
            return "It imports \(list); hand in what it needs as a value."
        }
        if let owner = onlyImporter[module], owner != target {
            return "Only \(owner) does; use what \(owner) offers, or add it there."
        }
        if embeddable.contains(target), notEmbedded.contains(module) {
            return "It must compile as Embedded Swift; use the standard library or FloorPosix."
        }
        if target == "FloorImport", module.hasPrefix("Floor") {
            return "Readers of other systems' logs know nothing of the bus; FloorCLI joins them."
        }
        return nil
    }
}

extension String {
    /// What follows each occurrence of a marker.
    func components(after marker: String) -> [Substring] {
        ranges(of: marker).map { self[$0.upperBound...] }
    }
}
