import Testing

@Suite("Banned words and remarks are found")
struct RulesTests {
    private func file(_ path: String, _ text: String) -> TextFile {
        TextFile(path: path, text: text)
    }

    private func banned(_ path: String, _ text: String) -> Int {
        BannedWords.findings(in: file(path, text)).count
    }

    @Test("Forced tries and casts are found, strings and != are not")
    func forced() {
        #expect(banned("Tests/A/a.swift", "let a = try! b()") == 1)
        #expect(banned("Sources/A/a.swift", "c as! D") == 1)
        #expect(banned("Sources/A/a.swift", "try b()\nc as? D\n\"try!\"\nlet x = a as != b") == 0)
    }

    @Test("Libraries do not print or exit; the command line does")
    func printing() {
        #expect(banned("Sources/FloorBus/a.swift", "print(1)") == 1)
        #expect(banned("Sources/FloorBus/a.swift", "exit(1)") == 1)
        #expect(banned("Sources/FloorCLI/a.swift", "print(1); exit(1)") == 0)
        #expect(banned("Sources/FloorBus/a.swift", "let print = 1") == 0)
    }

    @Test("Tests do not sleep, in any language; the test kit may wait")
    func sleeping() {
        let slept = "try await Task.sleep(for: .seconds(1))"
        #expect(banned("Tests/A/a.swift", slept) == 1)
        #expect(banned("Sources/FloorBusTestKit/a.swift", slept) == 0)
        #expect(banned("Tests/CHostProbe/a.c", "usleep(10);") == 1)
        #expect(banned("Tests/python/a.py", "time.sleep(1)") == 1)
    }

    @Test("The cores have no clock, lock, input, output or async")
    func cores() {
        #expect(banned("Sources/FloorHub/a.swift", "func f() async {}") == 1)
        #expect(banned("Sources/FloorClient/a.swift", "let c = ContinuousClock()") == 1)
        #expect(banned("Sources/FloorHubServer/a.swift", "func f() async {}") == 0)
    }

    @Test("A trap says why")
    func traps() {
        #expect(banned("Sources/A/a.swift", "fatalError( )") == 1)
        #expect(banned("Sources/A/a.swift", "fatalError(\"the ring is empty\")") == 0)
    }

    @Test("Reminders are found in comments, not in code or strings")
    func reminders() {
        let text = "// FIX" + "ME later\nlet a = \"TO" + "DO\"\n/* XX" + "X */"
        #expect(Remarks.reminders(in: file("Sources/A/a.swift", text)).map(\.line) == [1, 3])
        let bash = file("scripts/a", "#!/usr/bin/env bash\n# TO" + "DO\nmktemp -t aXXXXXX")
        #expect(Remarks.reminders(in: bash).map(\.line) == [2])
    }

    @Test("A person's words are found as words, in any language")
    func poorWords() {
        let text = "The history of this.\nWhat he asks, for himself.\nThe data's Birth name."
        let found = Remarks.poorWords(in: file("docs/a.md", text))
        #expect(found.map(\.line) == [2, 2, 3])
    }

    @Test("Unchecked sendability needs its reason on the line or above it")
    func unchecked() {
        func lines(_ text: String) -> [Int] {
            Remarks.unreasoned(in: file("Sources/A/a.swift", text)).map(\.line)
        }
        #expect(lines("class A: @unchecked Sendable {}") == [1])
        #expect(lines("// a remark\nclass A: @unchecked Sendable {}") == [2])
        #expect(
            lines("class A: @unchecked Sendable {}  // @unchecked Sendable because …") == []
        )
        let reason = "/// A.\n// @unchecked Sendable because\n// of this\n@safe\n"
        #expect(lines(reason + "class A: @unchecked Sendable {}") == [])
        #expect(lines("nonisolated(unsafe) var a = 1") == [1])
        #expect(lines("// @unchecked Sendable because x\n\nclass A: @unchecked Sendable {}") == [3])
    }

    @Test("Folders of one machine are found; keys, URLs and relative paths are not")
    func machinePaths() {
        func count(_ path: String, _ text: String) -> Int {
            Remarks.machinePaths(in: file(path, text)).count
        }
        #expect(count("docs/a.md", "see /wo" + "rk/main") == 1)
        #expect(count("Sources/A/a.swift", "\"/tm" + "p/x\"") == 1)
        #expect(count("Tests/A/a.swift", "\"/tm" + "p/x\"") == 0)
        #expect(count("docs/a.md", "https://x.org/wo" + "rk/ and ../wo" + "rk/") == 0)
    }

    @Test("A package declaration needs documentation")
    func packageDeclarations() {
        func count(_ text: String) -> Int {
            Remarks.undocumented(in: file("Sources/A/a.swift", text)).count
        }
        #expect(count("package func f() {}") == 1)
        #expect(count("/// F.\n@inlinable\npackage func f() {}") == 0)
        #expect(count("package import B") == 0)
    }
}
