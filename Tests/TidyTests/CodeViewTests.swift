import Testing

@Suite("Code is told from comments and strings")
struct CodeViewTests {
    private func code(_ text: String, swift: Bool = true) -> [String] {
        CodeView(text, swift: swift).code
    }

    @Test("A line comment is no code, and the columns stay")
    func lineComment() {
        let view = CodeView("let a = 1 // try! here\nlet b = 2", swift: true)
        #expect(view.code == ["let a = 1             ", "let b = 2"])
        #expect(view.comments == ["          // try! here", "         "])
    }

    @Test("Swift's block comments nest, C's do not")
    func blockComments() {
        #expect(code("/* a /* b */ c */ d") == [String(repeating: " ", count: 18) + "d"])
        #expect(code("/* a /* b */ c", swift: false) == [String(repeating: " ", count: 13) + "c"])
    }

    @Test("A comment sign in a string begins no comment")
    func commentSignInString() {
        #expect(code("a(\"http://x\") // y")[0].contains("a(\"        \")"))
        #expect(code("a(\"\\\"//\", b)")[0].contains(", b)"))
    }

    @Test("Raw and long strings end where they end")
    func rawAndLongStrings() {
        #expect(code("#\"a\"b\"# + c")[0].hasSuffix(" + c"))
        let long = code("x = \"\"\"\n  func \"f\" {\n  \"\"\"\ny")
        #expect(long.count == 4)
        #expect(!long[1].contains("func"))
        #expect(long[3] == "y")
    }

    @Test("Interpolation belongs to the string, with the strings inside it")
    func interpolation() {
        let line = code("a(\"x \\(f(\"}\", \"{\")) {\") { b }")[0]
        #expect(line.filter { $0 == "{" }.count == 1)
        #expect(line.hasSuffix(") { b }"))
    }

    @Test("A C character is no code")
    func characters() {
        #expect(code("x = '\"'; y", swift: false)[0].hasSuffix("; y"))
    }

    @Test("Words are whole identifiers with their neighbours")
    func wholeWords() {
        let found = words(in: "self.printer.print (x)")
        #expect(found.map(\.text) == ["self", "printer", "print", "x"])
        #expect(found[2].before == ".")
        #expect(found[2].next == "(")
        #expect(mentions("print", in: "a print b"))
        #expect(!mentions("print", in: "printer"))
    }
}
