import FloorEvents
import FloorWire

// The bytes of an outbox file (docs/outbox.md has the tables): a header that says whose it is, then
// entries, each a whole number of eight bytes with its length and checksum.

/// The first bytes: whose outbox it is.
enum OutboxHeader {
    static let size = 96
    static let version: UInt16 = 1
    private static let magic: UInt64 = 0x5842_5455_4F42_4C46  // "FLBOUTBX"

    static func append(_ producer: FloorID, _ principal: String, to out: inout [UInt8]) {
        let start = out.count
        out.append(number: magic)
        out.append(number: version)
        out.append(number: UInt16(principal.utf8.count))
        out.append(number: UInt32(0))
        out.append(id: producer)
        out.append(contentsOf: principal.utf8)
        out.append(contentsOf: repeatElement(0, count: start + size - out.count))
        out.overwrite(checksum(out.span.extracting(start..<(start + size))), at: start + 12)
    }

    /// The producer of these bytes, if they are this principal's.
    static func read(_ bytes: Span<UInt8>, _ principal: String) throws(OutboxFault) -> FloorID {
        guard bytes.count >= 12, bytes.u64(0) == magic else { throw .notAnOutbox }
        guard bytes.u16(8) == version else { throw .version(bytes.u16(8)) }
        guard bytes.count >= size else { throw .damagedHeader }
        let length = Int(bytes.u16(10))
        guard bytes.u32(12) == checksum(bytes.extracting(0..<size)), length <= Limits.nameBytes
        else { throw .damagedHeader }
        var name: [UInt8] = []
        name.append(span: bytes.extracting(32..<(32 + length)))
        guard name.elementsEqual(principal.utf8) else {
            throw .otherPrincipal(String(decoding: name, as: UTF8.self))
        }
        return bytes.floorID(16)
    }

    private static func checksum(_ header: Span<UInt8>) -> UInt32 {
        var sum = CRC32()
        sum.add(header.extracting(0..<12))
        sum.add(header.extracting(16..<size))
        return sum.sum
    }
}

/// One thing that happened to the outbox.
enum OutboxEntry {
    /// An operation has this sequence. Without a record it is one that waited, with its record
    /// known; with the sequence 0 it waits for one.
    case operation(ticket: UInt64, sequence: UInt64, time: Int64, record: Range<Int>)
    /// The hub asked to try it again later: its sequence means nothing any more.
    case waiting(ticket: UInt64)
    /// It is over without a result of the hub's.
    case ended(ticket: UInt64)
    /// Everything before `first` is over; `next` is the sequence that comes next.
    case progress(first: UInt64, next: UInt64)
    /// A session: what the next one resumes with.
    case session(secret: FloorID, incarnation: UInt64)

    static let headerSize = 16
    static let operationSize = headerSize + 24
    static let progressSize = headerSize + 16
    static let sessionSize = headerSize + 24
    /// The longest: an operation with the longest record.
    static let longest =
        operationSize
        + RecordWriter.size(keyBytes: Limits.keyBytes, payloadBytes: Limits.payloadBytes)

    private enum Kind {
        static let operation: UInt32 = 1
        static let waiting: UInt32 = 2
        static let ended: UInt32 = 3
        static let progress: UInt32 = 4
        static let session: UInt32 = 5
    }

    // MARK: writing

    /// Appends an operation; `offset` is where `out` begins in the store.
    static func appendOperation(
        ticket: UInt64,
        sequence: UInt64,
        time: Int64,
        _ record: Span<UInt8>,
        to out: inout [UInt8],
        offset: Int
    ) {
        append(Kind.operation, to: &out, offset: offset) { out in
            out.append(number: ticket)
            out.append(number: sequence)
            out.append(number: time)
            out.append(span: record)
        }
    }

    static func appendWaiting(ticket: UInt64, to out: inout [UInt8], offset: Int) {
        append(Kind.waiting, to: &out, offset: offset) { $0.append(number: ticket) }
    }

    static func appendEnded(ticket: UInt64, to out: inout [UInt8], offset: Int) {
        append(Kind.ended, to: &out, offset: offset) { $0.append(number: ticket) }
    }

    static func appendProgress(
        first: UInt64,
        next: UInt64,
        to out: inout [UInt8],
        offset: Int
    ) {
        append(Kind.progress, to: &out, offset: offset) { out in
            out.append(number: first)
            out.append(number: next)
        }
    }

    static func appendSession(
        secret: FloorID,
        incarnation: UInt64,
        to out: inout [UInt8],
        offset: Int
    ) {
        append(Kind.session, to: &out, offset: offset) { out in
            out.append(id: secret)
            out.append(number: incarnation)
        }
    }

    private static func append(
        _ kind: UInt32,
        to out: inout [UInt8],
        offset: Int,
        body: (inout [UInt8]) -> Void
    ) {
        let start = out.count
        out.append(number: UInt64(0))
        out.append(number: kind)
        out.append(number: UInt32(0))
        body(&out)
        out.overwrite(UInt32(out.count - start), at: start)
        let sum = checksum(out.span.extracting(start..<out.count), at: offset + start)
        out.overwrite(sum, at: start + 4)
    }

    /// The place counts too: what a write left behind from an earlier one is no entry.
    private static func checksum(_ entry: Span<UInt8>, at offset: Int) -> UInt32 {
        var sum = CRC32()
        sum.add(UInt64(offset))
        sum.add(entry.extracting(0..<4))
        sum.add(entry.extracting(8..<entry.count))
        return sum.sum
    }

    // MARK: reading

    /// The entry at an offset of a store's bytes and the offset behind it; nil when there is none
    /// that is whole.
    static func read(_ bytes: Span<UInt8>, at offset: Int) -> (entry: OutboxEntry, end: Int)? {
        let left = bytes.count - offset
        guard left >= headerSize else { return nil }
        let length = bytes.length(offset)
        guard length <= left, length > headerSize, length <= longest, length & 7 == 0,
            bytes.u32(offset + 12) == 0
        else { return nil }
        let body = offset + headerSize
        let size = length - headerSize
        let entry: OutboxEntry
        switch (bytes.u32(offset + 8), size) {
        case (Kind.operation, 24...):
            entry = .operation(
                ticket: bytes.u64(body),
                sequence: bytes.u64(body + 8),
                time: bytes.i64(body + 16),
                record: (body + 24)..<(offset + length)
            )
        case (Kind.waiting, 8): entry = .waiting(ticket: bytes.u64(body))
        case (Kind.ended, 8): entry = .ended(ticket: bytes.u64(body))
        case (Kind.progress, 16):
            entry = .progress(first: bytes.u64(body), next: bytes.u64(body + 8))
        case (Kind.session, 24):
            entry = .session(secret: bytes.floorID(body), incarnation: bytes.u64(body + 16))
        default: return nil
        }
        let whole = bytes.extracting(offset..<(offset + length))
        guard bytes.u32(offset + 4) == checksum(whole, at: offset) else { return nil }
        return (entry, offset + length)
    }
}
