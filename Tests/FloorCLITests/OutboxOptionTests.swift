import Foundation
import Testing

/// `publish --outbox`: nothing is lost when no hub is there.
@Suite("Publish with an outbox file", .timeLimit(.minutes(2)))
struct OutboxOptionTests {
    private func event(_ text: String, _ outbox: String, _ more: String...) -> [String] {
        ["publish", "event", "event/bj/billing/1/", "--text", text, "--schema", "1"]
            + ["--as", "till", "--outbox", outbox] + more
    }

    @Test("Without a hub it is kept with exit code 5; the next run sends it first, once")
    func kept() async throws {
        try await withFolder { folder in
            let outbox = folder.appendingPathComponent("outbox").path
            for text in ["one", "two"] {
                let outcome = try await Program.run(
                    event(text, outbox, "--timeout", "0.2"),
                    at: "ipc://\(folder.path)/nobody"
                )
                #expect(outcome.status == 5)
                #expect(outcome.lines == [])
                #expect(
                    outcome.errors == "floorbus: the hub at ipc://\(folder.path)/nobody has not "
                        + "answered; kept in \(outbox), will be sent by the next run with this "
                        + "--outbox\n"
                )
            }
            try await withHub { endpoint, _ in
                let watch = try Program(
                    ["watch", "event/", "--json", "--connect", endpoint, "--count", "4"]
                )
                _ = try await watch.json(type: "snapshotEnd")
                for text in ["three", "four"] {
                    let outcome = try await Program.run(event(text, outbox), at: endpoint)
                    #expect(outcome.status == 0, "\(outcome.errors)")
                }
                var seen: [String?] = []
                for _ in 0..<4 {
                    seen.append(try await watch.json(type: "record")["text"] as? String)
                }
                #expect(seen == ["one", "two", "three", "four"])
            }
        }
    }

    @Test("A file that cannot be used, and a lease, are refused before anything is sent")
    func refused() async throws {
        try await withFolder { folder in
            let outbox = folder.appendingPathComponent("outbox").path
            try Data("precious".utf8).write(to: URL(fileURLWithPath: outbox))
            let strange = try await Program.run(event("one", outbox), at: "tcp://127.0.0.1:9")
            #expect(strange.status == 1)
            #expect(
                strange.errors == "floorbus: \(outbox) is not an outbox file and was left as it "
                    + "is; name another file\n"
            )
            #expect(try String(contentsOfFile: outbox, encoding: .utf8) == "precious")
            let leased = try await Program.run(
                ["publish", "custom", "custom/bj/x/1/", "--text", "1", "--schema", "1"]
                    + ["--leased", "--outbox", outbox],
                at: "tcp://127.0.0.1:9"
            )
            #expect(leased.status == 64)
            #expect(leased.errors.contains("leave one out"))
        }
    }
}
