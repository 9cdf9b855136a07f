/// One line of Asterisk's `queue_log`, of any release from 1.2 to 23.
///
/// Events and their data: https://docs.asterisk.org/Operation/Logging/Queue-Logs/ and, for older
/// releases, `doc/queuelog.txt` of their sources. Data is read by event *and* form: releases have
/// added columns. A number that is missing or odd is counted, and what the line says of a call or
/// a person holds all the same.
struct AsteriskLine {
    enum Event: Equatable {
        case call(CallStep.Step)
        case agent(AgentBook.Event)
        /// A telephone rang and was answered elsewhere, or its caller left.
        case rang
        /// Asterisk started: no call from before is there any longer.
        case restart
        /// Known, and of no interest to a floor.
        case ignored
    }

    /// What an event is about; several may mean the same.
    enum Kind: Equatable {
        case enter, connect, abandon, timedOut, exited, ringNoAnswer, rang, complete, transfer
        case attended, login, logoff, add, remove, pause, unpause, pauseAll, unpauseAll, restart
        case ignored

        static let names: [Substring: Kind] = [
            "QUEUESTART": .restart, "ENTERQUEUE": .enter, "CONNECT": .connect,
            "ABANDON": .abandon, "EXITWITHTIMEOUT": .timedOut, "EXITEMPTY": .exited,
            "EXITWITHKEY": .exited, "RINGNOANSWER": .ringNoAnswer, "RINGCANCELED": .rang,
            "COMPLETEAGENT": .complete, "COMPLETECALLER": .complete, "TRANSFER": .transfer,
            "BLINDTRANSFER": .transfer, "ATTENDEDTRANSFER": .attended, "AGENTLOGIN": .login,
            "AGENTCALLBACKLOGIN": .login, "AGENTLOGOFF": .logoff, "AGENTCALLBACKLOGOFF": .logoff,
            "ADDMEMBER": .add, "REMOVEMEMBER": .remove, "PAUSE": .pause, "UNPAUSE": .unpause,
            "PAUSEALL": .pauseAll, "UNPAUSEALL": .unpauseAll, "AGENTDUMP": .ignored,
            "CONFIGRELOAD": .ignored, "DID": .ignored, "INFO": .ignored, "JOINEMPTY": .ignored,
            "PENALTY": .ignored, "RINGINUSE": .ignored, "SYSCOMPAT": .ignored,
        ]

        init?(named name: Substring) {
            guard let kind = Kind.names[name] else { return nil }
            self = kind
        }

        /// What a name that is cut off means, if it can mean one thing only.
        init?(beginning name: Substring) {
            guard name.utf8.count >= 3 else { return nil }
            var kinds = Kind.names.filter { $0.key.hasPrefix(name) }.map(\.value)
            if kinds.contains(.timedOut), kinds.contains(.exited) { kinds = [.exited] }
            guard let first = kinds.first, kinds.allSatisfy({ $0 == first }) else { return nil }
            self = first
        }
    }

    private static let none = "NONE"

    var timestampSeconds: Int64
    var callID = ""
    var queue = ""
    var agent: String?
    var event = Event.ignored
    /// How long the caller had waited, where the line says so.
    var waited: Int64?
    /// How long a telephone rang, in milliseconds.
    var rang: Int64?
    /// The caller's place in the line when they joined.
    var position: Int64?
    /// What was odd, each thing once.
    private(set) var oddities: [Oddity] = []
    private var data: [Substring]

    init(_ row: AsteriskRow, local: (Int64) -> Int64 = { $0 }) throws(RowProblem) {
        timestampSeconds = try parseLogTime(row.time, local: local)
        data = row.data
        let kind: Kind
        if let known = Kind(named: row.event) {
            kind = known
        } else if row.data.isEmpty, let cut = Kind(beginning: row.event) {
            kind = cut
            oddities.append(.eventCut)
        } else {
            throw RowProblem(
                cause: .unknownEvent,
                field: "event",
                value: String(row.event),
                rule: "must be an event that Asterisk writes itself"
            )
        }
        if row.queue != AsteriskLine.none { queue = String(row.queue) }
        switch kind {
        case .restart: event = .restart
        case .ignored: event = .ignored
        case .login, .logoff, .add, .remove, .pause, .unpause, .pauseAll, .unpauseAll:
            agent = try AsteriskLine.required(row.agent, field: "agent")
            event = .agent(try present(kind, row))
        default:
            callID = try AsteriskLine.required(
                row.callID,
                field: "callid",
                limit: ImportLimits.callIDBytes
            )
            queue = try AsteriskLine.required(row.queue, field: "queue")
            if row.agent != AsteriskLine.none, !row.agent.isEmpty {
                agent = try parseName(row.agent, field: "agent")
            }
            readCall(kind)
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

    private func present(_ kind: Kind, _ row: AsteriskRow) throws(RowProblem) -> AgentBook.Event {
        switch kind {
        case .login: return .loggedIn
        case .logoff: return .loggedOff
        case .add:
            let queue = try AsteriskLine.required(row.queue, field: "queue")
            return .joined(queue: queue, isPaused: row.data.first == "PAUSED")
        case .remove: return .left(queue: try AsteriskLine.required(row.queue, field: "queue"))
        case .unpause where queue.isEmpty, .unpauseAll: return .unpausedEverywhere
        case .unpause:
            return .unpaused(queue: try AsteriskLine.required(row.queue, field: "queue"))
        case .pause where !queue.isEmpty:
            let queue = try AsteriskLine.required(row.queue, field: "queue")
            return .paused(queue: queue, reason: AsteriskLine.reason(row.data))
        default: return .pausedEverywhere(reason: AsteriskLine.reason(row.data))
        }
    }

    private mutating func readCall(_ kind: Kind) {
        switch kind {
        case .enter:
            // url|callerid, and since 1.8 the place; a caller's number may hold a separator.
            if data.count >= 3, let place = data.last.flatMap({ parseDigits($0.utf8) }) {
                position = place
            }
            event = .call(.enqueued)
        case .connect:
            // hold, since 1.4 the agent's call, since 1.6 the seconds it rang.
            waited = number(at: 0)
            if data.count >= 3 { rang = number(at: 2).map { $0 * 1_000 } }
            event = .call(.answered(waitSeconds: waited))
        case .abandon:
            waited = number(at: 2)
            event = .call(.abandoned(waitSeconds: waited))
        case .timedOut:
            // Before 1.6 the position alone.
            waited = number(at: 2)
            event = .call(.timedOut(waitSeconds: waited))
        case .exited:
            // EXITWITHKEY has the key first; before 1.6 no wait; EXITEMPTY is as ABANDON.
            waited = data.count == 3 || data.count == 4 ? number(at: data.count - 1) : missing()
            event = .call(.exitedOther(waitSeconds: waited))
        case .ringNoAnswer:
            rang = number(at: 0, limit: ImportLimits.durationSeconds * 1_000)
            event = .call(.ringNoAnswer(ringMilliseconds: rang))
        case .rang:
            rang = data.isEmpty ? nil : number(at: 0, limit: ImportLimits.durationSeconds * 1_000)
            event = .rang
        case .complete:
            waited = number(at: 0)
            event = .call(.talkEnded(talkSeconds: number(at: 1)))
        default:
            // hold|talk|position stand behind the target: exten|context, BRIDGE|id, APP|name or
            // LINK|id|id. Before 1.6 without the position, in 1.2 the target alone: what stands
            // where a time would is then an extension.
            let first = kind == .attended && data.first == "LINK" ? 3 : 2
            waited = data.count > first + 1 ? number(at: first) : nil
            let talk = data.count > first + 1 ? number(at: first + 1) : missing()
            event = .call(.talkEnded(talkSeconds: talk))
        }
    }

    private mutating func missing() -> Int64? {
        if !oddities.contains(.numberMissing) { oddities.append(.numberMissing) }
        return nil
    }

    private mutating func number(
        at index: Int,
        limit: Int64 = ImportLimits.durationSeconds
    ) -> Int64? {
        guard index < data.count, let number = parseDigits(data[index].utf8), number <= limit else {
            return missing()
        }
        return number
    }

    /// A reason is for people: what of it cannot stand in a text is left out.
    private static func reason(_ data: [Substring]) -> String {
        guard let text = data.first else { return "" }
        // Too long or with control characters: nothing is lost but the label.
        return (try? parseName(text, field: "reason")) ?? ""
    }
}
