public import FloorEvents
import FloorWire

/// A reader of whole partitions of the tap that knows whether it has everything: the algorithm of
/// docs/wire-protocol.md, section 14, as it stands there.
///
///     var reader = TapReader(nonce: "7f3a")
///     reader.take(message)                 // each message of the tap, in order
///     if reader.isSnapshotNeeded { reader.takeSnapshot(answerOfGET) }
///     reader.verdict                       // .complete
///
/// - Thread: one.
public struct TapReader: Sendable {
    /// What a reader knows of itself.
    public enum Verdict: Sendable {
        /// No answer to its barrier yet, or no snapshot after it.
        case joining
        /// It has everything up to `heardAt`.
        case complete
        /// Something was lost, or may have been: it has to join again.
        case incomplete
    }

    private struct Anchor {
        var count: UInt64
        var first: Revision
    }

    /// The barrier it subscribes to, after the data and the beacons.
    public private(set) var barrier: String
    /// The keys it knows of, with their values; nil where it was deleted.
    public private(set) var entries: [String: (revision: Revision, value: [UInt8]?)] = [:]
    /// Whether GET is to be asked now.
    public private(set) var isSnapshotNeeded = false
    /// Beacons that have come.
    public private(set) var beacons = 0
    /// Hub time of the last beacon or answer: later losses cannot be known yet.
    public private(set) var heardAt: Int64 = 0
    private var joined: TapSync?
    private var hasMissed = false
    private var anchors: [String: Anchor] = [:]
    /// Records since the partition's last beacon.
    private var counted: [String: UInt64] = [:]

    /// A reader that has not joined.
    public init(nonce: String) { barrier = "~sync/\(nonce)/" }

    /// What it knows of itself.
    public var verdict: Verdict {
        if hasMissed { return .incomplete }
        return joined == nil || isSnapshotNeeded ? .joining : .complete
    }

    /// The values it would show.
    public var values: [String: [UInt8]] { entries.compactMapValues { $0.value } }

    /// It subscribes to another barrier.
    public mutating func joinAgain(nonce: String) {
        barrier = "~sync/\(nonce)/"
        joined = nil
        hasMissed = false
    }

    /// The next message of the tap.
    public mutating func take(_ record: ReceivedRecord) {
        switch TapOperation(rawValue: record.header.operationCode) {
        case .sync?:
            guard record.key == barrier else { return }
            joined = try? TapSync(payload: record.payload.span)
            hasMissed = false
            isSnapshotNeeded = true
            entries = [:]
            heardAt = record.header.hubTime
        case .beacon?:
            beacons += 1
            heardAt = record.header.hubTime
            guard let beacon = try? TapBeacon(payload: record.payload.span) else { return }
            check(beacon, of: String(record.key.dropFirst("!beacon/".count)), record.header)
        case nil:
            counted[Self.partition(of: record.key), default: 0] += 1
            guard record.header.kind?.lane == .state else { return }
            let isGone = record.header.operation == .delete
            apply(record.key, record.header.revision, isGone ? nil : record.payload)
        }
    }

    /// The answer of GET, asked after `isSnapshotNeeded` became true.
    public mutating func takeSnapshot(
        _ values: [(key: String, revision: Revision, value: [UInt8])]
    ) {
        isSnapshotNeeded = false
        for (key, revision, value) in values { apply(key, revision, value) }
    }

    private mutating func apply(_ key: String, _ revision: Revision, _ value: [UInt8]?) {
        if let old = entries[key], old.revision >= revision { return }
        entries[key] = (revision, value)
    }

    private mutating func check(
        _ beacon: TapBeacon,
        of partition: String,
        _ header: RecordHeader
    ) {
        var expected: UInt64?
        if let anchor = anchors[partition], anchor.first == beacon.first {
            expected = beacon.count - anchor.count
        } else if let joined, beacon.first > head(joined, header) {
            expected = beacon.count
        }
        if let joined {
            hasMissed =
                hasMissed || expected != counted[partition, default: 0]
                || beacon.uncounted != joined.uncounted
                || header.revision.epoch != joined.stateHead.epoch
        }
        anchors[partition] = beacon.isLast ? nil : Anchor(count: beacon.count, first: beacon.first)
        counted[partition] = nil
    }

    private func head(_ joined: TapSync, _ header: RecordHeader) -> Revision {
        header.kind?.lane == .event ? joined.eventHead : joined.stateHead
    }

    private static func partition(of key: String) -> String {
        key.split(separator: "/").prefix(3).map { $0 + "/" }.joined()
    }
}
