import FloorBusTestKit
import FloorEvents
import FloorHub
import FloorWire
import Testing

/// A reader that resumes from whatever token it was last told, having lost a random tail of
/// what was sent, must end with the table's values (rule 8, races R4, R8 and R9).
@Suite struct ResumeModelTests {
    /// What a correct client keeps.
    private struct Model {
        var values: [String: (revision: Revision, text: String)] = [:]
        var token = Revision.zero
        var done: Set<UInt32> = []
        var confirmed: [UInt32: Set<String>] = [:]
        let filters: [UInt32: KeyFilter]

        mutating func take(_ message: DownMessage) {
            for record in message.records {
                for number in confirmed.keys { confirmed[number]?.insert(record.key) }
                if record.header.operation == .delete {
                    values[record.key] = nil
                } else {
                    values[record.key] = (record.header.revision, record.text)
                }
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
            switch words.next(below: 10) {
            case 0...4: ana.publish(key, "\(words.next())" + bulk.prefix(words.next(below: 15_000)))
            case 5: ana.publish([.delete(key)])
            case 6: bo.grant(words.next(below: 30_000))
            case 7: hub.advance(milliseconds: 50)
            case 8: bo.ping()
            default:
                guard words.next(below: 3) == 0 else { break }
                let sent = bo.take()
                // The rest was on the way when the link died.
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
        for message in bo.take() + bo.drain(hub) { model.take(message) }
        var truth: [String: String] = [:]
        var cursor: UInt64 = 0
        var more = true
        _ = ana.take()
        while more {
            ana.ask(.get, "custom/", cursor: cursor)
            hub.turn()
            for message in ana.take() {
                for record in message.records { truth[record.key] = record.text }
                if case .replyEnd(let end) = message.content {
                    more = end.more
                    cursor = end.cursor
                }
            }
        }
        #expect(model.values.mapValues { $0.text } == truth, "seed \(seed)")
        #expect(hub.violations == [], "seed \(seed)")
    }
}
