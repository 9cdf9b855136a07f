import FloorEvents
import FloorWire

/// What comes down: values in the cache, events until they are taken, answers, and the mailboxes
/// in which all of it waits for the application.
///
/// Invariant: what waits in a mailbox is wanted by an open subscription or question of it, or is
/// passed over when it is taken; the credit of every message is given back exactly once.
struct Inbox: ~Copyable {
    private let inPlace = InPlace()
    /// What the inbox has counted; the names are those of `ClientStatistics`.
    struct Counts {
        var recordsIn: UInt64 = 0
        var duplicates: UInt64 = 0
        var unmatched: UInt64 = 0
        var unknown: UInt64 = 0
        var coalesced: UInt64 = 0
        var gaps: UInt64 = 0
        var overflows: UInt64 = 0
    }

    var credit: Credit
    var cache = Cache()
    var events = EventStore()
    var subscriptions = SubscriptionTable()
    var requests = RequestTable()
    var mailboxes: [Mailbox] = []
    /// Mailboxes to tell the loop of at the end of the step.
    var ready: [Int] = []
    /// Where the link is, as mailboxes are told.
    var report: LinkReport?
    /// Grows with every record received.
    var recordNumber: UInt64 = 0
    var counts = Counts()

    init(window: Int) { credit = Credit(window: window) }

    // MARK: what there is

    /// Live subscriptions.
    var wishes: Int { subscriptions.indices.count }
    /// Keys in the cache.
    var keys: Int { cache.count }

    /// Whether every subscription has had its present values.
    var isCaughtUp: Bool {
        for index in subscriptions.indices where !subscriptions[index].isCaughtUp { return false }
        return true
    }

    /// Whether something waits that only a turn sends.
    var needsTurn: Bool { credit.isDue || requests.wantsPage }

    /// Whether pages are to be asked for.
    var wantsPage: Bool { requests.wantsPage }

    // MARK: the link

    /// Where the session is to begin; nil without subscriptions.
    var tokens: (state: Revision, event: Revision)? {
        guard let first = subscriptions.list.first else { return nil }
        var (state, event) = (first.stateToken, first.eventToken)
        for subscription in subscriptions.list {
            state = min(state, subscription.stateToken)
            event = min(event, subscription.eventToken)
        }
        return (state, event)
    }

    /// Credit for HELLO on a fresh link.
    mutating func openLink() -> UInt64 { credit.openLink() }

    /// Forgets what belonged to the session, and tells the mailboxes.
    mutating func loseLink(_ status: FloorStatus) {
        subscriptions.linkLost()
        for request in requests.list { endRequest(request.id, .offline) }
        tellLink(.down(status))
    }

    /// Another epoch of the hub, or another lineage: what is known here does not compare.
    mutating func worldChanged(lineage: Bool) {
        subscriptions.worldChanged(lineage: lineage)
        cache.forgetRevisions()
    }

    /// The hub has sent everything that matches up to these revisions.
    mutating func noteStable(state: Revision, event: Revision) {
        subscriptions.noteStable(state: state, event: event)
    }

    /// Tells every mailbox where the link is; one that has not taken the last report sees only
    /// this one.
    mutating func tellLink(_ report: LinkReport) {
        guard self.report != report else { return }
        self.report = report
        for mailbox in mailboxes.indices where mailboxes[mailbox].isOpen {
            queueLink(mailbox)
        }
    }

    mutating func queueLink(_ mailbox: Int) {
        if case .up(_, _, .resynced)? = report { mailboxes[mailbox].untoldResync = true }
        guard !mailboxes[mailbox].isLinkQueued else { return }
        mailboxes[mailbox].isLinkQueued = true
        mailboxes[mailbox].items.append(.link)
        signal(mailbox)
    }

    // MARK: results

    /// Refuses results for a mailbox that has enough; gives its place.
    func place(for id: MailboxID, atMost limit: Int) throws(FloorStatus) -> Int {
        guard let mailbox = index(of: id) else { throw .badHandle }
        guard mailboxes[mailbox].owedResults < limit else { throw .limit }
        return mailbox
    }

    /// One more result will come to a mailbox.
    mutating func oweResult(_ mailbox: Int) { mailboxes[mailbox].owedResults += 1 }

    /// A result that was to come to a mailbox does not.
    mutating func forgiveResult(_ id: MailboxID) {
        guard let mailbox = index(of: id) else { return }
        mailboxes[mailbox].owedResults -= 1
    }

    /// Whether a mailbox has something that the loop has not been told of.
    var hasReady: Bool { !ready.isEmpty }

    /// Tells an operation's result where its publisher wanted it.
    mutating func tell(_ settled: SettledOperation) {
        guard let mailbox = index(of: settled.mailbox) else { return }
        mailboxes[mailbox].results.append(settled.result)
        mailboxes[mailbox].items.append(.result)
        signal(mailbox)
    }

    // MARK: a turn

    /// The new total of credit, if it is time to tell the hub.
    mutating func takeCredit() -> UInt64? { credit.isDue ? credit.announce() : nil }

    // MARK: what waits

    /// Notes that a mailbox has something.
    mutating func signal(_ mailbox: Int) {
        guard !mailboxes[mailbox].isSignalled, !mailboxes[mailbox].isListed else { return }
        mailboxes[mailbox].isListed = true
        ready.append(mailbox)
    }

    /// Tells the loop which mailboxes have something.
    mutating func tellReady(_ effects: inout ClientEffects) {
        guard !ready.isEmpty else { return }
        for mailbox in ready {
            mailboxes[mailbox].isListed = false
            guard mailboxes[mailbox].isOpen, !mailboxes[mailbox].items.isEmpty else { continue }
            mailboxes[mailbox].isSignalled = true
            let id = MailboxID(index: mailbox, generation: mailboxes[mailbox].generation)
            effects.list.append(.mailboxReady(id))
        }
        ready.removeAll(keepingCapacity: true)
    }
}
