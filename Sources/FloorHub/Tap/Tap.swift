import FloorEvents
import FloorWire

/// The tap: every change as it is applied (state) or committed (events), a beacon per partition
/// every second (T2), and an answer to every join barrier (T3).
///
/// Invariant: a beacon stands behind every record it counts. Effects are performed in order, and a
/// record is counted as it is emitted.
struct Tap {
    private let isOpen: Bool
    private let lineage: FloorID
    /// How long a partition without keys is told of, in microseconds.
    private let memory: Int64
    private let clock: HubClock
    private let ledger: HubLedger
    private var partitions: TapPartitions
    private var rounds = TapRounds()

    private static let syncPrefix = Array("~sync/".utf8)

    init(_ options: HubOptions, _ clock: HubClock, _ ledger: HubLedger) {
        isOpen = options.hasTap
        lineage = options.lineage
        memory = options.tombstoneMicroseconds
        self.clock = clock
        self.ledger = ledger
        partitions = TapPartitions(maximum: options.maximumPartitions)
    }

    /// When the next beacon or answer is due, microseconds on the boot clock.
    var deadline: Int64 { isOpen ? rounds.due : .max }

    /// Partitions with a beacon, and records that none counts.
    var sizes: (partitions: Int, uncounted: UInt64) { (partitions.count, partitions.uncounted) }

    // MARK: records

    /// Publishes a record, unless it is private or there is no tap.
    mutating func publish(_ record: Span<UInt8>, _ effects: inout HubEffects) {
        guard isOpen, let kind = RecordKind(rawValue: record[4]), kind != .private,
            kind != .personal
        else { return }
        let start = effects.bytes.count
        effects.bytes.append(span: record)
        let view = RecordView(checked: effects.bytes.span, at: start)
        let key = RecordHeader.size..<(RecordHeader.size + view.key.count)
        effects.list.append(.tap(key: view.key, record: view.range))
        partitions.note(record, key: key, kind: kind, boot: clock.boot)
    }

    /// A value of an earlier life is in the table again; the tap has not carried it.
    mutating func noteRestored(_ key: Span<UInt8>, _ kind: RecordKind, _ revision: Revision) {
        guard isOpen else { return }
        partitions.noteRestored(key, kind: kind, revision: revision, boot: clock.boot)
    }

    /// A key has left the last-value table for good.
    mutating func forgetKey(_ key: Span<UInt8>) {
        if isOpen { partitions.forgetKey(key) }
    }

    // MARK: beacons and barriers

    /// A reader subscribed to a topic that begins with `~`: a join barrier, or nothing of ours.
    mutating func takeBarrier(_ topic: [UInt8]) {
        let prefix = Self.syncPrefix.count
        guard isOpen, topic.count > prefix + 1, topic.starts(with: Self.syncPrefix),
            topic.count <= Limits.keyBytes, topic.last == UInt8(ascii: "/"),
            KeyRules.isSegment(topic.span.extracting(prefix..<(topic.count - 1)))
        else { return }
        if !rounds.wait(topic) { ledger.counts.barriersDropped += 1 }
    }

    /// A reader ended its subscription to a topic that begins with `~`, or is gone.
    mutating func abandonBarrier(_ topic: [UInt8]) {
        if isOpen { rounds.abandon(topic) }
    }

    /// Sends what is due of beacons and answers.
    mutating func run(
        heads: (state: Revision, event: Revision),
        _ effects: inout HubEffects
    ) {
        guard isOpen, clock.boot >= rounds.due else { return }
        if rounds.place == nil { rounds.begin(at: clock.boot, heads: heads) }
        var place = rounds.place ?? 0
        let time = clock.stamp()
        let horizon = clock.boot - memory
        var sent = 0
        while place < partitions.places.count, sent < Limits.tapBeaconsAtOnce {
            ledger.counts.work += 1
            if !partitions.places[place].isFree {
                emitBeacon(place, time, isLast: partitions.isOver(place, before: horizon), &effects)
                sent += 1
            }
            place += 1
        }
        while place == partitions.places.count {
            guard sent < Limits.tapBeaconsAtOnce else { break }
            guard let topic = rounds.nextAnswer() else { return rounds.end() }
            emitAnswer(topic, time, &effects)
            ledger.counts.barriers += 1
            sent += 1
        }
        rounds.pause(before: place, at: clock.boot)
    }

    private mutating func emitBeacon(
        _ place: Int,
        _ time: Int64,
        isLast: Bool,
        _ effects: inout HubEffects
    ) {
        let partition = partitions.places[place]
        var beacon = TapBeacon(
            count: partition.count,
            first: partition.first,
            uncounted: partitions.uncounted
        )
        beacon.isLast = isLast
        var payload: [UInt8] = []
        beacon.append(to: &payload)
        var header = Self.header(.beacon, time)
        header.kindCode = partition.kindCode
        header.revision = partition.last
        emit(header, key: partition.key, payload: payload, &effects)
        if isLast { partitions.remove(place) }
    }

    private func emitAnswer(_ topic: [UInt8], _ time: Int64, _ effects: inout HubEffects) {
        var answer = TapSync(
            stateHead: rounds.heads.state,
            eventHead: rounds.heads.event,
            lineage: lineage
        )
        answer.uncounted = partitions.uncounted
        answer.partitions = UInt32(partitions.count)
        var payload: [UInt8] = []
        answer.append(to: &payload)
        emit(Self.header(.sync, time), key: topic, payload: payload, &effects)
    }

    private static func header(_ operation: TapOperation, _ time: Int64) -> RecordHeader {
        var header = RecordHeader(.custom, .put, schema: PayloadSchema.tap)
        header.kindCode = 0
        header.operationCode = operation.rawValue
        header.hubTime = time
        return header
    }

    private func emit(
        _ header: RecordHeader,
        key: [UInt8],
        payload: [UInt8],
        _ effects: inout HubEffects
    ) {
        let start = effects.bytes.count
        RecordWriter.append(header, key: key.span, payload: payload.span, to: &effects.bytes)
        let keyStart = start + RecordHeader.size
        effects.list.append(
            .tap(key: keyStart..<(keyStart + key.count), record: start..<effects.bytes.count)
        )
    }
}
