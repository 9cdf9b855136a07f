import FloorBusTestKit
import FloorEvents
import FloorWire
import Foundation
import Testing

@testable import FloorHub

/// A key of the state lane; `n` names the entity.
func key(_ n: Int) -> String { "custom/bj/sales/\(n)/" }
/// A key of the event lane.
func eventKey(_ n: Int) -> String { "event/bj/sales/\(n)/" }

extension HubHarness {
    /// Whether no producer and no principal is remembered.
    var knowsNobody: Bool { hub.producers.isEmpty }

    /// A client with a session, its WELCOME taken.
    func join(
        _ name: String,
        principal: String? = nil,
        _ change: (inout Hello) -> Void = { _ in }
    ) -> HarnessClient {
        let client = client(name, principal: principal)
        client.hello(change)
        turn()
        _ = client.take()
        return client
    }

    /// Compares the transcript with the file of this name, or writes it when
    /// FLOORBUS_WRITE_TRANSCRIPTS=1.
    func expectTranscript(_ name: String, at location: SourceLocation = #_sourceLocation) throws {
        #expect(violations == [], sourceLocation: location)
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
        let file = folder.appending(path: "transcripts/\(name).txt")
        if ProcessInfo.processInfo.environment["FLOORBUS_WRITE_TRANSCRIPTS"] == "1" {
            try transcript.text.write(to: file, atomically: true, encoding: .utf8)
        }
        let golden = try String(contentsOf: file, encoding: .utf8)
        let expected = golden.split(separator: "\n").map(String.init)
        for (line, pair) in zip(transcript.lines, expected).enumerated() {
            #expect(pair.0 == pair.1, "\(name).txt line \(line + 1)", sourceLocation: location)
        }
        #expect(transcript.lines.count == expected.count, sourceLocation: location)
    }
}

extension HarnessClient {
    /// The records of everything that came down since the last call.
    func takeRecords() -> [ReceivedRecord] { take().flatMap { $0.records } }

    /// The results that came down since the last call, one run a line.
    func takeResults() -> [ResultRun] {
        take().flatMap { message -> [ResultRun] in
            switch message.content {
            case .acknowledge(let results), .refuse(let results): results.runs
            default: []
            }
        }
    }

    /// The statuses of the results since the last call.
    func takeStatuses() -> [FloorStatus] { takeResults().map { $0.status } }

    /// Why the hub ended the session or refused the message, if it did.
    func takeRefusal() -> Refusal? {
        for message in take() {
            switch message.content {
            case .goAway(let refusal), .reject(let refusal): return refusal
            default: continue
            }
        }
        return nil
    }

    /// Takes everything and asks for more until nothing comes.
    func drain(_ hub: HubHarness) -> [DownMessage] {
        var all: [DownMessage] = []
        while true {
            grant(1 << 20)
            hub.turn()
            let fresh = take()
            if fresh.isEmpty { return all }
            all += fresh
        }
    }
}

extension DownMessage {
    var isSnapshotEnd: Bool {
        if case .snapshotEnd = content { true } else { false }
    }

    var isGoodbye: Bool {
        if case .goAway = content { true } else { false }
    }

    var isDeliver: Bool {
        if case .deliver = content { true } else { false }
    }

    var gap: Gap? {
        if case .gap(let gap) = content { gap } else { nil }
    }

    /// What its resume token for the state lane would be, if the message says one.
    var stableState: Revision? {
        switch content {
        case .deliver, .pong: Revision(rawValue: header.argument)
        case .snapshotEnd(let mark): mark.revision
        default: nil
        }
    }
}

/// A payload that uses up much credit.
let bulk = String(repeating: "x", count: 15_000)
