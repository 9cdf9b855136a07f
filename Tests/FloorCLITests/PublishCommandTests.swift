import FloorBus
import Foundation
import Testing

/// Publishing, asking and watching from the command line.
@Suite("Publish, get, watch", .timeLimit(.minutes(2)))
struct PublishCommandTests {
    @Test("A hub that refuses the session is quoted, and is not called absent")
    func refused() async throws {
        var configuration = HubConfiguration()
        configuration.listen = ["tcp://127.0.0.1:0"]
        configuration.maximumSessions = 1
        let hub = try EmbeddedHub(configuration)
        defer { hub.stop() }
        let only = try hub.connect(as: "only")
        _ = try await only.get(try KeyFilter("agent/"), timeout: .seconds(30))
        for command in [["get", "agent/"], ["watch", "agent/"]] {
            let outcome = try await Program.run(
                command + ["--timeout", "2"],
                at: hub.endpoints[0]
            )
            #expect(outcome.status == 1)
            #expect(outcome.errors.contains("as many sessions"), "\(outcome.errors)")
        }
        await only.close()
    }

    @Test("An agent's state arrives whole at get and at watch")
    func agentRoundTrip() async throws {
        try await withHub { endpoint, _ in
            let key = "agent/bj/sales/4711/"
            let watch = try Program(
                ["watch", "agent/bj/", "--json", "--connect", endpoint, "--count", "1"]
            )
            let linkUp = try await watch.json(type: "linkUp")
            #expect(linkUp["continuity"] as? String == "first")
            #expect(try await watch.json(type: "snapshotEnd")["keys"] as? Int == 0)
            let published = try await Program.run(
                "publish",
                "agent",
                key,
                "--state",
                "notReady",
                "--pending",
                "ready",
                "--reason-class",
                "meal",
                "--reason-code",
                "12",
                "--reason",
                "lunch",
                "--call",
                "held",
                "--overlay",
                "muted",
                "--cause",
                "supervisor",
                "--seat",
                "B12",
                "--extension",
                "101",
                "--call-ref",
                "c-1",
                "--star",
                "5",
                "--json",
                at: endpoint
            )
            #expect(published.status == 0, "\(published.errors)")
            let result = try jsonObject(try #require(published.lines.first))
            let record = try await watch.json(type: "record")
            #expect(await watch.outcome().status == 0)
            let got = try await Program.run("get", key, "--json", at: endpoint)
            let value = try jsonObject(try #require(got.lines.first))
            for seen in [record, value] {
                #expect(seen["key"] as? String == key)
                #expect(seen["revision"] as? String == result["revision"] as? String)
                #expect(seen["freshness"] as? String == "live")
                let agent = try #require(seen["agent"] as? [String: Any])
                #expect(agent["session"] as? String == "loggedOn")
                #expect(agent["state"] as? String == "notReady")
                #expect(agent["pending"] as? String == "ready")
                #expect(agent["reason_class"] as? String == "meal")
                #expect(agent["reason_code"] as? Int == 12)
                #expect(agent["reason"] as? String == "lunch")
                #expect(agent["call"] as? String == "held")
                #expect(agent["overlays"] as? [String] == ["muted"])
                #expect(agent["cause"] as? String == "supervisor")
                #expect(agent["seat"] as? String == "B12")
                #expect(agent["extension"] as? String == "101")
                #expect(agent["call_ref"] as? String == "c-1")
                #expect(agent["star"] as? Int == 5)
            }
        }
    }

    @Test("Queues, teams, custom values and events arrive; a table shows the values")
    func otherKinds() async throws {
        try await withHub { endpoint, _ in
            let watch = try Program(["watch", "event/", "--json", "--connect", endpoint])
            _ = try await watch.json(type: "snapshotEnd")
            let commands = [
                [
                    "publish", "queue", "queue/bj/calls/billing/", "--waiting", "3",
                    "--oldest-enqueued-at", "2026-03-01T09:00:00Z", "--offered", "9",
                    "--figure", "sl=870:permille:SL.answered:15min:37:20000",
                ],
                ["publish", "team", "team/bj/sales/all/", "--figure", "asa=4200:ms:mean"],
                ["publish", "custom", "custom/bj/x/y/", "--text", "hallo", "--schema", "7"],
                ["publish", "event", "event/bj/x/y/", "--hex", "68692021", "--schema", "8"],
            ]
            for command in commands {
                let outcome = try await Program.run(command, at: endpoint)
                #expect(outcome.status == 0, "\(outcome.errors)")
            }
            let event = try await watch.json(type: "record")
            #expect(event["text"] as? String == "hi !")
            #expect(event["schema"] as? Int == 8)
            watch.signal(SIGINT)
            #expect(await watch.outcome().status == 0)
            let table = try await Program.run("get", "+/bj/", at: endpoint)
            #expect(table.lines.count == 3)
            #expect(table.lines.first?.hasSuffix("hallo") == true)
            let queue = try await Program.run("get", "queue/", "--json", at: endpoint)
            let line = try jsonObject(try #require(queue.lines.first))
            let level = try #require(line["queue"] as? [String: Any])
            #expect(level["oldest_enqueued_at_us"] as? Int == 1_772_355_600_000_000)
            let figure = try #require((level["figures"] as? [[String: Any]])?.first)
            #expect(figure["threshold_ms"] as? Int == 20_000)
            let stats = try await Program.run("stats", "--json", at: endpoint)
            let counts = try jsonObject(try #require(stats.lines.first))
            #expect(counts["epoch"] as? Int == 1)
        }
    }

    @Test("A change that expects another revision is a conflict, 4; so is removing; then it works")
    func expectedRevision() async throws {
        try await withHub { endpoint, _ in
            let publish = ["publish", "custom", "custom/bj/x/y/", "--text", "a", "--schema", "1"]
            let first = try await Program.run(publish + ["--json"], at: endpoint)
            let made = try jsonObject(try #require(first.lines.first))
            let revision = try #require(made["revision"] as? String)
            let wrong = try await Program.run(
                publish + ["--expected-revision", "1.999"],
                at: endpoint
            )
            #expect(wrong.status == 4)
            #expect(wrong.errors.contains("its revision is now \(revision)"))
            let removal = ["remove", "custom/bj/x/y/", "--expected-revision"]
            #expect(try await Program.run(removal + ["1.999"], at: endpoint).status == 4)
            #expect(try await Program.run(removal + [revision], at: endpoint).status == 0)
            let again = try await Program.run("remove", "custom/bj/x/y/", at: endpoint)
            #expect(again.status == 1)
            #expect(again.errors.contains("there is no such thing"))
        }
    }

    @Test("A leased value turns suspect when its session ends; an unleased one stays live")
    func leases() async throws {
        try await withHub { endpoint, _ in
            let watch = try Program(["watch", "agent/", "--json", "--connect", endpoint])
            _ = try await watch.json(type: "snapshotEnd")
            let publish = ["publish", "agent", "--state", "ready"]
            let plain = try await Program.run(publish + ["agent/bj/a/1/"], at: endpoint)
            #expect(plain.status == 0)
            let leased = try await Program.run(
                publish + ["agent/bj/a/2/", "--leased", "--hold", "0.1"],
                at: endpoint
            )
            #expect(leased.status == 0, "\(leased.errors)")
            var record = try await watch.json(type: "record")
            while record["freshness"] as? String == "live" {
                record = try await watch.json(type: "record")
            }
            #expect(record["key"] as? String == "agent/bj/a/2/")
            let got = try await Program.run("get", "agent/bj/a/1/", "--json", at: endpoint)
            let value = try jsonObject(try #require(got.lines.first))
            #expect(value["freshness"] as? String == "live")
        }
    }

    @Test("A hub that is killed and starts again under a watcher is told as a resync")
    func resyncIsTold() async throws {
        try await withFolder { folder in
            let data = ["--data", folder.path]
            try await withHub(data) { endpoint, first in
                let watch = try Program(["watch", "agent/", "--json", "--connect", endpoint])
                #expect(try await watch.json(type: "linkUp")["epoch"] as? Int == 1)
                first.signal(SIGKILL)
                _ = await first.outcome()
                _ = try await watch.json(type: "linkDown")
                let second = try Program(["hub", "--listen", endpoint, "--no-tap"] + data)
                _ = try await second.line()
                let link = try await watch.json(type: "linkUp")
                #expect(link["continuity"] as? String == "resynced")
                #expect(link["epoch"] as? Int == 2)
                _ = try await watch.json(type: "snapshotEnd")
                let publish = ["publish", "agent", "agent/bj/a/1/", "--state", "busy"]
                #expect(try await Program.run(publish, at: endpoint).status == 0)
                let record = try await watch.json(type: "record")
                #expect((record["revision"] as? String)?.hasPrefix("2.") == true)
                watch.signal(SIGTERM)
                #expect(await watch.outcome().status == 0)
                second.signal(SIGTERM)
                #expect(await second.outcome().status == 0)
            }
        }
    }
}
