import FloorEvents
import FloorWire

/// What went into a hub and what came out, as lines that a person can read.
///
///     ana → SUBSCRIBE 1 agent/
///     hub → ana #2: SUBACK 1 ok state=1.1 event=1.0
///
/// Revisions are written epoch.counter; session numbers and secrets are left out.
public struct Transcript: Sendable {
    /// The lines so far.
    public private(set) var lines: [String] = []
    /// Whether lines are kept; a long random run has no use for them.
    public var isRecording = true

    /// No line yet.
    public init() {}

    /// The lines with a newline behind each.
    public var text: String { lines.map { $0 + "\n" }.joined() }

    /// Adds a line; it is only computed when lines are kept.
    public mutating func add(_ line: @autoclosure () -> String) {
        if isRecording { lines.append(line()) }
    }
}

extension Revision {
    /// Epoch and counter, as in `1.42`.
    var short: String { "\(epoch).\(counter)" }
}

extension ReceivedRecord {
    /// The record in brackets, what is zero or usual left out.
    var line: String {
        let tapOperation = TapOperation(rawValue: header.operationCode)
        let operation =
            header.operation?.name ?? tapOperation?.name
            ?? LeaseOperation(rawValue: header.operationCode)?.name
            ?? "operation \(header.operationCode)"
        var line = "[\(key.isEmpty ? "producer" : key) \(operation)"
        if header.revision != .zero { line += " rev=\(header.revision.short)" }
        if header.previous != .zero { line += " prev=\(header.previous.short)" }
        if header.coalesced > 0 { line += " coalesced=\(header.coalesced)" }
        let names: [(RecordFlags, String)] = [
            (.snapshot, "snapshot"), (.replay, "replay"), (.will, "will"), (.suspect, "suspect"),
            (.stale, "stale"), (.unleased, "unleased"),
        ]
        for (flag, name) in names where header.flags.contains(flag) { line += " \(name)" }
        if tapOperation == .beacon, let beacon = try? TapBeacon(payload: payload.span) {
            line += " count=\(beacon.count) from \(beacon.first.short)"
            if beacon.uncounted > 0 { line += " uncounted=\(beacon.uncounted)" }
            if beacon.isLast { line += " last" }
        } else if tapOperation == .sync, let sync = try? TapSync(payload: payload.span) {
            line += " heads=\(sync.stateHead.short)/\(sync.eventHead.short)"
            line += " partitions=\(sync.partitions)"
            if sync.uncounted > 0 { line += " uncounted=\(sync.uncounted)" }
        } else if header.kind == .presence, let presence = try? Presence(payload: payload.span) {
            line += " sessions=\(presence.sessions)"
        } else if payload.count > 0, payload.count <= 24, payload.allSatisfy({ $0 >= 32 }) {
            line += " '\(text)'"
        } else if payload.count > 0 {
            line += " \(payload.count) bytes"
        }
        return line + "]"
    }
}

extension DownMessage {
    /// The message's name and what it says.
    var line: String {
        switch content {
        case .welcome(let welcome):
            let modes =
                (welcome.stateDelta ? " state-delta" : "")
                + (welcome.eventDelta ? " event-delta" : "")
            return "WELCOME epoch=\(welcome.epoch) last=\(welcome.lastApplied)\(modes)"
        case .reject(let refusal): return "REJECT " + Self.line(refusal)
        case .goAway(let refusal): return "GOAWAY " + Self.line(refusal)
        case .deliver(let records, let stableEvent):
            let stable = Revision(rawValue: header.argument).short
            let list = records.map { $0.line }.joined(separator: " ")
            return "DELIVER stable=\(stable)/\(stableEvent.short) \(list)"
        case .acknowledge(let results):
            return "ACK through \(header.argument)" + Self.line(results)
        case .refuse(let results):
            return "NACK through \(header.argument)" + Self.line(results)
        case .pong(let pong):
            let stable = Revision(rawValue: header.argument).short
            return "PONG stable=\(stable)/\(pong.stableEvent.short)"
                + " heads=\(pong.stateHead.short)/\(pong.eventHead.short)"
        case .subscribed(let answer):
            return "SUBACK \(answer.subscription)\(answer.ended ? " ended" : "") \(answer.status)"
                + " state=\(answer.stateHead.short) event=\(answer.eventStart.short)"
        case .snapshotBegin(let mark): return "SNAP_BEGIN " + Self.line(mark)
        case .snapshotEnd(let mark): return "SNAP_END " + Self.line(mark) + " count=\(mark.count)"
        case .gap(let gap): return "GAP \(gap.from.short) to \(gap.to.short) count=\(gap.count)"
        case .reply(let records):
            return "REPLY " + records.map { $0.line }.joined(separator: " ")
        case .replyEnd(let end):
            return "REPLY_END \(end.request) \(end.status) count=\(end.count)"
                + (end.more ? " more from \(end.cursor)" : "")
        }
    }

    private static func line(_ refusal: Refusal) -> String {
        var line = "\(refusal.status) '\(refusal.sentence)'"
        if refusal.sequence > 0 { line += " seq=\(refusal.sequence)" }
        if refusal.retryAfterMilliseconds > 0 {
            line += " retry after \(refusal.retryAfterMilliseconds) ms"
        }
        return line
    }

    private static func line(_ mark: SnapshotMark) -> String {
        "\(mark.subscription) \(mark.full ? "full" : "delta") rev=\(mark.revision.short)"
    }

    private static func line(_ results: Results) -> String {
        var line = results.expected > 0 ? " expected \(results.expected)" : ""
        for run in results.runs {
            let last = run.first + UInt64(run.count) - 1
            line += " [\(run.first)\(last > run.first ? "-\(last)" : "") \(run.status)"
            line += run.revision == .zero ? "]" : " rev=\(run.revision.short)]"
        }
        return line
    }
}
