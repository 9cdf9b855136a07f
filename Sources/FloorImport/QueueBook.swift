/// Every queue's level, brought up to date by call steps.
struct QueueBook {
    /// Where a call waits, and since when.
    struct Place {
        var queue: String
        var since: Int64
        /// Of the log's own activity, when it joined.
        fileprivate var activity: Int64
        /// How often others joined at the head of the line although this call was in it.
        fileprivate var joinsAtHead = 0
        fileprivate var lastJoinAtHead = Int64.min
    }

    private struct Queue {
        var line = WaitingLine()
        var level: QueueLevel
        /// Joins at the head after which somebody who was passed by has left in their own turn.
        var priorityJoins = 0
        var lastPriorityJoin = Int64.min

        /// The queue has priorities, and who joins at the head says nothing of the others.
        var hasPriorities: Bool { priorityJoins >= ImportLimits.joinsAtHead }
    }

    /// Seconds of the log's own activity so far.
    var activity: Int64 = 0
    private var queues = NameTable<Queue>()
    private var places = NameTable<Place>()

    /// Callers waiting in all queues.
    var waiting: Int { places.count }

    /// Whether a step of this queue may be applied: the number of names is limited.
    func hasRoom(for queue: String) -> Bool {
        queues.count < ImportLimits.names || queues[queue] != nil
    }

    /// Where a call waits.
    func place(of callID: String) -> Place? { places[callID] }

    /// A call that joined a queue within a second of that moment.
    func caller(in queue: String, joinedAt seconds: Int64) -> String? {
        queues[queue]?.line.oldest(ImportLimits.callersSought).first { callID in
            places[callID].map { abs($0.since - seconds) <= 1 } ?? false
        }
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
            case .joined:
                places[step.callID] = Place(
                    queue: step.queue,
                    since: step.timestampSeconds,
                    activity: activity
                )
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
        if step.step != .enqueued {
            if queue.line.leave(step.callID) {
                places[step.callID] = nil
            } else {
                oddity(.leftWithoutEntering)
            }
        }
        queue.level.timestampSeconds = step.timestampSeconds
        queue.level.waiting = queue.line.count
        queue.level.startOfOldestWait = queue.line.oldestSeconds
        return queue.level
    }

    /// A call that was passed by leaves by its own line: the queue has priorities.
    mutating func leavesInTurn(_ callID: String, at seconds: Int64) {
        guard let place = places[callID], place.joinsAtHead > 0,
            seconds > place.lastJoinAtHead + ImportLimits.disorderSeconds
        else { return }
        guard queues[place.queue]?.lastPriorityJoin != place.lastJoinAtHead else { return }
        queues[place.queue]?.lastPriorityJoin = place.lastJoinAtHead
        queues[place.queue]?.priorityJoins += 1
    }

    /// A call joined at the head of a line; gives those who therefore must be gone.
    mutating func joinedAtHead(_ callID: String, of name: String, at seconds: Int64) -> [String] {
        guard let queue = queues[name], !queue.hasPriorities, queue.line.count > 1 else {
            return []
        }
        return queue.line.oldest(ImportLimits.callersPassed).filter { other in
            guard other.exact != callID.exact, var place = places[other],
                abs(seconds - place.since) > ImportLimits.disorderSeconds
            else { return false }
            place.joinsAtHead += 1
            place.lastJoinAtHead = seconds
            places[other] = place
            return place.joinsAtHead >= ImportLimits.joinsAtHead
        }
    }

    /// Callers who wait for longer than anybody does.
    func forgotten() -> [String] {
        let isForgotten = { (callID: String) in
            places[callID].map { activity - $0.activity > ImportLimits.openSeconds } ?? false
        }
        return places.names.filter(isForgotten).sorted()
    }

    /// The steps by which everybody leaves when the telephone system restarts.
    func stepsOfRestart(at seconds: Int64) -> [CallStep] {
        var steps: [CallStep] = []
        for name in queues.names.sorted() {
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
