import FloorBus
import FloorBusTestKit
import Foundation
import Testing

/// What each role does with flags and notes, from the command line, under the roster that the
/// documents begin with.
@Suite("Roles on the command line", .timeLimit(.minutes(3)))
struct RoleCommandTests {
    private static let roster = URL(filePath: #filePath)
        .deletingLastPathComponent().appending(path: "../../examples/roster.yaml")

    /// A hub with the example's roster, and a supporter on duty.
    private func withFloor(_ body: (_ endpoint: String) async throws -> Void) async throws {
        try await withHub(["--roster", Self.roster.path]) { endpoint, _ in
            let duty = try Program(
                ["supporter", "available", "--as", "3001"],
                environment: ["FLOORBUS_ENDPOINT": endpoint]
            )
            #expect(try await duty.line() == "3001 available")
            try await body(endpoint)
            duty.signal(SIGINT)
            _ = await duty.outcome()
        }
    }

    /// Runs a command that has to work, and gives its lines.
    @discardableResult
    private func done(
        _ words: String,
        as name: String,
        at endpoint: String,
        says note: String = "",
        at location: SourceLocation = #_sourceLocation
    ) async throws -> [String] {
        let arguments = words.split(separator: " ").map { String($0).replacing("_", with: " ") }
        let outcome = try await Program.run(arguments + ["--as", name], at: endpoint)
        #expect(outcome.status == 0, "\(words): \(outcome.errors)", sourceLocation: location)
        let rest = RoleFloor.besidesAnswer(outcome.errors, of: words)
        let says = note.isEmpty ? rest == "" : rest?.contains(note) == true
        #expect(says, "\(words): \(outcome.errors)", sourceLocation: location)
        return outcome.lines
    }

    private func refused(
        _ words: String,
        as name: String,
        at endpoint: String,
        code: Int32 = 1,
        _ reason: String,
        at location: SourceLocation = #_sourceLocation
    ) async throws {
        let arguments = words.split(separator: " ").map { String($0).replacing("_", with: " ") }
        let outcome = try await Program.run(arguments + ["--as", name], at: endpoint)
        #expect(outcome.status == code, "\(words)", sourceLocation: location)
        #expect(outcome.errors.contains(reason), "\(outcome.errors)", sourceLocation: location)
    }

    @Test("An agent raises, sees, closes and rates their flag, a supporter helps: by its id alone")
    func flagByID() async throws {
        try await withFloor { endpoint in
            let raise = "flag raise --key flag/bj/sales/ --category refund --text may_I?"
            let raised = try await done(raise, as: "4711", at: endpoint)
            #expect(raised.count == 1 && raised[0].hasSuffix(" raised"))
            let id = try #require(raised.first?.split(separator: " ").first.map(String.init))
            #expect(FloorID(id) != nil)
            let own = try await done("flag list", as: "4711", at: endpoint, says: "4711 may read")
            #expect(own.count == 2 && own[1].contains(id) && own[1].contains("bj/sales"))
            let (list, says) = ("flag list flag/bj/", "4711 may read")
            let there = try await done(list + "sales/", as: "4711", at: endpoint, says: says)
            let nowhere = try await done(list + "care/", as: "4711", at: endpoint, says: says)
            #expect(there == own && nowhere.isEmpty)
            let seen = try await done("flag list", as: "3001", at: endpoint, says: "may read")
            #expect(seen.count == 2 && seen[1].contains(id))
            #expect(try await done("flag list flag/bj/", as: "3001", at: endpoint).count == 2)
            let managers = try await done("flag list", as: "2001", at: endpoint, says: "may read")
            #expect(managers.count == 2)
            let others = try await done("flag list", as: "2002", at: endpoint, says: "may read")
            #expect(others.isEmpty)
            let sheet = try await done("flag show \(id)", as: "4711", at: endpoint)
            #expect(sheet.joined().contains("may I?"))
            let without = try await done("flag show \(id)", as: "2001", at: endpoint)
            #expect(!without.joined().contains("may I?") && !without.joined().contains("4711"))
            try await refused("flag show \(id)", as: "4712", at: endpoint, "there is no flag")
            try await refused("flag cancel \(id)", as: "4712", at: endpoint, "no grant")
            try await done("flag escalate \(id)", as: "4711", at: endpoint)
            try await done("flag claim \(id)", as: "3001", at: endpoint)
            try await done("flag engage \(id)", as: "3001", at: endpoint)
            try await done("flag answer \(id) --text up_to_50", as: "3001", at: endpoint)
            try await done("flag close \(id)", as: "4711", at: endpoint)
            try await done("flag rate \(id) --stars 5", as: "4711", at: endpoint)
            let rated = try await done("flag show \(id) --json", as: "4711", at: endpoint)
            let words = try #require(try jsonObject(rated[0])["words"] as? [String: Any])
            #expect(words["rating"] as? Int == 5 && words["answer"] as? String == "up to 50")
            try await refused("get flag/", as: "4711", at: endpoint, "no grant to read flag/")
            try await refused(
                "watch flag/ --timeout 20",
                as: "4711",
                at: endpoint,
                "no grant to read flag/"
            )
            let queues = try await done("get agent/", as: "2001", at: endpoint, says: "may read")
            #expect(queues.isEmpty)
        }
    }

    @Test("An open flag that is raised again under another team is told with its own key")
    func raisedElsewhere() async throws {
        try await withFloor { endpoint in
            let raise = "flag raise --category refund --agent 4711 --json --key "
            let first = try await done(raise + "flag/bj/sales/", as: "pbx", at: endpoint)
            let again = try await done(
                raise + "flag/bj/care/",
                as: "pbx",
                at: endpoint
            )
            let (one, other) = (try jsonObject(first[0]), try jsonObject(again[0]))
            #expect(one["key"] as? String == other["key"] as? String)
            #expect(other["isNew"] as? Bool == false)
            #expect((other["key"] as? String)?.hasPrefix("flag/bj/sales/") == true)
        }
    }

    @Test("Whoever a note or an alert is for acknowledges it by its id; its sender withdraws it")
    func notesByID() async throws {
        try await withFloor { endpoint in
            let sent = try await done(
                "note send --key note/bj/sales/ --text new_tariff",
                as: "2001",
                at: endpoint
            )
            let id = sent[0]
            #expect(try await done("note list", as: "4711", at: endpoint).count == 2)
            #expect(try await done("note list", as: "4712", at: endpoint).isEmpty)
            try await refused("note ack \(id)", as: "4712", at: endpoint, "a note to others")
            let unread = try await done("note list", as: "2001", at: endpoint)
            #expect(unread.count == 2 && unread[1].contains("0 of 2 read"), "\(unread)")
            try await done("note ack \(id)", as: "4711", at: endpoint)
            let read = try await done("note list", as: "2001", at: endpoint)
            #expect(read.count == 2 && read[1].contains("1 of 2 read, not 3001"), "\(read)")
            try await done("note ack \(id)", as: "3001", at: endpoint)
            let all = try await done("note list --mine bj", as: "2001", at: endpoint)
            #expect(all.count == 2 && all[1].contains("2 of 2 read "), "\(all)")
            try await done("note withdraw \(id)", as: "2001", at: endpoint)
            let alert = try await done(
                "note send --key note/bj/-/ --kind alert --role supervisor --text long_wait",
                as: "pbx",
                at: endpoint
            )
            try await refused("note ack \(alert[0])", as: "4711", at: endpoint, "not allowed")
            #expect(try await done("note list", as: "4711", at: endpoint).isEmpty)
            try await done("note ack \(alert[0])", as: "2002", at: endpoint)
        }
    }

    @Test("Whoever may see no flags is told so of what they asked for")
    func wallboard() async throws {
        try await withFloor { endpoint in
            try await refused(
                "flag list",
                as: "wall-1",
                at: endpoint,
                "no grant to read flag/"
            )
        }
    }

    @Test("A command that stays ends with the hub's sentence when it is not let in")
    func strangers() async throws {
        try await withFloor { endpoint in
            for words in ["watch agent/", "supporter available"] {
                try await refused(words, as: "nobody", at: endpoint, "not in the hub's roster")
            }
        }
    }

    @Test("On duty without a link is told, and whom a new roster leaves out is sent home")
    func staying() async throws {
        try await withFolder { folder in
            let file = folder.appending(path: "roster.yaml")
            let text = try String(contentsOf: Self.roster, encoding: .utf8)
            try text.write(to: file, atomically: true, encoding: .utf8)
            try await withHub(["--roster", file.path]) { endpoint, hub in
                let environment = ["FLOORBUS_ENDPOINT": endpoint]
                let duty = try Program(
                    ["supporter", "available", "--as", "3001"],
                    environment: environment
                )
                #expect(try await duty.line() == "3001 available")
                let watch = try Program(
                    ["watch", "presence/", "--as", "3001"],
                    environment: environment
                )
                _ = try await watch.line()
                let others = text.replacing("id: \"3001\"", with: "id: \"3999\"")
                #expect(others != text)
                try others.write(to: file, atomically: true, encoding: .utf8)
                hub.signal(SIGHUP)
                for program in [duty, watch] {
                    let outcome = await program.outcome()
                    #expect(outcome.status == 1, "\(outcome.errors)")
                    #expect(outcome.errors.contains("does not know you"), "\(outcome.errors)")
                }
                let last = try Program(
                    ["supporter", "available", "--as", "3999"],
                    environment: environment
                )
                #expect(try await last.line() == "3999 available")
                hub.signal(SIGKILL)
                #expect(await holds { last.errorsSoFar.contains("the link is down") })
                last.signal(SIGINT)
                #expect(await last.outcome().status == 0)
            }
        }
    }
}
