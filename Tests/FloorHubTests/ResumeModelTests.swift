import FloorBusTestKit
import FloorEvents
import FloorHub
import FloorWire
import Testing

/// A reader that resumes from whatever token it was last told, having lost a random tail of
/// what was sent, must end with the table's values (rule 8, races R4, R8 and R9).
@Suite struct ResumeModelTests {
    private struct Value: Equatable {
        let text: String
        let producer: FloorID
        let isLeased: Bool
        var freshness: Freshness

        init(_ record: ReceivedRecord) {
            text = record.text
            producer = record.header.producer
            isLeased = !record.header.flags.contains(.unleased)
            freshness = record.header.flags.freshness
        }
    }

    /// What a correct client keeps.
    private struct Model {
        var values: [String: Value] = [:]
        var token = Revision.zero
        var done: Set<UInt32> = []
        var confirmed: [UInt32: Set<String>] = [:]
        let filters: [UInt32: KeyFilter]

        mutating func take(_ message: DownMessage) {
            for record in message.records {
                if record.header.operationCode == LeaseOperation.freshness.rawValue {
                    take(record.header.flags.freshness, of: record.header.producer)
                    continue
                }
                for number in confirmed.keys { confirmed[number]?.insert(record.key) }
                values[record.key] = record.header.operation == .delete ? nil : Value(record)
            }
            switch message.content {
            case .snapshotBegin(let mark) where mark.full: confirmed[mark.subscription] = []
            case .snapshotEnd(let mark):
                done.insert(mark.subscription)
                guard let held = confirmed.removeValue(forKey: mark.subscription),
                    let filter = filters[mark.subscription]
                else { break }
                values = values.filter { key, _ in
                    held.contains(key) || !filter.matches(Array(key.utf8).span)
                }
            default: break
            }
            if let stable = message.stableState { token = stable }
        }

        private mutating func take(_ freshness: Freshness, of producer: FloorID) {
            for (key, value) in values where value.isLeased && value.producer == producer {
                values[key]?.freshness = freshness
            }
        }
    }

    @Test(arguments: UInt64(1)...60)
    func everyStableRevisionIsASafeToken(_ seed: UInt64) throws {
        let words = SeededWords(seed: seed)
        let hub = HubHarness(seed: seed) { $0.tombstoneMicroseconds = 60_000_000 }
        hub.transcript.isRecording = false
        let ana = hub.join("ana")
        let bo = hub.join("bo")
        bo.reconnect()
        let filters = [UInt32(1): try KeyFilter("custom/"), 2: try KeyFilter("custom/bj/")]
        var model = Model(filters: filters)
        var tokens: [UInt32: Revision] = [:]
        func open() {
            bo.hello { $0.initialCredit = 65_536 }
            model.done = []
            model.confirmed = [:]
            for number in [UInt32(1), 2] {
                bo.subscribe(number, filters[number]?.text ?? "", state: tokens[number] ?? .zero)
            }
            hub.turn()
        }
        open()
        for _ in 0..<300 {
            let site = ["bj", "sh"][words.next(below: 2)]
            let key = "custom/\(site)/s/\(words.next(below: 12))/"
            switch words.next(below: 12) {
            case 0...4:
                let text = "\(words.next())" + bulk.prefix(words.next(below: 15_000))
                let isUnleased = words.next(below: 4) == 0
                ana.publish([.put(key, text, flags: isUnleased ? [.unleased] : [])])
            case 5: ana.publish([.delete(key)])
            case 6: bo.grant(words.next(below: 30_000))
            case 7: hub.advance(milliseconds: 50)
            case 8: bo.ping()
            case 9:
                ana.bye()
                ana.reconnect()
                if words.next(below: 3) == 0 { hub.turn() }
                ana.hello()
            case 10:
                pass(seconds: [5, 26][words.next(below: 2)], bo, hub)
                ana.reconnect()
                ana.hello()
                let messages = bo.take()
                for message in messages { model.take(message) }
                guard messages.contains(where: \.isGoodbye) else { break }
                // A deletion's time was over before its credit came.
                for number in model.done { tokens[number] = model.token }
                bo.reconnect()
                open()
            default:
                guard words.next(below: 3) == 0 else { break }
                let sent = bo.take()
                for message in sent.prefix(words.next(below: sent.count + 1)) {
                    model.take(message)
                }
                for number in model.done { tokens[number] = model.token }
                bo.loseLink()
                if words.next(below: 2) == 0 { ana.publish([.delete(key)]) }
                open()
            }
            if words.next(below: 2) == 0 { hub.turn() }
            ana.ping()
            if words.next(below: 4) == 0 { for message in bo.take() { model.take(message) } }
        }
        // Values follow their producer, a part at a time.
        hub.advance(milliseconds: 10)
        for message in bo.take() + bo.drain(hub) { model.take(message) }
        let truth = values(ana, hub)
        #expect(model.values == truth, "seed \(seed)")
        #expect(hub.violations == [], "seed \(seed)")
    }

    /// What a question finds, page by page.
    private func values(_ ana: HarnessClient, _ hub: HubHarness) -> [String: Value] {
        var truth: [String: Value] = [:]
        var cursor: UInt64 = 0
        var more = true
        _ = ana.take()
        while more {
            ana.ask(.get, "custom/", cursor: cursor)
            hub.turn()
            for message in ana.take() {
                for record in message.records { truth[record.key] = Value(record) }
                if case .replyEnd(let end) = message.content {
                    more = end.more
                    cursor = end.cursor
                }
            }
        }
        return truth
    }

    /// Time in which only one of them says anything.
    private func pass(seconds: Int, _ bo: HarnessClient, _ hub: HubHarness) {
        for _ in 0..<seconds {
            hub.advance(milliseconds: 1000)
            bo.ping()
            hub.turn()
        }
    }
}
