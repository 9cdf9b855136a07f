import FloorEvents
import FloorWire

/// The writing side of a kept outbox: what happens to operations, as entries of its store.
///
/// The rule is "not sent before stored": the store says the same as memory whenever a message
/// leaves. An entry that the store does not take leaves it *behind*; then nothing is published or
/// sent until it could be written anew as a whole. Only `progress` may be missing: without it
/// operations are sent again to a hub that has their results.
final class OutboxLog {
    private let store: any OutboxStore
    private let producer: FloorID
    private let principal: String
    private let incarnation: UInt64
    private var secret: FloorID
    /// Bytes in the store.
    private var length: Int
    /// Whether the store lacks something that memory has.
    private(set) var isBehind = false
    /// Whether it took nothing the last time: what is over may take the room.
    private var isFull = false
    /// What the store says is unacknowledged first.
    private(set) var first: UInt64
    private var retryAt: Int64 = .min
    private var buffer: [UInt8] = []

    init(
        _ store: any OutboxStore,
        _ contents: borrowing OutboxContents,
        principal: String,
        incarnation: UInt64
    ) {
        self.store = store
        self.principal = principal
        self.incarnation = incarnation
        producer = contents.producer
        secret = contents.secret
        length = contents.length
        first = contents.first
        isBehind = contents.length == 0
    }

    // MARK: entries

    /// A new operation has this sequence; false: the store does not take it, and it is not one.
    func add(_ operation: Outbox.Operation, _ record: Span<UInt8>, sequence: UInt64) -> Bool {
        // Memory is right while the store is behind, but nothing may be added to memory alone.
        if isBehind { return false }
        buffer.removeAll(keepingCapacity: true)
        OutboxEntry.appendOperation(
            ticket: operation.ticket.rawValue,
            sequence: sequence,
            time: operation.time,
            record,
            to: &buffer,
            offset: length
        )
        return append()
    }

    /// A waiting operation has a sequence again.
    func place(_ operation: Outbox.Operation, sequence: UInt64) {
        note { out, offset in
            OutboxEntry.appendOperation(
                ticket: operation.ticket.rawValue,
                sequence: sequence,
                time: 0,
                [UInt8]().span,
                to: &out,
                offset: offset
            )
        }
    }

    /// An operation waits: its sequence has its result, and it is to be tried again.
    func wait(_ operation: Outbox.Operation) {
        note { OutboxEntry.appendWaiting(ticket: operation.ticket.rawValue, to: &$0, offset: $1) }
    }

    /// An operation is over although the hub did not say so.
    func end(_ operation: Outbox.Operation) {
        note { OutboxEntry.appendEnded(ticket: operation.ticket.rawValue, to: &$0, offset: $1) }
    }

    /// Everything before `first` is over.
    func progress(first: UInt64, next: UInt64) {
        guard first != self.first, !isBehind else { return }
        buffer.removeAll(keepingCapacity: true)
        OutboxEntry.appendProgress(first: first, next: next, to: &buffer, offset: length)
        if append() { self.first = first }
    }

    /// A session is open: this takes it over, and shows the hub whose numbers ours are (R21).
    func open(secret: FloorID) {
        self.secret = secret
        guard !isBehind else { return }
        buffer.removeAll(keepingCapacity: true)
        // In its place, the first: a full disk must not keep what is stored from being sent.
        OutboxEntry.appendSession(
            secret: secret,
            incarnation: incarnation,
            to: &buffer,
            offset: OutboxHeader.size
        )
        isBehind = !store.overwrite(buffer.span, at: OutboxHeader.size)
    }

    /// Sequences were given anew: the store has to be written anew.
    func renumber() { isBehind = true }

    private func note(_ write: (inout [UInt8], Int) -> Void) {
        guard !isBehind else { return }
        buffer.removeAll(keepingCapacity: true)
        write(&buffer, length)
        isBehind = !append()
    }

    private func append() -> Bool {
        isFull = length + buffer.count > Limits.outboxFileBytes
        if !isFull { isFull = !store.append(buffer.span) }
        if !isFull { length += buffer.count }
        return !isFull
    }

    // MARK: the whole

    /// Whether the store is to be written anew: it is behind, or full of what is over.
    ///
    /// `live` is the bytes of records that are not over, and how many. A full disk is not asked
    /// all the time.
    func needsWriting(_ live: (bytes: Int, count: Int), at now: Int64) -> Bool {
        guard now >= retryAt else { return false }
        let needed = live.bytes + live.count * OutboxEntry.operationSize
        let over = length - needed
        // On a full disk, or in a full file, a fifth that is over is worth the writing.
        return isBehind || over > Limits.outboxGarbageBytes
            || isFull && over > max(Self.leastOver, needed / 4)
    }

    private static let leastOver = 4096

    /// Forgets everything in its place, which needs no room: for a store that takes nothing, when
    /// nothing in memory is left.
    ///
    /// It begins as `write` has written it. Should the process die in between, an older progress
    /// stands there: the hub says how far it is.
    func forgetAll(first: UInt64, next: UInt64) {
        let start = OutboxHeader.size
        let progress = start + OutboxEntry.sessionSize
        let end = progress + OutboxEntry.progressSize
        guard isFull || isBehind, length > end, store.truncate(to: end) else { return }
        length = end
        buffer.removeAll(keepingCapacity: true)
        OutboxEntry.appendSession(
            secret: secret,
            incarnation: incarnation,
            to: &buffer,
            offset: start
        )
        OutboxEntry.appendProgress(first: first, next: next, to: &buffer, offset: start)
        isBehind = !store.overwrite(buffer.span, at: start)
        isFull = isBehind
        if !isBehind { self.first = first }
    }

    /// Writes the store anew.
    ///
    /// - Parameters:
    ///   - first: the first sequence of `places`.
    ///   - places: operations with sequences, nil where a sequence means nothing any more.
    ///   - waiting: operations without.
    ///   - now: boot time.
    func write(
        first: UInt64,
        places: [Outbox.Removed?],
        waiting: [Outbox.Removed],
        at now: Int64
    ) {
        var out: [UInt8] = []
        OutboxHeader.append(producer, principal, to: &out)
        OutboxEntry.appendSession(
            secret: secret,
            incarnation: incarnation,
            to: &out,
            offset: 0
        )
        let next = first + UInt64(places.count)
        OutboxEntry.appendProgress(first: first, next: next, to: &out, offset: 0)
        for index in places.indices {
            if let operation = places[index] {
                append(operation, sequence: first + UInt64(index), to: &out)
            }
        }
        for operation in waiting { append(operation, sequence: 0, to: &out) }
        guard store.replace(with: out.span) else {
            retryAt = now + Limits.outboxRetryMicroseconds
            return
        }
        length = out.count
        self.first = first
        isBehind = false
        isFull = false
    }

    private func append(
        _ copy: Outbox.Removed,
        sequence: UInt64,
        to out: inout [UInt8]
    ) {
        OutboxEntry.appendOperation(
            ticket: copy.operation.ticket.rawValue,
            sequence: sequence,
            time: copy.operation.time,
            copy.record.span,
            to: &out,
            offset: 0
        )
    }
}
