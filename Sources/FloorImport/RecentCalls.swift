/// Calls that ended or left a while ago, so that a line that comes late or twice is known as such.
struct RecentCalls {
    private struct Call {
        /// When their conversation ended.
        var ended: Int64?
        /// That end was the first that the log said of the conversation.
        var endedFirst = false
        /// The answer was told when the end came, for its own line was not there.
        var answerWasTold = false
        /// When they left a queue they were not seen to enter.
        var left: Int64?
        var turn: Int
    }

    private var calls = NameTable<Call>()
    private var order: [(callID: String, turn: Int)] = []
    private var head = 0
    private var nextTurn = 0

    /// Whether their conversation ended.
    func hasEnded(_ callID: String) -> Bool { calls[callID]?.ended != nil }

    /// Whether the answer was told already, without its line.
    func answerWasTold(_ callID: String) -> Bool { calls[callID]?.answerWasTold == true }

    /// Whether a call that connects then has ended already.
    func isOver(_ callID: String, connectedAt seconds: Int64) -> Bool {
        guard let call = calls[callID], call.endedFirst, let ended = call.ended else {
            return false
        }
        return seconds == ended || isLate(seconds, after: ended)
    }

    /// Whether a call that joins then has left already.
    func isGone(_ callID: String, joinedAt seconds: Int64) -> Bool {
        guard let call = calls[callID] else { return false }
        // Who was told as answered had been seen to join.
        let isUnseen = call.endedFirst && !call.answerWasTold
        let moments = [call.left, isUnseen ? call.ended : nil]
        return moments.contains { moment in
            moment.map { seconds == $0 || isLate(seconds, after: $0) } ?? false
        }
    }

    mutating func ended(
        _ callID: String,
        at seconds: Int64,
        first: Bool = false,
        answerWasTold: Bool = false
    ) {
        change(callID) { call in
            call.ended = seconds
            call.endedFirst = first
            call.answerWasTold = answerWasTold
        }
    }

    mutating func left(_ callID: String, at seconds: Int64) {
        change(callID) { $0.left = seconds }
    }

    /// The call begins again.
    mutating func forget(_ callID: String) { calls[callID] = nil }

    private mutating func change(_ callID: String, _ body: (inout Call) -> Void) {
        nextTurn += 1
        var call = calls[callID] ?? Call(turn: nextTurn)
        call.turn = nextTurn
        body(&call)
        calls[callID] = call
        order.append((callID, nextTurn))
        while order.count - head > ImportLimits.recentCalls {
            let (old, turn) = order[head]
            if calls[old]?.turn == turn { calls[old] = nil }
            head += 1
        }
        if head > ImportLimits.recentCalls {
            order.removeFirst(head)
            head = 0
        }
    }
}
