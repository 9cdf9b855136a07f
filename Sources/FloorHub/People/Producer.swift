import FloorEvents
import FloorWire

/// Who numbers operations; lives longer than its sessions.
///
/// Sequences up to `last` are processed. Those still waiting for the journal are in `pending`,
/// those refused with a retryable result in `retryable`; the cumulative acknowledgement stays
/// below both (rule 9; docs/wire-protocol.md, ACK).
final class Producer {
    let id: FloorID
    let principal: Principal
    /// Secrets of whoever numbered the last operations.
    ///
    /// That of the session which published last, and those of the WELCOMEs since then, any of
    /// which may have been lost. Empty while nobody has been welcomed in this hub's life.
    private var secrets: [FloorID] = []
    /// Whether anybody has numbered operations in this hub's life.
    private var isUsed = false
    /// Whether the HELLO being answered has moved `last`: it brings numbers the hub did not know.
    var isMoved = false
    /// Of the client that published last; 0 = nobody has.
    var incarnation: UInt64 = 0
    var session: Session?
    /// Whether a will has written under its id, and nobody has published since.
    ///
    /// Whoever publishes was told of it by their WELCOME, and says their values again; another
    /// client with this id finds its numbers used. To hear a message is not enough: a copy that was
    /// told may have no values (docs/model/values.pml).
    var isOverwritten = false
    var last: UInt64
    /// Stored results of the most recent runs, oldest first.
    var runs: [ResultRun] = []
    /// Runs of processed sequences that the journal has not confirmed, ascending.
    var pending: [ClosedRange<UInt64>] = []
    /// Runs of sequences with a retryable result the client may not know of yet, ascending.
    var retryable: [ClosedRange<UInt64>] = []
    var lastUsed: Int64
    /// The client knows the results of everything below.
    private(set) var firstUnacknowledged: UInt64 = 1

    // What the journal is to know.
    /// Whether the row in the journal is older than this.
    var isUnsaved = false
    /// Whether it is in the heap of those to be forgotten.
    var isListedIdle = false
    /// The results of the row being written.
    private var saving: [ResultRun] = []

    /// On the values this producer wrote last.
    let lease: Lease

    init(id: FloorID, principal: Principal, last: UInt64, now: Int64) {
        self.id = id
        self.principal = principal
        self.last = last
        lastUsed = now
        lease = Lease(id, now: now)
    }

    /// Whether nothing speaks against forgetting it.
    var isForgettable: Bool {
        session == nil && lease.isEmpty && pending.isEmpty && principal.wills == 0
    }

    // MARK: the journal

    /// Begins the row that is to be stored.
    func beginSaving() {
        isUnsaved = false
        saving = runs.filter { $0.first + UInt64($0.count) > firstUnacknowledged }
    }

    /// The row, with the results gathered.
    func stored(usedAt: Int64) -> StoredProducer {
        StoredProducer(
            id: id,
            principal: principal.presenceKey,
            last: last,
            incarnation: incarnation,
            usedAt: usedAt,
            results: Array(saving.suffix(Results.maximumRuns))
        )
    }

    func endSaving() { saving = [] }

    /// What an earlier life has stored.
    func restore(_ stored: StoredProducer, lastUsed time: Int64) {
        lastUsed = time
        runs = stored.results
        incarnation = stored.incarnation
        for run in stored.results where run.status.isRetryable {
            // No client keeps more under way; a damaged journal may say any number.
            let count = min(Int(clamping: run.count), Limits.outboxOperationsCeiling)
            for offset in 0..<UInt64(count) { addRetryable(run.first + offset) }
        }
    }

    /// Whether a HELLO may end the producer's present session.
    func mayTakeOver(_ hello: Hello) -> Bool { secrets.contains(hello.resumeSecret) }

    /// Whether a HELLO comes from whoever numbered the last operations (R21).
    ///
    /// Secrets decide while the hub lives; it stores incarnations only.
    func isOwn(_ hello: Hello) -> Bool {
        if secrets.contains(hello.resumeSecret) { return true }
        return !isUsed && (incarnation == 0 || incarnation == hello.incarnation)
    }

    /// A session publishes: the numbers from here on are its client's.
    func noteUse(by session: Session) {
        session.isForeign = false
        isOverwritten = false
        if secrets.count != 1 || !isUsed { secrets = [session.secret] }
        isUsed = true
        incarnation = session.incarnation
    }

    /// A session opens for a client that showed `shown`, its own secret or not.
    func welcome(_ session: Session, shown: FloorID, isOwn: Bool) {
        var knows = isOwn
        if isMoved {
            // Whoever moves the numbers has used them, as by publishing, and all are theirs.
            secrets = []
            isUsed = true
            incarnation = session.incarnation
            isMoved = false
            knows = true
        }
        // After a restart what the owner shows is theirs, although we did not know it.
        if knows, shown != .zero, !secrets.contains(shown) { secrets.append(shown) }
        if secrets.count >= Limits.secretsPerProducer { secrets.remove(at: 1) }
        secrets.append(session.secret)
    }

    /// Every sequence up to here has its final result.
    var cumulative: UInt64 {
        var result = last
        if let first = pending.first { result = min(result, first.lowerBound - 1) }
        if let first = retryable.first { result = min(result, first.lowerBound - 1) }
        return result
    }

    /// Keeps a result, so that the same operation arriving again gets the same answer.
    func store(_ run: ResultRun) {
        runs.add(run)
        if runs.count > Limits.resultRunsPerProducer { forgetResults() }
    }

    /// Makes room among the results: the client knows the oldest, or it holds back its
    /// acknowledgement beyond every window.
    private func forgetResults() {
        let first = runs.firstIndex { $0.first + UInt64($0.count) > firstUnacknowledged }
        let surplus = runs.count - Limits.resultRunsPerProducer
        runs.removeFirst(min(surplus, first ?? runs.count))
        if runs.count > Limits.resultRunsUnacknowledged { runs.removeFirst() }
    }

    /// Adds a result to the row being written.
    func addSaving(_ run: ResultRun) {
        saving.add(run)
    }

    /// The stored result of one sequence; ok without a revision when it is no longer kept.
    func result(of sequence: UInt64) -> ResultRun {
        for run in runs.reversed() where run.contains(sequence) {
            var one = ResultRun(sequence, run.status)
            if run.revision != .zero {
                let offset = run.count > 1 ? sequence - run.first : 0
                let (number, isOver) = run.revision.rawValue.addingReportingOverflow(offset)
                one.revision = Revision(rawValue: isOver ? .max : number)
            }
            one.claimGeneration = run.claimGeneration
            one.owner = run.owner
            return one
        }
        return ResultRun(sequence, .ok)
    }

    func isPending(_ sequence: UInt64) -> Bool {
        pending.contains { $0.contains(sequence) }
    }

    /// Adds sequences above all that are pending.
    func addPending(_ run: ClosedRange<UInt64>) {
        if let last = pending.indices.last, pending[last].upperBound + 1 == run.lowerBound {
            pending[last] = pending[last].lowerBound...run.upperBound
        } else {
            pending.append(run)
        }
    }

    func addRetryable(_ sequence: UInt64) { Self.add(sequence, to: &retryable) }

    /// The lowest pending sequences have their results.
    func confirmPending(_ sequences: Range<UInt64>) {
        guard let first = pending.first else { return }
        precondition(
            first.lowerBound == sequences.lowerBound
                && first.upperBound >= sequences.upperBound - 1,
            "results must leave in commit order"
        )
        if first.upperBound < sequences.upperBound {
            pending.removeFirst()
        } else {
            pending[0] = sequences.upperBound...first.upperBound
        }
    }

    /// A pending sequence will not get its result: its batch was lost, earlier ones were not.
    func withdrawPending(_ sequence: UInt64) {
        guard let place = pending.firstIndex(where: { $0.contains(sequence) }) else {
            preconditionFailure("Producer.withdrawPending: the sequence is not pending")
        }
        let run = pending.remove(at: place)
        if sequence < run.upperBound {
            pending.insert((sequence + 1)...run.upperBound, at: place)
        }
        if sequence > run.lowerBound {
            pending.insert(run.lowerBound...(sequence - 1), at: place)
        }
    }

    /// The client knows the results of everything below `first`.
    func forgetRetryable(below first: UInt64) {
        firstUnacknowledged = max(firstUnacknowledged, first)
        let known = retryable.firstIndex { $0.upperBound >= first } ?? retryable.count
        retryable.removeFirst(known)
        if let run = retryable.first, run.lowerBound < first {
            retryable[0] = first...run.upperBound
        }
    }

    /// Adds one sequence and keeps the runs ascending: a lost commit gives results to sequences
    /// that are older than some which have theirs.
    private static func add(_ sequence: UInt64, to runs: inout [ClosedRange<UInt64>]) {
        var place = runs.count
        while place > 0, runs[place - 1].lowerBound > sequence { place -= 1 }
        if place > 0, runs[place - 1].upperBound + 1 == sequence {
            runs[place - 1] = runs[place - 1].lowerBound...sequence
        } else {
            runs.insert(sequence...sequence, at: place)
        }
    }
}
