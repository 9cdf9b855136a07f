import FloorEvents
import FloorRoster
import FloorWire

/// What alert rules want done; the hub writes the notes.
enum AlertAction: Equatable {
    /// The rule is broken by something, with this value.
    case raise(rule: Int, subject: String, value: Int64)
    /// The note of an alert whose cause is gone, and the rule and subject it was about.
    case clear(AlertSubject, FloorID)
}

/// What an alert is about: a rule by its name, and a key, or `flag/CATEGORY` for a storm.
struct AlertSubject: Hashable {
    let rule: String
    let key: String

    static func == (left: AlertSubject, right: AlertSubject) -> Bool {
        left.rule.exact == right.rule.exact && left.key.exact == right.key.exact
    }
}

/// The rules that look at figures of queues and teams.
///
/// Which rules concern a key is worked out once for the key, and again for a new roster. A key is
/// looked at when its value has changed; what grows with the clock alone has a time at which it
/// passes its threshold, and is looked at then.
///
/// - Invariant: a slot in `subjects` has at least one pair; `alert` in a pair is in `standing`.
struct AlertWatch {
    private struct FigureRule {
        /// Its place among the roster's alerts, and its name.
        let index: Int
        let name: String
        let filter: KeyFilter
        let figure: AlertFigure
        let comparison: AlertComparison
        let threshold: Int64
        let clear: Int64
    }

    /// One rule and one key.
    private struct Pair {
        /// Its place in `rules`.
        let rule: Int
        /// Boot time at which the clock alone may change the answer.
        var due = Int64.max
        var alert: FloorID?
    }

    private struct Subject {
        let key: [UInt8]
        var pairs: [Pair]
        /// The time in the heap that is its own; any other there is one of before.
        var entered = Int64.max

        /// When its first pair is due.
        var due: Int64 { pairs.reduce(.max) { min($0, $1.due) } }
    }

    private struct Standing {
        let id: FloorID
        /// The roster under which the rule was found to concern its subject.
        var roster: UInt64
    }

    private var rules: [FigureRule] = []
    private var subjects: [Int: Subject] = [:]
    private var standing: [AlertSubject: Standing] = [:]
    /// Grows with every roster.
    private var roster: UInt64 = 0
    /// Slots whose value has changed, each once, and which they are.
    private var changed: [Int] = []
    private var marks: [Bool] = []
    private var due = DueHeap<Int>()
    /// The next slot of the whole table to be looked at; nil when the table is done.
    private var sweep: Int?
    /// Alerts that no rule stands behind any more.
    private var former: [(AlertSubject, FloorID)] = []

    /// Whether there is something to do at the next look.
    var hasWork: Bool { !changed.isEmpty || sweep != nil || !former.isEmpty }

    /// When the clock alone may change something; an early time does no harm.
    var earliest: Int64 { due.earliest }

    /// Takes the rules of a roster: every key is looked at again.
    mutating func take(_ rules: [AlertRule]) {
        roster += 1
        self.rules.removeAll()
        for index in rules.indices {
            // The roster has checked the filter.
            guard
                case .figure(let figure, let comparison, let threshold, let clear) =
                    rules[index].measure,
                let filter = try? KeyFilter(rules[index].filter)
            else { continue }
            self.rules.append(
                FigureRule(
                    index: index,
                    name: rules[index].name,
                    filter: filter,
                    figure: figure,
                    comparison: comparison,
                    threshold: threshold,
                    clear: clear
                )
            )
        }
        subjects.removeAll()
        changed.removeAll()
        marks.removeAll()
        due = DueHeap<Int>()
        sweep = self.rules.isEmpty && standing.isEmpty ? nil : 0
    }

    // MARK: what has changed

    /// A queue's or a team's value has changed or was deleted.
    mutating func noteChanged(_ slot: Int) {
        guard !rules.isEmpty else { return }
        while marks.count <= slot { marks.append(false) }
        guard !marks[slot] else { return }
        marks[slot] = true
        changed.append(slot)
    }

    /// The slots that have changed, to be looked at one after the other.
    mutating func takeChanged() -> [Int] {
        defer { changed.removeAll(keepingCapacity: true) }
        return changed
    }

    /// A slot whose time has come.
    mutating func takeDue(at boot: Int64) -> Int? {
        while let (slot, time) = due.take(until: boot) {
            guard let subject = subjects[slot], subject.entered == time else { continue }
            subjects[slot]?.entered = .max
            if subject.due <= boot { return slot }
            // Its value has changed since: it is due later than was thought.
            enter(slot)
        }
        return nil
    }

    /// Enters a slot's time in the heap, unless an earlier one of it is there: so one key has few
    /// entries, however often its value changes.
    private mutating func enter(_ slot: Int) {
        guard let subject = subjects[slot], subject.due < subject.entered else { return }
        subjects[slot]?.entered = subject.due
        due.add(slot, due: subject.due)
    }

    /// The next slot of the table, while a new roster's rules go through it.
    mutating func takeSwept(of slots: Int) -> Int? {
        guard let slot = sweep else { return nil }
        if slot < slots {
            sweep = slot + 1
            return slot
        }
        sweep = nil
        // Whatever no key has been found for under this roster is over.
        // Taken from the end.
        former = standing.filter { $0.value.roster != roster }.map { ($0.key, $0.value.id) }
            .sorted { ($0.0.rule, $0.0.key) > ($1.0.rule, $1.0.key) }
        return nil
    }

    /// An alert to be cleared because its rule, or its key, is no more.
    mutating func takeFormer() -> AlertAction? {
        former.popLast().map { .clear($0.0, $0.1) }
    }

    // MARK: looking

    /// Looks at a key with all rules that concern it, or with those whose time has come.
    ///
    /// - Parameters:
    ///   - slot: its place in the table.
    ///   - key: the key.
    ///   - kind: its class, `queue` or `team`.
    ///   - payload: its value; nil when it was deleted.
    ///   - now: boot time, and the hub's stamp.
    /// - Returns: what is to be done, and how many rules were looked at.
    mutating func look(
        at slot: Int,
        _ key: Span<UInt8>,
        _ kind: RecordKind,
        _ payload: Span<UInt8>?,
        now: (boot: Int64, stamp: Int64)
    ) -> (actions: [AlertAction], work: Int) {
        var actions: [AlertAction] = []
        var work = 0
        let isChanged = slot < marks.count && marks[slot]
        if isChanged { marks[slot] = false }
        var isNew = false
        if let subject = subjects[slot], !subject.key.holds(key) {
            // The slot has passed to another key.
            for pair in subject.pairs {
                guard let alert = pair.alert else { continue }
                let key = String(decoding: subject.key, as: UTF8.self)
                actions.append(.clear(AlertSubject(rule: rules[pair.rule].name, key: key), alert))
            }
            subjects[slot] = nil
        }
        if subjects[slot] == nil {
            work += rules.count
            guard let subject = concern(key) else { return (actions, work) }
            subjects[slot] = subject
            isNew = true
        }
        guard var subject = subjects[slot] else { return (actions, work) }
        var value: AlertValue?
        if let payload { value = AlertValue(payload, kind) }
        for place in subject.pairs.indices
        where isChanged || isNew || subject.pairs[place].due <= now.boot {
            work += 1
            let action = judge(&subject.pairs[place], subject.key, value, now)
            if let action { actions.append(action) }
        }
        subjects[slot] = subject
        enter(slot)
        return (actions, work)
    }

    /// The rules that concern a key; nil for none.
    private mutating func concern(_ key: Span<UInt8>) -> Subject? {
        var pairs: [Pair] = []
        for place in rules.indices where rules[place].filter.matches(key) {
            pairs.append(Pair(rule: place))
        }
        guard !pairs.isEmpty else { return nil }
        let bytes = key.copy(0..<key.count)
        let text = String(decoding: bytes, as: UTF8.self)
        for place in pairs.indices {
            let subject = AlertSubject(rule: rules[pairs[place].rule].name, key: text)
            pairs[place].alert = standing[subject]?.id
            standing[subject]?.roster = roster
        }
        return Subject(key: bytes, pairs: pairs)
    }

    private func judge(
        _ pair: inout Pair,
        _ key: [UInt8],
        _ value: AlertValue?,
        _ now: (boot: Int64, stamp: Int64)
    ) -> AlertAction? {
        pair.due = .max
        let rule = rules[pair.rule]
        let reading = value?.reading(rule.figure)
        let figure = reading?.value(at: now.stamp) ?? 0
        let limit = pair.alert == nil ? rule.threshold : rule.clear
        let isOver =
            reading != nil && (rule.comparison == .above ? figure > limit : figure < limit)
        if let since = reading?.since {
            let turns = rule.comparison == .above ? limit.clampedSum(1) : limit
            let moment = since.clampedSum(turns.clampedProduct(1000))
            // Ages only grow: what is over a limit, or no longer below it, stays so.
            if rule.comparison == .above ? !isOver : isOver {
                // The stamps may be slower than the boot clock: then it is looked at once more.
                let left = max(1000, moment.clampedDifference(now.stamp))
                pair.due = now.boot.clampedSum(left)
            }
        }
        guard isOver != (pair.alert != nil) else { return nil }
        let text = String(decoding: key, as: UTF8.self)
        guard let alert = pair.alert else {
            return .raise(rule: rule.index, subject: text, value: figure)
        }
        return .clear(AlertSubject(rule: rule.name, key: text), alert)
    }

    // MARK: alerts that stand

    /// The note of an alert that stands; nil for none.
    func alert(_ subject: AlertSubject) -> FloorID? { standing[subject]?.id }

    /// An alert has been raised, or stands from the hub's last life.
    mutating func noteRaised(_ subject: AlertSubject, _ id: FloorID, slot: Int?) {
        standing[subject] = Standing(id: id, roster: roster)
        setAlert(id, subject, slot)
    }

    /// An alert has been cleared.
    mutating func noteCleared(_ subject: AlertSubject, slot: Int?) {
        standing[subject] = nil
        setAlert(nil, subject, slot)
    }

    private mutating func setAlert(_ id: FloorID?, _ subject: AlertSubject, _ slot: Int?) {
        guard let slot, let found = subjects[slot],
            let place = found.pairs.firstIndex(where: {
                rules[$0.rule].name.exact == subject.rule.exact
            }),
            subject.key.utf8.elementsEqual(found.key)
        else { return }
        subjects[slot]?.pairs[place].alert = id
    }

    /// The alerts that stand are these and no others: after a restart, or after a lost batch.
    mutating func restore(_ alerts: [(AlertSubject, FloorID)]) {
        standing.removeAll()
        // No rule has been found to concern them yet.
        for (subject, id) in alerts { standing[subject] = Standing(id: id, roster: 0) }
        former.removeAll()
        subjects.removeAll()
        due = DueHeap<Int>()
        sweep = rules.isEmpty && standing.isEmpty ? nil : 0
    }

    /// Keeps a storm's alert from being taken for one without a rule.
    mutating func noteStorm(_ subject: AlertSubject) { standing[subject]?.roster = roster }
}

extension [UInt8] {
    /// Whether these are the bytes, all of them.
    fileprivate func holds(_ bytes: Span<UInt8>) -> Bool {
        count == bytes.count && holds(bytes, at: 0)
    }
}
