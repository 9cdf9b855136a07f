import FloorImport

/// What a replay prints at its end; the JSON's fields are documented in docs/cli.md.
struct ReplayReport: Encodable {
    var queues: [String: TotalsSummary.Queue]
    var agents: [String: TotalsSummary.Agent]
    var peakWaiting: Int?
    var subscriber: Subscriber
    var published: Published
    var skipped: [String: Int]
    var oddities: [String: Int]
    /// What the log leaves open at its end.
    var open: Open
    /// Pauses of the log that were not kept, and the seconds of the log in them.
    var pausesSkipped: Int
    var secondsSkipped: Int64
    /// Why the log ends before its end.
    var damage: String?
    /// Whether the whole log was published and every event arrived.
    var isComplete: Bool
    /// Whether a signal ended it early.
    var wasStopped: Bool
    var seconds: Double
    /// Whether everything that was published arrived; not in the JSON.
    let isGood: Bool

    /// What the subscriber has received.
    struct Subscriber: Encodable {
        var events: Int
        var gaps: Int
        var resyncs: Int
        var coalesced: Int
        var values: Int
        var malformed: Int
        var foreign: Int
    }

    /// Begun and not ended.
    struct Open: Encodable {
        var waiting: Int
        var talking: Int
    }

    /// What was published.
    struct Published: Encodable {
        var events: Int
        var agents: Int
        var queues: Int
        var refused: Int
    }

    private enum CodingKeys: String, CodingKey {
        case queues
        case agents
        case peakWaiting = "peak_waiting"
        case subscriber
        case published
        case skipped
        case oddities
        case open
        case pausesSkipped = "pauses_skipped"
        case secondsSkipped = "skipped_s"
        case damage
        case isComplete = "complete"
        case wasStopped = "stopped"
        case seconds = "elapsed_s"
    }

    init(
        _ received: ReplayReceived,
        _ state: ReplayWindow.State,
        _ file: ImportReport,
        _ skip: ReplayClock.Skip,
        damage: ImportError?,
        refused: Int,
        elapsed: Duration
    ) {
        queues = received.totals.queues
        agents = received.totals.agents
        peakWaiting = received.totals.peakWaiting
        subscriber = Subscriber(
            events: received.events,
            gaps: received.gaps,
            resyncs: received.resyncs,
            coalesced: received.coalesced,
            values: received.values,
            malformed: received.malformed,
            foreign: received.foreign
        )
        let sent = state.published
        published = Published(
            events: sent.events,
            agents: sent.agents,
            queues: sent.queues,
            refused: refused
        )
        skipped = file.skipped
        oddities = file.oddities
        open = Open(waiting: file.open.waiting, talking: file.open.talking)
        pausesSkipped = skip.count
        secondsSkipped = skip.seconds
        self.damage = damage?.description
        isGood =
            received.events == sent.events && received.gaps == 0 && received.malformed == 0
            && refused == 0
        wasStopped = state.isStopped
        isComplete = isGood && !wasStopped && damage == nil
        let (whole, part) = elapsed.components
        seconds = Double(whole) + Double(part / 1_000_000_000_000_000) / 1000
    }

    /// The report for people.
    func lines() -> [String] {
        var lines = Output.table(
            ["queue", "offered", "answered", "abandoned", "timed out", "wait s"],
            queues.sorted { $0.key < $1.key }.map { name, queue in
                [
                    Output.printable(name), String(queue.offered), String(queue.answered),
                    String(queue.abandoned), String(queue.timedOut), String(queue.waitSeconds),
                ]
            }
        )
        lines.append("")
        lines += Output.table(
            ["agent", "calls", "talk s"],
            agents.sorted { $0.key < $1.key }.map { name, agent in
                [Output.printable(name), String(agent.calls), String(agent.talkSeconds)]
            }
        )
        lines.append("")
        let peaks = queues.sorted { $0.key < $1.key }.compactMap { name, queue in
            queue.peakWaiting.map { "\(Output.printable(name)) \($0)" }
        }
        let peak = peakWaiting.map(String.init) ?? peaks.joined(separator: ", ")
        lines.append("most waiting at once: \(peak)")
        lines.append(
            "published \(published.events) events, \(published.agents) agent states and "
                + "\(published.queues) queue levels in \(seconds) s; refused \(published.refused)"
        )
        lines.append(
            "received \(subscriber.events) events; gaps \(subscriber.gaps), resyncs "
                + "\(subscriber.resyncs), coalesced \(subscriber.coalesced)"
        )
        let causes = skipped.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        lines.append("skipped rows: \(causes.isEmpty ? "none" : causes.joined(separator: ", "))")
        let odd = oddities.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        if !odd.isEmpty { lines.append("oddities: \(odd.joined(separator: ", "))") }
        if open.waiting + open.talking > 0 {
            lines.append(
                "open at the log's end: \(open.waiting) callers waiting, \(open.talking) talking"
            )
        }
        if !isComplete {
            lines.append(
                wasStopped
                    ? "stopped early: the totals are of what was published till then"
                    : "not complete: the totals are of what arrived"
            )
        }
        return lines
    }
}
