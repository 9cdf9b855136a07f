/// A model of app_queue: what the lines of a `queue_log` say of calls and people, also when some
/// of them are lost, doubled, cut, or stand in another order than they happened.
///
/// Asterisk has a call in one queue and with one agent at a time; an agent's telephone may have
/// several (`ringinuse`), but they do not outlive one another for long. What contradicts that is
/// over: later words about the same call or person close it, and the report counts it.
struct AsteriskFloor {
    private(set) var book = FloorBook(closesOlderTalks: true)
    private var recent = RecentCalls()
    private var aliases = AliasFinder()
    private var lastSeconds: Int64?
    private var lastSweep: Int64 = 0

    /// The longest stretch of the log's activity between two looks for what was forgotten.
    private static let sweepSeconds: Int64 = 600

    mutating func use(
        _ given: AsteriskLine,
        report: inout ImportReport,
        into steps: inout [FloorStep]
    ) throws(RowProblem) {
        var line = given
        if let name = given.agent { line.agent = aliases.names[name] ?? name }
        let seconds = line.timestampSeconds
        let queue = line.queue.isEmpty ? nil : line.queue
        switch line.event {
        case .call, .rang: try book.checkRoom(queue: queue, agent: line.agent)
        case .agent: try book.checkRoom(queue: nil, agent: line.agent)
        case .restart, .ignored: break
        }
        tick(seconds, report: &report, into: &steps)
        for oddity in line.oddities { report.note(oddity) }
        switch line.event {
        case .call(let step): call(step, line, &report, &steps)
        case .agent(let event):
            guard let agent = line.agent, let written = given.agent else { break }
            if let found = aliases.take(event, of: written, at: seconds) {
                report.note(.nameLinked)
                book.merge(found.interface, into: found.name, at: seconds, into: &steps)
                line.agent = found.name
                return book.agent(found.name, event, at: seconds, report: &report, into: &steps)
            }
            book.agent(agent, event, at: seconds, report: &report, into: &steps)
        case .rang: rang(line, &report, &steps)
        case .restart:
            recent = RecentCalls()
            book.restart(at: seconds, report: &report, into: &steps)
        case .ignored: break
        }
    }

    /// The log has ended.
    mutating func end(report: inout ImportReport, into steps: inout [FloorStep]) {
        guard let seconds = lastSeconds else { return }
        book.closeForgotten(at: seconds, isEnd: true, report: &report, into: &steps)
    }

    /// The log's own activity goes on; a clock that leaps is no activity.
    private mutating func tick(
        _ seconds: Int64,
        report: inout ImportReport,
        into steps: inout [FloorStep]
    ) {
        defer { lastSeconds = seconds }
        guard let last = lastSeconds, seconds != last else { return }
        if seconds < last { return report.note(.clockWentBack) }
        book.activity += min(seconds - last, ImportLimits.activityStepSeconds)
        guard book.activity - lastSweep >= AsteriskFloor.sweepSeconds else { return }
        lastSweep = book.activity
        book.closeForgotten(at: seconds, isEnd: false, report: &report, into: &steps)
    }

    private mutating func call(
        _ step: CallStep.Step,
        _ line: AsteriskLine,
        _ report: inout ImportReport,
        _ steps: inout [FloorStep]
    ) {
        switch step {
        case .enqueued: joined(line, &report, &steps)
        case .answered(let wait): answered(wait, line, &report, &steps)
        case .talkEnded(let talk): ended(talk, line, &report, &steps)
        case .ringNoAnswer:
            emit(step, line, &report, &steps)
            rang(line, &report, &steps)
        default: left(step, line, &report, &steps)
        }
    }

    private mutating func joined(
        _ line: AsteriskLine,
        _ report: inout ImportReport,
        _ steps: inout [FloorStep]
    ) {
        let (callID, seconds) = (line.callID, line.timestampSeconds)
        if let place = book.queues.place(of: callID), place.queue.exact != line.queue.exact {
            report.note(.waitWithoutEnd)
            book.closeWait(callID, at: seconds, report: &report, into: &steps)
        }
        guard !recent.isGone(callID, joinedAt: seconds) else {
            report.note(.outOfOrder)
            emit(.enqueued, line, &report, &steps)
            return book.closeWait(callID, at: seconds, report: &report, into: &steps)
        }
        if let agent = book.agents.talker(of: callID) {
            report.note(.talkWithoutEnd)
            let event = AgentBook.Event.talkEnded(callID: callID)
            book.agent(agent, event, at: seconds, report: &report, into: &steps)
        }
        recent.forget(callID)
        emit(.enqueued, line, &report, &steps)
        guard line.position == 1 else { return }
        for other in book.joinedAtHead(callID, of: line.queue, at: seconds) {
            report.note(.waitWithoutEnd)
            book.closeWait(other, at: seconds, report: &report, into: &steps)
        }
    }

    private mutating func answered(
        _ wait: Int64?,
        _ line: AsteriskLine,
        _ report: inout ImportReport,
        _ steps: inout [FloorStep]
    ) {
        let (callID, seconds) = (line.callID, line.timestampSeconds)
        let since = rangSince(line)
        if let talker = book.agents.talker(of: callID) {
            if talker.exact == line.agent?.exact { return report.note(.lineTwice) }
            report.note(.talkWithoutEnd)
            let event = AgentBook.Event.talkEnded(callID: callID)
            book.agent(talker, event, at: seconds, report: &report, into: &steps)
        }
        let isOver = recent.isOver(callID, connectedAt: seconds)
        if isOver { report.note(.outOfOrder) }
        if !isOver || !recent.answerWasTold(callID) {
            left(.answered(waitSeconds: wait), line, &report, &steps)
        }
        guard let agent = line.agent else { return }
        var event = AgentBook.Event.rang(queue: line.queue, since: since)
        if !isOver {
            recent.forget(callID)
            event = .talkStarted(callID: callID, queue: line.queue, since: since)
        }
        book.agent(agent, event, at: seconds, report: &report, into: &steps)
    }

    /// A call leaves its queue, answered or not.
    private mutating func left(
        _ step: CallStep.Step,
        _ line: AsteriskLine,
        _ report: inout ImportReport,
        _ steps: inout [FloorStep]
    ) {
        let (callID, seconds) = (line.callID, line.timestampSeconds)
        if let place = book.queues.place(of: callID) {
            if place.queue.exact != line.queue.exact {
                report.note(.waitWithoutEnd)
                book.closeWait(callID, at: seconds, report: &report, into: &steps)
            } else {
                book.leavesInTurn(callID, at: seconds)
            }
        } else if !recent.hasEnded(callID), let waited = line.waited,
            let other = book.queues.caller(in: line.queue, joinedAt: seconds - waited)
        {
            // The caller who joined then is this one, under the identifier of another channel.
            report.note(.idChanged)
            book.closeWait(other, at: seconds, report: &report, into: &steps)
        } else {
            recent.left(callID, at: seconds)
        }
        emit(step, line, &report, &steps)
    }

    private mutating func ended(
        _ talk: Int64?,
        _ line: AsteriskLine,
        _ report: inout ImportReport,
        _ steps: inout [FloorStep]
    ) {
        let (callID, seconds) = (line.callID, line.timestampSeconds)
        let began = seconds - (talk ?? 0)
        if let place = book.queues.place(of: callID) {
            // They talked, so they were answered: that line is lost, or comes late.
            report.note(.endedWithoutBeginning)
            let waited = line.waited ?? (talk == nil ? nil : max(0, began - place.since))
            var answer = line
            answer.queue = place.queue
            emit(.answered(waitSeconds: waited), answer, &report, &steps)
            emit(.talkEnded(talkSeconds: talk), line, &report, &steps)
            recent.ended(callID, at: seconds, first: true, answerWasTold: true)
            return closeTalks(of: line, began: began, &report, &steps)
        }
        guard let talker = book.agents.talker(of: callID) else {
            if recent.hasEnded(callID) { return report.note(.lineTwice) }
            report.note(.endedWithoutBeginning)
            emit(.talkEnded(talkSeconds: talk), line, &report, &steps)
            recent.ended(callID, at: seconds, first: true)
            return closeTalks(of: line, began: began, &report, &steps)
        }
        emit(.talkEnded(talkSeconds: talk), line, &report, &steps)
        recent.ended(callID, at: seconds)
        let event = AgentBook.Event.talkEnded(callID: callID)
        book.agent(talker, event, at: seconds, report: &report, into: &steps)
    }

    /// Whoever talked in a call that is not known by its identifier has ended what began then,
    /// under another one.
    private mutating func closeTalks(
        of line: AsteriskLine,
        began: Int64,
        _ report: inout ImportReport,
        _ steps: inout [FloorStep]
    ) {
        guard let agent = line.agent else { return }
        let events: [AgentBook.Event] = [
            .unknownTalkEnded(began: began),
            .rang(queue: line.queue, since: began),
        ]
        for event in events {
            book.agent(agent, event, at: line.timestampSeconds, report: &report, into: &steps)
        }
    }

    private mutating func rang(
        _ line: AsteriskLine,
        _ report: inout ImportReport,
        _ steps: inout [FloorStep]
    ) {
        guard let agent = line.agent else { return }
        // Who rings is a member of the queue, even if the log never said so.
        let event = AgentBook.Event.rang(queue: line.queue, since: rangSince(line))
        book.agent(agent, event, at: line.timestampSeconds, report: &report, into: &steps)
    }

    /// Since when a telephone rang, as far as the line says; at the latest since the call joined.
    private func rangSince(_ line: AsteriskLine) -> Int64 {
        let seconds = line.timestampSeconds
        if let rang = line.rang { return seconds - (rang + 999) / 1_000 }
        return book.queues.place(of: line.callID)?.since ?? seconds
    }

    /// Gives a step; numbers that its line lacks are taken from the log's times.
    private mutating func emit(
        _ step: CallStep.Step,
        _ line: AsteriskLine,
        _ report: inout ImportReport,
        _ steps: inout [FloorStep]
    ) {
        let call = CallStep(
            timestampSeconds: line.timestampSeconds,
            callID: line.callID,
            queue: line.queue,
            agent: line.agent,
            step: completed(step, line)
        )
        book.call(call, report: &report, into: &steps)
    }

    private func completed(_ step: CallStep.Step, _ line: AsteriskLine) -> CallStep.Step {
        let seconds = line.timestampSeconds
        func since(_ began: Int64?) -> Int64? {
            guard let began, (0...ImportLimits.durationSeconds).contains(seconds - began) else {
                return nil
            }
            return seconds - began
        }
        let joined = book.queues.place(of: line.callID)?.since
        switch step {
        case .answered(nil): return .answered(waitSeconds: since(joined))
        case .abandoned(nil): return .abandoned(waitSeconds: since(joined))
        case .timedOut(nil): return .timedOut(waitSeconds: since(joined))
        case .exitedOther(nil): return .exitedOther(waitSeconds: since(joined))
        case .talkEnded(nil):
            return .talkEnded(talkSeconds: since(book.agents.talkBegan(line.callID)))
        default: return step
        }
    }
}
