public import FloorEvents
public import FloorWire

// What a hub leaves behind for its next life: the journal stores it, `Hub.init` takes it back.

/// A producer as the journal keeps it, in the same transaction as what it published.
///
/// Every operation up to `last` is decided, and what it did is stored: applied, with its effect
/// in the same or an earlier transaction, or refused.
public struct StoredProducer: Equatable, Sendable {
    /// The producer's id.
    public var id: FloorID
    /// The presence key of the principal it belongs to.
    public var principal: FloorKey
    /// The last operation decided.
    public var last: UInt64
    /// Whose numbers they are: the incarnation of the client that published last.
    public var incarnation: UInt64
    /// When it last had a session, microseconds since 1970.
    public var usedAt: Int64
    /// Results its client may not know of yet.
    public var results: [ResultRun]

    /// A producer to store.
    public init(
        id: FloorID,
        principal: FloorKey,
        last: UInt64,
        incarnation: UInt64,
        usedAt: Int64,
        results: [ResultRun]
    ) {
        self.id = id
        self.principal = principal
        self.last = last
        self.incarnation = incarnation
        self.usedAt = usedAt
        self.results = results
    }

    static let fixedSize = 48

    /// Reads what `append` wrote.
    public init(_ bytes: Span<UInt8>) throws(WireError) {
        guard bytes.count >= Self.fixedSize else {
            throw .tooShort(needed: Self.fixedSize, got: bytes.count)
        }
        id = bytes.floorID(0)
        last = bytes.u64(16)
        usedAt = bytes.i64(24)
        incarnation = bytes.u64(32)
        let keyLength = min(bytes.length(40), bytes.count)
        let keyEnd = Self.fixedSize + keyLength
        guard keyEnd <= bytes.count else { throw .tooShort(needed: keyEnd, got: bytes.count) }
        guard let key = try? FloorKey(bytes: bytes.copy(Self.fixedSize..<keyEnd)) else {
            throw .badValue(field: "principal")
        }
        principal = key
        results = try Results(bytes.extracting(keyEnd..<bytes.count)).runs
    }

    /// Appends the producer: id, last, used, incarnation, length of the key, 0, key, and the
    /// results as in ACK.
    public func append(to out: inout [UInt8]) {
        out.append(id: id)
        out.append(number: last)
        out.append(number: usedAt)
        out.append(number: incarnation)
        out.append(number: UInt32(principal.bytes.count))
        out.append(number: UInt32(0))
        out.append(contentsOf: principal.bytes)
        Results(runs: results).append(to: &out)
    }
}

/// What an earlier life of the hub has stored.
public struct HubContents: Sendable {
    /// The last stamp given; new ones are later.
    public var lastStamp: Int64 = 0
    /// The last-value records, none of them deleted, in no order.
    public var values: [[UInt8]] = []
    /// The producers, in no order.
    public var producers: [StoredProducer] = []
    /// The last records of flags and notes, in no order.
    public var kept: [[UInt8]] = []

    /// Nothing.
    public init() {}
}
