import FloorEvents
import FloorWire

/// Operations in order until the hub has acknowledged them (rule 9 of docs/wire-protocol.md).
///
/// `queue[i]` has the sequence `first + i` while i < `numbered`; behind that lie operations that
/// get their number when they are sent. So a sequence names one operation for as long as the
/// hub may know it, and what the hub has never seen can be numbered anew after a reconnect.
///
/// An operation leaves the front when its result is known *and* the cumulative acknowledgement
/// has passed it: the cumulative value may run ahead of results that follow in a second message.
/// A retryable result makes its place void (-1) and the operation waits for its new number.
struct Outbox: ~Copyable {
    private let inPlace = InPlace()
    /// One operation; it holds no storage of its own.
    struct Operation {
        var ticket = Ticket.none
        var mailbox: MailboxID?
        var isAnswered = false
        /// Why the hub had it tried again last; ok = it has not.
        var deferral = FloorStatus.ok
        /// When it was published, by the wall clock; kept for a store alone.
        var time: Int64 = 0
        /// Whether an earlier process published it.
        var isRecovered = false
        /// Whether it was sent, or may have been: a hub may know its sequence.
        var isNumbered = false
        /// Whether the key must have a certain revision.
        var isConditional = false
        /// The number of its place, whether the hub knows it or not.
        var sequence: UInt64 = 0
        /// Whether it is to be tried again later and has no sequence meanwhile.
        var isWaiting = false
        /// Whether it is in `latest`, and under which hash.
        var isLatest = false
        var keyHash: UInt32 = 0
        /// Where its record is.
        var home: RecordChunks.Home?

        mutating func noteLatest(_ hash: UInt32) {
            keyHash = hash
            isLatest = true
        }
    }
    /// An operation that has been taken out, with its record.
    struct Removed {
        let operation: Operation
        let record: [UInt8]
    }
    private struct Message {
        var first: UInt64
        var last: UInt64
        var bytes: Int
    }
    /// An operation that waited when this was noted; void once it is over or has waited anew.
    struct Retry {
        var slot: Int
        var ticket: Ticket
        var due: Int64
    }

    let capacity: Int
    /// What is kept beside memory, if anything (Outbox+Store.swift).
    var log: OutboxLog?
    /// Places before it are an earlier process's, until the first session; nil afterwards.
    var restored: Int?
    var operations: [Operation] = []
    /// Where the records are (Outbox+Records.swift).
    var records = RecordChunks()
    /// The newest operation on each key of the state lane, by the key (Outbox+Keys.swift).
    var latest = ByteIndex()
    var free: [Int] = []
    var queue = Ring<Int32>()
    /// The sequence of the front: the first unacknowledged operation.
    var first: UInt64 = 1
    var numbered = 0
    /// Places before it were sent on this link or need not be.
    private var sent = 0
    /// Places before it have their results.
    private var answered = 0
    /// The hub has processed everything up to here.
    private var processed: UInt64 = 0
    private var messages = Ring<Message>()
    private var messageBytes = 0
    /// Operations that wait, in the order in which they came to; some may be void.
    var retries: [Retry] = []
    /// Those that newer ones of their keys have overtaken; nil until one has to give way.
    var overtaken: Ring<Overtaken>?
    /// Void places that `giveWay` has left.
    var voids = 0
    /// No waiting operation is due before.
    var nextRetry = Int64.max
    var bytes = 0
    /// Operations looked at to find others among them, for tests of how the work grows.
    var looked: UInt64 = 0
    private var answeredCount = 0
    /// Operations of an earlier process without a result.
    var unansweredRecovered = 0
    /// Operations without a result that the hub has had tried again, and why the last one.
    var deferredCount = 0
    private(set) var lastDeferral = FloorStatus.ok

    init(capacity: Int) {
        self.capacity = capacity
        // A small outbox grows within microseconds. A large one would stop a publisher for
        // milliseconds, and its memory is not touched before it is used.
        guard capacity > Limits.outboxOperations else { return }
        operations.reserveCapacity(capacity + 1)
        free.reserveCapacity(capacity + 1)
        queue.reserve(capacity)
    }

    /// Operations in memory.
    var count: Int { operations.count - free.count }
    /// Operations without a result.
    var unanswered: Int { count - answeredCount }
    /// Whether something could be sent.
    var hasUnsent: Bool { sent < queue.count }

    func hasRoom(for size: Int) -> Bool {
        count < capacity && bytes + size <= Limits.outboxBytes
    }

    // MARK: links

    /// A session opened: the hub has processed everything up to `last` and nothing behind it.
    ///
    /// `isForeign`: somebody else has used our producer id since (R21), so a number of ours may
    /// name an operation of theirs: what has no answer gets new numbers. It may be applied twice
    /// then; taking their answers for ours would lose it.
    mutating func welcome(last: UInt64, isForeign: Bool) {
        let before = (first, queue.count)
        defer { if isForeign || before != (first, queue.count) { log?.renumber() } }
        if isForeign { dropAnswered(from: 0, all: true) }
        messages = Ring()
        messageBytes = 0
        sent = 0
        processed = last
        let known = last >= first ? Int(clamping: last - first &+ 1) : 0
        if let restored, restored > 0, !isForeign, known > restored { insertLost(restored..<known) }
        restored = nil
        if known > numbered || known == 0 || isForeign {
            // Nothing of ours is known there; or more than ours, under a number used twice.
            numbered = 0
            first = last + 1
        } else {
            numbered = known
        }
        dropAnswered(from: numbered, all: false)
        dropVoids(from: numbered)
        voids = 0
        overtaken = nil
        answered = 0
        advanceAnswered()
        notePlaces()
    }

    // MARK: sending

    /// Whether one more PUB may go out.
    ///
    /// While some are under way, small ones gather until an answer comes or a PUB is full:
    /// batches grow with the load, and nothing waits for a timer.
    func maySend(_ maximum: (messages: Int, bytes: Int)) -> Bool {
        messages.count < maximum.messages
            && messageBytes + Limits.publishBytes <= maximum.bytes
            && (messages.count < Limits.smallPublishesAhead
                || bytes - messageBytes >= Limits.publishBytes)
    }

    /// Appends the next PUB's records behind its prefix; returns its first sequence and count.
    mutating func fill(_ out: inout [UInt8]) -> (first: UInt64, count: Int)? {
        while isSettled(sent) { sent += 1 }
        guard sent < queue.count else { return nil }
        let start = sent
        let begin = out.count
        let limit = Limits.publishBytes - FrameHeader.size - RecordBatch.prefixSize
        // Records that lie end to end are copied together.
        var run = 0..<0
        var chunk: Int32 = -1
        var bytes: [UInt8] = []
        while sent < queue.count {
            // Answered ones the hub has processed; it would only send the result again.
            if isSettled(sent) { break }
            operations[Int(queue[sent])].isNumbered = true
            let home = home(Int(queue[sent]))
            let range = home.range
            guard out.count - begin + run.count + range.count <= limit else { break }
            if home.chunk != chunk || range.lowerBound != run.upperBound {
                out.append(span: bytes.span.extracting(run))
                run = range
                if home.chunk != chunk { bytes = records.bytes(of: home) }
                chunk = home.chunk
            }
            run = run.lowerBound..<range.upperBound
            sent += 1
        }
        out.append(span: bytes.span.extracting(run))
        numbered = max(numbered, sent)
        let size = out.count - begin
        messages.append(
            Message(first: first + UInt64(start), last: first + UInt64(sent) - 1, bytes: size)
        )
        messageBytes += size
        return (first + UInt64(start), sent - start)
    }

    private func isSettled(_ index: Int) -> Bool {
        index < numbered && first + UInt64(index) <= processed && isAnswered(index)
    }

    private func isAnswered(_ index: Int) -> Bool {
        let slot = queue[index]
        return slot < 0 || operations[Int(slot)].isAnswered
    }

    // MARK: answers

    enum Answer {
        /// Not ours, or answered before.
        case none
        case final(slot: Int)
        case retry(slot: Int)
    }

    /// The sequences of a run that name operations of ours.
    func own(_ run: ResultRun) -> Range<UInt64> {
        let end = first + UInt64(numbered)
        let low = min(max(run.first, first), end)
        return low..<min(max(run.first + UInt64(run.count), low), end)
    }

    /// Takes the result "ok" of operations within `own`, up to one whose result is to be told.
    ///
    /// - Returns: how many were without a result, and the sequence of the first not taken.
    mutating func accept(_ sequences: Range<UInt64>) -> (count: Int, next: UInt64) {
        var count = 0
        var sequence = sequences.lowerBound
        while sequence < sequences.upperBound {
            let slot = Int(queue[Int(sequence - first)])
            if slot >= 0, !operations[slot].isAnswered {
                guard operations[slot].mailbox == nil else { break }
                operations[slot].isAnswered = true
                endRecovered(slot)
                count += 1
            }
            sequence += 1
        }
        answeredCount += count
        if deferredCount > 0 { endDeferrals(in: sequences.lowerBound..<sequence) }
        if sequence > sequences.lowerBound { processed = max(processed, sequence - 1) }
        return (count, sequence)
    }

    /// Takes the result of one operation within `own`.
    mutating func answer(_ sequence: UInt64, _ status: FloorStatus, due: Int64) -> Answer {
        let index = Int(sequence - first)
        processed = max(processed, sequence)
        guard !isAnswered(index) else { return .none }
        let slot = Int(queue[index])
        if status.isRetryable {
            queue[index] = -1
            wait(slot, until: due)
            moveRecord(slot)
            log?.wait(operations[slot])
            if operations[slot].deferral == .ok { deferredCount += 1 }
            operations[slot].deferral = status
            lastDeferral = status
            return .retry(slot: slot)
        }
        operations[slot].isAnswered = true
        answeredCount += 1
        endRecovered(slot)
        endDeferral(slot)
        return .final(slot: slot)
    }

    /// After answers: forgets what is through and frees the window.
    mutating func forget(cumulative: UInt64) {
        while numbered > 0, let slot = queue.first {
            if slot >= 0 {
                guard operations[Int(slot)].isAnswered, first <= cumulative else { break }
                release(Int(slot))
            }
            _ = queue.popFirst()
            first += 1
            numbered -= 1
            sent = max(0, sent - 1)
            answered = max(0, answered - 1)
        }
        log?.progress(first: first, next: first + UInt64(queue.count))
        advanceAnswered()
    }

    private mutating func advanceAnswered() {
        while answered < numbered, isAnswered(answered) { answered += 1 }
        while let message = messages.first, message.last < first + UInt64(answered) {
            _ = messages.popFirst()
            messageBytes -= message.bytes
        }
    }

    mutating func release(_ slot: Int) {
        forgetLatest(slot)
        bytes -= leaveHome(slot)
        operations[slot].isWaiting = false
        endRecovered(slot)
        if operations[slot].isAnswered { answeredCount -= 1 } else { endDeferral(slot) }
        free.append(slot)
    }

    /// NACK: the hub wants this sequence next; a request older than an answer is void.
    mutating func rewind(to expected: UInt64) {
        guard expected > processed, expected >= first,
            expected - first < UInt64(sent)
        else { return }
        sent = Int(expected - first)
        var kept = messages.count
        while kept > 0, messages[kept - 1].last >= expected {
            kept -= 1
            messageBytes -= messages[kept].bytes
        }
        messages.truncate(to: kept)
    }

    /// REJECT of a PUB: takes its operations out; nil when no PUB in flight begins there.
    ///
    /// What follows is numbered anew, because the hub's last sequence did not move.
    mutating func reject(_ sequence: UInt64) -> [Removed]? {
        var place = 0
        while place < messages.count, messages[place].first != sequence { place += 1 }
        guard place < messages.count, sequence >= first else { return nil }
        let start = Int(sequence - first)
        let end = start + Int(messages[place].last - sequence) + 1
        var failed: [Removed] = []
        for index in start..<min(end, numbered) where queue[index] >= 0 {
            let slot = Int(queue[index])
            if !operations[slot].isAnswered { failed.append(copy(slot)) }
            release(slot)
        }
        var index = -1
        queue.keep { slot in
            index += 1
            return index < start || (index >= end && slot >= 0)
        }
        while messages.count > place {
            messageBytes -= messages[messages.count - 1].bytes
            messages.truncate(to: messages.count - 1)
        }
        numbered = start
        sent = min(sent, start)
        answered = min(answered, start)
        log?.renumber()
        notePlaces()
        return failed
    }
}
