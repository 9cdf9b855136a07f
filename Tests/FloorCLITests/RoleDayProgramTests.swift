import Foundation
import Testing

extension RoleDayTests {
    /// The whole day of the programs on a floor under `examples/roster.yaml`: a wallboard and a
    /// telephone system's bridge.
    @Suite("The day of a wallboard and a bridge", .timeLimit(.minutes(3)))
    struct RoleDayProgramTests {
        @Test("A wallboard shows queues, teams and who is there, and nothing else")
        func wallboard() async throws {
            try await RoleFloor.open { floor, _ in
                let wall = try floor.start("watch queue/ team/bj/ presence/", as: "wall-1")
                #expect(try await wall.line() == "-- connected to the hub, epoch 1")
                try await floor.does(
                    "publish queue queue/bj/sales/billing/ --waiting 2",
                    as: "pbx",
                    "queue/bj/sales/billing/ 1.…"
                )
                while !(try await wall.line()).contains("queue/bj/sales/billing/ waiting 2") {}
                let id = try await floor.id(
                    of: "flag raise --key flag/bj/sales/ --category refund --text secret",
                    as: "4711",
                    says: "nobody is on duty"
                )
                while !(try await wall.line()).contains("team/bj/sales/flags/ flagsOpen 1") {}
                wall.signal(SIGQUIT)
                let rest = await wall.outcome()
                #expect(rest.status == 0, "\(rest.errors)")
                #expect(!rest.lines.joined().contains("secret"))
                try await floor.does(
                    "get queue/",
                    as: "wall-1",
                    "queue/bj/sales/billing/  1.…  live  waiting 2…"
                )
                let sessions = try await Program.run(
                    ["get", "presence/", "--as", "wall-1"],
                    at: floor.endpoint
                )
                #expect(sessions.lines.contains { $0.hasPrefix("presence/-/-/4711/ ") })
                try await shut(floor, id)
            }
        }

        private func shut(_ floor: RoleFloor, _ id: String) async throws {
            for filter in [
                "agent/", "flag/bj/", "private/bj/", "personal/bj/", "note/", "event/", "custom/",
                "private/-/hub/audit/",
            ] {
                try await floor.mayNotRead(filter, as: "wall-1")
            }
            for words in [
                "agent agent/bj/sales/4711/ --state ready",
                "queue queue/bj/sales/billing/ --waiting 0",
                "team team/bj/sales/all/ --figure asa=1:ms:mean:15min:1",
                "custom custom/bj/x/y/ --text a --schema 1",
                "event event/bj/x/y/ --text a --schema 1",
            ] {
                try await floor.mayNotPublish(words, as: "wall-1")
            }
            for words in [
                "flag raise --key flag/bj/sales/ --category refund", "flag claim \(id)",
                "flag cancel \(id)", "note send --key note/bj/-/ --text hello",
                "supporter available",
                "remove queue/bj/sales/billing/",
            ] {
                try await floor.refuses(words, as: "wall-1", "no grant to publish")
            }
            try await floor.refuses("flag show \(id)", as: "wall-1", "there is no flag")
            try await floor.refuses("flag list", as: "wall-1", "no grant to read flag/")
            try await floor.refuses("note list", as: "wall-1", "no grant to read note/")
        }

        @Test("A bridge speaks for the telephones, raises for an agent, and warns")
        func bridge() async throws {
            try await RoleFloor.open { floor, _ in
                try await values(floor)
                let id = try await floor.id(
                    of: "flag raise --key flag/bj/care/ --category outage --agent 4712 --call c7",
                    as: "pbx",
                    says: "nobody is on duty"
                )
                try await floor.does(
                    "get private/bj/4712/",
                    as: "4712",
                    "private/bj/4712/\(id)/  1.…  live  raised knowledge about outage"
                )
                try await floor.does(
                    "flag list",
                    as: "pbx",
                    "flag …",
                    "\(id)  bj/care  raised…outage…"
                )
                try await floor.does(
                    "flag cancel \(id) --reason call_over",
                    as: "pbx",
                    "\(id) done claim-gen 1"
                )
                let ended = try await floor.id(
                    of: "flag raise --key flag/bj/care/ --category outage --agent 4712 --call c8",
                    as: "pbx",
                    says: "nobody is on duty"
                )
                try await callEnds(floor, ended)
                let send = "note send --key note/bj/-/ --kind alert --role supervisor"
                let alert = try await floor.id(
                    of: send + " --text trunk_down",
                    as: "pbx"
                )
                try await floor.does("note ack \(alert)", as: "2002", "\(alert) done")
                try await floor.does(
                    "note list",
                    as: "pbx",
                    "note …",
                    "\(alert)  active…alert…pbx  1 of 2 read, not 2001  trunk down"
                )
            }
        }

        private func values(_ floor: RoleFloor) async throws {
            for (words, key) in [
                (
                    "agent agent/bj/sales/4711/ --state ready --extension 711",
                    "agent/bj/sales/4711/"
                ),
                ("agent agent/bj/care/4712/ --state busy --call connected", "agent/bj/care/4712/"),
                (
                    "queue queue/bj/sales/billing/ --waiting 1 --offered 9",
                    "queue/bj/sales/billing/"
                ),
                ("team team/bj/sales/all/ --figure asa=1:ms:mean:15min:1", "team/bj/sales/all/"),
                ("custom custom/bj/x/y/ --text a --schema 1", "custom/bj/x/y/"),
                ("event event/bj/sales/c7/ --text enqueued --schema 9", "event/bj/sales/c7/"),
            ] {
                try await floor.does("publish " + words, as: "pbx", key + " 1.…")
            }
            let first = try await floor.does(
                "get queue/bj/sales/billing/",
                as: "pbx",
                "queue/bj/sales/billing/  1.…  live  waiting 1, offered 9…"
            )
            let revision = try #require(
                first.first?.split(separator: " ").first { $0.hasPrefix("1.") }
            )
            let publish = "publish queue queue/bj/sales/billing/ --waiting 2 --expected-revision "
            try await floor.does(publish + revision, as: "pbx", "queue/bj/sales/billing/ 1.…")
            try await floor.refuses(
                publish + revision,
                as: "pbx",
                "somebody else changed it first; its revision is now 1.",
                code: 4
            )
            try await floor.does("remove custom/bj/x/y/", as: "pbx", "custom/bj/x/y/ 1.…")
            // Leased to the bridge: live while it is there.
            let leased = try floor.start(
                "publish agent agent/bj/sales/4711/ --state ready --leased",
                as: "pbx"
            )
            _ = try await leased.line()
            leased.signal(SIGTERM)
            #expect(await leased.outcome().status == 0)
        }

        /// The flag goes with its call.
        private func callEnds(_ floor: RoleFloor, _ id: String) async throws {
            for call in ["connected", "ended"] {
                try await floor.does(
                    "publish agent agent/bj/care/4712/ --state busy --call \(call) --call-ref c8",
                    as: "pbx",
                    "agent/bj/care/4712/ 1.…"
                )
            }
            let shown = try await floor.does("flag show \(id) --json", as: "pbx", "{…}")
            let flag = try jsonObject(shown[0])
            #expect(
                flag["status"] as? String == "cancelled" && flag["cause"] as? String == "callEnded"
            )
        }

        @Test("A bridge reads no word, helps nobody, and names whom the roster does not know")
        func bridgeLimits() async throws {
            try await RoleFloor.open { floor, _ in
                let id = try await floor.id(
                    of: "flag raise --key flag/bj/sales/ --category refund --text secret",
                    as: "4711",
                    says: "nobody is on duty"
                )
                for filter in ["private/bj/4711/", "private/bj/", "personal/bj/4711/"] {
                    try await floor.mayNotRead(filter, as: "pbx")
                }
                let shown = try await floor.does("flag show \(id) --json", as: "pbx", "{…}")
                #expect(!shown[0].contains("secret") && !shown[0].contains("4711"))
                for words in ["seen", "claim", "engage", "escalate"] {
                    try await floor.refuses("flag \(words) \(id)", as: "pbx", "no supporter")
                }
                try await floor.refuses("flag answer \(id) --text x", as: "pbx", "no supporter")
                try await floor.refuses(
                    "flag verdict \(id) wrong",
                    as: "pbx",
                    "neither supporter nor"
                )
                for words in ["close", "reopen", "rate --stars 1"] {
                    let parts = words.split(separator: " ", maxSplits: 1)
                    let rest = parts.count > 1 ? " " + parts[1] : ""
                    try await floor.refuses(
                        "flag \(parts[0]) \(id)\(rest)",
                        as: "pbx",
                        "not the asker"
                    )
                }
                try await floor.refuses(
                    "supporter available",
                    as: "pbx",
                    "no grant to publish presence/-/-/pbx/"
                )
            }
        }
    }
}
