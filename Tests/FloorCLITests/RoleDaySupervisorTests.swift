import Foundation
import Testing

extension RoleDayTests {
    /// A supervisor's whole day under `examples/roster.yaml`, and what a supervisor must not be
    /// able to do: above all to read what their own people ask.
    @Suite("The day of a supervisor", .timeLimit(.minutes(3)))
    struct RoleDaySupervisorTests {
        @Test(
            "A supervisor sees the team, takes care of alerts, tells, reminds, praises and judges"
        )
        func day() async throws {
            try await RoleFloor.open { floor, _ in
                try await team(floor)
                try await alert(floor)
                try await notes(floor)
                try await floor.withSupporter { try await judges(floor) }
            }
        }

        private func team(_ floor: RoleFloor) async throws {
            for (key, name) in [("sales/4711/", "4711"), ("care/4712/", "4712")] {
                try await floor.does(
                    "publish agent agent/bj/\(key) --state ready",
                    as: name,
                    "agent/bj/\(key) 1.…"
                )
            }
            try await floor.does(
                "get agent/",
                as: "2001",
                "agent/bj/sales/4711/  1.…  live  ready",
                says: "of agent/ only what 2001 may read is shown"
            )
            let watch = try floor.start("watch agent/bj/sales/ --count 2", as: "2001")
            while !(try await watch.line()).contains("that is everything") {}
            try await floor.does(
                "publish agent agent/bj/sales/4711/ --state busy --call connected",
                as: "4711",
                "agent/bj/sales/4711/ 1.…"
            )
            let seen = await watch.outcome()
            #expect(seen.status == 0 && seen.lines.count == 1, "\(seen)")
            #expect(seen.lines[0].contains("agent/bj/sales/4711/ busy"), "\(seen.lines)")
            try await floor.does(
                "get team/bj/sales/",
                as: "2001",
                "team/bj/sales/flags/  1.…  live  flagsOpen 0 count…"
            )
        }

        /// The hub warns of a long wait; one supervisor takes care of it, and the others see who.
        private func alert(_ floor: RoleFloor) async throws {
            try await floor.does(
                "publish queue queue/bj/sales/billing/ --waiting 3 --oldest-enqueued-at 5m",
                as: "pbx",
                "queue/bj/sales/billing/ 1.…"
            )
            try await floor.does(
                "get queue/bj/sales/",
                as: "2001",
                "queue/bj/sales/billing/  1.…  live  waiting 3…"
            )
            var lines: [String] = []
            // The rule is looked at a moment after the value is applied.
            while lines.count < 2 {
                lines = try await Program.run(["note", "list", "--as", "2001"], at: floor.endpoint)
                    .lines
            }
            #expect(RoleFloor.fits(lines[1], "…active…alert…long wait: queue/bj/sales/billing/…"))
            let id = try #require(lines[1].split(separator: " ").first)
            try await floor.does("note ack \(id)", as: "2001", "\(id) done")
            try await floor.does(
                "note list",
                as: "2002",
                "note …",
                "\(id)  acknowledged…alert…2001…long wait: …"
            )
            try await floor.does("note list", as: "4711")
        }

        private func notes(_ floor: RoleFloor) async throws {
            let tariff = try await floor.id(
                of: "note send --key note/bj/sales/ --text new_tariff --until +2h",
                as: "2001"
            )
            let reminder = try await floor.id(
                of: "note send --key note/bj/-/ --to 4711 --kind reminder --text call --urgent",
                as: "2001"
            )
            for id in [tariff, tariff, reminder] {
                try await floor.does("note ack \(id)", as: "4711", "\(id) done")
            }
            let listed = try await Program.run(
                ["note", "list", "--mine", "bj", "--as", "2001"],
                at: floor.endpoint
            ).lines
            #expect(listed.count == 4, "\(listed)")
            let sales = try #require(listed.first { $0.hasPrefix(tariff) })
            #expect(sales.contains("1 of 2 read, not 3001"), "\(sales)")
            let call = try #require(listed.first { $0.hasPrefix(reminder) })
            #expect(call.contains("1 of 1 read"), "\(call)")
            try await floor.does("note withdraw \(tariff)", as: "2001", "\(tariff) done")
            try await floor.refuses("note ack \(tariff)", as: "3001", "it is withdrawn")
        }

        private func judges(_ floor: RoleFloor) async throws {
            let id = try await floor.id(
                of: "flag raise --key flag/bj/sales/ --category refund --text i_do_not_know",
                as: "4711"
            )
            try await floor.does(
                "flag list",
                as: "2001",
                "flag …",
                "\(id)  bj/sales  raised…",
                says: "of flag/ only what 2001 may read is shown"
            )
            try await floor.does("flag claim \(id)", as: "3001", "\(id) won claim-gen 1")
            try await floor.does("flag engage \(id)", as: "3001", "\(id) done claim-gen 1")
            try await floor.does(
                "flag answer \(id) --text yes",
                as: "3001",
                "\(id) done claim-gen 1"
            )
            try await floor.does("flag verdict \(id) correct", as: "2001", "\(id) done claim-gen 1")
            try await floor.refuses("flag verdict \(id) wrong", as: "2002", "no grant to publish")
        }

        @Test("A supervisor reads no word of a flag, not who asked, and no other team")
        func limits() async throws {
            try await RoleFloor.open { floor, _ in
                let id = try await floor.id(
                    of: "flag raise --key flag/bj/sales/ --category refund --text secret --seat B1",
                    as: "4711",
                    says: "nobody is on duty"
                )
                let sheet = try await Program.run(
                    ["flag", "show", id, "--json", "--as", "2001"],
                    at: floor.endpoint
                )
                #expect(sheet.status == 0 && !sheet.lines.joined().contains("words"))
                let watch = try floor.start("watch flag/bj/sales/ --json --count 1", as: "2001")
                let seen = await watch.outcome()
                #expect(seen.status == 0, "\(seen.errors)")
                for word in ["4711", "secret", "B1"] {
                    #expect(!(sheet.lines + seen.lines).joined().contains(word), "\(word)")
                }
                for filter in [
                    "private/bj/4711/", "private/bj/4711/\(id)/", "personal/bj/4711/",
                    "agent/bj/care/",
                    "flag/bj/care/", "team/bj/care/", "queue/bj/care/", "event/", "custom/",
                    "private/-/hub/",
                ] {
                    try await floor.mayNotRead(filter, as: "2001")
                }
                try await floor.does(
                    "get private/bj/",
                    as: "2001",
                    says: "of private/bj/ only what 2001 may read is shown"
                )
                for words in ["seen", "claim", "engage", "release", "escalate"] {
                    try await floor.refuses("flag \(words) \(id)", as: "2001", "no supporter")
                }
                try await floor.refuses("flag answer \(id) --text no", as: "2001", "no supporter")
                for words in [
                    "cancel \(id)", "close \(id)", "reopen \(id)", "rate \(id) --stars 1",
                ] {
                    try await floor.refuses("flag " + words, as: "2001", "not the asker")
                }
                try await floor.refuses("flag show \(id)", as: "2002", "there is no flag")
                try await floor.mayNotPublish(
                    "agent agent/bj/sales/4711/ --state ready",
                    as: "2001"
                )
                try await floor.mayNotPublish("queue queue/bj/sales/q/ --waiting 1", as: "2001")
                try await floor.refuses(
                    "supporter available",
                    as: "2001",
                    "no grant to publish presence/-/-/2001/"
                )
                try await floor.refuses(
                    "note send --key note/ny/sales/ --text hello",
                    as: "2001",
                    "no grant to publish note/ny/sales/"
                )
                let others = try await floor.id(
                    of: "note send --key note/bj/-/ --to 4712 --kind reminder --text come",
                    as: "2002"
                )
                try await floor.refuses(
                    "note ack \(others)",
                    as: "2001",
                    "a note to another person"
                )
                try await floor.refuses("note withdraw \(others)", as: "2001", "not the sender")
            }
        }
    }
}
