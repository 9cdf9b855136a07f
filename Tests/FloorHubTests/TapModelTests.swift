import FloorBusTestKit
import FloorEvents
import FloorHub
import FloorWire
import Testing

/// Readers of the tap that lose messages: each must know it, and those that lose nothing must
/// know that too, and hold the hub's values.
@Suite struct TapModelTests {
    /// A reader of some prefixes, whose link may lose what it is sent.
    private struct Loser {
        let prefixes: [String]
        var reader: TapReader
        var taken = 0
        /// Whether a record was lost that no later snapshot has made good.
        var hasLost = false
        /// Whether anything at all was lost, a beacon or an answer for example.
        var hasBeenHit = false

        mutating func take(_ record: ReceivedRecord, isLost: Bool) {
            let isOwn = record.key == reader.barrier
            guard isOwn || prefixes.contains(where: { covers($0, record.key) }) else { return }
            guard isLost else {
                if isOwn { hasLost = false }
                return reader.take(record)
            }
            hasBeenHit = true
            if TapOperation(rawValue: record.header.operationCode) == nil { hasLost = true }
        }

        private func covers(_ prefix: String, _ key: String) -> Bool {
            key.hasPrefix(prefix) || key.hasPrefix("!beacon/" + prefix)
        }
    }

    @Test(arguments: UInt64(1)...60)
    func aReaderKnowsWhetherItHasEverything(_ seed: UInt64) throws {
        let words = SeededWords(seed: seed)
        let hub = HubHarness(seed: seed) {
            $0.hasTap = true
            $0.tombstoneMicroseconds = 20_000_000
            if seed % 5 == 0 { $0.maximumPartitions = 4 }
        }
        hub.transcript.isRecording = false
        let ana = hub.join("ana")
        let bo = hub.join("bo")
        var nonce = 0
        let prefixes = [["custom/"], ["custom/bj/u0/", "event/"], ["event/bj/", "custom/bj/u1/"]]
        var losers = prefixes.map { Loser(prefixes: $0, reader: TapReader(nonce: "none")) }
        /// Lets the readers have what was published; returns whether one could lose something.
        func pump(losing percent: Int) {
            for place in losers.indices {
                let fresh = hub.tapped[losers[place].taken...]
                losers[place].taken = hub.tapped.count
                for record in fresh {
                    losers[place].take(record, isLost: words.next(below: 100) < percent)
                }
                guard losers[place].reader.isSnapshotNeeded else { continue }
                let records = losers[place].prefixes.flatMap { hub.get($0, by: bo) }
                losers[place].reader.takeSnapshot(records.map(\.entry))
            }
        }
        for step in 0..<120 {
            let isCalm = step % 40 > 25
            if !isCalm { hub.publishSome(ana, words) }
            hub.turn()
            pump(losing: isCalm ? 0 : [0, 0, 20][(step / 40 + Int(seed)) % 3])
            ana.ping()
            bo.ping()
            hub.idle(milliseconds: Int64(words.next(below: 400)))
            guard step % 40 == 39 else { continue }
            for _ in 0..<2 {
                hub.idle(milliseconds: 1100)
                pump(losing: 0)
            }
            for place in losers.indices {
                let loser = losers[place]
                // Two rounds have passed; who has not heard of them has no beacon at all.
                let isSure =
                    loser.reader.verdict == .complete
                    && loser.reader.heardAt > hub.time.wall - 2_300_000
                if isSure {
                    #expect(!loser.hasLost, "seed \(seed): it does not know of its loss")
                    let wanted = loser.prefixes.flatMap { hub.get($0, by: bo) }
                    #expect(loser.reader.values == hub.values(wanted), "seed \(seed)")
                } else if seed % 5 != 0 {
                    let isExcused =
                        loser.hasBeenHit || loser.reader.barrier == "~sync/none/"
                        || loser.reader.verdict == .complete
                    #expect(isExcused, "seed \(seed): it doubts what it has")
                }
                losers[place].hasBeenHit = false
                nonce += 1
                losers[place].reader.joinAgain(nonce: "\(nonce)")
                hub.sync("\(nonce)")
            }
            hub.turn()
            pump(losing: 0)
        }
        #expect(hub.violations == [], "seed \(seed)")
    }

    @Test(arguments: UInt64(1)...20)
    func aReaderThatLosesNothingIsNeverInDoubt(_ seed: UInt64) throws {
        let words = SeededWords(seed: seed)
        let hub = HubHarness(seed: seed) {
            $0.hasTap = true
            $0.tombstoneMicroseconds = 5_000_000
        }
        hub.transcript.isRecording = false
        let ana = hub.join("ana")
        let bo = hub.join("bo")
        var reader = TapReader(nonce: "x")
        var taken = 0
        for step in 0..<300 {
            if step == 20 { hub.sync("x") }
            // Quiet stretches, in which partitions end.
            if step % 100 < 60 { hub.publishSome(ana, words) }
            hub.turn()
            for record in hub.tapped[taken...] { reader.take(record) }
            taken = hub.tapped.count
            if reader.isSnapshotNeeded {
                let records = hub.get("custom/", by: bo) + hub.get("presence/", by: bo)
                reader.takeSnapshot(records.map(\.entry))
            }
            ana.ping()
            bo.ping()
            hub.idle(milliseconds: Int64(words.next(below: 700)))
            #expect(reader.verdict != .incomplete, "seed \(seed), step \(step)")
        }
        #expect(reader.verdict == .complete && reader.beacons > 50)
        let wanted = hub.get("custom/", by: bo) + hub.get("presence/", by: bo)
        #expect(reader.values == hub.values(wanted), "seed \(seed)")
    }
}

extension ReceivedRecord {
    fileprivate var entry: (key: String, revision: Revision, value: [UInt8]) {
        (key, header.revision, payload)
    }
}

extension HubHarness {
    /// Everything GET finds.
    fileprivate func get(_ filter: String, by client: HarnessClient) -> [ReceivedRecord] {
        var cursor: UInt64 = 0
        var records: [ReceivedRecord] = []
        while true {
            client.ask(.get, filter, cursor: cursor)
            turn()
            var end: ReplyEnd?
            for message in client.take() {
                if case .reply(let some) = message.content { records += some }
                if case .replyEnd(let mark) = message.content { end = mark }
            }
            guard let end, end.more else { return records }
            cursor = end.cursor
        }
    }

    fileprivate func values(_ records: [ReceivedRecord]) -> [String: [UInt8]] {
        Dictionary(records.map { ($0.key, $0.payload) }) { first, _ in first }
    }

    /// Puts, deletions and events of a few keys in a few partitions.
    fileprivate func publishSome(_ client: HarnessClient, _ words: SeededWords) {
        let some: [HarnessOperation] = (0..<words.next(below: 6)).map { _ in
            let place = "bj/u\(words.next(below: 4))/\(words.next(below: 5))/"
            switch words.next(below: 4) {
            case 0: return .event("event/" + place, "\(words.next())")
            case 1: return .delete("custom/" + place)
            default: return .put("custom/" + place, "\(words.next())")
            }
        }
        if !some.isEmpty { client.publish(some) }
    }
}
