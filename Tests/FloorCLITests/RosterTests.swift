import FloorBus
import FloorBusTestKit
import Foundation
import Testing

/// `floorbus hub --roster` and `floorbus roster check`, as processes.
@Suite("The roster on the command line", .timeLimit(.minutes(2)))
struct RosterTests {
    private static let roster = """
        teams:
          - { site: bj, team: sales }
          - { site: bj, team: care }
        people:
          - { id: ana, roles: agent, site: bj, team: sales }
          - { id: bo, roles: agent, site: bj, team: care }
          - { id: lead, roles: supervisor, site: bj, team: sales }
          - { id: wall, roles: wallboard }

        """

    /// A hub with a roster in a file that the body may write anew.
    private func withRoster(
        _ body: (_ endpoint: String, _ hub: Program, _ file: URL) async throws -> Void
    ) async throws {
        try await withFolder { folder in
            let file = folder.appendingPathComponent("roster.yaml")
            try Self.roster.write(to: file, atomically: true, encoding: .utf8)
            try await withHub(["--roster", file.path]) { endpoint, hub in
                try await body(endpoint, hub, file)
            }
        }
    }

    private func publish(
        _ key: String,
        as name: String,
        at endpoint: String
    ) async throws
        -> Program.Outcome
    {
        let kind = String(key.prefix { $0 != "/" })
        let value = kind == "queue" ? ["--waiting", "1"] : ["--state", "ready"]
        return try await Program.run(["publish", kind, key, "--as", name] + value, at: endpoint)
    }

    @Test("An agent publishes their own state; another's is denied, and the sentence says why")
    func agents() async throws {
        try await withRoster { endpoint, _, _ in
            let own = try await publish("agent/bj/sales/ana/", as: "ana", at: endpoint)
            #expect(own.status == 0, "\(own.errors)")
            let other = try await publish("agent/bj/care/bo/", as: "ana", at: endpoint)
            #expect(other.status == 1)
            #expect(other.errors.contains("no grant to publish agent/bj/care/bo/"))
            let stranger = try await publish("agent/bj/sales/eve/", as: "eve", at: endpoint)
            #expect(stranger.status == 1)
            #expect(stranger.errors.contains("'eve' is not in the hub's roster"))
        }
    }

    @Test("A wallboard writes nothing, and a supervisor reads their own team alone")
    func readers() async throws {
        try await withRoster { endpoint, _, _ in
            let wall = try await publish("queue/bj/sales/1/", as: "wall", at: endpoint)
            #expect(wall.status == 1)
            #expect(wall.errors.contains("no grant to publish queue/bj/sales/1/"))
            for command in [["get"], ["watch", "--timeout", "20"]] {
                let other = try await Program.run(
                    command + ["agent/bj/care/", "--as", "lead"],
                    at: endpoint
                )
                #expect(other.status == 1)
                #expect(other.errors.contains("no grant to read agent/bj/care/"), "\(command)")
            }
            let own = try await Program.run("get", "agent/bj/sales/", "--as", "lead", at: endpoint)
            #expect(own.status == 0, "\(own.errors)")
            let figures = try await Program.run("stats", "--as", "ana", "--json", at: endpoint)
            #expect(figures.status == 0, "\(figures.errors)")
            #expect(figures.lines.joined().contains("denied"))
        }
    }

    @Test("SIGHUP reads the file again; one that is wrong changes nothing")
    func reload() async throws {
        try await withRoster { endpoint, hub, file in
            let watch = try Program(
                ["watch", "agent/bj/sales/", "--json", "--as", "lead"],
                environment: ["FLOORBUS_ENDPOINT": endpoint]
            )
            _ = try await watch.json(type: "snapshotEnd")
            try "people: [{id: ana}]".write(to: file, atomically: true, encoding: .utf8)
            hub.signal(SIGHUP)
            #expect(await holds { hub.errorsSoFar.contains("the roster stays as it was") })
            #expect(hub.errorsSoFar.contains("\(file.path):1: \"ana\" has no role"))
            let before = try await publish("agent/bj/sales/ana/", as: "ana", at: endpoint)
            #expect(before.status == 0, "\(before.errors)")

            let new = Self.roster + "  - { id: cy, roles: agent, site: bj, team: care }\n"
            try new.replacingOccurrences(of: "id: ana", with: "id: anna")
                .replacingOccurrences(of: "supervisor", with: "agent")
                .write(to: file, atomically: true, encoding: .utf8)
            hub.signal(SIGHUP)
            #expect(await holds { hub.errorsSoFar.contains("has been read again") })
            // They come back by themselves and are told what they may not read any more.
            let watched = await watch.outcome()
            #expect(watched.status == 1)
            #expect(watched.errors.contains("no grant to read agent/bj/sales/"))
            let removed = try await publish("agent/bj/sales/ana/", as: "ana", at: endpoint)
            #expect(removed.status == 1 && removed.errors.contains("is not in the hub's roster"))
            let added = try await publish("agent/bj/care/cy/", as: "cy", at: endpoint)
            #expect(added.status == 0, "\(added.errors)")
        }
    }

    @Test("A hub does not start with a roster that is wrong, and says everything that is")
    func badStart() async throws {
        try await withFolder { folder in
            let file = folder.appendingPathComponent("roster.yaml")
            try Data("people:\n  - { id: a, roles: agnt }\nteems: []\n".utf8).write(to: file)
            let outcome = try await Program.run(
                ["hub", "--listen", "tcp://127.0.0.1:0", "--no-tap", "--roster", file.path]
            )
            #expect(outcome.status == 65 && outcome.lines == [])
            #expect(outcome.errors.contains("\(file.path):2: there is no role 'agnt'"))
            #expect(outcome.errors.contains("\(file.path):3: the roster has no 'teems'"))
        }
    }

    @Test("roster check shows who may do what, or each problem with its line and code 65")
    func check() async throws {
        try await withFolder { folder in
            let file = folder.appendingPathComponent("roster.yaml")
            try Data(Self.roster.utf8).write(to: file)
            let good = try await Program.run("roster", "check", file.path)
            #expect(good.status == 0, "\(good.errors)")
            #expect(good.lines.contains("team bj/sales: 2") && good.lines.contains("agent: 2"))
            #expect(good.lines.contains("  publishes nothing"))
            let json = try await Program.run("roster", "check", file.path, "--json")
            let summary = try jsonObject(json.lines.joined())
            #expect(summary["good"] as? Bool == true && summary["people"] as? Int == 4)
            try Data("people:\n  - { id: a, roles: agent, manager: b }\n".utf8).write(to: file)
            let bad = try await Program.run("roster", "check", file.path, "--json")
            #expect(bad.status == 65)
            #expect(bad.errors.contains(":2: \"a\" has the manager \"b\""))
            let told = try jsonObject(bad.lines.joined())
            #expect((told["problems"] as? [[String: Any]])?.first?["line"] as? Int == 2)
            let rule = "{ name: slow, filter: team/, figure: timeToClaim, above: 1 }"
            try Data((Self.roster + "alerts: [\(rule)]\n").utf8).write(to: file)
            let doubtful = try await Program.run("roster", "check", file.path)
            #expect(doubtful.status == 0 && doubtful.lines.contains("agent: 2"))
            #expect(doubtful.errors.contains("warning: \(file.path):9: alert \"slow\": several"))
            let none = try await Program.run("roster", "check", file.path + "x")
            #expect(none.status == 65 && none.errors.contains("it cannot be read"))
        }
    }
}
