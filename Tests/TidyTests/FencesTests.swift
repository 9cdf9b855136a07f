import Testing

@Suite("Parts of a core keep their state to themselves")
struct FencesTests {
    private static let parts = [
        Fences.Part(folder: "Sources/Core/Left", faces: ["Left"], property: "left"),
        Fences.Part(
            folder: "Sources/Core/Right",
            faces: ["Right"],
            shared: ["Fact"],
            property: "right",
            state: ["table"]
        ),
    ]

    private static let declarations = [
        ("Sources/Core/Left/a.swift", "struct Left { var list = List() }\nfinal class List {}"),
        ("Sources/Core/Right/b.swift", "struct Right {}\nenum Fact {}\nprivate struct Own {}"),
    ]

    private func rules(_ path: String, _ text: String) -> [String] {
        let files = (Self.declarations + [(path, text)]).map { TextFile(path: $0, text: $1) }
        return Fences.findings(in: files, parts: Self.parts).map { "\($0.line): \($0.rule)" }
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

    @Test("A part names nothing of another part but what is shared")
    func parts() {
        #expect(rules("Sources/Core/Right/c.swift", "extension Right { var a: Fact }").isEmpty)
        #expect(
            rules("Sources/Core/Right/c.swift", "let left: Left")
                == ["1: Left is named outside Sources/Core/Left"]
        )
        #expect(rules("Sources/Core/Left/c.swift", "let fact: Fact\nlet a = List()").isEmpty)
        #expect(rules("Sources/Core/Left/c.swift", "let right: Right").count == 1)
    }

    @Test("A part's state is reached in its own folder alone")
    func state() {
        #expect(
            rules("Sources/Core/Core.swift", "right.take()\nreturn right.table.count")
                == ["2: right.table is reached from outside its part"]
        )
        #expect(rules("Sources/Core/Core.swift", "let table = 1\nright.count").isEmpty)
        #expect(rules("Sources/Core/Right/c.swift", "right.table.count").isEmpty)
        #expect(rules("Sources/Other/Core.swift", "right.table.count; List()").isEmpty)
    }

    @Test("The project's parts keep to it")
    func project() {
        let files = Project.files(under: "Sources/").filter { $0.language == .swift }
        for part in Fences.parts {
            let own = files.filter { $0.path.hasPrefix(part.folder + "/") }
            #expect(part.faces.isSubset(of: own.flatMap(Fences.types)), "\(part.folder)")
        }
        for finding in Fences.findings(in: files, parts: Fences.parts) {
            Issue.record("\(finding)")
        }
    }
}
