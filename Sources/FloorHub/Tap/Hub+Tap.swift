import FloorEvents
import FloorWire

// The tap: every change as it is applied (state) or committed (events), a beacon per partition
// every second (T2), and an answer to every join barrier (T3). Effects are performed in order, so
// a beacon stands behind every record it counts.

extension Hub {
    private static let syncPrefix = Array("~sync/".utf8)

    /// Publishes the record that stands at the end of the effects' bytes, unless it is private.
    mutating func emitTap(from start: Int, _ effects: inout HubEffects) {
        let view = RecordView(checked: effects.bytes.span, at: start)
        guard let kind = RecordKind(rawValue: effects.bytes[start + 4]), kind != .private else {
            return effects.bytes.removeLast(effects.bytes.count - start)
        }
        let key = RecordHeader.size..<(RecordHeader.size + view.key.count)
        effects.list.append(.tap(key: view.key, record: view.range))
        let record = effects.bytes.span.extracting(view.range)
        partitions.note(record, key: key, kind: kind, boot: now.boot)
    }

    /// A reader subscribed to a topic that begins with `~`: a join barrier, or nothing of ours.
    mutating func takeBarrier(_ topic: [UInt8]) {
        let prefix = Self.syncPrefix.count
        guard options.hasTap, topic.count > prefix + 1, topic.starts(with: Self.syncPrefix),
            topic.count <= Limits.keyBytes, topic.last == UInt8(ascii: "/"),
            KeyRules.isSegment(topic.span.extracting(prefix..<(topic.count - 1)))
        else { return }
        if !rounds.wait(topic) { counts.barriersDropped += 1 }
    }

    /// Sends what is due of beacons and answers.
    mutating func runTap(_ effects: inout HubEffects) {
        guard options.hasTap, now.boot >= rounds.due else { return }
        if rounds.place == nil { rounds.begin(at: now.boot, heads: heads) }
        var place = rounds.place ?? 0
        let time = stamp()
        let horizon = now.boot - options.tombstoneMicroseconds
        var sent = 0
        while place < partitions.places.count, sent < Limits.tapBeaconsAtOnce {
            if !partitions.places[place].isFree {
                emitBeacon(place, time, isLast: partitions.isOver(place, before: horizon), &effects)
                sent += 1
            }
            place += 1
        }
        guard place == partitions.places.count else {
            return rounds.pause(before: place, at: now.boot)
        }
        for topic in rounds.answering { emitAnswer(topic, time, &effects) }
        counts.barriers += UInt64(rounds.answering.count)
        rounds.end(at: now.boot)
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
        var header = Self.tapHeader(.beacon, time)
        header.kindCode = partition.kindCode
        header.revision = partition.last
        emitTapWord(header, key: partition.key, payload: payload, &effects)
        if isLast { partitions.remove(place) }
    }

    private mutating func emitAnswer(
        _ topic: [UInt8],
        _ time: Int64,
        _ effects: inout HubEffects
    ) {
        var answer = TapSync(
            stateHead: rounds.heads.state,
            eventHead: rounds.heads.event,
            lineage: options.lineage
        )
        answer.uncounted = partitions.uncounted
        answer.partitions = UInt32(partitions.count)
        var payload: [UInt8] = []
        answer.append(to: &payload)
        emitTapWord(Self.tapHeader(.sync, time), key: topic, payload: payload, &effects)
    }

    private static func tapHeader(_ operation: TapOperation, _ time: Int64) -> RecordHeader {
        var header = RecordHeader(.custom, .put, schema: PayloadSchema.tap)
        header.kindCode = 0
        header.operationCode = operation.rawValue
        header.hubTime = time
        return header
    }

    private func emitTapWord(
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
