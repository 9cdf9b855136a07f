import Foundation
import Testing

extension RoleDayTests {
    /// The day of whoever looks after a floor's records.
    ///
    /// That is no role of the roster (docs/roster.md): what an auditor reads is in the hub's data
    /// directory, and who may read that is said by its permissions. On the bus they are nobody.
    @Suite("The day of an auditor", .timeLimit(.minutes(3)))
    struct RoleDayAuditorTests {
        private struct Stored: Decodable {
            struct Denial: Decodable, Equatable {
                var action: String
                var operation: String?
                var principal: String
                var key: String
                var reason: String
                var missed: UInt32
            }

            var key: String
            var denial: Denial?
        }

        private func stored(_ data: String) async throws -> [Stored] {
            let export = try await Program.run("journal", "export", "--data", data)
            #expect(export.status == 0 && export.errors.isEmpty, "\(export.errors)")
            return try export.lines.map { line in
                try JSONDecoder().decode(Stored.self, from: Data(line.utf8))
            }
        }

        /// Runs a command that has to work, beside the hub or after it.
        @discardableResult
        private func done(_ words: String) async throws -> [String] {
            let outcome = try await Program.run(RoleFloor.arguments(words))
            #expect(outcome.status == 0, "\(words): \(outcome.lines) \(outcome.errors)")
            return outcome.lines
        }

        @Test("An auditor finds what was denied to whom, and every report, and forgets a person")
        func day() async throws {
            try await withFolder { folder in
                let data = folder.appending(path: "data").path
                try await RoleFloor.open(["--data", data]) { floor, hub in
                    try await denied(floor)
                    try await beside(floor, data)
                    hub.signal(SIGTERM)
                    #expect(await hub.outcome().status == 0)
                }
                try await after(data)
            }
        }

        /// What others try; whoever looks after the bus sees it as it happens.
        private func denied(_ floor: RoleFloor) async throws {
            let watch = try floor.start("watch private/-/hub/audit/ --count 2", as: "pbx")
            while !(try await watch.line()).contains("that is everything") {}
            try await floor.mayNotPublish("agent agent/bj/care/4712/ --state ready", as: "4711")
            try await floor.refuses("get private/bj/4711/", as: "2001", "no grant to read")
            let seen = await watch.outcome()
            #expect(seen.status == 0 && seen.lines.count == 2, "\(seen)")
            for (line, words) in zip(
                seen.lines,
                [
                    "4711 was denied publish put agent/bj/care/4712/: no grant to publish",
                    "2001 was denied get private/bj/4711/: no grant to read",
                ]
            ) {
                #expect(RoleFloor.fits(line, "… private/-/hub/audit/ " + words), "\(line)")
            }
            for words in ["get private/-/hub/audit/", "watch agent/ --timeout 20", "stats"] {
                try await floor.refuses(
                    words,
                    as: "auditor",
                    "'auditor' is not in the hub's roster"
                )
            }
        }

        /// Everything that is read from the directory, also while the hub runs.
        private func beside(_ floor: RoleFloor, _ data: String) async throws {
            try await floor.withSupporter {
                let id = try await floor.id(
                    of: "flag raise --key flag/bj/care/ --category refund --text may_I?",
                    as: "4712"
                )
                for words in ["claim \(id)", "engage \(id)", "answer \(id) --text yes"] {
                    try await floor.does("flag " + words, as: "3001", "\(id)…")
                }
            }
            let denials = try await stored(data).compactMap(\.denial)
            #expect(denials.count == 5, "\(denials)")
            #expect(
                denials.first
                    == Stored.Denial(
                        action: "publish",
                        operation: "put",
                        principal: "4711",
                        key: "agent/bj/care/4712/",
                        reason: "no grant to publish",
                        missed: 0
                    )
            )
            #expect(denials.last?.action == "hello" && denials.last?.principal == "auditor")
            #expect(try await done("journal check --data \(data)").count == 1)
            let span = "--data \(data) --from 1h"
            let flags = try await done("report flags " + span)
            #expect(flags.count == 2 && RoleFloor.fits(flags[1], "bj…care…refund…1…"))
            let supporters = try await done("report supporters " + span)
            #expect(supporters.count == 2 && supporters[1].contains("3001"))
            let agents = try await done("report agents " + span)
            #expect(agents.count == 2 && agents[1].contains("4712"))
            #expect(try await done("report queues " + span).count == 1)
            #expect(try await done("report categories " + span).count == 2)
            let doctor = try await Program.run(
                ["doctor", "--data", data, "--as", "pbx"],
                at: floor.endpoint
            )
            #expect(!doctor.lines.contains { $0.hasPrefix("fail") }, "\(doctor.lines)")
            let busy = try await Program.run("journal", "forget", "4712", "--data", data)
            #expect(busy.status == 1 && busy.errors.contains("another hub is using"))
        }

        private func after(_ data: String) async throws {
            let forgotten = try await done("journal forget 4712 --data \(data) --as auditor")
            let name = try #require(forgotten.first?.split(separator: " ").last.map(String.init))
            #expect(name.hasPrefix("gone-"))
            let events = try await stored(data)
            #expect(!events.contains { $0.key.contains("4712") })
            #expect(events.contains { $0.key.hasPrefix("private/bj/\(name)/") })
            #expect(events.compactMap(\.denial).first?.key == "agent/bj/care/\(name)/")
            #expect(events.last?.key == "event/-/journal/forget/")
            #expect(try await done("journal compact --data \(data)").count == 1)
            #expect(try await done("journal check --data \(data)").count == 1)
        }
    }
}
