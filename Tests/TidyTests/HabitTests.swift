import Foundation
import Testing

/// The style guide as tests over the whole project.
///
/// Each failure names file, line, rule and what to do; that the scanners can fail is shown by the
/// other tests of this target.
@Suite("The project keeps its habits")
struct HabitTests {
    private static let sources = Project.files.filter {
        [.swift, .c, .python, .bash].contains($0.language)
    }
    private static let swift = Project.files.filter { $0.language == .swift }

    private func expectNone(_ findings: [Finding]) {
        for finding in findings { Issue.record("\(finding)") }
    }

    @Test("The scanners see the project, not an empty folder")
    func projectIsSeen() {
        #expect(Self.swift.count > 20)
        #expect(!Project.file("Package.swift").text.isEmpty)
        #expect(!Project.file("include/floorbus.h").text.isEmpty)
        #expect(Project.files.contains { $0.path.hasPrefix(".ci/") })
    }

    @Test("Lines have at most 100 columns, comments too")
    func columns() {
        expectNone(Self.sources.flatMap(Sizes.longLines))
    }

    @Test("Files have at most 400 lines")
    func fileLengths() {
        expectNone(Self.sources.flatMap(Sizes.longFile))
    }

    @Test("Functions have at most 70 lines")
    func functionLengths() {
        expectNone(Self.swift.flatMap(Sizes.longFunctions))
    }

    @Test("Every foreign module has one importer, and the pure targets import what is listed")
    func importFences() {
        let manifest = Project.file("Package.swift").text
        let embeddable = Imports.embeddableTargets(manifest: manifest)
        #expect(embeddable.isSuperset(of: Imports.allowed.keys))
        #expect(embeddable.isSuperset(of: ["FloorZeroMQ", "FloorBusC"]))
        expectNone(Self.swift.flatMap { Imports.findings(in: $0, embeddable: embeddable) })
    }

    @Test("Four bytes from outside become an Int by length(_:), which traps on no machine")
    func lengths() {
        let embeddable = Imports.embeddableTargets(manifest: Project.file("Package.swift").text)
        let direct = /\bInt\(\w+(\.\w+)*\.u(32|64)\(/
        for file in Self.swift {
            let folders = file.path.split(separator: "/")
            guard folders[0] == "Sources", embeddable.contains(String(folders[1])) else { continue }
            for found in file.text.matches(of: direct) {
                Issue.record("\(file.path): \(found.output.0), where Int may have 32 bits")
            }
        }
    }

    @Test("Calls with a better replacement are not made; the cores have no clock, lock or async")
    func bannedWords() {
        let read = Self.sources.filter { $0.language != .bash }
        expectNone(read.flatMap(BannedWords.findings))
    }

    @Test("No reminders are left in the code")
    func reminders() {
        expectNone(Self.sources.flatMap(Remarks.reminders))
    }

    @Test("Texts for readers say \"they\" of a person, and use the field's terms")
    func poorWords() {
        let read = Project.files.filter { !$0.path.hasPrefix("Tests/") }
        #expect(read.contains { $0.path == "docs/cli.md" })
        expectNone(read.flatMap(Remarks.poorWords))
    }

    @Test("Whatever the compiler does not check says why it is right")
    func uncheckedIsReasoned() {
        expectNone(Self.swift.flatMap(Remarks.unreasoned))
    }

    @Test("Package declarations are documented, as public ones are")
    func packageDeclarationsAreDocumented() {
        expectNone(Self.swift.flatMap(Remarks.undocumented))
    }

    @Test("Nothing names a folder of one machine")
    func machinePaths() {
        expectNone(Project.files.flatMap(Remarks.machinePaths))
    }

    @Test("Every public declaration of FloorBus appears in a test")
    func swiftInterfaceIsTested() {
        let tests = Project.files(under: "Tests/").filter {
            $0.language == .swift && !$0.path.hasPrefix("Tests/TidyTests/")
        }
        let declared = Project.files(under: "Sources/FloorBus/").flatMap(Coverage.publicNames)
        expectNone(Coverage.untested(declared, tests: tests))
    }

    @Test("Every function of floorbus.h appears in a test")
    func cInterfaceIsTested() {
        let tests = Project.files(under: "Tests/").filter {
            !$0.path.hasPrefix("Tests/TidyTests/")
        }
        let declared = Coverage.functions(inHeader: Project.file("include/floorbus.h"))
        expectNone(Coverage.untested(declared, tests: tests))
    }

    @Test("Scripts are short, runnable and stop at the first error")
    func scripts() {
        let scripts = (Project.files(under: "scripts/") + Project.files(under: ".ci/"))
            .filter { !$0.path.hasSuffix(".txt") }
        #expect(scripts.count >= 6)
        expectNone(
            scripts.flatMap { script in
                let place = Project.url(script.path).path
                return Shelf.scriptFindings(
                    script,
                    isExecutable: FileManager.default.isExecutableFile(atPath: place)
                )
            }
        )
    }

    @Test("Documents link to files that are there")
    func links() {
        let documents = Project.files.filter { $0.language == .markdown }
        for path in ["README.md", "CONTRIBUTING.md", "docs/README.md"] {
            #expect(documents.contains { $0.path == path }, "\(path)")
        }
        expectNone(
            documents.flatMap { document in
                Shelf.deadLinks(in: document) {
                    FileManager.default.fileExists(atPath: Project.url($0).path)
                }
            }
        )
    }

    @Test("Tests, commands and files that the requirements name are there")
    func requirementsAreShown() {
        let document = Project.file("docs/requirements.md")
        let named = Named(Project.files)
        let tests = document.lines.flatMap { Named.names(in: $0) }.filter { $0.contains("Tests/") }
        #expect(tests.count > 60)
        expectNone(named.missing(in: document))
    }

    @Test("Nothing that a build makes is under version control")
    func noBuiltFiles() throws {
        let paths = try #require(
            try Shelf.versionedPaths(),
            "git ls-files failed; is git installed?"
        )
        expectNone(Shelf.builtFiles(in: paths))
    }
}
