import Foundation
import Testing

/// `floorbus hub` as a daemon.
@Suite("The hub as a program", .timeLimit(.minutes(2)))
struct HubCommandTests {
    @Test("It says where it listens, and SIGTERM ends it with 0")
    func listensAndDrains() async throws {
        for signal in [SIGTERM, SIGINT] {
            let hub = try Program(
                ["hub", "--listen", "tcp://127.0.0.1:0", "--tap", "tcp://127.0.0.1:0"]
            )
            let line = try await hub.line()
            let words = line.split(separator: " ").map(String.init)
            try #require(words.count == 8, "it said: \(line)")
            #expect(words[0] == "listening")
            #expect(words[1].wholeMatch(of: /tcp:\/\/127\.0\.0\.1:[1-9]\d*/) != nil)
            #expect(words[2] == "tap")
            #expect(words[3].wholeMatch(of: /tcp:\/\/127\.0\.0\.1:[1-9]\d*/) != nil)
            #expect(words[4...6] == ["epoch", "1", "lineage"])
            #expect(words[7].wholeMatch(of: /[0-9a-f]{32}/) != nil)
            hub.signal(signal)
            let outcome = await hub.outcome()
            #expect(outcome.status == 0)
            #expect(outcome.lines == [])
        }
    }

    @Test("As JSON the line has the endpoints, the tap, the epoch and the lineage")
    func listensInJSON() async throws {
        let hub = try Program(["hub", "--listen", "tcp://127.0.0.1:0", "--no-tap", "--json"])
        let line = try jsonObject(try await hub.line())
        #expect((line["listening"] as? [String])?.count == 1)
        #expect(line["epoch"] as? Int == 1)
        #expect(line["tap"] == nil)
        hub.signal(SIGTERM)
        #expect(await hub.outcome().status == 0)
    }

    @Test("A second hub on the same directory is refused; after the first one ends it may start")
    func oneHubPerDirectory() async throws {
        try await withFolder { folder in
            let data = ["--data", folder.path]
            try await withHub(data) { _, first in
                let second = try await Program.run(
                    ["hub", "--listen", "tcp://127.0.0.1:0", "--no-tap"] + data
                )
                #expect(second.status == 1)
                #expect(second.errors.contains("another hub is using the data directory"))
                first.signal(SIGTERM)
                #expect(await first.outcome().status == 0)
            }
            try await withHub(data) { _, _ in }
        }
    }

    @Test("An address that strangers reach is refused unless the operator insists")
    func strangersAreKeptOut() async throws {
        let arguments = ["hub", "--listen", "tcp://0.0.0.0:0", "--no-tap"]
        let outcome = try await Program.run(arguments)
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("refusing to listen on tcp://0.0.0.0:0"))
        #expect(outcome.errors.contains("--insecure"))
        let insecure = try Program(arguments + ["--insecure"])
        #expect(try await insecure.line().hasPrefix("listening tcp://0.0.0.0:"))
        insecure.signal(SIGTERM)
        #expect(await insecure.outcome().status == 0)
    }

    @Test("An address in use and a word that is no endpoint are refused with a sentence")
    func badEndpoints() async throws {
        try await withHub { endpoint, _ in
            let taken = try await Program.run("hub", "--listen", endpoint, "--no-tap")
            #expect(taken.status == 1)
            #expect(taken.errors.contains("the address is in use"))
            #expect(taken.errors.contains("a --tap of its own or --no-tap"))
        }
        let wrong = try await Program.run("hub", "--listen", "7410", "--no-tap")
        #expect(wrong.status == 64)
        #expect(wrong.errors.contains("'7410' is not an endpoint"))
    }
}
