import FloorBusTestKit
import FloorHubServer
import FloorPosix
import FloorWire
import FloorZeroMQ
import Testing

@testable import FloorBus
@testable import FloorHub

extension RealSockets {
    /// The table "Path of one event" of CONTRIBUTING.md, station by station, for a state and an
    /// event.
    ///
    /// Softphone and wallboard are real clients, each with its own thread and socket. The hub is
    /// taken apart: its socket, its core and its journal are here on the table, and the test does
    /// by hand what FloorHubServer's loop does.
    @Suite struct PathOfOneEventTests {
        @Test("One state and one event, from the softphone to the wallboard")
        func pathOfOneEvent() async throws {
            let hub = try HubOnTheTable()
            let softphone = try Floor.client(hub.endpoint, "ana", heartbeat: 1500)
            let wallboard = try Floor.client(hub.endpoint, "wall", heartbeat: 1500)
            let screen = try wallboard.subscribe(
                to: try KeyFilter("agent/"),
                try KeyFilter("event/")
            )
            #expect(try await hub.serve { softphone.isConnected && wallboard.isConnected })
            _ = try await hub.serve { try screen.drain().hasSnapshotEnd }
            let agent = try Floor.agent()
            let event = try Floor.event()
            let state = AgentState(activity: .reserved, cause: .agent)

            // 1. The softphone publishes: an agent's state, and something that happened.
            async let stateResult = softphone.publish(.agent(state), to: agent)
            try #require(await holds { softphone.unacknowledged == 1 })
            async let eventResult = softphone.publish(.happening(7), to: event)

            // 2. The client engine numbers each and keeps it until it is acknowledged.
            try #require(await holds { softphone.unacknowledged == 2 })
            #expect(softphone.statistics.outboxDepth == 2)
            #expect(softphone.statistics.accepted == 0)

            // 3., 4. To bytes, and over the wire: frames of one PUB each, or both in one.
            let messages = try await hub.publications(of: 2)

            // 5. From bytes: the records are what was published, numbered 1 and 2.
            let records = try messages.flatMap { try decoded($0.1) }
            #expect(records.map(\.sequence) == [1, 2])
            #expect(records.map(\.key) == [agent.bytes, event.bytes])
            #expect(records.map(\.header.operation) == [.put, .append])
            let payload = records[0].payload
            let published = try AgentState(payload: payload.span)
            #expect(published == state)
            #expect(records[1].payload == [7, 0, 0, 0])

            // 6. The hub decides: the state goes to the wallboard at once and is acknowledged, the
            // event goes to the journal first.
            for (link, bytes) in messages { hub.step(.message(link, bytes)) }
            hub.step(.turnEnd)
            let decided = hub.takeEffects()
            #expect(decided.names == ["append", "commit", "DELIVER", "ACK"])

            // 7., 8. The effects are performed in order; the journal has the event in its batch.
            hub.perform(decided)
            let stored = try hub.journaled()
            #expect(stored.map(\.key) == [event.bytes])
            #expect(stored.map(\.header.producerSequence) == [2])
            let after = hub.takeCommits()
            #expect(after.names == ["DELIVER", "ACK"])
            hub.perform(after)

            // 2. again: acknowledged, so the outbox lets go, and the publisher knows the revisions.
            #expect(try await stateResult.revision == hub.core.heads.state)
            #expect(try await eventResult.revision == hub.core.heads.event)
            #expect(softphone.unacknowledged == 0)
            #expect(softphone.statistics.outboxDepth == 0)

            // 9. The wallboard's subscription brings both, with the revisions the softphone has.
            let seen = try await screen.events { $0.brings(7) }.records
            #expect(seen.map(\.key) == [agent, event])
            #expect(try seen[0].agentState == state)
            #expect(seen[0].freshness == .live)
            #expect(try await seen[0].revision == stateResult.revision)
            #expect(try await seen[1].revision == eventResult.revision)
            #expect(seen.allSatisfy { $0.coalesced == 0 && !$0.isFromSnapshot })
        }
    }
}

/// A record that has been taken apart.
private struct Decoded {
    var sequence: UInt64
    var header: RecordHeader
    var key: [UInt8]
    var payload: [UInt8]

    init(_ bytes: [UInt8], at offset: Int, sequence: UInt64) throws {
        let view = try RecordView(bytes.span, at: offset)
        self.sequence = sequence
        header = view.header(bytes.span)
        key = Array(bytes[view.key])
        payload = Array(bytes[view.payload])
        end = view.range.upperBound
    }
    let end: Int
}

/// The records of one PUB; the first one's number is in the header, the others follow.
private func decoded(_ message: [UInt8]) throws -> [Decoded] {
    let header = try FrameHeader(message.span)
    let body = Array(message[FrameHeader.size...])
    let batch = try RecordBatch(body.span)
    var records: [Decoded] = []
    var at = RecordBatch.prefixSize
    for number in 0..<UInt64(batch.count) {
        let record = try Decoded(body, at: at, sequence: header.sequence + number)
        records.append(record)
        at = record.end
    }
    #expect(at == body.count)
    return records
}

/// A hub in parts: socket, core and journal, one thread.
private final class HubOnTheTable {
    let endpoint: String
    let journal = MemoryJournal(epoch: 1)
    /// What the journal has told and nobody has heard.
    private var outcomes: [JournalOutcome] = []
    private let router: ZeroMQSocket
    private var hub: Hub
    private var effects = HubEffects()
    private var message = RouterMessage()

    init() throws {
        router = try ZeroMQSocket(.hubRouter)
        endpoint = try router.bind("tcp://127.0.0.1:0")
        let random: @Sendable () -> UInt64 = { UInt64.random(in: 1...UInt64.max) }
        hub = Hub(
            HubOptions(lineage: FloorID(high: 1, low: 2), epoch: 1, randomWord: random)
        )
    }

    var core: (heads: (state: Revision, event: Revision), sessions: UInt64) {
        (hub.heads, hub.statistics.sessions)
    }

    func receive() -> (LinkID, [UInt8])? {
        guard case .received = router.receive(into: &message), let peer = message.peer else {
            return nil
        }
        return (LinkID(UInt64(peer.number)), message.payload)
    }

    /// PUB messages with so many records together, as they come from the socket.
    func publications(of count: Int) async throws -> [(LinkID, [UInt8])] {
        var messages: [(LinkID, [UInt8])] = []
        let isThere = try await holds {
            while let message = receive() {
                if try FrameHeader(message.1.span).type == .publish { messages.append(message) }
            }
            return try messages.flatMap { try decoded($0.1) }.count == count
        }
        try #require(isThere)
        return messages
    }

    /// What the journal has stored.
    func journaled() throws -> [Decoded] {
        journal.read(ReadRequest(token: 1, after: .zero, maximumRecords: 9, maximumBytes: 9999))
        outcomes += journal.takeOutcomes()
        guard case .page(let page)? = outcomes.popLast(), !page.records.isEmpty else { return [] }
        return [try Decoded(page.records, at: 0, sequence: 0)]
    }

    func step(_ input: HubInput) {
        let now = FloorTime(
            boot: Int64(Clocks.bootMicroseconds()),
            wall: Clocks.wallMicroseconds()
        )
        hub.step(input, at: now, into: &effects)
    }

    /// Tells the core what the journal has committed.
    func takeCommits() -> HubEffects {
        outcomes += journal.takeOutcomes()
        defer { outcomes = [] }
        for outcome in outcomes {
            guard case .committed(let batch) = outcome else { continue }
            step(.committed(batch: batch))
        }
        step(.turnEnd)
        return takeEffects()
    }

    func takeEffects() -> HubEffects {
        defer { effects = HubEffects() }
        return effects
    }

    func perform(_ effects: HubEffects) {
        for effect in effects.list {
            switch effect {
            case .deliver(let link, let range), .control(let link, let range):
                let peer = PeerID(number: UInt32(link.rawValue))
                let bytes = Array(effects.bytes[range])
                guard case .sent = router.send(to: peer, bytes: bytes.span) else {
                    Issue.record("the message could not be sent")
                    continue
                }
            case .append(let range): journal.append(Array(effects.bytes[range]).span)
            case .commit(let batch): journal.commit(batch: batch)
            case .tap, .readEvents, .cancelRead, .saveValue, .saveProducer, .saveHistory,
                .saveKept, .forgetKept:
                Issue.record("no tap, nothing to read again, no state to save")
            }
        }
    }

    /// Goes on as a whole hub would until a condition holds.
    func serve(until isDone: () throws -> Bool) async throws -> Bool {
        try await holds {
            while let (link, bytes) = receive() { step(.message(link, bytes)) }
            step(.turnEnd)
            perform(takeEffects())
            return try isDone()
        }
    }
}

extension HubEffects {
    /// The effects in words; messages by their type.
    fileprivate var names: [String] {
        list.map { effect in
            switch effect {
            case .deliver: return "DELIVER"
            case .control(_, let range):
                let type = try? FrameHeader(Array(bytes[range]).span).type
                return type == .acknowledge ? "ACK" : "\(type.map { "\($0)" } ?? "?")"
            case .append: return "append"
            case .commit: return "commit"
            case .tap: return "tap"
            case .readEvents, .cancelRead: return "read"
            case .saveValue, .saveProducer, .saveHistory, .saveKept, .forgetKept:
                return "save"
            }
        }
    }
}
