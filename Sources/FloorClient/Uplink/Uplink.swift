import FloorEvents
import FloorWire

/// What goes up: operations until the hub has answered them, and own values to be said again.
///
/// Results for publishers come out as facts: `takeSettled` after every call that may have some.
///
/// Invariant: each operation that was accepted with a mailbox is settled exactly once.
struct Uplink: ~Copyable {
    private let inPlace = InPlace()
    /// What the uplink has counted; the names are those of `ClientStatistics`.
    struct Counts {
        var recovered: UInt64 = 0
        var outdated: UInt64 = 0
        var published: UInt64 = 0
        var accepted: UInt64 = 0
        var refused: UInt64 = 0
        var overtaken: UInt64 = 0
        var retried: UInt64 = 0
        var reasserted: UInt64 = 0
    }

    private var outbox: Outbox
    private var own = OwnValues()
    private var lastTicket: UInt64 = 0
    private(set) var counts = Counts()
    /// Results that nobody has taken yet.
    private var settled: [SettledOperation] = []
    /// Storage for what a message says, and for a value that is said again.
    private var results = Results(runs: [])
    private var scratch: [UInt8] = []

    init(capacity: Int) { outbox = Outbox(capacity: capacity) }

    // MARK: what there is

    /// Operations in memory.
    var depth: Int { outbox.count }
    /// Operations without a result.
    var unanswered: Int { outbox.unanswered }
    /// Of those, the ones an earlier process published.
    var unansweredRecovered: Int { outbox.unansweredRecovered }
    /// The first operation the hub may be told is unacknowledged.
    var firstToTell: UInt64 { outbox.firstToTell }
    /// How many operations were looked at to find others; see `Outbox.looked`.
    var looked: UInt64 { outbox.looked }
    /// When the first operation that waits may be tried again.
    var nextRetry: Int64 { outbox.nextRetry }
    /// Why the hub lets operations wait although it answers; nil when it lets none.
    var deferral: FloorStatus? { outbox.deferral }

    /// Whether a turn would send operations.
    func maySend(_ window: (messages: Int, bytes: Int)) -> Bool {
        outbox.hasUnsent && outbox.maySend(window)
    }

    /// Changes places with what was settled since the last time; `other` is empty.
    mutating func takeSettled(_ other: inout [SettledOperation]) { swap(&other, &settled) }

    var hasSettled: Bool { !settled.isEmpty }

    // MARK: the application

    /// Refuses what there is no room for.
    func checkRoom(_ key: Span<UInt8>, _ payload: Span<UInt8>) throws(FloorStatus) {
        let size = RecordWriter.size(keyBytes: key.count, payloadBytes: payload.count)
        guard outbox.hasRoom(for: size) else { throw .limit }
    }

    /// Makes room in a full outbox, while there is no session: else it would keep the oldest
    /// values and refuse the newest.
    ///
    /// - Returns: the value that has given way to a newer one of its key; nil when none had to, or
    ///   none can.
    mutating func makeRoom(
        for publication: Publication,
        _ kind: RecordKind,
        _ key: Span<UInt8>,
        at boot: Int64
    ) -> ReplacedOperation? {
        guard outbox.count >= outbox.capacity else { return nil }
        let overtakes = kind.lane == .state && publication.expectedRevision == .zero
        guard let gone = outbox.giveWay(to: key, overtakes: overtakes, at: boot) else { return nil }
        return ReplacedOperation(ticket: gone.ticket, mailbox: gone.mailbox)
    }

    /// Refuses what no hub would take; gives the key's kind.
    static func check(
        _ publication: Publication,
        _ key: Span<UInt8>,
        _ payload: Span<UInt8>
    ) throws(FloorStatus) -> RecordKind {
        // Which rule the key breaks its own parser says, before it is bytes.
        guard let kind = try? KeyRules.checkKey(key) else { throw .badKey }
        // Whether somebody is there is the hub's to say; whether they help is their own.
        guard kind != .presence || publication.operation == .put else { throw .denied }
        guard kind != .private else { throw .denied }
        guard payload.count <= Limits.payloadBytes else { throw .tooBig }
        let isStateOperation = publication.operation == .put || publication.operation == .delete
        guard isStateOperation == (kind.lane == .state) else { throw .invalid }
        guard publication.operation != .delete || payload.isEmpty else { throw .invalid }
        return kind
    }

    /// Takes one operation that was checked, and that there is room for.
    mutating func publish(
        _ publication: Publication,
        _ kind: RecordKind,
        key: Span<UInt8>,
        payload: Span<UInt8>,
        results: MailboxID?,
        at wall: Int64
    ) throws(FloorStatus) -> Ticket {
        var header = RecordHeader(kind, publication.operation, schema: publication.schema)
        header.flags = publication.isLeased ? [] : [.unleased]
        header.previous = publication.expectedRevision
        header.sourceTime = publication.sourceTime
        lastTicket += 1
        let ticket = Ticket(rawValue: lastTicket)
        let isConditional = publication.expectedRevision != .zero
        let operation = Outbox.Operation(
            ticket: ticket,
            mailbox: results,
            isConditional: isConditional
        )
        let added = outbox.add(operation, header, key: key, payload: payload, at: wall)
        guard let slot = added else { throw .storage }
        counts.published += 1
        if kind.lane == .state {
            let hash = ByteIndex.hash(key)
            if let other = outbox.noteLatest(slot, key, hash) {
                dropOvertaken(other)
                if !isConditional { outbox.noteOvertaken(other) }
            }
            if publication.operation == .put, publication.isLeased {
                let (bytes, view) = outbox.record(slot)
                own.put(bytes.span, view, hash: hash, ticket: ticket)
            } else {
                own.remove(key, hash: hash)
            }
        }
        return ticket
    }

    /// Settles an operation that has given way, unless its publisher knows.
    mutating func settle(replaced operation: ReplacedOperation, tells: Bool) {
        counts.overtaken += 1
        guard tells else { return }
        let gone = Outbox.Operation(ticket: operation.ticket, mailbox: operation.mailbox)
        tell(gone, ResultRun(0, .expired), revision: .zero)
    }

    // MARK: a link

    /// A session opened; `now` is for leased values that are too old to be sent.
    mutating func welcome(_ welcome: Welcome, at wall: Int64) {
        let oldest = wall - Limits.staleMicroseconds
        let dropped = outbox.dropOutdated(after: welcome.lastApplied, before: oldest)
        counts.outdated += UInt64(dropped)
        outbox.welcome(last: welcome.lastApplied, isForeign: welcome.isForeign)
        outbox.log?.open(secret: welcome.resumeSecret)
    }

    /// The hub has lost own values, or may hold others: all of them are to be said again.
    mutating func reassertAll() { own.markAll() }

    /// What the outbox will bring anew needs no saying again.
    mutating func unmarkWaiting() {
        guard own.dueCount > 0 else { return }
        for record in outbox.unnumberedRecords {
            let bytes = record.span
            own.unmark(bytes.extracting(RecordView(checked: bytes, at: 0).key))
        }
    }

    // MARK: a turn

    /// Writes the outbox's store anew if it needs that.
    mutating func catchUp(at boot: Int64) { outbox.catchUp(at: boot) }

    /// Gives operations whose wait is over their place, and says own values again, leaving half of
    /// the outbox to the application.
    mutating func prepare(at now: FloorTime) {
        outbox.requeue(at: now.boot)
        outbox.gatherRecords()
        while own.dueCount > 0, outbox.count < max(1, outbox.capacity / 2),
            outbox.hasRoom(
                for: RecordWriter.size(
                    keyBytes: Limits.keyBytes,
                    payloadBytes: Limits.payloadBytes
                )
            )
        {
            lastTicket += 1
            let ticket = Ticket(rawValue: lastTicket)
            guard own.takeDue(ticket: ticket, into: &scratch) else { return }
            let operation = Outbox.Operation(ticket: ticket)
            guard let slot = outbox.add(operation, record: scratch, at: now.wall) else {
                let record = scratch
                own.mark(record.span.extracting(RecordView(checked: record.span, at: 0).key))
                return
            }
            if let old = outbox.noteLatest(slot) { dropOvertaken(old) }
            counts.reasserted += 1
        }
    }

    /// Whether another PUB is to be sent now.
    func isPublishDue(_ window: (messages: Int, bytes: Int)) -> Bool {
        maySend(window) && !outbox.isBehind
    }

    /// The first unacknowledged operation, as a PUB says it.
    var first: UInt64 { outbox.first }

    /// Appends the next PUB's records; returns its first sequence and count.
    mutating func fill(_ out: inout [UInt8]) -> (first: UInt64, count: Int)? { outbox.fill(&out) }

    // MARK: answers

    /// ACK or NACK.
    mutating func takeResults(
        _ body: Span<UInt8>,
        _ cumulative: UInt64,
        at boot: Int64
    ) throws(WireError) {
        // Out of self while they are taken; back afterwards, so that the storage stays.
        var results = Results(runs: [])
        swap(&results, &self.results)
        defer { swap(&results, &self.results) }
        try results.read(body)
        let wait = min(
            Int64(results.retryAfterMilliseconds) * 1000,
            Limits.retryAfterMicroseconds
        )
        for run in results.runs {
            var sequences = outbox.own(run)
            while !sequences.isEmpty {
                if run.status == .ok {
                    let (count, next) = outbox.accept(sequences)
                    counts.accepted += UInt64(count)
                    sequences = next..<sequences.upperBound
                }
                guard let sequence = sequences.popFirst() else { break }
                let offset = sequence - run.first
                let revision =
                    run.revision == .zero
                    ? Revision.zero : Revision(rawValue: run.revision.rawValue &+ offset)
                take(run, of: sequence, revision, due: boot + wait)
            }
        }
        if results.expected > 0 { outbox.rewind(to: results.expected) }
        outbox.forget(cumulative: cumulative)
    }

    private mutating func take(
        _ run: ResultRun,
        of sequence: UInt64,
        _ revision: Revision,
        due: Int64
    ) {
        switch outbox.answer(sequence, run.status, due: due) {
        case .none: break
        case .final(let slot):
            if run.status != .ok { disown(outbox.copy(slot)) }
            settle(outbox.operations[slot], run, revision: revision)
        case .retry(let slot):
            counts.retried += 1
            // Said again behind a newer value of its key, it would set an older one.
            if outbox.successor(of: slot) != nil { dropOvertaken(slot) }
        }
    }

    /// REJECT of a PUB, which was malformed to the hub; false when no PUB in flight begins there.
    mutating func reject(_ sequence: UInt64) -> Bool {
        guard let failed = outbox.reject(sequence) else { return false }
        for removed in failed {
            disown(removed)
            settle(removed.operation, ResultRun(0, .protocolError), revision: .zero)
        }
        return true
    }

    /// Settles everything that has no result: the client is closed.
    mutating func close() {
        for (operation, status) in outbox.drain() {
            settle(operation, ResultRun(0, status), revision: .zero)
        }
    }

    /// Ends an operation that waits, because a newer one of its key has overtaken it.
    private mutating func dropOvertaken(_ slot: Int) {
        guard outbox.operations[slot].isWaiting else { return }
        settle(outbox.takeWaiting(slot), ResultRun(0, .limit), revision: .zero)
    }

    private mutating func disown(_ removed: Outbox.Removed) {
        let bytes = removed.record.span
        let view = RecordView(checked: bytes, at: 0)
        own.remove(bytes.extracting(view.key), onlyIf: removed.operation.ticket)
    }

    private mutating func settle(
        _ operation: Outbox.Operation,
        _ run: ResultRun,
        revision: Revision
    ) {
        if run.status == .ok { counts.accepted += 1 } else { counts.refused += 1 }
        tell(operation, run, revision: revision)
    }

    private mutating func tell(
        _ operation: Outbox.Operation,
        _ run: ResultRun,
        revision: Revision
    ) {
        guard let mailbox = operation.mailbox else { return }
        settled.append(
            SettledOperation(
                mailbox: mailbox,
                result: OperationResult(
                    ticket: operation.ticket,
                    status: run.status,
                    revision: revision,
                    claimGeneration: run.claimGeneration,
                    owner: run.owner
                )
            )
        )
    }

    // MARK: a store

    /// Goes on where an earlier process ended, and keeps the outbox in a store from now on.
    mutating func keep(
        _ contents: OutboxContents,
        in store: any OutboxStore,
        principal: String,
        incarnation: UInt64,
        at boot: Int64
    ) throws(FloorStatus) {
        precondition(lastTicket == 0, "an outbox is kept from the beginning")
        let log = OutboxLog(store, contents, principal: principal, incarnation: incarnation)
        outbox.restore(contents, log)
        lastTicket = contents.lastTicket
        counts.recovered = UInt64(contents.count)
        outbox.catchUp(at: boot)
        if outbox.isBehind { throw .storage }
    }
}
