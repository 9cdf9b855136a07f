import FloorBus

/// What a subscription brings that is no record, as one JSON object.
struct EventLine: Encodable {
    var type: String
    var continuity: String?
    var epoch: UInt32?
    var lineage: String?
    var status: String?
    var sentence: String?
    var keys: UInt64?
    var from: String?
    var to: String?
    var count: UInt64?
}

extension FloorBusEvent {
    /// The event as one JSON object.
    func json() throws -> String {
        switch self {
        case .record(let record): return try Output.jsonText(RecordLine(record))
        case .removed(let record):
            return try Output.jsonText(RecordLine(record, type: "removed"))
        case .linkUp(let link):
            var line = EventLine(type: "linkUp")
            line.continuity = link.continuity.rawValue
            line.epoch = link.epoch
            line.lineage = link.lineage.text
            return try Output.jsonText(line)
        case .linkDown(let status):
            var line = EventLine(type: "linkDown")
            line.status = String(describing: status)
            line.sentence = status.sentence
            return try Output.jsonText(line)
        case .snapshotEnd(let keys):
            return try Output.jsonText(EventLine(type: "snapshotEnd", keys: keys))
        case .gap(let from, let to, let count):
            var line = EventLine(type: "gap")
            line.from = from.text
            line.to = to.text
            line.count = count
            return try Output.jsonText(line)
        }
    }

    /// The event as a line for people.
    var text: String {
        switch self {
        case .record(let record):
            return record.line(record.summary)
        case .removed(let record):
            return record.line("removed")
        case .linkUp(let link):
            switch link.continuity {
            case .first: return "-- connected to the hub, epoch \(link.epoch)"
            case .resumed: return "-- connected again, epoch \(link.epoch): nothing was missed"
            case .resynced:
                return "-- connected to another life of the hub, epoch \(link.epoch): "
                    + "everything follows again"
            }
        case .linkDown(let status): return "-- the link is down: \(status.sentence)"
        case .snapshotEnd(let keys): return "-- that is everything now: \(keys) keys"
        case .gap(let from, let to, let count):
            let number = count == 0 ? "an unknown number of" : String(count)
            return "-- gap: \(number) events from \(from.text) to \(to.text) are lost"
        }
    }
}

extension FloorRecord {
    fileprivate func line(_ what: String) -> String {
        // A removal that only a snapshot noticed happened at a time nobody knows.
        let time = hubTime == 0 ? "(time not known)        " : Output.time(hubTime)
        var line = "\(time) \(Output.printable(key.text)) \(what)"
        if freshness != .live { line += " [\(freshness.name)]" }
        if isWill { line += " [will]" }
        if isReplayed { line += " [replayed]" }
        if coalesced > 0 { line += " [+\(coalesced) older]" }
        return line
    }

    /// The payload in a few words.
    var summary: String {
        do {
            if let agent = try agentState { return agent.summary }
            if let level = try queueLevel {
                let counters = level.counters
                return "waiting \(level.waiting), offered \(counters.offered), answered "
                    + "\(counters.answered), abandoned \(counters.abandoned), timed out "
                    + "\(counters.timedOut)" + summary(of: level.figures)
            }
            if let team = try teamFigures {
                return String(summary(of: team.figures).dropFirst(2))
            }
            if let presence = try presence {
                let state = try supporter?.state ?? .unknown
                let duty = state == .unknown ? "" : ", supporter \(state.name)"
                return "sessions \(presence.sessions)" + duty
            }
            if let flag = try helpFlag { return flag.summary }
            if let note = try note {
                return "\(note.status.name) \(note.kind.name): \(Output.printable(note.text))"
            }
        } catch {
            return error.sentence
        }
        if let text = String(validating: payload, as: UTF8.self) {
            return Output.printable(text)
        }
        return "\(payload.count) bytes"
    }

    private func summary(of figures: [Figure]) -> String {
        figures.map { ", \(Output.printable($0.name)) \($0.value) \($0.unit.name)" }.joined()
    }
}

extension AgentState {
    /// The state in a few words.
    var summary: String {
        if session == .loggedOff { return "loggedOff" }
        var words = [activity.name]
        if let pending { words.append("then \(pending.name)") }
        if reasonClass != .none { words.append("for \(reasonClass.name)") }
        if !reason.isEmpty { words.append("(\(Output.printable(reason)))") }
        if call != .none { words.append("call \(call.name)") }
        words += OverlayName.names(of: overlays)
        if !deviceInService { words.append("device down") }
        if !seat.isEmpty { words.append("seat \(Output.printable(seat))") }
        return words.joined(separator: " ")
    }
}

extension HelpFlag {
    /// The flag in a few words.
    var summary: String {
        var words = [status.name, kind.name]
        if !category.isEmpty { words.append("about \(Output.printable(category))") }
        if !owner.isEmpty { words.append("by \(Output.printable(owner))") }
        if escalation > 0 { words.append("escalated \(escalation)") }
        if cause != .person { words.append("(\(cause.name))") }
        return words.joined(separator: " ")
    }
}
