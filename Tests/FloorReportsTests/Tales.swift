import FloorEvents
import FloorJournal
import FloorReports
import FloorWire

/// Seconds after the beginning of the tests' day, in microseconds since 1970.
func at(_ seconds: Int64) -> Int64 { 1_700_000_000_000_000 + seconds * 1_000_000 }

/// A flag's life told step by step, as the hub would write it under `private/`.
struct Tale {
    private let key: FloorKey
    private var flag: HelpFlag
    private var records: [(RecordOperation, HelpFlag, Int64)] = []

    init(_ number: UInt64, _ agent: String, _ team: String, _ category: String, raised: Int64) {
        let id = FloorID(high: 0xF1A6, low: number)
        guard let key = try? FloorKey(.private, site: "bj", unit: agent, entity: id.text) else {
            preconditionFailure("a test's agent makes no key")
        }
        self.key = key
        flag = HelpFlag(.knowledge)
        flag.team = team
        flag.category = category
        flag.words.agent = agent
        flag.stamps.raised = at(raised)
        add(.raise, raised)
    }

    /// Whether its category had a standard answer, from the first record on.
    mutating func hadStandardAnswer(_ had: Bool) {
        flag.words.hadStandardAnswer = had
        records[0].1.words.hadStandardAnswer = had
    }

    private mutating func add(_ operation: RecordOperation, _ time: Int64) {
        records.append((operation, flag, at(time)))
    }

    mutating func seen(_ time: Int64) {
        flag.status = .pending
        flag.stamps.seen = at(time)
        add(.seen, time)
    }

    mutating func claim(_ owner: String, _ time: Int64) {
        flag.status = .claimed
        flag.owner = owner
        flag.stamps.claimed = at(time)
        add(.claim, time)
    }

    mutating func engage(_ time: Int64) {
        flag.status = .engaged
        flag.stamps.engaged = at(time)
        add(.engage, time)
    }

    /// Back to those who wait: lost, released or rejected.
    mutating func back(_ operation: RecordOperation, _ time: Int64, _ cause: FlagCause = .person) {
        flag.status = .pending
        flag.cause = cause
        flag.owner = ""
        flag.stamps.claimed = 0
        flag.stamps.engaged = 0
        if operation == .reopen {
            flag.reopens += 1
            flag.stamps.reopened = at(time)
            flag.stamps.answered = 0
            flag.stamps.ended = 0
        }
        add(operation, time)
    }

    mutating func answer(
        _ time: Int64,
        _ outcome: FlagOutcome = .answered,
        incidentOf owner: String? = nil
    ) {
        flag.status = .answered
        flag.cause = owner == nil ? .person : .incident
        flag.owner = owner ?? flag.owner
        flag.outcome = outcome
        flag.stamps.answered = at(time)
        add(.answer, time)
    }

    mutating func end(
        _ operation: RecordOperation,
        _ status: FlagStatus,
        _ time: Int64,
        _ cause: FlagCause = .person
    ) {
        flag.status = status
        flag.cause = cause
        flag.stamps.ended = at(time)
        add(operation, time)
    }

    mutating func escalate(_ time: Int64) {
        flag.escalation += 1
        add(.escalate, time)
    }

    mutating func merge(_ time: Int64) {
        flag.status = .merged
        add(.merge, time)
    }

    mutating func rate(_ stars: UInt8, _ time: Int64) {
        flag.words.rating = stars
        add(.rate, time)
    }

    mutating func verdict(_ verdict: FlagVerdict, _ time: Int64) {
        flag.words.verdict = verdict
        add(.verdict, time)
    }

    func tell(_ stories: inout FlagStories) {
        for (operation, flag, time) in records { stories.take(key, operation, flag, at: time) }
    }

    /// One morning: what every column of these tests is computed from by hand.
    static func morning() -> [Tale] {
        var helped = Tale(1, "ana", "sales", "refund", raised: 10)
        helped.seen(12)
        helped.claim("sun", 15)
        helped.engage(20)
        helped.answer(40)
        helped.end(.close, .closed, 50)
        helped.rate(4, 60)
        helped.verdict(.correct, 70)

        var twice = Tale(2, "ben", "sales", "refund", raised: 20)
        twice.escalate(40)
        twice.claim("sun", 50)
        twice.back(.leaseLost, 70, .leaseLost)
        twice.claim("tom", 80)
        twice.answer(100, .noAnswerKnown)
        twice.back(.reopen, 110)
        twice.claim("tom", 115)
        twice.answer(130)
        twice.rate(2, 140)
        twice.verdict(.wrong, 150)

        var hungUp = Tale(3, "ana", "sales", "refund", raised: 30)
        hungUp.end(.cancel, .cancelled, 35, .callEnded)

        var joined = Tale(4, "cat", "tech", "login", raised: 40)
        joined.merge(42)
        joined.answer(45, incidentOf: "sun")
        joined.end(.close, .closed, 645, .timer)

        var alone = Tale(5, "dan", "tech", "login", raised: 60)
        for time: Int64 in [80, 100, 120] { alone.escalate(time) }
        alone.end(.expire, .unanswered, 300, .timer)

        var early = Tale(6, "ana", "sales", "refund", raised: -5)
        early.claim("sun", 5)
        return [early, helped, twice, hungUp, joined, alone]
    }

    static func stories(_ period: ReportPeriod) -> FlagStories {
        var stories = FlagStories(period)
        for tale in morning() { tale.tell(&stories) }
        return stories
    }
}

extension ReportPeriod {
    /// The tests' morning: a thousand seconds, of which all is known.
    static let morning = ReportPeriod(from: at(0), to: at(1000), known: at(2000))
}

extension ReportTable {
    /// The row whose first cells are these texts.
    func row(_ names: String...) throws -> Int {
        let wanted = names.map { ReportValue.text($0) }
        guard let row = rows.firstIndex(where: { Array($0.prefix(names.count)) == wanted }) else {
            throw Missing(names: names)
        }
        return row
    }

    struct Missing: Error { var names: [String] }

    /// Cells that are not the expected numbers, in words; empty when all are.
    func differences(_ row: Int, _ expected: [String: Int64?]) -> [String] {
        expected.sorted { $0.key < $1.key }.compactMap { name, number in
            let wanted = number.map { ReportValue.number($0) } ?? .none
            let found = self[row, name]
            return found == wanted ? nil : "\(name) is \(String(describing: found)), not \(wanted)"
        }
    }
}
