import Testing

@Suite("Parts of a core keep their state to themselves")
struct FencesTests {
    private static let parts = [
        Fences.Part(
            folder: "Sources/Core/Left",
            faces: ["Left"],
            sees: ["Right"],
            coreFiles: ["Core+Left.swift"]
        ),
        Fences.Part(
            folder: "Sources/Core/Right",
            faces: ["Right"],
            shared: ["Fact"],
            state: ["right": ["table"], "reader": ["page"]]
        ),
        Fences.Part(folder: "Sources/Core/Blind"),
    ]

    private static let declarations = [
        ("Sources/Core/Left/a.swift", "struct Left { var list = List() }\nfinal class List {}"),
        (
            "Sources/Core/Right/b.swift",
            "struct Right {\n    var table = 1\n    var page = 1\n}\nenum Fact {}\n"
                + "private struct Own {}"
        ),
    ]

    private func files(_ path: String, _ text: String) -> [TextFile] {
        (Self.declarations + [(path, text)]).map { TextFile(path: $0, text: $1) }
    }

    private func rules(_ path: String, _ text: String) -> [String] {
        let cores = ["Sources/Core": "Core"]
        return Fences.findings(in: files(path, text), parts: Self.parts, cores: cores)
            .map { "\($0.line): \($0.rule)" }
    }

    @Test("The core names a part, not what the part is made of")
    func core() {
        #expect(rules("Sources/Core/Core.swift", "var left: Left\nvar right = Right()").isEmpty)
        #expect(
            rules("Sources/Core/Core.swift", "\nvar list: List")
                == ["2: List is named outside Sources/Core/Left"]
        )
        #expect(rules("Sources/Core/Core.swift", "// a List\nlet text = \"List\"").isEmpty)
        #expect(rules("Sources/Core/Core.swift", "struct Own {}\nvar own: Own").isEmpty)
    }

    @Test("A part names nothing of another part but what is shared by one that it sees")
    func parts() {
        #expect(rules("Sources/Core/Right/c.swift", "extension Right { var a: Fact }").isEmpty)
        #expect(
            rules("Sources/Core/Right/c.swift", "let left: Left")
                == ["1: Left is named outside Sources/Core/Left"]
        )
        #expect(rules("Sources/Core/Left/c.swift", "let fact: Fact\nlet a = List()").isEmpty)
        #expect(rules("Sources/Core/Left/c.swift", "let right: Right").count == 1)
        #expect(
            rules("Sources/Core/Blind/c.swift", "let fact: Fact")
                == ["1: Fact is named outside Sources/Core/Right"]
        )
    }

    @Test("A part's state is reached in its own folder alone, whoever holds it")
    func state() {
        #expect(
            rules("Sources/Core/Core.swift", "right.take()\nreturn right.table.count")
                == ["2: right.table is reached from outside its part"]
        )
        #expect(
            rules("Sources/Core/Left/c.swift", "session.reader.page = nil")
                == ["1: reader.page is reached from outside its part"]
        )
        #expect(rules("Sources/Core/Core.swift", "let table = 1\nright.count").isEmpty)
        #expect(rules("Sources/Core/Core.swift", "other.page\nreader page").isEmpty)
        #expect(rules("Sources/Core/Right/c.swift", "right.table.count").isEmpty)
        #expect(rules("Sources/Other/Core.swift", "right.table.count; List()").isEmpty)
    }

    @Test("A part does not name its core, but for files that are said to be the core's")
    func whole() {
        #expect(
            rules("Sources/Core/Left/c.swift", "\nextension Core {}")
                == ["2: Core is named in its part Left"]
        )
        let text = "extension Core { var right: Right, list: List }"
        #expect(rules("Sources/Core/Left/Core+Left.swift", text).isEmpty)
        #expect(
            rules("Sources/Core/Left/Core+Left.swift", "extension Core { right.table }")
                == ["1: right.table is reached from outside its part"]
        )
        #expect(rules("Sources/Core/Left/Core+More.swift", "extension Core {}").count == 1)
    }

    @Test("The table allows nothing that nobody needs")
    func surplus() {
        let path = "Sources/Core/Core.swift"
        let sentences = [
            "Sources/Core/Left: it sees Right and needs nothing of it",
            "Sources/Core/Left: there is no file Core+Left.swift",
            "Sources/Core/Right: no other part needs Fact, which is shared",
            "Sources/Core/Right: the core does not need Right, which is a face",
        ]
        #expect(Fences.surplus(in: files(path, "var a: Left"), parts: Self.parts) == sentences)
        let more = [
            (path, "var a: Left, b: Right"), ("Sources/Core/Left/c.swift", "var f: Fact"),
            ("Sources/Core/Left/Core+Left.swift", "extension Core {}"),
        ]
        let all = (Self.declarations + more).map { TextFile(path: $0, text: $1) }
        #expect(Fences.surplus(in: all, parts: Self.parts).isEmpty)
        var parts = Self.parts
        parts[1].state = ["right": ["gone"]]
        #expect(
            Fences.surplus(in: all, parts: parts)
                == ["Sources/Core/Right: there is no property gone"]
        )
    }

    @Test("The project's parts keep to it, and its table says no more than that")
    func project() {
        let files = Project.files(under: "Sources/").filter { $0.language == .swift }
        let folders = Set(Fences.parts.map(\.folder))
        #expect(folders.isSubset(of: files.map { Fences.parent(of: $0.path) }))
        // A folder of a core that the table does not have would be behind no fence.
        for folder in Set(files.map { Fences.parent(of: $0.path) })
        where Fences.cores[Fences.parent(of: folder)] != nil {
            #expect(folders.contains(folder), "\(folder) has no fence")
        }
        let page = Project.file("docs/architecture.md").text
        for part in Fences.parts {
            #expect(page.contains("`\(part.name)"), "\(part.folder) is not in architecture.md")
        }
        for finding in Fences.findings(in: files, parts: Fences.parts, cores: Fences.cores) {
            Issue.record("\(finding)")
        }
        for sentence in Fences.surplus(in: files, parts: Fences.parts) {
            Issue.record("\(sentence)")
        }
    }
}
