import FloorBus

/// What a replay of a journal prints at its end; the fields are documented in docs/cli.md.
struct JournalReplayReport: Encodable {
    var events: Int
    var accepted: UInt64
    var refused: UInt64
    var skipped: Int
    var missing: UInt64
    /// Hub times, microseconds since 1970; absent when nothing was published.
    var first: Int64?
    var last: Int64?
    var isComplete: Bool
    var wasStopped: Bool
    var seconds: Double

    private enum CodingKeys: String, CodingKey {
        case events
        case accepted
        case refused
        case skipped
        case missing
        case first = "first_us"
        case last = "last_us"
        case isComplete = "complete"
        case wasStopped = "stopped"
        case seconds = "elapsed_s"
    }

    init(
        _ counts: JournalReplay.Counts,
        _ statistics: ClientStatistics,
        wasStopped: Bool,
        elapsed: Duration
    ) {
        events = counts.events
        accepted = statistics.accepted
        refused = statistics.refused
        skipped = counts.skipped
        missing = counts.missing
        first = counts.first
        last = counts.last
        self.wasStopped = wasStopped
        isComplete =
            counts.isWhole && statistics.refused == 0 && counts.missing == 0
            && statistics.accepted == UInt64(counts.events)
        seconds = elapsed / .seconds(1)
    }

    /// Whether nothing went wrong, as far as it came.
    var isGood: Bool { isComplete || (wasStopped && refused == 0 && missing == 0) }

    /// What went wrong.
    var trouble: String {
        "of \(events) events \(accepted) were accepted and \(refused) refused; \(missing) are no "
            + "longer in the journal"
    }

    /// The line for people.
    var text: String {
        var text = "published \(events) events"
        if let first, let last { text += " of \(Output.time(first)) to \(Output.time(last))" }
        text += " in \((seconds * 10).rounded() / 10) s; accepted \(accepted), refused \(refused)"
        if skipped > 0 { text += ", skipped \(skipped) of other kinds" }
        if missing > 0 { text += ", missing \(missing)" }
        return text + (wasStopped ? "; stopped early" : "")
    }
}
