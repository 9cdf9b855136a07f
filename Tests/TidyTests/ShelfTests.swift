import Testing

@Suite("Interfaces, scripts and documents are checked")
struct ShelfTests {
    @Test("Public names are read from Swift")
    func publicNames() {
        let file = TextFile(
            path: "Sources/FloorBus/a.swift",
            text: """
                public import FloorEvents
                public struct A {
                    public private(set) var b: Int
                    @discardableResult public static func `c`() {}
                    var d: Int
                    public init() {}
                }
                // public func e()
                public final class F {}
                """
        )
        #expect(Coverage.publicNames(in: file).map(\.name) == ["A", "b", "c", "F"])
    }

    @Test("What a document names is looked for: tests, files, commands, functions")
    func names() {
        let named = Named([
            TextFile(
                path: "Tests/ATests/BTests.swift",
                text: "@Suite struct BTests {\n    @Test func works() {}\n}"
            ),
            TextFile(path: "Tests/ATests/C.swift", text: "extension BTests { func goes() {} }"),
            TextFile(path: "Sources/FloorCLI/F.swift", text: "    commandName: \"flag\",\n"),
            TextFile(path: "Sources/FloorCLI/G.swift", text: "    commandName: \"close\",\n"),
            TextFile(path: "include/floorbus.h", text: "FLOORBUS_API int floorbus_open(int);\n"),
            TextFile(path: "scripts/one", text: "#!/usr/bin/env bash\n"),
        ])
        func rules(_ line: String) -> [String] {
            named.missing(in: TextFile(path: "a.md", text: "x\n" + line)).map(\.rule)
        }
        #expect(
            rules(
                "`ATests/BTests.works`, `ATests/BTests.goes` `floorbus flag close ID` "
                    + "`scripts/one` `floorbus_open` `flag --x` `a.b`, `a/b/c` "
                    + "`Tests/ATests/` `floorbus flag`"
            ).isEmpty
        )
        #expect(rules("`ATests/BTests.went`") == ["ATests/BTests.went is not there: no such test"])
        #expect(
            rules("`ATests/DTests.works`") == ["ATests/DTests.works is not there: no such suite"]
        )
        #expect(rules("`ETests/BTests.works`").count == 1)
        #expect(rules("`scripts/two` and `Tests/python/x.py`").count == 2)
        #expect(rules("`floorbus flog close` `floorbus_shut`").count == 2)
    }

    @Test("Functions are read from a C header")
    func headerFunctions() {
        let file = TextFile(
            path: "include/floorbus.h",
            text: """
                /* floorbus_not(a) */
                #define FLOORBUS_X(a) \\
                    floorbus_macro(a)
                typedef void (*floorbus_callback)(int);
                FLOORBUS_API int floorbus_open(const char *a);
                const char *floorbus_text (void);
                """
        )
        #expect(
            Coverage.functions(inHeader: file).map(\.name) == ["floorbus_open", "floorbus_text"]
        )
    }

    @Test("A declaration that no test names is found")
    func untested() {
        let declared = [
            Coverage.Declaration(name: "open", path: "a.h", line: 1),
            Coverage.Declaration(name: "close", path: "a.h", line: 2),
        ]
        let test = TextFile(
            path: "Tests/A/a.swift",
            text: "a.open()\n// close\n\"close\"\nclosed()"
        )
        #expect(Coverage.untested(declared, tests: [test]).map(\.line) == [2])
    }

    @Test("A long, silent or unrunnable script is found")
    func scripts() {
        func count(_ text: String, runs: Bool = true) -> Int {
            Shelf.scriptFindings(TextFile(path: "scripts/a", text: text), isExecutable: runs).count
        }
        let good = "#!/usr/bin/env bash\nset -euo pipefail\n"
        #expect(count(good) == 0)
        #expect(count(good, runs: false) == 1)
        #expect(count("#!/bin/sh\n") == 2)
        #expect(count(good + String(repeating: "a\n", count: 98)) == 1)
    }

    @Test("A dead link is found, from the document's own folder")
    func links() {
        let text = "[a](b.md) [c](../README.md#top) [d](https://x.org) [e](#f)\n```\n[g](h.md)\n```"
        let file = TextFile(path: "docs/a.md", text: text)
        let found = Shelf.deadLinks(in: file) { $0 == "README.md" }
        #expect(found.map(\.rule) == ["link to b.md, which is not there"])
    }

    @Test("Committed build output is found")
    func builtFiles() {
        let found = Shelf.builtFiles(in: [
            "Package.resolved", "a/b.o", ".build-x/y", "build/a", "Sources/build.swift",
            "docs/a.md",
        ])
        #expect(found.map(\.path) == ["Package.resolved", "a/b.o", ".build-x/y", "build/a"])
    }
}
