import Foundation

/// What lies in the repository: scripts, links between documents, and nothing that was built.
enum Shelf {
    /// Scripts are short, runnable, and stop at the first error.
    static func scriptFindings(_ file: TextFile, isExecutable: Bool) -> [Finding] {
        var found: [Finding] = []
        func add(_ rule: String, _ remedy: String) {
            found.append(Finding(path: file.path, line: 1, rule: rule, remedy: remedy))
        }
        let count = file.lines.count - 1
        if count >= Sizes.scriptLines {
            add("script of \(count) lines, fewer than \(Sizes.scriptLines)", "Split it.")
        }
        if !isExecutable { add("script cannot be run", "chmod +x \(file.path)") }
        if file.lines.first != "#!/usr/bin/env bash" {
            add("not plain bash", "Begin with #!/usr/bin/env bash")
        }
        if !file.lines.contains("set -euo pipefail") {
            add("goes on after an error", "Write set -euo pipefail on a line of its own.")
        }
        return found
    }

    /// Links of a document to files of ours that are not there.
    static func deadLinks(in file: TextFile, exists: (String) -> Bool) -> [Finding] {
        var isCode = false
        var found: [Finding] = []
        for (index, line) in file.lines.enumerated() {
            if line.drop(while: \.isWhitespace).hasPrefix("```") { isCode.toggle() }
            if isCode { continue }
            for target in links(in: line) {
                if exists(path(target, from: file.path)) { continue }
                found.append(
                    Finding(
                        path: file.path,
                        line: index + 1,
                        rule: "link to \(target), which is not there",
                        remedy: "Name a file of the repository, or remove the link."
                    )
                )
            }
        }
        return found
    }

    /// A link's target as a path from the project's root.
    private static func path(_ target: String, from document: String) -> String {
        var parts = document.split(separator: "/").dropLast()
        for part in target.split(separator: "/") where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(part) }
        }
        return parts.joined(separator: "/")
    }

    /// The targets of a line's Markdown links, without web addresses and places in a page.
    static func links(in line: Substring) -> [String] {
        String(line).components(after: "](").compactMap { rest in
            let target = rest.prefix { $0 != ")" && $0 != "#" && $0 != " " }
            guard !target.isEmpty, !target.contains(":") else { return nil }
            return String(target)
        }
    }

    /// Files under version control that a build makes.
    static func builtFiles(in paths: [String]) -> [Finding] {
        let folders: Set<String> = ["build", "__pycache__", ".build", ".venv", ".venv-tests"]
        let endings = [".o", ".so", ".a", ".pyc", ".xctest"]
        return paths.filter { path in
            let parts = path.split(separator: "/").map(String.init)
            return parts.last == "Package.resolved"
                || parts.contains { folders.contains($0) || $0.hasPrefix(".build") }
                || endings.contains { path.hasSuffix($0) }
        }.map {
            Finding(
                path: $0,
                line: 1,
                rule: "a build makes this file",
                remedy: "git rm --cached \($0), and name it in .gitignore."
            )
        }
    }

    /// What git keeps; empty in a copy without its history, nil when git cannot say.
    static func versionedPaths() throws -> [String]? {
        guard FileManager.default.fileExists(atPath: Project.url(".git").path) else { return [] }
        let git = Process()
        let output = Pipe()
        git.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        git.arguments = ["git", "-c", "safe.directory=*", "ls-files"]
        git.currentDirectoryURL = Project.root
        git.standardOutput = output
        try git.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        git.waitUntilExit()
        guard git.terminationStatus == 0 else { return nil }
        return String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init)
    }
}
