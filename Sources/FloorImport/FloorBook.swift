/// Turns call steps and agent events into floor steps, in the order call, queue, agent.
///
/// Both formats go through here, so that what the steps say always adds up.
struct FloorBook {
    private(set) var queues = QueueBook()
    private(set) var agents: AgentBook

    init(closesOlderTalks: Bool = false) {
        agents = AgentBook(closesOlderTalks: closesOlderTalks)
    }

    /// What is begun and not ended.
    var open: OpenCalls {
        var open = OpenCalls()
        open.waiting = queues.waiting
        open.talking = agents.talking
        return open
    }

    /// Seconds of the log's own activity so far.
    var activity: Int64 {
        get { agents.activity }
        set {
            agents.activity = newValue
            queues.activity = newValue
        }
    }

    /// Throws if the step would bring in one name too many.
    func checkRoom(queue: String?, agent: String?) throws(RowProblem) {
        if let queue, !queues.hasRoom(for: queue) {
            throw .tooManyNames(field: "queue", value: queue)
        }
        if let agent, !agents.hasRoom(for: agent) {
            throw .tooManyNames(field: "agent", value: agent)
        }
    }

    mutating func call(
        _ step: CallStep,
        report: inout ImportReport,
        into steps: inout [FloorStep]
    ) {
        steps.append(.call(step))
        let level = queues.apply(step) { oddity in report.note(oddity) }
        if let level { steps.append(.queue(level)) }
    }

    mutating func agent(
        _ name: String,
        _ event: AgentBook.Event,
        at seconds: Int64,
        report: inout ImportReport,
        into steps: inout [FloorStep]
    ) {
        let step = agents.apply(event, to: name, at: seconds) { oddity in report.note(oddity) }
        if let step { steps.append(.agent(step)) }
    }

    /// Makes one person of two names.
    mutating func merge(
        _ old: String,
        into name: String,
        at seconds: Int64,
        into steps: inout [FloorStep]
    ) {
        steps += agents.merge(old, into: name, at: seconds).map(FloorStep.agent)
    }

    /// A caller leaves whose leaving was not written.
    mutating func closeWait(
        _ callID: String,
        at seconds: Int64,
        report: inout ImportReport,
        into steps: inout [FloorStep]
    ) {
        guard let place = queues.place(of: callID) else { return }
        let step = CallStep(
            timestampSeconds: seconds,
            callID: callID,
            queue: place.queue,
            step: .exitedOther(waitSeconds: nil)
        )
        call(step, report: &report, into: &steps)
    }

    /// Closes what is open for longer than anything is.
    mutating func closeForgotten(
        at seconds: Int64,
        isEnd: Bool,
        report: inout ImportReport,
        into steps: inout [FloorStep]
    ) {
        for callID in queues.forgotten() {
            report.note(.waitWithoutEnd)
            closeWait(callID, at: seconds, report: &report, into: &steps)
        }
        steps += agents.closeForgotten(at: seconds, isEnd: isEnd) { oddity in
            report.note(oddity)
        }.map(FloorStep.agent)
    }

    mutating func leavesInTurn(_ callID: String, at seconds: Int64) {
        queues.leavesInTurn(callID, at: seconds)
    }

    mutating func joinedAtHead(_ callID: String, of queue: String, at seconds: Int64) -> [String] {
        queues.joinedAtHead(callID, of: queue, at: seconds)
    }

    mutating func restart(
        at seconds: Int64,
        report: inout ImportReport,
        into steps: inout [FloorStep]
    ) {
        for step in queues.stepsOfRestart(at: seconds) {
            call(step, report: &report, into: &steps)
        }
        steps += agents.restart(at: seconds).map(FloorStep.agent)
    }
}

extension RowProblem {
    static func tooManyNames(field: String, value: String) -> RowProblem {
        RowProblem(
            cause: .tooManyNames,
            field: field,
            value: value,
            rule: "is one name more than the \(ImportLimits.names) that can be followed"
        )
    }
}
