import FloorRoster
import FloorRosterFile
import Foundation
import Testing

/// Files as editors and programs write them.
@Suite("A roster's odd file") struct OddFileTests {
    private static let teams = "teams:\n  - {site: a, team: b}\n"

    private func problems(_ text: String) -> [String] {
        do throws(RosterFileError) {
            _ = try RosterFile.parse(text, name: "r")
            return []
        } catch {
            return error.lines
        }
    }

    private func problems(of bytes: [UInt8]) throws -> [String] {
        let path = FileManager.default.temporaryDirectory
            .appending(path: "floorbus-odd-\(UUID().uuidString).yaml").path
        try Data(bytes).write(to: URL(filePath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        do throws(RosterFileError) {
            _ = try RosterFile.read(path)
            return []
        } catch {
            return error.problems.map { "\($0.line): \($0.sentence)" }
        }
    }

    @Test("A byte order mark is no part of it; UTF-16 and Latin-1 are named")
    func marks() throws {
        let text = Self.teams + "people:\n  - {id: zoe, roles: [agent], site: a, team: b}\n"
        #expect(problems("\u{FEFF}" + text) == [])
        #expect(try problems(of: [0xEF, 0xBB, 0xBF] + Array(text.utf8)) == [])
        let wide: [UInt8] =
            [0xFF, 0xFE] + text.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        #expect(try problems(of: wide) == ["0: it is UTF-16; save it as UTF-8"])
        let latin = Array((Self.teams + "people:\n  - {id: ren").utf8) + [0xE9, 0x7D, 0x0A]
        #expect(try problems(of: latin) == ["4: this is not UTF-8; save the file as UTF-8"])
    }

    @Test("Nothing is an absent value, never a person of that name")
    func nulls() throws {
        for word in ["~", "null", "Null", "NULL", ""] {
            let found = problems(Self.teams + "people:\n  - {id: \(word), roles: [agent]}\n")
            #expect(found.count == 1 && found[0].hasPrefix("r:4: a person needs 'id'"), "\(found)")
            let person = "{id: zoe, roles: [agent], site: a, team: b, manager: \(word)}"
            #expect(problems(Self.teams + "people:\n  - \(person)\n") == [], "\(word)")
        }
        // In quotes it is a name as good as any.
        let named = Self.teams + "people:\n  - {id: \"null\", roles: [agent], site: a, team: b}\n"
        #expect(try RosterFile.parse(named, name: "r").people.map(\.id) == ["null"])
        let empty = problems(Self.teams + "people:\n  - {id: \"\", roles: [agent]}\n")
        #expect(empty.count == 1 && empty[0].hasPrefix("r:4: "))
    }

    @Test("Control characters that escapes bring into names are told with their lines")
    func controlCharacters() {
        let text = """
            teams:
              - {site: a, team: "b\\a"}
            people:
              - id: "zo\\0e"
                name: "Zo\\e[2J"
                roles: [agent]
            categories:
              - {code: "re\\tfund", answer: "one\\n\\ttwo"}
            """
        #expect(
            problems(text) == [
                "r:2: the team of \"a/b?\" has a control character in it: take it out",
                "r:4: the id of \"zo?e\" has a control character in it: take it out",
                "r:5: the name of \"zo?e\" has a control character in it: take it out",
                "r:8: the code of \"re?fund\" has a control character in it: take it out",
            ]
        )
    }

    @Test("A second document and a key that is there twice have their own line")
    func lines() {
        let person = "  - {id: zoe, roles: [agent], site: a, team: b}\n"
        let twice = Self.teams + "people:\n" + person + "people:\n" + person
        #expect(problems(twice) == ["r:5: 'people' is there twice"])
        let inside = Self.teams + "people:\n  - {id: zoe, roles: [agent], id: max}\n"
        #expect(problems(inside) == ["r:4: 'id' is there twice"])
        let documents = Self.teams + "---\n" + Self.teams
        #expect(problems(documents) == ["r:3: another document begins here; a roster is one"])
        #expect(problems("# A roster\n---\n" + Self.teams) == [])
    }

    @Test("What the text and what the rules find is told at once, each once")
    func allAtOnce() {
        let text = """
            teams:
              - {site: a, team: b}
            people:
              - {id: zoe, roles: [agnt], site: a, team: b}
              - {id: max, roles: [agent], site: a, team: c}
              - {id: ~, roles: [agent]}
            reasons:
              - {label: lunch}
            """
        let found = problems(text)
        #expect(found.count == 4, "\(found)")
        for (place, start) in [
            "r:4: there is no role 'agnt'", "r:5: ", "r:6: a person needs 'id'",
            "r:8: a reason needs a code",
        ].enumerated() where place < found.count {
            #expect(found[place].hasPrefix(start), "\(found[place])")
        }
    }

    @Test("Names that look alike, and figures and teams that nobody has, are warned of")
    func doubts() throws {
        let text = """
            teams:
              - {site: a, team: sales}
            people:
              - {id: "Zo\u{E9}", roles: [agent], site: a, team: sales}
              - {id: "Zoe\u{301}", roles: [agent], site: a, team: sales}
            alerts:
              - {name: one, filter: team/a/sales/flags/, figure: flagsOpne, above: 3}
              - {name: two, filter: team/a/saels/, figure: asa, above: 3}
              - {name: three, filter: team/+/+/calls/, figure: asa, above: 3}
              - {name: four, filter: team/b/, figure: flagsOpen, above: 3}
            """
        let path = FileManager.default.temporaryDirectory
            .appending(path: "floorbus-odd-\(UUID().uuidString).yaml").path
        try Data(text.utf8).write(to: URL(filePath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        let warnings = try RosterFile.check(path).warnings.map { $0.dropFirst(path.utf8.count + 1) }
        #expect(warnings.count == 4, "\(warnings)")
        for (place, words) in [
            "5: the id looks like that of line 4", "7: the hub computes no figure 'flagsOpne'; did",
            "8: the roster has no team 'saels' at the site 'a'; did you mean 'sales'?",
            "10: no team of the roster is at the site 'b'",
        ].enumerated() where place < warnings.count {
            #expect(warnings[place].hasPrefix(words), "\(warnings[place])")
        }
    }
}
