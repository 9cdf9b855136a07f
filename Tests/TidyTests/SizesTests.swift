import Testing

@Suite("Sizes are measured")
struct SizesTests {
    private func swift(_ text: String) -> TextFile {
        TextFile(path: "Sources/A/a.swift", text: text)
    }

    @Test("A line of 101 columns is found, one of 100 is not, in comments too")
    func lines() {
        let text = String(repeating: "x", count: 100) + "\n// " + String(repeating: "é", count: 98)
        let found = Sizes.longLines(in: swift(text))
        #expect(found.map(\.line) == [2])
        #expect(found.first?.description.hasPrefix("Sources/A/a.swift:2: line of 101") == true)
    }

    @Test("A file of 401 lines is found, one of 400 is not")
    func files() {
        let line = "a\n"
        #expect(Sizes.longFile(swift(String(repeating: line, count: 400))).isEmpty)
        #expect(Sizes.longFile(swift(String(repeating: line, count: 401))).count == 1)
    }

    @Test("A function of 71 lines is found, one of 70 is not")
    func functionLengths() {
        let body = String(repeating: "    a()\n", count: 68)
        #expect(Sizes.longFunctions(in: swift("func f() {\n\(body)}\n")).isEmpty)
        let found = Sizes.longFunctions(in: swift("func f() {\n\(body)    b()\n}\n"))
        #expect(found.map(\.rule) == ["f has 71 lines, at most 70"])
    }

    @Test("Functions are measured from their name to their closing brace")
    func extents() {
        let file = swift(
            """
            struct S {
                init(a: Int = { 1 }()) { self.a = a }
                func long(
                    _ x: Int
                ) throws(E) -> [Int] {
                    // }
                    print("}")
                    func inner() {}
                }
                subscript(i: Int) -> Int {
                    get { 1 }
                }
                deinit {
                }
            }
            """
        )
        #expect(
            functions(in: file.codeLines) == [
                FunctionExtent(name: "init", line: 2, lineCount: 1),
                FunctionExtent(name: "long", line: 3, lineCount: 7),
                FunctionExtent(name: "inner", line: 8, lineCount: 1),
                FunctionExtent(name: "subscript", line: 10, lineCount: 3),
                FunctionExtent(name: "deinit", line: 13, lineCount: 2),
            ]
        )
    }

    @Test("A protocol's requirement does not take the next function's body")
    func requirements() {
        let file = swift(
            """
            protocol P {
                func a() -> Int
                init()
            }
            func b() {
                x = .init(1)
            }
            """
        )
        #expect(functions(in: file.codeLines).map(\.name) == ["b"])
    }
}
