/// Totals of a log, from its call steps alone, taken one at a time in their order.
///
/// ```swift
/// var totals = ReplayTotals(format: .asteriskQueueLog)
/// while let text = receive() { totals.add(try CallStep(parsing: text)) }
/// print(totals.summary().queues["support"]?.offered ?? 0)
/// ```
///
/// What is counted: offered = joined the queue; answered, abandoned, timed out and phantom = left
/// it so; wait = of those answered, abandoned or phantom; an agent's calls and talk = conversations
/// that ended. The peak of a table is of all queues together at the end of each second (leaves
/// count before joins); that of a `queue_log` is of each queue, line by line.
public struct ReplayTotals: Sendable {
    private let format: LogFormat
    private var queues: [String: QueueTotals] = [:]
    private var agents: [String: AgentTotals] = [:]
    private var lines: [String: WaitingLine] = [:]
    private var waiting = 0
    private var peak = 0
    private var second: Int64 = 0

    /// Totals of nothing yet.
    ///
    /// - Parameter format: The log's format, which decides how the peak is counted.
    public init(format: LogFormat) {
        self.format = format
    }

    /// Counts one step.
    ///
    /// - Parameter step: The next step in the script's order.
    public mutating func add(_ step: CallStep) {
        if step.timestampSeconds != second {
            peak = max(peak, waiting)
            second = step.timestampSeconds
        }
        switch step.step {
        case .enqueued:
            queues[step.queue, default: QueueTotals()].offered += 1
            join(step)
        case .answered(let wait):
            queues[step.queue, default: QueueTotals()].answered += 1
            leave(step, wait: wait)
        case .abandoned(let wait):
            queues[step.queue, default: QueueTotals()].abandoned += 1
            leave(step, wait: wait)
        case .phantom(let wait):
            queues[step.queue, default: QueueTotals()].phantom += 1
            leave(step, wait: wait)
        case .timedOut:
            queues[step.queue, default: QueueTotals()].timedOut += 1
            leave(step, wait: 0)
        case .exitedOther:
            leave(step, wait: 0)
        case .answeredAtOnce:
            queues[step.queue, default: QueueTotals()].answeredAtOnce += 1
        case .talkEnded(let talk):
            guard let agent = step.agent else { break }
            agents[agent, default: AgentTotals()].calls += 1
            agents[agent, default: AgentTotals()].talkSeconds += talk ?? 0
            if talk == nil { agents[agent, default: AgentTotals()].unknownTalks += 1 }
        case .leftBeforeQueue, .ringNoAnswer:
            break
        }
    }

    /// The totals so far, ready to be written as JSON.
    public func summary() -> TotalsSummary {
        let isTable = format == .anonymousBank
        return TotalsSummary(
            queues: queues.mapValues { totals in totals.entry(isTable: isTable) },
            agents: agents.mapValues { totals in
                TotalsSummary.Agent(
                    calls: totals.calls,
                    talkSeconds: totals.talkSeconds,
                    unknownTalks: totals.unknownTalks == 0 ? nil : totals.unknownTalks
                )
            },
            peakWaiting: isTable ? max(peak, waiting) : nil
        )
    }

    private mutating func join(_ step: CallStep) {
        var line = lines.removeValue(forKey: step.queue) ?? WaitingLine()
        if line.join(step.callID, at: step.timestampSeconds) == .joined { waiting += 1 }
        queues[step.queue, default: QueueTotals()].notePeak(line.count)
        lines[step.queue] = line
    }

    private mutating func leave(_ step: CallStep, wait: Int64?) {
        queues[step.queue, default: QueueTotals()].waitSeconds += wait ?? 0
        if wait == nil { queues[step.queue, default: QueueTotals()].unknownWaits += 1 }
        var line = lines.removeValue(forKey: step.queue) ?? WaitingLine()
        if line.leave(step.callID) { waiting -= 1 }
        lines[step.queue] = line
    }
}

/// The totals of a log as plain values; the coding keys are those of the reference files.
public struct TotalsSummary: Codable, Equatable, Sendable {
    /// One queue's totals.
    public struct Queue: Codable, Equatable, Sendable {
        /// Calls that joined.
        public var offered: Int
        /// Calls answered from the queue.
        public var answered: Int
        /// Calls abandoned in the queue.
        public var abandoned: Int
        /// Calls sent on by the queue's time limit.
        public var timedOut: Int
        /// Seconds waited by the calls answered, abandoned or phantom.
        public var waitSeconds: Int64
        /// Calls gone with nobody there; nil for a `queue_log`, which has none.
        public var phantom: Int?
        /// Calls answered without waiting; nil for a `queue_log`, which has none.
        public var answeredAtOnce: Int?
        /// Most callers waiting at once; nil for a table, which counts all queues together.
        public var peakWaiting: Int?
        /// Calls among them whose wait the log does not say; nil if there are none.
        public var unknownWaits: Int?

        private enum CodingKeys: String, CodingKey {
            case offered
            case answered
            case abandoned
            case timedOut = "timed_out"
            case waitSeconds = "wait_s"
            case phantom
            case answeredAtOnce = "answered_at_once"
            case peakWaiting = "peak_waiting"
            case unknownWaits = "wait_unknown"
        }
    }

    /// One agent's totals.
    public struct Agent: Codable, Equatable, Sendable {
        /// Conversations ended.
        public var calls: Int
        /// Seconds talked in them.
        public var talkSeconds: Int64
        /// Conversations whose length the log does not say; nil if there are none.
        public var unknownTalks: Int?

        private enum CodingKeys: String, CodingKey {
            case calls
            case talkSeconds = "talk_s"
            case unknownTalks = "talk_unknown"
        }
    }

    /// Every queue with a call that joined it or was answered at once, by name.
    public var queues: [String: Queue]
    /// Every agent with a conversation that ended, by name.
    public var agents: [String: Agent]
    /// Most callers waiting at once in all queues together; nil for a `queue_log`.
    public var peakWaiting: Int?

    private enum CodingKeys: String, CodingKey {
        case queues
        case agents
        case peakWaiting = "peak_waiting"
    }
}

private struct QueueTotals {
    var offered = 0
    var answered = 0
    var abandoned = 0
    var timedOut = 0
    var phantom = 0
    var answeredAtOnce = 0
    var waitSeconds: Int64 = 0
    var peakWaiting = 0
    var unknownWaits = 0

    mutating func notePeak(_ waiting: Int) { peakWaiting = max(peakWaiting, waiting) }

    func entry(isTable: Bool) -> TotalsSummary.Queue {
        TotalsSummary.Queue(
            offered: offered,
            answered: answered,
            abandoned: abandoned,
            timedOut: timedOut,
            waitSeconds: waitSeconds,
            phantom: isTable ? phantom : nil,
            answeredAtOnce: isTable ? answeredAtOnce : nil,
            peakWaiting: isTable ? nil : peakWaiting,
            unknownWaits: unknownWaits == 0 ? nil : unknownWaits
        )
    }
}

private struct AgentTotals {
    var calls = 0
    var talkSeconds: Int64 = 0
    var unknownTalks = 0
}
