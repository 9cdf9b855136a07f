import FloorBusTestKit
import FloorEvents
import FloorHub
import FloorWire
import Testing

/// Numbers at the ends of their types, in well-formed records that a damaged journal may hold.
///
/// Each of these trapped the hub, at every start again.
struct DamagedJournalTests {
    private func hub(_ change: (inout HubContents) throws -> Void) rethrows -> HubHarness {
        let hub = HubHarness { $0.isDurable = true }
        var contents = HubContents()
        contents.lastStamp = 1_700_000_000_000_000
        try change(&contents)
        hub.journal.damage(contents)
        hub.restart()
        return hub
    }

    private func record(
        _ header: RecordHeader,
        _ key: String,
        at counter: UInt64,
        _ payload: [UInt8]
    ) -> [UInt8] {
        var header = header
        header.revision = Revision(epoch: 1, counter: counter)
        var record: [UInt8] = []
        let key = Array(key.utf8)
        RecordWriter.append(header, key: key.span, payload: payload.span, to: &record)
        return record
    }

    /// Both records of a flag of ana's.
    private func records(_ number: UInt64, _ flag: HelpFlag) throws -> [[UInt8]] {
        var flag = flag
        flag.words.agent = "ana"
        return try [(flagKey(number), false), ("private/bj/ana/\(flagID(number).text)/", true)]
            .map { key, isPrivate in
                var payload: [UInt8] = []
                try flag.append(withWords: isPrivate, to: &payload)
                let kind: RecordKind = isPrivate ? .private : .flag
                let header = RecordHeader(kind, .raise, schema: PayloadSchema.flag)
                return record(header, key, at: number * 2 + (isPrivate ? 1 : 0), payload)
            }
    }

    @Test("A flag whose token is the highest number goes on with it")
    func highestToken() throws {
        var flag = HelpFlag(.knowledge)
        flag.status = .pending
        flag.claimGeneration = .max
        flag.merged = .max
        let hub = try hub { $0.kept = try records(1, flag) }
        let tom = hub.join("tom")
        let claimed = tom.flag(.claim, 1, hub)
        #expect(claimed.status == .ok && claimed.claimGeneration == .max)
        #expect(tom.flag(.release, 1, hub) { $0.claimGeneration = .max }.status == .ok)
        #expect(hub.join("ana").flag(.cancel, 1, hub).status == .ok)
        #expect(hub.flag(1)?.claimGeneration == .max)
        #expect(hub.violations == [])
    }

    @Test("An incident for which the highest number of flags wait takes one more")
    func mostMerged() throws {
        var incident = HelpFlag(.knowledge)
        incident.status = .pending
        incident.merged = .max
        var flag = HelpFlag(.knowledge)
        flag.status = .pending
        flag.claimGeneration = .max
        let hub = try hub { $0.kept = try records(1, incident) + records(2, flag) }
        let tom = hub.join("tom")
        #expect(tom.flag(.merge, 2, hub) { $0.incident = flagID(1) }.status == .ok)
        #expect(hub.flag(1)?.merged == .max && hub.flag(2)?.status == .merged)
    }

    @Test("A flag that was answered at the beginning of time cannot be reopened any more")
    func answeredLongAgo() throws {
        var flag = HelpFlag(.knowledge)
        flag.status = .answered
        flag.stamps.answered = .min
        flag.stamps.ended = .min
        flag.stamps.raised = 1_700_000_000_000_000
        let hub = try hub { $0.kept = try records(1, flag) }
        #expect(hub.join("ana").flag(.reopen, 1, hub).status == .expired)
    }

    @Test("A note with the highest number of receipts gets another one")
    func mostReceipts() throws {
        var note = FloorNote(.announcement, text: "new tariff")
        note.sender = "lead"
        note.expiresAt = .max
        note.receipts = .max
        let key = "note/bj/sales/\(flagID(1).text)/"
        let hub = try hub {
            var payload: [UInt8] = []
            try note.append(to: &payload)
            let header = RecordHeader(.note, .append, schema: PayloadSchema.note)
            $0.kept = [record(header, key, at: 1, payload)]
        }
        let ana = hub.join("ana")
        let seen = RecordHeader(.note, .seen, schema: PayloadSchema.note)
        ana.publish([HarnessOperation(seen, key)])
        hub.turn()
        #expect(ana.takeStatuses() == [.ok])
        let lead = hub.join("lead")
        lead.ask(.get, "personal/bj/lead/")
        hub.turn()
        let told = try #require(lead.takeRecords().last)
        let receipts = try FloorNote(payload: told.payload.span)
        #expect(receipts.receipts == .max && receipts.readers == ["ana"])
    }

    private func producer(_ results: [ResultRun]) throws -> StoredProducer {
        StoredProducer(
            id: FloorID(high: 0xA, low: 1),
            principal: try FloorKey("presence/-/-/ana/"),
            last: .max,
            incarnation: 0,
            usedAt: .min,
            results: results
        )
    }

    @Test("A producer whose last number is the highest counts on from a lower one")
    func highestSequence() throws {
        let hub = try hub { $0.producers = [try producer([])] }
        let ana = hub.client("ana", producer: 1)
        ana.hello()
        let welcome = ana.take().compactMap { message in
            if case .welcome(let welcome) = message.content { welcome } else { nil }
        }
        let last = try #require(welcome.first).lastApplied
        #expect(last == UInt64(Int64.max))
        ana.publish([.put("custom/bj/sales/1/", "text")], first: last + 1)
        hub.turn()
        #expect(ana.takeStatuses() == [.ok])
        // The next life has it from the journal again.
        hub.advance(milliseconds: 1000)
        hub.restart()
        ana.reconnect()
        ana.hello()
        #expect(ana.session != 0 && hub.violations == [])
    }

    @Test("A stored run of results of any length and revision is told, and holds nobody up")
    func longestRun() throws {
        var applied = ResultRun(1, .ok, revision: Revision(rawValue: .max))
        applied.count = 3
        var refused = ResultRun(4, .storage)
        refused.count = .max
        let hub = try hub { $0.producers = [try producer([applied, refused])] }
        let ana = hub.client("ana", producer: 1)
        ana.firstUnacknowledged = 1
        ana.hello()
        _ = ana.take()
        let again = HarnessOperation.put("custom/bj/sales/1/", "text")
        ana.publish([again, again, again, again], first: 1)
        hub.turn()
        let results = ana.takeResults()
        #expect(results.reduce(0) { $0 + Int($1.count) } == 4)
        #expect(results.contains { $0.status == .storage })
    }
}
