import Foundation
import Testing

extension RoleDayTests {
    /// Names that the roster does not have are refused or warned of, with the one that was meant.
    @Suite("Names that the roster does not know", .timeLimit(.minutes(3)))
    struct UnknownNameTests {
        @Test("A flag of an unknown category, team or agent is refused")
        func flags() async throws {
            try await RoleFloor.open { floor, _ in
                for (words, name, reason) in [
                    (
                        "--key flag/bj/sales/ --category refnd", "4711",
                        ": there is no such thing: no such category; did you mean refund?"
                    ),
                    ("--key flag/bj/sales/ --category Refund", "4711", "; did you mean refund?"),
                    ("--key flag/bj/sales/ --category weather", "4711", ": no such category"),
                    (
                        "--key flag/bj/slaes/ --category refund", "pbx",
                        "team; did you mean bj/sales?"
                    ),
                    ("--key flag/ny/sales/ --category refund", "pbx", ": no such team"),
                    (
                        "--key flag/bj/sales/ --category refund --agent 47112", "pbx",
                        ": nobody of that name"
                    ),
                    (
                        "--key flag/bj/sales/ --category refund --agent wall-2", "pbx",
                        ": nobody of that name; did you mean wall-1?"
                    ),
                ] {
                    try await floor.refuses("flag raise " + words, as: name, reason)
                }
                // Whoever is in a hurry says none.
                _ = try await Program.run(
                    ["flag", "raise", "--key", "flag/bj/sales/", "--category", "", "--as", "4711"],
                    at: floor.endpoint
                )
                try await floor.does(
                    "flag list flag/bj/",
                    as: "3001",
                    "flag…",
                    "…bj/sales  raised…"
                )
            }
        }

        @Test("A note to an unknown team, site or person is refused")
        func notes() async throws {
            try await RoleFloor.open { floor, _ in
                for (words, name, reason) in [
                    (
                        "--key note/bj/salse/", "2001",
                        "no such site or team; did you mean bj/sales?"
                    ),
                    ("--key note/ny/-/", "3001", ": no such site or team"),
                    ("--key note/-/cares/", "3001", ": no such site or team"),
                    ("--key note/bj/-/ --to wal-1", "2001", "of that name; did you mean wall-1?"),
                    ("--key note/bj/-/ --to sun", "2001", ": nobody of that name"),
                ] {
                    try await floor.refuses("note send --text hello " + words, as: name, reason)
                }
                _ = try await floor.id(of: "note send --key note/-/care/ --text hello", as: "3001")
            }
        }

        @Test("A value of an unknown site, team or agent is published with a warning, on request")
        func values() async throws {
            try await RoleFloor.open { floor, _ in
                let roster = " --roster " + RoleFloor.rosterFile.path
                for (words, key, says) in [
                    (
                        "agent agent/bj/slaes/4711/ --state ready", "agent/bj/slaes/4711/",
                        "'sales'?"
                    ),
                    ("agent agent/bj/sales/pbxx/ --state ready", "agent/bj/sales/pbxx/", "'pbx'?"),
                    ("queue queue/bk/calls/q/ --waiting 1", "queue/bk/calls/q/", "'bj'?"),
                    (
                        "team team/bj/crae/all/ --figure asa=1:ms:mean:15min:1",
                        "team/bj/crae/all/",
                        "'care'?"
                    ),
                ] {
                    let publish = "publish " + words
                    try await floor.does(publish, as: "pbx", key + " 1.…")
                    let warning = "did you mean " + says
                    try await floor.does(publish + roster, as: "pbx", key + " 1.…", says: warning)
                }
                for words in [
                    "agent agent/bj/sales/4711/ --state ready",
                    "queue queue/bj/calls/q/ --waiting 1",
                ] {
                    try await floor.does("publish " + words + roster, as: "pbx", "…1.…")
                }
            }
        }

        @Test("roster check warns of figures and places in alert rules that are never looked at")
        func alerts() async throws {
            try await withFolder { folder in
                let text = try String(contentsOf: RoleFloor.rosterFile, encoding: .utf8)
                for (old, new, says) in [
                    ("longestWaitMs", "longestWaitms", "no figure 'longestWaitms'; did you mean"),
                    (
                        "longestWaitMs", "flagsOpen",
                        "'flagsOpen' is a figure of teams, and the filter"
                    ),
                    ("figure: timeToAnswer", "figure: waiting", "'waiting' is a figure of queues"),
                    ("filter: queue/bj/", "filter: queue/bk/", "'bk'; did you mean 'bj'?"),
                    (
                        "filter: team/bj/", "filter: team/bj/crae/",
                        "'crae' at the site 'bj'; did you"
                    ),
                ] {
                    let file = folder.appending(path: "roster.yaml")
                    try Data(text.replacing(old, with: new).utf8).write(to: file)
                    let outcome = try await Program.run("roster", "check", file.path)
                    #expect(outcome.status == 0, "\(outcome.errors)")
                    #expect(outcome.errors.contains("warning: "), "\(new)")
                    #expect(outcome.errors.contains(says), "\(outcome.errors)")
                }
                for (old, new, says) in [
                    ("category: outage,", "category: outtage,", "'outage'?"),
                    ("parent: billing", "parent: biling", "'billing'?"),
                    ("manager: \"2001\"", "manager: wall1", "'wall-1'?"),
                    ("team: sales\n    seat", "team: slaes\n    seat", "'bj/sales'?"),
                    ("audience: { site: bj,", "audience: { site: bk,", "'bj'?"),
                    ("- { site: bj, zone", "- { site: bi, zone", "'bj'?"),
                ] {
                    let file = folder.appending(path: "roster.yaml")
                    try Data(text.replacing(old, with: new).utf8).write(to: file)
                    let outcome = try await Program.run("roster", "check", file.path)
                    #expect(outcome.status == 65, "\(new)")
                    #expect(outcome.errors.contains("did you mean " + says), "\(outcome.errors)")
                }
            }
        }
    }
}
