import FloorEvents
import FloorWire

/// What one session reads, and how far it is.
///
/// Invariant: the session is in at most one of the lists of those to be served now and later.
final class Reader {
    let downlink: Downlink
    let initialCredit: UInt64
    /// Whether its client's tokens are of this hub's data.
    let resumesLineage: Bool
    private(set) var creditGranted: UInt64
    private var creditUsed: UInt64 = 0

    var subscriptions: [Subscription] = []
    private(set) var dirty = DirtyKeys()
    /// Producers whose values, which it has, changed their freshness.
    var freshness = FreshnessQueue()
    var servesOwedNext = false
    /// Whether more SUBSCRIBEs were announced: nothing is delivered before they are here.
    var awaitsSubscriptions = false

    /// While subscriptions await kept records: which are to come.
    ///
    /// Records of the event lane wait behind them.
    var kept: KeptRun?
    /// Whether matching event-lane records from `eventPosition` on wait to be sent.
    var hasEvents = false
    /// The next revision to look at; meaningful while `hasEvents`.
    var eventPosition = Revision.zero
    var page: JournalPage?
    var pageOffset = 0
    /// The token of the page that was asked for.
    var awaitedPage: UInt64?

    /// Questions that wait for their turn, and tokens of those that wait for the journal.
    var questions: [Question] = []
    var replays: [UInt64] = []
    /// Questions that wait for the journal.
    var replayCount: Int { replays.count }

    var minimumInterval: Int64 = 0
    var nextDeliver: Int64 = 0
    /// Whether it is on the list of those to be served.
    var isActive = false
    /// Boot time at which it is to be served without an input; `.max` when not at all.
    var waitsUntil = Int64.max
    /// Whether it is on the list of those with questions.
    var isAsking = false

    init(_ downlink: Downlink, _ hello: Hello, resumesLineage: Bool) {
        self.downlink = downlink
        self.resumesLineage = resumesLineage
        initialCredit = min(
            max(hello.initialCredit, UInt64(Limits.creditMinimumBytes)),
            UInt64(Limits.creditAheadBytes)
        )
        creditGranted = initialCredit
    }

    // MARK: credit

    var creditLeft: Int { Int(creditGranted - min(creditGranted, creditUsed)) }

    /// Raises the credit to a cumulative total, clamped to what may be ahead.
    func grant(_ total: UInt64) {
        let ceiling = creditUsed + UInt64(Limits.creditAheadBytes)
        creditGranted = max(creditGranted, min(total, ceiling))
    }

    func charge(_ bytes: Int) {
        creditUsed += UInt64(max(bytes, Limits.deliverMinimumCharge))
    }

    // MARK: keys to be told of

    var hasDirty: Bool { !dirty.isEmpty }
    var dirtyCount: Int { dirty.count }
    /// The slot of the key that has waited longest.
    var firstDirty: Int { dirty.first }

    func isDirty(_ slot: Int) -> Bool { dirty.contains(slot) }

    /// Queues a key once; a key already queued keeps its place.
    func markDirty(_ change: StateChange) { dirty.add(change) }

    /// Takes the key that has waited longest.
    func takeDirty() -> DirtyKey { dirty.take() }

    /// Keeps only some of the queued keys, in their order.
    func keepDirty(_ isWanted: (Int) -> Bool) { dirty.keep(isWanted) }

    // MARK: how far it is

    /// The state token that a delta can start from, or nil for everything (rule 7).
    func resumableState(
        _ request: Subscribe,
        _ epoch: UInt32,
        _ state: borrowing StateLane
    ) -> Revision? {
        let token = request.stateToken
        let isKnown =
            resumesLineage && token.epoch == epoch && token <= state.head
            && token >= state.tombstoneHorizon
        return isKnown ? token : nil
    }

    func canResumeEvents(_ request: Subscribe, _ committed: Revision) -> Bool {
        resumesLineage && request.eventToken != .zero && request.eventToken <= committed
    }

    /// Whether the session must still be told of a deletion: it is queued, or a delta's cursor
    /// has not reached it. (A full snapshot tells by silence.)
    func awaits(deletion revision: Revision, of slot: Int) -> Bool {
        if isDirty(slot) { return true }
        return subscriptions.contains { $0.delta?.awaits(revision) ?? false }
    }

    /// The first change that it has to be told of and was not.
    var firstOwedRevision: Revision? {
        guard hasDirty else { return freshness.firstRevision }
        let first = dirty.firstRevision
        return freshness.firstRevision.map { min($0, first) } ?? first
    }

    /// The last revision up to which everything matching was sent (rule 8).
    func stableRevision(head: Revision) -> Revision {
        var lowest = head
        if let first = firstOwedRevision { lowest = min(lowest, first.previous) }
        for subscription in subscriptions {
            if let delta = subscription.delta { lowest = min(lowest, delta.reached) }
        }
        return lowest
    }

    /// The last event-lane revision up to which everything matching was sent.
    func stableEvent(head: Revision) -> Revision {
        hasEvents ? min(eventPosition.previous, head) : head
    }

    /// Whether anything is to be sent that credit allows or not.
    var hasWork: Bool {
        hasStateWork || hasEvents || kept != nil || subscriptions.contains { !$0.isDone }
    }

    /// Whether it waits for a time at which it will be served, and nothing is sent before.
    func isHeldBack(at now: Int64) -> Bool {
        waitsUntil != .max && (downlink.isBlocked || (minimumInterval > 0 && now < nextDeliver))
    }

    var hasStateWork: Bool { hasDirty || !freshness.isEmpty || owesSnapshot }

    /// Whether values that match have not been sent for the first time yet.
    var owesSnapshot: Bool { subscriptions.contains { $0.isOwed } }

    /// The session is over: nothing of it is sent any more.
    func end() {
        subscriptions.removeAll()
        dirty = DirtyKeys()
        freshness = FreshnessQueue()
        kept = nil
        page = nil
        hasEvents = false
        questions.removeAll()
        replays.removeAll()
    }
}
