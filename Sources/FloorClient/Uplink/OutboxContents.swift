public import FloorEvents
import FloorWire

/// What a store held when it was opened: the producer an earlier process was, and the operations
/// that nobody has answered it.
///
///     let contents = try OutboxContents(bytes.span, principal: "ann")
///     var core = try ClientCore(options, producer: contents.producer, …)
///     try core.keepOutbox(in: store, contents)
public struct OutboxContents: Sendable {
    /// One operation that was not through.
    struct Operation: Sendable {
        var ticket: UInt64
        /// 0 = none: the hub asked to try it again later.
        var sequence: UInt64
        /// When it was published, microseconds since 1970; 0 = not known.
        var time: Int64
        var record: [UInt8]
    }

    /// Who the earlier process was to the hub, and this one is from now on.
    public let producer: FloorID
    /// Bytes up to the end of the last whole entry; 0 = a new outbox.
    ///
    /// What lies behind was being written when the process died: no `publish` had said yes to it.
    public private(set) var length = 0

    private(set) var incarnation: UInt64 = 0
    private(set) var secret = FloorID.zero
    /// The first sequence that is not over.
    private(set) var first: UInt64 = 1
    /// The sequence that comes next; those before it that no operation has mean nothing any more.
    private(set) var next: UInt64 = 1
    private(set) var operations: [Operation] = []
    private(set) var lastTicket: UInt64 = 0

    /// What every process with this outbox says as its incarnation, because they go on from the
    /// same operations; a new outbox gets the time.
    public func incarnation(at wall: Int64) -> UInt64 {
        incarnation == 0 ? UInt64(max(1, wall)) : incarnation
    }

    /// How many operations it holds.
    public var count: Int { operations.count }

    /// The beginning: an empty outbox of a new producer.
    public init(of producer: FloorID) { self.producer = producer }

    /// Reads what a store holds.
    ///
    /// - Parameters:
    ///   - bytes: all of it, not empty.
    ///   - principal: whose it must be.
    /// - Throws: `OutboxFault`. A torn end is no fault, see `length`; damage that whole entries
    ///   follow is one, because what was there is not known.
    public init(_ bytes: Span<UInt8>, principal: String) throws(OutboxFault) {
        producer = try OutboxHeader.read(bytes, principal)
        var reading = Reading()
        var at = OutboxHeader.size
        while let (entry, end) = OutboxEntry.read(bytes, at: at) {
            try take(entry, at: at, &reading)
            at = end
        }
        if Self.holdsEntry(bytes, after: at) { throw .damaged(at: at) }
        length = at
        for found in reading.operations where !found.isOver {
            guard found.sequence == 0 || found.sequence >= first else { continue }
            guard let view = try? RecordView(bytes, at: found.record.lowerBound),
                view.range == found.record,
                KeyRules.kind(of: bytes.extracting(view.key)) != nil
            else { throw .damaged(at: found.record.lowerBound) }
            operations.append(
                Operation(
                    ticket: found.ticket,
                    sequence: found.sequence,
                    time: found.time,
                    record: bytes.copy(found.record)
                )
            )
        }
        operations.sort { ($0.sequence, $0.ticket) < ($1.sequence, $1.ticket) }
    }

    /// Operations while entries are read, in the order of their tickets' first entries.
    private struct Reading {
        struct Found {
            var ticket: UInt64
            var sequence: UInt64
            var time: Int64
            var record: Range<Int>
            var isOver = false
        }
        var operations: [Found] = []
        var places: [UInt64: Int] = [:]
    }

    private mutating func take(
        _ entry: OutboxEntry,
        at offset: Int,
        _ reading: inout Reading
    ) throws(OutboxFault) {
        switch entry {
        case .operation(let ticket, let sequence, let time, let record):
            if let place = reading.places[ticket] {
                reading.operations[place].sequence = sequence
            } else {
                guard !record.isEmpty else { throw .damaged(at: offset) }
                reading.places[ticket] = reading.operations.count
                reading.operations.append(
                    Reading.Found(ticket: ticket, sequence: sequence, time: time, record: record)
                )
            }
            lastTicket = max(lastTicket, ticket)
            // A sequence is never more than one ahead; 2⁶² operations nobody publishes.
            guard sequence <= next, sequence < 1 << 62 else { throw .damaged(at: offset) }
            next = max(next, sequence + 1)
        case .waiting(let ticket):
            guard let place = reading.places[ticket] else { throw .damaged(at: offset) }
            reading.operations[place].sequence = 0
        case .ended(let ticket):
            guard let place = reading.places[ticket] else { throw .damaged(at: offset) }
            reading.operations[place].isOver = true
        case .progress(let first, let next):
            guard first >= self.first, first <= next, next < 1 << 62,
                next - first <= UInt64(Limits.outboxPlaces)
            else { throw .damaged(at: offset) }
            // A waiting operation has no sequence that could be passed.
            self.first = first
            self.next = max(self.next, next)
        case .session(let secret, let incarnation):
            self.secret = secret
            self.incarnation = incarnation
        }
    }

    /// Whether an entry lies further on.
    ///
    /// Entries begin at multiples of eight, and their checksums include their place, so chance
    /// makes one up in every 2³² places at most.
    private static func holdsEntry(_ bytes: Span<UInt8>, after offset: Int) -> Bool {
        var at = offset + 8
        while at < bytes.count {
            if OutboxEntry.read(bytes, at: at) != nil { return true }
            at += 8
        }
        return false
    }
}
