public import FloorEvents

// What the hub says on the tap about the tap: docs/wire-protocol.md, section 14.

/// A beacon's payload: how many records of one partition the tap has carried.
///
/// The record's own revision is the partition's last one, so between two beacons a reader of the
/// whole partition has been sent exactly the difference of their counts.
public struct TapBeacon: Hashable, Sendable {
    static let size = 32

    /// Records of the partition from `first` to the beacon's own revision, both included.
    public var count: UInt64
    /// The first record that is counted.
    public var first: Revision
    /// Records so far, of any partition, that no beacon counts; grows when the table is full.
    public var uncounted: UInt64
    /// When the next beacon follows, in milliseconds.
    public var intervalMilliseconds: UInt32
    /// Whether the hub forgets the partition: no beacon follows until it has a record again.
    public var isLast: Bool

    /// A beacon with another one to follow.
    public init(count: UInt64, first: Revision, uncounted: UInt64 = 0) {
        self.count = count
        self.first = first
        self.uncounted = uncounted
        intervalMilliseconds = UInt32(Limits.tapBeaconMicroseconds / 1000)
        isLast = false
    }

    /// Appends the payload, schema `PayloadSchema.tap`.
    public func append(to out: inout [UInt8]) {
        out.append(number: count)
        out.append(number: first.rawValue)
        out.append(number: uncounted)
        out.append(number: intervalMilliseconds)
        out.append(number: UInt32(isLast ? 1 : 0))
    }

    /// Reads the payload.
    public init(payload bytes: Span<UInt8>) throws(WireError) {
        try bytes.need(Self.size)
        self.init(
            count: bytes.u64(0),
            first: Revision(rawValue: bytes.u64(8)),
            uncounted: bytes.u64(16)
        )
        intervalMilliseconds = bytes.u32(24)
        isLast = bytes.u32(28) & 1 == 1
    }
}

/// A sync answer's payload: from here on a reader knows what it was sent.
public struct TapSync: Hashable, Sendable {
    static let size = 48

    /// The last revision of the state lane before the answer's round of beacons began.
    public var stateHead: Revision
    /// The same of the event lane.
    public var eventHead: Revision
    /// Identifies the data set: the session port that GET is sent to must say the same.
    public var lineage: FloorID
    /// Records so far that no beacon counts.
    public var uncounted: UInt64
    /// Partitions with a beacon.
    public var partitions: UInt32
    /// Time between two beacons of a partition, in milliseconds.
    public var intervalMilliseconds: UInt32

    /// An answer.
    public init(stateHead: Revision, eventHead: Revision, lineage: FloorID) {
        self.stateHead = stateHead
        self.eventHead = eventHead
        self.lineage = lineage
        uncounted = 0
        partitions = 0
        intervalMilliseconds = UInt32(Limits.tapBeaconMicroseconds / 1000)
    }

    /// Appends the payload, schema `PayloadSchema.tap`.
    public func append(to out: inout [UInt8]) {
        out.append(number: stateHead.rawValue)
        out.append(number: eventHead.rawValue)
        out.append(id: lineage)
        out.append(number: uncounted)
        out.append(number: partitions)
        out.append(number: intervalMilliseconds)
    }

    /// Reads the payload.
    public init(payload bytes: Span<UInt8>) throws(WireError) {
        try bytes.need(Self.size)
        self.init(
            stateHead: Revision(rawValue: bytes.u64(0)),
            eventHead: Revision(rawValue: bytes.u64(8)),
            lineage: bytes.floorID(16)
        )
        uncounted = bytes.u64(32)
        partitions = bytes.u32(40)
        intervalMilliseconds = bytes.u32(44)
    }
}
