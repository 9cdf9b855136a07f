/// Turns call steps and agent events into floor steps, in the order call, queue, agent.
///
/// Both formats go through here, so that what the steps say always adds up.
struct FloorBook {
    private var queues = QueueBook()
    private var agents = AgentBook()

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
        into steps: inout [FloorStep]
    ) {
        if let step = agents.apply(event, to: name, at: seconds) { steps.append(.agent(step)) }
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
