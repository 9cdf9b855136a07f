import FloorEvents
import FloorImport
public import FloorJournal
import FloorWire

/// One queue's levels in a stretch of time.
struct QueueTimes: Sendable {
    private(set) var last: FloorEvents.QueueLevel?
    private(set) var asOf: Int64 = 0
    private(set) var mostWaiting: UInt32 = 0
    /// What the counters grew by, when they only grow within their window.
    private(set) var offered: Int64 = 0
    private(set) var answered: Int64 = 0
    private(set) var abandoned: Int64 = 0
    /// The last service level by each formula and threshold, and the lowest.
    private(set) var levels: [LevelKey: Level] = [:]
    private var before: FloorEvents.QueueLevel?

    struct LevelKey: Sendable, Hashable {
        var formula: Formula
        var threshold: UInt32
        var window: FigureWindow
    }

    struct Level: Sendable, Hashable {
        var figure: Figure
        var asOf: Int64
        var lowest: Int64
    }

    mutating func take(_ level: FloorEvents.QueueLevel, at time: Int64, _ period: ReportPeriod) {
        defer { before = level }
        guard period.includes(time) else { return }
        // What held when the stretch began belongs to it as well.
        if last == nil, let before { mostWaiting = before.waiting }
        last = level
        asOf = time
        mostWaiting = max(mostWaiting, level.waiting)
        if let before, before.window == level.window, level.window.onlyGrows {
            let (old, new) = (before.counters, level.counters)
            offered = offered.clampedSum(Self.growth(old.offered, new.offered))
            answered = answered.clampedSum(Self.growth(old.answered, new.answered))
            abandoned = abandoned.clampedSum(Self.growth(old.abandoned, new.abandoned))
        }
        for figure in level.figures where figure.formula.isServiceLevel {
            let key = LevelKey(
                formula: figure.formula,
                threshold: figure.thresholdMilliseconds,
                window: figure.window
            )
            let lowest = min(levels[key]?.lowest ?? figure.value, figure.value)
            let moment = figure.asOf == 0 ? time : figure.asOf
            levels[key] = Level(figure: figure, asOf: moment, lowest: lowest)
        }
    }

    /// Counts anew, from the level that holds.
    mutating func begin() {
        let held = before
        self = QueueTimes()
        before = held
    }

    /// A counter that is lower than before has begun again from zero.
    private static func growth(_ before: UInt32, _ now: UInt32) -> Int64 {
        now >= before ? Int64(now) - Int64(before) : Int64(now)
    }
}

extension FigureWindow {
    var onlyGrows: Bool { self == .sinceMidnight || self == .sinceStart }
}

extension Formula {
    var isServiceLevel: Bool {
        switch self {
        case .serviceLevelAnswered, .serviceLevelWithAbandon, .serviceLevelOffered,
            .serviceLevelOfferedLessShort, .serviceLevelInstant:
            true
        default: false
        }
    }
}

/// `floorbus report queues`: how long callers waited, by named formulas.
///
/// From two sources, told apart in the first column: `level` is what the telephone system
/// published of its queues, `calls` is computed here from the steps of single calls.
public struct QueuesReport: Sendable, IntervalCounting {
    private struct Queue: Sendable, Hashable, Comparable {
        var site: String
        var unit: String
        var name: String

        private var names: ExactNames { ExactNames([site, unit, name]) }

        static func == (left: Queue, right: Queue) -> Bool { left.names == right.names }
        static func < (left: Queue, right: Queue) -> Bool { left.names < right.names }
        func hash(into hasher: inout Hasher) { names.hash(into: &hasher) }
    }

    private(set) var period: ReportPeriod
    private let threshold: Int64
    private let short: Int64
    private var levels: [Queue: QueueTimes] = [:]
    private var calls: [Queue: CallWaits] = [:]
    /// Records that could not be read.
    public private(set) var unreadable = 0

    /// No queues yet.
    ///
    /// - Parameters:
    ///   - period: the stretch of time.
    ///   - threshold: of service levels computed from calls, in milliseconds.
    ///   - short: below it giving up is a short abandon, in milliseconds.
    public init(_ period: ReportPeriod, threshold: Int64, short: Int64) {
        self.period = period
        self.threshold = threshold
        self.short = short
    }

    /// Takes a change under `queue/` or a step of a call under `event/`, in their order.
    ///
    /// Each queue's last change before the stretch comes first.
    public mutating func take(_ record: JournalRecord) {
        let parts = record.key.segments
        guard period.includes(site: parts[1], team: parts[2]) else { return }
        switch record.key.kind {
        case .queue where record.operation == .put:
            guard let level = try? FloorEvents.QueueLevel(payload: record.payload.span) else {
                unreadable += 1
                return
            }
            let queue = Queue(site: parts[1], unit: parts[2], name: parts[3])
            levels[queue, default: QueueTimes()].take(level, at: record.hubTime, period)
        case .event where record.schema == Self.callStepSchema && period.includes(record.hubTime):
            take(record.payload, site: parts[1], unit: parts[2])
        default: break
        }
    }

    func finish() {}

    mutating func begin(_ period: ReportPeriod) {
        self.period = period
        for queue in levels.keys { levels[queue]?.begin() }
        calls = [:]
    }

    /// Events of this schema are the text of a `CallStep` (docs/cli.md, replay).
    private static let callStepSchema: UInt16 = 1001

    private mutating func take(_ payload: [UInt8], site: String, unit: String) {
        // Not a step: counted and told, whatever its reason.
        guard let text = String(validating: payload, as: UTF8.self),
            let step = try? CallStep(parsing: text)
        else {
            unreadable += 1
            return
        }
        let queue = Queue(site: site, unit: unit, name: step.queue)
        switch step.step {
        case .enqueued: calls[queue, default: CallWaits()].offered += 1
        case .answered(let wait): calls[queue, default: CallWaits()].answer(wait)
        case .abandoned(let wait): calls[queue, default: CallWaits()].abandon(wait)
        case .answeredAtOnce, .timedOut, .phantom, .exitedOther, .leftBeforeQueue,
            .ringNoAnswer, .talkEnded:
            break
        }
    }

    private static let columns = [
        ReportColumn("source", .text), ReportColumn("site", .text), ReportColumn("unit", .text),
        ReportColumn("queue", .text), ReportColumn("window", .text), ReportColumn("offered"),
        ReportColumn("answered"), ReportColumn("abandoned"),
        ReportColumn("abandoned_short", inTable: false),
        ReportColumn("more_offered", inTable: false), ReportColumn("more_answered", inTable: false),
        ReportColumn("more_abandoned", inTable: false), ReportColumn("waiting_max"),
        ReportColumn("as_of_us", .moment, inTable: false), ReportColumn("formula", .text),
        ReportColumn("formula_window", .text, inTable: false),
        ReportColumn("threshold_ms", .milliseconds),
        ReportColumn("service_level_permille", .permille), ReportColumn("service_level_n"),
        ReportColumn("service_level_min_permille", .permille, inTable: false),
        ReportColumn("service_level_as_of_us", .moment, inTable: false),
    ]

    /// The report, a row for each queue and formula.
    public var table: ReportTable {
        var table = ReportTable("queues", period, Self.columns)
        for (queue, times) in levels.sorted(by: { $0.key < $1.key }) {
            table.rows += rows(queue, times)
        }
        for (queue, waits) in calls.sorted(by: { $0.key < $1.key }) {
            table.rows += rows(queue, waits)
        }
        return table
    }

    private func rows(_ queue: Queue, _ times: QueueTimes) -> [[ReportValue]] {
        guard let level = times.last else { return [] }
        let counters = level.counters
        let counts = [
            counters.offered, counters.answered, counters.abandoned, counters.abandonedShort,
        ]
        let growth = [times.offered, times.answered, times.abandoned]
        let front =
            [.text("level")] + names(queue) + [.text(level.window.name)]
            + counts.map { ReportValue.number(Int64($0)) }
            + growth.map { level.window.onlyGrows ? .number($0) : .none }
            + [.number(Int64(times.mostWaiting)), .number(times.asOf)]
        guard !times.levels.isEmpty else {
            return [front + [.text(""), .text(""), .none, .none, .none, .none, .none]]
        }
        let sorted = times.levels.sorted {
            ($0.key.formula.rawValue, $0.key.window.rawValue, $0.key.threshold)
                < ($1.key.formula.rawValue, $1.key.window.rawValue, $1.key.threshold)
        }
        return sorted.map { key, found in
            front + [
                .text(key.formula.name), .text(key.window.name), .number(Int64(key.threshold)),
                .number(found.figure.value), .number(Int64(found.figure.n)),
                .number(found.lowest), .number(found.asOf),
            ]
        }
    }

    private func rows(_ queue: Queue, _ waits: CallWaits) -> [[ReportValue]] {
        let counts = [
            waits.offered, Int64(waits.answered.count) + waits.answeredUnknown,
            Int64(waits.abandoned.count) + waits.abandonedUnknown,
            Int64(waits.abandoned.count { $0 < short }),
        ]
        let front =
            [.text("calls")] + names(queue) + [.text("stretch")]
            + counts.map { ReportValue.number($0) }
            + [.none, .none, .none, .none, .number(period.end)]
        return CallWaits.formulas.compactMap { formula in
            waits.serviceLevel(formula, threshold: threshold, short: short).map { value, n in
                front + [
                    .text(formula.name), .text("stretch"), .number(threshold), value,
                    .number(n), .none, .number(period.end),
                ]
            }
        }
    }

    private func names(_ queue: Queue) -> [ReportValue] {
        [.text(queue.site), .text(queue.unit), .text(queue.name)]
    }
}
