import Foundation
import Testing

/// `floorbus report` and `floorbus journal forget`, as a person uses them.
@Suite("Reports", .timeLimit(.minutes(3)))
struct ReportCommandTests {
    private func rows(_ outcome: Program.Outcome) throws -> [[String: Any]] {
        #expect(outcome.status == 0, "\(outcome.errors)")
        let object = try jsonObject(try #require(outcome.lines.first))
        return try #require(object["rows"] as? [[String: Any]])
    }

    private func flag(_ endpoint: String, _ arguments: String...) async throws -> [String: Any] {
        let outcome = try await Program.run(["flag"] + arguments + ["--json"], at: endpoint)
        #expect(outcome.status == 0, "\(outcome.errors)")
        return try jsonObject(try #require(outcome.lines.last))
    }

    /// Ana asks twice while she is busy; Sun answers once, and she rates it.
    private func morning(_ endpoint: String) async throws {
        let busy = ["--state", "busy", "--cause", "agent"]
        let key = ["publish", "agent", "agent/bj/sales/ana/"]
        #expect(try await Program.run(key + busy, at: endpoint).status == 0)
        let place = ["--key", "flag/bj/sales/", "--category", "refund", "--as", "ana"]
        let raised = try await flag(
            endpoint,
            "raise",
            place[0],
            place[1],
            place[2],
            place[3],
            place[4],
            place[5],
            "--text",
            "her question"
        )
        let id = try #require(raised["flagId"] as? String)
        _ = try await flag(endpoint, "claim", id, "--as", "sun")
        _ = try await flag(endpoint, "engage", id, "--as", "sun")
        _ = try await flag(endpoint, "answer", id, "--as", "sun", "--text", "yes")
        _ = try await flag(endpoint, "rate", id, "--as", "ana", "--stars", "5")
        _ = try await flag(endpoint, "close", id, "--as", "ana")
        _ = try await flag(
            endpoint,
            "raise",
            "--key",
            "flag/bj/sales/",
            "--category",
            "login",
            "--as",
            "ana"
        )
        let ready = ["--state", "ready", "--cause", "agent"]
        #expect(try await Program.run(key + ready, at: endpoint).status == 0)
        let queue = [
            "publish", "queue", "queue/bj/calls/sales/", "--waiting", "3", "--figure",
            "serviceLevel=870:permille:SL.answered:15min:37:20000",
        ]
        #expect(try await Program.run(queue, at: endpoint).status == 0)
    }

    @Test("A team or a site that nobody knows is refused, with the one that was meant")
    func unknownPlaces() async throws {
        try await withFolder { folder in
            let data = folder.appendingPathComponent("data").path
            let report = ["report", "flags", "--data", data, "--from", "1h"]
            try await withHub(["--data", data]) { endpoint, hub in
                // Before anything is known, every place may come.
                let early = try await Program.run(report + ["--team", "sales"])
                #expect(early.status == 0, "\(early.errors)")
                try await morning(endpoint)
                let event = [
                    "publish", "event", "event/sh/lines/x/", "--text", "x", "--schema", "7",
                ]
                #expect(try await Program.run(event, at: endpoint).status == 0)
                let raise = ["flag", "raise", "--key", "flag/bj/night/", "--category", ""]
                #expect(try await Program.run(raise, at: endpoint).status == 0)
                hub.signal(SIGTERM)
                #expect(await hub.outcome().status == 0)
            }
            let roster = folder.appending(path: "roster.yaml")
            try Data("teams: [{ site: bj, team: care }]\n".utf8).write(to: roster)
            // By an agent's state, a queue's, a flag, an event, and the roster.
            for words in [
                "--team sales", "--site bj --team sales", "--site bj", "--team calls",
                "--team night", "--site sh", "--site sh --team lines", "--team care --roster R",
            ] {
                let outcome = try await Program.run(report + arguments(words, roster))
                #expect(outcome.status == 0, "\(words): \(outcome.errors)")
            }
            for (words, says) in [
                ("--team slaes", "the journal knows no team 'slaes'; did you mean 'sales'?"),
                ("--site bk", "the journal knows no site 'bk'; did you mean 'bj'?"),
                ("--site bk --team sales", "knows no site 'bk'; did you mean 'bj'?"),
                ("--site bj --team lines", "no team 'lines' at the site 'bj'\n"),
                ("--team nihgt", "did you mean 'night'?"),
                (
                    "--site bj --team crae --roster R",
                    "roster and journal know no team 'crae' at the site 'bj'; did you mean 'care'?"
                ),
            ] {
                for name in ["flags", "agents", "queues", "bulletin"] {
                    let options = name == "bulletin" ? ["--day", "today"] : ["--from", "1h"]
                    let outcome = try await Program.run(
                        ["report", name, "--data", data] + options + arguments(words, roster)
                    )
                    #expect(outcome.status == 1 && outcome.lines.isEmpty, "\(words)")
                    #expect(outcome.errors.contains(says), "\(outcome.errors)")
                }
            }
        }
    }

    private func arguments(_ words: String, _ roster: URL) -> [String] {
        words.split(separator: " ").map { $0 == "R" ? roster.path : String($0) }
    }

    @Test("Reports beside a running hub, then a person is forgotten and the counts stay")
    func everything() async throws {
        try await withFolder { folder in
            let data = folder.appendingPathComponent("data").path
            let report = ["--data", data, "--from", "1h", "--format", "json"]
            try await withHub(["--data", data]) { endpoint, hub in
                try await morning(endpoint)
                let flags = try rows(await Program.run(["report", "flags"] + report))
                #expect(flags.count == 2)
                let refund = try #require(flags.first { $0["category"] as? String == "refund" })
                #expect(refund["raised"] as? Int == 1 && refund["answered"] as? Int == 1)
                #expect(refund["rating_mean_hundredths"] as? Int == 500)
                let one = try rows(
                    await Program.run(["report", "flags", "--by", "none"] + report)
                )
                #expect(one.count == 1 && one[0]["raised"] as? Int == 2)
                try await days(report)
                let sun = try rows(await Program.run(["report", "supporters"] + report))
                #expect(sun.count == 1 && sun[0]["supporter"] as? String == "sun")
                #expect(sun[0]["answers"] as? Int == 1 && sun[0]["rating_n"] as? Int == 1)
                let top = try rows(
                    await Program.run(["report", "categories", "--top", "1"] + report)
                )
                #expect(top.count == 1 && top[0]["category"] as? String == "login")

                // The last changes of states are in the journal when the hub has stopped.
                hub.signal(SIGTERM)
                #expect(await hub.outcome().status == 0)
            }
            let queues = try rows(await Program.run(["report", "queues"] + report))
            #expect(queues.count == 1 && queues[0]["formula"] as? String == "SL.answered")
            #expect(queues[0]["service_level_permille"] as? Int == 870)
            let agents = try rows(await Program.run(["report", "agents"] + report))
            let ana = try #require(agents.first)
            #expect(agents.count == 1 && ana["agent"] as? String == "ana")
            #expect(ana["flags"] as? Int == 2)
            let busy = try #require(ana["busy_ms"] as? Int)
            #expect(busy > 0 && ana["handling_ms"] as? Int == busy)
            let states = try rows(await Program.run(["report", "agents", "--states"] + report))
            #expect(states.compactMap { $0["state"] as? String } == ["ready", "busy"])

            try await forget(data, report)
        }
    }

    private func days(_ report: [String]) async throws {
        let byDay = ["report", "flags", "--by", "none", "--by-day", "--zone"]
        let days = try rows(await Program.run(byDay + ["Asia/Shanghai"] + report))
        #expect(days.compactMap { $0["raised"] as? Int }.reduce(0, +) == 2)
        #expect(days.allSatisfy { ($0["day"] as? String)?.utf8.count == 10 })
        let none = try await Program.run(byDay + ["Asia/Shangai"] + report)
        #expect(none.status == 64 && none.errors.contains("did you mean 'Asia/Shanghai'?"))
    }

    private func forget(_ data: String, _ report: [String]) async throws {
        let outcome = try await Program.run(
            ["journal", "forget", "ana", "--data", data, "--as", "boss", "--json"]
        )
        #expect(outcome.status == 0, "\(outcome.errors)")
        let done = try jsonObject(try #require(outcome.lines.first))
        let pseudonym = try #require(done["pseudonym"] as? String)
        let file = try Data(contentsOf: URL(fileURLWithPath: data + "/journal.sqlite"))
        #expect(file.range(of: Data("her question".utf8)) == nil)
        let check = try await Program.run(["journal", "check", "--data", data])
        #expect(check.status == 0, "\(check.errors)")
        let agents = try rows(await Program.run(["report", "agents"] + report))
        #expect(agents.first?["agent"] as? String == pseudonym)
        #expect(agents.first?["flags"] as? Int == 2)
        let again = try await Program.run(["journal", "forget", "ana", "--data", data])
        #expect(again.status == 1 && again.errors.contains("nothing of that name"))
    }

    @Test("Tables for people, CSV, a stretch without anything, and what is wrong as a sentence")
    func formats() async throws {
        try await withFolder { folder in
            let data = folder.appendingPathComponent("data").path
            let missing = try await Program.run(
                ["report", "flags", "--data", data, "--from", "1h"]
            )
            #expect(missing.status == 1 && missing.errors.contains("there is no journal"))
            try await withHub(["--data", data, "--no-history"]) { endpoint, _ in
                let base = ["report", "flags", "--data", data]
                let empty = try await Program.run(base + ["--from", "1h"])
                #expect(empty.status == 0 && empty.lines.count == 1)
                #expect(empty.errors.contains("no flag was raised"))
                let agents = try await Program.run(
                    ["report", "agents", "--data", data, "--from", "1h"]
                )
                #expect(agents.errors.contains("no history of states"))
                _ = try await flag(endpoint, "raise", "--key", "flag/bj/sales/", "--category", "x")
                let csv = try await Program.run(base + ["--from", "1h", "--format", "csv"])
                #expect(
                    csv.lines.count == 2 && csv.lines[0].hasPrefix("site,team,category,raised,")
                )
                #expect(csv.lines[1].hasPrefix("bj,sales,x,1,0,"))
                let table = try await Program.run(base + ["--from", "1h", "--site", "bj"])
                #expect(table.lines.count == 2 && table.lines[1].hasPrefix("bj"))
                let site = try await Program.run(base + ["--from", "1h", "--site", "sh"])
                #expect(site.status == 1 && site.errors.contains("knows no site 'sh'"))
                let order = try await Program.run(base + ["--from", "now", "--to", "1h"])
                #expect(order.status == 1 && order.errors.contains("--from is not before --to"))
                let wrong = try await Program.run(base + ["--from", "1h", "--by", "agent"])
                #expect(wrong.status == 64)
            }
            let help = try await Program.run(["report", "agents", "--help"])
            #expect(help.lines.contains { $0.contains("RESTRICTED") })
        }
    }

    @Test("Intervals, names of the roster and the bulletin; options are spelled alike everywhere")
    func intervals() async throws {
        try await withFolder { folder in
            let data = folder.appendingPathComponent("data").path
            let roster = folder.appendingPathComponent("roster.yaml")
            // The test is within one day: Shanghai's ends at 16:00 UTC, Brisbane's at 14:00.
            let isLate = (15...16).contains(Int(Date().timeIntervalSince1970) / 3600 % 24)
            let (zone, offset) =
                isLate ? ("Australia/Brisbane", "+10:00") : ("Asia/Shanghai", "+08:00")
            try """
            zone: \(zone)
            people:
              - { id: ana, name: Ana Berg, roles: agent, site: bj, team: sales }
            teams: [{ site: bj, team: sales }]
            categories: [{ code: refund, label: Refunds }]
            """.write(to: roster, atomically: true, encoding: .utf8)
            try await withHub(["--data", data]) { endpoint, hub in
                try await morning(endpoint)
                hub.signal(SIGTERM)
                #expect(await hub.outcome().status == 0)
            }
            let place = ["--data", data, "--roster", roster.path]
            let every = ["--from", "1h", "--until", "now", "--every", "15min", "--json"]
            let agents = try rows(await Program.run(["report", "agents"] + place + every))
            #expect(
                agents.compactMap { $0["agent_name"] as? String }.allSatisfy { $0 == "Ana Berg" }
            )
            #expect(agents.compactMap { $0["flags"] as? Int }.reduce(0, +) == 2)
            let label = try #require(agents.first?["interval"] as? String)
            #expect(label.hasSuffix(offset) && label.utf8.count == 25)
            try await bulletin(place, zone)

            let two = ["report", "flags", "--from", "1h"] + place
            #expect(try await Program.run(two + ["--json", "--format", "csv"]).status == 64)
            #expect(try await Program.run(two + ["--by-day", "--every", "1h"]).status == 64)
            let odd = try await Program.run(two + ["--every", "20min"])
            #expect(odd.status == 64 && odd.errors.contains("15min, 30min, 1h, 1d"))
            let check = ["journal", "check", "--data", data]
            let one = try await Program.run(check + ["--json"])
            #expect(try await Program.run(check + ["--format", "json"]).lines == one.lines)
            #expect(try jsonObject(try #require(one.lines.first))["version"] as? Int == 4)
            #expect(try await Program.run(check).lines.first?.contains("version 4,") == true)
            let export = ["journal", "export", "--data", data, "--from", "1h"]
            let all = try await Program.run(export).lines
            #expect(!all.isEmpty)
            #expect(try await Program.run(export + ["--until", "now"]).lines == all)
            #expect(try await Program.run(export + ["--to", "+1s"]).lines == [])
        }
    }

    private func bulletin(_ place: [String], _ zone: String) async throws {
        let base = ["report", "bulletin", "--day", "today"] + place
        let outcome = try await Program.run(base + ["--json"])
        let page = try jsonObject(try #require(outcome.lines.first))
        #expect(page["zone"] as? String == zone)
        let team = try #require((page["teams"] as? [[String: Any]])?.first)
        #expect(team["raised"] as? Int == 2 && team["agents"] as? Int == 1)
        let categories = try #require(page["categories"] as? [[String: Any]])
        let labels = categories.compactMap { $0["category_label"] as? String }
        #expect(Set(labels) == ["Refunds", ""])
        let text = try await Program.run(base + ["--site", "bj"])
        #expect(text.lines.first?.hasSuffix(", bj, \(zone)") == true)
        #expect(text.lines.contains("queues") && !text.lines.joined().contains("ana"))
        let csv = try await Program.run(base + ["--format", "csv"])
        #expect(csv.lines.contains("teams,bj,sales,,,,raised,2"))
        #expect(csv.lines.contains { $0.hasPrefix("categories,,,refund,Refunds,,raised,") })
        let moment = try await Program.run(["report", "bulletin", "--day", "09:00"] + place)
        #expect(moment.status == 64 && moment.errors.contains("is no day"))
        let future = try await Program.run(["report", "bulletin", "--day", "2199-01-01"] + place)
        #expect(future.status == 1 && future.errors.contains("has not begun"))
    }
}
