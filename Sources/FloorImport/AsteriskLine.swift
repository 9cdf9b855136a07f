/// One line of Asterisk's `queue_log`.
///
/// Events and their data: https://docs.asterisk.org/Operation/Logging/Queue-Logs/ (Asterisk 1.6
/// and later; older ones leave the wait out of some lines, which are then skipped as "columns").
struct AsteriskLine {
    enum Event: Equatable {
        case call(CallStep.Step)
        case agent(AgentBook.Event)
        /// Asterisk started: no call and no agent from before is there any longer.
        case restart
        /// Known, and of no interest to a floor.
        case ignored
    }

    private static let none = "NONE"

    var timestampSeconds: Int64
    var callID = ""
    var queue = ""
    var agent: String?
    var event: Event

    init(parsing text: String) throws(RowProblem) {
        let fields = text.split(separator: "|", omittingEmptySubsequences: false)
        guard fields.count >= 5 else {
            throw RowProblem(
                cause: .columns,
                rule: "a line has at least 5 columns and this has \(fields.count)"
            )
        }
        timestampSeconds = try parseEpoch(fields[0], field: "epoch")
        event = try AsteriskLine.event(named: fields[4], queue: fields[2], data: fields[5...])
        switch event {
        case .call:
            callID = try AsteriskLine.required(
                fields[1],
                field: "callid",
                limit: ImportLimits.callIDBytes
            )
            queue = try AsteriskLine.required(fields[2], field: "queue")
            if fields[3] != AsteriskLine.none, !fields[3].isEmpty {
                agent = try parseName(fields[3], field: "agent")
            }
        case .agent:
            agent = try AsteriskLine.required(fields[3], field: "agent")
        case .restart, .ignored:
            break
        }
    }

    /// A name that this event cannot do without; Asterisk writes NONE where it has none.
    private static func required(
        _ text: Substring,
        field: String,
        limit: Int = ImportLimits.nameBytes
    ) throws(RowProblem) -> String {
        guard text != none else {
            throw RowProblem(cause: .emptyField, field: field, rule: "must not be NONE here")
        }
        return try parseName(text, field: field, limit: limit)
    }

    private static func event(
        named name: Substring,
        queue: Substring,
        data: ArraySlice<Substring>
    ) throws(RowProblem) -> Event {
        switch name {
        case "QUEUESTART":
            return .restart
        case "ENTERQUEUE", "CONNECT", "ABANDON", "EXITWITHTIMEOUT", "EXITEMPTY", "EXITWITHKEY",
            "RINGNOANSWER", "COMPLETEAGENT", "COMPLETECALLER", "BLINDTRANSFER",
            "ATTENDEDTRANSFER", "TRANSFER":
            return .call(try call(named: name, data: data))
        case "AGENTLOGIN", "AGENTCALLBACKLOGIN":
            return .agent(.loggedIn)
        case "AGENTLOGOFF", "AGENTCALLBACKLOGOFF":
            return .agent(.loggedOff)
        case "ADDMEMBER":
            return .agent(.joined(queue: try required(queue, field: "queue")))
        case "REMOVEMEMBER":
            return .agent(.left(queue: try required(queue, field: "queue")))
        case "PAUSE":
            let queue = try required(queue, field: "queue")
            return .agent(.paused(queue: queue, reason: try reason(data)))
        case "UNPAUSE":
            return .agent(.unpaused(queue: try required(queue, field: "queue")))
        case "PAUSEALL":
            return .agent(.pausedEverywhere(reason: try reason(data)))
        case "UNPAUSEALL":
            return .agent(.unpausedEverywhere)
        case "AGENTDUMP", "CONFIGRELOAD", "DID", "INFO", "JOINEMPTY", "PENALTY", "RINGCANCELED",
            "RINGINUSE", "SYSCOMPAT":
            return .ignored
        default:
            throw RowProblem(
                cause: .unknownEvent,
                field: "event",
                value: String(name),
                rule: "must be an event that Asterisk writes itself"
            )
        }
    }

    private static func call(
        named name: Substring,
        data: ArraySlice<Substring>
    ) throws(RowProblem) -> CallStep.Step {
        switch name {
        case "ENTERQUEUE":
            return .enqueued
        case "CONNECT":
            return .answered(waitSeconds: try duration(data, at: 0, "holdtime"))
        case "ABANDON":
            return .abandoned(waitSeconds: try duration(data, at: 2, "waittime"))
        case "EXITWITHTIMEOUT":
            return .timedOut(waitSeconds: try duration(data, at: 2, "waittime"))
        case "EXITEMPTY":
            return .exitedOther(waitSeconds: try duration(data, at: 2, "waittime"))
        case "EXITWITHKEY":
            return .exitedOther(waitSeconds: try duration(data, at: 3, "waittime"))
        case "RINGNOANSWER":
            let limit = ImportLimits.durationSeconds * 1_000
            let ring = try duration(data, at: 0, "ringtime", limit: limit)
            return .ringNoAnswer(ringMilliseconds: ring)
        case "COMPLETEAGENT", "COMPLETECALLER":
            return .talkEnded(talkSeconds: try duration(data, at: 1, "calltime"))
        default:
            // The transfers end in holdtime|calltime|position and begin with one part or more:
            // an attended transfer by LINK names two bridges.
            return .talkEnded(talkSeconds: try duration(data, at: data.count - 2, "calltime"))
        }
    }

    private static func duration(
        _ data: ArraySlice<Substring>,
        at index: Int,
        _ field: String,
        limit: Int64 = ImportLimits.durationSeconds
    ) throws(RowProblem) -> Int64 {
        guard data.indices.contains(data.startIndex + index) else {
            throw RowProblem(cause: .columns, field: field, rule: "is missing")
        }
        return try parseDuration(data[data.startIndex + index], field: field, limit: limit)
    }

    private static func reason(_ data: ArraySlice<Substring>) throws(RowProblem) -> String {
        guard let text = data.first, !text.isEmpty else { return "" }
        return try parseName(text, field: "reason")
    }
}
