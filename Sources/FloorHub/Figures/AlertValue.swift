import FloorEvents
import FloorRoster
import FloorWire

/// A figure as a rule sees it: a number, or the age of something.
struct AlertReading {
    private let number: Int64
    /// The moment whose age it is, microseconds since 1970; nil for a number.
    let since: Int64?

    init(_ number: Int64) {
        self.number = number
        since = nil
    }

    init(since moment: Int64) {
        number = 0
        since = moment
    }

    /// The number, or the age in milliseconds.
    func value(at stamp: Int64) -> Int64 {
        guard let since else { return number }
        return max(0, stamp.clampedDifference(since)) / 1000
    }
}

/// The value of a queue or a team, whoever published it: every number may be at its end.
enum AlertValue {
    case team([Figure])
    case queue(QueueLevel)

    /// Reads a payload; nil for one that cannot be read.
    init?(_ payload: Span<UInt8>, _ kind: RecordKind) {
        // A payload of a later version says nothing to rules of this one.
        switch kind {
        case .team:
            guard let team = try? TeamFigures(payload: payload) else { return nil }
            self = .team(team.figures)
        case .queue:
            guard let queue = try? QueueLevel(payload: payload) else { return nil }
            self = .queue(queue)
        default: return nil
        }
    }

    /// The figure that a rule names; nil when there is none, or it rests on too little.
    func reading(_ figure: AlertFigure) -> AlertReading? {
        switch (self, figure.name) {
        case (.queue(let queue), "waiting"):
            guard queue.waiting >= figure.leastN ?? 0 else { return nil }
            return AlertReading(Int64(queue.waiting))
        case (.queue(let queue), "longestWaitMs"):
            guard queue.waiting >= figure.leastN ?? 0 else { return nil }
            guard queue.waiting > 0, queue.oldestEnqueuedAt > 0 else { return AlertReading(0) }
            return AlertReading(since: queue.oldestEnqueuedAt)
        case (.queue(let queue), _): return Self.reading(figure, queue.figures)
        case (.team(let figures), _): return Self.reading(figure, figures)
        }
    }

    private static func reading(_ figure: AlertFigure, _ figures: [Figure]) -> AlertReading? {
        guard figure.name == "flagsOldestMs" else {
            return figure.find(in: figures).map { AlertReading($0.value) }
        }
        var oldest = figure
        oldest.name = "flagsOldestAt"
        guard let found = oldest.find(in: figures) else { return nil }
        return found.value == 0 ? AlertReading(0) : AlertReading(since: found.value)
    }
}
