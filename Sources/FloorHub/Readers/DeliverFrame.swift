import FloorEvents
import FloorWire

/// One DELIVER being filled.
struct DeliverFrame {
    /// Most bytes of records in one.
    static let recordBytes = Limits.deliverBytes - FrameHeader.size - RecordBatch.prefixSize

    /// Most bytes of the whole message.
    let capacity: Int
    private(set) var start = 0
    private(set) var count = 0
    /// Whether no record has been left out for want of room.
    private(set) var isUnhindered = true

    mutating func noteFull() { isUnhindered = false }

    init(capacity: Int) { self.capacity = min(capacity, Limits.deliverBytes) }

    /// Whether the credit allows any DELIVER at all.
    var hasRoom: Bool { capacity >= Limits.deliverMinimumCharge }

    mutating func begin(_ downlink: Downlink, _ out: inout [UInt8]) {
        start = FrameWriter.begin(FrameHeader(.deliver, session: downlink.number), in: &out)
        _ = RecordBatch.begin(lead: 0, in: &out)
    }

    func size(_ out: [UInt8]) -> Int { out.count - start }

    func fits(_ record: Int, _ out: [UInt8]) -> Bool { size(out) + record <= capacity }

    mutating func add(
        _ record: [UInt8],
        flags: RecordFlags,
        coalesced: UInt32,
        _ out: inout [UInt8]
    ) {
        add(record.span, flags: flags, coalesced: coalesced, &out)
    }

    mutating func add(
        _ record: Span<UInt8>,
        flags: RecordFlags,
        coalesced: UInt32,
        _ out: inout [UInt8]
    ) {
        let at = out.count
        out.append(span: record)
        if !flags.isEmpty || coalesced > 0 {
            RecordWriter.restamp(&out, at: at, adding: flags, coalesced: coalesced)
        }
        count += 1
    }

    /// Adds the freshness of a producer's values.
    mutating func addFreshness(_ lease: Lease, _ out: inout [UInt8]) {
        var header = RecordHeader(.custom, .put)
        header.kindCode = 0
        header.operationCode = LeaseOperation.freshness.rawValue
        header.flags = RecordFlags(lease.freshness)
        header.revision = lease.changed.revision
        header.hubTime = lease.changed.hubTime
        header.producer = lease.producer
        let nothing: [UInt8] = []
        RecordWriter.append(header, key: nothing.span, payload: nothing.span, to: &out)
        count += 1
    }

    /// Adds records that lie end to end.
    mutating func add(_ records: Span<UInt8>, count more: Int, _ out: inout [UInt8]) {
        guard more > 0 else { return }
        out.append(span: records)
        count += more
    }

    /// Adds records from the journal that lie end to end, and says that they are from there.
    mutating func addReplayed(_ records: Span<UInt8>, count more: Int, _ out: inout [UInt8]) {
        var at = out.count
        add(records, count: more, &out)
        while at < out.count {
            RecordWriter.restamp(&out, at: at, adding: [.replay], coalesced: 0)
            at = RecordView(checked: out.span, at: at).range.upperBound
        }
    }

    /// Fills in what is known only now; returns the message's bytes.
    mutating func end(
        sequence: UInt64,
        stableState: Revision,
        stableEvent: Revision,
        _ out: inout [UInt8]
    ) -> Range<Int> {
        out.overwrite(sequence, at: start + 16)
        out.overwrite(stableState.rawValue, at: start + 24)
        RecordBatch.finish(
            start + FrameHeader.size,
            lead: stableEvent.rawValue,
            count: count,
            in: &out
        )
        FrameWriter.end(start, in: &out)
        return start..<out.count
    }
}
