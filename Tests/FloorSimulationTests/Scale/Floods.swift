import FloorEvents
import FloorHub
import FloorWire

/// 6: one client asks 800 questions that match nothing, over a big table or a long journal, while
/// another one publishes.
struct QuestionFlood: CustomStringConvertible {
    var asked = 0
    var planned = 0
    /// From the other's PUB, which arrives behind the first question, to its ACK and to the DELIVER
    /// of a third one.
    var toEffect: UInt64 = 0
    var isServed = false
    private var readerBytes: UInt64 = 0
    /// Questions answered to the end.
    var answered: UInt64 = 0
    /// The most work in any turn, its messages included.
    var worstTurn: UInt64 = 0

    var description: String {
        "\(asked) of \(planned) questions: \(toEffect) work from a PUB to ACK and DELIVER, at "
            + "most \(worstTurn) a turn, \(answered) answered"
    }

    static let questions = 800
    /// Messages that the server takes before it ends a turn.
    private static let messagesPerTurn = 512
    /// Work after which no further questions are asked: what there was to see was seen.
    private static let allowance: UInt64 = 400_000

    private static func floor() throws -> ScaleFloor {
        let floor = ScaleFloor()
        for number in 0..<3 { floor.clients.append(ScaleClient("c\(number)", number)) }
        floor.clients[2].filters = [Array("custom/jobs/".utf8)]
        try floor.open(0..<3)
        return floor
    }

    /// GETs of a filter that matches none of four keys an agent.
    static func gets(agents: Int) throws -> QuestionFlood {
        let floor = try floor()
        let batch = 128
        for start in stride(from: 0, to: agents * 4, by: batch) {
            floor.publish(
                1,
                (start..<(start + batch)).map {
                    .put(.custom, Array("custom/table/u/k\($0)/".utf8), [1])
                }
            )
            floor.settle()
        }
        return flood(floor) { floor.ask(0, .get, Array("custom/none/u/".utf8)) }
    }

    /// REPLAYs of a journal of an event for each second agent; a page comes in each turn.
    static func replays(agents: Int) throws -> QuestionFlood {
        let floor = try floor()
        let sessions = questions / Limits.replaysPerSession
        let first = floor.clients.count
        for number in 0..<sessions {
            var client = ScaleClient("c0", 100 + number)
            client.producer = FloorID(high: 0x5CA1E, low: UInt64(1000 + number))
            floor.clients.append(client)
        }
        try floor.open(first..<(first + sessions))
        let batch = 128
        for start in stride(from: 0, to: agents / 2, by: batch) {
            floor.publish(
                1,
                (start..<(start + batch)).map {
                    ScaleRecord.event(Array("event/s/u/k\($0 % 100)/".utf8))
                }
            )
            floor.settle()
        }
        floor.holdsReads = true
        var number = 0
        return flood(floor) {
            floor.ask(first + number % sessions, .replay, Array("event/none/u/".utf8))
            number += 1
        }
    }

    /// The server takes what waits, by turns of those who sent it, up to the turn's most.
    private static func flood(_ floor: ScaleFloor, _ ask: () -> Void) -> QuestionFlood {
        var counts = QuestionFlood(planned: questions)
        let answers = floor.clients.reduce(0) { $0 + $1.answers }
        counts.readerBytes = floor.clients[2].bytes
        let start = floor.cost.work
        floor.allow(allowance)
        while counts.asked < questions, !floor.isSpent {
            let turnStart = floor.cost.work
            for _ in 0..<messagesPerTurn where counts.asked < questions && !floor.isSpent {
                ask()
                counts.asked += 1
                if counts.asked == 1 {
                    floor.publish(1, .put(.custom, Array("custom/jobs/u/k/".utf8), [1]))
                }
            }
            counts.takeTurn(floor, from: start, since: turnStart)
        }
        var turns = 0
        func answered() -> UInt64 { floor.clients.reduce(0) { $0 + $1.answers } - answers }
        while answered() < counts.asked, turns < 100 * questions {
            let turnStart = floor.cost.work
            floor.goOn()
            floor.answerReads(1)
            counts.takeTurn(floor, from: start, since: turnStart)
            turns += 1
            if floor.isSpent, !counts.isWithinReason { break }
        }
        counts.answered = answered()
        return counts
    }

    private var isWithinReason: Bool { worstTurn < Self.allowance / 4 }

    private mutating func takeTurn(_ floor: ScaleFloor, from start: UInt64, since turn: UInt64) {
        floor.turn()
        let now = floor.cost.work
        worstTurn = max(worstTurn, now - turn)
        guard !isServed else { return }
        toEffect = now - start
        isServed = floor.clients[1].isAcknowledged && floor.clients[2].bytes > readerBytes
    }
}

extension ScaleRecord {
    static func event(_ key: [UInt8]) -> ScaleRecord {
        ScaleRecord(kind: .event, operation: .append, key: key, payload: [1, 2, 3, 4])
    }
}
