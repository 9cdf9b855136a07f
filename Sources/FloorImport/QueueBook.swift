/// The callers waiting in one queue, in the order in which they joined.
struct WaitingLine {
    enum Joined {
        case joined
        case alreadyWaiting
        case full
    }

    private struct Place {
        var turn: Int
        var sinceSeconds: Int64
    }

    private var places: [String: Place] = [:]
    // Every place ever taken, oldest first; those given up are passed over at the head and
    // cleared out when they are the larger part, so that the array stays within twice the limit.
    private var order: [(callID: String, turn: Int)] = []
    private var head = 0
    private var nextTurn = 0

    var count: Int { places.count }

    var oldestSeconds: Int64? {
        guard head < order.count else { return nil }
        return places[order[head].callID]?.sinceSeconds
    }

    var callIDs: [String] { order[head...].filter(isCurrent).map(\.callID) }

    func waitSeconds(of callID: String, until now: Int64) -> Int64 {
        guard let place = places[callID] else { return 0 }
        return min(max(0, now - place.sinceSeconds), ImportLimits.durationSeconds)
    }

    mutating func join(_ callID: String, at seconds: Int64) -> Joined {
        guard places[callID] == nil else { return .alreadyWaiting }
        guard places.count < ImportLimits.waitingPerQueue else { return .full }
        places[callID] = Place(turn: nextTurn, sinceSeconds: seconds)
        order.append((callID, nextTurn))
        nextTurn += 1
        return .joined
    }

    /// Returns false if the call was not waiting.
    mutating func leave(_ callID: String) -> Bool {
        guard places.removeValue(forKey: callID) != nil else { return false }
        while head < order.count, !isCurrent(order[head]) { head += 1 }
        if order.count > 2 * places.count + 16 {
            order = order[head...].filter(isCurrent)
            head = 0
        }
        return true
    }

    private func isCurrent(_ entry: (callID: String, turn: Int)) -> Bool {
        places[entry.callID]?.turn == entry.turn
    }
}

/// Every queue's level, brought up to date by call steps.
struct QueueBook {
    private struct Queue {
        var line = WaitingLine()
        var level: QueueLevel
    }

    private var queues: [String: Queue] = [:]

    /// Whether a step of this queue may be applied: the number of names is limited.
    func hasRoom(for queue: String) -> Bool {
        queues.count < ImportLimits.names || queues[queue] != nil
    }

    /// Applies a step; gives the new level if the step touches the queue.
    mutating func apply(_ step: CallStep, oddity: (Oddity) -> Void) -> QueueLevel? {
        let empty = QueueLevel(timestampSeconds: step.timestampSeconds, queue: step.queue)
        var queue = queues.removeValue(forKey: step.queue) ?? Queue(level: empty)
        defer { queues[step.queue] = queue }
        switch step.step {
        case .enqueued:
            queue.level.offered += 1
            switch queue.line.join(step.callID, at: step.timestampSeconds) {
            case .joined: break
            case .alreadyWaiting: oddity(.enteredTwice)
            case .full: oddity(.tooManyWaiting)
            }
        case .answered:
            queue.level.answered += 1
        case .abandoned:
            queue.level.abandoned += 1
        case .timedOut:
            queue.level.timedOut += 1
        case .phantom, .exitedOther:
            break
        case .answeredAtOnce, .leftBeforeQueue, .ringNoAnswer, .talkEnded:
            return nil
        }
        if step.step != .enqueued, !queue.line.leave(step.callID) { oddity(.leftWithoutEntering) }
        queue.level.timestampSeconds = step.timestampSeconds
        queue.level.waiting = queue.line.count
        queue.level.startOfOldestWait = queue.line.oldestSeconds
        return queue.level
    }

    /// The steps by which everybody leaves when the telephone system restarts.
    func stepsOfRestart(at seconds: Int64) -> [CallStep] {
        var steps: [CallStep] = []
        for name in queues.keys.sorted() {
            guard let line = queues[name]?.line else { continue }
            for callID in line.callIDs {
                let wait = line.waitSeconds(of: callID, until: seconds)
                steps.append(
                    CallStep(
                        timestampSeconds: seconds,
                        callID: callID,
                        queue: name,
                        step: .exitedOther(waitSeconds: wait)
                    )
                )
            }
        }
        return steps
    }
}
