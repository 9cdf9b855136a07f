import FloorEvents
import FloorRoster
import FloorWire

// Hands the figures their facts, and does what they want done: a team's figures are values, an
// alert is a note: it is raised, taken care of, and cleared by itself.
// docs/figures.md has names, units and formulas.

extension Hub {
    /// When figures and alert rules are looked at next.
    var figuresDeadline: Int64 { figures.deadline }

    /// The hub's wall time without a stamp taken: also on a floor where nothing happens ages grow
    /// and days begin.
    var figuresMoment: Int64 { clock.moment }

    mutating func runFigures(_ effects: inout HubEffects) {
        guard clock.boot >= figures.deadline else { return }
        figures.begin(boot: clock.boot, stamp: figuresMoment)
        let isBroken = events.isHeldBack(at: clock.boot)
        var work = 0
        while work < Limits.figuresPerTurn,
            let task = figures.next(
                slots: state.slotCount,
                mayAppend: !isBroken && events.hasRoom(for: 1),
                work: &work
            )
        {
            perform(task, &work, &effects)
        }
        ledger.counts.work += UInt64(work)
        // What is left goes on once others have had their turn.
        let isCut = work >= Limits.figuresPerTurn
        figures.end(isCut: isCut)
        if isCut { effects.hasMoreWork = true }
    }

    private mutating func perform(
        _ task: FigureTask,
        _ work: inout Int,
        _ effects: inout HubEffects
    ) {
        switch task {
        case .tell(let path, let entity, let figures): put(figures, path, entity, &effects)
        case .askers(let place, let path, let askers): tellAskers(place, path, askers)
        case .look(let slot): look(slot, &work)
        case .alert(let action): perform(action, slot: nil)
        }
    }

    // MARK: facts

    /// Whether a call begins with an agent's state that comes in place of what stands in a slot.
    func beginsCall(_ payload: Span<UInt8>, after slot: Int?) -> Bool {
        guard let slot else { return AgentCall.begins(payload, after: nil) }
        let record = state.record(slot)
        // The table's records are well-formed; a tombstone has no payload.
        guard let view = try? RecordView(record.span, at: 0) else { return false }
        return AgentCall.begins(payload, after: record.span.extracting(view.payload))
    }

    /// A call has begun with an agent's state.
    mutating func noteCall(_ key: Span<UInt8>) {
        guard let agent = try? FloorKey(bytes: key.copy(0..<key.count)) else { return }
        figures.noteCall(agent)
    }

    // MARK: figures

    private mutating func put(
        _ figures: [Figure],
        _ path: [UInt8],
        _ entity: String,
        _ effects: inout HubEffects
    ) {
        let key = Array("team/".utf8) + path + Array((entity + "/").utf8)
        var payload: [UInt8] = []
        guard (try? TeamFigures(figures).append(to: &payload)) != nil else {
            preconditionFailure("Hub: the figures of flags are within their limits")
        }
        if let slot = state.value(key.span), isSame(figures, slot) { return }
        var header = RecordHeader(.team, .put, schema: PayloadSchema.team)
        header.flags = [.unleased]
        guard let change = state.putOwn(header, key.span, payload.span) else { return }
        tell(change, &effects)
    }

    /// Whether a team's value says the same but for its moment.
    private func isSame(_ figures: [Figure], _ slot: Int) -> Bool {
        let record = state.record(slot)
        guard let view = try? RecordView(record.span, at: 0),
            var told = try? TeamFigures(payload: record.span.extracting(view.payload)),
            told.figures.count == figures.count
        else { return false }
        for place in told.figures.indices { told.figures[place].asOf = figures[place].asOf }
        return told.figures == figures
    }

    /// Who asked most today, under `private/-/SITE/TEAM/`: for those alone whom the roster grants
    /// it.
    private mutating func tellAskers(_ place: Int, _ path: [UInt8], _ askers: TopAskers) {
        if events.isHeldBack(at: clock.boot) { return }
        guard events.hasRoom(for: 1) else { return }
        guard let key = try? FloorKey(bytes: Array("private/-/".utf8) + path) else { return }
        figures.noteAskersTold(place, askers.askers)
        var payload: [UInt8] = []
        askers.append(to: &payload)
        let header = RecordHeader(.private, .append, schema: PayloadSchema.topAskers)
        appendOwn(header, key, payload.span, nil)
        events.noteOwn(records: 1)
    }

    // MARK: alerts

    /// Hands in the value of a slot, and does what rules want about it.
    private mutating func look(_ slot: Int, _ work: inout Int) {
        let record = state.record(slot)
        guard !record.isEmpty, let view = try? RecordView(record.span, at: 0) else { return }
        let bytes = record.span
        guard let kind = KeyRules.kind(of: bytes.extracting(view.key)),
            kind == .queue || kind == .team
        else { return }
        let key = bytes.extracting(view.key)
        let actions =
            state.isDeleted(slot)
            ? figures.look(slot, key, kind, nil, work: &work)
            : figures.look(slot, key, kind, bytes.extracting(view.payload), work: &work)
        for action in actions { perform(action, slot: slot) }
    }

    private mutating func perform(_ action: AlertAction, slot: Int?) {
        guard events.hasRoom(for: 1) else { return figures.retry(slot: slot) }
        switch action {
        case .raise(let index, let key, let value):
            guard let id = raiseAlert(grants.present.alerts[index], key, value) else {
                return figures.retry(slot: slot)
            }
            let subject = AlertSubject(rule: grants.present.alerts[index].name, key: key)
            figures.noteRaised(subject, id, slot: slot)
        case .clear(let subject, let id):
            if let note = notes.slot(id), !notes[note].note.status.isEnded { clearAlert(note) }
            figures.noteCleared(subject, slot: slot)
        }
    }

    /// Raises an alert with the figure that did it; nil when there is no room for its note.
    private mutating func raiseAlert(
        _ rule: AlertRule,
        _ subject: String,
        _ value: Int64
    ) -> FloorID? {
        let audience = rule.audience
        var note = FloorNote(.alert, text: rule.name + ": " + subject + " is at " + String(value))
        note.severity = rule.severity
        note.roles = audience.roles
        note.rule = rule.name
        note.subject = subject
        note.value = value
        return raise(
            note,
            site: audience.site.isEmpty ? "-" : audience.site,
            team: audience.team.isEmpty ? "-" : audience.team,
            for: Limits.noteLifeMaximumMicroseconds
        )
    }

    /// A flag that nobody answered in the end is an alert of its own, rule or none (vocabulary 5).
    mutating func alertUnanswered(_ entry: FlagEntry) {
        let text = "a help flag ended unanswered: " + entry.key.text
        var note = FloorNote(.alert, text: text)
        note.severity = .critical
        note.roles = [.supervisor, .supporter]
        note.rule = Self.unanswered
        note.subject = entry.key.text
        let segments = entry.key.segments
        raise(note, site: segments[1], team: segments[2], for: Limits.noteLifeMicroseconds)
    }

    /// Somebody has been helping for so long that others are told.
    mutating func alertUnfinished(_ entry: FlagEntry) {
        let text = "a help flag is long without an answer: " + entry.key.text
        var note = FloorNote(.alert, text: text)
        note.severity = .warning
        note.roles = [.supervisor, .supporter]
        note.rule = Self.unanswered
        note.subject = entry.key.text
        let segments = entry.key.segments
        raise(note, site: segments[1], team: segments[2], for: Limits.noteLifeMicroseconds)
    }

    private static var unanswered: String { "unanswered" }

    @discardableResult
    private mutating func raise(
        _ note: FloorNote,
        site: String,
        team: String,
        for life: Int64
    ) -> FloorID? {
        guard notes.count < Limits.notes, events.hasRoom(for: 1) else { return nil }
        let id = FloorID(high: options.randomWord(), low: options.randomWord() | 1)
        guard let key = try? FloorKey(.note, site: site, unit: team, entity: id.text) else {
            return nil
        }
        var note = note
        note.priority = .urgent
        note.sentAt = clock.stamp()
        note.expiresAt = note.sentAt + life
        let entry = NoteEntry(
            id: id,
            key: key,
            receiptKey: nil,
            note: note,
            due: clock.boot + life
        )
        writeOwnNote(notes.reserve(), .append, nil, entry)
        return id
    }

    /// Tells the figures which alerts stand: after a restart, and after a lost batch.
    mutating func restoreAlerts() {
        let standing = notes.entries.compactMap { entry -> (AlertSubject, FloorID)? in
            guard let entry, entry.note.kind == .alert, entry.note.sender.isEmpty,
                !entry.note.status.isEnded, entry.note.rule != Self.unanswered
            else { return nil }
            return (AlertSubject(rule: entry.note.rule, key: entry.note.subject), entry.id)
        }
        figures.restoreAlerts(standing)
    }
}
