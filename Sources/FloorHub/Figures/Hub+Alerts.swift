import FloorEvents
import FloorRoster
import FloorWire

// Alert rules of the roster: looked at once a second, so that what grows with the clock alone is
// noticed too. An alert is a note: it is raised, taken care of, and cleared by itself.

/// The alerts that stand, by rule and by what they are about.
struct AlertBook {
    struct Subject: Hashable {
        let rule: String
        let key: String
    }

    /// The notes of alerts that stand.
    var active: [Subject: FloorID] = [:]
}

extension Hub {
    mutating func runAlerts() {
        guard !roster.alerts.isEmpty || !alerts.active.isEmpty else { return }
        if let eventLaneRetryAt, now.boot < eventLaneRetryAt { return }
        let oldest = lastStamp - 3600 * 1_000_000
        board.forgetRecent(before: oldest)
        for rule in roster.alerts {
            guard let filter = try? KeyFilter(rule.filter) else { continue }
            switch rule.measure {
            case .figure(let name, let comparison, let threshold, let clear):
                judge(rule, filter, name, comparison, threshold, clear)
            case .flagStorm(let category, let count, let seconds):
                judgeStorm(rule, filter, category, count, seconds)
            }
        }
        clearFormerRules()
    }

    // MARK: figures of queues and teams

    private mutating func judge(
        _ rule: AlertRule,
        _ filter: KeyFilter,
        _ name: String,
        _ comparison: AlertComparison,
        _ threshold: Int64,
        _ clear: Int64
    ) {
        for slot in table.entries.indices {
            counts.work += 1
            let entry = table.entries[slot]
            guard !entry.record.isEmpty else { continue }
            let key = table.keyRange(slot)
            guard filter.matches(entry.record.span.extracting(key)) else { continue }
            let subject = String(decoding: entry.record[key], as: UTF8.self)
            let value = entry.isDeleted ? nil : figure(name, slot)
            let isActive = alerts.active[.init(rule: rule.name, key: subject)] != nil
            guard let value else {
                if isActive { change(rule, subject, nil) }
                continue
            }
            let limit = isActive ? clear : threshold
            let isOver = comparison == .above ? value > limit : value < limit
            if isOver != isActive { change(rule, subject, isOver ? value : nil) }
        }
    }

    /// A queue's or a team's figure by its name, in its own unit; nil when it has none.
    private func figure(_ name: String, _ slot: Int) -> Int64? {
        let record = table.entries[slot].record
        guard let view = try? RecordView(record.span, at: 0) else { return nil }
        let payload = record.span.extracting(view.payload)
        switch view.header(record.span).kind {
        case .team?:
            guard let team = try? TeamFigures(payload: payload) else { return nil }
            return value(name, team.figures)
        case .queue?:
            guard let queue = try? QueueLevel(payload: payload) else { return nil }
            switch name {
            case "waiting": return Int64(queue.waiting)
            case "longestWaitMs":
                guard queue.waiting > 0, queue.oldestEnqueuedAt > 0 else { return 0 }
                return max(0, lastStamp - queue.oldestEnqueuedAt) / 1000
            default: return value(name, queue.figures)
            }
        default: return nil
        }
    }

    private func value(_ name: String, _ figures: [Figure]) -> Int64? {
        if name == "flagsOldestMs" {
            guard let oldest = figures.first(where: { $0.name == "flagsOldestAt" }) else {
                return nil
            }
            return oldest.value == 0 ? 0 : max(0, lastStamp - oldest.value) / 1000
        }
        return figures.first { $0.name == name }?.value
    }

    // MARK: storms

    private mutating func judgeStorm(
        _ rule: AlertRule,
        _ filter: KeyFilter,
        _ category: String,
        _ count: UInt32,
        _ seconds: UInt32
    ) {
        let since = lastStamp - Int64(seconds) * 1_000_000
        var found: Int64 = 0
        for flag in board.recent.reversed() {
            if flag.at < since { break }
            if isCategory(flag.category, within: category), isOf(filter, flag.site, flag.team) {
                found += 1
            }
        }
        let subject = "flag/" + category
        let isActive = alerts.active[.init(rule: rule.name, key: subject)] != nil
        let isOver = found >= Int64(count)
        if isOver != isActive { change(rule, subject, isOver ? found : nil) }
    }

    private func isCategory(_ code: String, within other: String) -> Bool {
        if code == other { return true }
        let inside = Array(code.utf8)
        let outside = Array(other.utf8)
        guard let inner = roster.category(segment: inside.span),
            let outer = roster.category(segment: outside.span)
        else { return false }
        return roster.isCategory(inner, within: outer)
    }

    /// Whether a rule's filter is for a team; its class says which figures, not whose flags.
    private func isOf(_ filter: KeyFilter, _ site: [UInt8], _ team: [UInt8]) -> Bool {
        let parts = filter.bytes.split(separator: UInt8(ascii: "/")).map { Array($0) }
        let plus = [UInt8(ascii: "+")]
        func fits(_ index: Int, _ name: [UInt8]) -> Bool {
            parts.count <= index || parts[index] == plus || parts[index] == name
        }
        return fits(1, site) && fits(2, team)
    }

    // MARK: raising and clearing

    /// Raises an alert with the figure that did it, or clears the one that stands.
    private mutating func change(_ rule: AlertRule, _ subject: String, _ value: Int64?) {
        guard lane.hasRoom(for: 1) else { return }
        let place = AlertBook.Subject(rule: rule.name, key: subject)
        guard let value else {
            if let id = alerts.active.removeValue(forKey: place), let slot = notes.slot(id),
                !notes[slot].note.status.isEnded
            {
                clearAlert(slot)
            }
            return
        }
        let id = FloorID(high: options.randomWord(), low: options.randomWord() | 1)
        let audience = rule.audience
        guard notes.count < Limits.notes,
            let key = try? FloorKey(
                .note,
                site: audience.site.isEmpty ? "-" : audience.site,
                unit: audience.team.isEmpty ? "-" : audience.team,
                entity: id.text
            )
        else { return }
        var note = FloorNote(.alert, text: rule.name + ": " + subject + " is at " + String(value))
        note.priority = .urgent
        note.severity = rule.severity
        note.roles = audience.roles
        note.rule = rule.name
        note.subject = subject
        note.value = value
        note.sentAt = stamp()
        note.expiresAt = note.sentAt + Limits.noteLifeMaximumMicroseconds
        let entry = NoteEntry(
            id: id,
            key: key,
            receiptKey: nil,
            note: note,
            due: now.boot + Limits.noteLifeMaximumMicroseconds
        )
        alerts.active[place] = id
        writeOwnNote(notes.reserve(), .append, nil, entry)
    }

    /// Rules that the roster has no more leave no alert behind.
    private mutating func clearFormerRules() {
        let former = alerts.active.keys.filter { subject in
            !roster.alerts.contains { $0.name == subject.rule }
        }
        for subject in former.sorted(by: { ($0.rule, $0.key) < ($1.rule, $1.key) }) {
            guard lane.hasRoom(for: 1) else { return }
            guard let id = alerts.active.removeValue(forKey: subject),
                let slot = notes.slot(id), !notes[slot].note.status.isEnded
            else { continue }
            clearAlert(slot)
        }
    }

    /// A flag that nobody answered in the end is an alert of its own, rule or none (vocabulary 5).
    mutating func alertUnanswered(_ entry: FlagEntry) {
        guard notes.count < Limits.notes, lane.hasRoom(for: 1) else { return }
        let id = FloorID(high: options.randomWord(), low: options.randomWord() | 1)
        let segments = entry.key.segments
        guard let key = try? FloorKey(.note, site: segments[1], unit: segments[2], entity: id.text)
        else { return }
        var note = FloorNote(.alert, text: "a help flag ended unanswered: " + entry.key.text)
        note.priority = .urgent
        note.severity = .critical
        note.roles = [.supervisor, .supporter]
        note.rule = "unanswered"
        note.subject = entry.key.text
        note.sentAt = stamp()
        note.expiresAt = note.sentAt + Limits.noteLifeMicroseconds
        let alert = NoteEntry(
            id: id,
            key: key,
            receiptKey: nil,
            note: note,
            due: now.boot + Limits.noteLifeMicroseconds
        )
        writeOwnNote(notes.reserve(), .append, nil, alert)
    }

    /// An alert of the last life stands on until its cause is looked at again.
    mutating func restoreAlert(_ id: FloorID, _ note: FloorNote) {
        guard note.kind == .alert, note.sender.isEmpty, !note.status.isEnded,
            note.rule != "unanswered"
        else { return }
        alerts.active[.init(rule: note.rule, key: note.subject)] = id
    }
}
