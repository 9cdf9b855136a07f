public import FloorEvents

/// Facts about a record beside its key and payload, one bit each.
public struct RecordFlags: OptionSet, Sendable, Hashable {
    /// The bits.
    public let rawValue: UInt16
    /// Flags from bits; unknown bits are kept.
    @inlinable
    public init(rawValue: UInt16) { self.rawValue = rawValue }
    /// Sent by a snapshot, not by a change.
    public static let snapshot = RecordFlags(rawValue: 1)
    /// Older values of the key were passed over for this session.
    public static let coalesced = RecordFlags(rawValue: 2)
    /// Sent again from the journal.
    public static let replay = RecordFlags(rawValue: 4)
    /// Written by a will.
    public static let will = RecordFlags(rawValue: 8)
    /// The owner has been silent for a while.
    public static let suspect = RecordFlags(rawValue: 16)
    /// The owner is gone.
    public static let stale = RecordFlags(rawValue: 32)
    /// The value has no lease: nobody renews it, it never turns suspect.
    public static let unleased = RecordFlags(rawValue: 64)
    /// The flags a publisher may set; the hub clears all others.
    public static let fromPublisher: RecordFlags = [.unleased]

    /// The bits that say a freshness.
    public init(_ freshness: Freshness) {
        switch freshness {
        case .live: self = []
        case .suspect: self = .suspect
        case .stale: self = .stale
        }
    }

    /// The freshness that the bits say.
    public var freshness: Freshness {
        contains(.stale) ? .stale : contains(.suspect) ? .suspect : .live
    }
}

/// The fixed 80 bytes of a record, as values; the same in PUB, DELIVER, tap and journal.
public struct RecordHeader: Hashable, Sendable {
    /// Bytes on the wire before the key.
    public static let size = 80

    /// What the record is about, as a number; see `kind`.
    public var kindCode: UInt8
    /// What it does, as a number; see `operation`.
    public var operationCode: UInt8
    /// Facts beside key and payload.
    public var flags: RecordFlags
    /// The record's place in its lane; 0 in PUB.
    public var revision: Revision
    /// The key's revision before this one; in PUB the revision the key must have (0 = any).
    public var previous: Revision
    /// When the hub applied it, microseconds since 1970.
    public var hubTime: Int64
    /// When the publisher says it happened, microseconds since 1970; advice only.
    public var sourceTime: Int64
    /// Who published it.
    public var producer: FloorID
    /// Its number among the producer's operations.
    public var producerSequence: UInt64
    /// Changes of the key this session was not sent; 0 outside DELIVER.
    public var coalesced: UInt32
    /// The layout of the payload, per kind.
    public var schema: UInt16

    /// A publisher's record; the hub fills in the rest.
    @inlinable
    public init(_ kind: RecordKind, _ operation: RecordOperation, schema: UInt16 = 0) {
        kindCode = kind.rawValue
        operationCode = operation.rawValue
        flags = []
        revision = .zero
        previous = .zero
        hubTime = 0
        sourceTime = 0
        producer = .zero
        producerSequence = 0
        coalesced = 0
        self.schema = schema
    }

    /// The kind, or nil for one this version does not know.
    public var kind: RecordKind? { RecordKind(rawValue: kindCode) }
    /// The operation, or nil for one this version does not know.
    public var operation: RecordOperation? { RecordOperation(rawValue: operationCode) }
}

/// What the hub says of a record when it applies it.
public struct RecordStamp: Sendable {
    /// The publisher's flags that may stay.
    public var flags: RecordFlags
    /// The record's place in its lane.
    public var revision: Revision
    /// The key's revision before this one.
    public var previous: Revision
    /// When it was applied, microseconds since 1970.
    public var hubTime: Int64
    /// Who published it.
    public var producer: FloorID
    /// Its number among the producer's operations.
    public var producerSequence: UInt64

    /// A stamp.
    public init(
        flags: RecordFlags,
        revision: Revision,
        previous: Revision,
        hubTime: Int64,
        producer: FloorID,
        producerSequence: UInt64
    ) {
        self.flags = flags
        self.revision = revision
        self.previous = previous
        self.hubTime = hubTime
        self.producer = producer
        self.producerSequence = producerSequence
    }
}

/// Where one record lies in a span of bytes: offsets only, nothing is copied.
public struct RecordView: Sendable {
    /// The record's bytes, header and padding included.
    public let range: Range<Int>
    /// The key's bytes.
    public let key: Range<Int>
    /// The payload's bytes.
    public let payload: Range<Int>

    /// Finds the record that starts at an offset.
    ///
    /// Checks every length against the span and the limits, and that all padding and reserved
    /// bytes are zero; does not judge key, kind, operation or payload.
    public init(_ bytes: Span<UInt8>, at offset: Int) throws(WireError) {
        _ = try Self.checkedLength(bytes, at: offset)
        self.init(checked: bytes, at: offset)
    }

    /// The length of the record that starts at an offset, when it is well-formed.
    static func checkedLength(
        _ bytes: Span<UInt8>,
        at offset: Int
    ) throws(WireError) -> Int {
        let left = bytes.count - offset
        guard offset >= 0, left >= RecordHeader.size else {
            throw .tooShort(needed: RecordHeader.size, got: max(0, left))
        }
        let stated = bytes.length(offset)
        let keyLength = Int(bytes.u16(offset + 68))
        let payloadLength = bytes.length(offset + 72)
        guard keyLength <= Limits.keyBytes else { throw .keyTooLong(keyLength) }
        guard payloadLength <= Limits.payloadBytes else { throw .payloadTooLong(payloadLength) }
        let payloadStart = RecordHeader.size + roundedUp8(keyLength)
        let length = payloadStart + roundedUp8(payloadLength)
        guard stated == length else { throw .badRecordLength(stated) }
        guard length <= left else { throw .tooShort(needed: length, got: left) }
        guard bytes.u32(offset + 76) == 0,
            bytes.isPadded(keyLength, endingAt: offset + payloadStart),
            bytes.isPadded(payloadLength, endingAt: offset + length)
        else { throw .reservedNotZero }
        return length
    }

    /// Finds a record within a body that `RecordBatch` has read: its checks are not repeated.
    @inlinable
    public init(checked bytes: Span<UInt8>, at offset: Int) {
        let keyLength = Int(bytes.u16(offset + 68))
        let payloadLength = bytes.length(offset + 72)
        let payloadStart = offset + RecordHeader.size + roundedUp8(keyLength)
        range = offset..<(payloadStart + roundedUp8(payloadLength))
        key = (offset + RecordHeader.size)..<(offset + RecordHeader.size + keyLength)
        payload = payloadStart..<(payloadStart + payloadLength)
    }

    /// The header's values.
    @inlinable
    public func header(_ bytes: Span<UInt8>) -> RecordHeader {
        let at = range.lowerBound
        var header = RecordHeader(.agent, .put)
        header.kindCode = bytes.u8(at + 4)
        header.operationCode = bytes.u8(at + 5)
        header.flags = RecordFlags(rawValue: bytes.u16(at + 6))
        header.revision = Revision(rawValue: bytes.u64(at + 8))
        header.previous = Revision(rawValue: bytes.u64(at + 16))
        header.hubTime = bytes.i64(at + 24)
        header.sourceTime = bytes.i64(at + 32)
        header.producer = bytes.floorID(at + 40)
        header.producerSequence = bytes.u64(at + 56)
        header.coalesced = bytes.u32(at + 64)
        header.schema = bytes.u16(at + 70)
        return header
    }

    /// The revision alone.
    @inlinable
    public func revision(_ bytes: Span<UInt8>) -> Revision {
        Revision(rawValue: bytes.u64(range.lowerBound + 8))
    }

    /// Whether it appends an event, which is what most records of the event lane do.
    @inlinable
    public func isEvent(_ bytes: Span<UInt8>) -> Bool {
        bytes.u8(range.lowerBound + 4) == RecordKind.event.rawValue
            && bytes.u8(range.lowerBound + 5) == RecordOperation.append.rawValue
    }

    /// The flags alone.
    @inlinable
    public func flags(_ bytes: Span<UInt8>) -> RecordFlags {
        RecordFlags(rawValue: bytes.u16(range.lowerBound + 6))
    }
}

/// Writing records.
public enum RecordWriter {
    /// Bytes of a record with a key and payload of these lengths.
    @inlinable
    public static func size(keyBytes: Int, payloadBytes: Int) -> Int {
        RecordHeader.size + roundedUp8(keyBytes) + roundedUp8(payloadBytes)
    }

    /// Appends one record.
    ///
    /// - Precondition: key and payload are within the limits.
    public static func append(
        _ header: RecordHeader,
        key: Span<UInt8>,
        payload: Span<UInt8>,
        to out: inout [UInt8]
    ) {
        out.append(addingCapacity: size(keyBytes: key.count, payloadBytes: payload.count)) {
            unsafe $0.withUnsafeMutableBufferPointer { buffer, count in
                let bytes = UnsafeMutableRawBufferPointer(buffer)
                count = unsafe bytes.put(header, key: key, payload: payload)
            }
        }
    }

    /// Writes one record over bytes that are already there.
    ///
    /// - Precondition: key and payload are within the limits, and the record within the bytes.
    public static func write(
        _ header: RecordHeader,
        key: Span<UInt8>,
        payload: Span<UInt8>,
        over out: inout [UInt8],
        at offset: Int
    ) {
        let length = size(keyBytes: key.count, payloadBytes: payload.count)
        precondition(offset >= 0 && offset + length <= out.count)
        unsafe out.withUnsafeMutableBytes { buffer in
            let bytes = unsafe UnsafeMutableRawBufferPointer(
                rebasing: buffer[offset..<(offset + length)]
            )
            _ = unsafe bytes.put(header, key: key, payload: payload)
        }
    }

    /// Overwrites what the hub says of a record that a publisher wrote.
    public static func stamp(_ out: inout [UInt8], at offset: Int, _ stamp: RecordStamp) {
        precondition(offset >= 0 && offset + RecordHeader.size <= out.count)
        unsafe out.withUnsafeMutableBytes { bytes in
            func put<Number: FixedWidthInteger & BitwiseCopyable>(_ number: Number, _ at: Int) {
                unsafe bytes.storeBytes(
                    of: number.littleEndian,
                    toByteOffset: offset + at,
                    as: Number.self
                )
            }
            put(stamp.flags.rawValue, 6)
            put(stamp.revision.rawValue, 8)
            put(stamp.previous.rawValue, 16)
            put(stamp.hubTime, 24)
            put(stamp.producer.high.byteSwapped, 40)
            put(stamp.producer.low.byteSwapped, 48)
            put(stamp.producerSequence, 56)
            put(UInt32(0), 64)
        }
    }

    /// Overwrites the per-session fields of a record that was copied into a DELIVER.
    public static func restamp(
        _ out: inout [UInt8],
        at offset: Int,
        adding flags: RecordFlags,
        coalesced: UInt32
    ) {
        precondition(offset >= 0 && offset + RecordHeader.size <= out.count)
        unsafe out.withUnsafeMutableBytes { bytes in
            let old = unsafe UInt16(
                littleEndian: bytes.loadUnaligned(fromByteOffset: offset + 6, as: UInt16.self)
            )
            unsafe bytes.storeBytes(
                of: (old | flags.rawValue).littleEndian,
                toByteOffset: offset + 6,
                as: UInt16.self
            )
            unsafe bytes.storeBytes(
                of: coalesced.littleEndian,
                toByteOffset: offset + 64,
                as: UInt32.self
            )
        }
    }
}

extension Span<UInt8> {
    /// Whether the zeros are there that fill a part's last eight bytes, which end at an offset.
    @inline(__always)
    fileprivate func isPadded(_ length: Int, endingAt end: Int) -> Bool {
        let used = length & 7
        return used == 0 || u64(end - 8) >> UInt64(8 * used) == 0
    }

    /// Sixteen bytes as an identity, in their written order.
    @inlinable
    public func floorID(_ offset: Int) -> FloorID {
        FloorID(high: u64(offset).byteSwapped, low: u64(offset + 8).byteSwapped)
    }
}

extension [UInt8] {
    /// Appends an identity in its written order.
    @inlinable
    public mutating func append(id: FloorID) {
        append(number: id.high.byteSwapped)
        append(number: id.low.byteSwapped)
    }

    /// Makes room, growing by half at least, so that repeated appends stay linear.
    @inlinable
    mutating func reserve(adding more: Int) {
        if capacity - count < more { reserveCapacity(Swift.max(count + more, capacity * 2)) }
    }
}

extension UnsafeMutableRawBufferPointer {
    /// Writes one record at the beginning; returns its length.
    fileprivate func put(
        _ header: RecordHeader,
        key: Span<UInt8>,
        payload: Span<UInt8>
    ) -> Int {
        precondition(key.count <= Limits.keyBytes && payload.count <= Limits.payloadBytes)
        let length = RecordWriter.size(keyBytes: key.count, payloadBytes: payload.count)
        precondition(length <= count)
        let kindAndOperation = UInt64(header.kindCode) | UInt64(header.operationCode) << 8
        let keyAndSchema = UInt64(key.count) | UInt64(header.schema) << 16
        // The table in docs/wire-protocol.md, eight bytes a line.
        let words: InlineArray<10, UInt64> = [
            UInt64(length) | (kindAndOperation | UInt64(header.flags.rawValue) << 16) << 32,
            header.revision.rawValue,
            header.previous.rawValue,
            UInt64(bitPattern: header.hubTime),
            UInt64(bitPattern: header.sourceTime),
            header.producer.high.byteSwapped,
            header.producer.low.byteSwapped,
            header.producerSequence,
            UInt64(header.coalesced) | keyAndSchema << 32,
            UInt64(payload.count),
        ]
        for line in words.indices {
            unsafe storeBytes(
                of: words[line].littleEndian,
                toByteOffset: line * 8,
                as: UInt64.self
            )
        }
        let at = unsafe RecordHeader.size + put(key, at: RecordHeader.size)
        return unsafe at + put(payload, at: at)
    }

    /// Writes bytes and the zeros behind them up to a multiple of eight; returns how many.
    fileprivate func put(_ part: Span<UInt8>, at offset: Int) -> Int {
        let padded = roundedUp8(part.count)
        guard padded > 0 else { return 0 }
        precondition(offset >= 0 && offset + padded <= count)
        // Zeros first: the part then covers all of them but the padding.
        unsafe storeBytes(of: 0, toByteOffset: offset + padded - 8, as: UInt64.self)
        unsafe part.withUnsafeBytes { source in
            unsafe UnsafeMutableRawBufferPointer(rebasing: self[offset..<(offset + source.count)])
                .copyMemory(from: source)
        }
        return padded
    }
}
