import Testing

@Suite("Import fences hold")
struct ImportsTests {
    private func rules(_ path: String, _ text: String) -> [String] {
        let embeddable: Set = [
            "FloorHub", "FloorClient", "FloorEvents", "FloorWire", "FloorZeroMQ",
        ]
        return Imports.findings(in: TextFile(path: path, text: text), embeddable: embeddable)
            .map { "\($0.line): \($0.rule)" }
    }

    @Test("A foreign module is imported by its one target only")
    func oneImporter() {
        #expect(rules("Sources/FloorZeroMQ/a.swift", "import CZeroMQ").isEmpty)
        #expect(
            rules("Sources/FloorCLI/a.swift", "\ninternal import CZeroMQ")
                == ["2: FloorCLI may not import CZeroMQ"]
        )
        #expect(rules("Sources/FloorBus/a.swift", "@_exported public import CPosix").count == 1)
        #expect(rules("Sources/FloorBus/a.swift", "import struct GRDB.Row").count == 1)
        #expect(rules("Tests/FloorZeroMQTests/a.swift", "import CZeroMQ").isEmpty)
    }

    @Test("The pure targets import only what is listed")
    func pureTargets() {
        #expect(rules("Sources/FloorHub/a.swift", "import FloorWire\nimport FloorEvents").isEmpty)
        #expect(rules("Sources/FloorHub/a.swift", "import Synchronization").count == 1)
        #expect(rules("Sources/FloorEvents/a.swift", "import FloorWire").count == 1)
        #expect(rules("Sources/FloorClient/a.swift", "public import FloorHub").count == 1)
    }

    @Test("What must compile as Embedded Swift imports no Foundation; a comment is no import")
    func embedded() {
        #expect(rules("Sources/FloorZeroMQ/a.swift", "import Foundation").count == 1)
        #expect(rules("Sources/FloorZeroMQ/a.swift", "// import Foundation").isEmpty)
        #expect(rules("Sources/FloorCLI/a.swift", "import Foundation").isEmpty)
    }

    @Test("Readers of other logs import no target of ours")
    func importers() {
        #expect(rules("Sources/FloorImport/a.swift", "import FloorEvents").count == 1)
        #expect(rules("Sources/FloorImport/a.swift", "import CZlib\nimport Foundation").isEmpty)
    }

    @Test("The [E] targets are read from the manifest, over line breaks too")
    func manifest() {
        let text =
            """
            embeddableTarget("A"),
            embeddableTarget(
                "B", ["A"]),
            func embeddableTarget(_ name: String)
            """
        #expect(Imports.embeddableTargets(manifest: text) == ["A", "B"])
    }
}
