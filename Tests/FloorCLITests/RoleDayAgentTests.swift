import Foundation
import Testing

extension RoleDayTests {
    /// An agent's whole day under `examples/roster.yaml`, and what an agent must not be able to do.
    @Suite("The day of an agent", .timeLimit(.minutes(3)))
    struct RoleDayAgentTests {
        private static let raise = "flag raise --key flag/bj/sales/ --category "

        @Test("An agent logs on, works, asks, is helped, rates, is told of things, and logs off")
        func day() async throws {
            try await RoleFloor.open { floor, _ in
                try await states(floor)
                let id = try await floor.id(
                    of: Self.raise + "refund --text may_I? --seat A-12",
                    as: "4711",
                    says: "nobody is on duty to take it now"
                )
                try await floor.does("flag escalate \(id)", as: "4711", "\(id) done claim-gen 0")
                try await floor.withSupporter {
                    try await floor.does(
                        "get presence/-/-/3001/",
                        as: "4711",
                        "presence/-/-/3001/  1.…  live  sessions …, supporter available"
                    )
                    try await helped(floor, id)
                    try await takenBack(floor)
                }
                try await told(floor)
                try await floor.does(
                    "publish agent agent/bj/sales/4711/ --session loggedOff",
                    as: "4711",
                    "agent/bj/sales/4711/ 1.…"
                )
                try await floor.does(
                    "remove agent/bj/sales/4711/",
                    as: "4711",
                    "agent/bj/sales/4711/ 1.…"
                )
                try await floor.does("get agent/bj/sales/4711/", as: "4711")
            }
        }

        private func states(_ floor: RoleFloor) async throws {
            let key = "agent/bj/sales/4711/"
            let publish = "publish agent \(key) "
            for (words, shown) in [
                ("--state ready --seat A-12", "ready seat A-12"),
                ("--state busy --call connected --call-ref c1 --star 5", "busy call connected…"),
                ("--state afterCall --call ended --call-ref c1", "afterCall…"),
                (
                    "--state notReady --reason-class meal --reason-code 14 --reason lunch",
                    "notReady for meal (lunch)"
                ),
            ] {
                try await floor.does(publish + words, as: "4711", key + " 1.…")
                try await floor.does("get " + key, as: "4711", "\(key)  1.…  live  " + shown)
            }
            try await floor.does(
                "publish event event/bj/sales/4711/ --text went_home --schema 7",
                as: "4711",
                "event/bj/sales/4711/ 1.…"
            )
            try await floor.does(
                "publish queue queue/bj/sales/billing/ --waiting 3",
                as: "pbx",
                "queue/bj/sales/billing/ 1.…"
            )
            try await floor.does(
                "get queue/bj/",
                as: "4711",
                "queue/bj/sales/billing/  1.…  live  waiting 3…"
            )
        }

        private func helped(_ floor: RoleFloor, _ id: String) async throws {
            try await floor.does(
                "flag list",
                as: "4711",
                "flag …  owner…",
                "\(id)  bj/sales  raised  knowledge…refund…",
                says: "of flag/ only what 4711 may read is shown"
            )
            try await floor.does("flag claim \(id)", as: "3001", "\(id) won claim-gen 1")
            try await floor.does(
                "flag answer \(id) --text up_to_50",
                as: "3001",
                "\(id) done claim-gen 1"
            )
            let sheet = try await Program.run(
                ["flag", "show", id, "--as", "4711"],
                at: floor.endpoint
            ).lines
            for line in [
                "status     answered", "owner      3001", "agent      4711", "seat       A-12",
                "question   may I?", "answer     up to 50",
            ] {
                #expect(sheet.contains(line), "\(sheet)")
            }
            try await floor.does("flag reopen \(id)", as: "4711", "\(id) done claim-gen 2")
            try await floor.does("flag claim \(id)", as: "3001", "\(id) won claim-gen 3")
            try await floor.does("flag engage \(id)", as: "3001", "\(id) done claim-gen 3")
            try await floor.does(
                "flag answer \(id) --knowledge KB-7",
                as: "3001",
                "\(id) done claim-gen 3"
            )
            try await floor.does("flag close \(id)", as: "4711", "\(id) done claim-gen 3")
            for words in ["--stars 2", "--withdraw", "--stars 5 --comment quick"] {
                try await floor.does(
                    "flag rate \(id) \(words)",
                    as: "4711",
                    "\(id) done claim-gen 3"
                )
            }
        }

        private func takenBack(_ floor: RoleFloor) async throws {
            let raise = Self.raise + "outage"
            let id = try await floor.id(of: raise, as: "4711")
            try await floor.does(
                raise,
                as: "4711",
                "\(id) raised",
                says: "that flag was open already"
            )
            try await floor.does(
                "flag cancel \(id) --reason found_it",
                as: "4711",
                "\(id) done claim-gen 1"
            )
            let call = Self.raise + "outage --call c-7"
            let other = try await floor.id(of: call, as: "4711")
            try await floor.does("flag claim \(other)", as: "3001", "\(other) won claim-gen 1")
            try await floor.does(
                "flag answer \(other) --text restart",
                as: "3001",
                "\(other) done claim-gen 1"
            )
            for says in [
                "that flag is answered already: restart", "floorbus flag reopen \(other)",
                "for another question: floorbus flag close \(other), and raise it",
            ] {
                try await floor.does(call, as: "4711", "\(other) answered", says: says)
            }
            try await floor.does("flag close \(other)", as: "4711", "\(other) done claim-gen 1")
            try await floor.refuses("flag close \(id)", as: "4711", "it is cancelled already")
        }

        /// Announcements to the team, a reminder and praise to the agent alone.
        private func told(_ floor: RoleFloor) async throws {
            let tariff = try await floor.id(
                of: "note send --key note/bj/sales/ --text new_tariff",
                as: "2001"
            )
            let call = try await floor.id(
                of: "note send --key note/bj/-/ --to 4711 --kind reminder --text call_back",
                as: "2001"
            )
            let elsewhere = try await floor.id(
                of: "note send --key note/bj/care/ --text care_alone",
                as: "2002"
            )
            try await floor.does(
                "note list",
                as: "4711",
                "note  …",
                "\(tariff)  active  announcement  2001…new tariff",
                "\(call)  active…reminder  2001…call back"
            )
            for id in [tariff, call] {
                try await floor.does("note ack \(id)", as: "4711", "\(id) done")
            }
            try await floor.refuses("note ack \(elsewhere)", as: "4711", "a note to others")
            try await floor.refuses("note withdraw \(tariff)", as: "4711", "not the sender")
        }

        @Test(
            "An agent speaks for nobody else, and reads nobody else's state, flags, words and notes"
        )
        func limits() async throws {
            try await RoleFloor.open { floor, _ in
                try await floor.mayNotPublish("agent agent/bj/care/4712/ --state ready", as: "4711")
                try await floor.mayNotPublish(
                    "agent agent/bj/sales/4799/ --state ready",
                    as: "4711"
                )
                try await floor.mayNotPublish("queue queue/bj/sales/q/ --waiting 1", as: "4711")
                try await floor.mayNotPublish(
                    "team team/bj/sales/all/ --figure asa=1:ms:mean:15min:1",
                    as: "4711"
                )
                try await floor.mayNotPublish(
                    "custom custom/bj/x/y/ --text a --schema 1",
                    as: "4711"
                )
                try await floor.mayNotPublish(
                    "event event/bj/care/4712/ --text a --schema 1",
                    as: "4711"
                )
                try await floor.refuses(
                    "remove agent/bj/care/4712/",
                    as: "4711",
                    "no grant to publish agent/bj/care/4712/"
                )
                try await othersFlags(floor)
                for filter in [
                    "agent/bj/care/", "team/bj/sales/", "flag/bj/sales/", "flag/",
                    "private/bj/4712/",
                    "personal/bj/4712/", "private/-/hub/audit/", "event/bj/", "custom/",
                ] {
                    try await floor.mayNotRead(filter, as: "4711")
                }
            }
        }

        private func othersFlags(_ floor: RoleFloor) async throws {
            let other = try await floor.id(
                of: "flag raise --key flag/bj/care/ --category outage --text secret",
                as: "4712",
                says: "nobody is on duty"
            )
            try await floor.does(
                "get private/bj/",
                as: "4711",
                says: "of private/bj/ only what 4711 may read is shown"
            )
            try await floor.refuses(
                "flag show \(other)",
                as: "4711",
                "there is no flag \(other)"
            )
            for words in ["claim", "seen", "engage", "cancel", "close", "escalate", "reopen"] {
                try await floor.refuses(
                    "flag \(words) \(other)",
                    as: "4711",
                    "no grant to publish"
                )
            }
            try await floor.refuses("flag rate \(other) --stars 1", as: "4711", "no grant")
            try await floor.refuses("flag verdict \(other) wrong", as: "4711", "no grant")
            let raise = "flag raise --category refund --key flag/bj/"
            try await floor.refuses(
                raise + "care/",
                as: "4711",
                "no grant to publish flag/bj/care"
            )
            try await floor.refuses(
                raise + "sales/ --agent 4712",
                as: "4711",
                "only a system raises for another"
            )
            try await floor.refuses(
                "supporter available",
                as: "4711",
                "no grant to publish presence/-/-/4711/"
            )
            try await floor.refuses(
                "note send --key note/bj/sales/ --text hello",
                as: "4711",
                "agents and wallboards send no notes"
            )
            let own = try await floor.id(of: raise + "sales/", as: "4711", says: "nobody is on")
            for words in ["claim \(own)", "answer \(own) --text yes", "verdict \(own) wrong"] {
                try await floor.refuses("flag " + words, as: "4711", "the asker")
            }
        }
    }
}
