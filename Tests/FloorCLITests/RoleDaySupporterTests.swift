import Foundation
import Testing

extension RoleDayTests {
    /// A supporter's whole day under `examples/roster.yaml`, and what a supporter must not do.
    @Suite("The day of a supporter", .timeLimit(.minutes(3)))
    struct RoleDaySupporterTests {
        private func raise(
            _ floor: RoleFloor,
            _ words: String = "--category refund --text may_I?",
            team: String = "sales",
            as name: String = "4711",
            says: String = ""
        ) async throws -> String {
            try await floor.id(
                of: "flag raise --key flag/bj/\(team)/ " + words,
                as: name,
                says: says
            )
        }

        @Test("A supporter comes, sees who asks what, helps one after the other, and goes")
        func day() async throws {
            try await RoleFloor.open { floor, _ in
                try await floor.withSupporter {
                    let id = try await raise(floor)
                    try await floor.does(
                        "flag list flag/bj/",
                        as: "3001",
                        "flag …",
                        "\(id)  bj/sales  raised  knowledge…refund…"
                    )
                    try await floor.does(
                        "get private/bj/4711/",
                        as: "3001",
                        "private/bj/4711/\(id)/  1.…  live  raised knowledge about refund"
                    )
                    let sheet = try await Program.run(
                        ["flag", "show", id, "--as", "3001"],
                        at: floor.endpoint
                    ).lines
                    #expect(
                        sheet.contains("question   may I?") && sheet.contains("agent      4711")
                    )
                    for (words, said) in [
                        ("seen", "done claim-gen 0"), ("claim", "won claim-gen 1"),
                        ("claim", "won claim-gen 1"), ("engage --channel chat", "done claim-gen 1"),
                        ("release", "done claim-gen 2"), ("claim", "won claim-gen 3"),
                        ("reject --reason not_mine", "done claim-gen 4"),
                        ("claim", "won claim-gen 5"),
                        ("engage", "done claim-gen 5"),
                        ("answer --text yes --knowledge KB-1", "done claim-gen 5"),
                    ] {
                        let parts = words.split(separator: " ", maxSplits: 1).map(String.init)
                        let command = "flag \(parts[0]) \(id) " + (parts.count > 1 ? parts[1] : "")
                        try await floor.does(command, as: "3001", "\(id) \(said)")
                    }
                    try await floor.refuses(
                        "flag answer \(id) --text again",
                        as: "3001",
                        "it is answered already"
                    )
                    try await incident(floor)
                    try await looksAround(floor)
                }
                try await goes(floor)
            }
        }

        /// Two ask about one thing: one answer reaches both.
        private func incident(_ floor: RoleFloor) async throws {
            let down = try await raise(floor, "--category outage", team: "care", as: "4712")
            let too = try await raise(floor, "--category outage --call c9")
            try await floor.does(
                "flag merge \(too) --into \(down)",
                as: "3001",
                "\(too) done claim-gen 1"
            )
            try await floor.does("flag claim \(down)", as: "3001", "\(down) won claim-gen 1")
            try await floor.does("flag engage \(down)", as: "3001", "\(down) done claim-gen 1")
            try await floor.does(
                "flag answer \(down) --text back_at_ten --outcome answered",
                as: "3001",
                "\(down) done claim-gen 1"
            )
            for (id, asker) in [(down, "4712"), (too, "4711")] {
                let shown = try await floor.does("flag show \(id) --json", as: asker, "{…}")
                let flag = try jsonObject(shown[0])
                #expect(flag["status"] as? String == "answered", "\(flag)")
                #expect((flag["words"] as? [String: Any])?["answer"] as? String == "back at ten")
            }
        }

        private func looksAround(_ floor: RoleFloor) async throws {
            try await floor.does(
                "publish agent agent/bj/sales/4711/ --state ready",
                as: "4711",
                "agent/bj/sales/4711/ 1.…"
            )
            try await floor.does(
                "get agent/bj/",
                as: "3001",
                "agent/bj/sales/4711/  1.…  live  ready"
            )
            try await floor.does(
                "get team/bj/care/flags/",
                as: "3001",
                "team/bj/care/flags/  1.…  live  flagsOpen 1 count…"
            )
            let note = try await floor.id(
                of: "note send --key note/bj/care/ --text outage_until_ten --urgent",
                as: "3001"
            )
            try await floor.does("note ack \(note)", as: "4712", "\(note) done")
            try await floor.does(
                "note list",
                as: "3001",
                "note …",
                "\(note)  active  announcement  3001  1 of 2 read, not 2002  outage until ten"
            )
            try await floor.does("note withdraw \(note)", as: "3001", "\(note) done")
            let praise = try await floor.id(
                of: "note send --key note/bj/-/ --to 3001 --kind kudos --text well_done",
                as: "2001"
            )
            try await floor.does("note ack \(praise)", as: "3001", "\(praise) done")
        }

        /// On a break and off the floor: nobody is there to help, and nothing can be claimed.
        private func goes(_ floor: RoleFloor) async throws {
            try await floor.does("supporter break", as: "3001", "3001 break")
            let id = try await raise(
                floor,
                "--category refund --call c10",
                says: "nobody is on duty to take it now"
            )
            try await floor.does("supporter offFloor", as: "3001", "3001 offFloor")
            try await floor.does(
                "get presence/-/-/3001/",
                as: "4711",
                "presence/-/-/3001/  1.…  live  sessions …, supporter offFloor"
            )
            try await floor.refuses("flag claim \(id)", as: "3001", "off the floor")
        }

        @Test("A supporter publishes nobody's state, ends nobody's flag, and judges not themself")
        func limits() async throws {
            try await RoleFloor.open { floor, _ in
                try await floor.mayNotPublish(
                    "agent agent/bj/sales/4711/ --state ready",
                    as: "3001"
                )
                try await floor.mayNotPublish("queue queue/bj/sales/q/ --waiting 1", as: "3001")
                try await floor.mayNotPublish("event event/bj/x/y/ --text a --schema 1", as: "3001")
                for filter in [
                    "flag/ny/", "private/ny/", "agent/ny/", "custom/", "event/",
                    "personal/bj/4711/",
                    "private/-/hub/audit/",
                ] {
                    try await floor.mayNotRead(filter, as: "3001")
                }
                let id = try await raise(floor, says: "nobody is on duty")
                try await floor.does(
                    "flag claim \(id)",
                    as: "3001",
                    "\(id) won claim-gen 1",
                    says: ""
                )
                try await floor.refuses(
                    "flag answer \(id) --text yes --claim-gen 9",
                    as: "3001",
                    "3001 has it",
                    code: 4
                )
                try await floor.does("flag engage \(id)", as: "3001", "\(id) done claim-gen 1")
                try await floor.does("flag answer \(id) --text yes", as: "3001", "\(id) done…")
                for (words, reason) in [
                    ("close \(id)", "not the asker"), ("reopen \(id)", "not the asker"),
                    ("cancel \(id)", "not the asker"), ("rate \(id) --stars 5", "not the asker"),
                    ("verdict \(id) correct", "their own answer"),
                ] {
                    try await floor.refuses("flag " + words, as: "3001", reason)
                }
                let own = try await raise(
                    floor,
                    "--category outage",
                    as: "3001",
                    says: "nobody is on"
                )
                try await floor.refuses("flag claim \(own)", as: "3001", "the asker")
                try await floor.refuses(
                    "flag raise --key flag/bj/sales/ --category refund --agent 4712",
                    as: "3001",
                    "only a system raises for another"
                )
                try await floor.refuses(
                    "flag raise --key flag/ny/sales/ --category refund",
                    as: "3001",
                    "no grant to publish flag/ny/sales/"
                )
                try await floor.refuses(
                    "supporter engaged",
                    as: "3001",
                    "say available, break or offFloor",
                    code: 64
                )
            }
        }
    }
}
