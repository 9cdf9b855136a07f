import FloorEvents
import FloorRoster
import FloorRosterFile
import Foundation
import Testing

@Suite("A roster's file") struct RosterFileTests {
    /// What is wrong with a text, each as `r:LINE: sentence`.
    private func problems(_ text: String) -> [String] {
        do throws(RosterFileError) {
            _ = try RosterFile.parse(text, name: "r")
            return []
        } catch {
            return error.lines
        }
    }

    @Test("the example is read as it is written")
    func example() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let roster = try RosterFile.read(root.appending(path: "examples/roster.yaml").path)
        #expect(roster.people.count == 7 && roster.teams.count == 2)
        #expect(roster.people[2].name == "Li Wei" && roster.people[2].seat == "A-12")
        #expect(roster.manages(0, 2) && !roster.manages(1, 2))
        #expect(roster.teams[1].times?.escalate == 10_000)
        // What a team does not say is the roster's.
        #expect(roster.teams[1].times?.autoClose == 600_000)
        #expect(roster.categories[1].parent == "billing" && roster.reasons[1].code == 15)
        #expect(roster.grants[3].read == ["queue/", "team/", "presence/"])
        #expect(roster.grants[0] == .standard(.agent))
        #expect(
            roster.alerts[0].measure
                == .figure("longestWaitMs", .above, threshold: 60_000, clear: 30_000)
        )
        #expect(roster.alerts[0].audience == RosterAudience(site: "bj", roles: .supervisor))
        #expect(roster.alerts[1].severity == .critical)
        let slow = AlertFigure("timeToAnswer", .percentile90, .sinceMidnight, atLeast: 20)
        #expect(
            roster.alerts[2].measure == .figure(slow, .above, threshold: 120_000, clear: 90_000)
        )
        #expect(roster.zone?.name == "Asia/Shanghai" && roster.sites.count == 1)
        #expect(roster.warnings == [])
    }

    @Test("what the roster's rules find has its line, the field's where there is one")
    func lines() {
        let text = """
            teams:
              - site: bj
                team: sales
                times: { lease: 15s,
                  keep: 9d }
            people:
              - id: "1"
                roles: agent
                manager: "2"
              - id: "1"
                roles: [agent]
            grants:
              agent:
                read:
                  - agent/%u
            """
        #expect(
            problems(text) == [
                "r:5: the time \"keep\" must be from 1 ms to 7 days",
                "r:9: \"1\" has the manager \"2\", who is not among the people",
                "r:10: the person \"1\" is there twice",
                "r:15: role \"agent\" has the pattern \"agent/%u\": the key does not end in '/'; "
                    + "every segment does, the last one too",
            ]
        )
    }

    @Test("a key that nobody knows is told with the nearest one that is known")
    func unknownKeys() {
        #expect(problems("peple: []") == ["r:1: the roster has no 'peple'; did you mean 'people'?"])
        let person = "people:\n  - id: a\n    rolle: agent\n"
        #expect(problems(person) == ["r:3: a person has no 'rolle'; did you mean 'roles'?"])
        #expect(problems("colour: red")[0].contains("known keys: people, teams, times"))
        let role = "people: [{id: a, roles: [agnet]}]"
        #expect(problems(role) == ["r:1: there is no role 'agnet'; did you mean 'agent'?"])
        let reason = "reasons: [{code: 1, class: lunchtime}]"
        #expect(problems(reason)[0].hasPrefix("r:1: there is no class 'lunchtime'; known: none"))
        let grant = "grants: {boss: {read: []}}"
        #expect(problems(grant)[0].contains("the grants has no 'boss'"))
    }

    @Test("a value of another shape is told where it stands")
    func shapes() {
        let wrong = [
            "people: many": "r:1: people is a list; begin each entry with '- '",
            "people: [x]": "r:1: a person is written as 'key: value' lines",
            "people: [{id: [a], roles: agent}]": "r:1: id is one text",
            "people:\n  - name: x": "r:2: a person needs 'id'",
            "times: {lease: 15}": "r:1: lease is a time with its unit: 500ms, 15s",
            "times: {lease: 5000000h}": "r:1: lease is a time",
            "reasons: [{code: 70000}]": "r:1: code is a whole number from 0 to 65535",
            "reasons: [{label: x}]": "r:1: a reason needs a code",
            "alerts: [{name: a, filter: team/}]": "r:1: an alert needs a figure or a flagStorm",
            "alerts: [{name: a, filter: team/, figure: x}]": "r:1: an alert on a figure needs",
            "alerts: [{name: a, filter: team/, figure: x, above: 1, below: 2}]": "r:1: an alert on",
            "alerts: [{name: a, filter: team/, figure: x, above: y}]": "r:1: above is a whole",
            "alerts: [{name: a, filter: team/, figure: x, flagStorm: {}}]": "r:1: an alert has a",
            "alerts: [{name: a, filter: team/, flagStorm: {category: c}}]":
                "r:1: a flagStorm needs",
            "[]": "r:1: the roster is written as",
            "": "r: it is empty",
        ]
        for (text, start) in wrong {
            let found = problems(text)
            #expect(found.count == 1 && found[0].hasPrefix(start), "\(text): \(found)")
        }
    }

    @Test("what is no YAML has its line, and a key that is there twice too")
    func noYAML() {
        #expect(problems("people:\n  - id: \"a\n")[0].hasPrefix("r:"))
        #expect(problems("people: [\n").first?.contains("this is no YAML") == true)
        #expect(problems("times:\n  lease: 1s\n  lease: 2s\n") == ["r:3: 'lease' is there twice"])
        #expect(problems("teams: []\n---\nteams: []\n")[0].hasPrefix("r:2: another document"))
        #expect(problems("a: \u{1}\n").count == 1)
    }

    @Test("every time unit is read")
    func units() throws {
        let text = "times: {lease: 500ms, engage: 2s, escalate: 3min, unanswered: 4h, keep: 1d}"
        let times = try RosterFile.parse(text, name: "r").times
        #expect(times.lease == 500 && times.engage == 2000 && times.escalate == 180_000)
        #expect(times.unanswered == 14_400_000 && times.keep == 86_400_000)
    }

    @Test(
        "aliases are refused before anything walks them: a bomb costs nothing",
        .timeLimit(.minutes(1))
    )
    func bomb() {
        // Ten to the thirtieth nodes, as keys, which Yams would compare.
        var text = "a0: &a0 [x, x]\n"
        for level in 1...30 {
            let part = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            text += "a\(level): &a\(level) [\(part)]\n"
        }
        text += "? *a30\n: 1\n? [*a30]\n: 2\n"
        #expect(
            problems(text) == [
                "r:2: '*a0' repeats another part; write it out, aliases are not allowed"
            ]
        )
        // Signs that are no aliases are nobody's business.
        let answer = "categories: [{code: a, answer: \"R&D: *important* press *9 & wait\"}]"
        #expect(problems(answer) == [])
        #expect(problems("teams: &t []\n") == [])
    }

    @Test("deep nesting is an error, not a crash", .timeLimit(.minutes(1)))
    func depth() {
        let deep = String(repeating: "[", count: 100_000)
        #expect(problems("people: " + deep).count == 1)
        let closed = String(repeating: "[", count: 500) + String(repeating: "]", count: 500)
        #expect(problems("people: [" + closed + "]")[0].contains("a person is written as"))
        let maps = String(repeating: "{a: ", count: 5000)
        #expect(problems(maps).count == 1)
    }

    @Test("a file that is missing, not UTF-8 or too large is refused")
    func files() throws {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "floorbus-roster-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "r.yaml").path
        func sentence() -> String {
            do throws(RosterFileError) {
                _ = try RosterFile.read(path)
                return ""
            } catch {
                return error.sentence
            }
        }
        #expect(sentence().hasPrefix(path + ": it cannot be read: "))
        try Data([0x61, 0xFF]).write(to: URL(filePath: path))
        #expect(sentence() == path + ":1: this is not UTF-8; save the file as UTF-8")
        try Data(repeating: 0x20, count: Limits.rosterBytes + 1).write(to: URL(filePath: path))
        #expect(sentence() == path + ": it is larger than 32 MiB")
        try Data("teams: []\n".utf8).write(to: URL(filePath: path))
        #expect(sentence() == "")
        #expect(problemsError("peple: []\ntems: []").sentence.hasSuffix("(and 1 more)"))
    }

    private func problemsError(_ text: String) -> RosterFileError {
        do throws(RosterFileError) {
            _ = try RosterFile.parse(text, name: "r")
            preconditionFailure("it is wrong")
        } catch {
            return error
        }
    }

    @Test("cut and scrambled files give an error or a roster, never a crash")
    func scrambled() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let file = root.appending(path: "examples/roster.yaml")
        let bytes = Array(try String(contentsOf: file, encoding: .utf8).utf8)
        let signs = Array("[]{}:-#&*!|>'\"%@` \n\tx".utf8)
        var state: UInt64 = 7
        for _ in 0..<400 {
            var copy = bytes
            for _ in 0..<3 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                let place = Int(state >> 33) % copy.count
                copy[place] = signs[Int(state >> 20 & 0xFFFF) % signs.count]
            }
            if state % 4 == 0 { copy.removeLast(Int(state >> 40) % copy.count) }
            _ = problems(String(decoding: copy, as: UTF8.self))
        }
    }
}
