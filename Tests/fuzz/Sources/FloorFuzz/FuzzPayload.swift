import FloorEvents
import FloorWire

/// Payloads with numbers of all sizes, from an input.
enum FuzzPayload {
    static func figures(_ input: inout FuzzInput) -> [Figure] {
        (0..<Int(input.byte() % 5)).map { _ in
            var figure = Figure(
                input.pick(FuzzRoster.figures),
                input.byte() & 1 == 0 ? input.wide() : input.moment(),
                input.pick(FigureUnit.allCases),
                formula: input.pick(Formula.allCases),
                window: input.pick(FigureWindow.allCases),
                n: input.wide(),
                thresholdMilliseconds: input.wide()
            )
            figure.asOf = input.moment()
            figure.zoneMinutes = input.wide()
            return figure
        }
    }

    static func level(_ input: inout FuzzInput) -> QueueLevel {
        var level = QueueLevel(waiting: input.wide())
        level.oldestEnqueuedAt = input.moment()
        level.window = input.pick(FigureWindow.allCases)
        level.counters.offered = input.wide()
        level.counters.answered = input.wide()
        level.counters.abandoned = input.wide()
        level.counters.abandonedShort = input.wide()
        level.agents.loggedOn = input.wide()
        level.agents.ready = input.wide()
        level.agents.busyOther = input.wide()
        level.figures = figures(&input)
        return level
    }

    static func note(_ input: inout FuzzInput) -> FloorNote {
        var note = FloorNote(input.pick(NoteKind.allCases), text: input.text())
        note.status = input.pick(NoteStatus.allCases)
        note.priority = input.pick(NotePriority.allCases)
        note.severity = input.pick(AlertSeverity.allCases)
        note.roles = Roles(rawValue: input.wide())
        note.sentAt = input.moment()
        note.expiresAt = input.moment()
        note.acknowledgedAt = input.moment()
        note.endedAt = input.moment()
        note.value = input.wide()
        note.receipts = input.wide()
        note.person = input.pick(["", "ana", "sue"])
        note.rule = input.pick(["", "storm", "x above 0"])
        note.subject = input.pick(["", "team/bj/sales/own/", "queue/bj/sales/q/"])
        note.acknowledgedBy = input.pick(["", "ana"])
        return note
    }

    static func presence(_ input: inout FuzzInput) -> Presence {
        var presence = Presence(sessions: input.wide(), since: input.moment())
        presence.supporter = input.pick(SupporterState.allCases)
        presence.flags = input.wide()
        return presence
    }

    /// A flag as a journal may hold it: no operation need have led there.
    static func flag(_ input: inout FuzzInput) -> HelpFlag {
        var flag = HelpFlag(input.pick(FlagKind.allCases))
        flag.status = input.pick(FlagStatus.allCases)
        flag.channel = input.pick(SupportChannel.allCases)
        flag.outcome = input.pick(FlagOutcome.allCases)
        flag.cause = input.pick(FlagCause.allCases)
        flag.customerStar = input.byte() % 6
        flag.escalation = input.wide()
        flag.claimGeneration = input.wide()
        flag.claims = input.wide()
        flag.reopens = input.wide()
        flag.viewers = input.wide()
        flag.eligible = input.wide()
        flag.merged = input.wide()
        flag.stamps.raised = input.moment()
        flag.stamps.seen = input.moment()
        flag.stamps.claimed = input.moment()
        flag.stamps.engaged = input.moment()
        flag.stamps.answered = input.moment()
        flag.stamps.ended = input.moment()
        flag.stamps.escalated = input.moment()
        flag.stamps.reopened = input.moment()
        flag.incident = FuzzRecord.flagID(input.byte())
        flag.category = input.pick(["c", "d", ""])
        flag.owner = input.pick(["", "pbx", "sue"])
        flag.team = input.pick(["sales", "", "x"])
        flag.words.agent = input.pick(["ana", ""])
        flag.words.callReference = input.pick(["call", "", "other"])
        flag.words.rating = input.byte() % 6
        flag.words.ratedAt = input.moment()
        flag.words.verdict = input.pick(FlagVerdict.allCases)
        flag.words.verdictAt = input.moment()
        return flag
    }
}
